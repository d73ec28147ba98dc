package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
	"headstart/correlate"
	"headstart/incidents"
)

// The organisation's own lines are those of the log: what was said stays said when
// they change, the next message says it anew, and a replay says all of it alike.
func TestOwnWordsAreThoseOfTheLog(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	config := func(address string, own map[string]string) *headstart.LogConfig {
		a := incidents.DefaultConfig().Announce
		a.Address = address
		raw, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		return &headstart.LogConfig{
			Engine: headstart.EngineVersion, Installation: "test", Language: "nl", Announce: raw, OwnWords: own,
			Catalog: &headstart.Catalog{
				Locations:   []headstart.Location{{ID: "noord", Name: headstart.Names{"": "Gebouw Noord"}}},
				Departments: []headstart.Department{{ID: "fin", Name: headstart.Names{"": "Financiën"}, Locations: []string{"noord"}, Uses: []string{"mail"}, People: 20}},
				Services:    []headstart.Service{{ID: "mail", Kind: headstart.KindMail, Name: headstart.Names{"": "Mail"}, Locations: []string{"noord"}}},
			},
			Audiences: []headstart.Audience{{ID: "noord", Locations: []string{"noord"}, Languages: []string{"nl"}}},
		}
	}
	tell := func(id string, phase headstart.Phase) *headstart.Command {
		return &headstart.Command{ID: id, By: "samira", Do: "announce", Incident: "HS-1", Phase: phase, Variables: map[string]string{"Progress": "Wij zijn er bijna."}}
	}
	lines := []headstart.FileLine{
		{At: at, Line: headstart.Line{Config: config("u", map[string]string{"kinds.mail.nl.title.down": "De mail staat stil"})}},
		{At: at.Add(time.Minute), Line: headstart.Line{Command: &headstart.Command{ID: "c1", By: "samira", Do: "open", Services: []string{"mail"}, Ref: "x"}}},
		{At: at.Add(2 * time.Minute), Line: headstart.Line{Command: tell("c2", headstart.Investigating)}},
		{At: at.Add(3 * time.Minute), Line: headstart.Line{Config: config("je", nil)}},
		{At: at.Add(4 * time.Minute), Line: headstart.Line{Command: tell("c3", headstart.Progress)}},
	}
	told := func() []headstart.Update {
		result, err := incidents.Replay(lines, time.Time{}, correlate.NewState(), makers(), "nl")
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Incidents) != 1 || len(result.Incidents[0].Announcements) != 1 {
			t.Fatalf("%+v; want one incident with one announcement", result.Incidents)
		}
		return result.Incidents[0].Announcements[0].Updates
	}
	updates := told()
	if len(updates) != 2 {
		t.Fatalf("%d updates, want 2", len(updates))
	}
	first, second := updates[0].Text["nl"], updates[1].Text["nl"]
	if first.Title != "De mail staat stil" || first.Lines[0] != (headstart.TextLine{Label: "Wat merkt u?", Text: "U kunt geen mail sturen of krijgen."}) {
		t.Errorf("first %+v; want the organisation's title above our words", first)
	}
	if second.Title != "Mail werkt niet: stand van zaken" || second.Lines[0] != (headstart.TextLine{Label: "Wat merk je?", Text: "Je kunt geen mail sturen of krijgen."}) {
		t.Errorf("second %+v; want our title, and je", second)
	}
	if diff := cmp.Diff(updates, told()); diff != "" {
		t.Errorf("a second replay says (-first +second):\n%s", diff)
	}
}
