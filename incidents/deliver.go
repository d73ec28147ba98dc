package incidents

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"headstart"
)

// deliver hands a newly published update to the channels that got the first
// message: pushed phases as a message, the others as a silent edit where the
// channel can edit. Nobody who was not told it broke is told that it works. In quiet
// hours what no person sent waits for their end.
func (b *book) deliver(i *incident, a *headstart.Announcement, u *headstart.Update) {
	if b.muted(i) {
		return
	}
	if a.How != headstart.HowPush {
		b.endDigested(i, a, u)
		return
	}
	loud := !u.Corrects && (b.config.pushes(u.Phase) || u.Final)
	end, quiet := b.quietUntil(i, a.Audience)
	quiet = quiet && sentByRule(u)
	if loud && quiet {
		b.agenda.add(end, doTell, a.ID, u.N, false)
		loud = false
	}
	b.tell(i, a, loud, !quiet, "")
}

// sentByRule reports whether no person wrote u or approved it.
func sentByRule(u *headstart.Update) bool {
	return u.By == "rule" && strings.HasPrefix(u.Approver, "announce.")
}

// tellHeld tells what was held for the quiet hours, unless something newer was said. A
// hush holds it on; what became confidential is not told.
func (b *book) tellHeld(a *headstart.Announcement, n int) {
	i := b.incidents[a.Incident]
	if i == nil || a.Last() == nil || a.Last().N != n || a.How != headstart.HowPush || i.Confidential {
		return
	}
	end, holds := b.quietUntil(i, a.Audience)
	if b.hushed(i) {
		end, holds = b.hushedUntil(i), true
	}
	if holds {
		b.agenda.add(end, doTell, a.ID, n, false)
		return
	}
	b.tell(i, a, true, true, "/held") // where a silent edit went before, it is another message
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// tell hands the newest update to the channels that got the first message: loud, or as
// a silent edit; remind: a mail that promised a message long ago gets one even so. The
// suffix tells the keys of two deliveries of one update apart.
func (b *book) tell(i *incident, a *headstart.Announcement, loud, remind bool, suffix string) {
	last := a.Last()
	if loud {
		last.How = headstart.HowPush
		b.say(i, a, last, headstart.HowPush)
	}
	told := a.Told()
	for _, ch := range b.log.Channels {
		due := remind && b.mailDue(a, ch)
		if !slices.Contains(told, ch.Name) || !loud && !ch.Update && !due || last.Final && b.missed(a, ch.Name) {
			continue
		}
		n := b.userNotice(i, a, last, ch)
		n.Key += suffix
		n.Silent = !loud && !due
		b.owe(n)
		if !slices.Contains(last.Pushed, ch.Name) {
			last.Pushed = append(last.Pushed, ch.Name)
		}
	}
	b.deliverFolded(i, a, last)
}

// promisedByMail is how long after a mail that promised a message a cause found, or that
// there is no news, is mailed too (ruling 26); before, the page and the chat say it.
const promisedByMail = 2 * time.Hour

// mailDue reports whether the readers of a mail were promised a message that long ago
// and got none since.
func (b *book) mailDue(a *headstart.Announcement, ch headstart.ChannelInfo) bool {
	last := a.Last()
	if ch.Type != "email" && ch.Type != "graph" || last.Corrects || last.Phase != headstart.Identified && last.Phase != headstart.Progress {
		return false
	}
	for n := len(a.Updates) - 2; n >= 0; n-- {
		if u := &a.Updates[n]; slices.Contains(u.Pushed, ch.Name) {
			return u.NextUpdateBy != nil && b.now.Sub(u.At) > promisedByMail
		}
	}
	return false
}

// channels are those that carry a's audience. A channel that carries several
// audiences of one incident gets the first only: its readers are one group. Those of
// a channel of subscribers are not: it looks after each of them itself.
func (b *book) channels(i *incident, a *headstart.Announcement) []headstart.ChannelInfo {
	told := b.toldByOthers(i, a)
	var out []headstart.ChannelInfo
	for _, ch := range b.log.Channels {
		if ch.Carries(a.Audience, b.log.Audiences) && (!told[ch.Name] || ch.Subscribers) {
			out = append(out, ch)
		}
	}
	return out
}

// toldByOthers are the channels that another announcement than a told of i.
func (b *book) toldByOthers(i *incident, a *headstart.Announcement) map[string]bool {
	told := map[string]bool{}
	for _, o := range b.tells(i) {
		if o.ID == a.ID {
			continue
		}
		for n := range o.Updates {
			if o.Incident != i.ID && !slices.Contains(o.Updates[n].About, i.ID) {
				continue // it did not speak for i then
			}
			for _, ch := range o.Updates[n].Pushed {
				told[ch] = true
			}
		}
	}
	return told
}

func (b *book) userNotice(i *incident, a *headstart.Announcement, u *headstart.Update, ch headstart.ChannelInfo) *headstart.Notice {
	n := &headstart.Notice{
		V: 1, Key: fmt.Sprintf("%s/%s/%d/%s", a.UID, a.Audience, u.N, ch.Name), Plane: headstart.PlaneUsers, At: b.now,
		Incident: i.ID, UID: a.UID, Priority: i.Priority, Announcement: a.ID, Audience: a.Audience, Channel: ch.Name, N: u.N,
		Phase: u.Phase, Languages: a.Languages, Text: u.Text, Final: u.Final, Severity: a.Severity, SupportGroup: i.SupportGroup,
		Services: a.Services, Locations: a.Locations, StatusURL: b.statusURL(a.Services, a.Locations), Handle: a.Posts[ch.Name],
	}
	for _, of := range b.named(a.Audience) {
		if ch.Subscribers {
			n.AudienceServices, n.AudienceLocations = of.Services, of.Locations
		}
	}
	return n
}
