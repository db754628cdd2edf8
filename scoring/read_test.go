package scoring_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring"
)

// scripted is an engine that scores each target by the word behind it, and
// attributes as it is told.
type scripted struct {
	attributions []scoring.Attribution
	attributeErr error
	scoreErr     error
	calls        int
}

var _ scoring.Scorer = (*scripted)(nil)

func (s *scripted) Engine() scoring.Engine { return scoring.Engine{Name: "scripted"} }

func (s *scripted) Score(_ context.Context, in []scoring.Passage) ([]scoring.Scores, error) {
	s.calls++
	out := make([]scoring.Scores, len(in))
	for i, p := range in {
		if err := p.Check(); err != nil {
			return nil, err
		}
		for _, target := range p.Targets {
			tone := scoring.Tone{Neutral: 1}
			switch rest := p.Text[target.End:]; {
			case strings.HasPrefix(rest, " wins"):
				tone = scoring.Tone{Positive: 1}
			case strings.HasPrefix(rest, " loses"):
				tone = scoring.Tone{Negative: 1}
			}
			out[i].Targets = append(out[i].Targets, tone)
		}
	}
	return out, s.scoreErr
}

func (s *scripted) Attribute(context.Context, string) ([]scoring.Attribution, error) {
	return s.attributions, s.attributeErr
}

// attribute returns the attribution of contents to source, at their first
// places in text.
func attribute(text, source string, contents ...string) scoring.Attribution {
	span := func(part string) scoring.Span {
		at := strings.Index(text, part)
		return scoring.Span{Start: at, End: at + len(part)}
	}
	var a scoring.Attribution
	if source != "" {
		s := span(source)
		a.Source = &s
	}
	for _, content := range contents {
		a.Content = append(a.Content, span(content))
	}
	return a
}

// lines writes opinions one a line: words, voice, tone, sentence.
func lines(text string, opinions []scoring.Opinion) string {
	var b strings.Builder
	for _, o := range opinions {
		fmt.Fprintf(&b, "%s (%s) %+.0f in %q\n", o.Span.Of(text), o.Voice, o.Tone.Value(), o.Sentence.Of(text))
	}
	return b.String()
}

