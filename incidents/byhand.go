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

// announceByHand publishes what a person writes. It is its own approval unless
// announce.four_eyes is set; without an audience it goes to all of them.
func (b *book) announceByHand(i *incident, c *headstart.Command) error {
	if b.composer == nil {
		return fmt.Errorf("no words are configured")
	}
	if err := b.mayTell(i); err != nil {
		return err
	}
	phase := c.Phase
	if phase == "" {
		phase = headstart.Investigating
	}
	if phase == headstart.Withdrawn {
		return fmt.Errorf("withdraw an announcement by its id")
	}
	auds := b.audiences(i)
	if c.Audience != "" {
		if auds = b.named(c.Audience); len(auds) == 0 {
			return missing(fmt.Sprintf("no audience %.50q; name one of the configuration, a location, or all", c.Audience))
		}
	}
	if len(auds) == 0 {
		return fmt.Errorf("%s hits no service or location of the catalog, so it has no audience; name one", i.ID)
	}
	vars := maps.Clone(c.Variables)
	if vars == nil {
		vars = map[string]string{}
	}
	if slot := textSlot[phase]; c.Text != "" && vars[slot] == "" {
		vars[slot] = c.Text
	}
	i.X.Touched = true
	i.hear(vars)
	delete(vars, "effect")
	if !c.Due.IsZero() && !c.Due.After(b.now) {
		return fmt.Errorf("the next message is promised for %s, which is over; give a time still to come", b.clockWords(c.Due))
	}
	s := saying{Phase: phase, By: c.By, Vars: vars, Due: c.Due.Truncate(time.Minute)}
	for _, aud := range auds {
		s.To = append(s.To, aud.ID)
	}
	return b.sayTo(i, s)
}

// saying is what a person writes to several audiences, and to whom it is still to go.
type saying struct {
	Phase headstart.Phase   `json:"phase"`
	By    string            `json:"by"`
	Vars  map[string]string `json:"vars,omitempty"`
	To    []string          `json:"to"`
	Due   time.Time         `json:"due,omitzero"` // of the next message, if that is before the cadence wants it
}

// sayTo writes to as many audiences as a unit may hold, and to the others at once in
// further ones.
func (b *book) sayTo(i *incident, s saying) error {
	for n, id := range s.To {
		if n > 0 && b.spent() >= enough {
			s.To = s.To[n:]
			b.goOn(i, round{Do: doAnnounce, Arg: string(encode(s))})
			return nil
		}
		if err := b.writeUpdate(i, b.announcement(i, b.audience(i, id)), s); err != nil {
			return err
		}
	}
	return nil
}

// sayOn goes on with what a person wrote.
func (b *book) sayOn(i *incident, arg string) {
	var s saying
	if json.Unmarshal([]byte(arg), &s) != nil || b.composer == nil || b.mayTell(i) != nil {
		return // made confidential in the same moment
	}
	if err := b.sayTo(i, s); err != nil {
		b.decide(i, headstart.Decision{Rule: "H-02", Outcome: "refused", By: s.By, Facts: facts("do", "announce", "why", err.Error())})
	}
}

// audience is the one of i, or of the configuration, that is called id.
func (b *book) audience(i *incident, id string) headstart.Audience {
	for _, a := range b.audiences(i) {
		if a.ID == id {
			return a
		}
	}
	for _, a := range b.named(id) {
		return a
	}
	return headstart.Audience{ID: id}
}

// mayTell refuses what would reach users of an incident they must not hear of
// (ruling 30).
func (b *book) mayTell(i *incident) error {
	switch {
	case i.Confidential:
		return fmt.Errorf("%s is confidential; make it public first", i.ID)
	case b.hushed(i):
		until := b.hush
		if i.X.Hush.After(until) {
			until = i.X.Hush
		}
		return fmt.Errorf("all messages are held until %s; end that with hush for 0s", until.In(b.zone).Format("15:04"))
	}
	return nil
}

// named returns the audience a person names: one of the configuration, else a
// location, else everybody.
func (b *book) named(id string) []headstart.Audience {
	for _, a := range b.log.Audiences {
		if a.ID == id {
			return []headstart.Audience{a}
		}
	}
	switch {
	case id == "all":
		return []headstart.Audience{{ID: id}}
	case b.catalog.LocationByID(id) != nil:
		return []headstart.Audience{{ID: id, Locations: []string{id}}}
	}
	return nil
}

// textSlot is where a person's free text stands in a phase's words.
var textSlot = map[headstart.Phase]string{
	headstart.Investigating: "Progress", headstart.Identified: "Cause", headstart.Progress: "Progress", headstart.ETAChanged: "Reason",
	headstart.WorkaroundFound: "Workaround", headstart.Solved: "Cause", headstart.Reopened: "Progress",
}

