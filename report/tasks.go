package report

import (
	"cmp"
	"slices"
	"time"

	"headstart"
)

// Task is something to do: one a person wrote down, or one that follows from what is
// known. What follows closes by itself when its reason is gone.
type Task struct {
	ID       string    `json:"id"` // of an own one its row, else its kind and what it is about
	Own      bool      `json:"own"`
	Text     string    `json:"text"`
	For      string    `json:"for,omitempty"`
	Due      time.Time `json:"due,omitzero"`
	Since    time.Time `json:"since,omitzero"` // when its reason arose; zero: nobody knows
	Days     int       `json:"days"`           // worked days since then, today included; 0: nobody knows
	Evidence string    `json:"evidence,omitempty"`
	Closed   time.Time `json:"closed_at,omitzero"`
	Link     string    `json:"link,omitempty"` // path on the desk

	kind taskKind
}

// taskKind orders tasks that are due at the same time.
type taskKind int

const (
	taskUrgent taskKind = iota
	taskOwner
	taskPromise
	taskDraft
	taskDecide
	taskAnswer
	taskStock
	taskOwn
)

// How long people have for what has no time of its own.
const (
	ownerIn  = 15 * time.Minute // somebody takes an incident
	answerIn = 2 * time.Hour    // who reported what is over hears of it
	decideIn = 45 * time.Minute // before planned work begins
)

// mostDone is how many closed tasks are shown.
const mostDone = 5

// tasks derives what is to be done from the other parts, beside what people wrote down.
func (m *Morning) tasks(f *facts) {
	m.urgentTasks()
	m.incidentTasks(f)
	m.messageTasks(f)
	m.plannedTasks()
	m.answerTasks(f)
	m.stockTasks()
	m.ownTasks()
	slices.SortStableFunc(m.ToDo, func(a, b Task) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			return map[bool]int{true: 1, false: -1}[a.Due.IsZero()]
		}
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.kind, b.kind), a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
	slices.SortStableFunc(m.Done, func(a, b Task) int { return cmp.Or(b.Closed.Compare(a.Closed), cmp.Compare(a.ID, b.ID)) })
	m.Done = m.Done[:min(len(m.Done), mostDone)]
}

// add takes a task in, with its age in worked days.
func (m *Morning) add(kind taskKind, t Task) {
	t.kind = kind
	if !t.Since.IsZero() {
		t.Since, t.Days = t.Since.In(m.in.Zone), m.workedDays(t.Since)
	}
	if !t.Due.IsZero() {
		t.Due = t.Due.In(m.in.Zone).Truncate(time.Minute)
	}
	m.ToDo = append(m.ToDo, t)
}

// done takes in a task whose reason went in the window, with what shows it.
func (m *Morning) done(id, text, evidence string, at time.Time) {
	if at.After(m.Since) && !at.After(m.now) {
		m.Done = append(m.Done, Task{ID: id, Text: text, Evidence: evidence, Closed: at.In(m.in.Zone)})
	}
}

// soonest is a time that lies at least d ahead, on the next five minutes.
func (m *Morning) soonest(d time.Duration) time.Time {
	const step = 5 * time.Minute
	return m.now.Add(d + step - time.Nanosecond).Truncate(step)
}

func (m *Morning) urgentTasks() {
	for _, w := range m.Urgent {
		m.add(taskUrgent, Task{
			ID: "urgent/" + w.Source + "/" + w.Ticket, Text: m.say.Say("task.urgent", "ticket", w.Ticket, "priority", w.Priority), Due: m.soonest(ownerIn), Since: w.At, Link: "/tickets",
		})
	}
}

func (m *Morning) incidentTasks(f *facts) {
	for _, i := range f.incidents {
		id, text := "owner/"+string(i.ID), m.say.Say("task.owner", "id", i.ID)
		switch {
		case !i.Live():
		case i.Owner == "":
			due := headstart.Later(i.OpenedAt.Add(ownerIn), m.soonest(ownerIn/2))
			m.add(taskOwner, Task{ID: id, Text: text, Due: due, Since: i.OpenedAt, Link: "/i/" + string(i.ID)})
		case i.AcknowledgedAt != nil:
			m.done(id, text, m.say.Say("task.owner.done", "name", i.Owner, "time", m.say.When(*i.AcknowledgedAt, m.now)), *i.AcknowledgedAt)
		}
	}
}

