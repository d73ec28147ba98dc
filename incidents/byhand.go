package incidents

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"headstart"
)

// announceByHand publishes what a person writes, at once or at a time; or keeps it as a
// draft. It is its own approval unless announce.four_eyes is set; without an audience it
// goes to all of them.
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
	auds, err := b.addressed(i, c)
	if err != nil {
		return err
	}
	vars := maps.Clone(c.Variables)
	if vars == nil {
		vars = map[string]string{}
	}
	if slot := textSlot[phase]; c.Text != "" && vars[slot] == "" {
		vars[slot] = c.Text
	}
	if err := cmp.Or(typable(vars), b.fitting(c), b.ownWords(i, auds, phase), b.unspoken(i, auds, c)); err != nil {
		return err
	}
	i.X.Touched = true
	i.hear(vars)
	delete(vars, "effect")
	s := saying{Phase: phase, By: c.By, Vars: vars, Due: c.Due.Truncate(time.Minute), Draft: c.Draft, At: c.At}
	for _, aud := range auds {
		s.To = append(s.To, aud.ID)
	}
	return b.sayTo(i, s)
}

// addressed are the audiences that c is for: the one it names, else all of i.
func (b *book) addressed(i *incident, c *headstart.Command) ([]headstart.Audience, error) {
	auds := b.audiences(i)
	if c.Audience != "" {
		if auds = b.named(c.Audience); len(auds) == 0 {
			return nil, missing(fmt.Sprintf("no audience %.50q; name one of the configuration, a location, or all", c.Audience))
		}
	}
	if len(auds) == 0 {
		return nil, fmt.Errorf("%s hits no service or location of the catalog, so it has no audience; name one", i.ID)
	}
	return auds, nil
}

// fitting refuses times that no message can go out at, or promise.
func (b *book) fitting(c *headstart.Command) error {
	if !c.Due.IsZero() && (!c.Due.After(b.now) || !c.Due.After(c.At)) {
		return fmt.Errorf("the next message is promised for %s, which is over by then; give a time still to come", b.clockWords(c.Due))
	}
	if c.At.IsZero() {
		return nil
	}
	return b.mayWait(c.At)
}

// saying is what a person writes to several audiences, and to whom it is still to go.
type saying struct {
	Phase headstart.Phase   `json:"phase"`
	By    string            `json:"by"`
	Vars  map[string]string `json:"vars,omitempty"`
	To    []string          `json:"to"`
	Due   time.Time         `json:"due,omitzero"`    // of the next message, if that is before the cadence wants it
	Draft bool              `json:"draft,omitempty"` // nobody reads it yet
	At    time.Time         `json:"at,omitzero"`     // when they do; zero: at once
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
	if json.Unmarshal([]byte(arg), &s) != nil || b.composer == nil || b.mayTell(i) != nil || b.ownWords(i, audiencesCalled(s.To), s.Phase) != nil {
		return // made confidential, or spoken for by another, in the same moment
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

// typable refuses variables that no person writes, naming those one may.
func typable(vars map[string]string) error {
	for _, name := range sortedKeys(vars) {
		if name != "effect" && !headstart.TypedName(name) {
			return fmt.Errorf("variable %.40q cannot be written; write effect, or one of %s, as NAME or NAME.nl and NAME.en", name, strings.Join(headstart.Typable, ", "))
		}
	}
	return nil
}

// unspoken refuses to write over what another person left waiting.
func (b *book) unspoken(i *incident, auds []headstart.Audience, c *headstart.Command) error {
	if !c.Draft && c.At.IsZero() && !b.config.FourEyes {
		return nil // goes out beside it
	}
	for _, aud := range auds {
		if a := b.notice(i, aud.ID); a != nil && a.Draft != nil && byPerson(a.Draft) {
			return fmt.Errorf("a message of %s for %s waits already; approve, edit or discard %s first", a.Draft.By, aud.ID, a.ID)
		}
	}
	return nil
}

// textSlot is where a person's free text stands in a phase's words.
var textSlot = map[headstart.Phase]string{
	headstart.Investigating: "Progress", headstart.Identified: "Cause", headstart.Progress: "Progress", headstart.ETAChanged: "Reason",
	headstart.WorkaroundFound: "Workaround", headstart.Solved: "Cause", headstart.Reopened: "Progress",
}

func (b *book) writeUpdate(i *incident, a *headstart.Announcement, s saying) error {
	var u *headstart.Update
	b.asOf(s.At, func() { u = b.composeBy(i, a, s.Phase, s.By, s.Vars, b.nearer(i, a, s)) })
	if s.Draft {
		u.Why = append(u.Why, b.because("een mens schrijft dit nog", "a person is still writing this"))
		b.wait(i, a, u)
		return nil
	}
	if err := b.lacking(u); err != nil {
		return err
	}
	if ours := a.Draft; ours != nil && ours.By == "rule" && ours.Phase == s.Phase || a.PushDraft && s.Phase == headstart.Investigating {
		b.distrust() // in other words than ours
	}
	switch {
	case b.config.FourEyes:
		b.awaitEyes(i, a, u)
	case !s.At.IsZero():
		b.setSchedule(i, a, u, s.By, s.At)
	default:
		u.Approver = s.By
		b.publish(i, a, u, headstart.HowPage, "H-01")
		b.pushAfter(i, a, u, s.By)
	}
	return nil
}

// wait lets what a person wrote wait for a person.
func (b *book) wait(i *incident, a *headstart.Announcement, u *headstart.Update) {
	if a.State == headstart.AnnouncementDiscarded {
		a.State = headstart.AnnouncementDraft
	}
	a.Draft = u
	b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "drafted", By: u.By, Subject: a.Audience, Facts: reasons(u.Why)})
	b.say(i, a, u, headstart.HowDraft)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// awaitEyes lets what a person wrote wait for another one.
func (b *book) awaitEyes(i *incident, a *headstart.Announcement, u *headstart.Update) {
	u.Why = append(u.Why, b.because("vier ogen: een ander keurt goed", "four eyes: another person approves"))
	b.wait(i, a, u)
}

// pushAfter pushes what a person published, if its phase is one that goes out and the
// notice has only stood on the page.
func (b *book) pushAfter(i *incident, a *headstart.Announcement, u *headstart.Update, by string) {
	if a.How != headstart.HowPush && !u.Final && !u.Corrects && b.config.pushes(u.Phase) {
		b.pushNow(i, a, "H-01", by)
	}
}
