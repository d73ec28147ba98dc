package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/correlate/scenario"
)

// unmet is one expectation that does not hold.
type unmet struct {
	Line int    `json:"line"` // of the scenario
	Of   string `json:"of"`   // HS-1, a ticket, or "" for everything
	What string `json:"what"`
	Want string `json:"want"`
	Have string `json:"have"`
}

// checked is the answer of replay --check.
type checked struct {
	Met       bool     `json:"met"`
	Expected  int      `json:"expected"` // how many expectations there are
	Unmet     []unmet  `json:"unmet"`
	Decisions []string `json:"decisions"` // lines in which they differ from the part want
}

// replayCheck compares what a log is made into with what a scenario expects.
func (p *program) replayCheck(cmd *cobra.Command, file string, until time.Time, o replayOptions) error {
	b, err := os.ReadFile(o.check)
	if err != nil {
		return err
	}
	s, err := scenario.Parse(o.check, b)
	switch {
	case err != nil:
		return &exit{2, err.Error()}
	case len(s.Expect) == 0 && !s.Wants:
		return &exit{2, o.check + " expects nothing; add a line -- expect -- and what must hold below it, see docs/scenarios.md"}
	}
	lines, err := p.story(cmd, file)
	if err != nil {
		return err
	}
	r, err := fold(lines, until)
	if err != nil {
		return err
	}
	out := checked{Expected: len(s.Expect), Unmet: []unmet{}, Decisions: []string{}}
	for _, e := range s.Expect {
		if have := r.have(e); have != e.Want {
			out.Unmet = append(out.Unmet, unmet{e.Line, e.Of, e.What, e.Want, have})
		}
	}
	if s.Wants {
		out.Expected++
		out.Decisions = append(out.Decisions, scenario.Diff(accepted(s.Want), accepted(r.decided()))...)
	}
	out.Met = len(out.Unmet)+len(out.Decisions) == 0
	return p.sayChecked(o, out)
}

// accepted leaves out commands that were refused: the desk refuses some before
// correlation is asked, and neither decides anything.
func accepted(decisions string) string {
	var out strings.Builder
	for line := range strings.Lines(decisions) {
		if !strings.Contains(line, " noted refused ") {
			out.WriteString(line)
		}
	}
	return out.String()
}

func (p *program) sayChecked(o replayOptions, c checked) error {
	if o.output == "json" {
		if err := p.printJSON(c); err != nil {
			return err
		}
	} else {
		for _, u := range c.Unmet {
			fmt.Fprintf(p.stdout, "%s:%d: %s\n- %s\n+ %s\n", o.check, u.Line, strings.TrimSpace(u.Of+" "+u.What), u.Want, u.Have)
		}
		if len(c.Decisions) > 0 {
			fmt.Fprintf(p.stdout, "%s: decisions\n%s\n", o.check, strings.Join(c.Decisions, "\n"))
		}
		if c.Met {
			fmt.Fprintf(p.stdout, "%s: all that is expected holds (%d)\n", o.check, c.Expected)
		}
	}
	if c.Met {
		return nil
	}
	return &exit{4, ""}
}

// have says what an expectation is about as a scenario writes it.
func (r *playback) have(e scenario.Expectation) string {
	switch e.What {
	case "incidents":
		return strconv.Itoa(len(r.Incidents))
	case "messages":
		return strconv.Itoa(r.count(e.Of).Messages)
	case "drafts":
		return strconv.Itoa(r.count(e.Of).Drafts)
	case "pages":
		return strconv.Itoa(r.count(e.Of).Pages)
	case "incident", "band":
		return r.candidate(e)
	}
	n := slices.IndexFunc(r.Incidents, func(i headstart.Incident) bool { return string(i.ID) == e.Of })
	if n < 0 {
		return "no such incident"
	}
	i := &r.Incidents[n]
	if e.What == "firing" && strings.Contains(e.Want, "/") {
		return fmt.Sprintf("%d/%d", i.Alerts.Firing, i.Alerts.Total)
	}
	return r.word(i, e.What)
}

// candidate is the best incident of a ticket, or its band.
func (r *playback) candidate(e scenario.Expectation) string {
	for _, l := range r.Links {
		switch {
		case l.Source+"/"+l.Ticket != e.Of:
		case e.What == "band":
			return string(l.Band)
		default:
			return string(l.Incident)
		}
	}
	return "none"
}

// word says one thing of an incident as scenario.IncidentWords name it.
func (r *playback) word(i *headstart.Incident, what string) string {
	words := map[string]string{
		"state": string(i.State), "kind": string(i.Cause.Kind), "priority": i.Priority, "impact": i.Impact, "urgency": i.Urgency,
		"cause": strings.Join(append([]string{i.Cause.Asset}, i.Cause.Also...), "+"), "close_reason": i.CloseReason,
		"firing": strconv.Itoa(i.Alerts.Firing), "members": strconv.Itoa(i.Alerts.Total), "people": strconv.Itoa(i.People), "reopens": strconv.Itoa(i.Reopens),
		"services": sortedList(i.Services), "locations": sortedList(i.Locations), "departments": sortedList(i.Departments), "tags": sortedList(i.Tags),
		"merged_into": string(i.MergedInto), "split_from": string(i.SplitFrom), "recurrence_of": string(i.RecurrenceOf),
		"opened": r.clock(&i.OpenedAt), "announced": r.clock(i.AnnouncedAt), "resolved": r.clock(i.ResolvedAt), "closed": r.clock(i.ClosedAt),
		"tickets": strconv.Itoa(i.Tickets.Linked), "left_out": strconv.Itoa(i.Tickets.LeftOut), "first_ticket": r.clock(i.Tickets.FirstAt),
		"callers": strconv.Itoa(i.Callers), "lead": leadWord(i.LeadSeconds),
	}
	return cmp.Or(words[what], "none")
}

// leadWord is a head start as a duration, negative where a user was first.
func leadWord(seconds *int64) string {
	if seconds == nil {
		return ""
	}
	return (time.Duration(*seconds) * time.Second).String()
}

func (r *playback) clock(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return scenario.Clock(*t, r.first)
}

func sortedList(words []string) string {
	out := slices.Clone(words)
	slices.Sort(out)
	return strings.Join(out, ",")
}

// tally counts what people were told.
type tally struct {
	Messages int `json:"messages"` // that reached users: on the page or pushed
	Drafts   int `json:"drafts"`
	Pages    int `json:"pages"` // of operators
}

// count returns what was said of one incident, or of all where of is empty.
func (r *playback) count(of string) tally {
	var t tally
	for _, m := range r.Messages {
		switch {
		case of != "" && string(m.Incident) != of:
		case m.Plane == headstart.PlaneOperators:
			t.Pages++
		case m.How == headstart.HowDraft:
			t.Drafts++
		default:
			t.Messages++
		}
	}
	return t
}
