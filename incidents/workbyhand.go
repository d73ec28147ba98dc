package incidents

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"headstart"
)

// onPlanned approves, discards or withdraws an announcement of planned work.
func (b *book) onPlanned(a *headstart.Announcement, c *headstart.Command) error {
	x := b.work(a.Window)
	defer b.lookLater(a.Window)
	switch c.Do {
	case "approve":
		return b.approveWork(x, a, c)
	case "discard":
		return b.declineWork(a, c)
	case "withdraw":
		return b.withdrawWork(x, a, c)
	}
	return fmt.Errorf("an announcement of planned work cannot be changed by %q; change the work, or write with announce", c.Do)
}

// lookLater looks at planned work in the next unit: a command changed what its next
// deadline follows from.
func (b *book) lookLater(id string) { b.wakeAt(id, b.now) }

// mayTellWork refuses what would reach users who must not hear of it (ruling 30).
func (b *book) mayTellWork(x *work) error {
	switch {
	case x.reach.Confidential:
		return fmt.Errorf("%s touches something confidential: nobody is told of it", x.id)
	case b.now.Before(b.hush):
		return fmt.Errorf("all messages are held until %s; end that with hush for 0s", b.hush.In(b.zone).Format("15:04"))
	}
	return nil
}

func (b *book) approveWork(x *work, a *headstart.Announcement, c *headstart.Command) error {
	if err := b.mayTellWork(x); err != nil {
		return err
	}
	u := a.Draft
	switch {
	case u == nil && a.PushDraft && a.Live():
		if err := b.fourEyes(a.Last(), c.By); err != nil {
			return err
		}
		b.pushWork(a, c.By)
		return nil
	case u == nil:
		return fmt.Errorf("nothing waits for approval for %s", a.Audience)
	}
	if err := b.fourEyes(u, c.By); err != nil {
		return err
	}
	if u.By == "rule" && !u.Edited { // the state of now, not of when it was drafted
		fresh := b.composeWorkUntil(x, a, u.Phase, u.By, c.Variables, c.Until)
		fresh.Corrects, u = u.Corrects, fresh
	}
	u.Approver = c.By
	return b.sendWork(x, a, u)
}

// sendWork publishes what a person stands behind, and pushes it where nothing else
// will: the first message of work that begins within the hour or runs already.
func (b *book) sendWork(x *work, a *headstart.Announcement, u *headstart.Update) error {
	if err := b.fitsWork(x, a, u); err != nil {
		return err
	}
	first := len(a.Updates) == 0
	b.publishWork(x, a, u)
	switch {
	case first && a.NextPush.IsZero(), u.Corrects && a.How == headstart.HowPush:
		b.pushWork(a, u.Approver)
	}
	return nil
}

// fitsWork refuses a message that does not fit how the work stands.
func (b *book) fitsWork(x *work, a *headstart.Announcement, u *headstart.Update) error {
	if err := b.lacking(u); err != nil {
		return err
	}
	switch u.Phase {
	case headstart.MaintenanceAnnounced, headstart.MaintenanceStarted:
		return b.fitsAhead(x, a, u.Phase)
	case headstart.MaintenanceExtended, headstart.MaintenanceDone, headstart.MaintenanceCancelled:
		return b.fitsAfter(x, a, u)
	case headstart.Withdrawn:
		if !a.Live() {
			return fmt.Errorf("nothing is published for %s", a.Audience)
		}
		return nil
	default:
		return fmt.Errorf("%q is no phase of planned work", u.Phase)
	}
}

// fitsAhead refuses to say that work comes, or began, which is not so.
func (b *book) fitsAhead(x *work, a *headstart.Announcement, phase headstart.Phase) error {
	told, ahead := x.told(a.Audience), x.ahead(b.now)
	if phase == headstart.MaintenanceAnnounced && (!told || !ahead) {
		return fmt.Errorf("%s is not planned any more, or has begun", x.id)
	}
	if phase == headstart.MaintenanceStarted && (!told || ahead || x.over(b.now)) {
		return fmt.Errorf("%s does not run", x.id)
	}
	return nil
}

