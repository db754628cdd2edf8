package encoder

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// BenchmarkYardstick runs onnxruntime in int8 (train/yardstick.py, installed
// into a folder of its own when first needed) and this encoder in turn, on the
// same weights and sentences, and reports how many sentences a second each
// does and the ratio. Run it with -benchtime 5x; it skips where there is no
// Python or no package registry.
func BenchmarkYardstick(b *testing.B) {
	sequences := goldenIDs(b, 128)
	theirs := startYardstick(b, sequences)
	e := newTestEngine(b)
	for _, c := range []struct {
		name           string
		threads, batch int
	}{
		{"threads=1/batch=1", 1, 1},
		{"threads=1/batch=16", 1, 16},
		{"threads=2/batch=1", 2, 1},
		{"threads=2/batch=16", 2, 16},
	} {
		b.Run(c.name, func(b *testing.B) {
			theirs.seconds(b, c.threads, c.batch) // warm
			e.seconds(sequences, c.threads, c.batch)
			var ours, other []float64
			for b.Loop() {
				ours = append(ours, e.seconds(sequences, c.threads, c.batch))
				other = append(other, theirs.seconds(b, c.threads, c.batch))
			}
			n := float64(len(sequences))
			b.ReportMetric(n/median(ours), "ours/s")
			b.ReportMetric(n/median(other), "onnxruntime/s")
			b.ReportMetric(median(other)/median(ours), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
	b.Logf("kernels: %s", e.Kernels())
}

func median(s []float64) float64 {
	s = slices.Sorted(slices.Values(s))
	return s[len(s)/2]
}

// seconds runs all sequences, longest first, in groups of batch on so many
// threads.
func (e *Engine) seconds(sequences [][]int32, threads, batch int) float64 {
	sorted := slices.SortedStableFunc(slices.Values(sequences), func(a, b []int32) int { return len(b) - len(a) })
	groups := make(chan [][]int32, len(sorted))
	for g := range slices.Chunk(sorted, batch) {
		groups <- g
	}
	close(groups)
	begun := time.Now()
	var wg sync.WaitGroup
	for range threads {
		wg.Go(func() {
			w := <-e.free
			defer func() { e.free <- w }()
			for g := range groups {
				e.forward(w, g, e.Layers)
			}
		})
	}
	wg.Wait()
	return time.Since(begun).Seconds()
}

// yardstick is a running train/yardstick.py.
type yardstick struct {
	in  io.Writer
	out *bufio.Scanner
}

func startYardstick(b *testing.B, sequences [][]int32) *yardstick {
	b.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		b.Skip("no python3")
	}
	home := filepath.Join(os.TempDir(), "tonewatch-yardstick")
	venv := filepath.Join(home, "bin", "python")
	if _, err := os.Stat(venv); err != nil {
		for _, args := range [][]string{
			{python, "-m", "venv", home},
			{venv, "-m", "pip", "install", "--quiet", "-r", "../train/yardstick.txt"},
		} {
			if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
				_ = os.RemoveAll(home)
				b.Skipf("install onnxruntime: %v\n%s", err, out)
			}
		}
	}
	ids := filepath.Join(b.TempDir(), "ids.json")
	data, err := json.Marshal(sequences)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(ids, data, 0o600); err != nil {
		b.Fatal(err)
	}
	weights, err := filepath.Abs("weights/tonewatch.weights")
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), venv, "-m", "train.yardstick", "--weights", weights, "--ids", ids)
	cmd.Dir, cmd.Stderr = "..", os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	y := &yardstick{in, bufio.NewScanner(out)}
	if !y.out.Scan() {
		b.Fatal("yardstick ended before it was ready")
	}
	b.Logf("yardstick: %s", y.out.Text())
	return y
}

func (y *yardstick) seconds(b *testing.B, threads, batch int) float64 {
	b.Helper()
	if err := json.NewEncoder(y.in).Encode(map[string]int{"threads": threads, "batch": batch}); err != nil {
		b.Fatal(err)
	}
	var answer struct{ Seconds float64 }
	if !y.out.Scan() {
		b.Fatal("yardstick ended")
	}
	if err := json.Unmarshal(y.out.Bytes(), &answer); err != nil {
		b.Fatal(err)
	}
	return answer.Seconds
}
