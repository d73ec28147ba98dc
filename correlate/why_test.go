package correlate

import (
	"strings"
	"testing"
	"time"
)

// noOther are the decisions that nothing short of another event would have made
// otherwise, or that say themselves what would have: what a person did, what was
// merely heard, and what follows from another decision. Findings about the data
// (Q) decide nothing.
var noOther = map[string]bool{
	"C-01 configured": true, "C-01 refused": true, "D-02 alert": true, "D-02 heard_again": true, "D-02 tombstone": true,
	"E-21 matched": true, "E-21 unmatched": true, "E-21 reported": true, "P-13 impact": true, "P-17 heard": true, "P-17 alert_heard": true, "R-01 failing": true, "R-02 cleared": true, "S-05 asked": true,
}

// Every rule says what would have made it otherwise, with the facts that the rule
// gives (correlation: explaining). People's decisions need no excuse.
func TestDecisionsSayWhatElse(t *testing.T) {
	missing := map[string]string{}
	for file, p := range playedScenarios(t) {
		for i := range p.all {
			c := &p.all[i]
			key := c.Rule + " " + c.Outcome
			if c.Rule == "refused" || strings.HasPrefix(c.Rule, "H-") || strings.HasPrefix(c.Rule, "Q-") || noOther[key] {
				continue
			}
			for _, lang := range []string{"nl", "en"} {
				if c.Why(lang, time.UTC) == "" {
					missing[key] = file
				}
			}
		}
	}
	for key, file := range missing {
		t.Errorf("%s says nothing of what else could have been; see %s", key, file)
	}
}
