package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
)

// Groups are what correlation knows in the end.
type Groups interface {
	Group(id headstart.GroupID) *headstart.Group
	Problem(key headstart.ProblemKey) *headstart.Problem
	Ticket(key string) *headstart.TicketState
}

// Render writes what was decided as the part want has it: a line for each
// decision,
//
//	TIME #GROUP KIND RULE SUBJECT [-> #OTHER]
//
// and in the end one for each group: its state, cause, failing of all members,
// services, locations, people, points of evidence, and what else is remarkable;
// one for each problem that planned work or a closed period suppresses; and one
// for each candidate of a ticket. Times are told from midnight of day on.
func Render(changes []headstart.Change, s Groups, day time.Time) string {
	var b strings.Builder
	var groups headstart.GroupID
	tickets, aside := map[string]struct{}{}, map[headstart.ProblemKey]struct{}{}
	for i := range changes {
		c := &changes[i]
		groups = max(groups, c.Group)
		if c.Ticket != "" {
			tickets[c.Ticket] = struct{}{}
		}
		if c.Rule == "M-06" && c.Problem != "" {
			aside[c.Problem] = struct{}{}
		}
		if c.Rule != "C-01" || c.Outcome == "delisted" {
			fmt.Fprintln(&b, renderChange(c, day))
		}
	}
	for n := headstart.GroupID(1); n <= groups; n++ {
		if g := s.Group(n); g != nil {
			fmt.Fprintln(&b, renderGroup(g))
		}
	}
	renderAside(&b, aside, s, day)
	renderTickets(&b, tickets, s)
	return b.String()
}

func renderAside(b *strings.Builder, aside map[headstart.ProblemKey]struct{}, s Groups, day time.Time) {
	for _, k := range slices.Sorted(maps.Keys(aside)) {
		if p := s.Problem(k); p != nil && p.Suppressed != nil {
			fmt.Fprintf(b, "%s suppressed by=%s until=%s\n", k, strings.ReplaceAll(p.Suppressed.By, " ", "_"), Clock(p.Suppressed.Until, day))
		}
	}
}

func renderTickets(b *strings.Builder, tickets map[string]struct{}, s Groups) {
	for _, k := range slices.Sorted(maps.Keys(tickets)) {
		t := s.Ticket(k)
		if t == nil {
			continue
		}
		for _, l := range t.Links {
			fmt.Fprintf(b, "%s #%d %.4f %s %s for: %s; against: %s\n", k, l.Group, l.Score, l.Band, l.Verdict, strings.Join(l.For, ", "), strings.Join(l.Against, ", "))
		}
	}
}

// Refused is the line that a refused command leaves among the decisions.
func Refused(ev headstart.Event, why error) headstart.Change {
	return headstart.Change{Kind: headstart.Noted, Decision: headstart.Decision{At: ev.At, Rule: refusedRule, Subject: ev.Command.Do + ": " + why.Error()}}
}

const refusedRule = "refused"

// Clock writes a time as a scenario does: 08:00:00, or 1+08:00:00 for the day
// after day.
func Clock(t, day time.Time) string {
	at := t.UTC().Format(time.TimeOnly)
	if n := int(t.Sub(day) / (24 * time.Hour)); n > 0 {
		return fmt.Sprintf("%d+%s", n, at)
	}
	return at
}

func renderChange(c *headstart.Change, day time.Time) string {
	line := fmt.Sprintf("%s #%d %s %s %s", Clock(c.At, day), c.Group, c.Kind, c.Rule, c.Subject)
	if c.Group == 0 {
		line = fmt.Sprintf("%s %s %s %s", Clock(c.At, day), c.Kind, c.Rule, c.Subject)
	}
	if c.Kind == headstart.Noted || c.Kind == headstart.PlanChanged || c.Kind == headstart.SteadinessChanged {
		line += " " + c.Outcome
	}
	if c.Other != 0 {
		line += fmt.Sprintf(" -> #%d", c.Other)
	}
	return strings.Join(strings.Fields(line), " ")
}

func renderGroup(g *headstart.Group) string {
	line := fmt.Sprintf("#%d %s cause=%s kind=%s firing=%d/%d", g.ID, g.State, strings.Join(append([]string{g.Cause.Asset}, g.Cause.Also...), "+"), g.Cause.Kind, g.Firing, g.Total)
	if g.State == headstart.Merged {
		return fmt.Sprintf("%s merged_into=#%d", line, g.MergedInto)
	}
	line += fmt.Sprintf(" services=%s locations=%s people=%d points=%d", strings.Join(g.Services, ","), strings.Join(g.Locations, ","), g.People, g.Points)
	for _, x := range []struct {
		name string
		on   bool
	}{{"proved", g.Proved}, {"silenced", g.Silenced}, {"pinned", g.Pinned}, {"confidential", g.Confidential}, {"paused", g.Paused}, {"unstable", g.Unstable}, {"stale", g.Stale}} {
		if x.on {
			line += " " + x.name
		}
	}
	if g.Overrun != nil {
		line += fmt.Sprintf(" overrun=%s/%s", g.Overrun.Window, g.Overrun.Owner)
	}
	for _, x := range []struct {
		name string
		n    headstart.GroupID
	}{{"split_from", g.SplitFrom}, {"recurrence_of", g.RecurrenceOf}, {"reopens", headstart.GroupID(g.Reopens)}} {
		if x.n != 0 {
			line += fmt.Sprintf(" %s=%d", x.name, x.n)
		}
	}
	if g.State == headstart.Closed && strings.HasPrefix(g.CloseReason, "no_longer_") {
		line += " closed_as=" + g.CloseReason
	}
	if c := g.ProblemCandidate; c != nil {
		line += fmt.Sprintf(" candidate=%d_in_%dd", c.Count, c.Days)
	}
	return line
}
