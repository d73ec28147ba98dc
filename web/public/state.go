package public

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
)

// Level is how bad it is, by the colour that shows it.
type Level string

// The levels, the worst first.
const (
	Down    Level = "red"
	Partly  Level = "amber" // or slow
	Planned Level = "blue"
	Unsure  Level = "grey" // a check failed and nobody has told of it
	Fine    Level = "green"
)

var worst = []Level{Down, Partly, Planned, Unsure, Fine}

func worse(a, b Level) int { return cmp.Compare(slices.Index(worst, a), slices.Index(worst, b)) }

// State is what readers of one page may know, as of one position of the log and
// one minute. Page, feeds, JSON, badge, banner and spoken text are made of a State
// and nothing else, so they cannot contradict each other. It speaks no language,
// and its types have no field for what is not public: no owner, author, device,
// audience or head-count.
type State struct {
	Feed  headstart.Offset
	At    time.Time // when all of it was last known to be true: a whole minute, in the page's zone
	Known time.Time // nobody watched before; zero: always watched

	Organisation string
	Level        Level     // of the headline: the worst of all
	Messages     []Message // live ones first, the worst first; then the others, newest incident first
	Windows      []Window  // planned work by start: cancelled and past ones too
	Services     []Service // in the catalog's order
	Closed       []Closed  // by place
	Manual       Level     // that a person set the headline to; empty: nobody did
	ManualAt     time.Time // when
	Hit          int       // services that live messages are about
	Suspect      int       // services whose check says down and that no message is about

	catalog  *headstart.Catalog
	gathered time.Time
}

// Closed is a place that is closed for a period: what is off there is no outage.
type Closed struct {
	Location string    // id of the catalog
	Last     time.Time // on the last day
}

// Message is one announcement with all its updates.
type Message struct {
	ID        string // twelve hexadecimal digits, the same for ever; part of paths
	Incident  headstart.IncidentID
	Severity  string
	Effect    string // down slow partly
	Level     Level  // of its effect
	Live      bool
	Withdrawn bool
	Services  []string // ids of the catalog: name them with State.ServiceNames
	Locations []string
	Started   time.Time // when it began for users
	Ended     time.Time // zero while it runs
	Updates   []Update  // oldest first, never empty; what was corrected in place is left out
}

// Last is the newest update.
func (m *Message) Last() *Update { return &m.Updates[len(m.Updates)-1] }

// Update is one published text.
type Update struct {
	N            int
	First        int // N, or the number of the first of those it corrected in place
	Phase        headstart.Phase
	Since        time.Time                 // when First was published
	At           time.Time                 // when these words were
	Text         map[string]headstart.Text // by language
	Final        bool
	NextUpdateBy *time.Time
}

// In is the text in a language, else in the one it was written in; in says which.
func (u *Update) In(language string) (text headstart.Text, in string) {
	for _, l := range append([]string{language}, slices.Sorted(maps.Keys(u.Text))...) {
		if t, ok := u.Text[l]; ok {
			return t, l
		}
	}
	return headstart.Text{}, language
}

// Service is one service with its ninety days.
type Service struct {
	ID      string // twelve hexadecimal digits, the same for ever
	Catalog string // its id in the catalog, which is not for readers
	Level   Level
	Effect  string   // of the worst live message; empty: none is about it
	Outages []Outage // by the time of the event, not of the telling; may overlap
	Days    []Day    // oldest first; the last is the day of State.At
}

// Calm reports whether it works, and worked for all days shown.
func (s *Service) Calm() bool { return s.Level == Fine && len(s.Outages) == 0 }

// gather makes the state of a page, known to be true at at.
func (p *page) gather(v headstart.Published, checks []headstart.CheckResult, at time.Time) *State {
	s := &State{Feed: v.Feed, At: at.In(p.site.zone), Known: p.site.o.Known, Organisation: v.Catalog.Organisation, catalog: v.Catalog}
	s.Messages = p.messages(&v)
	s.Windows = p.windows(&v, s.At)
	s.Closed = p.closed(&v, s.At.Location())
	s.services(p, checks)
	s.headline()
	s.byHand(v.States[p.ID])
	return s
}

