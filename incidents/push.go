package incidents

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"headstart"
)

// push decides, announce.after later, whether the notice of i leaves the page
// by itself (ruling 25). What stands against it becomes a draft for the desk.
func (b *book) push(i *incident, r round) {
	if i.State != headstart.Open && i.State != headstart.Recovering {
		return // all answers well, or it is over: nothing is pushed
	}
	if b.muted(i) {
		b.mute(i)
		return
	}
	if b.paused(i) {
		return // set again when planned work is over
	}
	if !slices.ContainsFunc(b.told[i.ID], unpushed) {
		return
	}
	if end, quiet := b.quietUntil(i); quiet {
		if known := !b.pushAt(i, end); known && r.From == "" {
			return
		}
	}
	b.each(i, r)
}

// unpushed reports whether a stands on the page alone.
func unpushed(a *headstart.Announcement) bool { return a.Live() && a.How != headstart.HowPush }

func (b *book) pushOne(i *incident, a *headstart.Announcement, _ round) {
	if !unpushed(a) {
		return
	}
	if end, quiet := b.quietUntil(i); quiet {
		b.decide(i, headstart.Decision{Rule: "A-25", Outcome: "held", Subject: a.Audience, Facts: facts("until", stamp(&end))})
		return
	}
	if why := b.againstPush(i, a); len(why) > 0 {
		a.PushDraft = true
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
		b.decide(i, headstart.Decision{Rule: "A-25", Outcome: "push_waits", Subject: a.Audience, Facts: facts("why", strings.Join(why, "; "))})
		return
	}
	b.pushNow(i, a, "A-25", "")
}

// pushAt sets the deadline to push what i tells users by then; false: it is set
// already. An incident that flaps through the night waits for one morning.
func (b *book) pushAt(i *incident, due time.Time) bool {
	if i.X.PushAt.Equal(due) && b.now.Before(due) {
		return false
	}
	if due.After(i.X.PushAt) {
		i.X.PushAt = due
	}
	b.agenda.add(due, doPush, string(i.ID), 0, false)
	b.dirty.incident(i)
	return true
}

// muted reports whether nothing about i may reach users (ruling 30).
func (b *book) muted(i *incident) bool { return i.Confidential || b.hushed(i) }

// mute takes what is owed to users about i off the outbox. What stands keeps
// standing; its push waits for a person.
func (b *book) mute(i *incident) {
	b.each(i, round{Do: doMute})
	b.muteTickets(i)
}

