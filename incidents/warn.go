package incidents

import (
	"fmt"
	"time"

	"headstart"
)

// warnAhead is how long before a promise falls due its owner is warned.
const warnAhead = 5 * time.Minute

// warnBefore has the owner of i warned before what users were promised for due.
func (b *book) warnBefore(i *incident, due time.Time) {
	when := due.Add(-warnAhead)
	if when.Before(b.now) {
		when = b.now
	}
	d := b.agenda.add(when, doWarn, string(i.ID), 0, false)
	d.Arg = due.UTC().Format(time.RFC3339Nano)
	b.dirty.incident(i)
}

// warn tells whoever is paged of i that users were promised something for soon, once
// for all audiences, unless the promise is kept already or does not count. Where no
// message will go out by itself it offers one.
func (b *book) warn(i *incident, r round) {
	due, err := time.Parse(time.RFC3339Nano, r.Arg)
	if err != nil || !b.now.Before(due) || r.From == "" && i.X.Warned.Equal(due) || !b.promisedFor(i, due) {
		return
	}
	if r.From == "" {
		i.X.Warned = due
		b.warnDesk(i, due)
		b.each(i, round{Do: doOffer, Arg: r.Arg})
	}
	for _, name := range sortedKeys(i.X.Paged) {
		if name <= r.From {
			continue
		}
		if b.spent() >= enough {
			b.goOn(i, r)
			return
		}
		r.From = name
		if got, open := i.knows(name); open {
			b.warnOne(i, name, got, due)
		}
	}
}

// warnDesk reminds the owner of i on the desk's list, and the desk through its channel.
func (b *book) warnDesk(i *incident, due time.Time) {
	b.remind(i, "promise", headstart.DeskNote{
		Closes: headstart.ClosesPromise, For: i.Owner, Due: due,
		Said: &headstart.Decision{At: b.now, Rule: ruleDuty, Outcome: "promise_due", By: "rule", Facts: facts("incident", string(i.ID), "promised", stamp(&due))},
	})
	if b.deskChannel() != "" {
		b.sayToDesk(i, "promise")
	}
}

// promisedFor reports whether users of i still wait for something at due.
func (b *book) promisedFor(i *incident, due time.Time) bool {
	switch {
	case i.Confidential, i.Stale, b.paused(i), i.State == headstart.Merged:
		return false
	case i.NextUpdateBy != nil && i.NextUpdateBy.Equal(due):
		return true
	}
	return i.ETA != nil && i.ETA.At.Equal(due) && b.counts(i)
}

func (b *book) warnOne(i *incident, receiver string, got receipt, due time.Time) {
	uid := i.UID
	if got.UID != "" {
		uid = got.UID
	}
	summary := fmt.Sprintf(b.because("%s: gebruikers wachten op een bericht om %s", "%s: users expect a message at %s"), i.ID, b.clockWords(due))
	if i.ETA != nil && i.ETA.At.Equal(due) {
		summary = fmt.Sprintf(b.because("%s: gebruikers denken dat het om %s weer werkt; zeg het als dat niet lukt", "%s: users think that it works again at %s; tell them if it will not"), i.ID, b.clockWords(due))
	}
	n := &headstart.Notice{
		V: 1, Key: fmt.Sprintf("%s/promise/%d/%s", uid, due.Unix(), receiver), Plane: headstart.PlaneOperators, At: b.now,
		Incident: i.ID, UID: uid, Priority: i.Priority, Receiver: receiver, Reason: "promise", Title: i.Title.In(b.language()), Cause: i.Cause.Asset,
		Alerts: []headstart.NoticeAlert{{
			Labels:      map[string]string{"alertname": "PromiseDue", "incident": string(i.ID)},
			Annotations: map[string]string{"summary": summary}, StartsAt: b.now,
		}},
	}
	b.decide(i, headstart.Decision{Rule: "A-28", Outcome: "owner_warned", Subject: receiver, Facts: facts("promised", stamp(&due))})
	b.messages = append(b.messages, Message{
		At: b.now, Incident: i.ID, Plane: headstart.PlaneOperators, How: headstart.HowPush, Receiver: receiver,
		Text: map[string]headstart.Text{b.language(): {Title: summary}},
	})
	b.owe(n)
}

// offerOne drafts the message that a promised for soon, where none goes out by itself
// and no other draft waits.
func (b *book) offerOne(i *incident, a *headstart.Announcement, r round) {
	due := a.NextUpdateBy
	if !a.Live() || due == nil || due.UTC().Format(time.RFC3339Nano) != r.Arg || a.Draft != nil || b.composer == nil {
		return
	}
	u := b.noNews(i, a)
	if len(u.Why) == 0 {
		return
	}
	u.Why = append([]string{b.because("beloofd om ", "promised for ") + b.clockWords(*due)}, u.Why...)
	b.draft(i, a, u)
}