// closed are the places of the page where a closed period keeps something off.
func (p *page) closed(v *headstart.Published, zone *time.Location) []Closed {
	var out []Closed
	for _, c := range v.Closed {
		last := c.Until.In(zone).Add(-time.Second) // it ends at a midnight
		same := slices.IndexFunc(out, func(o Closed) bool { return o.Location == c.Location })
		switch {
		case v.Catalog.LocationByID(c.Location) == nil || !p.covers(nil, []string{c.Location}):
		case same < 0:
			out = append(out, Closed{Location: c.Location, Last: last})
		default:
			out[same].Last = headstart.Later(out[same].Last, last)
		}
	}
	return out
}

// messages are what readers of this page may see.
func (p *page) messages(v *headstart.Published) []Message {
	var out []Message
	for i := range v.Announcements {
		a := &v.Announcements[i]
		secret := a.Confidential
		var about []headstart.Incident
		for _, id := range a.Incidents() {
			if i, ok := v.Incidents[id]; ok {
				about, secret = append(about, i), secret || i.Confidential
			}
		}
		if secret || !shown(a) || !p.covers(a.Services, a.Locations) {
			continue
		}
		if a := withoutSecrets(v, a); len(a.Updates) > 0 {
			out = append(out, message(a, about))
		}
	}
	slices.SortStableFunc(out, func(a, b Message) int {
		if a.Live && b.Live {
			return worse(a.Level, b.Level)
		}
		return cmp.Compare(rank(a.Live), rank(b.Live))
	})
	return out
}

func rank(live bool) int {
	if live {
		return 0
	}
	return 1
}

// withoutSecrets is a without the updates that were about what is confidential by now
// too: the others, and what it says since, its readers may go on reading (ruling 30).
func withoutSecrets(v *headstart.Published, a *headstart.Announcement) *headstart.Announcement {
	secret := func(u headstart.Update) bool {
		return slices.ContainsFunc(a.SpeaksFor(&u), func(id headstart.IncidentID) bool { return confidential(v, id) })
	}
	if !slices.ContainsFunc(a.Updates, secret) {
		return a
	}
	rest := *a
	rest.Updates = slices.DeleteFunc(slices.Clone(a.Updates), secret)
	return &rest
}

// confidential reports whether an incident is, or what it went into.
func confidential(v *headstart.Published, id headstart.IncidentID) bool {
	for range v.Incidents {
		i, known := v.Incidents[id]
		if !known || i.Confidential {
			return known
		}
		id = i.MergedInto
	}
	return false
}

// shown reports whether any of a was published.
func shown(a *headstart.Announcement) bool {
	return a.State != headstart.AnnouncementDiscarded && a.State != headstart.AnnouncementDraft && len(a.Updates) > 0
}

// message is what is public of a. It lasts from the beginning of the first of the
// incidents it is about to the end of the last.
func message(a *headstart.Announcement, about []headstart.Incident) Message {
	m := Message{
		ID: publicID("announcement", a.ID), Incident: headstart.IncidentID(a.Ref()), Severity: a.Severity, Effect: a.Effect, Level: Partly,
		Live: a.Live(), Withdrawn: a.State == headstart.AnnouncementWithdrawn, Services: a.Services, Locations: a.Locations,
	}
	if a.Effect == "down" {
		m.Level = Down
	}
	m.Updates = updates(a)
	runs := len(about) == 0
	for _, i := range about {
		if m.Started.IsZero() || i.StartedAt.Before(m.Started) {
			m.Started = i.StartedAt
		}
		if i.ResolvedAt == nil {
			runs = true
		} else {
			m.Ended = headstart.Later(m.Ended, *i.ResolvedAt)
		}
	}
	if m.Started.IsZero() {
		m.Started = m.Updates[0].At
	}
	switch {
	case runs && m.Live:
		m.Ended = time.Time{}
	case runs:
		m.Ended = m.Last().At
	}
	return m
}

// updates are the published texts of a. One that corrects the one before takes its
// place.
func updates(a *headstart.Announcement) []Update {
	var out []Update
	for _, u := range a.Updates {
		x := Update{N: u.N, First: u.N, Phase: u.Phase, Since: u.At, At: u.At, Text: u.Text, Final: u.Final, NextUpdateBy: u.NextUpdateBy}
		if n := len(out) - 1; u.Corrects && n >= 0 {
			x.First, x.Since = out[n].First, out[n].Since
			out = out[:n]
		}
		out = append(out, x)
	}
	return out
}

