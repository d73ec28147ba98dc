package maintenance

import (
	"fmt"
	"strings"
	"testing"

	"headstart"
)

// TestFind: whole names, ids and aliases of the catalog count, nothing that
// merely looks like them.
func TestFind(t *testing.T) {
	x := newIndex(&headstart.Catalog{
		Locations: []headstart.Location{{ID: "noord", Name: headstart.Names{"": "Gebouw Noord"}, Aliases: []string{"de nieuwbouw"}}, {ID: "n"}},
		Services:  []headstart.Service{{ID: "print", Name: headstart.Names{"nl": "Printen", "en": "Printing"}}, {ID: "lan"}, {ID: "er"}},
		Devices:   []headstart.Device{{ID: "sw-n-2", Name: headstart.Names{"": "Verdeler (kelder)"}}, {ID: "N2", Aliases: []string{"printer bij de trap"}}},
	})
	for text, want := range map[string]string{
		"":                                 "[] [] []",
		"SW-N-2 vervangen.":                "[sw-n-2] [] []",
		"sw-n-20 en asw-n-2":               "[] [] []",
		"verdeler kelder, Gebouw  Noord":   "[sw-n-2] [] [noord]",
		"De printer bij de trap doet raar": "[N2] [] []",
		"Printing moves to (de nieuwbouw)": "[] [print] [noord]",
		"plan het lan.":                    "[] [lan] []",
		"is er nog iets, n?":               "[] [] []",
		"n2; N2/n2":                        "[N2] [] []",
		strings.Repeat("woord ", 5000):     "[] [] []",
	} {
		if s := x.find(text); fmt.Sprint(s.assets, s.services, s.locations) != want {
			t.Errorf("%.60q names %v, want %s", text, s, want)
		}
	}
	big := &headstart.Catalog{}
	var all []string
	for i := range 60 {
		big.Devices = append(big.Devices, headstart.Device{ID: fmt.Sprintf("dev-%d", i)})
		all = append(all, fmt.Sprintf("dev-%d", i))
	}
	if s := newIndex(big).find(strings.Join(all, " ")); len(s.assets) != 0 {
		t.Errorf("a text that names the whole stock covers %d devices, want none", len(s.assets))
	}
}
