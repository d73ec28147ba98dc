package incidents

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"headstart"
)

// Once it is over, who says that it still fails is heard (announcements section 9): a
// requester who was asked and answers, somebody the desk counts, a reader of the page.
// Two of them within a quarter of an hour propose to open the same incident again. That
// is a draft: none of this is evidence, and a person decides (ruling 24).
const (
	noWithin  = 15 * time.Minute
	noFromTwo = 2
	noMost    = 20 // kept of one incident: who answers after that changes nothing
)

// no is one answer that it still fails.
type no struct {
	At  time.Time `json:"at"`
	Who string    `json:"who,omitempty"` // requester or device; empty: somebody the desk counted
}

// saysNo takes note that it still fails for who, though i is over.
func (b *book) saysNo(i *incident, who string) {
	if i.Live() || i.ResolvedAt == nil || i.State == headstart.Merged {
		return
	}
	recent := slices.DeleteFunc(slices.Clone(i.X.No), func(x no) bool {
		return b.now.Sub(x.At) >= noWithin || x.Who != "" && x.Who == who
	})
	i.X.No = append(recent, no{At: b.now, Who: who})
	if over := len(i.X.No) - noMost; over > 0 {
		i.X.No = slices.Delete(i.X.No, 0, over)
	}
	b.dirty.incident(i)
	if n := len(i.X.No); n >= noFromTwo && b.composer != nil && !b.muted(i) {
		b.each(i, round{Do: doAskReopen, Gen: i.X.Gen, Arg: itoa(n)})
	}
}

// askReopenOne proposes to tell the readers of a, which is over, that it is not; where
// the end still waits for a person, that one reads it.
func (b *book) askReopenOne(i *incident, a *headstart.Announcement, r round) {
	why := fmt.Sprintf(b.because("%s mensen zeiden binnen een kwartier dat het nog niet werkt", "%s people said within a quarter of an hour that it does not work yet"), r.Arg)
	switch {
	case i.X.Gen != r.Gen || i.Live(): // it is open again
	case waitsForEnd(a):
		if !slices.Contains(a.Draft.Why, why) {
			draft := *a.Draft
			draft.Why = append(slices.Clone(draft.Why), why)
			b.draftClosing(i, a, &draft)
		}
	case a.State == headstart.AnnouncementFinal && !folded(a) && (a.Draft == nil || a.Draft.Phase == headstart.Reopened && a.Draft.By == "rule"):
		u := b.compose(i, a, headstart.Reopened, "rule", nil)
		u.Why = append([]string{why}, u.Why...)
		a.Draft = u
		b.decide(i, headstart.Decision{Rule: "W-33", Outcome: "reopen_proposed", Subject: a.Audience, Facts: facts("answers", r.Arg)})
		b.say(i, a, u, headstart.HowDraft)
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
}

// folded reports whether a ended because another one carries its words on.
func folded(a *headstart.Announcement) bool { return a.Last() == nil || !a.Last().Final }

// proposesReopen reports whether the draft of a says that what is over is not.
func proposesReopen(i *incident, a *headstart.Announcement) bool {
	return i != nil && !i.Live() && a.State == headstart.AnnouncementFinal && a.Draft != nil && a.Draft.Phase == headstart.Reopened
}

// approveOrReopen approves what waits. Where readers are to hear that what is over is not,
// that opens the incident again: the same one goes on, under its number.
func (b *book) approveOrReopen(c *headstart.Command, regroup func(group, into headstart.GroupID) ([]headstart.Change, error)) (*incident, error) {
	a := b.announcements[c.Announcement]
	if a == nil || !proposesReopen(b.incidents[a.Incident], a) {
		return b.onAnnouncement(c)
	}
	i := b.incidents[a.Incident]
	if err := b.mayTell(i); err != nil {
		return i, err
	}
	reopen := *c
	reopen.Do, reopen.Incident, reopen.Announcement = "reopen", string(i.ID), ""
	if err := b.regroup(i, &reopen, regroup); err != nil {
		return i, err
	}
	if a.Draft == nil { // policy let it out with the incident
		return i, nil
	}
	return b.onAnnouncement(c)
}

// answered follows that the requester of a ticket was heard again after they were asked
// whether it works. One who says that it does, does not count.
func (b *book) answered(i *incident, key string) {
	w, t := i.X.Written[key], b.groups.Ticket(key)
	if w == nil || w.Asked == "" || t == nil || t.Reopens+t.Contacts <= w.Heard {
		return
	}
	w.Heard = t.Reopens + t.Contacts
	b.dirty.incident(i)
	if t.Evidence != nil && t.Evidence.Cues["works_again"] > 0 {
		return
	}
	b.saysNo(i, w.Asked)
}

// stillFails counts what the requester of a ticket told the desk once i was over.
func (b *book) stillFails(i *incident, c *headstart.Command) error {
	if i.Live() || i.ResolvedAt == nil {
		return errors.New(b.because("de storing loopt nog: koppel de melding, dan telt zij mee", "it still runs: link the ticket, then it counts"))
	}
	for _, key := range sortedKeys(i.X.Tickets) {
		t := b.groups.Ticket(key)
		if t == nil || t.ID != c.Ticket || c.Source != "" && t.Source != c.Source || !i.X.Tickets[key].Linked {
			continue
		}
		who := requester(t)
		if who == "" {
			who = key // who calls for others speaks for one of them
		}
		i.X.Late = b.now
		b.act1(i, c, "still_fails")
		b.saysNo(i, who)
		return nil
	}
	return missing(fmt.Sprintf(b.because("melding %.80q is niet gekoppeld aan %s", "ticket %.80q is not linked to %s"), c.Ticket, i.ID))
}