func (b *book) writeUpdate(i *incident, a *headstart.Announcement, s saying) error {
	u := b.composeBy(i, a, s.Phase, s.By, s.Vars, b.nearer(i, a, s))
	if lacking := b.lacking(u); len(lacking) > 0 { // a gate hit or a long short text never blocks a person
		return fmt.Errorf("the %s message cannot go out: %s", s.Phase, strings.Join(lacking, "; "))
	}
	if b.config.FourEyes {
		u.Why = append(u.Why, b.because("vier ogen: een ander keurt goed", "four eyes: another person approves"))
		a.Draft = u
		b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "drafted", By: s.By, Subject: a.Audience, Facts: facts("why", b.because("vier ogen", "four eyes"))})
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
		return nil
	}
	if ours := a.Draft; ours != nil && ours.By == "rule" && ours.Phase == s.Phase || a.PushDraft && s.Phase == headstart.Investigating {
		b.distrust() // in other words than ours
	}
	u.Approver = s.By
	b.publish(i, a, u, headstart.HowPage, "H-01")
	if a.How != headstart.HowPush && !u.Final && b.config.pushes(s.Phase) {
		b.pushNow(i, a, "H-01", s.By)
	}
	return nil
}

// onAnnouncement approves, discards or withdraws.
func (b *book) onAnnouncement(c *headstart.Command) (*incident, error) {
	a := b.announcements[c.Announcement]
	if a == nil {
		return nil, missing(fmt.Sprintf("no announcement %q", c.Announcement))
	}
	if a.Planned() {
		return nil, b.onPlanned(a, c)
	}
	i := b.incidents[a.Incident]
	switch c.Do {
	case "approve":
		return i, b.approve(i, a, c)
	case "discard":
		switch {
		case a.State == headstart.AnnouncementDraft:
			b.discard(i, a, c.By, b.because("met de hand", "by hand"))
			if !slices.Contains(i.X.Declined, a.Audience) {
				i.X.Declined = append(i.X.Declined, a.Audience)
			}
		case a.Draft != nil || a.PushDraft:
			if a.Draft == nil {
				a.Pushing.Declined = true
			}
			if speaksOfWork(a) && !slices.Contains(i.X.Declined, a.Audience) {
				i.X.Declined = append(i.X.Declined, a.Audience)
			}
			a.Draft, a.PushDraft = nil, false
			b.decide(i, headstart.Decision{Rule: "H-01", Outcome: "draft_discarded", By: c.By, Subject: a.Audience})
			b.dirty.put(headstart.TableAnnouncements, a.ID, a)
		default:
			return i, fmt.Errorf("no draft waits for %s", a.Audience)
		}
		b.renew(i, a)
		return i, nil
	default:
		return i, b.withdraw(i, a, c)
	}
}

func (b *book) approve(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	if err := b.mayTell(i); err != nil {
		return err
	}
	if over := !i.Live(); over && (a.Draft != nil && a.Draft.Phase != headstart.Solved || a.Draft == nil && a.PushDraft) {
		return fmt.Errorf("%s is over; discard the draft, nobody needs to hear any more that it is broken", i.ID)
	}
	switch {
	case a.Draft != nil:
		return b.approveDraft(i, a, c)
	case a.PushDraft && a.Live():
		_ = b.freshen(i, a) // a word of our trade stops no person
		b.pushNow(i, a, "H-01", c.By)
		b.trust()
	default:
		return fmt.Errorf("nothing waits for approval for %s", a.Audience)
	}
	return nil
}

func (b *book) approveDraft(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	u := a.Draft
	if b.config.FourEyes && u.By == c.By {
		return fmt.Errorf("four eyes: %s wrote it, so another person approves", c.By)
	}
	if u.By == "rule" { // the state of now, not of when it was drafted
		fresh := b.compose(i, a, u.Phase, u.By, nil)
		fresh.Corrects, u = u.Corrects, fresh
	}
	if lacking := b.lacking(u); len(lacking) > 0 {
		return fmt.Errorf("the %s message cannot go out: %s", u.Phase, strings.Join(lacking, "; "))
	}
	if len(u.Text) == 0 {
		return fmt.Errorf("the draft has no text")
	}
	u.Approver = c.By
	if u.By == "rule" {
		b.trust()
	}
	first := a.State == headstart.AnnouncementDraft || speaksOfWork(a)
	b.publish(i, a, u, headstart.HowPage, "H-01")
	if first && b.config.pushes(u.Phase) {
		b.pushNow(i, a, "H-01", c.By)
	}
	return nil
}

// withdraw says that the message was wrong, to everybody who got it.
func (b *book) withdraw(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	if !a.Live() {
		return fmt.Errorf("nothing is published for %s", a.Audience)
	}
	if err := b.mayTell(i); err != nil {
		return err
	}
	u := b.compose(i, a, headstart.Withdrawn, c.By, c.Variables)
	if lacking := b.lacking(u); len(lacking) > 0 {
		return fmt.Errorf("the message cannot go out: %s", strings.Join(lacking, "; "))
	}
	u.Approver = c.By
	i.X.Touched = true
	b.distrust()
	b.publish(i, a, u, headstart.HowPage, "H-01")
	return nil
}
