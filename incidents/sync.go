package incidents

import (
	"fmt"

	"headstart"
)

// sync copies what correlation knows of the group into the incident.
func (b *book) sync(i *incident) {
	g := b.groups.Group(i.Group)
	if g == nil {
		return
	}
	i.State = g.State
	i.Cause = g.Cause
	i.StartedAt = g.StartedAt
	if i.Cause.Also == nil {
		i.Cause.Also = []string{}
	}
	if i.Cause.Reason == "" {
		i.Cause.Reason = b.reason(g)
	}
	i.Alerts.Firing, i.Alerts.Total = g.Firing, g.Total
	b.widen(i)
	b.rescope(i, g)
	i.People = g.People
	i.SilencedBy = g.SilencedBy
	i.Reopens, i.Stale, i.ProblemCandidate = g.Reopens, g.Stale, g.ProblemCandidate
	b.retag(i, g)
	i.CloseReason = ""
	if i.State == headstart.Closed {
		i.CloseReason = g.CloseReason
	}
	if !g.ResolvedAt.IsZero() && (i.State == headstart.Resolved || i.State == headstart.Closed) {
		i.ResolvedAt = at(g.ResolvedAt)
	}
	b.follow(i)
	b.confide(i)
	b.rerate(i)
	b.title(i)
	b.dirty.incident(i)
}

// reason says in words why the cause is probable.
func (b *book) reason(g *headstart.Group) string {
	switch {
	case g.Cause.Kind == headstart.CauseNone:
		return b.because("het signaal past bij niets in de catalogus", "the alert fits nothing in the catalog")
	case g.Cause.Kind == headstart.CauseManual:
		return b.because("door een mens geopend", "opened by a person")
	case g.Cause.Kind == headstart.CauseJoint:
		return b.because("samen zijn zij de enige weg", "together they are the only way")
	case g.Cause.Kind == headstart.CauseSuspected:
		return fmt.Sprintf(b.because("%d achter %s antwoorden niet, en %[2]s zelf is niet gehoord", "%d behind %s do not answer, and %[2]s itself was not heard"), g.Total, g.Cause.Asset)
	case g.Total > 1:
		return fmt.Sprintf(b.because("%s antwoordt niet; de andere %d hangen erachter", "%s does not answer; the other %d are behind it"), g.Cause.Asset, g.Total-1)
	default:
		return fmt.Sprintf(b.because("%s faalt en niets erboven", "%s fails and nothing above it does"), g.Cause.Asset)
	}
}

// follow keeps i among the live ones for as long as it is.
func (b *book) follow(i *incident) {
	if i.Live() {
		b.live[i.ID] = i
	} else {
		delete(b.live, i.ID)
		delete(b.scopes, i.ID)
	}
}

// confide marks an incident confidential once a service or asset of it is (ruling 30).
func (b *book) confide(i *incident) {
	if i.Confidential {
		return
	}
	secret := b.scope(i).confidential
	for n := -1; n < len(i.Cause.Also); n++ {
		id := i.Cause.Asset
		if n >= 0 {
			id = i.Cause.Also[n]
		}
		if d := b.devices[id]; d != nil && d.Confidential {
			secret = true
		}
	}
	if g := b.groups.Group(i.Group); g != nil && g.Confidential {
		secret = true
	}
	if i.Confidential = secret; secret {
		b.mute(i)
		b.hideLessons(i)
	}
}
