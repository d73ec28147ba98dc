package incidents

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"headstart"
)

// hushEnds sets when what was held is looked at again: of one incident, or of all
// where id is empty. Nobody need be at the desk for it.
func (b *book) hushEnds(id headstart.IncidentID, until time.Time) {
	b.agenda.add(until, doHush, string(id), 0, false)
}

// unhushPart is how many incidents one unit of the end of a hush judges (ruling 1).
const unhushPart = 10

// unhushed judges again what a hush held (ruling 30): notices that waited for
// nothing else may stand now. It goes on in parts; from is the number of the last
// incident judged. What was to be pushed waits for a person, as before.
func (b *book) unhushed(id headstart.IncidentID, from int) {
	if i := b.incidents[id]; i != nil {
		b.unhush(i)
		return
	}
	if b.now.Before(b.hush) {
		return // held for longer since
	}
	if from == 0 {
		b.lookAgainAtAllWork()
	}
	list := b.held(from)
	for n, i := range list {
		if n == unhushPart || n > 0 && b.spent() >= enough {
			b.agenda.add(b.now, doHush, "", list[n-1].Seq, false)
			return
		}
		b.unhush(i)
	}
}

// held are the incidents a hush may have kept back, by number, from one on: those
// that live, and those over whose end is not told.
func (b *book) held(from int) []*incident {
	seen := maps.Clone(b.live)
	for _, a := range b.announcements {
		if i := b.incidents[a.Incident]; i != nil && a.Live() {
			seen[i.ID] = i
		}
	}
	var list []*incident
	for _, i := range seen {
		if i.Seq > from {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(x, y *incident) int { return cmp.Compare(x.Seq, y.Seq) })
	return list
}

func (b *book) unhush(i *incident) {
	if b.hushed(i) {
		return
	}
	b.correct(i)
	b.judge(i)
	waits := slices.ContainsFunc(b.tells(i), func(a *headstart.Announcement) bool { return waitsForEnd(a) && a.Draft.By == "rule" })
	if waits && (i.State == headstart.Resolved || i.State == headstart.Closed) && len(b.againstResolved(i)) == 0 {
		b.resolveDue(i, round{Do: doResolve, Gen: i.X.Gen})
	}
	b.writeBack(i)
	b.dirty.incident(i)
}
