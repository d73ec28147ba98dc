package headstart

import (
	"slices"
	"time"
)

// DeskNote is a hand-over, a to-do or a notice of the desk: a row of TableDesk.
type DeskNote struct {
	V     int       `json:"v"`
	ID    string    `json:"id"`
	Kind  string    `json:"kind"` // handover todo notice, or NoteOffer
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Text  string    `json:"text"`
	For   string    `json:"for,omitempty"`
	Until time.Time `json:"until,omitzero"` // it is over then; zero: it stands until it is done
	Due   time.Time `json:"due,omitzero"`
	Done  time.Time `json:"done,omitzero"`

	// DoneBy is who did it: a login name, or rule, since its condition is gone.
	DoneBy string `json:"done_by,omitempty"`

	// Closes is the condition that ends a to-do by itself, one of NoteConditions;
	// empty: a person does.
	Closes       string     `json:"closes,omitempty"`
	Incident     IncidentID `json:"incident,omitempty"`
	Announcement string     `json:"announcement,omitempty"` // of ClosesApproved; empty: any of the incident
	Asset        string     `json:"asset,omitempty"`        // of ClosesStock: the part

	State string `json:"state,omitempty"` // of a public page, one of PageStates; see Page

	Owner string `json:"owner,omitempty"` // of a hand-over that a rule offers: who leaves
	To    string `json:"to,omitempty"`    // and who could take over; empty: nobody works then

	// Said is what a rule says, to be told in the language of the reader; nil: Text is.
	Said *Decision `json:"said,omitempty"`
}

// NoteOffer is the kind of the note that offers a desk to let messages go by
// themselves (ruling 25); its Text is how many drafts in a row went out unchanged.
const NoteOffer = "offer"

// AutoLine is the line of headstart.yml that takes the offer up.
const AutoLine = "announce: {push: {mode: auto}}"

// What ends a to-do by itself: DeskNote.Closes.
const (
	ClosesOwner    = "owner"    // its incident has an owner, another than Owner, or is over
	ClosesResolved = "resolved" // its incident is over
	ClosesApproved = "approved" // no message of it waits for a person any more
	ClosesPromise  = "promise"  // users wait for nothing at Due any more
	ClosesStock    = "stock"    // the part is in stock
)

// NoteConditions are those that a person may give a to-do.
var NoteConditions = []string{ClosesOwner, ClosesResolved, ClosesApproved, ClosesStock}

// Bounds of what people write on the desk: characters of a text, and notes that stand.
const (
	MostNoteText = 2000
	MostNotes    = 200
)

// Stands reports whether the note still holds at now.
func (n *DeskNote) Stands(now time.Time) bool {
	return n.Kind != NoteOffer && n.Kind != NoteSeen && n.Done.IsZero() && (n.Until.IsZero() || n.Until.After(now))
}

// Words is the note in lang; moments are told in zone.
func (n *DeskNote) Words(lang string, zone *time.Location) string {
	if n.Said != nil {
		return n.Said.Words(lang, zone)
	}
	return n.Text
}

// Day counts on which worked day the note stands at now, from 1: "3rd day". Days on
// which nobody works carry nothing over.
func (n *DeskNote) Day(cal *Calendar, now time.Time) int {
	const most = 400 // days; nothing stands for longer
	at := n.At.In(now.Location())
	count := 0
	for d := range most {
		y, m, day := at.Date()
		noon := time.Date(y, m, day+d, 12, 0, 0, 0, now.Location())
		if noon.Format(time.DateOnly) > now.Format(time.DateOnly) {
			break
		}
		if d == 0 || cal.Worked(noon, "") {
			count++
		}
	}
	return count
}

// Notes returns the notes of the desk that stand at now: to-dos by when they are due,
// those without a time after them, then hand-overs and notices, newest first.
func (v *View) Notes(now time.Time) []DeskNote {
	out := slices.DeleteFunc(v.Desk(), func(n DeskNote) bool { return !n.Stands(now) })
	slices.SortStableFunc(out, func(a, b DeskNote) int {
		x, y := a.Kind == "todo", b.Kind == "todo"
		switch {
		case x != y:
			return map[bool]int{true: -1, false: 1}[x]
		case !x:
			return b.At.Compare(a.At)
		case a.Due.IsZero() != b.Due.IsZero():
			return map[bool]int{true: 1, false: -1}[a.Due.IsZero()]
		}
		return a.Due.Compare(b.Due)
	})
	return out
}
