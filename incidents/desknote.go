package incidents

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"headstart"
)

// deskNote is what a person writes for colleagues, or ticks off.
func (b *book) deskNote(c *headstart.Command) error {
	id := cmp.Or(c.Ref, c.ID)
	if reserved(id) || len(id) > longestName {
		return fmt.Errorf("ref %.20q cannot be used; choose another", id)
	}
	if c.Do == "todo-done" {
		return b.tickOff(c, id)
	}
	n := &headstart.DeskNote{
		V: 1, ID: id, Kind: c.Do, By: c.By, At: b.now, Text: strings.TrimSpace(c.Text), For: c.For, Until: c.Until, Due: c.Due,
	}
	if err := b.admitNote(n, c); err != nil {
		return err
	}
	if was := b.desk[id]; was != nil { // written again: what changed is its words
		n.At = was.At
	}
	b.putNote(n)
	b.note(headstart.Decision{Rule: "H-01", Outcome: "desk_" + c.Do, By: c.By, Subject: id})
	return nil
}

// reserved reports whether a note of that id is no person's: what is held, offered or
// said of a page, and how far somebody has read, are rows of the same table.
func reserved(id string) bool {
	return id == headstart.HushKey || id == offerKey || strings.HasPrefix(id, headstart.PageStateKey("")) || strings.HasPrefix(id, headstart.SeenKey(""))
}

// admitNote fills in what a note is about and refuses what helps nobody.
func (b *book) admitNote(n *headstart.DeskNote, c *headstart.Command) error {
	switch was := b.desk[n.ID]; {
	case n.Text == "":
		return fmt.Errorf("the %s is empty; write its text", n.Kind)
	case utf8.RuneCountInString(n.Text) > headstart.MostNoteText:
		return fmt.Errorf("the text has %d characters; write at most %d", utf8.RuneCountInString(n.Text), headstart.MostNoteText)
	case len(n.For) > longestName:
		return fmt.Errorf("for %.20q is no name", n.For)
	case !n.Until.IsZero() && !n.Until.After(b.now):
		return errors.New("until has passed; name a time still to come")
	case was != nil && was.By == "rule":
		return fmt.Errorf("ref %.60q is a note of a rule; choose another", n.ID)
	case was == nil && b.standing() >= headstart.MostNotes:
		return fmt.Errorf("%d notes stand already; tick off what is done", headstart.MostNotes)
	}
	if c.Incident != "" {
		i := b.find(c.Incident)
		if i == nil {
			return missing(fmt.Sprintf("no incident %q; see headstart incidents list", c.Incident))
		}
		n.Incident = i.ID
	}
	return b.admitCondition(n, c)
}

// admitCondition takes in what ends a to-do by itself.
func (b *book) admitCondition(n *headstart.DeskNote, c *headstart.Command) error {
	n.Closes, n.Asset = c.Kind, c.Asset
	switch {
	case n.Closes == "":
		return nil
	case n.Kind != "todo" || !slices.Contains(headstart.NoteConditions, n.Closes):
		return fmt.Errorf("kind %.40q is no condition that ends a to-do; write one of %s", n.Closes, strings.Join(headstart.NoteConditions, ", "))
	case n.Closes == headstart.ClosesStock && !slices.ContainsFunc(b.catalog.Parts, func(p headstart.Part) bool { return p.ID == n.Asset }):
		return missing(fmt.Sprintf("the catalog has no part %q; name one as asset", n.Asset))
	case n.Closes != headstart.ClosesStock && n.Incident == "":
		return fmt.Errorf("kind %s is about an incident; name it", n.Closes)
	case b.gone(n):
		return fmt.Errorf("nothing is left to do: %s is so already", n.Closes)
	}
	return nil
}

// standing counts the notes of people that hold.
func (b *book) standing() (count int) {
	for _, n := range b.desk {
		if n.By != "rule" && n.Stands(b.now) {
			count++
		}
	}
	return count
}

// tickOff ends a note, or with value false takes that back. Twice does no harm.
func (b *book) tickOff(c *headstart.Command, id string) error {
	n := b.desk[id]
	undo := c.Value != nil && !*c.Value
	switch {
	case n == nil || n.Kind == headstart.NoteOffer || n.Kind == headstart.NoteSeen:
		return missing(fmt.Sprintf("no to-do %q; see headstart desk list", id))
	case undo == n.Done.IsZero():
		return nil
	}
	changed, outcome := *n, "desk_done"
	changed.Done, changed.DoneBy = b.now, c.By
	if undo {
		changed.Done, changed.DoneBy, outcome = time.Time{}, "", "desk_undone"
		changed.Closes = "" // a person thinks otherwise than the rule
	}
	b.putNote(&changed)
	b.note(headstart.Decision{Rule: "H-01", Outcome: outcome, By: c.By, Subject: id})
	return nil
}

