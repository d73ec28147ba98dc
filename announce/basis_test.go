package announce

import (
	"encoding/json"
	"testing"

	"headstart"

	"github.com/google/go-cmp/cmp"
)

// TestABasisGivesTheSameWords: what is kept beside a frozen message is all that its
// words follow from, after a restart too.
func TestABasisGivesTheSameWords(t *testing.T) {
	zone := amsterdam(t)
	w := New(nil, "u", nil)
	for n, c := range trials(templates()) {
		if c.voice.address == "je" || n%5 > 0 {
			continue
		}
		in := c.wording(shipped("u"), zone)
		row, err := json.Marshal(headstart.NewBasis(&in))
		if err != nil {
			t.Fatal(err)
		}
		var kept headstart.Basis
		if err := json.Unmarshal(row, &kept); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rendered()[c], w.Compose(kept.Wording(in.Phase, in.Lang, zone))); diff != "" {
			t.Fatalf("%s reads otherwise (-at first +from its basis):\n%s", c, diff)
		}
	}
}

// TestTemplatesHaveAVersion: another line, or another address, is another version.
func TestTemplatesHaveAVersion(t *testing.T) {
	seen := map[string]string{}
	for name, w := range map[string]*Words{
		"u": New(nil, "u", nil), "je": New(nil, "je", nil), "own": New(nil, "u", map[string]string{"labels.nl.where": "Welke plek?"}),
	} {
		v := w.Compose(headstart.Wording{Phase: headstart.Investigating}).Template
		if v == "" || seen[v] != "" {
			t.Errorf("%s has version %q, as %s has", name, v, seen[v])
		}
		seen[v] = name
	}
}
