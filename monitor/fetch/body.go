package fetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// acceptEncoding is what bodies can undo.
const acceptEncoding = "gzip, br"

// decoder undoes a compression. Those in use before are kept, because one holds
// tens of kilobytes to megabytes.
type decoder interface {
	io.Reader
	Reset(io.Reader) error
}

// bodies reads the bodies of answers.
type bodies struct{ gzip, brotli sync.Pool }

// read gives a body, decompressed, of max bytes at most; both before and after
// decompression are counted.
func (b *bodies) read(resp *http.Response, max int64) ([]byte, error) {
	sent := http.MaxBytesReader(nil, resp.Body, max)
	switch encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		return readAll(sent, resp.ContentLength, max)
	case "gzip", "x-gzip":
		return inflate(&b.gzip, func() decoder { return new(gzip.Reader) }, sent, max)
	case "br":
		return inflate(&b.brotli, func() decoder { return brotli.NewReader(nil) }, sent, max)
	default:
		return nil, refusal(fmt.Sprintf("served in the encoding %.40q, which was not asked for", encoding))
	}
}

// readStart is read for a body of which only the first max bytes matter.
func (b *bodies) readStart(resp *http.Response, max int64) ([]byte, error) {
	body, err := b.read(resp, max)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return body[:min(int64(len(body)), max)], nil
	}
	return body, err
}

func inflate(pool *sync.Pool, create func() decoder, sent io.Reader, max int64) ([]byte, error) {
	d, ok := pool.Get().(decoder)
	if !ok {
		d = create()
	}
	defer func() {
		_ = d.Reset(strings.NewReader("")) // lets go of the answer; gzip reports that this is none
		pool.Put(d)
	}()
	if err := d.Reset(sent); err != nil {
		return nil, err
	}
	return readAll(http.MaxBytesReader(nil, io.NopCloser(d), max), -1, max)
}

// readAll is io.ReadAll with a buffer of the right size from the start, where
// the length is known and can be believed.
func readAll(r io.Reader, length, max int64) ([]byte, error) {
	var body bytes.Buffer
	const believed = 1 << 20
	if length > 0 && length <= min(max, believed) {
		body.Grow(int(length) + bytes.MinRead)
	}
	_, err := body.ReadFrom(r)
	return body.Bytes(), err
}
