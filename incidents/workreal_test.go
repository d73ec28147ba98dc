package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/announce"
	"headstart/correlate"
)

// newRealStory is a story with the real correlation and the real words.
func newRealStory(t *testing.T, address string, languages ...string) *story {
	t.Helper()
	st := &story{t: t, s: &script{}, f: newFold(correlate.NewState(), Makers{
		Composer: func(c *headstart.Catalog, address string, own map[string]string) Composer {
			return announce.New(c, address, own)
		},
		Router: func(string) (Router, error) { return routes{}, nil },
	})}
	st.f.trusted = true
	a := DefaultConfig().Announce
	a.Push.Mode, a.Address, a.Quiet = auto, address, Quiet{From: "00:00", To: "00:00", Critical: "page"}
	st.line(-time.Hour, headstart.Line{Config: &headstart.LogConfig{
		Engine: headstart.EngineVersion, Installation: "test", Language: "nl", Announce: encode(a), Contact: "Servicedesk, telefoon 1234",
		Catalog: &headstart.Catalog{
			Locations: []headstart.Location{{ID: "noord", Name: headstart.Names{"nl": "Gebouw Noord", "en": "North building"}}, {ID: "zuid", Name: headstart.Names{"": "Gebouw Zuid"}}},
			Services:  []headstart.Service{{ID: "print", Kind: headstart.KindPrinter, Name: headstart.Names{"nl": "Printen", "en": "Printing"}}},
			Devices: []headstart.Device{
				{ID: "sw-n-2", Kind: "switch", Location: "noord"},
				{ID: "prn-1", Kind: "printer", Location: "noord", Services: []string{"print"}, People: 25, DependsOn: headstart.Dependencies{{"sw-n-2"}}},
				{ID: "prn-2", Kind: "printer", Location: "zuid", Services: []string{"print"}, People: 9},
			},
		},
		Audiences: []headstart.Audience{{ID: "noord", Locations: []string{"noord"}, Languages: languages}},
		Channels:  []headstart.ChannelInfo{{Name: "mail", Type: "email", Reply: true}},
	}})
	return st
}

// down says that an asset does not answer, or that it does.
func (st *story) down(d time.Duration, asset string, fails bool) []Message {
	c := &headstart.Check{Probe: asset, Asset: asset, Location: "noord", Verdict: headstart.OK}
	if fails {
		c.Verdict, c.Reason = headstart.Down, "no reply"
	}
	return st.line(d, headstart.Line{Check: c})
}

