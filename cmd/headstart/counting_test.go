package main

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"headstart"
)

// counting counts the figures of January 2000 anew, in the plainest way there is:
// minute by minute, ticket by ticket, from the lines of the log and rows of the tables.
// It shares nothing with package report/figures, and knows the test's calendar by heart.
type counting struct {
	zone      *time.Location
	lines     []headstart.FileLine
	archived  int
	incidents []countedIncident
	notices   []countedNotice
	links     []countedLinks
	skip      map[string]bool

	tickets []*countedTicket
}

type countedIncident struct {
	ID                               headstart.IncidentID
	Group                            headstart.GroupID
	State                            string
	OpenedAt                         time.Time       `json:"opened_at"`
	StartedAt                        time.Time       `json:"started_at"`
	AnnouncedAt                      *time.Time      `json:"announced_at"`
	ResolvedAt                       *time.Time      `json:"resolved_at"`
	LeadLeftOut                      json.RawMessage `json:"lead_left_out"`
	Services, Locations, Departments []string
	People                           int
	Alerts                           struct{ Total int }

	people, wall float64 // minutes of its people, counted
}

type countedNotice struct {
	Incident headstart.IncidentID
	State    string
	Updates  []struct {
		At       time.Time
		Next     *time.Time `json:"next_update_by"`
		Final    bool
		Corrects bool
	}
}

type countedLinks struct {
	Channel    string
	CreatedAt  time.Time `json:"created_at"`
	ReportedAt time.Time `json:"reported_at"`
	Links      []struct {
		Group   headstart.GroupID
		Verdict string
	}
}

// countedTicket is what the copies of one ticket add up to.
type countedTicket struct {
	copies                     []*headstart.Ticket
	last                       *headstart.Ticket
	service                    string
	reported                   time.Time
	reaction, resolution, wall float64 // seconds
	line                       int
	again, soon                bool
}

type plainly struct {
	value float64
	cases int
	none  bool
}

// works reports whether people work in the minute that begins at t.
func (c *counting) works(t time.Time, place string) bool {
	t = t.In(c.zone)
	hour, minute, _ := t.Clock()
	year, month, day := t.Date()
	closed := year == 2000 && month == time.January && (day == 20 || day == 12 && place == "noord")
	weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	return !weekend && !closed && hour >= 8 && (hour < 17 || hour == 17 && minute < 30)
}

func (c *counting) january(t time.Time) bool {
	return !t.IsZero() && t.In(c.zone).Format("2006-01") == "2000-01"
}

// count reads the tickets out of the lines.
func (c *counting) count() {
	byKey := map[string]*countedTicket{}
	for _, l := range c.lines {
		if l.Ticket == nil || l.Ticket.Channel == "monitoring" {
			continue
		}
		k := byKey[l.Ticket.Source+"|"+l.Ticket.ID]
		if k == nil {
			k = &countedTicket{}
			byKey[l.Ticket.Source+"|"+l.Ticket.ID] = k
			c.tickets = append(c.tickets, k)
		}
		if n := len(k.copies); n == 0 || !l.Ticket.UpdatedAt.Before(k.copies[n-1].UpdatedAt) {
			k.copies = append(k.copies, l.Ticket)
		}
	}
	for _, k := range c.tickets {
		c.finish(k)
	}
}

// last counts each second of an outage.
func (c *counting) last(i *countedIncident) {
	begin := i.StartedAt
	if i.OpenedAt.Before(begin) {
		begin = i.OpenedAt
	}
	for at := begin.Truncate(time.Second); i.ResolvedAt != nil && at.Before(i.ResolvedAt.Truncate(time.Second)); at = at.Add(time.Second) {
		i.wall += float64(i.People) / 60
		open := len(i.Locations) == 0 && c.works(at, "")
		for _, l := range i.Locations {
			open = open || c.works(at, l)
		}
		if open {
			i.people += float64(i.People) / 60
		}
	}
}

