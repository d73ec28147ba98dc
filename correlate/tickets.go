package correlate

import (
	"cmp"
	"slices"
	"time"

	"headstart"
)

// When a ticket can be about a group.
const (
	beforeOpening = 30 * time.Minute // users notice before monitoring does
	afterResolve  = 4 * time.Hour    // the desk registers calls later (ruling 32)
	rematchFor    = 30 * time.Minute // how long after its arrival a ticket is matched anew
	rematchPart   = 500              // tickets a unit matches at most (ruling 10)
	keepLinks     = 3
)

// applyTicket takes over what the ticket system last showed. A copy older than
// what is known is left alone.
func (s *State) applyTicket(in *headstart.Ticket) {
	if in.ID == "" {
		return
	}
	t := s.tickets[in.Key()]
	arrived := t == nil
	switch {
	case t == nil:
		t = &headstart.TicketState{V: 1, SeenAt: s.now}
		s.tickets[in.Key()] = t
	case in.UpdatedAt.Before(t.UpdatedAt):
		return
	}
	evidence := t.Evidence
	t.Ticket = *asStored(in)
	t.Title, t.Body = "", "" // never kept (ruling 7)
	for _, at := range []*time.Time{&t.CreatedAt, &t.ReportedAt, &t.UpdatedAt, &t.FirstResponseAt, &t.SolvedAt} {
		*at = sane(*at)
	}
	if t.CreatedAt.IsZero() {
		t.CreatedAt = s.now
	}
	if t.Evidence == nil {
		t.Evidence = evidence
	}
	s.dirtyTicket(t.Key())
	s.match(t)
	if arrived {
		s.surge(t)
	}
}

// matchNext matches the recent tickets anew because of g: it opened, or hits
// something it did not. It goes on after the ticket from.
func (s *State) matchNext(g *group, from string) {
	if g == nil {
		return
	}
	var keys []string
	for key, t := range s.tickets {
		if key > from && (s.now.Sub(t.SeenAt) <= rematchFor && !t.Solved() || s.linksInto(t, g) || s.ofSurge(t, g)) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	part := keys[:min(len(keys), rematchPart)]
	for _, key := range part {
		s.match(s.tickets[key])
	}
	if len(keys) > len(part) {
		s.at(s.now, matchTimer, subjectOf(g.ID), part[len(part)-1])
	}
}

// linksInto reports whether a ticket has a link to a group that went into g.
func (s *State) linksInto(t *headstart.TicketState, g *group) bool {
	return slices.ContainsFunc(t.Links, func(l headstart.Link) bool { return l.Group != g.ID && s.follow(l.Group) == g })
}

// match scores a ticket against every group it can be about (E-21). What a
// person decided stays (principle 5).
func (s *State) match(t *headstart.TicketState) {
	links := s.verdicts(t)
	decided := len(links)
	for id, g := range s.groups { // sorted below, so map order decides nothing
		surge := s.ofSurge(t, g)
		if !candidate(g, t) && !surge || slices.ContainsFunc(links[:decided], func(l headstart.Link) bool { return l.Group == id }) {
			continue
		}
		l := s.score(t, g)
		if surge { // it is one of those that tell of it, whatever its words
			l.Score = max(l.Score, s.matching.Suggest)
		}
		if l.Score >= s.matching.Suggest {
			links = append(links, l)
		}
	}
	offered := links[decided:]
	slices.SortFunc(offered, func(a, b headstart.Link) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Group, b.Group))
	})
	s.band(t, offered)
	links = links[:decided+min(len(offered), keepLinks)]
	if len(links) == 0 {
		links = nil
	}
	if slices.EqualFunc(links, t.Links, sameLink) {
		return
	}
	t.Links = links
	s.dirtyTicket(t.Key())
	facts := []string{}
	for _, l := range links[decided:] {
		facts = append(facts, "candidate", subjectOf(l.Group), "score", score(l.Score), "band", string(l.Band))
	}
	outcome := "matched"
	if len(facts) == 0 {
		outcome = "unmatched"
	}
	c := s.say(headstart.TicketMatched, "E-21", outcome, t.Key(), facts...)
	c.Ticket = t.Key()
}

// verdicts returns the links a person decided on, of groups that were merged
// under the one they went into.
func (s *State) verdicts(t *headstart.TicketState) []headstart.Link {
	var links []headstart.Link
	for _, l := range t.Links {
		if g := s.follow(l.Group); g != nil {
			l.Group = g.ID
		}
		if l.Verdict != "" && !slices.ContainsFunc(links, func(x headstart.Link) bool { return x.Group == l.Group }) {
			links = append(links, l)
		}
	}
	return links
}

func sameLink(a, b headstart.Link) bool {
	return a.Group == b.Group && a.Score == b.Score && a.Band == b.Band && a.Verdict == b.Verdict &&
		slices.Equal(a.For, b.For) && slices.Equal(a.Against, b.Against)
}

// candidate reports whether t can be about g by time (matching.md section 3).
func candidate(g *group, t *headstart.TicketState) bool {
	since := t.Since()
	switch {
	case g.State == headstart.Merged, since.Before(g.OpenedAt.Add(-beforeOpening)):
		return false
	case g.ResolvedAt.IsZero(), since.Before(g.ResolvedAt):
		return true
	}
	return t.Channel == "phone" && since.Before(g.ResolvedAt.Add(afterResolve))
}

// band says what each score is good for: at most one would be linked by itself,
// and only where it is clearly ahead and the text reports a malfunction.
func (s *State) band(t *headstart.TicketState, links []headstart.Link) {
	for i := range links {
		links[i].Band = headstart.BandSuggest
	}
	if len(links) == 0 || links[0].Score < s.matching.Auto || !gate(t.Evidence) {
		return
	}
	if len(links) > 1 && round(links[0].Score-links[1].Score) < 0.1 {
		return
	}
	links[0].Band = headstart.BandAuto
}

// gate is what an automatic link needs besides its score (matching.md section 5).
func gate(e *headstart.Evidence) bool {
	if e == nil || e.Cues["malfunction"] == 0 || e.Cues["works_again"] > 0 {
		return false
	}
	contrary := 0
	for _, cue := range []string{"howto", "request", "supplies", "one_person", "password"} {
		contrary += e.Cues[cue]
	}
	return contrary == 0 || contrary == 1 && e.Cues["malfunction"] >= 2 && e.Cues["several"] > 0
}
