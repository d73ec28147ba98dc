package incidents

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
)

// What is written into tickets follows from what is decided, as a level and not
// as an edge: each look compares what a linked ticket was told with what holds
// now, and owes the difference. So nothing is told twice, whatever comes first.
//
// A suggestion writes nothing, a confidential incident never does (ruling 30),
// and a public reply goes once per ticket, incident and stage, within hours
// (rulings 29, 33).

// written is what one ticket was told about one incident.
type written struct {
	Noted   string    `json:"noted,omitempty"`   // stage of the last note
	Mark    string    `json:"mark,omitempty"`    // and what it is found by
	News    int       `json:"news,omitempty"`    // as of it
	Replied []string  `json:"replied,omitempty"` // stages: linked update resolved
	Told    time.Time `json:"told,omitzero"`     // when the first of these replies went
	Asked   string    `json:"asked,omitempty"`   // who was asked whether it works again
	Heard   int       `json:"heard,omitempty"`   // contacts and reopenings of the ticket by then, or answered since
	Target  string    `json:"target,omitempty"`  // ticket or page it was linked to there
	Undone  int       `json:"undone,omitempty"`  // how often it was taken back
}

// writeMost is how many tickets one unit writes to (ruling 1).
const writeMost = 15

// writeBack looks at all tickets of i.
func (b *book) writeBack(i *incident) {
	if len(b.log.Systems) == 0 {
		return
	}
	n := 0
	for _, key := range b.ticketsOf(i) {
		if n == writeMost || b.spent() >= enough {
			b.agenda.add(b.now, doWrite, string(i.ID), 0, false)
			return
		}
		if b.writeTicket(i, key) {
			n++
		}
	}
}

