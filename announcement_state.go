package headstart

import (
	"cmp"
	"slices"
	"strings"
)

// UpdateState is where one message of an announcement stands.
type UpdateState string

// The states of a message, in the order most go through.
const (
	UpdateDraft      UpdateState = "draft"     // something is missing before it may go out
	UpdateWaiting    UpdateState = "waiting"   // for a person's approval
	UpdateApproved   UpdateState = "approved"  // by a person; it has no time yet
	UpdateScheduled  UpdateState = "scheduled" // approved, and goes out by itself at ScheduledFor
	UpdatePublished  UpdateState = "published"
	UpdateSuperseded UpdateState = "superseded" // a later message says what holds
	UpdateFinal      UpdateState = "final"
	UpdateWithdrawn  UpdateState = "withdrawn"
	UpdateDiscarded  UpdateState = "discarded"
)

// About reports whether a speaks for incident id.
func (a *Announcement) About(id IncidentID) bool {
	return a.Incident == id || slices.Contains(a.Also, id)
}

// Incidents are those a speaks for: the one that carries it, then the others.
func (a *Announcement) Incidents() []IncidentID {
	return append([]IncidentID{a.Incident}, a.Also...)
}

// SpeaksFor are the incidents that the words of u, an update of a, are about.
func (a *Announcement) SpeaksFor(u *Update) []IncidentID {
	if len(u.About) > 0 {
		return u.About
	}
	return []IncidentID{cmp.Or(a.First, a.Incident)}
}

// SpokeFor are the incidents a speaks for and those that any of its updates is about.
func (a *Announcement) SpokeFor() []IncidentID {
	out := a.Incidents()
	for n := range a.Updates {
		for _, id := range a.SpeaksFor(&a.Updates[n]) {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// Waiting is where the draft of a stands; empty: there is none.
func (a *Announcement) Waiting() UpdateState {
	switch u := a.Draft; {
	case u == nil:
		return ""
	case u.ScheduledFor != nil:
		return UpdateScheduled
	case u.Approver != "":
		return UpdateApproved
	case len(u.Missing) > 0 || len(u.Text) == 0:
		return UpdateDraft
	default:
		return UpdateWaiting
	}
}

// Standing is where update n of a stands, which was published.
func (a *Announcement) Standing(n int) UpdateState {
	switch {
	case n < len(a.Updates)-1:
		return UpdateSuperseded
	case a.State == AnnouncementWithdrawn:
		return UpdateWithdrawn
	case a.State == AnnouncementFinal:
		return UpdateFinal
	default:
		return UpdatePublished
	}
}

// Wrote reports whether who is an author of u: with four eyes another one approves. Case
// does not make another person.
func (u *Update) Wrote(who string) bool {
	return strings.EqualFold(u.By, who) || slices.ContainsFunc(u.Earlier, func(e string) bool { return strings.EqualFold(e, who) })
}
