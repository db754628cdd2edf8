package scoring

import "math"

// FindAll is [Finder.Find] without its bound.
func (f *Finder) FindAll(text string) []Mention { return f.first(math.MaxInt, text) }
