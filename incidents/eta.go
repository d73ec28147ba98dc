package incidents

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"headstart"
)

// setETA takes a person's word for when i will work again, and tells users: that
// person's command is the approval, unless four eyes are wanted.
func (b *book) setETA(i *incident, c *headstart.Command) error {
	eta := quarterUp(c.ETA.UTC())
	switch {
	case c.ETA.IsZero() || c.ETA.Before(b.now):
		return errors.New(b.because("de verwachte tijd ligt in het verleden; geef een tijd die nog komt", "the expected time lies in the past; give one still to come"))
	case c.ETA.Sub(b.now) > headstart.LongestAhead:
		return errors.New(b.because("de verwachte tijd ligt meer dan een jaar vooruit; geef een eerdere", "the expected time lies more than a year ahead; give an earlier one"))
	}
	i.X.Touched = true
	b.act1(i, c, "eta_set", "eta", stamp(&eta))
	b.expectBy(i, headstart.ETA{At: eta, Source: "person"})
	b.news(i)
	b.tellETA(i, c.By, reasonOf(c))
	return nil
}

// reasonOf is why a time changed, as a person words it for users.
func reasonOf(c *headstart.Command) string {
	if reason := strings.TrimSpace(c.Variables["Reason"]); reason != "" {
		return reason
	}
	return strings.TrimSpace(c.Text)
}

// expectBy takes over when i is expected to work.
func (b *book) expectBy(i *incident, eta headstart.ETA) {
	i.ETA, i.ETAProposed = &eta, nil
	d := b.agenda.add(eta.At, doETA, string(i.ID), 0, false)
	d.Arg = eta.At.UTC().Format(time.RFC3339Nano)
	b.warnBefore(i, eta.At)
}

// quarterUp rounds up to a quarter of an hour: who says 10:31 is believed at 10:45.
func quarterUp(t time.Time) time.Time {
	const quarter = 15 * time.Minute
	if down := t.Truncate(quarter); !down.Equal(t) {
		return down.Add(quarter)
	}
	return t
}

// expected is when i is expected to work, in Unix seconds; zero: nobody knows.
func (b *book) expected(i *incident) int64 {
	if i.ETA == nil || !i.ETA.At.After(b.now) {
		return 0
	}
	return i.ETA.At.Unix()
}

// expect puts into w when it should work again and, where that changed or passed, what
// was said before. A time that has passed is none: unknown is said aloud.
func (b *book) expect(i *incident, a *headstart.Announcement, u *headstart.Update, w *headstart.Wording) {
	told := a.Expected()
	if u.Final || w.ChecksGood || w.NotSeen {
		return
	}
	if b.says(i, u, told) {
		u.Expected = at(i.ETA.At)
		w.Expected = i.ETA.At.In(b.zone)
	}
	switch {
	case told == nil:
	case u.Phase == headstart.ETAChanged:
		w.ExpectedOld = told.In(b.zone)
		if u.By == "rule" && w.Vars["Reason"] == "" {
			w.Vars["Reason"] = map[string]string{"nl": "De oorzaak is anders dan gedacht.", "en": "The cause is not what we thought."}[w.Lang]
		}
	case u.Phase == headstart.Progress && !told.After(b.now) && a.Last().At.Before(*told):
		w.ExpectedOld = told.In(b.zone) // nobody has said yet that it passed
	}
}

// says reports whether u may name the time i is expected at. Progress "still" thinks
// so, so users know of it; and what waits for a second pair of eyes says no rule.
func (b *book) says(i *incident, u *headstart.Update, told *time.Time) bool {
	if b.expected(i) == 0 {
		return false
	}
	known := told != nil && told.Equal(i.ETA.At)
	switch {
	case known || u.Phase == headstart.ETAChanged:
		return true
	case u.Phase == headstart.Progress:
		return false
	}
	return u.By != "rule" || !b.config.FourEyes || i.ETA.Source == fromHistory
}

// tellETA tells users of each notice that stands when it will work.
func (b *book) tellETA(i *incident, by, reason string) {
	s := saying{Phase: headstart.ETAChanged, By: by}
	if reason != "" {
		s.Vars = map[string]string{"Reason": reason}
	}
	if i.Live() && b.composer != nil && !b.muted(i) {
		b.each(i, round{Do: doTellETA, Arg: string(encode(s))})
	}
}

func (b *book) tellETAOne(i *incident, a *headstart.Announcement, r round) {
	var s saying
	told := a.Expected()
	if json.Unmarshal([]byte(r.Arg), &s) != nil || !a.Live() || b.muted(i) || b.expected(i) == 0 || told != nil && told.Equal(i.ETA.At) {
		return
	}
	if s.By == "rule" && told == nil {
		return // no change to speak of: it stands in the words that follow what is known
	}
	u := b.compose(i, a, s.Phase, s.By, s.Vars)
	switch {
	case s.By == "rule" && b.config.policy(string(s.Phase)) != auto:
		u.Why = append([]string{b.because("volgens de instellingen keurt een mens dit goed", "policy wants approval")}, u.Why...)
	case s.By == "rule":
	case b.config.FourEyes:
		u.Why = append([]string{b.because("vier ogen: een ander keurt goed", "four eyes: another person approves")}, u.Why...)
	case len(u.Missing) == 0:
		u.Why = nil // a gate hit or a long short text never blocks a person
	}
	if len(u.Why) > 0 {
		if a.Draft == nil || a.Draft.Phase != headstart.Solved && !byPerson(a.Draft) {
			b.draft(i, a, u)
		}
		return
	}
	u.Approver = s.By
	if s.By == "rule" {
		u.Approver = "announce.policy.eta_changed"
	}
	b.publishBeside(i, a, u, "A-28")
}

// counts reports whether users of i were told when to expect it.
func (b *book) counts(i *incident) bool {
	for _, a := range b.told[i.ID] {
		if told := a.Expected(); a.Live() && told != nil && told.Equal(i.ETA.At) {
			return true
		}
	}
	return false
}

// etaPassed follows that i was expected to work by now. Who was told so and heard
// nothing since was promised something that was not kept.
func (b *book) etaPassed(i *incident, r round) {
	switch {
	case i.ETA == nil || i.ETA.At.UTC().Format(time.RFC3339Nano) != r.Arg:
		return // it changed
	case i.State != headstart.Open && i.State != headstart.Recovering:
		return // all answers well
	case i.Stale, i.Confidential, b.paused(i):
		return
	}
	b.each(i, r)
}

func (b *book) lateOne(i *incident, a *headstart.Announcement, _ round) {
	told := a.Expected()
	if !a.Live() || told == nil || !told.Equal(i.ETA.At) {
		return
	}
	a.Promises[1]++
	if a.Last().At.Before(*told) { // else it fires late, and users heard meanwhile
		a.Missed = told
	}
	b.decide(i, headstart.Decision{Rule: "A-28", Outcome: "eta_missed", Subject: a.Audience, Facts: facts("promised", stamp(told))})
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	if a.Draft == nil && b.composer != nil {
		u := b.progress(i, a, nil)
		u.Why = append([]string{b.because("de verwachte tijd is voorbij en het werkt nog niet", "the expected time is over and it does not work yet")}, u.Why...)
		b.draft(i, a, u)
	}
}
