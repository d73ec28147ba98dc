package web

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"headstart"
	"headstart/lang"
)

const (
	boardNotes = 8                // notes on the board; the page has all
	undoFor    = 10 * time.Minute // how long a note that was ticked off can be put back with one press
)

// deskPart is what the desk tells itself: who is on duty, and notes.
type deskPart struct {
	Duty   string // in words; empty: there is no list
	Alone  bool   // there is a list, and nobody works now
	Notes  []deskLine
	More   int // notes beyond those
	Undone []deskLine
}

// deskLine is a note as people read it.
type deskLine struct {
	ID, Kind, Word string
	Level          string // red amber blue
	Text, By, For  string
	At, Due, Until time.Time
	Carried        string // "3rd day"; empty: it is of today
	Incident       headstart.IncidentID
	To             string // who can take the incident over with one press
}

// deskPart gathers the part for a viewer, with at most so many notes.
func (s *Site) deskPart(say *lang.Words, v viewer, now time.Time, most int) deskPart {
	var p deskPart
	roster := s.o.View.Config().Roster()
	if len(roster.Duty) > 0 {
		p.Duty = dutyWords(say, roster.At(now), s.zone)
		p.Alone = p.Duty == ""
	}
	for _, n := range v.notes(s.o.View.Notes(now)) {
		if len(p.Notes) == most {
			p.More++
			continue
		}
		p.Notes = append(p.Notes, s.deskLine(say, &n, now))
	}
	for _, n := range slices.Backward(v.notes(s.o.View.Desk())) {
		if n.Kind != headstart.NoteOffer && !n.Done.IsZero() && now.Sub(n.Done) < undoFor && n.DoneBy != "rule" && len(p.Undone) < 3 {
			p.Undone = append(p.Undone, s.deskLine(say, &n, now))
		}
	}
	return p
}

// notes leaves the notes that v may read. What is confidential is named in a note of a
// person; those of rules hold a number.
func (v viewer) notes(all []headstart.DeskNote) []headstart.DeskNote {
	return slices.DeleteFunc(all, func(n headstart.DeskNote) bool { return !v.seesID(n.Incident) })
}

func (s *Site) deskLine(say *lang.Words, n *headstart.DeskNote, now time.Time) deskLine {
	l := deskLine{
		ID: n.ID, Kind: n.Kind, Word: say.SayOr("note.kind.", noteKind(n.Kind), n.Kind), Level: "blue", Text: n.Words(say.Lang, s.zone), By: n.By, For: n.For,
		At: n.At, Due: n.Due, Until: n.Until, Incident: n.Incident, To: n.To,
	}
	if n.By == "rule" {
		l.By = say.Say("note.rule")
	}
	if n.Kind == "todo" {
		l.Level = "amber"
		if !n.Due.IsZero() && now.After(n.Due) {
			l.Level = "red"
		}
		if day := n.Day(calendarOf(s.o.View), now); day > 1 {
			l.Carried = say.Say("note.day", "day", day)
		}
	}
	return l
}

// noteKind is the kind as the words name it; what an older version wrote is a notice.
func noteKind(kind string) string {
	if kind == "todo" || kind == "handover" {
		return kind
	}
	return "notice"
}

func calendarOf(v *headstart.View) *headstart.Calendar {
	if c := v.Config(); c != nil && c.Calendar != nil {
		return c.Calendar
	}
	return &headstart.Calendar{}
}

// dutyWords says who works: "samira until 12:30 (also for joris), anna until 17:30".
func dutyWords(say *lang.Words, on []headstart.OnDuty, zone *time.Location) string {
	var parts []string
	for _, o := range on {
		words := say.Say("duty.until", "name", o.Name, "time", say.Clock(o.Until.In(zone)))
		if len(o.For) > 0 {
			words += " " + say.Say("duty.for", "names", strings.Join(o.For, ", "))
		}
		parts = append(parts, words)
	}
	return strings.Join(parts, ", ")
}

// deskPage is all that the desk wrote down, and where to write.
type deskPage struct {
	frame
	deskPart
	Kinds  []deskKind // that may be written
	People []string   // on the duty list
	Max    int        // characters of a text
}

type deskKind struct{ Do, Title string }

// deskItem is a line with what its buttons need.
type deskItem struct {
	Note  deskLine
	Write bool
	Now   time.Time
	Back  string // board or desk
}

func (s *Site) serveDesk(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, now := s.say(r), s.now()
	p := deskPage{frame: s.frame(r, "desk", say.Say("notes.page")), Max: headstart.MostNoteText}
	for _, do := range []string{"todo", "handover", "notice"} {
		p.Kinds = append(p.Kinds, deskKind{do, say.SayOr("notes.write.", do, do)})
	}
	p.deskPart = s.deskPart(say, s.viewer(r), now, headstart.MostNotes+100)
	for _, d := range s.o.View.Config().Roster().Duty {
		p.People = append(p.People, d.Name)
	}
	s.render(w, r, http.StatusOK, "desk", p)
}

// serveDeskNote writes a note, ticks one off or puts it back.
func (s *Site) serveDeskNote(w http.ResponseWriter, r *http.Request) {
	say := s.say(r)
	f := form{r: r, say: say, zone: s.zone, now: s.now()}
	c := headstart.Command{Do: r.PathValue("do")}
	switch c.Do {
	case "todo", "handover", "notice":
		c.Text = f.required("text")
		if utf8.RuneCountInString(c.Text) > headstart.MostNoteText {
			f.refuse("form.long", "field", say.Say("field.text"), "max", headstart.MostNoteText)
		}
		c.For, c.Due = f.text("for"), f.clock("due", false)
		c.Until = f.endOfDay("until")
		if c.Incident = f.text("incident"); c.Incident != "" && c.Do == "todo" {
			c.Kind = headstart.ClosesResolved
		}
	case "done", "undo":
		c.Ref = f.required("note")
		if c.Do == "undo" {
			c.Value = new(false)
		}
		c.Do = "todo-done"
	default:
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.action"))
		return
	}
	if f.err != nil {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), f.err.Error())
		return
	}
	back := "/desk"
	if r.PostFormValue("back") == "board" {
		back = "/"
	}
	s.do(w, r, back, c)
}

// barsNote says why v may not tick off the note that c names.
func (v viewer) barsNote(c *headstart.Command) string {
	if c.Do != "todo-done" {
		return ""
	}
	for _, n := range v.view.Desk() {
		if n.ID == c.Ref && !v.seesID(n.Incident) {
			return "the note is about something outside the rights of your account"
		}
	}
	return ""
}

// endOfDay reads a day, "2026-11-27": its end. Empty: the zero time.
func (f *form) endOfDay(name string) time.Time {
	v := f.text(name)
	if v == "" {
		return time.Time{}
	}
	d, err := time.ParseInLocation(time.DateOnly, v, f.zone)
	if err != nil {
		f.refuse("form.date", "value", cutText(v, 20))
		return time.Time{}
	}
	return d.AddDate(0, 0, 1).Add(-time.Second)
}
