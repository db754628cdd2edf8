package configs

import (
	"fmt"
	"math"
)

// leastArticles is how long a story's copies may still come in.
const leastArticles = Duration(week)

// keep checks that nothing is thrown away that a rule still looks at. Where the
// file leaves the term to its default, the rule that goes beyond it is to blame.
func (f *file) keep(c *Config) {
	k := &c.Store.Keep
	articles, series := leastArticles, Duration(day)
	for i := range c.Rules {
		r := &c.Rules[i]
		window, baseline := r.spans()
		if window == nil || f.broken(window) || f.broken(baseline) {
			continue
		}
		reach, longer := *window, window
		if baseline != nil {
			reach, longer = *window+min(*baseline, math.MaxInt64-*window), baseline
		}
		f.must(*window <= k.Articles || !f.absent(&k.Articles), window, fmt.Sprintf("no longer than articles are kept, %v", k.Articles))
		f.must(reach <= k.Series || !f.absent(&k.Series), longer, fmt.Sprintf("no longer, with the window, than series are kept, %v", k.Series))
		f.must(r.CoolDown <= k.Articles, &r.CoolDown, fmt.Sprintf("no longer than articles are kept, %v", k.Articles))
		articles, series = max(articles, *window), max(series, reach)
	}
	f.must(k.Articles >= articles, &k.Articles, fmt.Sprintf("at least %v, which the rules and the copies of a story need", articles))
	f.must(k.Series >= series, &k.Series, fmt.Sprintf("at least %v, which the rules look back to", series))
}

// spans are how much news a rule tests, and against how much; of a level there is
// no baseline, of a rule that asks for nothing neither.
func (r *Rule) spans() (window, baseline *Duration) {
	switch {
	case r.Shift != nil:
		return &r.Shift.Window, &r.Shift.Baseline
	case r.Drift != nil:
		return &r.Drift.Window, &r.Drift.Baseline
	case r.Volume != nil:
		return &r.Volume.Window, &r.Volume.Baseline
	case r.Split != nil:
		return &r.Split.Window, &r.Split.Baseline
	case r.Level != nil:
		return &r.Level.Window, nil
	}
	return nil, nil
}
