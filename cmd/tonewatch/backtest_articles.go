package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/extract"
	"tonewatch/scoring"
)

// pastArticle is one line of a file of articles.
type pastArticle struct {
	Published string `json:"published"`
	Date      string `json:"date"`
	Title     string `json:"title"`
	Text      string `json:"text"`
	Link      string `json:"link"`
	Outlet    string `json:"outlet"`

	at       time.Time
	readings []monitor.Reading // none for a copy
	copies   int
	outlets  map[string]bool // of the copies
}

// readArticles judges the articles of a file.
func readArticles(ctx context.Context, config *configs.Config, path string, errOut io.Writer) ([]monitor.Reading, error) {
	var articles []*pastArticle
	err := history.EachLine(path, func(text []byte) (err error) {
		var a pastArticle
		if err := json.Unmarshal(text, &a); err != nil {
			return err
		}
		a.at, err = history.ParseTime(cmp.Or(a.Published, a.Date))
		articles = append(articles, &a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("articles %q: %w", path, err)
	}
	slices.SortStableFunc(articles, func(a, b *pastArticle) int { return a.at.Compare(b.at) })
	began := time.Now()
	if err := judgePast(ctx, config, articles, errOut); err != nil {
		return nil, err
	}
	took := time.Since(began)
	fmt.Fprintf(errOut, "%d articles in %v: %.0f a second\n",
		len(articles), took.Round(time.Millisecond), float64(len(articles))/took.Seconds())
	var readings []monitor.Reading
	for _, a := range articles {
		for _, r := range a.readings {
			r.Story.Copies, r.Story.Outlets = a.copies, len(a.outlets)
			readings = append(readings, r)
		}
	}
	return readings, nil
}

// judgePast does READ's work on all cores: clean, tell copies, find, score.
func judgePast(ctx context.Context, c *configs.Config, articles []*pastArticle, progress io.Writer) error {
	actors, _ := actorsOf(c)
	finder, err := scoring.NewFinder(actors)
	if err != nil {
		return err
	}
	scorer, err := newScorer(c.Scoring.Engine)
	if err != nil {
		return err
	}
	bar := newProgress(progress, len(articles), "reading")
	defer bar.Finish() //nolint:errcheck // a progress bar that cannot be drawn harms nobody
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	var grouper monitor.Grouper
	var told []*pastArticle // by story
	for _, a := range articles {
		body := cmp.Or(monitor.Body(extract.Furniture(a.Text), a.Title), a.Title)
		story, first := grouper.Story(monitor.NewSketch(a.Outlet, a.Link, a.Title, body), a.at)
		if !first {
			told[story].copied(a)
			_ = bar.Add(1)
			continue
		}
		told = append(told, a)
		group.Go(func() (err error) {
			article := monitor.Article{Outlet: a.outlet(), URL: a.Link, Title: a.Title, Published: a.at}
			a.readings, _, err = monitor.Judge(ctx, finder, scorer, article, body)
			_ = bar.Add(1)
			return err
		})
	}
	return group.Wait()
}

func (a *pastArticle) outlet() string { return cmp.Or(a.Outlet, history.UnknownOutlet) }

// copied counts an article that prints this one's story.
func (a *pastArticle) copied(by *pastArticle) {
	if a.outlets == nil {
		a.outlets = make(map[string]bool)
	}
	a.copies++
	a.outlets[by.outlet()] = true
}