// messageTasks are promises that fall due today and drafts that wait.
func (m *Morning) messageTasks(f *facts) {
	for _, a := range m.Messages {
		if a.Next == nil || !a.Next.Before(endOfDay(m.now)) {
			continue
		}
		m.add(taskPromise, Task{
			ID: "promise/" + a.Ref + "/" + a.Audience, Text: m.say.Say("task.promise", "id", a.Ref, "time", m.say.When(*a.Next, m.now)), Due: *a.Next, Since: a.At, Link: m.messageLink(a),
		})
	}
	drafts := map[string]bool{}
	for _, a := range m.Drafts {
		if drafts[a.Ref] || a.Goes != nil {
			continue
		}
		drafts[a.Ref] = true
		m.add(taskDraft, Task{ID: "draft/" + a.Ref, Text: m.say.Say("task.draft", "id", a.Ref), Due: m.soonest(ownerIn), Since: a.At, Link: m.messageLink(a)})
	}
	for _, a := range f.announcements {
		if k := len(a.Updates); k > 1 && a.Updates[k-2].NextUpdateBy != nil {
			was, now := &a.Updates[k-2], &a.Updates[k-1]
			m.done("promise/"+a.Ref()+"/"+a.Audience, m.say.Say("task.promise", "id", a.Ref(), "time", m.say.When(*was.NextUpdateBy, m.now)),
				m.say.Say("task.promise.done", "time", m.say.When(now.At, m.now)), now.At)
		}
	}
}

func (m *Morning) plannedTasks() {
	for _, w := range m.Planned {
		key := "task.decide"
		if len(w.Conflicts) == 0 {
			if w.Announced != nil || w.From.Before(m.now) {
				continue
			}
			key = "task.announce"
		}
		if w.From.Before(m.now) {
			continue // it runs: there is nothing left to decide
		}
		m.add(taskDecide, Task{ID: "decide/" + w.ID, Text: m.say.Say(key, "id", w.ID, "text", w.Text), Due: m.before(w.From), For: w.Owner, Link: "/maintenance"})
	}
}

// before is when something that precedes planned work is due: today at the latest, for
// nobody decides at night.
func (m *Morning) before(starts time.Time) time.Time {
	due := starts.Add(-decideIn)
	if last := clockOn(m.now, "16:00"); due.After(last) && m.now.Before(last) {
		return last
	}
	return due
}

// answerTasks are the reporters of what is over that heard nothing.
func (m *Morning) answerTasks(f *facts) {
	for _, list := range [][]Solved{m.Solved, m.Unstable} {
		for _, s := range list {
			if len(s.Unanswered) > 0 {
				m.add(taskAnswer, Task{
					ID: "answer/" + string(s.ID), Text: m.say.Say("task.answer", "n", len(s.Unanswered), "id", s.ID) + m.numbers(s.Unanswered), Due: m.soonest(answerIn), Since: s.To, Link: "/i/" + string(s.ID),
				})
			}
		}
	}
	for _, t := range f.tickets {
		l := t.Linked()
		if l == nil || t.FirstResponseAt.IsZero() {
			continue
		}
		if i := f.known[l.Incident]; i != nil && i.ResolvedAt != nil && t.FirstResponseAt.After(*i.ResolvedAt) {
			m.done("answer/"+t.Key(), m.say.Say("task.answered", "ticket", t.ID), m.say.Say("task.answered.done", "time", m.say.When(t.FirstResponseAt, m.now)), t.FirstResponseAt)
		}
	}
}

// stockTasks are the parts nobody has left: today if the walk needs them.
func (m *Morning) stockTasks() {
	need := map[string]int{}
	for _, t := range m.Walk.Take {
		need[t.Part] = t.Need
	}
	for n := range m.cat.Parts {
		p := &m.cat.Parts[n]
		if p.Stock >= max(1, need[p.ID]) {
			continue
		}
		t := Task{ID: "stock/" + p.ID, Text: m.say.Say("task.stock", "part", p.ID, "stock", p.Stock)}
		if need[p.ID] > 0 {
			t.Due = clockOn(m.now, "12:00")
		}
		m.add(taskStock, t)
	}
}

// ownTasks are what people wrote down. One that closed by itself says so.
func (m *Morning) ownTasks() {
	for _, n := range m.in.View.Desk() {
		text := n.Words(m.say.Lang, m.in.Zone)
		switch {
		case n.Kind != "todo" || !m.mayRead(n.Incident):
		case !n.Done.IsZero():
			key := "task.own.done"
			if n.DoneBy == "rule" {
				key = "task.own.itself"
			}
			m.done(n.ID, text, m.say.Say(key, "time", m.say.When(n.Done, m.now)), n.Done)
		case n.Stands(m.now):
			m.add(taskOwn, Task{ID: n.ID, Own: true, Text: text, For: n.For, Due: n.Due, Since: n.At})
		}
	}
}