func (c *counting) finish(k *countedTicket) {
	k.last = k.copies[len(k.copies)-1]
	k.reported = k.last.CreatedAt
	if !k.last.ReportedAt.IsZero() {
		k.reported = k.last.ReportedAt
	}
	if e := k.last.Evidence; e != nil && len(e.Assets) > 0 {
		k.service = "print" // the one service, which all printers give
	}
	for n, x := range k.copies {
		k.line = max(k.line, x.Line)
		if x.Reopens > 0 && (n == 0 || k.copies[n-1].Reopens < x.Reopens) {
			k.again = true
			k.soon = k.soon || n == 0 || x.UpdatedAt.Sub(k.copies[n-1].SolvedAt) <= 7*24*time.Hour
		}
	}
	for at := k.reported; at.Before(k.last.FirstResponseAt); at = at.Add(time.Minute) {
		if c.works(at, k.last.Requester.Location) {
			k.reaction += 60
		}
	}
	for at := k.reported; at.Before(k.last.SolvedAt); at = at.Add(time.Minute) {
		waits := false
		for _, x := range k.copies {
			if !x.UpdatedAt.After(at) {
				waits = x.WaitingOn == "user" && x.SolvedAt.IsZero()
			}
		}
		if waits {
			continue
		}
		k.wall += 60
		if c.works(at, k.last.Requester.Location) {
			k.resolution += 60
		}
	}
}

// in reports whether something of these ids belongs to a row.
func (c *counting) in(by, row string, ids ...string) bool {
	if len(ids) == 0 {
		ids = []string{""}
	}
	if by == "department" {
		ids = slices.Clone(ids)
		for n, id := range ids {
			if id != "" && c.small(id) {
				ids[n] = "(other)"
			}
		}
	}
	return by == "" || by == "month" || slices.Contains(ids, row)
}

func (c *counting) small(department string) bool {
	reported, solved := 0, 0
	for _, k := range c.tickets {
		if k.last.Requester.Department == department {
			if c.january(k.reported) {
				reported++
			}
			if c.january(k.last.SolvedAt) {
				solved++
			}
		}
	}
	return reported < 5 && solved < 5
}

func idOf(by string, k *countedTicket) string {
	return map[string]string{"service": k.service, "category": k.last.Category, "department": k.last.Requester.Department, "location": k.last.Requester.Location}[by]
}

func idsOf(by string, i *countedIncident) []string {
	return map[string][]string{"service": i.Services, "department": i.Departments, "location": i.Locations}[by]
}

// ids are the rows there must be.
func (c *counting) ids(by string) (out []string) {
	switch by {
	case "":
		return nil
	case "month":
		return []string{"2000-01"}
	}
	for _, k := range c.tickets {
		if id := idOf(by, k); c.january(k.reported) || c.january(k.last.SolvedAt) {
			if by == "department" && id != "" && c.small(id) {
				id = "(other)"
			}
			out = append(out, id)
		}
	}
	return out
}

// all counts every figure of one row.
func (c *counting) all(by, row string) map[string]plainly {
	out := map[string]plainly{}
	var reported, solved []*countedTicket
	for _, k := range c.tickets {
		if !c.in(by, row, idOf(by, k)) {
			continue
		}
		if c.january(k.reported) {
			reported = append(reported, k)
		}
		if c.january(k.last.SolvedAt) {
			solved = append(solved, k)
		}
	}
	number := func(key string, n int) { out[key] = plainly{value: float64(n), cases: n} }
	number("tickets_reported", len(reported))
	number("tickets_solved", len(solved))
	var answered []float64
	for _, k := range reported {
		if !k.last.FirstResponseAt.IsZero() {
			answered = append(answered, k.reaction)
		}
	}
	three(out, "reaction_", answered)
	for _, p := range []string{"P1", "P2", "P3", "P4"} {
		var working, wall []float64
		for _, k := range solved {
			if k.last.Priority == p {
				working, wall = append(working, k.resolution), append(wall, k.wall)
			}
		}
		three(out, "resolution_"+strings.ToLower(p)+"_", working)
		if p == "P1" {
			three(out, "resolution_p1_clock_", wall)
		}
	}
	c.quality(out, solved)
	c.outages(out, by, row)
	c.telephone(out, by)
	return out
}

