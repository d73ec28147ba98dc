package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"headstart"
	"headstart/configs"
	"headstart/correlate"
	"headstart/incidents"
)

// comparison is the answer of replay --diff: what the log was made into, and
// what another configuration makes of it.
type comparison struct {
	Equal       bool         `json:"equal"`
	Incidents   [2]int       `json:"incidents"` // of the log, of the other
	Told        [2]tally     `json:"told"`
	Won         int64        `json:"head_start_seconds"` // by which first messages come earlier, in all; negative: later
	Differences []difference `json:"differences"`
}

// difference is what one outage became under either configuration.
type difference struct {
	Kind   string                 `json:"kind"` // merged split regrouped gone new changed
	Log    []headstart.IncidentID `json:"log"`
	Other  []headstart.IncidentID `json:"other"`
	Fields []changedField         `json:"changed"`

	// Won is by how many seconds the first message to users comes earlier under
	// the other configuration; negative: later; absent without one on either side.
	Won *int64 `json:"head_start_seconds"`
}

type changedField struct {
	What  string `json:"what"`
	Log   string `json:"log"`
	Other string `json:"other"`
}

// replayDiff replays a log by its own configuration and by another.
func (p *program) replayDiff(lines []headstart.FileLine, until time.Time, o replayOptions) error {
	cfg, err := configs.Load(configs.Source{File: o.diff})
	if err != nil {
		return err
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintln(p.stderr, "warning: "+w)
	}
	lines = incidents.Untick(lines, correlate.NewState(), makers())
	b, err := fold(withConfig(lines, cfg), until)
	if err != nil {
		return err
	}
	a, err := fold(lines, until)
	if err != nil {
		return err
	}
	c := compare(&a, &b)
	if o.output == "json" {
		err = p.printJSON(c)
	} else {
		c.print(p.stdout, o.diff)
	}
	if err != nil || c.Equal {
		return err
	}
	return &exit{4, ""}
}

// withConfig puts one configuration in the place of all of a log. Evidence made
// with another catalog stays: the text it came from is not in the log (ruling 7).
func withConfig(lines []headstart.FileLine, cfg *configs.Config) []headstart.FileLine {
	var out []headstart.FileLine
	for n, l := range lines {
		switch {
		case l.Config != nil && n == 0:
			c := cfg.LogConfig(l.Config.Installation)
			c.Ticks = false
			l.Config = &c
		case l.Config != nil:
			continue
		case l.Ticket != nil:
			t := *l.Ticket // evidence is filled in by catalog
			l.Ticket = &t
		}
		out = append(out, l)
	}
	return out
}

// compare finds for each incident of one replay those of the other that are about
// the same failures at the same time.
func compare(a, b *playback) comparison {
	c := comparison{
		Incidents: [2]int{len(standing(a)), len(standing(b))}, Told: [2]tally{a.count(""), b.count("")}, Differences: []difference{},
	}
	for _, o := range outages(a, b) {
		d, differs := o.difference(a, b)
		if d.Won != nil {
			c.Won += *d.Won
		}
		if differs {
			c.Differences = append(c.Differences, d)
		}
	}
	c.Equal = len(c.Differences) == 0 && c.Told[0] == c.Told[1]
	return c
}

// standing are the incidents that did not go into another.
func standing(r *playback) []*headstart.Incident {
	var out []*headstart.Incident
	for n := range r.Incidents {
		if i := &r.Incidents[n]; i.State != headstart.Merged {
			out = append(out, i)
		}
	}
	return out
}

// outage is what one or more incidents of either replay have in common.
type outage struct{ a, b []*headstart.Incident }

// outages joins incidents that share a problem at a time both were there. Both
// replays are sorted by number, so the order is that of the log.
func outages(a, b *playback) []outage {
	j := &joiner{a: a, b: b, left: standing(a), right: standing(b), used: map[*headstart.Incident]bool{}}
	var out []outage
	for _, x := range j.left {
		if !j.used[x] {
			j.used[x] = true
			o := outage{a: []*headstart.Incident{x}}
			for j.grow(&o) {
			}
			out = append(out, o)
		}
	}
	for _, y := range j.right {
		if !j.used[y] {
			out = append(out, outage{b: []*headstart.Incident{y}})
		}
	}
	return out
}

