package incidents

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"headstart"
)

// takeBackTicket undoes what was written into a ticket that is not linked to i any
// more. What still waits is struck; what may stand there already is answered by a
// note that says so, which is written only where the first one arrived.
func (b *book) takeBackTicket(i *incident, key string) {
	w := i.X.Written[key]
	if w == nil {
		return
	}
	source, id, _ := strings.Cut(key, "/")
	b.strikeTicket(func(n *headstart.Notice) bool {
		if n.Source != source || n.Ticket != id || n.UID != i.UID && n.Incident != i.ID {
			return false
		}
		if n.Do == "reply" { // the user had none
			b.unwrite(i, n)
		}
		return true
	})
	if w.Noted != "" && !b.survivor(i).Confidential { // of which no note is written (ruling 30); a link may go
		n := b.toWrite(i, source, id, "note", i.UID+"/unlinked-"+itoa(w.Undone+1))
		n.Only = w.Mark
		n.Title, n.Body = b.takeBackWords(i, w)
		b.owe(n)
	}
	b.unlinkTicket(i, source, id, w)
	w.Noted, w.Mark = "", ""
	w.Undone++
	b.decide(i, headstart.Decision{Rule: "W-33", Outcome: "ticket_taken_back", Subject: key})
	b.dirty.incident(i)
}

// strikeTicket takes notices for tickets off the outbox.
func (b *book) strikeTicket(which func(*headstart.Notice) bool) {
	for _, key := range sortedKeys(b.owed) {
		if n := b.owed[key]; n.Plane == headstart.PlaneTickets && which(n) {
			b.strike(key)
		}
	}
}

// muteTickets takes what waits for the tickets of i off the outbox: replies, which
// are owed again when they may go, and all else once it is confidential.
func (b *book) muteTickets(i *incident) {
	if len(b.log.Systems) == 0 {
		return
	}
	b.strikeTicket(func(n *headstart.Notice) bool {
		if b.ownerOf(n) != i || n.Do != "reply" && !i.Confidential {
			return false
		}
		b.unwrite(i, n)
		return true
	})
}

// holdReply takes a reply off the outbox for as long as a hush of all lasts.
func (b *book) holdReply(n *headstart.Notice) {
	b.strike(n.Key)
	if i := b.ownerOf(n); i != nil {
		b.unwrite(i, n)
	}
}

// ownerOf is the incident a notice is about, or the one that went into.
func (b *book) ownerOf(n *headstart.Notice) *incident {
	i := b.incidents[n.Incident]
	for i != nil && i.MergedInto != "" {
		i = b.incidents[i.MergedInto]
	}
	return i
}

// unwrite takes note that n, which is struck, was not written: it is owed again
// should it be due then.
func (b *book) unwrite(i *incident, n *headstart.Notice) {
	b.dirty.incident(i)
	if n.Do == "make" {
		delete(i.X.Made, n.Source)
	}
	w := i.X.Written[n.Source+"/"+n.Ticket]
	if w == nil {
		return
	}
	_, rest, _ := strings.Cut(n.Mark, "/")
	stage, _, _ := strings.Cut(rest, "/")
	switch {
	case n.Do == "reply":
		if b.hushed(i) {
			b.writeAt(i, b.hushedUntil(i))
		}
		w.Replied = slices.DeleteFunc(w.Replied, func(s string) bool { return s == stage })
		if stage == stageResolved {
			w.Asked = ""
		}
	case n.Do == "link":
		w.Target = ""
	case n.Do == "note" && w.Noted == stage && strings.HasPrefix(stage, "linked"):
		w.Noted, w.Mark = "", ""
	case n.Do == "note" && w.Noted == stage:
		w.Noted, w.News = "linked", 0
	}
}

// dropReply strikes a reply that is too old to go out (ruling 11): the desk has
// its words, and may send them.
func (b *book) dropReply(n *headstart.Notice) {
	b.strike(n.Key)
	if i := b.ownerOf(n); i != nil {
		b.decide(i, headstart.Decision{Rule: "W-11", Outcome: "reply_dropped", Subject: n.Source + "/" + n.Ticket})
	}
}

// mergeWritten hands over what the tickets of i were told, so that the survivor
// tells them no more than what is new.
func (b *book) mergeWritten(i, to *incident) {
	if len(b.log.Systems) == 0 {
		return
	}
	for _, key := range sortedKeys(i.X.Written) {
		if to.X.Written[key] == nil {
			w := *i.X.Written[key]
			w.News = to.X.News
			if to.X.Written == nil {
				to.X.Written = map[string]*written{}
			}
			to.X.Written[key] = &w
		}
	}
	for _, source := range sortedKeys(i.X.Made) {
		b.inheritMade(i, to, source)
	}
	b.agenda.add(b.now, doWrite, string(to.ID), 0, false)
	b.dirty.incident(to)
}

// inheritMade gives the survivor the ticket made for i, or ends it if it has its own.
func (b *book) inheritMade(i, to *incident, source string) {
	id, own := i.X.Made[source], to.X.Made[source]
	if id == "" || id == own || b.system(source) == nil {
		return
	}
	if own == "" {
		if to.X.Made == nil {
			to.X.Made = map[string]string{}
		}
		to.X.Made[source] = id
		return
	}
	n := b.toWrite(i, source, id, "note", i.UID+"/merged")
	n.Title, n.Body = b.mergedWords(i, to)
	b.owe(n)
}

// makeTickets makes a ticket for i where that is switched on, once it has lasted
// as long as a message to users waits for.
func (b *book) makeTickets(i *incident) {
	if i.State != headstart.Open && i.State != headstart.Recovering || i.Confidential || b.paused(i) {
		return
	}
	for n := range b.log.Systems {
		sys := &b.log.Systems[n]
		if _, has := i.X.Made[sys.Source]; has || sys.Make == "" {
			continue
		}
		if i.X.Made == nil {
			i.X.Made = map[string]string{}
		}
		i.X.Made[sys.Source] = ""
		kinds := []string{sys.Make}
		if sys.Outage && i.Cause.Asset != "" {
			kinds = append(kinds, "outage")
		}
		for _, kind := range kinds {
			m := b.toWrite(i, sys.Source, "", "make", i.UID)
			m.Key, m.Make, m.Since, m.Cause = m.Key+"/"+kind, kind, i.StartedAt, i.Cause.Asset
			m.Title, m.Body = b.makeWords(i)
			b.owe(m)
		}
		b.decide(i, headstart.Decision{Rule: "W-33", Outcome: "ticket_made", Subject: sys.Source, Facts: facts("what", sys.Make)})
		b.dirty.incident(i)
	}
}

// endOutages tells the outage records of i when it ended; zero: it goes on.
func (b *book) endOutages(i *incident, at time.Time) {
	for n := range b.log.Systems {
		sys := &b.log.Systems[n]
		if _, has := i.X.Made[sys.Source]; !has || !sys.Outage || i.Confidential {
			continue
		}
		m := b.toWrite(i, sys.Source, "", "end", i.UID)
		m.Key += fmt.Sprintf("/%d/%t", i.Reopens, at.IsZero())
		m.Make, m.Since = "outage", at
		b.owe(m)
	}
}