func TestRead(t *testing.T) {
	t.Parallel()
	actors := []scoring.Actor{
		{Name: "Trump", Kind: scoring.ActorPerson, Pronouns: "he", Aliases: []string{"Donald Trump"}},
		{Name: "Kim"},
		{Name: "Yahoo! Japan"},
		{Name: "Russia", Kind: scoring.ActorCountry, Expand: true},
		{Name: "Moody's", Kind: scoring.ActorOrganisation},
	}
	for _, test := range []struct {
		name         string
		text         string
		attributions func(text string) []scoring.Attribution
		err          error
		want         string
	}{
		{
			name: "tones in order, sentence by sentence",
			text: "Kim wins and Trump loses. Nobody else. Trump wins.",
			want: `Kim () +1 in "Kim wins and Trump loses."` + "\n" +
				`Trump () -1 in "Kim wins and Trump loses."` + "\n" +
				`Trump () +1 in "Trump wins."` + "\n",
		},
		{
			name: "an engine without attributions hears the outlet alone",
			text: "Kim wins, Trump said.",
			err:  fmt.Errorf("scripted: attributions: %w", scoring.ErrUnsupported),
			want: `Kim () +1 in "Kim wins, Trump said."` + "\n" + `Trump () +0 in "Kim wins, Trump said."` + "\n",
		},
		{
			name: "a name with a stop in it joins its sentences",
			text: "Kim wins. A Yahoo! Japan wins. Trump loses.",
			want: `Kim () +1 in "Kim wins."` + "\n" +
				`Yahoo! Japan () +1 in "A Yahoo! Japan wins."` + "\n" +
				`Trump () -1 in "Trump loses."` + "\n",
		},
		{
			name: "the source is an actor by its last words",
			text: "Kim wins, said the president, Donald Trump.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{attribute(text, "the president, Donald Trump", "Kim wins")}
			},
			want: `Kim (Trump) +1 in "Kim wins, said the president, Donald Trump."` + "\n" +
				`Donald Trump () +0 in "Kim wins, said the president, Donald Trump."` + "\n",
		},
		{
			name: "the source is an actor by its first words before a comma",
			text: "Kim wins, said Trump, who left.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{attribute(text, "Trump, who left", "Kim wins")}
			},
			want: `Kim (Trump) +1 in "Kim wins, said Trump, who left."` + "\n" +
				`Trump () +0 in "Kim wins, said Trump, who left."` + "\n",
		},
		{
			name: "the source is an actor by a pronoun",
			text: "Trump left. Kim wins, he said.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{attribute(text, "he", "Kim wins")}
			},
			want: `Trump () +0 in "Trump left."` + "\n" +
				`Kim (Trump) +1 in "Kim wins, he said."` + "\n" +
				`he () +0 in "Kim wins, he said."` + "\n",
		},
		{
			name: "someone from a place, or for somebody, is neither",
			text: "Kim wins, said a man for Trump.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{attribute(text, "a man for Trump", "Kim wins")}
			},
			want: `Kim (a man for Trump) +1 in "Kim wins, said a man for Trump."` + "\n" +
				`Trump () +0 in "Kim wins, said a man for Trump."` + "\n",
		},
		{
			name: "a body of the state is the state",
			text: "Kim wins, the Russian defense ministry said.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{attribute(text, "the Russian defense ministry", "Kim wins")}
			},
			want: `Kim (Russia) +1 in "Kim wins, the Russian defense ministry said."` + "\n" +
				`Russian () +0 in "Kim wins, the Russian defense ministry said."` + "\n",
		},
		{
			name: "someone of the actor's is not the actor",
			text: "Kim wins, said Donald Trump's\n old lawyer.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{attribute(text, "Donald Trump's\n old lawyer", "Kim wins")}
			},
			want: `Kim (Donald Trump's old lawyer) +1 in "Kim wins, said Donald Trump's\n old lawyer."` + "\n" +
				`Donald Trump () +0 in "Kim wins, said Donald Trump's\n old lawyer."` + "\n",
		},
		{
			name: "a day behind a source and a preposition before it are no part of it",
			text: "Kim wins, Trump on Saturday said. Kim loses, according to Trump.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{attribute(text, "Trump on Saturday", "Kim wins"), attribute(text, "to Trump", "Kim loses")}
			},
			want: `Kim (Trump) +1 in "Kim wins, Trump on Saturday said."` + "\n" +
				`Trump () +0 in "Kim wins, Trump on Saturday said."` + "\n" +
				`Kim (Trump) -1 in "Kim loses, according to Trump."` + "\n" +
				`Trump () +0 in "Kim loses, according to Trump."` + "\n",
		},
		{
			name: "who is the one before",
			text: "Trump, who says that Kim wins, left.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{attribute(text, "who", "that Kim wins")}
			},
			want: `Trump () +0 in "Trump, who says that Kim wins, left."` + "\n" +
				`Kim (Trump) +1 in "Trump, who says that Kim wins, left."` + "\n",
		},
		{
			name: "it is who spoke last, unless that is a person",
			text: "Trump loses, Russia said. Kim wins, it went on.\n\nKim loses all, Donald Trump said. It added that Trump wins.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{
					attribute(text, "Russia", "Trump loses"), attribute(text, "it", "Kim wins"),
					attribute(text, "Donald Trump", "Kim loses all"), attribute(text, "It", "that Trump wins"),
				}
			},
			want: `Trump (Russia) -1 in "Trump loses, Russia said."` + "\n" +
				`Russia () +0 in "Trump loses, Russia said."` + "\n" +
				`Kim (Russia) +1 in "Kim wins, it went on."` + "\n" +
				`Kim (Trump) -1 in "Kim loses all, Donald Trump said."` + "\n" +
				`Donald Trump () +0 in "Kim loses all, Donald Trump said."` + "\n" +
				`Trump (It) +1 in "It added that Trump wins."` + "\n",
		},
		{
			name: "one who is no actor goes on by pronoun, but not from far",
			text: "Kim wins, an aide said. Kim loses, she added. Kim wins all, they said.\n\nBob.\n\nHe said that Kim loses all.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{
					attribute(text, "an aide", "Kim wins"), attribute(text, "she", "Kim loses"),
					attribute(text, "they", "Kim wins all"), attribute(text, "He", "that Kim loses all"),
				}
			},
			want: `Kim (an aide) +1 in "Kim wins, an aide said."` + "\n" +
				`Kim (an aide) -1 in "Kim loses, she added."` + "\n" +
				`Kim (an aide) +1 in "Kim wins all, they said."` + "\n" +
				`Kim (He) -1 in "He said that Kim loses all."` + "\n",
		},
		{
			name: "what a source interrupts goes on to the end of its sentence",
			text: "Kim wins, Trump said; if so, Kim loses. Kim wins all.\n\nKim loses again, an aide said. Kim wins.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{attribute(text, "Trump", "Kim wins", "; if so"), attribute(text, "an aide", "Kim loses again")}
			},
			want: `Kim (Trump) +1 in "Kim wins, Trump said; if so, Kim loses."` + "\n" +
				`Trump () +0 in "Kim wins, Trump said; if so, Kim loses."` + "\n" +
				`Kim (Trump) -1 in "Kim wins, Trump said; if so, Kim loses."` + "\n" +
				`Kim () +1 in "Kim wins all."` + "\n" +
				`Kim (an aide) -1 in "Kim loses again, an aide said."` + "\n" +
				`Kim () +1 in "Kim wins."` + "\n",
		},
		{
			name: "what is quoted ends with its quotation, narration goes on",
			text: "\"Kim wins,\" Trump said, \"and wins,\" after Kim loses.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{attribute(text, "Trump", "Kim wins", "and wins,")}
			},
			want: `Kim (Trump) +1 in "\"Kim wins,\" Trump said, \"and wins,\" after Kim loses."` + "\n" +
				`Trump () +0 in "\"Kim wins,\" Trump said, \"and wins,\" after Kim loses."` + "\n" +
				`Kim () -1 in "\"Kim wins,\" Trump said, \"and wins,\" after Kim loses."` + "\n",
		},
		{
			name: "a source that begins with an actor is that one, and US is a country",
			text: "Kim wins, Trump, at odds with Russia, said. Kim loses, according to US.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{attribute(text, "Trump, at odds with Russia", "Kim wins"), attribute(text, "US", "Kim loses")}
			},
			want: `Kim (Trump) +1 in "Kim wins, Trump, at odds with Russia, said."` + "\n" +
				`Trump () +0 in "Kim wins, Trump, at odds with Russia, said."` + "\n" +
				`Russia () +0 in "Kim wins, Trump, at odds with Russia, said."` + "\n" +
				`Kim (US) -1 in "Kim loses, according to US."` + "\n",
		},
		{
			name: "a possessive is no part of an actor, unless its name ends so",
			text: "Kim wins in Trump's view. Kim loses, Moody's said.\n\nThe agency spoke. He said that Kim wins all.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{
					attribute(text, "Trump's", "Kim wins"), attribute(text, "Moody's", "Kim loses"),
					attribute(text, "The agency", "spoke"), attribute(text, "He", "that Kim wins all"),
				}
			},
			want: `Kim (Trump) +1 in "Kim wins in Trump's view."` + "\n" +
				`Trump () +0 in "Kim wins in Trump's view."` + "\n" +
				`Kim (Moody's) -1 in "Kim loses, Moody's said."` + "\n" +
				`Moody's () +0 in "Kim loses, Moody's said."` + "\n" +
				`Kim (He) +1 in "He said that Kim wins all."` + "\n",
		},
		{
			name: "the first person is whoever speaks there",
			text: "Trump said: we think that Kim wins. We hope that Kim loses.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{
					attribute(text, "Trump", "we think that Kim wins"), attribute(text, "we", "that Kim wins"), attribute(text, "We", "that Kim loses"),
				}
			},
			want: `Trump () +0 in "Trump said: we think that Kim wins."` + "\n" +
				`Kim (Trump) +1 in "Trump said: we think that Kim wins."` + "\n" +
				`Kim () -1 in "We hope that Kim loses."` + "\n",
		},
		{
			name: "the innermost voice counts, and an interrupted one goes on",
			text: "Trump loses, a man said: Kim told him that Trump wins. Kim wins, he went on. Trump wins.",
			attributions: func(text string) []scoring.Attribution {
				return []scoring.Attribution{
					attribute(text, "a man", "Trump loses", "Kim told him that Trump wins", "Kim wins"),
					attribute(text, "Kim", "Trump wins"),
					attribute(text, "", "Kim told him that"),
				}
			},
			want: `Trump (a man) -1 in "Trump loses, a man said: Kim told him that Trump wins."` + "\n" +
				`Kim (a man) +0 in "Trump loses, a man said: Kim told him that Trump wins."` + "\n" +
				`Trump (Kim) +1 in "Trump loses, a man said: Kim told him that Trump wins."` + "\n" +
				`Kim (a man) +1 in "Kim wins, he went on."` + "\n" +
				`Trump () +1 in "Trump wins."` + "\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			engine := &scripted{attributeErr: test.err}
			if test.attributions != nil {
				engine.attributions = test.attributions(test.text)
			}
			got, err := scoring.Read(t.Context(), newFinder(t, actors...), engine, test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, lines(test.text, got)); diff != "" {
				t.Errorf("opinions (-want +got):\n%s", diff)
			}
			if engine.calls != 1 {
				t.Errorf("%d calls of Score, want 1", engine.calls)
			}
		})
	}
}