func (c *counting) quality(out map[string]plainly, solved []*countedTicket) {
	var first, lines, up, again, scores, good, minutes, scored int
	var sum, spent float64
	for _, k := range solved {
		if k.again {
			again++
		}
		if k.line > 0 {
			lines++
			if k.line > 1 {
				up++
			}
		}
		if k.line == 1 && k.last.Contacts == 1 && !k.soon {
			first++
		}
		if s := k.last.Satisfaction; s != nil {
			scores++
			sum += *s
			if *s >= 4 {
				good++
			}
		}
		if k.last.Source == "portal" { // the other gives no score
			scored++
		}
		if m := k.last.MinutesSpent; m != nil {
			minutes++
			spent += *m
		}
	}
	ratio := func(key string, n float64, of int) {
		out[key] = plainly{value: n / float64(max(of, 1)), cases: of, none: of == 0}
	}
	contacts := 0
	for _, k := range solved {
		if k.line > 0 && k.last.Contacts > 0 {
			contacts++
		}
	}
	ratio("first_contact", float64(first), contacts)
	ratio("escalated", float64(up), lines)
	ratio("reopened", float64(again), len(solved))
	ratio("time_spent_mean", spent, minutes)
	out["time_spent_sum"] = plainly{value: spent, cases: minutes, none: minutes == 0}
	ratio("satisfaction_mean", sum, scores)
	ratio("satisfaction_good", float64(good), scores)
	ratio("satisfaction_response", float64(scores), scored)
	if scores < 10 {
		out["satisfaction_mean"], out["satisfaction_good"] = plainly{none: true}, plainly{none: true}
		if scores > 0 {
			out["satisfaction_response"] = plainly{none: true}
		}
	}
}

func (c *counting) outages(out map[string]plainly, by, row string) {
	var opened, timeless, alerts, withAlerts, first, ran int
	var kept, made int
	var leads []float64
	people, wall := 0.0, 0.0
	for n := range c.incidents {
		i := &c.incidents[n]
		if i.State == "merged" || !c.in(by, row, idsOf(by, i)...) {
			continue
		}
		for _, a := range c.notices {
			if a.Incident == i.ID {
				k, m := c.promises(&a)
				kept, made = kept+k, made+m
			}
		}
		if c.january(i.OpenedAt) {
			opened++
			if i.Alerts.Total > 0 {
				withAlerts, alerts = withAlerts+1, alerts+i.Alerts.Total
			}
			lead, left, has := c.lead(i)
			timeless += left
			if has {
				leads = append(leads, lead)
				if lead > 0 {
					first++
				}
			}
		}
		if i.wall > 0 {
			ran++
		}
		people, wall = people+i.people, wall+i.wall
	}
	none := by == "category"
	out["incidents"] = plainly{value: float64(opened), cases: opened, none: none}
	out["head_start_phone_left_out"] = plainly{value: float64(timeless), cases: timeless, none: none}
	out["head_start_median"] = plainly{value: at(leads, .5), cases: len(leads), none: none || len(leads) == 0}
	out["head_start_positive"] = plainly{value: float64(first) / float64(max(1, len(leads))), cases: len(leads), none: none || len(leads) == 0}
	out["promises_made"] = plainly{value: float64(made), cases: made, none: none}
	out["promises_kept"] = plainly{value: float64(kept) / float64(max(1, made)), cases: made, none: none || made == 0}
	out["outage_people_minutes"] = plainly{value: people, cases: ran, none: none}
	out["outage_people_minutes_clock"] = plainly{value: wall, cases: ran, none: none}
	out["alerts_per_incident"] = plainly{value: float64(alerts) / float64(max(1, withAlerts)), cases: withAlerts, none: none || withAlerts == 0}
}
