package incidents

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"headstart"
)

// retireLater sets when i, which has just ended, is forgotten.
func (b *book) retireLater(i *incident) {
	if due := b.log.IncidentGoes(&i.Incident); !due.IsZero() {
		b.agenda.add(due, doRetire, string(i.ID), 0, false)
	}
}

// retireAll sets that for all incidents anew, in parts, since the configuration says
// another time or they ended under a version that forgot none. From is the number of
// the last one looked at.
func (b *book) retireAll(from int) {
	for _, i := range slices.SortedFunc(maps.Values(b.incidents), func(x, y *incident) int { return cmp.Compare(x.Seq, y.Seq) }) {
		if i.Seq <= from {
			continue
		}
		if b.spent() >= enough {
			b.agenda.add(b.now, doRetire, "", i.Seq-1, false)
			return
		}
		b.retireLater(i)
	}
}

// retire forgets an incident and all that belongs to it, in parts. With ExportFirst it
// waits for the word that what is there stands in a file, see exported.
func (b *book) retire(i *incident, how string) {
	if due := b.log.IncidentGoes(&i.Incident); due.IsZero() || b.now.Before(due) {
		return // it came back, or is kept for longer: another deadline is set
	}
	if b.log.ExportFirst && how != inFile {
		return
	}
	b.dropOwed(i)
	b.dropTold(i)
	b.dropCovers(i)
	b.dropConfirms(i)
	b.dropDecided(i)
	if b.spent() >= enough {
		b.goOn(i, round{Do: doRetire, Arg: how})
		return
	}
	b.dirty.forget(i.Seq)
	b.personal = slices.DeleteFunc(b.personal, func(e entry) bool { return e.seq == i.Seq })
	b.unlist(i)
	b.dirty.del(headstart.TableIncidents, string(i.ID))
}

// dropOwed strikes what is owed to nobody who could be reached, and what was given up.
func (b *book) dropOwed(i *incident) {
	for _, key := range sortedKeys(b.owed) {
		if b.spent() < enough && b.owed[key].Incident == i.ID {
			b.strike(key)
		}
	}
	for _, key := range sortedKeys(b.dead) {
		if b.spent() < enough && b.dead[key].Notice.Incident == i.ID {
			b.unbury(key)
		}
	}
}

func (b *book) dropTold(i *incident) {
	for _, a := range b.of(i) {
		if b.spent() >= enough {
			return
		}
		if b.carryElsewhere(i, a) {
			continue
		}
		b.detach(a)
		b.unfileCover(a)
		b.unfileWork(a)
		delete(b.announcements, a.ID)
		b.dirty.del(headstart.TableAnnouncements, a.ID)
	}
}

func (b *book) dropConfirms(i *incident) {
	for _, key := range b.confirmsOf(i) {
		if b.spent() >= enough {
			return
		}
		delete(b.confirms, key)
		b.dirty.del(headstart.TableConfirms, key)
	}
}

func (b *book) dropDecided(i *incident) {
	for n := b.decided[i.Seq]; n != nil && b.spent() < enough; {
		number, more := n.pop()
		b.dirty.del(headstart.TableTimeline, headstart.TimelineKey(i.Seq, number))
		if !more {
			delete(b.decided, i.Seq)
			return
		}
	}
}

func (b *book) confirmsOf(i *incident) (keys []string) {
	if i.Confirmations+i.WorksFor == 0 {
		return nil
	}
	for key := range b.confirms {
		if strings.HasPrefix(key, string(i.ID)+"/") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// unlist takes i out of all that finds it.
func (b *book) unlist(i *incident) {
	for _, key := range sortedKeys(i.X.Tickets) {
		b.dropTicket(i, key)
	}
	if b.byGroup[i.Group] == i.ID {
		delete(b.byGroup, i.Group)
	}
	if b.byRef[i.Ref] == i.ID {
		delete(b.byRef, i.Ref)
	}
	b.history.drop(i)
	delete(b.scopes, i.ID)
	delete(b.incidents, i.ID)
}

// numbers are those of the decisions in one timeline: a row can be deleted by its
// name alone. They ascend, so each is written as its distance from the one before: a
// year's are some megabytes.
type numbers struct {
	first, last uint64 // the last taken off, and the last put on
	steps       []byte // unsigned varints
}

func (n *numbers) push(number uint64) {
	n.steps = binary.AppendUvarint(n.steps, number-n.last)
	n.last = number
}

// pop takes the first one off; there is one. It reports whether there are more.
func (n *numbers) pop() (number uint64, more bool) {
	step, size := binary.Uvarint(n.steps)
	n.first += step
	n.steps = n.steps[size:]
	return n.first, len(n.steps) > 0
}

// wasDecided takes note of a row of the timeline.
func (b *book) wasDecided(seq int, number uint64) {
	n := b.decided[seq]
	if n == nil {
		n = &numbers{}
		b.decided[seq] = n
	}
	n.push(number)
}

// readDecided takes note of a stored row of the timeline, in any order.
func (b *book) readDecided(key string) error {
	seq, number, err := headstart.ParseTimelineKey(key)
	if err == nil {
		b.reading[seq] = append(b.reading[seq], number)
	}
	return err
}

// readAll ends that.
func (b *book) readAll() {
	for _, seq := range slices.Sorted(maps.Keys(b.reading)) {
		slices.Sort(b.reading[seq])
		for _, number := range b.reading[seq] {
			b.wasDecided(seq, number)
		}
	}
	b.reading = map[int][]uint64{}
	b.readNamesAll()
}
