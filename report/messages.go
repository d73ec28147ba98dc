package report

import (
	"time"

	"headstart"
)

// Message is an announcement users see, or a draft that waits.
type Message struct {
	Incident headstart.IncidentID `json:"incident"`
	Ref      string               `json:"ref"` // HS-12, or HS-W7 for planned work
	Audience string               `json:"audience"`
	Title    string               `json:"title"`
	Phase    headstart.Phase      `json:"phase"`
	At       time.Time            `json:"at,omitzero"` // when its newest words were published
	People   int                  `json:"people"`
	Next     *time.Time           `json:"next_update_by"`
	MissedAt *time.Time           `json:"promise_missed_at"` // as in Running
	Owner    string               `json:"owner,omitempty"`
	Pushed   []string             `json:"pushed,omitempty"` // channels it went to
	Confirms int                  `json:"confirmations,omitempty"`
	Why      []string             `json:"why,omitempty"` // of a draft: what is missing to send it by itself
	Push     bool                 `json:"push_waits,omitempty"`
	Closing  bool                 `json:"closing,omitempty"` // of a draft: asks whether it is fixed
	Goes     *time.Time           `json:"scheduled_for,omitempty"`
}

// messages are what users see now, and what waits for a person.
func (m *Morning) messages(f *facts) {
	for _, list := range [][]*headstart.Announcement{f.announcements, f.work} {
		for _, a := range list {
			m.message(a, f)
		}
	}
}

func (m *Morning) message(a *headstart.Announcement, f *facts) {
	msg := Message{Incident: a.Incident, Ref: a.Ref(), Audience: a.Audience, People: a.People, Next: a.NextUpdateBy}
	if i := f.known[a.Incident]; i != nil {
		msg.Owner, msg.Confirms = i.Owner, i.Confirmations
	}
	if last := a.Last(); a.Live() && last != nil {
		live := msg
		live.Title, live.Phase, live.At, live.MissedAt, live.Pushed = m.text(last).Title, last.Phase, last.At.In(m.in.Zone), m.missed(a), a.Told()
		m.Messages = append(m.Messages, live)
	}
	switch {
	case a.Draft != nil:
		msg.Title, msg.Why, msg.Phase, msg.Closing, msg.Goes = m.text(a.Draft).Title, a.Draft.Why, a.Draft.Phase, a.Draft.Phase.Final(), a.Draft.ScheduledFor
		msg.At = a.Draft.At
		m.Drafts = append(m.Drafts, msg)
	case a.PushDraft && a.Last() != nil:
		msg.Title, msg.Push, msg.Why, msg.At = m.text(a.Last()).Title, true, a.Pushing.Why, a.Last().At
		m.Drafts = append(m.Drafts, msg)
	}
}

func (m *Morning) text(u *headstart.Update) headstart.Text {
	for _, l := range []string{m.say.Lang, "nl", "en"} {
		if t, ok := u.Text[l]; ok {
			return t
		}
	}
	return headstart.Text{}
}

func (m *Morning) partMessages() Part {
	p := Part{N: "5", ID: "messages", Title: m.say.Say("report.part.messages")}
	for _, a := range m.Messages {
		l := Line{Sign: "●", Level: "blue", Key: a.Ref, Link: m.messageLink(a), Text: a.Title, Right: m.Promise(a), Fresh: m.fresh(a.At)}
		if a.MissedAt != nil {
			l.Level = "red"
		}
		confirms := ""
		if a.Confirms > 0 {
			confirms = m.say.Say("report.confirms", "n", a.Confirms)
		}
		owner := ""
		if a.Owner != "" {
			owner = m.say.Say("report.owner", "name", a.Owner)
		}
		l.Facts = nonEmpty(join(" · ", []string{a.Audience, m.told(a.Pushed), confirms, owner}))
		p.Lines = append(p.Lines, l)
	}
	for _, a := range m.Drafts {
		key := "report.draft"
		switch {
		case a.Push:
			key = "report.draft.push"
		case a.Goes != nil:
			key = "report.draft.goes"
		case a.Closing:
			key = "report.draft.closing"
		}
		when := ""
		if a.Goes != nil {
			when = m.say.When(*a.Goes, m.now)
		}
		p.Lines = append(p.Lines, Line{
			Sign: "→", Level: "amber", Link: m.messageLink(a), Text: m.say.Say(key, "id", a.Ref, "title", a.Title, "time", when), Right: a.Audience,
			Facts: a.Why, Fresh: m.fresh(a.At),
		})
	}
	return p
}

func (m *Morning) messageLink(a Message) string {
	if a.Incident == "" {
		return "/maintenance"
	}
	return "/i/" + string(a.Incident) + "#messages"
}

// told says where a message went: the page has it in any case.
func (m *Morning) told(channels []string) string {
	return join(", ", append([]string{m.say.Say("report.onpage")}, channels...))
}

// Promise says what the readers of a message wait for, or waited for in vain.
func (m *Morning) Promise(a Message) string {
	switch {
	case a.MissedAt != nil:
		return m.say.Say("report.missed", "time", m.say.When(*a.MissedAt, m.now))
	case a.Next != nil:
		return m.say.Say("report.next", "time", m.say.When(*a.Next, m.now))
	}
	return ""
}
