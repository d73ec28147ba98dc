package incidents

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// script is a correlator whose groups a test sets by hand: what the book does
// with decisions is tested here, taking them in package correlate.
type script struct {
	groups   map[headstart.GroupID]*headstart.Group
	problems map[headstart.ProblemKey]*headstart.Problem
	alerts   map[string]*headstart.AlertState
	tickets  map[string]*headstart.TicketState
	windows  map[string]*headstart.MaintenanceWindow
	reach    headstart.Reach
	failing  [2]int             // within reach of planned work: since it began, from before
	next     []headstart.Change // what the next Apply or Do returns
	refuse   error
	due      []time.Time
	shift    time.Duration
}

func (s *script) Group(id headstart.GroupID) *headstart.Group       { return s.groups[id] }
func (s *script) Problem(k headstart.ProblemKey) *headstart.Problem { return s.problems[k] }
func (s *script) Alert(fp string) *headstart.AlertState             { return s.alerts[fp] }
func (s *script) Ticket(key string) *headstart.TicketState          { return s.tickets[key] }
func (s *script) Windows() []string                                 { return sortedKeys(s.windows) }
func (s *script) Window(id string) *headstart.MaintenanceWindow     { return s.windows[id] }
func (s *script) Reach(string) headstart.Reach                      { return s.reach }
func (s *script) Failing(string) (since, before int)                { return s.failing[0], s.failing[1] }
func (s *script) Pending() int                                      { return 0 }
func (s *script) Take() []headstart.Op                              { return nil }
func (s *script) TakeOf(func(string) bool) []headstart.Op           { return nil }
func (s *script) Pack(headstart.Rows) headstart.Rows                { return noRows{} }
func (s *script) Scout(headstart.Scout) headstart.Scout             { return blindScout{} }
func (s *script) Load(string, headstart.Row) error                  { return nil }
func (s *script) Loaded() error                                     { return nil }
func (s *script) Blind(d time.Duration)                             { s.shift += d }
func (s *script) AlertLabels(k headstart.ProblemKey, n int) (labels map[string]string, silenced, more bool) {
	p := s.problems[k]
	if p == nil || n >= len(p.Alerts) || s.alerts[p.Alerts[n]] == nil {
		return nil, false, false
	}
	a := s.alerts[p.Alerts[n]]
	return a.Labels, len(a.Silenced) > 0, n+1 < len(p.Alerts)
}

// blindScout finds nothing out.
type blindScout struct{}

func (blindScout) Look([]headstart.Event) {}

// noRows are those of a correlator that has none.
type noRows struct{}

func (noRows) Ops() []headstart.Op { return nil }
func (noRows) Empty()              {}

func (s *script) OpenMembers(id headstart.GroupID) (k []headstart.ProblemKey) {
	for key, p := range s.problems {
		if p.Group == id && p.State == headstart.ProblemOpen {
			k = append(k, key)
		}
	}
	slices.Sort(k)
	return k
}

func (s *script) Apply(headstart.Event) []headstart.Change {
	out := s.next
	s.next = nil
	return out
}

func (s *script) Do(ev headstart.Event, _, _ headstart.GroupID) ([]headstart.Change, error) {
	return s.Apply(ev), s.refuse
}

func (s *script) Suspect(ev headstart.Event, _ headstart.Suspicion) []headstart.Change {
	return s.Apply(ev)
}

func (s *script) NextDeadline() (time.Time, bool) {
	if len(s.due) == 0 {
		return time.Time{}, false
	}
	return s.due[0].Add(s.shift), true
}

func (s *script) Fire() []headstart.Change {
	s.due = s.due[1:]
	return s.Apply(headstart.Event{})
}

// plain composes texts that name what they depend on, so tests can read them.
type plain struct{ missing []string }

