package web

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Verdict is what a check comes to.
type Verdict string

// The verdicts, from good to bad. Warn is for a person to look at; Fail means
// that tonewatch does not do its work.
const (
	Pass Verdict = "pass"
	Warn Verdict = "warn"
	Fail Verdict = "fail"
)

// badness orders verdicts; one that is unknown is as bad as can be.
func (v Verdict) badness() int {
	if i := slices.Index([]Verdict{Pass, Warn, Fail}, v); i >= 0 {
		return i
	}
	return 3
}

// Finding is what one check found: a component's entry in a report.
type Finding struct {
	// Key is "component:measurement", under which a report files it.
	Key string `json:"-"`

	ComponentID   string    `json:"componentId,omitempty"` // which of several
	ComponentType string    `json:"componentType"`         // component or datastore
	ObservedValue *float64  `json:"observedValue,omitempty"`
	ObservedUnit  string    `json:"observedUnit,omitempty"`
	Status        Verdict   `json:"status"`
	Time          time.Time `json:"time"` // when it was observed
	// Output is the error and how to mend it. A check that passes may have
	// one: a feed that failed once is no worry yet, but not to be hidden.
	Output string `json:"output,omitempty"`
}

// String is one line for a person.
func (f Finding) String() string {
	name := f.Key
	if f.ComponentID != "" {
		name += " " + f.ComponentID
	}
	if f.Output == "" {
		return fmt.Sprintf("%s: %s", name, f.Status)
	}
	return fmt.Sprintf("%s: %s: %s", name, f.Status, f.Output)
}

// Report is the body of /health, after draft-inadarei-api-health-check-06.
type Report struct {
	Status      Verdict              `json:"status"`              // the worst of Checks
	Version     string               `json:"version"`             // of this interface
	ReleaseID   string               `json:"releaseId,omitempty"` // of the program
	Description string               `json:"description,omitempty"`
	Output      string               `json:"output,omitempty"` // why all of it is bad
	Checks      map[string][]Finding `json:"checks"`
}

// interfaceVersion changes when a key of the report changes its meaning.
const interfaceVersion = "1"

func newReport(release string, findings []Finding) Report {
	r := Report{
		Status: worst(findings), Version: interfaceVersion, ReleaseID: release,
		Description: "health of tonewatch", Checks: make(map[string][]Finding),
	}
	for _, f := range findings {
		r.Checks[f.Key] = append(r.Checks[f.Key], f)
	}
	return r
}

// worst is Pass where nothing was found.
func worst(findings []Finding) Verdict {
	state := Pass
	for _, f := range findings {
		if f.Status.badness() > state.badness() {
			state = f.Status
		}
	}
	return state
}

// Problems are the findings that do not pass, the worst first, then by key.
func (r Report) Problems() []Finding {
	var list []Finding
	for _, key := range slices.Sorted(maps.Keys(r.Checks)) {
		for _, f := range r.Checks[key] {
			if f.Status != Pass {
				list = append(list, f)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Compare(b.Status.badness(), a.Status.badness())
	})
	return list
}