// joiner finds what belongs to an outage, one incident after the other.
type joiner struct {
	a, b        *playback
	left, right []*headstart.Incident
	used        map[*headstart.Incident]bool
}

// grow adds one incident that shares something with what the outage has.
func (j *joiner) grow(o *outage) bool {
	for _, x := range j.left {
		if !j.used[x] && slices.ContainsFunc(o.b, func(y *headstart.Incident) bool { return sameOutage(j.a, x, j.b, y) }) {
			j.used[x], o.a = true, append(o.a, x)
			return true
		}
	}
	for _, y := range j.right {
		if !j.used[y] && slices.ContainsFunc(o.a, func(x *headstart.Incident) bool { return sameOutage(j.a, x, j.b, y) }) {
			j.used[y], o.b = true, append(o.b, y)
			return true
		}
	}
	return false
}

func sameOutage(a *playback, x *headstart.Incident, b *playback, y *headstart.Incident) bool {
	if x.UID == y.UID {
		return true // opened by the same record
	}
	if ended(x).Before(y.StartedAt) || ended(y).Before(x.StartedAt) {
		return false
	}
	return slices.ContainsFunc(a.Members[x.ID], func(k headstart.ProblemKey) bool { return slices.Contains(b.Members[y.ID], k) })
}

// ended is when an incident was over; far ahead while it is not.
func ended(i *headstart.Incident) time.Time {
	if i.ResolvedAt == nil || i.Live() {
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return *i.ResolvedAt
}

func (o outage) difference(a, b *playback) (difference, bool) {
	d := difference{Kind: o.kind(), Log: ids(o.a), Other: ids(o.b), Fields: []changedField{}}
	for _, w := range []string{"cause", "kind", "state", "priority", "members", "people", "opened", "resolved"} {
		d.field(w, a.words(o.a, w), b.words(o.b, w))
	}
	ta, tb := a.told(o.a), b.told(o.b)
	d.field("messages", strconv.Itoa(ta.Messages), strconv.Itoa(tb.Messages))
	d.field("drafts", strconv.Itoa(ta.Drafts), strconv.Itoa(tb.Drafts))
	d.field("pages", strconv.Itoa(ta.Pages), strconv.Itoa(tb.Pages))
	if x, y := announced(o.a), announced(o.b); x != nil && y != nil {
		won := int64(x.Sub(*y) / time.Second)
		d.Won = &won
	}
	return d, d.Kind != "changed" || len(d.Fields) > 0 || d.Won != nil && *d.Won != 0
}

func (o outage) kind() string {
	switch n, m := len(o.a), len(o.b); {
	case m == 0:
		return "gone"
	case n == 0:
		return "new"
	case n > 1 && m > 1:
		return "regrouped"
	case n > 1:
		return "merged"
	case m > 1:
		return "split"
	}
	return "changed"
}

func (d *difference) field(what, log, other string) {
	if log != other {
		d.Fields = append(d.Fields, changedField{what, log, other})
	}
}

func ids(list []*headstart.Incident) []headstart.IncidentID {
	out := []headstart.IncidentID{}
	for _, i := range list {
		out = append(out, i.ID)
	}
	return out
}

// words says one thing of several incidents, in order.
func (r *playback) words(list []*headstart.Incident, what string) string {
	out := make([]string, len(list))
	for n, i := range list {
		out[n] = r.word(i, what)
	}
	return strings.Join(out, ", ")
}

func (r *playback) told(list []*headstart.Incident) tally {
	var t tally
	for _, i := range list {
		x := r.count(string(i.ID))
		t.Messages, t.Drafts, t.Pages = t.Messages+x.Messages, t.Drafts+x.Drafts, t.Pages+x.Pages
	}
	return t
}

// announced is when users first heard of one of several incidents.
func announced(list []*headstart.Incident) *time.Time {
	var first *time.Time
	for _, i := range list {
		if i.AnnouncedAt != nil && (first == nil || i.AnnouncedAt.Before(*first)) {
			first = i.AnnouncedAt
		}
	}
	return first
}