func (p plain) Compose(w headstart.Wording) headstart.Composed {
	title := fmt.Sprintf("%s %s %s %s", w.Phase, w.Kind, w.Vars["Name"], w.Vars["Where"])
	var body strings.Builder
	fmt.Fprintf(&body, "attended=%v lookfrom=%v cause=%s", w.Attended, !w.LookFrom.IsZero(), w.Vars["Cause"])
	for _, name := range []string{"Workaround", "Reason", "Progress"} {
		if said := w.Vars[name]; said != "" {
			body.WriteString(" " + said)
		}
	}
	for _, name := range []string{"Also", "Back"} {
		if said := w.Vars[name]; said != "" {
			body.WriteString(" " + strings.ToLower(name) + "=" + said)
		}
	}
	c := headstart.Composed{Text: headstart.Text{Title: strings.Join(strings.Fields(title), " "), Body: body.String(), Subject: w.Vars["Ref"]}, Missing: p.missing}
	for _, v := range w.Vars {
		if strings.Contains(v, "latency") {
			c.Hits = append(c.Hits, headstart.Hit{Lang: w.Lang, Word: "latency", Plain: "langzaam"})
		}
	}
	return c
}

func (p plain) Digest(w headstart.DigestWording) headstart.Composed {
	var lines []headstart.TextLine
	for _, l := range w.Live {
		lines = append(lines, headstart.TextLine{Label: "live", Text: l.Title + " " + l.Where})
	}
	for _, l := range w.Over {
		lines = append(lines, headstart.TextLine{Label: "over", Text: l.Title + " " + l.Where})
	}
	return headstart.Composed{Text: headstart.Text{Title: fmt.Sprintf("digest %d %d %d", len(w.Live), len(w.Over), w.More), Lines: lines}}
}

func (p plain) Title(kind headstart.ServiceKind, _, name, _ string) string {
	if slices.Contains(p.missing, "Name") {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("investigating %s %s", kind, name))
}

// routes sends every alert to the receivers its label "to" lists.
type routes struct{ anytime }

func (routes) Receivers(l map[string]string, _ time.Time) ([]string, bool) {
	return strings.Fields(l["to"]), false
}

// anytime has no time intervals.
type anytime struct{}

func (anytime) Resting(string, time.Time) bool   { return false }
func (anytime) Opens(time.Time) (zero time.Time) { return zero }

// story drives a fold through a day.
type story struct {
	t *testing.T
	f *fold
	s *script
	n uint64
}

// monday is a working day, 09:00 in Amsterdam.
var monday = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func newStory(t *testing.T, change func(*Announce)) *story {
	t.Helper()
	s := &script{
		groups: map[headstart.GroupID]*headstart.Group{}, problems: map[headstart.ProblemKey]*headstart.Problem{},
		alerts: map[string]*headstart.AlertState{}, tickets: map[string]*headstart.TicketState{},
	}
	st := &story{t: t, s: s, f: newFold(s, testMakers())}
	st.f.trusted = true
	a := DefaultConfig().Announce
	a.Push.Mode = auto
	if change != nil {
		change(&a)
	}
	raw, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	st.line(0, headstart.Line{Config: &headstart.LogConfig{
		Engine: 1, Installation: "test", Language: "en", Announce: raw, Route: "route", ExternalURL: "https://desk.example",
		Catalog: &headstart.Catalog{
			Locations: []headstart.Location{{ID: "noord", Name: headstart.Names{"": "Gebouw Noord"}}, {ID: "zuid", Name: headstart.Names{"": "Gebouw Zuid"}}},
			Services:  []headstart.Service{{ID: "print", Kind: headstart.KindPrinter, Name: headstart.Names{"": "Printen"}}, {ID: "hr", Name: headstart.Names{"": "Personeel"}, Confidential: true}},
			Devices:   []headstart.Device{{ID: "sw-n-2", Kind: "switch", Location: "noord"}, {ID: "prn-1", Kind: "printer", Name: headstart.Names{"": "N2-04"}, Location: "noord", Services: []string{"print"}}},
		},
		Channels: []headstart.ChannelInfo{{Name: "mail", Type: "email", Reply: true}, {Name: "chat", Type: "slack", Update: true, Audiences: []string{"zuid"}}},
	}})
	return st
}

func testMakers() Makers {
	return Makers{
		Composer: func(*headstart.Catalog, string, map[string]string) Composer { return plain{} },
		Router:   func(string) (Router, error) { return routes{}, nil },
	}
}