// TestWorkInTheNightOfTheClock runs through real correlation and real words: work
// past midnight into the night in which clocks jump, whose devices fail inside it.
// Left broken it becomes an incident with the announcement of the work; repaired in
// time it is done. Every text passes the gate, in each language and address.
func TestWorkInTheNightOfTheClock(t *testing.T) {
	start := time.Date(2027, 3, 27, 21, 0, 0, 0, time.UTC).Sub(monday) // 22:00; the clock jumps at 02:00
	end := time.Date(2027, 3, 28, 2, 0, 0, 0, time.UTC).Sub(monday)    // 04:00
	for name, c := range map[string]struct {
		address   string
		languages []string
		period    string
		broken    bool
	}{
		"left broken, u":      {"u", []string{"nl"}, "Op zaterdag 27 maart van 22:00 tot 04:00 uur op zondag 28 maart.", true},
		"in time, je":         {"je", []string{"nl"}, "Op zaterdag 27 maart van 22:00 tot 04:00 uur op zondag 28 maart.", false},
		"in time, in English": {"u", []string{"en", "nl"}, "On Saturday 27 March from 22:00 to 04:00 on Sunday 28 March.", false},
	} {
		t.Run(name, func(t *testing.T) {
			st := newRealStory(t, c.address, c.languages...)
			w := &headstart.MaintenanceWindow{
				ID: "W-1", Assets: []string{"sw-n-2"}, StartsAt: monday.Add(start), EndsAt: monday.Add(end), Owner: "joris", Source: "config",
				Summary: headstart.Names{"nl": "Wij vervangen het netwerk", "en": "We replace the network"},
			}
			st.line(start-72*time.Hour, headstart.Line{Maintenance: w})
			a := st.workNotice()
			if a.People != 25 || strings.Join(a.Services, " ") != "print" || strings.Join(a.Locations, " ") != "noord" {
				t.Errorf("it touches %d people, %v at %v; want those who print behind the switch", a.People, a.Services, a.Locations)
			}
			if text := a.Draft.Text[c.languages[0]]; !strings.Contains(text.Body, c.period) || !strings.Contains(text.Subject, "(HS-W1)") {
				t.Errorf("%s\n%s\nwant %q", text.Subject, text.Body, c.period)
			}
			st.approveWork(start - 71*time.Hour)
			st.through(start)
			st.down(start+time.Hour, "sw-n-2", true)
			st.down(start+time.Hour, "prn-1", true)
			st.through(start + 2*time.Hour)
			if n := len(st.f.book.incidents); n != 0 {
				t.Fatalf("%d incidents inside the work", n)
			}
			if !c.broken {
				st.down(end-30*time.Minute, "sw-n-2", false)
				st.down(end-30*time.Minute, "prn-1", false)
			}
			st.through(end + 30*time.Minute)
			switch last := a.Last(); {
			case c.broken && (a.Incident == "" || last.Phase != headstart.Investigating):
				t.Errorf("left broken it is told by %q as %s, want by the incident as looked into", a.Incident, last.Phase)
			case !c.broken && (a.Draft == nil || a.Draft.Phase != headstart.MaintenanceDone):
				t.Errorf("repaired in time the draft is %+v, want done", a.Draft)
			case !c.broken:
				st.approveWork(end + 31*time.Minute)
			}
			live := 0
			for _, o := range st.f.book.announcements {
				if o.Live() {
					live++
				}
			}
			if live > 1 || !c.broken && live > 0 {
				t.Errorf("%d announcements live at the end", live)
			}
			for n := range a.Updates {
				u := &a.Updates[n]
				if len(u.Hits) > 0 || len(u.Missing) > 0 {
					t.Errorf("update %d (%s): hits %v, missing %v", n, u.Phase, u.Hits, u.Missing)
				}
				for lang, text := range u.Text {
					if strings.Contains(text.Body, "sw-n-2") || strings.Contains(text.Body, "joris") {
						t.Errorf("update %d in %s names a device or a person:\n%s", n, lang, text.Body)
					}
				}
			}
		})
	}
}

// TestWorkIsDoneWhenItsOwnChecksAreGreen: ended early by a person, work can be done at
// once while a printer that it did not touch fails; while one that it touched does it
// cannot, and the incident of that takes the announcement over.
func TestWorkIsDoneWhenItsOwnChecksAreGreen(t *testing.T) {
	for asset, touched := range map[string]bool{"prn-2": false, "prn-1": true} {
		st := newRealStory(t, "u", "nl")
		w := &headstart.MaintenanceWindow{ID: "W-1", Assets: []string{"sw-n-2"}, StartsAt: monday.Add(2 * time.Hour), EndsAt: monday.Add(4 * time.Hour), Source: "config"}
		st.line(0, headstart.Line{Maintenance: w})
		st.approveWork(time.Minute)
		st.through(2 * time.Hour)
		st.down(3*time.Hour, asset, true)
		st.through(3*time.Hour + 30*time.Minute)
		ended := *w
		ended.EndsAt, ended.By = monday.Add(3*time.Hour+30*time.Minute), "joris"
		st.line(3*time.Hour+30*time.Minute, headstart.Line{Maintenance: &ended})
		a := st.workNotice()
		if done := a.Draft != nil && a.Draft.Phase == headstart.MaintenanceDone; done == touched {
			t.Errorf("while %s fails: done is offered %v, want %v", asset, done, !touched)
		}
		st.through(3*time.Hour + 45*time.Minute)
		if taken := a.Incident != ""; taken != touched {
			t.Errorf("while %s fails: an incident speaks of the work %v, want %v", asset, taken, touched)
		}
	}
}
