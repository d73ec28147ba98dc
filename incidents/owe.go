package incidents

import (
	"slices"

	"headstart"
)

// owe puts a message on the outbox.
func (b *book) owe(n *headstart.Notice) {
	b.owed[n.Key] = n
	b.fileOwed(n)
	b.dirty.put(headstart.TableOwed, n.Key, n)
	b.handled++
	b.ack = slices.DeleteFunc(b.ack, func(key string) bool { return key == n.Key })
	b.out = append(b.out, headstart.Owed{ID: n.Key, Due: b.now, Data: encode(n)})
	if n.Plane == headstart.PlaneUsers || n.Do == "reply" {
		// In health a tick stands there; if none does nobody was looking, and blind
		// finds the message however far away the next deadline is.
		b.agenda.add(n.At.Add(lateForUsers), doLate, n.Key, 0, false)
	}
}

// strike takes a message off the outbox.
func (b *book) strike(key string) {
	b.unfileOwed(b.owed[key])
	delete(b.owed, key)
	b.dirty.del(headstart.TableOwed, key)
	b.handled++
	b.out = slices.DeleteFunc(b.out, func(o headstart.Owed) bool { return o.ID == key })
	b.ack = append(b.ack, key)
}

// fileOwed makes n known among what is owed of its announcement.
func (b *book) fileOwed(n *headstart.Notice) {
	list := b.owedOf[n.Announcement]
	if at, has := slices.BinarySearch(list, n.Key); !has && n.Announcement != "" {
		b.owedOf[n.Announcement] = slices.Insert(list, at, n.Key)
	}
}

func (b *book) unfileOwed(n *headstart.Notice) {
	if n == nil {
		return
	}
	list := b.owedOf[n.Announcement]
	if at, has := slices.BinarySearch(list, n.Key); has {
		b.owedOf[n.Announcement] = slices.Delete(list, at, at+1)
	}
	if len(b.owedOf[n.Announcement]) == 0 {
		delete(b.owedOf, n.Announcement)
	}
}

// delivered follows what became of a message. It decides nothing.
func (b *book) delivered(d *headstart.Delivery) {
	n := b.owed[d.Key]
	if n == nil || d.Again != n.Again {
		return // a repeat of a delivery already folded
	}
	if d.Outcome == "retry" {
		n.Attempt = max(n.Attempt, d.Attempt, 1)
		due := d.RetryAt
		if due.Before(b.now) {
			due = b.now
		}
		b.dirty.put(headstart.TableOwed, n.Key, n)
		b.out = append(b.out, headstart.Owed{ID: n.Key, Due: due, Data: encode(n)})
		return
	}
	b.strike(d.Key)
	if d.Outcome == "dead" {
		b.bury(n, d.Err)
	} else {
		b.unburyOlder(n)
	}
	if n.Plane == headstart.PlaneTickets {
		b.ticketDelivered(n, d)
		return
	}
	if i := b.incidents[n.Incident]; i != nil && n.Plane == headstart.PlaneDesk && len(d.Handle) > 0 {
		i.X.desk().Post = d.Handle
		b.dirty.incident(i)
		return
	}
	if a := b.announcements[n.Announcement]; a != nil && len(d.Handle) > 0 {
		if a.Posts == nil {
			a.Posts = map[string]jsonRaw{}
		}
		a.Posts[n.Channel] = d.Handle
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
}
