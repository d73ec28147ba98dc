package report

import (
	"cmp"
	"slices"
	"time"

	"headstart"
)

// Running is an incident that still disrupts, or may.
type Running struct {
	ID         headstart.IncidentID `json:"id"`
	Priority   string               `json:"priority"`
	Title      string               `json:"title"`
	Where      string               `json:"where"`
	State      string               `json:"state"`
	Since      time.Time            `json:"since"`
	People     int                  `json:"people"`
	Cause      string               `json:"probable_cause"`
	Alerts     int                  `json:"alerts"`
	Linked     int                  `json:"tickets_linked"`
	Suggested  int                  `json:"tickets_suggested"`
	Announced  *time.Time           `json:"announced_at"`
	Next       *time.Time           `json:"next_update_by"`
	Missed     bool                 `json:"promise_missed"`
	MissedAt   *time.Time           `json:"promise_missed_at"` // and no message came since
	Owner      string               `json:"owner"`
	Before     headstart.IncidentID `json:"recurrence_of,omitempty"`
	Changed    []string             `json:"changed_before,omitempty"` // planned work that began in the window, before this broke
	KnownError string               `json:"known_error,omitempty"`
	Workaround string               `json:"workaround,omitempty"` // of the known error
}

// running are the incidents of part 1, the worst first.
func (m *Morning) running(f *facts) {
	for _, i := range f.incidents {
		if i.Live() {
			m.Running = append(m.Running, m.oneRunning(i, f))
		}
	}
	slices.SortStableFunc(m.Running, func(a, b Running) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
}

func (m *Morning) oneRunning(i *headstart.Incident, f *facts) Running {
	r := Running{
		ID: i.ID, Priority: i.Priority, Title: m.title(i), Where: m.names(i.Locations), State: m.say.SayOr("report.state.", string(i.State), ""),
		Since: i.StartedAt.In(m.in.Zone), People: i.People, Cause: m.cause(i), Alerts: i.Alerts.Total,
		Linked: i.Tickets.Linked, Suggested: i.Tickets.Suggested, Announced: i.AnnouncedAt, Next: i.NextUpdateBy,
		Owner: cmp.Or(i.Owner, i.SupportGroup), Before: i.RecurrenceOf, Changed: m.changedBefore(i, f), KnownError: i.KnownError,
	}
	if ke, known := f.errors[i.KnownError]; known && m.reads(&ke) {
		r.Workaround = ke.Remedy(m.say.Lang)
	}
	if unstable(i) {
		r.State += ", " + m.say.Say("report.unstable")
	}
	for _, a := range f.about[i.ID] {
		if a.Live() && a.NextUpdateBy != nil && (r.Next == nil || a.NextUpdateBy.Before(*r.Next)) {
			r.Next = a.NextUpdateBy
		}
		if missed := m.missed(a); missed != nil && (r.MissedAt == nil || missed.Before(*r.MissedAt)) {
			r.Missed, r.MissedAt = true, missed
		}
	}
	return r
}

// missed is what the readers of a were promised for a time that is over: what the
// engine counted as missed, or is about to. Nil: nothing.
func (m *Morning) missed(a *headstart.Announcement) *time.Time {
	switch {
	case !a.Live():
		return nil
	case a.Missed != nil:
		return a.Missed
	case a.NextUpdateBy != nil && a.NextUpdateBy.Before(m.now):
		return a.NextUpdateBy
	}
	return nil
}

// cause names what the machine thinks it is; empty: it does not know.
func (m *Morning) cause(i *headstart.Incident) string {
	if i.Cause.Kind == headstart.CauseManual && i.Cause.Asset == "" {
		return "" // its reason is the title a person gave
	}
	if i.Cause.Asset == "" {
		return m.say.Reason(i.Cause.Reason)
	}
	name := m.thing(i.Cause.Asset)
	if i.Cause.Reason != "" {
		name += " (" + m.say.Reason(i.Cause.Reason) + ")"
	}
	return name
}

// soonAfter is how long after planned work ended what breaks is shown beside it.
const soonAfter = 2 * time.Hour

// changedBefore names the planned work that began in the window of the report and
// touches what broke afterwards. It is no cause: it is where people look first.
func (m *Morning) changedBefore(i *headstart.Incident, f *facts) (out []string) {
	for n := range f.windows {
		w := &f.windows[n]
		in := w.Holds() && w.StartsAt.After(m.Since) && !w.StartsAt.After(i.StartedAt) && i.StartedAt.Before(w.EndsAt.Add(soonAfter))
		if in && m.touches(w, i) {
			out = append(out, w.ID+" "+m.say.When(w.StartsAt, m.now))
		}
	}
	return out
}

// touches reports whether work names what an incident is about: its cause, one of its
// services where it is, or its place.
func (m *Morning) touches(w *headstart.MaintenanceWindow, i *headstart.Incident) bool {
	assets := append([]string{i.Cause.Asset}, i.Cause.Also...)
	named := slices.Concat(w.Assets, w.Services)
	for _, id := range w.Assets {
		if d := m.device(id); d != nil {
			named = append(named, d.Services...)
		}
	}
	return meet(nonEmpty(assets...), named) || meet(i.Services, named) || meet(i.Locations, w.Locations)
}

func (m *Morning) partRunning() Part {
	p := Part{N: "1", ID: "running", Title: m.say.Say("report.part.running")}
	for _, r := range m.Running {
		l := m.headline(r)
		l.Facts = nonEmpty(join(" · ", []string{r.Priority, r.State, r.Where}), m.causeWords(r), m.changeWords(r.Changed), m.Folded(r), m.Told(r), m.workaround(r), m.ownerWords(r))
		p.Lines = append(p.Lines, l)
	}
	return p
}

// headline is a running incident in one line.
func (m *Morning) headline(r Running) Line {
	l := Line{Sign: "●", Level: "amber", Key: string(r.ID), Link: "/i/" + string(r.ID), Text: r.Title, Right: m.say.When(r.Since, m.now) + peopleWords(r.People), Fresh: m.fresh(r.Since)}
	if large(r.Priority) {
		l.Sign, l.Level = "▲", "red"
	}
	return l
}

func (m *Morning) causeWords(r Running) string {
	if r.Cause == "" {
		return m.say.Say("report.cause.none")
	}
	return m.say.Say("report.cause", "cause", r.Cause)
}

func (m *Morning) changeWords(changed []string) string {
	if len(changed) == 0 {
		return ""
	}
	return m.say.Say("report.changed", "work", join(", ", changed))
}

func (m *Morning) workaround(r Running) string {
	if r.KnownError == "" {
		return ""
	}
	return m.remedy(r.KnownError, r.Workaround)
}

// remedy names a known error and what one does meanwhile.
func (m *Morning) remedy(id, workaround string) string {
	return join(": ", []string{m.say.Say("report.known", "id", id), workaround})
}

func (m *Morning) ownerWords(r Running) string {
	owner := m.say.Say("report.owner.none")
	if r.Owner != "" {
		owner = m.say.Say("report.owner", "name", r.Owner)
	}
	if r.Before != "" {
		owner += " · " + m.say.Say("report.before", "id", r.Before)
	}
	return owner
}

// Folded says how much became one incident.
func (m *Morning) Folded(r Running) string {
	return m.say.Say("report.folded", "n", r.Alerts) + " · " + m.say.Say("report.linked", "n", r.Linked, "suggested", r.Suggested)
}

// Told says what users were told of a running incident, and what they were promised.
func (m *Morning) Told(r Running) string {
	if r.Announced == nil {
		return m.say.Say("report.message.none")
	}
	at := m.say.When(*r.Announced, m.now)
	switch {
	case r.Missed:
		return m.say.Say("report.message.missed", "time", at, "next", m.say.When(*r.MissedAt, m.now))
	case r.Next == nil:
		return m.say.Say("report.message", "time", at)
	default:
		return m.say.Say("report.message.next", "time", at, "next", m.say.When(*r.Next, m.now))
	}
}
