package monitor_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"tonewatch/monitor"
)

// A rule finds what it asks for exactly when all of its conditions are met.
func TestConditionsAreTheVerdict(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	some := func() float64 { return float64(rng.IntN(9)-4) / 4 }
	verdicts := make(map[monitor.Verdict]int)
	for range 20_000 {
		rule := monitor.Rule{Stories: rng.IntN(4), Outlets: rng.IntN(3), Rearm: 0.1, Window: 24 * time.Hour}
		switch rng.IntN(6) {
		case 0:
			rule.Shift = &monitor.ShiftRule{By: 0.5, Sigma: 0.5}
		case 1:
			rule.Level = &monitor.LevelRule{Line: some(), Below: rng.IntN(2) == 0}
		case 2:
			rule.Drift = &monitor.DriftRule{By: 0.25, Sigma: 0.75}
		case 3:
			rule.Volume = &monitor.VolumeRule{By: 0.5, Sigma: 0.5}
		case 4:
			rule.Volume = &monitor.VolumeRule{By: 0.5, Sigma: 0.5, Fewer: true}
		case 5:
			rule.Split = &monitor.SplitRule{By: 0.5, Sigma: 0.25}
		}
		shift := monitor.Shift{
			Recent: some(), Size: some(), Score: some(),
			Stories: rng.IntN(5), Outlets: rng.IntN(4), Before: rng.IntN(5), Expected: float64(rng.IntN(5)),
			Missed: rng.IntN(5),
		}
		verdict, _ := rule.Judge(shift)
		met := true
		for _, c := range rule.Conditions(shift) {
			met = met && c.Met()
		}
		if met != (verdict == monitor.Beyond) {
			t.Fatalf("%+v of %+v: verdict %v, conditions %+v", shift, rule, verdict, rule.Conditions(shift))
		}
		verdicts[verdict]++
	}
	if len(verdicts) != 4 {
		t.Errorf("verdicts seen: %v", verdicts)
	}
}
