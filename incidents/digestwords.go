package incidents

import (
	"fmt"
	"slices"

	"headstart"
)

// digestFrom makes the digest of now for a channel, if it carries anybody it is for.
// Subscribers asked for single services, so they get the notices one by one.
func (b *book) digestFrom(ch *headstart.ChannelInfo, news, told, later []*digested) (out []*headstart.Notice, hits []headstart.Hit) {
	mine := b.carried(ch, news)
	switch {
	case len(mine) == 0:
		return nil, nil
	case ch.Subscribers:
		for _, d := range mine {
			out = append(out, b.userNotice(d.i, d.a, d.a.Last(), *ch))
		}
		return out, nil
	}
	first := mine[0].a
	n := &headstart.Notice{
		V: 1, Plane: headstart.PlaneUsers, At: b.now, Audience: first.Audience, Channel: ch.Name, N: 1, Phase: headstart.DigestSent,
		UID: "digest-" + b.now.UTC().Format("20060102T1504"), Languages: first.Languages, Text: map[string]headstart.Text{}, Severity: "minor",
		Priority: "P4", StatusURL: b.statusURL(mine[0].a.Services, mine[0].a.Locations),
	}
	n.Key = fmt.Sprintf("%s/%s/%d/%s", n.UID, n.Audience, n.N, ch.Name)
	for _, lang := range n.Languages {
		w := headstart.DigestWording{Lang: lang, Now: b.now.In(b.zone), More: len(b.carried(ch, later)), StatusURL: n.StatusURL}
		for _, d := range b.carried(ch, slices.Concat(news, told)) {
			line := b.digestLine(d, lang)
			if d.over() {
				w.Over = append(w.Over, line)
			} else {
				w.Live = append(w.Live, line)
			}
		}
		c := b.composer.Digest(w)
		n.Text[lang] = c.Text
		hits = append(hits, c.Hits...)
	}
	return append(out, n), hits
}

// carried are the notices of list that a channel is meant for, one of each incident:
// its readers are one group.
func (b *book) carried(ch *headstart.ChannelInfo, list []*digested) (out []*digested) {
	seen := map[headstart.IncidentID]bool{}
	for _, d := range list {
		if ch.Carries(d.a.Audience, b.log.Audiences) && !seen[d.i.ID] {
			seen[d.i.ID] = true
			out = append(out, d)
		}
	}
	return out
}

// digestLine is one notice in the words it stands in.
func (b *book) digestLine(d *digested, lang string) headstart.DigestLine {
	last := d.a.Last()
	l := headstart.DigestLine{
		Title: last.Text[lang].Title, Where: b.whereFor(d.i, d.a.Audience, lang), Since: d.i.StartedAt.In(b.zone), Ended: last.At.In(b.zone),
	}
	if !d.i.X.Clear.IsZero() {
		l.Ended = d.i.X.Clear.In(b.zone) // users could work from then
	}
	if s := b.subject(d.i).service; s != nil {
		l.UrgentContact = s.UrgentContact.In(lang)
	}
	return l
}
