package encoder

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"
)

const (
	magic   = "TONEWTS\x00"
	version = 2
	prefix  = 48       // bytes before the header: magic, version, length, hash
	align   = 64       // bytes that a tensor's place in the data is a multiple of
	most    = 1 << 30  // bytes of data that a file may claim
	longest = 64 << 20 // bytes of header that a file may claim
)

// header is the readable part of a weights file.
type header struct {
	Name       string   `json:"name"`
	Shape      shape    `json:"shape"`
	Vocabulary []string `json:"vocabulary"`
	Marks      struct {
		Tone string `json:"tone"`
		Pair string `json:"pair"`
	} `json:"marks"`
	Window struct {
		Passage int `json:"passage"` // tokens of a passage at most
		Article int `json:"article"` // tokens of an article at once
		Stride  int `json:"stride"`  // tokens from one window of an article to the next
	} `json:"window"`
	Calibration struct {
		Tone, Direction calibration
	} `json:"calibration"`
	Bytes   int               `json:"bytes"`
	Frame   int               `json:"frame"`
	Frames  []frame           `json:"frames"`
	Tensors map[string]tensor `json:"tensors"`
}

// shape is that of the encoder and of its heads.
type shape struct {
	Vocabulary int     `json:"vocabulary"`
	Hidden     int     `json:"hidden"`
	Inner      int     `json:"inner"`
	Layers     int     `json:"layers"`
	Middle     int     `json:"middle"` // layers that attribution reads
	Heads      int     `json:"heads"`
	Positions  int     `json:"positions"`
	Epsilon    float32 `json:"epsilon"`
	Buckets    int     `json:"buckets"` // of relative position; 0 for none
	Reach      int     `json:"reach"`   // distance buckets of a join
	Ranks      int     `json:"ranks"`   // rank buckets of a join
}

// calibration makes probabilities of logits: divide, then softmax. Below a
// confidence of AbstainBelow the label is right in less than nine of ten cases.
type calibration struct {
	Temperature  float64 `json:"temperature"`
	AbstainBelow float64 `json:"abstain_below"`
}

type frame struct {
	Bytes  int    `json:"bytes"` // compressed
	SHA256 string `json:"sha256"`
}

type tensor struct {
	Type  string `json:"type"` // i8, i32 or f32
	Shape []int  `json:"shape"`
	At    int    `json:"at"` // bytes from the start of the data
}

// weights are an unpacked file.
type weights struct {
	header
	hash string // SHA-256 of the header, which holds those of the frames
	data []byte
}

// readWeights unpacks a file that may be cut into parts between its frames.
// The layout is that of train/shipped.py; nothing in it is trusted.
func readWeights(parts ...[]byte) (*weights, error) {
	if len(parts) == 0 || len(parts[0]) < prefix || string(parts[0][:len(magic)]) != magic {
		return nil, errors.New("not a weights file")
	}
	first := parts[0]
	if v := binary.LittleEndian.Uint32(first[8:]); v != version {
		return nil, fmt.Errorf("version %d, want %d", v, version)
	}
	length := int(binary.LittleEndian.Uint32(first[12:]))
	if length > longest || prefix+length > len(first) {
		return nil, fmt.Errorf("header of %d bytes cut short", length)
	}
	text := first[prefix : prefix+length]
	sum := sha256.Sum256(text)
	if !bytes.Equal(sum[:], first[16:prefix]) {
		return nil, errors.New("header damaged: its hash does not match")
	}
	w := &weights{hash: hex.EncodeToString(sum[:])}
	if err := json.Unmarshal(text, &w.header); err != nil {
		return nil, fmt.Errorf("parse header: %w", err)
	}
	if err := w.check(); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if err := w.unpack(append([][]byte{first[prefix+length:]}, parts[1:]...)); err != nil {
		return nil, err
	}
	return w, nil
}

// unpack fills data from the frames in parts, several at a time.
func (w *weights) unpack(parts [][]byte) error {
	if w.Frame < 1 || w.Bytes < 1 || w.Bytes > most || len(w.Frames) != (w.Bytes+w.Frame-1)/w.Frame {
		return fmt.Errorf("%d frames of %d bytes for %d bytes of data", len(w.Frames), w.Frame, w.Bytes)
	}
	var err error
	if w.data, err = reserve(w.Bytes); err != nil {
		return fmt.Errorf("reserve %d bytes: %w", w.Bytes, err)
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range w.Frames {
		for len(parts) > 1 && len(parts[0]) == 0 {
			parts = parts[1:]
		}
		if f.Bytes < 0 || f.Bytes > len(parts[0]) {
			return errors.Join(fmt.Errorf("frame %d of %d bytes cut short", i, f.Bytes), group.Wait())
		}
		packed := parts[0][:f.Bytes]
		parts[0] = parts[0][f.Bytes:]
		into := w.data[i*w.Frame : min((i+1)*w.Frame, w.Bytes)]
		group.Go(func() error {
			if err := unpackFrame(into, packed, f.SHA256); err != nil {
				return fmt.Errorf("frame %d: %w", i, err)
			}
			return nil
		})
	}
	return group.Wait()
}

func unpackFrame(into, packed []byte, hash string) error {
	if sum := sha256.Sum256(packed); hex.EncodeToString(sum[:]) != hash {
		return errors.New("damaged: its hash does not match")
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(len(into))+1<<20))
	if err != nil {
		return err
	}
	defer d.Close()
	got, err := d.DecodeAll(packed, into[:0:len(into)])
	if err != nil {
		return fmt.Errorf("decompress: %w", err)
	}
	if len(got) != len(into) || &got[0] != &into[0] {
		return fmt.Errorf("decompress: %d bytes, want %d", len(got), len(into))
	}
	return nil
}

// check refuses windows and temperatures that nothing could be read with.
func (h *header) check() error {
	w, least := h.Window, min(h.Calibration.Tone.Temperature, h.Calibration.Direction.Temperature)
	const fewest = 16
	switch {
	case w.Passage < fewest || w.Passage > h.Shape.Positions:
		return fmt.Errorf("passages of %d tokens, want %d to %d", w.Passage, fewest, h.Shape.Positions)
	case w.Article < fewest || w.Article+2 > h.Shape.Positions:
		return fmt.Errorf("windows of %d tokens, want %d to %d", w.Article, fewest, h.Shape.Positions-2)
	case w.Stride < 1 || w.Stride > w.Article:
		return fmt.Errorf("windows %d tokens apart, want 1 to %d", w.Stride, w.Article)
	case !(least > 0):
		return fmt.Errorf("temperature %v, want it above 0", least)
	case len(h.Vocabulary) != h.Shape.Vocabulary:
		return fmt.Errorf("%d words, want %d", len(h.Vocabulary), h.Shape.Vocabulary)
	}
	return nil
}
