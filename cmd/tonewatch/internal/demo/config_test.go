package demo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"tonewatch/cmd/tonewatch/internal/demo"
	"tonewatch/configs"
	"tonewatch/scoring"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	server := publish(t, demo.End())
	src, err := demo.Config(server.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	config, err := configs.Parse("demo.yaml", src, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatalf("parse:\n%v\n%s", err, src)
	}
	if err := config.CheckRun(); err != nil {
		t.Fatalf("check:\n%v", err)
	}

	t.Run("polls every outlet under its own name", func(t *testing.T) {
		t.Parallel()
		var outlets []string
		for _, f := range config.Feeds {
			resp, body := get(t, f.URL, nil)
			feed, err := gofeed.NewParser().ParseString(body)
			if err != nil {
				t.Fatalf("%s: status %d: %v", f.URL, resp.StatusCode, err)
			}
			if feed.Title != f.Outlet {
				t.Errorf("%s: outlet %q, want the feed's title %q", f.URL, f.Outlet, feed.Title)
			}
			outlets = append(outlets, strings.Split(strings.TrimPrefix(f.URL, server.URL), "/")[1])
		}
		if want := slices.Sorted(slices.Values(slices.Concat(rssOutlets, atomOutlets))); !cmp.Equal(want, outlets) {
			t.Errorf("outlets (-want +got):\n%s", cmp.Diff(want, outlets))
		}
	})

	t.Run("finds its actors where the scenario has them", func(t *testing.T) {
		t.Parallel()
		actors := make([]scoring.Actor, len(config.Actors))
		for i, a := range config.Actors {
			actors[i] = scoring.Actor{
				Name: a.Name, Kind: scoring.ActorKind(a.Kind), Aliases: a.Aliases, Titles: a.Titles, Not: a.Not,
				Pronouns: a.Pronouns, Expand: a.Expand,
			}
		}
		finder, err := scoring.NewFinder(actors)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, a := range stories(fortnight(t)) {
			named := map[string]bool{}
			for _, m := range finder.Find(a.Title + "\n\n" + strings.Join(a.Paragraphs(), "\n\n")) {
				named[m.Actor] = true
			}
			for actor := range named {
				got[actor]++
			}
		}
		all := stories(fortnight(t))
		want := map[string]int{
			"Vantholm Lines": len(about(all, "Vantholm")),
			"Edda Torvalen":  len(about(all, "Torvalen")),
			"Ardovia":        len(about(all, "Ardovia")),
			"Zelvane Pharma": len(about(all, "Zelvane")),
			"North Korea":    1, "Kim Jong Un": 1, "Kim Yo Jong": 1,
			"Donald Trump": 1, "South Korea": 1, "United States": 1,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stories by actor (-want +got):\n%s", diff)
		}
	})
}

func TestConfigRefusesAnAddressThatIsNone(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "127.0.0.1:80", "ftp://127.0.0.1", "http://127.0.0.1/", "http://", "http://127.0.0.1:80\nlog: {}"} {
		_, err := demo.Config(base, "")
		want := fmt.Sprintf("render demo configuration: base %q: want http://host:port", base)
		if err == nil || err.Error() != want {
			t.Errorf("Config(%q) error = %v, want %s", base, err, want)
		}
	}
}
