package report

import (
	"strings"
	"testing"
	"time"

	"headstart/lang"
)

// TestFirst: of an incident that ended the report says who was first, also when that is
// left out of the figures.
func TestFirst(t *testing.T) {
	m := &Morning{say: lang.New("nl", time.UTC)}
	late, early := int64(-70*60), int64(0)
	for name, c := range map[string]struct {
		s    Solved
		want string
	}{
		"nobody reported it": {Solved{}, ""},
		"at the same time":   {Solved{Lead: &early}, "bericht 0 min voor de eerste melding"},
		"users were first":   {Solved{Lead: &late}, "eerste melding 1 u 10 min voor het bericht"},
		"left out":           {Solved{LeadLeftOut: "oefening", LeftOut: 2}, "voorsprong telt niet mee in de cijfers: oefening; 2 telefoontjes zonder tijd tellen niet mee voor de voorsprong"},
	} {
		if got := strings.Join(m.firstAt(c.s), "; "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