// remind has a rule write a to-do about an incident, under one id for each of its kind:
// written again, it says the newer.
func (b *book) remind(i *incident, kind string, n headstart.DeskNote) {
	n.V, n.ID, n.Kind, n.By, n.At, n.Incident = 1, kind+":"+string(i.ID), "todo", "rule", b.now, i.ID
	n.Text = n.Said.Words(b.language(), b.zone)
	b.putNote(&n)
}

func (b *book) putNote(n *headstart.DeskNote) {
	if was := b.desk[n.ID]; was != nil && was.Incident != n.Incident {
		b.unfileNote(was)
	}
	b.desk[n.ID] = n
	b.fileNote(n)
	b.dirty.put(headstart.TableDesk, n.ID, n)
	b.fadeLater()
}

// fileNote makes a note known among those of its incident that may end by themselves,
// or no more.
func (b *book) fileNote(n *headstart.DeskNote) {
	list := b.notesOf[n.Incident]
	at, has := slices.BinarySearch(list, n.ID)
	switch waits := n.Closes != "" && n.Done.IsZero(); {
	case waits && !has:
		b.notesOf[n.Incident] = slices.Insert(list, at, n.ID)
	case !waits && has:
		b.notesOf[n.Incident] = slices.Delete(list, at, at+1)
	}
	if len(b.notesOf[n.Incident]) == 0 {
		delete(b.notesOf, n.Incident)
	}
}

// unfileNote takes a note from among those of its incident.
func (b *book) unfileNote(n *headstart.DeskNote) {
	gone := *n
	gone.Closes = ""
	b.fileNote(&gone)
}

func (b *book) dropNote(id string) {
	b.unfileNote(b.desk[id])
	delete(b.desk, id)
	b.dirty.del(headstart.TableDesk, id)
}

// closeNotes ends the to-dos of an incident whose condition is gone.
func (b *book) closeNotes(i *incident) { b.closeNotesOf(i.ID) }

// closeNotesOf ends those of an incident, or of none where id is empty.
func (b *book) closeNotesOf(id headstart.IncidentID) {
	for _, key := range slices.Clone(b.notesOf[id]) {
		n := *b.desk[key]
		if !b.gone(&n) {
			continue
		}
		n.Done, n.DoneBy = b.now, "rule"
		b.putNote(&n)
		b.note(headstart.Decision{Rule: ruleDuty, Outcome: "todo_closed", Subject: key, Facts: facts("reason", n.Closes)})
	}
}

// gone reports whether the condition a to-do stood for is gone.
func (b *book) gone(n *headstart.DeskNote) bool {
	if n.Closes == headstart.ClosesStock {
		at := slices.IndexFunc(b.catalog.Parts, func(p headstart.Part) bool { return p.ID == n.Asset })
		return at < 0 || b.catalog.Parts[at].Stock > 0
	}
	i := b.incidents[n.Incident]
	if i == nil || !i.Live() && n.Closes != headstart.ClosesApproved {
		return true
	}
	switch n.Closes {
	case headstart.ClosesOwner:
		return i.Owner != "" && (i.Owner != n.Owner || !b.now.Before(n.Due)) // or he stays for longer
	case headstart.ClosesApproved:
		return b.waiting(i) == 0
	case headstart.ClosesPromise:
		return !b.promisedFor(i, n.Due) && !b.missedAt(i, n.Due)
	}
	return false
}

// missedAt reports whether users of i still wait for what was promised for due.
func (b *book) missedAt(i *incident, due time.Time) bool {
	return slices.ContainsFunc(b.told[i.ID], func(a *headstart.Announcement) bool { return a.Missed != nil && a.Missed.Equal(due) })
}

// waiting is how many messages of i wait for a person.
func (b *book) waiting(i *incident) (count int) {
	for _, a := range b.told[i.ID] {
		if a.Draft != nil && !scheduled(a) || a.PushDraft {
			count++
		}
	}
	return count
}
