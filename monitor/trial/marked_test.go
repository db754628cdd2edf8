package trial_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// marked is a series of a public set, with what people marked in it.
type marked struct {
	name    string
	times   []string
	values  []float64
	windows [][2]int         // NAB: first and last line of each anomaly
	changes map[string][]int // TCPD: change points by annotator
}

// point is an alarm of series detect.
type point struct{ Index, Since int }

// BenchmarkMarked scores series detect, with its defaults, on the Numenta Anomaly
// Benchmark (Lavin and Ahmad 2015) and the Turing Change Point Dataset (van den
// Burg and Williams 2020). TRIAL_SERIES is a folder with both, in nab and tcpd.
func BenchmarkMarked(b *testing.B) {
	root := os.Getenv("TRIAL_SERIES")
	if root == "" {
		b.Skip("TRIAL_SERIES names no folder with the sets")
	}
	program := filepath.Join(b.TempDir(), "tonewatch")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, "../../cmd/tonewatch").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	for b.Loop() {
		fmt.Println(scoreNAB(b, filepath.Join(root, "nab"), program))
		fmt.Println(scoreTCPD(b, filepath.Join(root, "tcpd"), program))
	}
}

func detect(b *testing.B, program string, values []float64) (points []point) {
	b.Helper()
	var in bytes.Buffer
	for i, y := range values {
		fmt.Fprintf(&in, "{\"t\":%d,\"y\":%s}\n", i, strconv.FormatFloat(y, 'g', -1, 64))
	}
	c := exec.CommandContext(b.Context(), program, "series", "detect", "--json")
	c.Stdin, c.Stderr = &in, os.Stderr
	out, err := c.Output()
	if err != nil {
		b.Fatal(err)
	}
	var answer struct{ Points []point }
	if err := json.Unmarshal(out, &answer); err != nil {
		b.Fatal(err)
	}
	return answer.Points
}

func scoreNAB(b *testing.B, dir, program string) string {
	b.Helper()
	var got, windows float64
	list := readNAB(b, dir)
	for _, s := range list {
		var found []int
		for _, p := range detect(b, program, s.values) {
			found = append(found, p.Index)
		}
		got += nabScore(found, s.windows, len(s.values))
		windows += float64(len(s.windows))
	}
	// 0 is the detector that finds nothing, 100 the one that finds each window
	// at its first line and nothing else.
	return fmt.Sprintf("NAB standard %.1f (%d series)", 100*(got+windows)/(2*windows), len(list))
}

// nabScore is the raw score of the standard profile: up to 1 for the first alarm
// in a window, the earlier the more; -1 for a window missed; down to -0.11 for
// an alarm outside. The first 15 % of the lines, 750 at most, are not counted.
func nabScore(found []int, windows [][2]int, lines int) (score float64) {
	probation := min(lines*15/100, 750)
	best := make([]float64, len(windows))
	for i := range best {
		best[i] = -1
	}
	for _, at := range found {
		if at < probation {
			continue
		}
		inside, outside := false, -1.0
		for i, w := range windows {
			last, width := w[1], float64(w[1]-w[0]+1)
			switch {
			case at >= w[0] && at <= last:
				inside = true
				best[i] = max(best[i], nabSigmoid(-float64(last-at+1)/width)/nabSigmoid(-1))
			case at > last:
				outside = nabSigmoid(float64(at-last) / (width - 1))
			}
		}
		if !inside {
			score += 0.11 * outside
		}
	}
	for _, x := range best {
		score += x
	}
	return score
}

func nabSigmoid(position float64) float64 {
	if position > 3 {
		return -1
	}
	return 2/(1+math.Exp(5*position)) - 1
}

func scoreTCPD(b *testing.B, dir, program string) string {
	b.Helper()
	var f, covered, online, zeroF, zeroCovered float64
	list := readTCPD(b, dir)
	n := float64(len(list))
	for _, s := range list {
		var since, index []int
		for _, p := range detect(b, program, s.values) {
			since, index = append(since, p.Since), append(index, p.Index)
		}
		f += tcpdF1(s.changes, since) / n
		online += tcpdF1(s.changes, index) / n
		zeroF += tcpdF1(s.changes, nil) / n
		covered += tcpdCover(s.changes, since, len(s.values)) / n
		zeroCovered += tcpdCover(s.changes, nil, len(s.values)) / n
	}
	return fmt.Sprintf("TCPD F1 %.3f, cover %.3f; F1 at index %.3f; ZERO %.3f, %.3f (%d series)",
		f, covered, online, zeroF, zeroCovered, len(list))
}

// tcpdF1 has a margin of 5 lines; line 0 is a change point that everybody finds,
// recall is the mean over annotators, precision is against all of them together.
func tcpdF1(changes map[string][]int, found []int) float64 {
	found = withZero(found)
	var union []int
	recall := 0.0
	for _, marks := range changes {
		marks = withZero(marks)
		union = append(union, marks...)
		recall += float64(tcpdHits(marks, found)) / float64(len(marks)) / float64(len(changes))
	}
	precision := float64(tcpdHits(withZero(union), found)) / float64(len(found))
	return 2 * precision * recall / (precision + recall)
}

// tcpdHits counts marks with a point near, each point for one mark only.
func tcpdHits(marks, found []int) (hits int) {
	free := slices.Clone(found)
	for _, m := range marks {
		best := -1
		for i, x := range free {
			if distance(m, x) <= 5 && (best < 0 || distance(m, x) < distance(m, free[best])) {
				best = i
			}
		}
		if best >= 0 {
			hits++
			free = slices.Delete(free, best, best+1)
		}
	}
	return hits
}

