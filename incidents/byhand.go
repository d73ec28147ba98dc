package incidents

import (
	"fmt"
	"maps"
	"strings"

	"headstart"
)

// announceByHand publishes what a person writes. It is its own approval unless
// announce.four_eyes is set; without an audience it goes to all of them.
func (b *book) announceByHand(i *incident, c *headstart.Command) error {
	if b.composer == nil {
		return fmt.Errorf("no words are configured")
	}
	if i.Confidential {
		return fmt.Errorf("%s is confidential; make it public first", i.ID)
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
		auds = []headstart.Audience{{ID: c.Audience}}
		for _, a := range b.log.Audiences {
			if a.ID == c.Audience {
				auds[0] = a
			}
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
	for _, aud := range auds {
		a := b.announcement(i, aud)
		if err := b.writeUpdate(i, a, phase, c, vars); err != nil {
			return err
		}
	}
	return nil
}

// textSlot is where a person's free text stands in a phase's words.
var textSlot = map[headstart.Phase]string{
	headstart.Investigating: "Progress", headstart.Identified: "Cause", headstart.Progress: "Progress", headstart.ETAChanged: "Reason",
	headstart.WorkaroundFound: "Workaround", headstart.Solved: "Cause", headstart.Reopened: "Progress",
}

func (b *book) writeUpdate(i *incident, a *headstart.Announcement, phase headstart.Phase, c *headstart.Command, vars map[string]string) error {
	u := b.compose(i, a, phase, c.By, vars)
	if len(u.Why) > len(u.Hits) { // a required slot is empty; a gate hit alone never blocks a person
		var lacking []string
		for _, w := range u.Why {
			if !strings.Contains(w, b.plainWords()) {
				lacking = append(lacking, w)
			}
		}
		return fmt.Errorf("the %s message cannot go out: %s", phase, strings.Join(lacking, "; "))
	}
	if b.config.FourEyes {
		u.Why = append(u.Why, b.because("vier ogen: een ander keurt goed", "four eyes: another person approves"))
		a.Draft = u
		b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "drafted", By: c.By, Subject: a.Audience, Facts: facts("why", b.because("vier ogen", "four eyes"))})
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
		return nil
	}
	u.Approver = c.By
	b.publish(i, a, u, headstart.HowPage, "H-01")
	if a.How != headstart.HowPush && !u.Final && b.config.pushes(phase) {
		b.pushNow(i, a, "H-01", c.By)
	}
	return nil
}

// onAnnouncement approves, discards or withdraws.
func (b *book) onAnnouncement(c *headstart.Command) (*incident, error) {
	a := b.announcements[c.Announcement]
	if a == nil {
		return nil, missing(fmt.Sprintf("no announcement %q", c.Announcement))
	}
	i := b.incidents[a.Incident]
	switch c.Do {
	case "approve":
		return i, b.approve(i, a, c)
	case "discard":
		switch {
		case a.State == headstart.AnnouncementDraft:
			b.discard(i, a, c.By, b.because("met de hand", "by hand"))
		case a.Draft != nil || a.PushDraft:
			a.Draft, a.PushDraft = nil, false
			b.decide(i, headstart.Decision{Rule: "H-01", Outcome: "draft_discarded", By: c.By, Subject: a.Audience})
			b.dirty.put(headstart.TableAnnouncements, a.ID, a)
		default:
			return i, fmt.Errorf("no draft waits for %s", a.Audience)
		}
		i.X.Touched = true
		return i, nil
	default:
		return i, b.withdraw(i, a, c)
	}
}

func (b *book) approve(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	if i.Confidential {
		return fmt.Errorf("%s is confidential; make it public first", i.ID)
	}
	switch {
	case a.Draft != nil:
		u := a.Draft
		if b.config.FourEyes && u.By == c.By {
			return fmt.Errorf("four eyes: %s wrote it, so another person approves", c.By)
		}
		if fresh := b.compose(i, a, u.Phase, u.By, nil); u.By == "rule" {
			fresh.Corrects, u = u.Corrects, fresh // the state of now, not of when it was drafted
		}
		if len(u.Text) == 0 {
			return fmt.Errorf("the draft has no text")
		}
		u.Approver = c.By
		first := a.State == headstart.AnnouncementDraft
		b.publish(i, a, u, headstart.HowPage, "H-01")
		if first && b.config.pushes(u.Phase) {
			b.pushNow(i, a, "H-01", c.By)
		}
	case a.PushDraft && a.Live():
		b.pushNow(i, a, "H-01", c.By)
	default:
		return fmt.Errorf("nothing waits for approval for %s", a.Audience)
	}
	return nil
}

// withdraw says that the message was wrong, to everybody who got it.
func (b *book) withdraw(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	if !a.Live() {
		return fmt.Errorf("nothing is published for %s", a.Audience)
	}
	u := b.compose(i, a, headstart.Withdrawn, c.By, c.Variables)
	u.Approver = c.By
	i.X.Touched = true
	b.publish(i, a, u, headstart.HowPage, "H-01")
	return nil
}
