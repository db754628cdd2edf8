package monitor

import "math"

// SplitRule asks whether two sides part ways: the shift of the first minus the
// shift of the second, each against its own baseline (a difference in
// differences, Snow 1855; Ashenfelter and Card 1985), so that sides that always
// differed are no split. Direction +1 is the first side growing warmer than the
// second. It is over when the difference falls under Rearm.
type SplitRule struct {
	By      float64 // tone points
	Sigma   float64
	Between [2]Side
}

// Side is whose words count on one side of a split.
type Side struct {
	Voice   string   // as in [Rule]
	Outlets []string // by name; empty: all
}

// split compares the shifts of two sides. Recent and Baseline are the first
// side's lead over the second, now and before; evidence is that of the side
// with less.
func split(a, b estimate) estimate {
	e := estimate{Shift: Shift{
		Recent: a.Recent - b.Recent, Baseline: a.Baseline - b.Baseline,
		Size: a.Size - b.Size, Mix: a.Mix - b.Mix,
		Stories: min(a.Stories, b.Stories), Outlets: min(a.Outlets, b.Outlets), Before: min(a.Before, b.Before),
	}}
	if e.Stories == 0 {
		return e
	}
	va, vb := a.Error*a.Error, b.Error*b.Error
	e.Error = math.Sqrt(va + vb)
	e.Dispersion = (va + vb) / (va/a.Dispersion + vb/b.Dispersion)
	e.free = (va + vb) * (va + vb) / (va*va/a.free + vb*vb/b.free)
	return e.scored()
}
