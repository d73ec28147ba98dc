package correlate

import (
	"slices"

	"headstart"
)

// keepLinks is how many candidates a ticket keeps.
const keepLinks = 3

// A link of band auto is margin ahead of the second, or leaves clearness times less
// doubt than that: near certainty no score can be far ahead of another.
const (
	margin    = .1
	clearness = 8
)

// byRule is who made a link that no person made.
const byRule = headstart.LinkedByRule

// match scores a ticket against every group it can be about (E-21). What a
// person decided stays (principle 5).
func (s *State) match(t *headstart.TicketState) { s.matchWith(t, s.readySubjects()) }

// matchWith is match with the groups made ready.
func (s *State) matchWith(t *headstart.TicketState, ready *subjects) {
	links := s.verdicts(t)
	decided := len(links)
	offered := s.offered(t, links, ready)
	made := s.made(t, offered, links)
	links = append(links, offered...)
	if len(links) == 0 {
		links = nil
	}
	if slices.EqualFunc(links, t.Links, sameLink) {
		return
	}
	s.teach(t, -1)
	t.Links = links
	s.teach(t, 1)
	s.dirtyTicket(t.Key())
	s.sayMatched(t, links[decided:])
	if made != nil {
		c := s.say(headstart.TicketMatched, "E-23", made.outcome, t.Key(), "incident", subjectOf(made.group), "score", score(made.score))
		c.Ticket, c.Group = t.Key(), made.group
	}
}

func (s *State) sayMatched(t *headstart.TicketState, offered []headstart.Link) {
	facts := []string{}
	for _, l := range offered {
		facts = append(facts, "candidate", subjectOf(l.Group), "score", score(l.Score), "band", string(l.Band))
	}
	outcome := "matched"
	if len(facts) == 0 {
		outcome = "unmatched"
	}
	c := s.say(headstart.TicketMatched, "E-21", outcome, t.Key(), facts...)
	c.Ticket = t.Key()
}

// offered are the best candidates of t that nobody decided on, best first, with
// their reasons.
func (s *State) offered(t *headstart.TicketState, decided []headstart.Link, ready *subjects) []headstart.Link {
	a, best := s.best(t, decided, ready)
	auto := s.sure(t, best)
	var links []headstart.Link
	for i := range best {
		l := s.linkOf(a, &best[i])
		if i == 0 && auto {
			l.Band = headstart.BandAuto
		}
		links = append(links, l)
	}
	return links
}

// best are the candidates of t that are kept, best first: those of the highest
// scores that are worth a suggestion.
func (s *State) best(t *headstart.TicketState, decided []headstart.Link, ready *subjects) (a *asked, best []scored) {
	r := s.reports[t.Key()]
	when, least := whenOf(t), leastOddsOf(s.matching.Suggest)
	about := ready.at(s, &when)
	for i := range about {
		x := &about[i]
		surge := s.reportOf(r, x.g)
		if !x.couldBe(&when) && !surge || has(decided, x.g.ID) {
			continue
		}
		if a == nil {
			a = s.asked(t)
		}
		var v vector
		odds := s.odds(a, x, &v)
		if odds < least && !surge {
			continue
		}
		c := scored{x.g, v, chance(odds)}
		if surge { // it is one of those that tell of it, whatever its words
			c.score = max(c.score, s.matching.Suggest)
		}
		if c.score >= s.matching.Suggest {
			best = c.among(best)
		}
	}
	return a, best
}

// among puts c where it belongs in the best so far, and drops what is too many. There
// may be hundreds of candidates: no more than a few are ever held.
func (c *scored) among(best []scored) []scored {
	at := len(best)
	for at > 0 && c.before(&best[at-1]) {
		at--
	}
	if at == keepLinks {
		return best
	}
	if len(best) < keepLinks {
		best = append(best, scored{})
	}
	copy(best[at+1:], best[at:])
	best[at] = *c
	return best
}

// before reports whether c is shown above x.
func (c *scored) before(x *scored) bool {
	return c.score > x.score || c.score == x.score && c.g.ID < x.g.ID
}

// has reports whether one of links is to a group.
func has(links []headstart.Link, id headstart.GroupID) bool {
	return slices.ContainsFunc(links, func(l headstart.Link) bool { return l.Group == id })
}