func (b *book) muteOne(i *incident, a *headstart.Announcement, _ round) {
	if !b.muted(i) {
		return
	}
	for _, key := range slices.Clone(b.owedOf[a.ID]) {
		b.takeBack(b.owed[key])
	}
	if a.Live() && a.How == headstart.HowPage && !a.PushDraft {
		a.PushDraft = true
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
}

// takeBack takes a message to users off the outbox: its push waits for a person.
func (b *book) takeBack(n *headstart.Notice) {
	b.strike(n.Key)
	if a := b.announcements[n.Announcement]; a != nil && a.Live() {
		a.PushDraft = true
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
}

func (b *book) againstPush(i *incident, a *headstart.Announcement) []string {
	var why []string
	if b.config.Push.Mode != auto {
		why = append(why, b.because("verzenden gaat na goedkeuring (push.mode: approve)", "push.mode is approve"))
	}
	if i.People < b.config.Push.MinPeople && !slices.Contains(b.config.Push.Priorities, i.Priority) {
		why = append(why, fmt.Sprintf(b.because("%d mensen, push.min_people is %d", "%d people, push.min_people is %d"), i.People, b.config.Push.MinPeople))
	}
	if b.onePrinter(i) {
		why = append(why, b.because("één printer", "one printer"))
	}
	if b.config.Push.Budget > 0 && b.budget[b.budgetKey(a)] >= b.config.Push.Budget {
		why = append(why, b.because("het dagbudget is op", "budget of the day is used up"))
	}
	return append(why, b.against(i, headstart.Investigating)...)
}

func (b *book) onePrinter(i *incident) bool {
	d := b.devices[i.Cause.Asset]
	return d != nil && d.Kind == "printer" && i.Alerts.Total <= 1
}

func (b *book) budgetKey(a *headstart.Announcement) string {
	return b.now.In(b.zone).Format(time.DateOnly) + "/" + a.Audience
}

// pushNow hands the last update of a to every channel of its audience.
func (b *book) pushNow(i *incident, a *headstart.Announcement, rule, by string) {
	today := b.now.In(b.zone).Format(time.DateOnly)
	for key := range b.budget {
		if !strings.HasPrefix(key, today) {
			delete(b.budget, key)
		}
	}
	b.budget[b.budgetKey(a)]++
	a.How, a.PushDraft = headstart.HowPush, false
	u := a.Last()
	u.How = headstart.HowPush
	u.Approver = cmp.Or(by, "announce.push.mode")
	b.decide(i, headstart.Decision{
		Rule: rule, Outcome: "pushed", By: by, Subject: a.Audience,
		Facts: facts("phase", string(u.Phase), "people", itoa(i.People)),
	})
	b.say(i, a, u, headstart.HowPush)
	for _, ch := range b.channels(i, a) {
		b.owe(b.userNotice(i, a, u, ch))
		u.Pushed = append(u.Pushed, ch.Name)
	}
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// deliver hands a newly published update to the channels that got the first
// message: pushed phases as a message, the others as a silent edit where the
// channel can edit. Nobody who was not told it broke is told that it works.
func (b *book) deliver(i *incident, a *headstart.Announcement, u *headstart.Update) {
	if a.How != headstart.HowPush || b.muted(i) {
		return
	}
	loud := !u.Corrects && (b.config.pushes(u.Phase) || u.Final)
	last := a.Last()
	if loud {
		last.How = headstart.HowPush
		b.say(i, a, last, headstart.HowPush)
	}
	told := a.Updates[0].Pushed
	for n := range a.Updates {
		if len(a.Updates[n].Pushed) > 0 {
			told = a.Updates[n].Pushed
			break
		}
	}
	for _, ch := range b.log.Channels {
		if !slices.Contains(told, ch.Name) || !loud && !ch.Update || last.Final && b.missed(a, ch.Name) {
			continue
		}
		n := b.userNotice(i, a, last, ch)
		n.Silent = !loud
		b.owe(n)
		last.Pushed = append(last.Pushed, ch.Name)
	}
}

// channels are those that carry a's audience. A channel that carries several
// audiences of one incident gets the first only: its readers are one group. Those of
// a channel of subscribers are not: it looks after each of them itself.
func (b *book) channels(i *incident, a *headstart.Announcement) []headstart.ChannelInfo {
	told := map[string]bool{}
	for _, o := range b.told[i.ID] {
		for n := range o.Updates {
			for _, ch := range o.Updates[n].Pushed {
				told[ch] = told[ch] || o.ID != a.ID
			}
		}
	}
	var out []headstart.ChannelInfo
	for _, ch := range b.log.Channels {
		if b.carries(ch, a.Audience) && (!told[ch.Name] || ch.Subscribers) {
			out = append(out, ch)
		}
	}
	return out
}

// carries reports whether the channel is meant for the audience: the channel
// names it, or the audience names the channel, or neither names anything. Who asked
// for mail gets it whichever channels an audience names.
func (b *book) carries(ch headstart.ChannelInfo, audience string) bool {
	if ch.Subscribers {
		return len(ch.Audiences) == 0 || slices.Contains(ch.Audiences, audience)
	}
	for _, aud := range b.log.Audiences {
		if aud.ID == audience && len(aud.Channels) > 0 {
			return slices.Contains(aud.Channels, ch.Name)
		}
	}
	return len(ch.Audiences) == 0 || slices.Contains(ch.Audiences, audience)
}

func (b *book) userNotice(i *incident, a *headstart.Announcement, u *headstart.Update, ch headstart.ChannelInfo) *headstart.Notice {
	n := &headstart.Notice{
		V: 1, Key: fmt.Sprintf("%s/%s/%d/%s", a.UID, a.Audience, u.N, ch.Name), Plane: headstart.PlaneUsers, At: b.now,
		Incident: i.ID, UID: a.UID, Priority: i.Priority, Announcement: a.ID, Audience: a.Audience, Channel: ch.Name, N: u.N,
		Phase: u.Phase, Languages: a.Languages, Text: u.Text, Final: u.Final, Severity: a.Severity, SupportGroup: i.SupportGroup,
		Services: a.Services, Locations: a.Locations, StatusURL: b.statusURL(i), Handle: a.Posts[ch.Name],
	}
	for _, of := range b.named(a.Audience) {
		if ch.Subscribers {
			n.AudienceServices, n.AudienceLocations = of.Services, of.Locations
		}
	}
	return n
}

// quietUntil returns when the quiet hours around now end.
func (b *book) quietUntil(i *incident) (time.Time, bool) {
	q := b.config.Quiet
	if i.Priority == "P1" && q.Critical == "push" {
		return time.Time{}, false
	}
	now := b.now.In(b.zone)
	if q.ClosedDays && b.calendar.Closed(now, firstOf(i.Locations)) != nil {
		next := b.calendar.NextOpen(now, firstOf(i.Locations))
		return next, next.After(now)
	}
	from, to := clock(q.From, now), clock(q.To, now)
	switch {
	case from.Equal(to):
		return time.Time{}, false
	case from.Before(to):
		return to, !now.Before(from) && now.Before(to)
	case now.Before(to): // after midnight
		return to, true
	case !now.Before(from): // before midnight
		return clock(q.To, now.AddDate(0, 0, 1)), true
	}
	return time.Time{}, false
}

// clock is the time hh:mm on t's day, in t's zone.
func clock(hhmm string, t time.Time) time.Time {
	p, err := time.Parse("15:04", hhmm)
	if err != nil {
		return t
	}
	y, m, d := t.Date()
	return time.Date(y, m, d, p.Hour(), p.Minute(), 0, 0, t.Location())
}

func firstOf(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}