// tcpdCover is how well the found segments cover the annotated ones: the best
// Jaccard index of each, weighted by its length, in the mean over annotators.
func tcpdCover(changes map[string][]int, found []int, lines int) (cover float64) {
	edges := append(withZero(found), lines)
	for _, marks := range changes {
		marks = append(withZero(marks), lines)
		for i := 1; i < len(marks); i++ {
			best := 0.0
			for j := 1; j < len(edges); j++ {
				both := min(marks[i], edges[j]) - max(marks[i-1], edges[j-1])
				either := max(marks[i], edges[j]) - min(marks[i-1], edges[j-1])
				best = max(best, float64(both)/float64(either))
			}
			cover += best * float64(marks[i]-marks[i-1]) / float64(lines*len(changes))
		}
	}
	return cover
}

func withZero(points []int) []int {
	points = append([]int{0}, points...)
	slices.Sort(points)
	return slices.Compact(points)
}

func distance(a, b int) int { return max(a-b, b-a) }

func readNAB(b *testing.B, dir string) (list []marked) {
	b.Helper()
	var windows map[string][][2]string
	decode(b, filepath.Join(dir, "labels", "combined_windows.json"), &windows)
	for name, limits := range windows {
		file, err := os.Open(filepath.Join(dir, "data", name))
		if err != nil {
			b.Fatal(err)
		}
		rows, err := csv.NewReader(file).ReadAll()
		if err != nil {
			b.Fatalf("%s: %v", name, err)
		}
		if err := file.Close(); err != nil {
			b.Fatal(err)
		}
		s := marked{name: name}
		for _, row := range rows[1:] {
			y, err := strconv.ParseFloat(row[1], 64)
			if err != nil {
				b.Fatalf("%s: %v", name, err)
			}
			s.times, s.values = append(s.times, row[0]), append(s.values, y)
		}
		for _, w := range limits {
			const seconds = 19
			first, last := slices.Index(s.times, w[0][:seconds]), slices.Index(s.times, w[1][:seconds])
			if first < 0 || last < first {
				b.Fatalf("%s: window %v is not in the series", name, w)
			}
			s.windows = append(s.windows, [2]int{first, last})
		}
		list = append(list, s)
	}
	return list
}

// readTCPD reads the series of one dimension; a missing value is the one before.
func readTCPD(b *testing.B, dir string) (list []marked) {
	b.Helper()
	var changes map[string]map[string][]int
	decode(b, filepath.Join(dir, "annotations.json"), &changes)
	files, err := filepath.Glob(filepath.Join(dir, "datasets", "*", "*.json"))
	if err != nil || len(files) == 0 {
		b.Fatalf("%s holds no series (%v)", dir, err)
	}
	for _, name := range files {
		var s struct {
			Name   string
			NDim   int `json:"n_dim"`
			Series []struct{ Raw []*float64 }
		}
		decode(b, name, &s)
		if s.NDim != 1 || changes[s.Name] == nil {
			continue
		}
		m := marked{name: s.Name, changes: changes[s.Name]}
		y := 0.0
		for _, raw := range s.Series[0].Raw {
			if raw != nil {
				y = *raw
			}
			m.values = append(m.values, y)
		}
		list = append(list, m)
	}
	return list
}

func decode(b *testing.B, name string, into any) {
	b.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		b.Fatalf("%s: %v", name, err)
	}
}

// The examples of the set's own scorer (TCPDBench, metrics.py).
func TestTCPDScores(t *testing.T) {
	t.Parallel()
	marks := map[string][]int{"1": {}, "2": {10}, "3": {50}}
	if got := tcpdF1(map[string][]int{"1": {10, 20}, "2": {11, 20}, "3": {10}, "4": {0, 5}}, []int{10, 20}); got != 1 {
		t.Errorf("F1 is %v, want 1", got)
	}
	if got := tcpdF1(marks, []int{10}); math.Abs(got-0.9090909) > 1e-6 {
		t.Errorf("F1 is %v, want 0.909", got)
	}
	if got := tcpdF1(marks, nil); math.Abs(got-0.8) > 1e-9 {
		t.Errorf("F1 is %v, want 0.8", got)
	}
	cover := map[string][]int{"1": {10, 20}, "2": {10}, "3": {0, 5}}
	if got := tcpdCover(cover, []int{10, 20}, 45); math.Abs(got-0.7962962962962963) > 1e-9 {
		t.Errorf("cover is %v, want 0.796", got)
	}
	if got := tcpdCover(map[string][]int{"1": {}, "2": {10}, "3": {40}}, nil, 45); math.Abs(got-0.8189300411522634) > 1e-9 {
		t.Errorf("cover is %v, want 0.819", got)
	}
}

func TestNABScore(t *testing.T) {
	t.Parallel()
	windows := [][2]int{{500, 599}}
	for _, c := range []struct {
		name  string
		found []int
		want  float64
	}{
		{"nothing", nil, -1},
		{"at once", []int{500}, 1},
		{"at once, and again", []int{500, 550}, 1},
		{"at the end", []int{599}, nabSigmoid(-0.01) / nabSigmoid(-1)},
		{"in the probation", []int{100}, -1},
		{"before", []int{400}, -1.11},
		{"long after", []int{990}, -1.11},
	} {
		if got := nabScore(c.found, windows, 1000); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