// line applies one line d after monday and returns the messages it caused.
func (st *story) line(d time.Duration, l headstart.Line) []Message {
	st.t.Helper()
	st.n++
	off := headstart.Offset{Ms: uint64(monday.Add(d).UnixMilli()), Seq: st.n}
	var said []Message
	for done := false; !done; {
		done = st.f.unit(off, []headstart.Event{{Off: off, At: off.At(), Received: off.At(), Line: l}})
		said = append(said, st.f.book.messages...)
		st.f.book.messages = nil
	}
	return said
}

func (st *story) tick(d time.Duration) []Message { return st.line(d, headstart.Line{}) }

// change applies decisions of correlation d after monday.
func (st *story) change(d time.Duration, cs ...headstart.Change) []Message {
	for i := range cs {
		cs[i].Rule, cs[i].Outcome = "T-07", string(cs[i].Kind)
	}
	st.s.next = cs
	return st.line(d, headstart.Line{Check: &headstart.Check{Probe: "p", Verdict: headstart.Down}})
}

func (st *story) command(d time.Duration, c headstart.Command) ([]Message, *headstart.Outcome) {
	c.ID, c.By = fmt.Sprintf("c%d", st.n), "samira"
	said := st.line(d, headstart.Line{Command: &c})
	return said, st.f.book.outcomes[c.ID]
}

// outage opens group 1: the switch in Noord and a printer behind it, 40 people, but for
// what the changes say.
func (st *story) outage(d time.Duration, changes ...func(*headstart.Group)) []Message {
	st.s.groups[1] = &headstart.Group{
		V: 1, ID: 1, State: headstart.Open, Opener: "sw-n-2/HostDown", Received: monday.Add(d), Points: 2, Firing: 2, Total: 2, People: 40,
		Cause: headstart.Cause{Asset: "sw-n-2", Kind: headstart.CauseObserved}, Services: []string{"print"}, Locations: []string{"noord"},
		StartedAt: monday.Add(d), OpenedAt: monday.Add(d),
	}
	for _, change := range changes {
		change(st.s.groups[1])
	}
	for _, a := range []string{"sw-n-2", "prn-1"} {
		key := headstart.ProblemKey(a + "/HostDown")
		st.s.problems[key] = &headstart.Problem{V: 1, Key: key, Asset: a, Check: "HostDown", State: headstart.ProblemOpen, Group: 1, Alerts: []string{a}}
		st.s.alerts[a] = &headstart.AlertState{V: 1, Fingerprint: a, Labels: map[string]string{"alertname": "HostDown", "asset": a, "to": "net-team"}}
	}
	return st.change(d, headstart.Change{Kind: headstart.GroupOpened, Group: 1, Problem: "sw-n-2/HostDown"})
}

// recovered lets group 1 end: all clear at d, resolved two minutes later.
func (st *story) recovered(d time.Duration) []Message {
	g := st.s.groups[1]
	g.Firing, g.State, g.Proved = 0, headstart.Holding, true
	said := st.change(d, headstart.Change{Kind: headstart.GroupHolding, Group: 1})
	g.State, g.ResolvedAt = headstart.Resolved, monday.Add(d+2*time.Minute)
	return append(said, st.change(d+2*time.Minute, headstart.Change{Kind: headstart.GroupResolved, Group: 1})...)
}

func (st *story) incident() *incident { return st.f.book.incidents["HS-1"] }

func (st *story) notice() *headstart.Announcement {
	st.t.Helper()
	a := st.f.book.announcements[st.incident().UID+".noord"]
	if a == nil {
		st.t.Fatal("no announcement for noord")
	}
	return a
}

// brief renders messages for users as "phase how", for comparing.
func brief(ms []Message) string {
	var out []string
	for _, m := range ms {
		if m.Plane == headstart.PlaneUsers {
			out = append(out, string(m.Phase)+" "+string(m.How))
		}
	}
	return strings.Join(out, ", ")
}

// strip leaves out what names a process.
func strip(rows map[[2]string][]byte) map[string]string {
	out := map[string]string{}
	for k, v := range rows {
		out[k[0]+"/"+k[1]] = string(v)
	}
	return out
}

func mustRecord(t *testing.T, data []byte) headstart.Record {
	t.Helper()
	r, err := headstart.DecodeRecord(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
