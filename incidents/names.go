package incidents

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"headstart"
)

// What is personal in the book is forgotten in time: who did what, and which tickets
// an incident had. Counts and moments stay.

const (
	// namesKept is how long a timeline says who did something; from then on it says
	// that the desk did (ruling 35).
	namesKept = 90 * 24 * time.Hour

	// Unless the configuration says otherwise; see headstart.LogConfig.
	ticketsKept = 90 * 24 * time.Hour
	notesKept   = 30 * 24 * time.Hour
	auditKept   = 400 * 24 * time.Hour
)

// role stands for whoever did something long ago, left for what is not told any more.
const (
	role = "desk"
	left = "…"
)

// personal are the rows of timelines that name somebody or a ticket, oldest first.
type personal []entry

// takeNote adds a decision that was just numbered, if it belongs there.
func (b *book) takeNote(seq int, d *headstart.Decision) {
	if d.By == role || !names(d) {
		return
	}
	b.personal = append(b.personal, entry{seq: seq, Decision: *d})
	b.fadeLater()
}

// names reports whether d names a person or a ticket.
func names(d *headstart.Decision) bool {
	return isPerson(d.By) || ticketOf(d) != "" || isPerson(d.Fact("owner")) || mutedByPerson(d)
}

func isPerson(by string) bool { return by != "" && by != "rule" && by != role }

// ticketOf is the ticket a decision in a timeline names: its key, or its id alone;
// empty: it names none.
func ticketOf(d *headstart.Decision) string {
	t := d.Fact("ticket")
	if strings.HasPrefix(d.Rule, "W-") && strings.Contains(d.Subject, "/") {
		t = d.Subject
	}
	if t == left {
		return ""
	}
	return t
}

// readNames takes a stored row of a timeline to the others that name somebody. Most
// do not, and there are many: a look at the bytes tells.
func (b *book) readNames(r headstart.Row) error {
	says := func(part []byte) bool { return bytes.Contains(r.Val, part) }
	if !slices.ContainsFunc(sayWho, says) {
		return nil
	}
	seq, _, err := headstart.ParseTimelineKey(r.Key)
	if err != nil {
		return err
	}
	var d headstart.Decision
	if err := json.Unmarshal(r.Val, &d); err != nil {
		return err
	}
	if names(&d) {
		b.personal = append(b.personal, entry{seq: seq, Decision: d})
	}
	return nil
}

// sayWho are the parts of a row that may name somebody, one of which it then has.
var sayWho = [][]byte{[]byte(`"by":"`), []byte(`"rule":"W-`), []byte(`"rule":"P-17"`)}

// readNamesAll ends that: rows come in any order.
func (b *book) readNamesAll() {
	slices.SortFunc(b.personal, func(x, y entry) int { return cmp.Compare(x.N, y.N) })
}

// fadeLater sets when the book next looks for what is to be forgotten: at midnight.
func (b *book) fadeLater() {
	if !b.fading {
		b.fading = true
		b.agenda.add(nextDay(b.now), doFade, "", 0, false)
	}
}

func nextDay(t time.Time) time.Time {
	const day = 24 * time.Hour
	return t.Truncate(day).Add(day)
}

// fade forgets what is old enough, in parts, and comes back tomorrow while there is
// anything left to forget.
func (b *book) fade() {
	b.fading = false
	if !b.fadeRows() || !b.fadeNotes() || !b.fadeAudit() || !b.fadeDead() {
		b.fading = true
		b.agenda.add(b.now, doFade, "", 0, false)
		return
	}
	if len(b.personal)+len(b.desk)+len(b.audit)+len(b.dead) > 0 {
		b.fadeLater()
	}
}

// age is the moment before which everything is older than keep, in whole days, rounded
// up; zero takes the default.
func (b *book) age(keep, usual time.Duration) time.Time {
	const day = 24 * time.Hour
	keep = cmp.Or(keep, usual)
	return b.now.Add(-(keep + day - 1) / day * day)
}

// fadeRows takes names out of the rows that are old enough; false: more are left.
func (b *book) fadeRows() bool {
	people, tickets := b.age(namesKept, 0), b.age(time.Duration(b.log.KeepLinks), ticketsKept)
	rest := b.personal[:0]
	for n, e := range b.personal {
		if b.spent() >= enough {
			b.personal = append(rest, b.personal[n:]...)
			return false
		}
		d, changed := &e.Decision, false
		if !d.At.After(people) {
			changed = unname(d)
			b.unnameIncident(e.seq)
		}
		if !d.At.After(tickets) {
			changed = unticket(d) || changed
		}
		if changed {
			b.rewrite(e)
		}
		if names(d) {
			rest = append(rest, e)
		}
	}
	clear(b.personal[len(rest):])
	b.personal = rest
	return true
}

