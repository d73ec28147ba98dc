package incidents

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// lookAtWork brings what users are told of planned work in line with how it stands
// now, audience after audience; from is the one dealt with last. It asks for nothing
// but the time and the window, so it may be called at any moment and as often as
// anything changed: a restart, a reload or a window moved in the last minute all end
// the same.
func (b *book) lookAtWork(id, from string) {
	if b.composer == nil || id == "" {
		return
	}
	x := b.work(id)
	list := b.listeners(x)
	n, found := slices.BinarySearch(list, from)
	if found {
		n++
	}
	for k, audience := range list[n:] {
		if b.spent() >= enough || k == fewAudiences {
			b.agenda.add(b.now, doWork, id, 0, false).From = from
			return
		}
		b.tellOfWork(x, audience)
		from = audience
	}
	b.wakeAt(id, b.nextLook(x))
}

// listeners are the audiences that the work touches or that were told of it, sorted.
func (b *book) listeners(x *work) []string {
	var out []string
	for n := range x.audiences {
		out = append(out, x.audiences[n].ID)
	}
	for _, a := range b.planned[x.id] {
		out = append(out, a.Audience)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// workDue looks at planned work whose time has come, or goes on with it.
func (b *book) workDue(d *deadline) {
	if b.wakes[d.Key] == d {
		delete(b.wakes, d.Key)
	}
	b.lookAtWork(d.Key, d.From)
}

// wakeAt sets when a window is looked at next; zero: not until something changes.
func (b *book) wakeAt(id string, due time.Time) {
	old := b.wakes[id]
	switch {
	case due.IsZero():
		if old != nil {
			b.agenda.pop(old)
		}
		delete(b.wakes, id)
	case old == nil || !old.Due.Equal(due):
		if old != nil {
			b.agenda.pop(old)
		}
		b.wakes[id] = b.agenda.add(due, doWork, id, 0, false)
	}
}

// readWake takes a stored deadline for the next look.
func (b *book) readWake(d *deadline) {
	if d.Do == doWork && d.From == "" {
		b.wakes[d.Key] = d
	}
}

// lookAgainAtAllWork looks at all planned work at once, in units of its own: what
// decides about it changed.
func (b *book) lookAgainAtAllWork() {
	if len(b.planned) > 0 || len(b.plans.Windows()) > 0 {
		b.agenda.add(b.now, doAllWork, "", 0, false)
	}
}

// lookAtAllWork looks at all planned work after one.
func (b *book) lookAtAllWork(after string) {
	ids := slices.Concat(b.plans.Windows(), sortedKeys(b.planned))
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if id <= after {
			continue
		}
		if b.spent() >= enough {
			b.agenda.add(b.now, doAllWork, "", 0, false).From = after
			return
		}
		b.lookAtWork(id, "")
		after = id
	}
}

// settled is how long after its end planned work is looked at: what it left broken
// is judged by correlation first.
const settled = 2 * time.Minute

// lookAgain is between the first looks at work that is over and of which nobody said
// yet that it is done; what fails there may be over by itself. Later ones are further
// apart, an eighth of the time since.
const lookAgain = 5 * time.Minute

// nextLook is when the time alone changes what users are told of x; zero: never.
func (b *book) nextLook(x *work) time.Time {
	times := []time.Time{}
	live, begun := false, false
	for _, a := range b.planned[x.id] {
		if a.Planned() {
			times = append(times, b.timesOf(a)...)
			live = live || a.Live()
			begun = begun || a.Live() && a.Last().Phase != headstart.MaintenanceAnnounced
		}
	}
	if w := x.window; w != nil && w.Holds() {
		times = append(times, w.StartsAt.Add(-openedAhead), w.StartsAt, w.EndsAt)
		if live {
			times = append(times, w.EndsAt.Add(settled))
		}
	}
	if w := x.window; begun && w != nil && x.over(b.now) {
		times = append(times, b.now.Add(max(lookAgain, b.now.Sub(w.EndsAt)/8).Truncate(time.Second)))
	}
	if len(b.planned[x.id]) > 0 {
		times = append(times, b.hush)
	}
	times = slices.DeleteFunc(times, func(t time.Time) bool { return !t.After(b.now) })
	if len(times) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(times, time.Time.Compare)
}

// timesOf are when the time alone changes an announcement of planned work.
func (b *book) timesOf(a *headstart.Announcement) []time.Time {
	if finished(a) {
		return []time.Time{b.log.NoticeGoes(a)}
	}
	out := []time.Time{a.NextPush, a.EndsAt}
	if a.NextUpdateBy != nil {
		out = append(out, a.NextUpdateBy.Add(lateness))
	}
	return out
}

// forgetWork forgets an announcement of planned work.
func (b *book) forgetWork(a *headstart.Announcement) {
	for _, key := range slices.Clone(b.owedOf[a.ID]) {
		b.strike(key)
	}
	b.unfileWork(a)
	delete(b.announcements, a.ID)
	b.dirty.del(headstart.TableAnnouncements, a.ID)
}

// tellOfWork brings what one audience is told of x in line with how it stands.
func (b *book) tellOfWork(x *work, audience string) {
	for _, a := range slices.Clone(b.planned[x.id]) {
		if a.Audience == audience && !b.log.ExportFirst && b.goneBy(b.log.NoticeGoes(a)) {
			b.forgetWork(a)
		}
	}
	a := b.noticeOf(x.id, audience)
	if a == nil || finished(a) {
		b.openWork(x, audience, a)
		return
	}
	if !a.Planned() {
		return // an incident speaks of it
	}
	b.describeWork(x, a)
	if a.State == headstart.AnnouncementDraft {
		b.draftWork(x, a)
	} else {
		b.followWork(x, a)
	}
}

// openWork makes the draft of planned work that is near enough. was is what the
// audience was told of the window before, if anything: the same period is not told
// twice, unless it was called off and is planned again.
func (b *book) openWork(x *work, audience string, was *headstart.Announcement) {
	if !x.told(audience) || x.over(b.now) || b.now.Before(x.window.StartsAt.Add(-openedAhead)) {
		return
	}
	if was != nil && x.window.StartsAt.Equal(was.StartsAt) && (was.Last() == nil || was.Last().Phase != headstart.MaintenanceCancelled) {
		return
	}
	a := b.newNotice(x, *x.audience(audience))
	b.describeWork(x, a)
	b.draftWork(x, a)
}

// newNotice makes an announcement of planned work.
func (b *book) newNotice(x *work, aud headstart.Audience) *headstart.Announcement {
	number, uid := b.numberOf(x, aud.ID)
	a := &headstart.Announcement{
		V: 1, ID: uid + "." + aud.ID, UID: uid, Window: x.id, Number: number, Audience: aud.ID, Languages: b.languages(aud),
		State: headstart.AnnouncementDraft, How: headstart.HowDraft, Updates: []headstart.Update{},
		StartsAt: x.window.StartsAt, EndsAt: x.window.EndsAt,
	}
	b.announcements[a.ID] = a
	b.fileWork(a)
	return a
}

// draftWork keeps the first message about planned work up to date until somebody
// approves it. Work that has begun meanwhile is told of as such.
func (b *book) draftWork(x *work, a *headstart.Announcement) {
	switch {
	case !x.told(a.Audience): // nobody saw it; should it be planned again there is another
		b.noteWork(a, "discarded", "rule", "why", b.because("niet meer gepland", "not planned any more"))
		b.forgetWork(a)
		return
	case x.over(b.now):
		b.discardWork(a, b.because("voorbij voor het geplaatst was", "over before it was published"))
		return
	}
	phase := headstart.MaintenanceAnnounced
	if !x.ahead(b.now) {
		phase = headstart.MaintenanceStarted
	}
	if a.Draft != nil && a.Draft.By != "rule" && a.Draft.Phase == phase && x.sees(a) {
		return // a person's words
	}
	u := b.composeWork(x, a, phase, "rule", nil)
	if phase == headstart.MaintenanceStarted {
		u.Why = append(u.Why, b.because("niemand keurde de aankondiging vooraf goed", "nobody approved the announcement before it began"))
	}
	if !x.sees(a) {
		a.StartsAt, a.EndsAt = x.window.StartsAt, x.window.EndsAt
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
	b.offerWork(x, a, u)
}

// followWork brings a published announcement in line with the window: moved, begun,
// taking longer, over or called off.
func (b *book) followWork(x *work, a *headstart.Announcement) {
	b.missWork(a)
	begun := a.Last().Phase != headstart.MaintenanceAnnounced
	told := x.told(a.Audience)
	if told && a.Draft != nil && a.Draft.Phase == headstart.MaintenanceCancelled {
		a.Draft = nil // it goes on after all
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
	switch {
	case x.reach.Confidential: // users hear nothing more (ruling 30)
		b.closeWork(a, b.because("vertrouwelijk", "confidential"))
	case !told && !begun:
		b.callOffWork(x, a)
	case x.over(b.now) || !x.window.Holds():
		b.endWork(x, a)
	case !told: // it goes on elsewhere
	case begun:
		b.extendWork(x, a)
	case !x.ahead(b.now):
		b.startWork(x, a)
	default:
		b.moveWork(x, a)
		b.remindWork(x, a)
	}
}

// callOffWork offers to say that announced work is off. Once its time is past nobody
// needs to hear any more that it was not done.
func (b *book) callOffWork(x *work, a *headstart.Announcement) {
	if !b.now.Before(a.EndsAt) {
		b.closeWork(a, b.because("de geplande tijd is voorbij", "the planned time is past"))
		return
	}
	if !a.NextPush.IsZero() {
		a.NextPush = time.Time{}
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
	b.offerWork(x, a, b.composeWork(x, a, headstart.MaintenanceCancelled, "rule", nil))
}

// startWork says that the work has begun, by itself where somebody approved the
// announcement of it.
func (b *book) startWork(x *work, a *headstart.Announcement) {
	u := b.composeWork(x, a, headstart.MaintenanceStarted, "rule", nil)
	u.Why = slices.DeleteFunc(u.Why, func(why string) bool { return strings.Contains(why, b.plainWords()) }) // somebody approved these words
	b.offerWork(x, a, u)
}

// extendWork says of running work that it takes longer, or that it ends earlier.
func (b *book) extendWork(x *work, a *headstart.Announcement) {
	switch end := x.window.EndsAt; {
	case end.After(a.EndsAt):
		b.offerWork(x, a, b.composeWork(x, a, headstart.MaintenanceExtended, "rule", nil))
	case end.Before(a.EndsAt) && a.Last().Phase == headstart.MaintenanceStarted:
		b.correctWork(x, a, headstart.MaintenanceStarted)
	case a.Draft != nil && a.Draft.By == "rule" && a.Draft.Phase != headstart.MaintenanceStarted:
		a.Draft = nil // what it offered is not so any more
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
}

// endWork offers to say that the work is done, once its end is past and nothing that
// it touched fails. What it left broken becomes an incident, which takes the
// announcement over; until then the desk is offered to say that it takes longer.
func (b *book) endWork(x *work, a *headstart.Announcement) {
	if x.window == nil {
		b.closeWork(a, b.because("het werk is niet meer bekend", "the work is not known any more"))
		return
	}
	if asPlanned := !x.window.EndsAt.Before(a.EndsAt); asPlanned && b.now.Before(x.window.EndsAt.Add(settled)) {
		return // what it left broken shows first; who ends it early has looked
	}
	phase := headstart.MaintenanceDone
	since, _ := b.plans.Failing(x.id)
	if since > 0 {
		phase = headstart.MaintenanceExtended
	}
	if since > 0 && b.now.Before(a.EndsAt) {
		return // the end that a person named lies ahead
	}
	u := b.composeWork(x, a, phase, "rule", nil)
	if since > 0 {
		u.Why = append(u.Why, b.because("er faalt nog iets van wat het werk raakte: noem een nieuwe eindtijd", "something that the work touched still fails: name a new end"))
	}
	b.offerWork(x, a, u)
}

// closeWork ends an announcement without a further message.
func (b *book) closeWork(a *headstart.Announcement, why string) {
	a.State, a.Draft, a.PushDraft, a.NextPush, a.NextUpdateBy = headstart.AnnouncementFinal, nil, false, time.Time{}, nil
	b.noteWork(a, "closed", "rule", "why", why)
}

func (b *book) discardWork(a *headstart.Announcement, why string) {
	a.State, a.Draft = headstart.AnnouncementDiscarded, nil
	b.noteWork(a, "discarded", "rule", "why", why)
}

// noteWork records what was decided about an announcement of planned work. No
// incident has it in its timeline; the announcement itself tells who approved what.
func (b *book) noteWork(a *headstart.Announcement, outcome, by string, kv ...string) {
	b.note(headstart.Decision{
		Rule: "M-07", Outcome: outcome, By: person(by), Subject: a.Audience,
		Facts: facts(append([]string{"work", a.Number, "window", a.Window}, kv...)...),
	})
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// lateness is how long after a promised time a message still keeps the promise:
// planned work is said to be ready around a time.
const lateness = 15 * time.Minute

// missWork counts a promise that passed.
func (b *book) missWork(a *headstart.Announcement) {
	if due := a.NextUpdateBy; due != nil && !b.now.Before(due.Add(lateness)) {
		a.NextUpdateBy = nil
		a.Promises[1]++
		b.noteWork(a, "promise_missed", "rule", "promised", stamp(due))
	}
}
