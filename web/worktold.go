package web

import (
	"cmp"
	"slices"
	"time"

	"headstart"
	"headstart/lang"
)

// plannedWork is a window with what users are told of it.
type plannedWork struct {
	headstart.MaintenanceWindow
	Announcements []workNotice `json:"announcements"` // by audience
}

// workNotice is where the announcement of planned work for one audience stands; its
// texts are in the list of announcements.
type workNotice struct {
	ID       string                      `json:"id"`
	Number   string                      `json:"number"` // what people call the work: HS-W7
	Audience string                      `json:"audience"`
	State    headstart.AnnouncementState `json:"state"`
	Phase    headstart.Phase             `json:"phase,omitempty"`    // of what users read; empty: nothing yet
	Waits    headstart.Phase             `json:"waits,omitempty"`    // for a person
	Push     bool                        `json:"push,omitempty"`     // the push of what users read waits for a person
	Why      []string                    `json:"why,omitempty"`      // it waits
	Incident headstart.IncidentID        `json:"incident,omitempty"` // that took the announcement over
	StartsAt time.Time                   `json:"starts_at"`          // as users are told
	EndsAt   time.Time                   `json:"ends_at"`
	NextPush time.Time                   `json:"next_push,omitzero"`
	People   int                         `json:"people"`
}

// toldOfWork are the announcements that began with planned work, by window; of a
// window that came again the newest for each audience.
func toldOfWork(view *headstart.View) map[string][]headstart.Announcement {
	out := map[string][]headstart.Announcement{}
	for _, a := range slices.Concat(view.PlannedAnnouncements(), view.Announcements()) {
		if a.Window == "" {
			continue
		}
		list := out[a.Window]
		n := slices.IndexFunc(list, func(o headstart.Announcement) bool { return o.Audience == a.Audience })
		switch {
		case n < 0:
			out[a.Window] = append(list, a)
		case cmp.Or(cmp.Compare(len(a.Number), len(list[n].Number)), cmp.Compare(a.Number, list[n].Number)) > 0:
			list[n] = a
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b headstart.Announcement) int { return cmp.Compare(a.Audience, b.Audience) })
	}
	return out
}

// workNotices are those that v may know of.
func workNotices(told []headstart.Announcement, v viewer) []workNotice {
	out := []workNotice{}
	for i := range told {
		a := &told[i]
		if a.Confidential && !v.confidential {
			continue
		}
		n := workNotice{
			ID: a.ID, Number: a.Number, Audience: a.Audience, State: a.State, Incident: a.Incident, Push: a.PushDraft,
			StartsAt: a.StartsAt, EndsAt: a.EndsAt, NextPush: a.NextPush, People: a.People,
		}
		if last := a.Last(); last != nil {
			n.Phase = last.Phase
		}
		if a.Draft != nil {
			n.Waits, n.Why = a.Draft.Phase, a.Draft.Why
		}
		out = append(out, n)
	}
	return out
}

// workOf returns the window that a command is about, by itself or by its announcement.
func workOf(view *headstart.View, c *headstart.Command) (headstart.MaintenanceWindow, bool) {
	id := c.Window
	for _, a := range view.PlannedAnnouncements() {
		if c.Announcement != "" && a.ID == c.Announcement {
			id = a.Window
		}
	}
	if id == "" {
		return headstart.MaintenanceWindow{}, false
	}
	all := view.Maintenance()
	n := slices.IndexFunc(all, func(w headstart.MaintenanceWindow) bool { return w.ID == id })
	if n < 0 {
		return headstart.MaintenanceWindow{}, false
	}
	return all[n], true
}

// conflictsFor are what planned work meets, as far as v may know of it.
func conflictsFor(view *headstart.View, v viewer, now time.Time) []headstart.Conflict {
	windows := map[string]headstart.MaintenanceWindow{}
	for _, w := range view.Maintenance() {
		windows[w.ID] = w
	}
	sees := func(id string) bool {
		w, known := windows[id]
		return id == "" || known && v.seesWindow(&w)
	}
	return slices.DeleteFunc(view.Conflicts(now), func(c headstart.Conflict) bool {
		i, known := view.Find(string(c.Incident))
		return !sees(c.Window) || !sees(c.Other) || c.Incident != "" && known && !v.sees(&i)
	})
}

// workMessage is what one audience is told of planned work, on the desk's page.
type workMessage struct {
	told
	ID, Number  string
	Phase       string // in words: where it stands
	Next        string // when it is pushed next
	Incident    headstart.IncidentID
	Lang        string // of Title and Text
	Title, Text string // of what waits
	Why         []string
	Words       []headstart.Hit
	Waits, Push bool
}

// tell fills in what users are told of a window, as far as v may know.
func (l *windowLine) tell(of []headstart.Announcement, v viewer, say *lang.Words, now time.Time) {
	for i := range of {
		a := &of[i]
		if a.Confidential && !v.confidential || len(l.Told) == listMost {
			continue
		}
		m := workMessage{told: describe(a, say, now), ID: a.ID, Number: a.Number, Incident: a.Incident, Push: a.Draft == nil && a.PushDraft}
		if last := a.Last(); last != nil {
			m.Phase = say.Say("phase." + string(last.Phase))
		}
		if !a.NextPush.IsZero() {
			m.Next = say.When(a.NextPush, now)
		}
		u := a.Draft
		if m.Push {
			u = a.Last()
		}
		if u != nil && a.Planned() {
			text, textLang := textIn(u.Text, say.Lang)
			m.Waits, m.Title, m.Text, m.Lang, m.Why, m.Words = true, text.Title, text.Short, textLang, u.Why, u.Hits
			l.Waiting = append(l.Waiting, a.ID)
		}
		l.Told = append(l.Told, m)
	}
}