// unname takes the person out of a decision.
func unname(d *headstart.Decision) (changed bool) {
	if isPerson(d.By) {
		d.By, changed = role, true
	}
	if mutedByPerson(d) {
		d.Facts, changed = with(d.Facts, "by", muters(d)), true
	}
	switch {
	case !isPerson(d.Fact("owner")):
	case d.Rule == ruleDuty: // a sentence about hours needs somebody
		d.Facts, changed = with(with(d.Facts, "owner", role), "next", role), true
	default:
		d.Facts, changed = without(d.Facts, "owner"), true
	}
	return changed
}

// unticket takes the ticket out of a decision.
func unticket(d *headstart.Decision) (changed bool) {
	switch t := ticketOf(d); {
	case t == "":
		return false
	case t == d.Subject:
		d.Subject = left
	default:
		d.Facts = with(d.Facts, "ticket", left)
	}
	return true
}

func without(facts []headstart.Fact, name string) []headstart.Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f headstart.Fact) bool { return f.Name == name })
}

func with(facts []headstart.Fact, name, value string) []headstart.Fact {
	facts = slices.Clone(facts)
	for n := range facts {
		if facts[n].Name == name {
			facts[n].Value = value
		}
	}
	return facts
}

// rewrite replaces a row of a timeline: the one that waits to be written, or the one
// that was.
func (b *book) rewrite(e entry) {
	if b.dirty.rewrite(e) {
		return
	}
	d := e.Decision
	b.dirty.put(headstart.TableTimeline, headstart.TimelineKey(e.seq, e.N), &d)
}

// unnameIncident takes the people out of an incident that is over, and of what was
// told of it.
func (b *book) unnameIncident(seq int) {
	i := b.incidents[headstart.IncidentID("HS-"+itoa(seq))]
	if i == nil || i.Live() {
		return
	}
	if i.Owner != "" || i.X.Hours.Left != "" || i.X.Desk != nil && i.X.Desk.Said != "" {
		i.Owner, i.X.Hours.Left, i.X.desk().Said = "", "", ""
		b.dirty.incident(i)
	}
	if i.Summary != nil && isPerson(i.Summary.By) {
		s := *i.Summary
		s.By, i.Summary = role, &s
		b.dirty.incident(i)
	}
	if list, changed := unmuted(i.SilencedBy); changed { // of rules before version 11: it goes with the end
		i.SilencedBy = list
		b.dirty.incident(i)
	}
	for _, a := range b.of(i) {
		b.unsignAll(a)
	}
}

// unsignAll takes the people off the messages that are old enough.
func (b *book) unsignAll(a *headstart.Announcement) {
	before, changed := b.age(namesKept, 0), false
	for n := range a.Updates {
		if u := &a.Updates[n]; !u.At.After(before) {
			changed = unsign(u) || changed
		}
	}
	if u := a.Draft; u != nil && !u.At.After(before) {
		why := withoutMuters(u.Why)
		changed = unsign(u) || changed || !slices.Equal(why, u.Why)
		u.Why = why
	}
	if changed {
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
}

// unsign takes author and approver off a message; policies that approve are keys of
// the configuration.
func unsign(u *headstart.Update) (changed bool) {
	if isPerson(u.By) {
		u.By, changed = role, true
	}
	for n := range u.Earlier {
		if isPerson(u.Earlier[n]) {
			u.Earlier[n], changed = role, true
		}
	}
	for _, who := range []*string{&u.Approver, &u.PushedBy} {
		if isPerson(*who) && !strings.HasPrefix(*who, "announce.") {
			*who, changed = role, true
		}
	}
	return changed
}

// fadeNotes forgets notes of the desk that have been over for as long as titles of
// tickets are kept: people write names and numbers into them.
func (b *book) fadeNotes() bool {
	before := b.age(time.Duration(b.log.KeepNotes), notesKept)
	for _, id := range sortedKeys(b.desk) {
		if over := overSince(b.desk[id]); over.IsZero() || over.After(before) {
			continue
		}
		if b.spent() >= enough {
			return false
		}
		b.dropNote(id)
	}
	return true
}

// overSince is when a note lost its point; zero: it has not.
func overSince(n *headstart.DeskNote) time.Time {
	switch {
	case !n.Done.IsZero():
		return n.Done
	case n.Kind == "todo":
		return n.Until
	case n.Kind == headstart.NoteOffer:
		return time.Time{}
	case !n.Until.IsZero():
		return n.Until
	}
	return n.At
}