// fitsAfter refuses to say of work that it takes longer, is done or is off where users
// were told nothing, or where it is not so.
func (b *book) fitsAfter(x *work, a *headstart.Announcement, u *headstart.Update) error {
	begun := a.Live() && a.Last().Phase != headstart.MaintenanceAnnounced
	since, _ := b.plans.Failing(x.id)
	switch {
	case u.Phase == headstart.MaintenanceExtended && !begun:
		return fmt.Errorf("users were not told that %s began", x.id)
	case u.Phase == headstart.MaintenanceExtended && u.NextUpdateBy == nil:
		return fmt.Errorf("name the time %s ends now", x.id)
	case u.Phase == headstart.MaintenanceCancelled && (!a.Live() || begun || x.told(a.Audience)):
		return fmt.Errorf("%s is still planned; call it off first", x.id)
	case u.Phase == headstart.MaintenanceDone && since > 0:
		return fmt.Errorf("%d things that %s touched still fail: it is not done", since, x.id)
	case u.Phase == headstart.MaintenanceDone && (!a.Live() || !x.over(b.now)):
		return fmt.Errorf("%s is not over; end it first", x.id)
	}
	return nil
}

// declineWork drops what waits. What ends an announcement ends it then without a
// word; what runs goes on as told.
func (b *book) declineWork(a *headstart.Announcement, c *headstart.Command) error {
	by := b.because("met de hand", "by hand")
	switch {
	case a.State == headstart.AnnouncementDraft:
		b.discardWork(a, by)
	case a.Draft != nil && a.Draft.Final:
		b.closeWork(a, by)
	case a.Draft != nil:
		a.Declined, a.Draft = a.Draft.Phase, nil
		b.noteWork(a, "draft_discarded", c.By)
	case a.PushDraft:
		a.PushDraft = false
		b.noteWork(a, "draft_discarded", c.By)
	default:
		return fmt.Errorf("no draft waits for %s", a.Audience)
	}
	return nil
}

// withdrawWork says that the message was wrong, to everybody who got it.
func (b *book) withdrawWork(x *work, a *headstart.Announcement, c *headstart.Command) error {
	if !a.Live() {
		return fmt.Errorf("nothing is published for %s", a.Audience)
	}
	if err := b.mayTellWork(x); err != nil {
		return err
	}
	u := b.composeWork(x, a, headstart.Withdrawn, c.By, c.Variables)
	if err := b.lacking(u); err != nil {
		return err
	}
	if b.config.FourEyes {
		b.workAwaitsEyes(a, u)
		return nil
	}
	u.Approver = c.By
	b.publishWork(x, a, u)
	return nil
}

// workSaying is what a person writes about planned work, and to whom it is still to go.
type workSaying struct {
	saying
	Until time.Time `json:"until,omitzero"`
}

// announceWork publishes what a person writes about planned work. It is its own
// approval unless announce.four_eyes is set; without an audience it goes to all, and
// without a phase it says what is next.
func (b *book) announceWork(c *headstart.Command) error {
	x := b.work(c.Window)
	switch {
	case b.composer == nil:
		return fmt.Errorf("no words are configured")
	case x.window == nil:
		return missing(fmt.Sprintf("no planned work %.80q; see headstart maintenance list", c.Window))
	case x.window.Proposed:
		return fmt.Errorf("%s is a proposal; approve it first", x.id)
	}
	if err := b.mayTellWork(x); err != nil {
		return err
	}
	s := workSaying{saying: saying{Phase: c.Phase, By: c.By, Vars: maps.Clone(c.Variables)}, Until: c.Until}
	if c.Text != "" {
		slot := "Reason"
		if c.Phase == headstart.MaintenanceAnnounced || c.Phase == "" && x.ahead(b.now) {
			slot = "Why"
		}
		if s.Vars == nil {
			s.Vars = map[string]string{}
		}
		s.Vars[slot] = c.Text
	}
	for _, audience := range b.listeners(x) {
		if c.Audience == "" || c.Audience == audience {
			s.To = append(s.To, audience)
		}
	}
	switch {
	case len(s.To) == 0 && c.Audience != "":
		return missing(fmt.Sprintf("%s does not touch audience %.50q", x.id, c.Audience))
	case len(s.To) == 0:
		return fmt.Errorf("%s touches no service or location of the catalog, so it has no audience", x.id)
	}
	defer b.lookLater(x.id)
	return b.sayWorkTo(x, s)
}

