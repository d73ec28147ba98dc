package public

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"headstart"
	"headstart/web/public/feed"
	"headstart/web/public/ics"
)

// mostEntries is how many messages a feed holds: readers ask every few minutes and
// keep what they have seen.
const mostEntries = 100

func (e *edition) atom(s *State) ([]byte, error) {
	return e.feed(s).Atom(e.url() + "feed.atom")
}

func (e *edition) rss(s *State) ([]byte, error) {
	return e.feed(s).RSS(e.url() + "feed.rss")
}

// feed lists every update of every message and of planned work, and plans that the
// page shows, newest first. What
// corrects an update in place keeps its name, so that readers replace it.
func (e *edition) feed(s *State) *feed.Feed {
	head, _ := e.headline(s)
	f := &feed.Feed{
		ID: feed.URN("feed", e.page.site.base, e.page.ID, e.words.Lang), Title: e.title(s), Subtitle: e.words.Say("pub.description"),
		Author: cmp.Or(s.Organisation, head), Lang: e.words.Lang, Page: e.url(), Updated: s.Changed(),
	}
	for i := range s.Messages {
		m := &s.Messages[i]
		for _, u := range m.Updates {
			f.Entries = append(f.Entries, e.entry(m.ID, e.messageURL(m), &u, s.ServiceNames(m.Services, e.words.Lang)))
		}
	}
	for i := range s.Windows {
		w := &s.Windows[i]
		if len(w.Updates) == 0 && (!w.To.After(s.At) || w.From.Sub(s.At) > plannedDays*24*time.Hour) {
			continue // a plan nobody announced is news for as long as the page shows it: work of every night would fill the feed
		}
		for _, u := range e.told(s, w) {
			f.Entries = append(f.Entries, e.entry(w.ID, e.windowURL(w), &u, s.ServiceNames(w.Services, e.words.Lang)))
		}
	}
	slices.SortStableFunc(f.Entries, func(a, b feed.Entry) int {
		return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(a.ID, b.ID))
	})
	f.Entries = f.Entries[:min(len(f.Entries), mostEntries)]
	return f
}

func (e *edition) entry(id, url string, u *Update, about string) feed.Entry {
	text, in := u.In(e.words.Lang)
	out := feed.Entry{
		ID: feed.URN("update", id, strconv.Itoa(u.First), e.words.Lang), Title: text.Title, Lang: in, Link: url,
		Published: u.Since, Updated: u.At, Summary: cmp.Or(text.Short, text.Body), Lines: linesOf(&text),
	}
	if about != "" {
		out.Categories = []string{about}
	}
	return out
}

// linesOf are the questions and answers of a text, or its body as one of them.
func linesOf(t *headstart.Text) []headstart.TextLine {
	if len(t.Lines) == 0 && t.Body != "" {
		return []headstart.TextLine{{Text: t.Body}}
	}
	return t.Lines
}

// told is what users were told of planned work; where nobody announced it, what
// the plan itself says.
func (e *edition) told(s *State, w *Window) []Update {
	if len(w.Updates) > 0 {
		return w.Updates
	}
	return []Update{e.plan(s, w)}
}

// plan is planned work in our own words, as an update that nobody wrote.
func (e *edition) plan(s *State, w *Window) Update {
	say, at := e.words, cmp.Or(w.Changed, s.since())
	u := Update{Phase: headstart.MaintenanceAnnounced, First: 1, N: 1, Since: at, At: at}
	text := headstart.Text{Title: w.Text.In(say.Lang)}
	if w.Cancelled {
		u.Phase, u.Final = headstart.MaintenanceCancelled, true
		text.Title = say.Say("pub.planned.off", "what", text.Title)
	}
	to := say.Clock(w.To)
	if w.From.Format(time.DateOnly) != w.To.Format(time.DateOnly) {
		to = say.Stamp(w.To)
	}
	text.Short = say.Say("pub.planned.when", "from", say.Stamp(w.From), "to", to)
	text.Body = text.Short
	if where := s.LocationNames(w.Locations, say.Lang); where != "" {
		text.Body += " " + where + "."
	}
	u.Text = map[string]headstart.Text{say.Lang: text}
	return u
}

// calendarRefresh is how often calendars should ask: plans change by the day, not
// by the minute.
const calendarRefresh = 15 * time.Minute

// calendar is all planned work to subscribe to. What was called off stays in it as
// cancelled for as long as the page knows of it: who has it must see it struck out.
func (e *edition) calendar(s *State) ([]byte, error) {
	c := ics.Calendar{
		Name: e.words.Say("pub.calendar", "who", e.title(s)), Description: e.words.Say("pub.calendar.about"), Lang: e.words.Lang,
		Refresh: calendarRefresh,
	}
	if e.page.Access != accessLink { // a link with a token in it must not be cut by a fold, nor be passed on
		c.Source = e.url() + "calendar.ics"
	}
	for i := range s.Windows {
		c.Events = append(c.Events, e.event(s, &s.Windows[i]))
	}
	return c.Bytes(), nil
}

// appointment is one piece of planned work as a file to open.
func (e *edition) appointment(s *State, id string) []byte {
	c := ics.Calendar{Lang: e.words.Lang, Events: []ics.Event{e.event(s, s.Window(id))}}
	return c.Bytes()
}

func (e *edition) event(s *State, w *Window) ics.Event {
	updates := e.told(s, w)
	text, _ := updates[len(updates)-1].In(e.words.Lang)
	out := ics.Event{
		UID: feed.UUID("window", e.page.site.base, w.ID), Sequence: w.Changes, Changed: headstart.Later(w.Changed, updates[len(updates)-1].At), Start: w.From, End: w.To,
		Summary: text.Title, Description: bodyOf(&text), Location: s.LocationNames(w.Locations, e.words.Lang), Cancelled: w.Cancelled,
	}
	if e.page.Access != accessLink {
		out.URL = e.windowURL(w)
	}
	return out
}
