package trial_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"tonewatch/monitor"
)

const day = 24 * time.Hour

// begin is a Monday.
var begin = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// story is one observation toward the simulated actor.
type story struct {
	at     time.Time
	outlet int
	tone   float64
}

// change is what happens at a time of a stream.
type change struct {
	name string
	step float64 // tone points that every outlet moves by
	mix  float64 // factor on what the coldest third of the outlets publish
	more float64 // factor on the number of events
	gap  float64 // tone points by which the first half of the outlets alone moves
}

// actor is what a simulated actor is like: all of it follows from its number.
type actor struct {
	rate    float64   // stories a day, 2 to 200
	means   []float64 // of the outlets' latent tone
	shares  []float64 // of the stories, by outlet, adding up to 1
	coldest []bool    // the third of the outlets with the lowest means
	seed    uint64
}

const (
	zeros      = 0.4  // of the stories that say nothing of the actor's tone: exactly 0
	perEvent   = 3.0  // stories about one event, in the mean
	eventTone  = 0.2  // standard deviation of what the stories of an event share
	storyTone  = 0.35 // of what is a story's own
	outletTone = 0.25 // of the outlets' means
	spread     = 10.0 // hours, mean distance of a story from its event's first
)

func newActor(number uint64) actor {
	rng := rand.New(rand.NewPCG(number, 1))
	a := actor{rate: math.Exp(math.Log(12) + 1.1*rng.NormFloat64()), seed: number}
	a.rate = min(200, max(2, a.rate))
	n := 5 + rng.IntN(26)
	own := 0.2 * rng.NormFloat64()
	var sum float64
	for range n {
		a.means = append(a.means, own+outletTone*rng.NormFloat64())
		a.shares = append(a.shares, math.Exp(rng.NormFloat64()))
		sum += a.shares[len(a.shares)-1]
	}
	for i := range a.shares {
		a.shares[i] /= sum
	}
	line := slices.Sorted(slices.Values(a.means))[(n-1)/3]
	for _, m := range a.means {
		a.coldest = append(a.coldest, m <= line)
	}
	return a
}

// stories are those of [0, days) since begin, with a change on a day. Up to the
// change they are the same for every change.
func (a actor) stories(days int, c change, on int) []story {
	list := a.phase(begin, on, change{}, 2)
	list = append(list, a.phase(begin.Add(time.Duration(on)*day), days-on, c, 3)...)
	slices.SortStableFunc(list, func(x, y story) int { return x.at.Compare(y.at) })
	return list
}

// phase draws events as they come, each a cluster of stories that share an
// effect on tone. A tenth of the events are six times as large.
func (a actor) phase(from time.Time, days int, c change, salt uint64) (list []story) {
	rng := rand.New(rand.NewPCG(a.seed, salt))
	shares, total := a.mixed(c)
	events := a.rate / perEvent * cmp.Or(c.more, 1)
	end := from.Add(time.Duration(days) * day)
	for at := from; ; {
		at = at.Add(time.Duration(rng.ExpFloat64() / events * float64(day)))
		if !at.Before(end) {
			return list
		}
		mean := perEvent / 1.5
		if rng.Float64() < 0.1 {
			mean *= 6
		}
		effect := eventTone * rng.NormFloat64()
		for range 1 + geometric(rng, mean-1) {
			s := story{at: a.published(rng, at), outlet: pick(rng, shares, total)}
			s.tone = a.tone(rng, s.outlet, effect, c)
			if s.at.Before(end) {
				list = append(list, s)
			}
		}
	}
}

func (a actor) tone(rng *rand.Rand, outlet int, effect float64, c change) float64 {
	latent := a.means[outlet] + effect + storyTone*rng.NormFloat64()
	move := c.step
	if outlet < len(a.means)/2 {
		move += c.gap
	}
	latent += move / (1 - zeros)
	if rng.Float64() < zeros {
		return 0
	}
	return math.Round(100*min(1, max(-1, latent))) / 100
}

// mixed gives the shares under a change of who publishes.
func (a actor) mixed(c change) (shares []float64, total float64) {
	shares = slices.Clone(a.shares)
	for i := range shares {
		if c.mix != 0 && a.coldest[i] {
			shares[i] *= c.mix
		}
		total += shares[i]
	}
	return shares, total
}

// published gives a time at or after an event's, at the hours in which news is
// made: weekends and nights have less.
func (a actor) published(rng *rand.Rand, event time.Time) time.Time {
	at := event
	for range 6 {
		at = event.Add(time.Duration(rng.ExpFloat64() * spread * float64(time.Hour)))
		weight := 0.6 - 0.4*math.Cos(2*math.Pi*(float64(at.Hour())-4)/24)
		if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			weight *= 0.6
		}
		if rng.Float64() < weight {
			break
		}
	}
	return at
}

func geometric(rng *rand.Rand, mean float64) int {
	if mean <= 0 {
		return 0
	}
	return int(math.Log(1-rng.Float64()) / math.Log(mean/(1+mean)))
}

func pick(rng *rand.Rand, shares []float64, total float64) int {
	x := rng.Float64() * total
	for i, s := range shares {
		if x -= s; x < 0 {
			return i
		}
	}
	return len(shares) - 1
}

var outletNames = func() (names []string) {
	for i := range 31 {
		names = append(names, fmt.Sprintf("outlet %02d", i))
	}
	return names
}()

func (s story) reading() monitor.Reading {
	return monitor.Reading{
		Actor: "simulated", Voice: monitor.AnyVoice, Outlet: outletNames[s.outlet], At: s.at, Tone: s.tone,
	}
}
