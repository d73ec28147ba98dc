package incidents

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// work is planned work as it stands, with whom it touches. It only saves work, so
// nothing of it needs a row.
type work struct {
	id        string
	window    *headstart.MaintenanceWindow // nil: not known any more
	reach     headstart.Reach
	audiences []headstart.Audience // by id
	subject   subject
	doors     []*headstart.Location // what the catalog says of the places it touches
}

// work returns the planned work called id as it stands now.
func (b *book) work(id string) *work {
	w := b.plans.Window(id)
	if x := b.works[id]; x != nil && x.window == w {
		return x
	}
	x := &work{id: id, window: w}
	b.works[id] = x
	if w == nil {
		delete(b.works, id)
		return x
	}
	x.reach = b.plans.Reach(id)
	x.audiences = slices.Clone(b.audiencesOf(x.reach.Services, x.reach.Locations, x.reach.Departments))
	slices.SortFunc(x.audiences, func(a, b headstart.Audience) int { return strings.Compare(a.ID, b.ID) })
	x.subject = b.subjectOfWork(x)
	for _, at := range x.reach.Locations {
		if l := b.places[at]; l != nil {
			x.doors = append(x.doors, l)
		}
	}
	return x
}

// subjectOfWork is what the words about planned work are about: a service it names,
// a printer if that is all, else the most critical service it touches.
func (b *book) subjectOfWork(x *work) subject {
	s := b.mostCritical(slices.Concat(x.window.Services, x.window.Assets))
	if s == nil {
		s = b.mostCritical(x.reach.Services)
	}
	sub := subject{service: s, kind: headstart.KindOther}
	if s != nil {
		sub.kind = kindOf(s)
	}
	if w := x.window; len(w.Assets) == 1 && len(w.Services)+len(w.Locations) == 0 {
		if d := b.devices[w.Assets[0]]; d != nil && d.Kind == "printer" {
			sub.device, sub.kind = d, headstart.KindPrinter
		}
	}
	return sub
}

// audience is the one called id that the work touches, or nil.
func (x *work) audience(id string) *headstart.Audience {
	n, found := slices.BinarySearchFunc(x.audiences, id, func(a headstart.Audience, id string) int { return strings.Compare(a.ID, id) })
	if !found {
		return nil
	}
	return &x.audiences[n]
}

// told reports whether users of an audience may be told of the work: somebody
// stands behind it, it touches them, and nothing of it is confidential (ruling 30).
func (x *work) told(audience string) bool {
	return x.window != nil && x.window.Holds() && !x.reach.Confidential && x.audience(audience) != nil
}

// over reports whether the work has ended at t, or will not be.
func (x *work) over(t time.Time) bool { return x.window == nil || x.window.Over(t) }

// ahead reports whether the work has not begun at t.
func (x *work) ahead(t time.Time) bool { return x.window != nil && t.Before(x.window.StartsAt) }

// sees reports whether an announcement says the period as it is planned now.
func (x *work) sees(a *headstart.Announcement) bool {
	return a.StartsAt.Equal(x.window.StartsAt) && a.EndsAt.Equal(x.window.EndsAt)
}

// openedAhead is how long before it begins planned work is offered to the desk as a
// draft: two days of deciding before the first message, 120 hours ahead, is due.
// Windows that come again are planned further ahead than anybody would approve them.
const openedAhead = 7 * 24 * time.Hour

// fileWork keeps an announcement among those of its window.
func (b *book) fileWork(a *headstart.Announcement) {
	if a.Window == "" {
		return
	}
	list := b.planned[a.Window]
	if n, found := placeOf(list, a.ID); !found {
		b.planned[a.Window] = slices.Insert(list, n, a)
	}
}

// unfileWork forgets it.
func (b *book) unfileWork(a *headstart.Announcement) {
	list := b.planned[a.Window]
	if n, found := placeOf(list, a.ID); found {
		b.planned[a.Window] = slices.Delete(list, n, n+1)
	}
	if len(b.planned[a.Window]) == 0 {
		delete(b.planned, a.Window)
	}
}

// noticeOf returns what an audience is told of a window: the newest, if the window
// came again, or nil. Numbers rise.
func (b *book) noticeOf(window, audience string) *headstart.Announcement {
	var newest *headstart.Announcement
	for _, a := range b.planned[window] {
		if a.Audience == audience && (newest == nil || younger(a.Number, newest.Number)) {
			newest = a
		}
	}
	return newest
}

// younger reports whether number a was given after number b.
func younger(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }

// numberOf is what people call the work: the newest number of the announcements it
// has, for as long as any of them is not over and the audience had none of it.
func (b *book) numberOf(x *work, audience string) (number, of string) {
	for _, a := range b.planned[x.id] {
		if !finished(a) && b.announcements[a.UID+"."+audience] == nil && (number == "" || younger(a.Number, number)) {
			number, of = a.Number, a.UID
		}
	}
	if number != "" {
		return number, of
	}
	b.lastWork++
	number = "HS-W" + itoa(b.lastWork)
	return number, uid(b.log.Installation, headstart.ProblemKey("work/"+x.id+"/"+number), x.window.StartsAt)
}

// finished reports whether nothing more is told by a.
func finished(a *headstart.Announcement) bool {
	return a.State != headstart.AnnouncementDraft && !a.Live()
}
