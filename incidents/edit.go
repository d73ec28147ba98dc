package incidents

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"headstart"
)

// edit changes the words of the draft, or, where none waits, corrects what users read:
// by a new message, since what they read is frozen.
func (b *book) edit(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	if b.composer == nil {
		return fmt.Errorf("no words are configured")
	}
	u := a.Draft
	if c.Published || u == nil {
		if u = a.Last(); !a.Live() || u == nil {
			return fmt.Errorf("%s has no draft and nothing that users read now; announce something first", a.ID)
		}
	}
	vars, err := b.newWords(u, c)
	if err != nil {
		return err
	}
	if u == a.Draft {
		return b.editDraft(i, a, vars, c.By)
	}
	return b.correctByHand(i, a, vars, c.By)
}

// newWords are what a person wrote into u before, with what c says instead; an empty text
// gives the place back to what the state says.
func (b *book) newWords(u *headstart.Update, c *headstart.Command) (map[string]string, error) {
	if err := typable(c.Variables); err != nil {
		return nil, err
	}
	vars := map[string]string{}
	maps.Copy(vars, typed(u))
	maps.Copy(vars, c.Variables)
	if c.Text != "" {
		slot := textSlot[u.Phase]
		if slot == "" {
			return nil, fmt.Errorf("a %s message has no place for a text of your own; write variables", u.Phase)
		}
		vars[slot] = c.Text
	}
	maps.DeleteFunc(vars, func(name, text string) bool { return strings.TrimSpace(text) == "" })
	return vars, nil
}

// editDraft writes the draft of a anew. An approval of the words before is void.
func (b *book) editDraft(i *incident, a *headstart.Announcement, vars map[string]string, by string) error {
	was := a.Draft
	i.hear(vars)
	delete(vars, "effect")
	u := b.reword(i, a, was, by, vars)
	if sameWords(u, was) {
		return fmt.Errorf("the draft says that already; change a text")
	}
	if u.Edited = was.Edited || was.By == "rule"; was.By == "rule" {
		b.distrust() // it does not go out unchanged
	}
	if was.By != "rule" && !was.Wrote(by) {
		u.Earlier = append(slices.Clip(u.Earlier), was.By)
	}
	u.Why = append(u.Why, fmt.Sprintf(b.because("aangepast door %s", "changed by %s"), by))
	if was.ScheduledFor != nil {
		b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "unscheduled", Subject: a.Audience, Facts: facts("at", stamp(was.ScheduledFor), "why", b.because("de tekst is veranderd", "its words were changed"))})
	}
	a.Draft = u
	i.X.Touched = true
	b.decide(i, headstart.Decision{Rule: "H-01", Outcome: "draft_edited", By: by, Subject: a.Audience, Facts: facts("phase", string(u.Phase))})
	b.say(i, a, u, headstart.HowDraft)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	return nil
}

// correctByHand says the last message of a in other words. Its promise stands.
func (b *book) correctByHand(i *incident, a *headstart.Announcement, vars map[string]string, by string) error {
	if err := b.mayTell(i); err != nil {
		return err
	}
	if b.config.FourEyes && a.Draft != nil {
		return fmt.Errorf("a draft waits for %s; approve or discard it first", a.Audience)
	}
	last := a.Last()
	i.hear(vars)
	delete(vars, "effect")
	before := *a // it follows the message before the one it corrects
	before.Updates = a.Updates[:len(a.Updates)-1]
	u := b.composeBy(i, &before, last.Phase, by, vars, a.NextUpdateBy)
	u.Corrects = true
	if err := b.lacking(u); err != nil {
		return err
	}
	if sameWords(u, last) {
		return fmt.Errorf("users read that already; change a text")
	}
	i.X.Touched = true
	if last.By == "rule" {
		b.distrust()
	}
	if b.config.FourEyes {
		b.awaitEyes(i, a, u)
		return nil
	}
	waits := a.Draft
	u.Approver = by
	b.publish(i, a, u, headstart.HowPage, "H-01")
	a.Draft = waits // what waited waits on
	return nil
}
