package encoder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"tonewatch/scoring"
	"tonewatch/scoring/encoder/internal/kernel"
)

func TestForwardAllocatesNothing(t *testing.T) {
	e := newTestEngine(t)
	w := <-e.free
	ids := goldenIDs(t, 4)
	pass := func() { e.forward(w, ids, e.Layers) }
	pass() // grows the workspace
	if n := testing.AllocsPerRun(3, pass); n > 0 {
		t.Errorf("%v allocations a pass, want none", n)
	}
}

func TestSequencesDoNotMix(t *testing.T) {
	t.Parallel()
	e := newTestEngine(t)
	w := <-e.free
	ids := goldenIDs(t, 5)
	alone := append([]float32(nil), e.forward(w, ids[2:3], e.Layers)...)
	before := (len(ids[0]) + len(ids[1])) * e.Hidden
	together := e.forward(w, ids, e.Layers)[before:]
	for i, x := range alone {
		if x != together[i] {
			t.Fatalf("state %d is %v alone and %v among others", i, x, together[i])
		}
	}
}

// A reading must not depend on the machine that made it.
func TestKernelsAgreeToTheBit(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	var asked []golden // short ones: the portable kernels are slow
	for _, task := range []string{"tone", "direction"} {
		rows := slices.DeleteFunc(readGolden(t), func(g golden) bool { return g.Task != task || len(g.IDs) > 24 })
		asked = append(asked, rows[:2]...)
	}
	want := make([][]float32, len(asked))
	for _, k := range kernel.All() {
		e, err := New(Options{Threads: 1, Kernels: k.Name})
		if err != nil {
			t.Fatal(err)
		}
		w := <-e.free
		for i, g := range asked {
			p, judge := g.passage(e)
			logits := slices.Clone(e.logits(w, judge, e.forward(w, [][]int32{p.ids}, e.Layers), p.at))
			if want[i] == nil {
				want[i] = logits
			}
			if !slices.Equal(logits, want[i]) {
				t.Errorf("%s: logits of %q are %v, want %v as %s has them", k.Name, g.Text, logits, want[i], kernel.Best().Name)
			}
		}
	}
}

func TestUnknownKernels(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Kernels: "abacus"})
	if err == nil || !strings.Contains(err.Error(), `kernels "abacus": this processor runs `) {
		t.Errorf("error %v, want it to name what there is", err)
	}
}

func TestLongTextIsReadAroundTheTarget(t *testing.T) {
	t.Parallel()
	e := newTestEngine(t)
	filler := strings.Repeat("officials said the meeting went on as planned and ", 1250) // 10,000 words
	text := filler + "the disgraced and corrupt mayor was jailed for stealing " + filler
	at := strings.Index(text, "mayor")
	scores, err := e.Score(t.Context(), []scoring.Passage{{Text: text, Targets: []scoring.Span{{Start: at, End: at + 5}}}})
	if err != nil {
		t.Fatal(err)
	}
	if tone := scores[0].Targets[0]; tone.Label() != scoring.Negative {
		t.Errorf("tone %+v, want the negative one of the words around the target", tone)
	}
}

func TestAttributeReadsSoMuchOfAText(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	e := newTestEngine(t)
	if testing.Short() || e.Kernels() == "portable" {
		t.Skip("reads MaxAttributed tokens")
	}
	text := strings.Repeat("The mayor said that the plan was a disgrace. ", 5_000)
	var cut tokens
	e.pieces.cut(text, &cut)
	bound := cut.spans[MaxAttributed].Start
	found, err := e.Attribute(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("nothing attributed")
	}
	last := found[len(found)-1].Content[0]
	if last.End > bound || last.Start < bound/2 {
		t.Errorf("last content at %v, want it near the end of the first %d tokens at %d", last, MaxAttributed, bound)
	}
}

func TestCancelledBetweenPasses(t *testing.T) {
	t.Parallel()
	e := newTestEngine(t)
	ctx, cancel := context.WithCancel(t.Context())
	var passes atomic.Int32
	err := e.each(ctx, 100, func(*workspace, int) {
		if passes.Add(1) == 1 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || passes.Load() > 4 {
		t.Errorf("error %v after %d passes, want the cancellation soon after the first", err, passes.Load())
	}
}

func BenchmarkForward(b *testing.B) {
	e := newTestEngine(b)
	w := <-e.free
	for _, n := range []int{1, 16} {
		b.Run(fmt.Sprintf("batch=%d", n), func(b *testing.B) {
			ids := goldenIDs(b, n)
			e.forward(w, ids, e.Layers)
			b.ReportAllocs()
			for b.Loop() {
				e.forward(w, ids, e.Layers)
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "sentences/s")
		})
	}
}

// BenchmarkRead reads whole articles from clean text to opinions.
func BenchmarkRead(b *testing.B) {
	e := newTestEngine(b)
	finder, err := scoring.NewFinder([]scoring.Actor{
		{Name: "North Korea", Aliases: []string{"Pyongyang"}}, {Name: "Kim Jong Un", Aliases: []string{"Kim"}, Not: []string{"Kim Yo Jong"}},
		{Name: "Donald Trump", Aliases: []string{"Trump"}}, {Name: "United States", Aliases: []string{"U.S."}}, {Name: "South Korea", Aliases: []string{"Seoul"}},
	})
	if err != nil {
		b.Fatal(err)
	}
	var text string
	for _, g := range readGolden(b) {
		if g.Task == "voices" {
			text = g.Text
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scoring.Read(b.Context(), finder, e, text); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "articles/s")
}