func (s *State) linkOf(a *asked, c *scored) headstart.Link {
	l := headstart.Link{Ticket: a.t.ID, Source: a.t.Source, Group: c.g.ID, Score: c.score, Band: headstart.BandSuggest}
	l.For, l.Against = s.reasons(a, c)
	return l
}

// sure reports whether the best candidate is good for a link without a person: it
// is clearly ahead, and the text names what it hits and reports a malfunction.
func (s *State) sure(t *headstart.TicketState, best []scored) bool {
	switch {
	case len(best) == 0, best[0].score < s.matching.Auto, best[0].g.Cause.Kind == headstart.CauseSurge:
		return false
	case len(best) > 1 && !ahead(best[0].score, best[1].score):
		return false
	case best[0].x[service] < plain && best[0].x[dependant] < plain:
		return false // it names nothing of what is hit: at a site in trouble other things break too
	}
	return gate(t.Evidence)
}

// ahead reports whether a score is clearly above the next.
func ahead(first, second float64) bool {
	return round(first-second) >= margin || second < first && round(1-second) >= round(float64(clearness*(1-first)))
}

// gate is what an automatic link needs besides its score (matching.md section 5).
func gate(e *headstart.Evidence) bool {
	if e == nil || e.Cues["malfunction"] == 0 || e.Cues["works_again"] > 0 {
		return false
	}
	contrary := 0
	for _, cue := range []string{"howto", "request", "supplies", "one_person", "password", "lasting", "content", "bulletin"} {
		if e.Cues[cue] > 0 {
			contrary++
		}
	}
	return contrary == 0 || contrary == 1 && e.Cues["malfunction"] >= 2 && e.Cues["several"] > 0
}

// verdicts returns the links a person decided on, of groups that were merged
// under the one they went into.
func (s *State) verdicts(t *headstart.TicketState) []headstart.Link {
	var links []headstart.Link
	for _, l := range t.Links {
		if g := s.follow(l.Group); g != nil {
			l.Group = g.ID
		}
		if l.Verdict != "" && l.By != byRule && !slices.ContainsFunc(links, func(x headstart.Link) bool { return x.Group == l.Group }) {
			links = append(links, l)
		}
	}
	return links
}

// making is a link that was made, or ended, without a person.
type making struct {
	outcome string
	group   headstart.GroupID
	score   float64
}

// made links t without a person where that is earned (E-23), or keeps the link that
// was made so: it stays until another candidate is sure, or it is none any more.
// offered gets the verdict; the answer is nil when nothing is new.
func (s *State) made(t *headstart.TicketState, offered, decided []headstart.Link) *making {
	var was *headstart.Link
	for i := range t.Links {
		if l := &t.Links[i]; l.Verdict == "linked" && l.By == byRule {
			was = l
		}
	}
	if slices.ContainsFunc(decided, func(l headstart.Link) bool { return l.Verdict == "linked" }) {
		return nil
	}
	if len(offered) > 0 && s.mayLink(&offered[0]) && (was == nil || s.follow(was.Group) != s.groups[offered[0].Group]) {
		l := &offered[0]
		l.Verdict, l.By, l.At = "linked", byRule, s.now.Time()
		return &making{"linked", l.Group, l.Score}
	}
	if was == nil {
		return nil
	}
	for i := range offered {
		if l := &offered[i]; s.groups[l.Group] == s.follow(was.Group) {
			l.Verdict, l.By, l.At = "linked", byRule, was.At
			return nil
		}
	}
	return &making{"ended", was.Group, was.Score}
}

// mayLink reports whether a candidate may be linked without a person now. What is
// confidential is a person's to link.
func (s *State) mayLink(l *headstart.Link) bool {
	return s.reviews.On && l.Band == headstart.BandAuto && l.Score >= s.reviews.From && !s.groups[l.Group].Confidential
}

func sameLink(a, b headstart.Link) bool {
	return a.Group == b.Group && a.Score == b.Score && a.Band == b.Band && a.Verdict == b.Verdict &&
		slices.Equal(a.For, b.For) && slices.Equal(a.Against, b.Against)
}
