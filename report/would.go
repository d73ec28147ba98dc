package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"headstart"
)

// Would is a message that did not go by itself, though only a person's approval or a
// quiet hour stood against it: what announce.push.mode auto would have sent, so that a
// desk can compare before it trusts it (ruling 25), and what was held for the night
// and over by its end (ruling 28).
type Would struct {
	Incident headstart.IncidentID `json:"incident"`
	Title    string               `json:"title"`
	Audience string               `json:"audience"`
	At       time.Time            `json:"at"` // when it would have left
	People   int                  `json:"people"`
	Channels []string             `json:"channels"`
	Digest   bool                 `json:"digest"` // as a line of the digest of that time
	Quiet    bool                 `json:"quiet"`  // At is the end of the quiet hours

	// Outcome is what became of it: sent by a person, declined by one, over before it
	// would have left, ended later, or waits.
	Outcome string     `json:"outcome"`
	When    *time.Time `json:"outcome_at,omitempty"` // of sent, over and ended
}

// would lists them, in the order in which they would have left.
func (m *Morning) would(announcements []*headstart.Announcement, known map[headstart.IncidentID]*headstart.Incident) {
	m.Would = []Would{}
	for _, a := range announcements {
		p, i := &a.Pushing, known[a.Incident]
		if p.Would == nil || i == nil || a.Last() == nil || !p.Would.At.After(m.Since) || p.Would.At.After(m.now) {
			continue
		}
		w := Would{
			Incident: a.Incident, Title: m.text(&a.Updates[0]).Title, Audience: a.Audience, At: p.Would.At.In(m.in.Zone), People: p.Would.People,
			Channels: p.Would.Channels, Digest: p.Would.Digest, Quiet: p.Would.Quiet,
		}
		if w.become(a, i, m.in.Zone); w.Outcome != "" {
			m.Would = append(m.Would, w)
		}
	}
	slices.SortFunc(m.Would, func(x, y Would) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Incident, y.Incident), cmp.Compare(x.Audience, y.Audience))
	})
}

// become says what became of the message; nothing, if it went by itself after all.
func (w *Would) become(a *headstart.Announcement, i *headstart.Incident, zone *time.Location) {
	p := &a.Pushing
	set := func(outcome string, at time.Time) {
		local := at.In(zone)
		w.Outcome, w.When = outcome, &local
	}
	switch {
	case !p.At.IsZero() && pushedBy(a) == "" || !p.Digested.IsZero():
	case !p.At.IsZero():
		set("sent", p.At)
	case p.Declined:
		w.Outcome = "declined"
	case i.ResolvedAt != nil && i.ResolvedAt.Before(w.At):
		set("over", *i.ResolvedAt)
	case i.ResolvedAt != nil:
		set("ended", *i.ResolvedAt)
	default:
		w.Outcome = "waits"
	}
}

// pushedBy is the person who sent the first message of a; empty: a rule did.
func pushedBy(a *headstart.Announcement) string {
	for n := range a.Updates {
		if len(a.Updates[n].Pushed) > 0 || a.Updates[n].How == headstart.HowPush {
			return a.Updates[n].PushedBy
		}
	}
	return ""
}

func (m *Morning) partWould() Part {
	p := Part{N: "5b", ID: "would", Title: m.say.Say("report.part.would"), Calm: m.Offer == ""}
	for _, w := range m.Would {
		p.Lines = append(p.Lines, Line{
			Key: string(w.Incident), Link: "/i/" + string(w.Incident), Text: w.Title, Right: m.say.When(w.At, m.now), Facts: []string{m.To(w), "→ " + m.Became(w)}, Fresh: m.fresh(w.At),
		})
	}
	if m.Offer != "" {
		p.Lines = append(p.Lines, Line{Sign: "→", Level: "blue", Text: m.Offer})
	}
	return p
}

// To says to whom a message would have gone.
func (m *Morning) To(w Would) string {
	people := m.say.Say("report.would.unknown")
	if w.People > 0 {
		people = m.say.Say("word.people", "n", w.People)
	}
	out := []string{w.Audience, people, strings.Join(w.Channels, ", ")}
	if w.Digest {
		out = append(out, m.say.Say("report.would.digest"))
	}
	return join(" · ", out)
}

// Became says what became of it.
func (m *Morning) Became(w Would) string {
	at := ""
	if w.When != nil {
		at = m.say.When(*w.When, m.now)
	}
	key := "report.would." + w.Outcome
	if w.Outcome == "over" && w.Quiet {
		key = "report.would.over.quiet"
	}
	return m.say.Say(key, "time", at)
}

// offer takes the offer of automatic messages out of the notes of the desk.
func (m *Morning) offer() {
	for _, n := range m.in.View.Desk() {
		if n.Kind == headstart.NoteOffer {
			m.Offer = m.say.Say("desk.offer", "n", n.Text) + " " + headstart.AutoLine
		}
	}
}
