package monitor

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// RuleLimit is what one rule's budget came to for one actor.
type RuleLimit struct {
	Rule  string
	Limit Limit
	Of    string // the rule as it stood when the limit was learnt, see [wording]
}

// History is how far back an actor's hours are needed: for the rules' windows,
// and for what their budgets are learnt from, which ends with the last Monday.
func History(rules []Rule) time.Duration {
	span := reach(rules) + time.Hour
	if budgeted(rules) {
		span = max(span, BudgetHistory+week)
	}
	return span
}

func budgeted(rules []Rule) bool { return slices.ContainsFunc(rules, Rule.budgeted) }

func (r Rule) budgeted() bool { return r.Budget != Budget{} }

// wording is a digest of all of a rule but whom it watches.
func wording(r Rule) string {
	r.Toward = nil
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // unreachable: a rule is plain data
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// ofRules are those limits that were learnt for the rules as they stand.
func ofRules(rules []Rule, limits []RuleLimit) (list []RuleLimit) {
	for _, r := range rules {
		if !r.budgeted() {
			continue
		}
		of := wording(r)
		for _, l := range limits {
			if l.Rule == r.Name && l.Of == of {
				list = append(list, l)
			}
		}
	}
	return list
}

// Standing is that of an actor's limits which was learnt for the rule as it now
// is, nil for none.
func (r Rule) Standing(limits []RuleLimit) *Limit {
	for _, l := range ofRules([]Rule{r}, limits) {
		return &l.Limit
	}
	return nil
}

// unlearnt says whether a rule with a budget has no limit of this week yet.
func unlearnt(rules []Rule, limits []RuleLimit, at time.Time) bool {
	return slices.ContainsFunc(rules, func(r Rule) bool {
		l := limitOf(limits, r.Name)
		return r.budgeted() && (l == nil || l.Stale(at))
	})
}

// learn gives every rule with a budget its limit of this week: the one it has,
// or one learnt from the series, which must hold what [History] asks for. A
// limit depends on the week, not on when in it it is learnt.
func learn(rules []Rule, limits []RuleLimit, s *Series, at time.Time) (list []RuleLimit) {
	for _, r := range rules {
		if !r.budgeted() {
			continue
		}
		if l := limitOf(limits, r.Name); l != nil && !l.Stale(at) {
			list = append(list, RuleLimit{r.Name, *l, wording(r)})
			continue
		}
		list = append(list, RuleLimit{r.Name, LearnLimit(r, s, at), wording(r)})
	}
	return list
}

func limitOf(limits []RuleLimit, rule string) *Limit {
	for _, l := range limits {
		if l.Rule == rule {
			return &l.Limit
		}
	}
	return nil
}
