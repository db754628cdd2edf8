package monitor_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"tonewatch/monitor"
)

// uneventful is an actor's news while nothing happens: outlets with means and
// sizes of their own, nights and weekends, lumpy tones with a third of zeros.
// With bursts four stories share an event and its tone within some hours.
func uneventful(seed uint64, days, daily int, bursts bool) (list []monitor.Reading) {
	rng := rand.New(rand.NewPCG(seed, 5))
	outlets := make([]float64, 5+rng.IntN(25))
	for i := range outlets {
		outlets[i] = 0.2 * rng.NormFloat64()
	}
	size, spread, shared := 1.0, 0.5, 0.0
	if bursts {
		size, spread, shared = 4, 6, 0.2
	}
	for h := range days * 24 {
		rate := float64(daily) / 24 * (1 + 0.6*math.Sin(float64(h)/12*math.Pi))
		if h/24%7 >= 5 {
			rate /= 2
		}
		for range poisson(rng, rate/size) {
			event := shared * rng.NormFloat64()
			for range 1 + poisson(rng, size-1) {
				o := int(float64(len(outlets)) * rng.Float64() * rng.Float64()) // some publish more than others
				tone := max(-1, min(1, outlets[o]+event+0.4*rng.NormFloat64()))
				if rng.IntN(3) == 0 {
					tone = 0
				}
				list = append(list, reading(float64(h)+spread*rng.ExpFloat64(), fmt.Sprint("outlet ", o), tone))
			}
		}
	}
	return list
}

func poisson(rng *rand.Rand, mean float64) (n int) {
	limit := math.Exp(-mean)
	for p := rng.Float64(); p > limit; n++ {
		p *= rng.Float64()
	}
	return n
}

// Sigma must mean what it says while nothing happens, be the stories many or
// few, and whether they come in bursts or not.
func TestSigmaIsCalibrated(t *testing.T) {
	t.Parallel()
	rules := usual()
	even, odd := monitor.Side{Voice: monitor.AnyVoice}, monitor.Side{Voice: monitor.AnyVoice}
	for i := 0; i < 30; i += 2 {
		even.Outlets = append(even.Outlets, fmt.Sprint("outlet ", i))
		odd.Outlets = append(odd.Outlets, fmt.Sprint("outlet ", i+1))
	}
	for _, bursts := range []bool{false, true} {
		for _, daily := range []int{5, 60} {
			squares, dispersion, n, beyond := make(map[string]float64), make(map[string]float64), make(map[string]float64), make(map[string]float64)
			held := 0.0 // intervals of the shift that hold the truth, 0
			for seed := range uint64(16) {
				s := monitor.NewSeries(nil)
				for _, r := range uneventful(seed, 120, daily, bursts) {
					s.Add(r)
				}
				for at := 50 * 24.0; at < 119*24; at += 67 {
					for _, r := range rules {
						if r.Split != nil {
							r.Split = &monitor.SplitRule{Between: [2]monitor.Side{even, odd}}
						}
						m := monitor.Measure(s, r, hour(at))
						if m.Stories < 4 && r.Volume == nil {
							continue
						}
						squares[r.Name] += m.Sigma() * m.Sigma()
						dispersion[r.Name] += m.Dispersion
						n[r.Name]++
						if low, high := m.Interval(); r.Shift != nil && low <= 0 && high >= 0 {
							held++
						}
						if math.Abs(m.Sigma()) > 4 {
							beyond[r.Name]++
						}
					}
				}
			}
			if share := held / n["shift"]; share < 0.9 || share > 0.995 {
				t.Errorf("%d a day, bursts %v: %.3f of the intervals hold the truth, want about 0.95", daily, bursts, share)
			}
			for name, highest := range map[string]float64{"shift": 1.15, "split": 1.15, "volume": 1.3, "drift": 1.8} {
				root, wide := math.Sqrt(squares[name]/n[name]), dispersion[name]/n[name]
				t.Logf("%-6s %2d a day, bursts %-5v: sigma is spread by %.2f, %.2f%% beyond 4; variance widened x%.2f", name, daily, bursts, root, 100*beyond[name]/n[name], wide)
				if root < 0.7 || root > highest || beyond[name] > 0.01*n[name] {
					t.Errorf("%s, %d a day, bursts %v: sigma is spread by %.2f, want 0.7 to %g; %g of %g beyond 4", name, daily, bursts, root, highest, beyond[name], n[name])
				}
				if wide < 1 || !bursts && name != "volume" && wide > 1.4 || bursts && wide < 1.2 {
					t.Errorf("%s, %d a day, bursts %v: variance widened x%.2f", name, daily, bursts, wide)
				}
			}
		}
	}
}

func TestNormalIsAsRareAsStudent(t *testing.T) {
	t.Parallel()
	// Two-sided 0.27 % is 3 sigma: the quantiles of Student's t.
	for free, x := range map[float64]float64{5: 5.507, 10: 3.957, 20: 3.422, 30: 3.270, 1e6: 3} {
		near(t, fmt.Sprintf("%g degrees of freedom", free), monitor.Normal(-x, free), -3, 0.03)
	}
}

// Where in the last week the colder outlets publish six times as much, and none
// of them changes its tone, nothing has drifted: neither way, nor further than
// without.
func TestDriftIsBlindToAChangeOfMix(t *testing.T) {
	t.Parallel()
	const outlets, cold, days, daily = 12, 4, 49, 5
	r := usual()[2]
	spread := func(factor float64) (mean, root float64) {
		const seeds = 400
		for seed := range uint64(seeds) {
			rng := rand.New(rand.NewPCG(seed, 9))
			means := make([]float64, outlets)
			for i := range means {
				means[i] = 0.25 * rng.NormFloat64()
			}
			slices.Sort(means)
			s := monitor.NewSeries(nil)
			for i := range days * daily {
				weight := 1.0
				if i >= (days-7)*daily {
					weight = factor
				}
				x := rng.Float64() * (cold*weight + outlets - cold)
				o := int(x / weight)
				if o >= cold {
					o = cold + int(x-cold*weight)
				}
				tone := max(-1, min(1, means[o]+0.35*rng.NormFloat64()))
				s.Add(reading(24*float64(i)/daily, fmt.Sprint("outlet ", o), tone))
			}
			z := monitor.Measure(s, r, hour(days*24-1)).Sigma()
			mean += z / seeds
			root += z * z / seeds
		}
		return mean, math.Sqrt(root)
	}
	_, without := spread(1)
	mean, with := spread(6)
	t.Logf("sigma is %+.2f in the mean; spread by %.2f with the change, %.2f without", mean, with, without)
	if math.Abs(mean) > 0.2 {
		t.Errorf("sigma is %+.2f in the mean, want 0", mean)
	}
	if with > 1.1*without {
		t.Errorf("sigma is spread by %.2f, want no more than the %.2f without the change", with, without)
	}
}
