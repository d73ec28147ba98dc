package incidents

import (
	"fmt"
	"slices"

	"headstart"
)

// deliver hands a newly published update to the channels that got the first
// message: pushed phases as a message, the others as a silent edit where the
// channel can edit. Nobody who was not told it broke is told that it works.
func (b *book) deliver(i *incident, a *headstart.Announcement, u *headstart.Update) {
	if b.muted(i) {
		return
	}
	if a.How != headstart.HowPush {
		b.endDigested(i, a, u)
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