func TestReadWithoutMention(t *testing.T) {
	t.Parallel()
	engine := &scripted{}
	got, err := scoring.Read(t.Context(), newFinder(t, koreas()...), engine, "Nobody wins.")
	if err != nil || len(got) != 0 || engine.calls != 0 {
		t.Errorf("Read = %v, %v after %d calls of Score, want nothing after none", got, err, engine.calls)
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("weights are gone")
	for want, engine := range map[string]*scripted{
		"attribute text of 9 bytes: weights are gone": {attributeErr: broken},
		"score 1 sentences: weights are gone":         {scoreErr: broken},
	} {
		_, err := scoring.Read(t.Context(), newFinder(t, koreas()...), engine, "Kim wins.")
		if !errors.Is(err, broken) || err.Error() != want {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestReadStory(t *testing.T) {
	t.Parallel()
	story, err := os.ReadFile("../testdata/stories/letter.txt")
	if err != nil {
		t.Fatal(err)
	}
	text := string(story)
	opinions, err := scoring.Read(t.Context(), newFinder(t, koreas()...), &scripted{}, text)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]map[string]int) // actor: words: count
	for _, o := range opinions {
		if got[o.Actor] == nil {
			got[o.Actor] = make(map[string]int)
		}
		got[o.Actor][o.Span.Of(text)]++
	}
	want := map[string]map[string]int{
		"North Korea":   {"North Korea": 3, "Pyongyang": 2},
		"South Korea":   {"South Korea": 2, "Seoul": 2},
		"Kim Jong Un":   {"Kim Jong Un": 3, "Kim": 4, "the North Korean leader": 1},
		"Kim Yo Jong":   {"Kim Yo Jong": 1},
		"Donald Trump":  {"Donald Trump": 1, "Trump": 4, "the U.S. president": 1, "The president": 1},
		"United States": {"United States": 1, "U.S.": 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("words by actor (-want +got):\n%s", diff)
	}
}

// A page of nothing but a name does not keep an engine busy for hours.
func TestReadIsBounded(t *testing.T) {
	t.Parallel()
	f := newFinder(t, scoring.Actor{Name: "Acme"})
	opinions, err := scoring.Read(t.Context(), f, &scripted{}, strings.Repeat("Acme wins. ", 3*scoring.MaxMentions))
	if err != nil || len(opinions) != scoring.MaxMentions || opinions[len(opinions)-1].Tone.Value() != 1 {
		t.Errorf("%d opinions, want %d; %v", len(opinions), scoring.MaxMentions, err)
	}
}