// ticketsOf are the tickets linked to i and those made for it, sorted.
func (b *book) ticketsOf(i *incident) []string {
	keys := map[string]bool{}
	for key, t := range i.X.Tickets {
		if t.Linked {
			keys[key] = true
		}
	}
	for source, id := range i.X.Made {
		if id != "" {
			keys[source+"/"+id] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// system is the ticket system of a ticket, nil if nothing is written there.
func (b *book) system(source string) *headstart.TicketSystem {
	for n := range b.log.Systems {
		if b.log.Systems[n].Source == source {
			return &b.log.Systems[n]
		}
	}
	return nil
}

// writeTicket owes one ticket what it was not told yet, and reports whether that
// is anything.
func (b *book) writeTicket(i *incident, key string) bool {
	source, id, _ := strings.Cut(key, "/")
	sys := b.system(source)
	if sys == nil || i.Confidential || i.State == headstart.Merged {
		return false
	}
	w := i.X.Written[key]
	if w == nil {
		w = &written{}
	}
	var did []string
	if stage := i.noteStage(w); sys.Note && stage != "" {
		b.noteTicket(i, source, id, stage, w)
		did = append(did, "note")
	}
	if i.X.Made[source] != id {
		if b.linkTicket(i, sys, id, w) {
			did = append(did, "link")
		}
		if b.replyTicket(i, sys, id, w) {
			did = append(did, "reply")
		}
	}
	if len(did) == 0 {
		return false
	}
	if i.X.Written == nil {
		i.X.Written = map[string]*written{}
	}
	i.X.Written[key] = w
	b.decide(i, headstart.Decision{Rule: "W-33", Outcome: "ticket_told", Subject: key, Facts: facts("what", strings.Join(did, ","), "stage", w.Noted)})
	b.dirty.incident(i)
	return true
}

// noteStage is what a note is due about; empty: the last one still holds.
func (i *incident) noteStage(w *written) string {
	again := ""
	if i.Reopens > 0 {
		again = "-" + itoa(i.Reopens+1)
	}
	told := strings.HasPrefix(w.Noted, "resolved")
	switch {
	case i.X.Over && !told:
		return "resolved" + again
	case i.X.Over:
		return ""
	case told:
		return "reopened" + again
	case w.Noted == "" && w.Undone > 0:
		return "linked-" + itoa(w.Undone+1)
	case w.Noted == "":
		return "linked"
	case i.X.News > w.News:
		return "update-" + itoa(i.X.News)
	}
	return ""
}

// towrite is a notice for a ticket, to be filled in.
func (b *book) toWrite(i *incident, source, id, do, mark string) *headstart.Notice {
	return &headstart.Notice{
		V: 1, Key: fmt.Sprintf("%s/tickets/%s/%s/%s", mark, source, id, do), Plane: headstart.PlaneTickets, At: b.now,
		Incident: i.ID, UID: i.UID, Priority: i.Priority, Source: source, Ticket: id, Do: do, Mark: mark,
	}
}

func (b *book) noteTicket(i *incident, source, id, stage string, w *written) {
	n := b.toWrite(i, source, id, "note", i.UID+"/"+stage)
	n.Title, n.Body = b.noteWords(i, source+"/"+id, stage)
	w.Noted, w.Mark, w.News = stage, n.Mark, i.X.News
	b.owe(n)
}

// linkTicket hangs a ticket under the one made for i, or else links it to the
// incident's page. A link made before is taken away first.
func (b *book) linkTicket(i *incident, sys *headstart.TicketSystem, id string, w *written) bool {
	parent, page := "", ""
	switch {
	case sys.Link && i.X.Made[sys.Source] != "":
		parent = i.X.Made[sys.Source]
	case sys.Page:
		page = b.deskURL(i)
	}
	target := parent + page
	if target == "" || target == w.Target {
		return false
	}
	b.unlinkTicket(i, sys.Source, id, w)
	n := b.toWrite(i, sys.Source, id, "link", i.UID+"/link-"+itoa(w.Undone+1))
	n.Parent, n.Page, n.Title = parent, page, string(i.ID)
	if parent != "" {
		n.Key += "/" + parent // the page's link came before it
	}
	b.owe(n)
	w.Target = target
	return true
}

func (b *book) unlinkTicket(i *incident, source, id string, w *written) {
	if w.Target == "" {
		return
	}
	n := b.toWrite(i, source, id, "unlink", i.UID+"/link-"+itoa(w.Undone+1))
	n.Parent = w.Target
	if strings.Contains(w.Target, "://") {
		n.Parent, n.Page = "", w.Target
	}
	n.Key += "/" + w.Target
	b.owe(n)
	w.Target = ""
}

// deskURL is the incident's page for the desk.
func (b *book) deskURL(i *incident) string {
	if b.log.ExternalURL == "" {
		return ""
	}
	return strings.TrimSuffix(b.log.ExternalURL, "/") + "/i/" + string(i.ID)
}

// news counts what tickets are to be updated about, and tells them. What is said to
// several audiences in one moment is one piece of news.
func (b *book) news(i *incident) {
	if !i.X.NewsAt.Equal(b.now) {
		i.X.News, i.X.NewsAt = i.X.News+1, b.now
	}
	b.dirty.incident(i)
	b.writeBack(i)
}

// wrote follows what users are told: replies use its words.
func (b *book) wrote(i *incident, u *headstart.Update) {
	if isNews(u) {
		b.news(i)
		return
	}
	b.writeBack(i)
}

// isNews reports whether an update changes what whoever reported it should know.
func isNews(u *headstart.Update) bool {
	return u.Phase == headstart.WorkaroundFound || u.Phase == headstart.ETAChanged
}

// closeOut tells the tickets of i that it is over.
func (b *book) closeOut(i *incident) {
	if i.X.Over {
		return
	}
	i.X.Over = true
	ended := b.now
	if i.ResolvedAt != nil {
		ended = *i.ResolvedAt
	}
	b.endOutages(i, ended)
	b.dirty.incident(i)
	b.writeBack(i)
}

// goesOn tells them that it is not over after all.
func (b *book) goesOn(i *incident) {
	if !i.X.Over {
		return
	}
	i.X.Over = false
	b.holdEnd(i)
	b.endOutages(i, time.Time{})
	b.dirty.incident(i)
	b.writeBack(i)
}

// ticketDelivered follows what became of a notice for a ticket. Nothing is decided
// here: a deadline due at once does that.
func (b *book) ticketDelivered(n *headstart.Notice, d *headstart.Delivery) {
	i := b.ownerOf(n)
	if i == nil || n.Do != "make" || n.Make == "outage" || d.Outcome != "sent" {
		return
	}
	var made struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(d.Handle, &made) != nil || made.ID == "" || len(made.ID) > longestName || i.X.Made[n.Source] != "" {
		return
	}
	if i.X.Made == nil {
		i.X.Made = map[string]string{}
	}
	i.X.Made[n.Source] = made.ID
	if i.X.Written == nil {
		i.X.Written = map[string]*written{}
	}
	i.X.Written[n.Source+"/"+made.ID] = &written{Noted: "linked", Mark: n.Mark, News: i.X.News} // it says all there was to say
	b.agenda.add(b.now, doWrite, string(i.ID), 0, false)
	b.dirty.incident(i)
}
