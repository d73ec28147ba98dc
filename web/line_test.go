package web

import (
	"testing"

	"headstart"
	"headstart/lang"
)

// Who has an incident is said with the line of support: the first while somebody of the
// desk has it, whatever group the catalog names, else that of the group.
func TestTheLineOfAnIncident(t *testing.T) {
	c := &headstart.LogConfig{
		SupportGroups: []headstart.SupportGroup{{ID: "netwerk", Line: 2}, {ID: "leverancier", Line: 3}},
		Desk:          &headstart.Desk{Duty: []headstart.Duty{{Name: "samira"}}},
	}
	for name, x := range map[string]struct {
		of     *headstart.LogConfig
		i      headstart.Incident
		nl, en string
	}{
		"the desk has it":              {c, headstart.Incident{Owner: "samira", SupportGroup: "netwerk"}, "1e lijn", "line 1"},
		"somebody of a group has it":   {c, headstart.Incident{Owner: "joris", SupportGroup: "netwerk"}, "2e lijn", "line 2"},
		"it lies with a group":         {c, headstart.Incident{SupportGroup: "leverancier"}, "3e lijn", "line 3"},
		"a group that has no line":     {c, headstart.Incident{SupportGroup: "beheer"}, "", ""},
		"nobody has it":                {c, headstart.Incident{}, "", ""},
		"before any configuration":     {nil, headstart.Incident{Owner: "samira"}, "", ""},
		"without a list of the desk":   {&headstart.LogConfig{}, headstart.Incident{Owner: "samira"}, "", ""},
		"somebody nobody put anywhere": {c, headstart.Incident{Owner: "vera"}, "", ""},
	} {
		if nl, en := line(x.of, &x.i, lang.New("nl", nil)), line(x.of, &x.i, lang.New("en", nil)); nl != x.nl || en != x.en {
			t.Errorf("%s: %q and %q, want %q and %q", name, nl, en, x.nl, x.en)
		}
	}
}
