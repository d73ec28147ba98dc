package incidents

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
	"headstart/correlate"
)

// What a rehearsal shows is what users read when the same is done for real, whatever
// else runs by then: the number, the place, the words of each audience and the promise.
func TestRehearsalIsWhatHappens(t *testing.T) {
	for name, change := range map[string]func(*Announce){
		"at once":   nil,
		"four eyes": func(a *Announce) { a.FourEyes = true },
	} {
		config, real := rehearsed(t, change)
		running := headstart.Command{ID: "c-1", By: "joris", Do: "open", Title: "Iets anders", Services: []string{"print"}, Severity: "minor"}
		real.step(monday, time.Time{}, headstart.Line{Command: &running})
		commands := outageAtNoord()
		at := monday.Add(3 * time.Hour)
		told := Rehearse(Stage{Config: config, At: at, Newest: 1}, correlate.NewState(), testMakers(), commands...)
		for n := range commands {
			commands[n].ID = "c-" + itoa(n+2)
			real.step(at, time.Time{}, headstart.Line{Command: &commands[n]})
		}
		i := real.fold.book.find("mine")
		if told.Refused != "" || told.Incident.ID != i.ID || i.ID != "HS-2" || len(told.Announcements) != 2 {
			t.Fatalf("%s: rehearsed %+v; the incident is %s", name, told, i.ID)
		}
		for _, a := range told.Announcements {
			is := real.fold.book.notice(i, a.Audience)
			if diff := cmp.Diff(readOf(is), readOf(&a)); diff != "" {
				t.Errorf("%s, %s: the rehearsal differs (-is +rehearsed):\n%s", name, a.Audience, diff)
			}
		}
	}
}

// readOf is what people read of a, or will once it is approved.
func readOf(a *headstart.Announcement) any {
	u := a.Draft
	if u == nil {
		u = a.Last()
	}
	return []any{a.Audience, a.How, a.State, a.People, u.Phase, u.Text, u.NextUpdateBy, u.Why}
}

// A rehearsal says why nothing would go out: the panic switch, or what is confidential.
func TestRehearsalIsRefusedAsTheRealThing(t *testing.T) {
	config, _ := rehearsed(t, nil)
	held := Rehearse(Stage{Config: config, At: monday, Held: monday.Add(time.Hour)}, correlate.NewState(), testMakers(), outageAtNoord()...)
	if !strings.Contains(held.Refused, "held until") || len(held.Announcements) > 0 || held.Incident.ID != "HS-1" {
		t.Errorf("while all is held: %+v", held)
	}
	secret := outageAtNoord()
	secret[0].Services = []string{"hr"}
	if r := Rehearse(Stage{Config: config, At: monday}, correlate.NewState(), testMakers(), secret...); !strings.Contains(r.Refused, "confidential") {
		t.Errorf("of what is confidential: %+v", r)
	}
	if r := Rehearse(Stage{Config: config, At: monday}, correlate.NewState(), testMakers(), headstart.Command{By: "samira", Do: "ack", Incident: "HS-9"}); r.Refused == "" || r.Incident.ID != "" {
		t.Errorf("of what is not there: %+v", r)
	}
}

func outageAtNoord() []headstart.Command {
	return []headstart.Command{
		{By: "samira", Do: "open", Ref: "mine", Title: "Printen: werkt deels", Services: []string{"print"}, Locations: []string{"noord", "zuid"}, Severity: "major", Variables: map[string]string{"effect": "partly"}},
		{By: "samira", Do: "announce", Incident: "mine", Phase: headstart.Investigating, Variables: map[string]string{"effect": "partly"}},
	}
}

// rehearsed is a configuration, and a log that begins with it.
func rehearsed(t *testing.T, change func(*Announce)) (*headstart.LogConfig, *replay) {
	t.Helper()
	a := DefaultConfig().Announce
	if change != nil {
		change(&a)
	}
	raw, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	config := newStory(t, nil).f.book.log
	config.Announce = raw
	r := &replay{fold: newFold(correlate.NewState(), testMakers())}
	r.step(monday, time.Time{}, headstart.Line{Config: &config})
	return &config, r
}