// Changed is when readers last saw something change: a text, a plan, the beginning
// or the end of planned work.
func (s *State) Changed() time.Time {
	last := headstart.Later(s.since(), s.ManualAt)
	for i := range s.Messages {
		last = headstart.Later(last, s.Messages[i].Last().At)
	}
	for i := range s.Windows {
		w := &s.Windows[i]
		for _, t := range append([]time.Time{w.Changed, w.From, w.To}, timesOf(w.Updates)...) {
			if !t.After(s.At) {
				last = headstart.Later(last, t)
			}
		}
	}
	return last
}

func timesOf(updates []Update) (out []time.Time) {
	for _, u := range updates {
		out = append(out, u.At)
	}
	return out
}

// covers reports whether the page is about any of these services and places; an
// empty list is about all of them.
func (p *page) covers(services, locations []string) bool {
	meets := func(page, of []string) bool { return len(page) == 0 || len(of) == 0 || overlap(page, of) }
	return meets(p.Services, services) && meets(p.Locations, locations)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// headline is the worst of messages, planned work and checks: never green while
// a message stands (ruling 25).
func (s *State) headline() {
	s.Level = Fine
	hit := map[string]bool{}
	for i := range s.Messages {
		if m := &s.Messages[i]; m.Live {
			s.Level = slices.MinFunc([]Level{s.Level, m.Level}, worse)
			for _, id := range m.Services {
				hit[id] = true
			}
		}
	}
	s.Hit = len(hit)
	switch {
	case s.Level != Fine:
	case s.Suspect > 0: // said before planned work: somebody should look
		s.Level = Unsure
	case slices.ContainsFunc(s.Windows, func(w Window) bool { return w.Running(s.At) }):
		s.Level = Planned
	}
}

// manualLevels are what a person can set a page to.
var manualLevels = map[string]Level{"works": Fine, "planned": Planned, "partly": Partly, "down": Down}

// byHand lets what a person set win over checks and planned work until it ends, and
// over nothing that readers are told: never green with a live message.
func (s *State) byHand(n headstart.DeskNote) {
	level, known := manualLevels[n.State]
	if !known || !s.At.Before(n.Until) {
		return
	}
	s.Manual, s.ManualAt, s.Level = level, n.At, level
	for _, m := range s.Live() {
		s.Level = slices.MinFunc([]Level{s.Level, m.Level}, worse)
	}
}

// Live are the messages that stand now, the worst first.
func (s *State) Live() []Message {
	return s.Messages[:len(s.Messages)-len(s.over(func(*Message) bool { return true }))]
}

// Recent are the messages that ended within a day.
func (s *State) Recent() []Message {
	return s.over(func(m *Message) bool { return s.At.Sub(m.Last().At) < 24*time.Hour })
}

func (s *State) over(which func(*Message) bool) (out []Message) {
	for i := range s.Messages {
		if m := &s.Messages[i]; !m.Live && which(m) {
			out = append(out, *m)
		}
	}
	return out
}

// Message returns the one with a public id, or nil.
func (s *State) Message(id string) *Message {
	for i := range s.Messages {
		if s.Messages[i].ID == id {
			return &s.Messages[i]
		}
	}
	return nil
}

// ServiceNames and LocationNames say ids of the catalog in a language: "Printen, Wifi".
func (s *State) ServiceNames(ids []string, language string) string {
	return joined(ids, func(id string) string { return s.catalog.ServiceName(id, language) })
}

// LocationNames is ServiceNames for places.
func (s *State) LocationNames(ids []string, language string) string {
	return joined(ids, func(id string) string { return s.catalog.LocationName(id, language) })
}

func joined(ids []string, name func(id string) string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = name(id)
	}
	return strings.Join(names, ", ")
}

// publicID names something for ever without telling what we call it.
func publicID(kind, id string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + id))
	return hex.EncodeToString(sum[:6])
}

// isID reports whether s has the shape of a public id.
func isID(s string) bool { return len(s) == 12 && strings.Trim(s, "0123456789abcdef") == "" }