// sayWorkTo writes to as many audiences as a unit may hold, and to the others at once
// in further ones.
func (b *book) sayWorkTo(x *work, s workSaying) error {
	for n, audience := range s.To {
		if n > 0 && (b.spent() >= enough || n == fewAudiences) {
			s.To = s.To[n:]
			b.agenda.add(b.now, doSayWork, x.id, 0, false).Arg = string(encode(s))
			return nil
		}
		if err := b.writeWork(x, audience, s); err != nil {
			return err
		}
	}
	return nil
}

// sayWorkOn goes on with what a person wrote.
func (b *book) sayWorkOn(id, arg string) {
	var s workSaying
	x := b.work(id)
	if json.Unmarshal([]byte(arg), &s) != nil || b.composer == nil || x.window == nil || b.mayTellWork(x) != nil {
		return
	}
	if err := b.sayWorkTo(x, s); err != nil {
		b.note(headstart.Decision{Rule: "H-02", Outcome: "refused", By: s.By, Subject: id, Facts: facts("do", "announce", "why", err.Error())})
	}
}

func (b *book) writeWork(x *work, audience string, s workSaying) error {
	a := b.noticeOf(x.id, audience)
	switch {
	case a != nil && !a.Planned() && !finished(a):
		return fmt.Errorf("%s tells %s of it; announce that one", a.Incident, audience)
	case a == nil || finished(a):
		if !x.told(audience) || x.over(b.now) {
			return fmt.Errorf("%s is over or not planned for %s", x.id, audience)
		}
		a = b.newNotice(x, *x.audience(audience))
		b.describeWork(x, a)
	}
	phase := s.Phase
	if phase == "" {
		phase = b.nextPhase(x, a)
	}
	u := b.composeWorkUntil(x, a, phase, s.By, s.Vars, s.Until)
	if err := b.fitsWork(x, a, u); err != nil {
		return err
	}
	u.Corrects = a.Live() && phase == a.Last().Phase && phase == headstart.MaintenanceAnnounced
	if b.config.FourEyes {
		b.workAwaitsEyes(a, u)
		return nil
	}
	u.Approver = s.By
	return b.sendWork(x, a, u)
}

// workAwaitsEyes lets what a person wrote of planned work wait for another one.
func (b *book) workAwaitsEyes(a *headstart.Announcement, u *headstart.Update) {
	u.Why = append(u.Why, b.because("vier ogen: een ander keurt goed", "four eyes: another person approves"))
	a.Draft = u
	b.noteWork(a, "drafted", u.By, "phase", string(u.Phase), "why", b.because("vier ogen", "four eyes"))
}

// nextPhase is what is to be told of planned work next.
func (b *book) nextPhase(x *work, a *headstart.Announcement) headstart.Phase {
	switch {
	case a.Draft != nil:
		return a.Draft.Phase
	case !x.window.Holds() && a.Live() && a.Last().Phase == headstart.MaintenanceAnnounced:
		return headstart.MaintenanceCancelled
	case x.over(b.now):
		return headstart.MaintenanceDone
	case x.ahead(b.now):
		return headstart.MaintenanceAnnounced
	case a.Live() && slices.Contains([]headstart.Phase{headstart.MaintenanceStarted, headstart.MaintenanceExtended}, a.Last().Phase):
		return headstart.MaintenanceExtended
	}
	return headstart.MaintenanceStarted
}
