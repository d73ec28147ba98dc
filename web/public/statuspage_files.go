package public

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"headstart"
)

// statuspageFiles are the files of Statuspage's read API, in the order its
// documentation names them.
func statuspageFiles() []file {
	api := func(name string, content func(*statuspageView) any) file {
		return file{
			name: "api/v2/" + name + ".json", kind: jsonType, fresh: halfAMinute, shared: true,
			render: func(e *edition, s *State) ([]byte, error) { return asJSON(content(newStatuspage(e, s))) },
		}
	}
	return []file{
		api("summary", func(p *statuspageView) any {
			return spSummaryFile{p.page, p.components, unfinished(p.incidents), unfinished(p.scheduled), p.status}
		}),
		api("status", func(p *statuspageView) any { return spStatusFile{p.page, p.status} }),
		api("components", func(p *statuspageView) any { return spComponentsFile{p.page, p.components} }),
		api("incidents/unresolved", func(p *statuspageView) any { return spIncidentsFile{p.page, unfinished(p.incidents)} }),
		api("incidents", func(p *statuspageView) any { return spIncidentsFile{p.page, newest(p.incidents)} }),
		api("scheduled-maintenances/upcoming", func(p *statuspageView) any {
			return spMaintenancesFile{p.page, having(p.scheduled, "scheduled")}
		}),
		api("scheduled-maintenances/active", func(p *statuspageView) any {
			return spMaintenancesFile{p.page, having(p.scheduled, "in_progress")}
		}),
		api("scheduled-maintenances", func(p *statuspageView) any { return spMaintenancesFile{p.page, newest(p.scheduled)} }),
	}
}

// asJSON writes x. The encoder keeps its escapes of <, > and &: a reader may put
// the file into a page.
func asJSON(x any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", " ")
	err := enc.Encode(x)
	return b.Bytes(), err
}

// statuspageView is a State in the terms of Statuspage and the words of an edition.
type statuspageView struct {
	e *edition
	s *State

	page       spPage
	status     spStatus
	components []spComponent
	incidents  []spIncident // newest first
	scheduled  []spIncident // newest first
}

func newStatuspage(e *edition, s *State) *statuspageView {
	p := &statuspageView{e: e, s: s, page: spPage{
		ID: publicID("page", e.page.root), Name: e.title(s), URL: e.url(), TimeZone: e.page.site.zone.String(), UpdatedAt: spAt(s, s.Changed()),
	}}
	p.status.Description, _ = e.headline(s)
	p.status.Indicator = indicator(s)
	p.components = p.listed()
	p.incidents, p.scheduled = []spIncident{}, []spIncident{}
	for i := range s.Messages {
		p.incidents = append(p.incidents, p.incident(&s.Messages[i]))
	}
	for i := range s.Windows {
		p.scheduled = append(p.scheduled, p.maintenance(&s.Windows[i]))
	}
	newestFirst(p.incidents, func(i spIncident) spTime { return i.CreatedAt })
	newestFirst(p.scheduled, func(i spIncident) spTime { return *i.ScheduledFor })
	return p
}

func newestFirst(list []spIncident, by func(spIncident) spTime) {
	slices.SortStableFunc(list, func(a, b spIncident) int {
		return cmp.Or(time.Time(by(b)).Compare(time.Time(by(a))), cmp.Compare(a.ID, b.ID))
	})
}

// spAt is a time in the page's zone.
func spAt(s *State, t time.Time) spTime { return spTime(t.In(s.At.Location())) }

// indicator is the worst impact of what runs. It is none only where the page is
// green: a check that failed and work under way are minor, because the API has no
// word for them and none means that all works.
func indicator(s *State) string {
	worst := "none"
	if s.Level != Fine {
		worst = "minor"
	}
	if s.Manual == Down {
		worst = "major"
	}
	for _, m := range s.Live() {
		worst = impacts[max(slices.Index(impacts, worst), slices.Index(impacts, impact(&m)))]
	}
	return worst
}

var impacts = []string{"none", "minor", "major", "critical"}

// impact is the severity of a message, which has the same words; a message that
// was wrong had none.
func impact(m *Message) string {
	switch {
	case m.Withdrawn:
		return "none"
	case slices.Contains(impacts, m.Severity):
		return m.Severity
	default:
		return "minor"
	}
}

// unfinished are those that run or are to come: no reader may miss one, however
// many there are.
func unfinished(list []spIncident) []spIncident {
	return having(list, "investigating", "identified", "monitoring", "scheduled", "in_progress", "verifying")
}

func having(list []spIncident, statuses ...string) []spIncident {
	out := []spIncident{}
	for _, i := range list {
		if slices.Contains(statuses, i.Status) {
			out = append(out, i)
		}
	}
	return out
}

// newest are the fifty most recent, as Statuspage lists them.
func newest(list []spIncident) []spIncident { return list[:min(len(list), 50)] }

// incident is a message with its updates.
func (p *statuspageView) incident(m *Message) spIncident {
	out := p.story(m.ID, string(m.Incident), m.Updates, p.about(m.Services))
	out.Status, out.Impact = spPhase(m.Last().Phase), impact(m)
	out.StartedAt, out.Shortlink = spAt(p.s, m.Started), p.e.messageURL(m)
	if !m.Live {
		out.Status = "resolved"
	}
	if out.Status == "resolved" {
		out.ResolvedAt = new(spAt(p.s, cmp.Or(m.Ended, m.Last().At)))
	}
	for i, c := range out.Components {
		bad := p.failing(m, m.Services[slices.IndexFunc(m.Services, func(id string) bool { return publicID("service", id) == c.ID })])
		p.affects(&out, i, bad)
	}
	return out
}

// maintenance is planned work with what was told of it.
func (p *statuspageView) maintenance(w *Window) spIncident {
	updates := w.Updates
	if len(updates) == 0 { // nobody announced it: the plan itself is all there is to read
		updates = []Update{p.e.plan(p.s, w)}
	}
	out := p.story(w.ID, w.Number, updates, p.about(w.Services))
	out.Impact, out.Shortlink, out.StartedAt = "none", p.e.windowURL(w), spAt(p.s, w.From)
	out.ScheduledFor, out.ScheduledUntil = new(spAt(p.s, w.From)), new(spAt(p.s, w.To))
	switch {
	case w.Running(p.s.At) && !updates[len(updates)-1].Final:
		out.Status = "in_progress"
	case w.Cancelled || updates[len(updates)-1].Final || !w.To.After(p.s.At):
		out.Status = "completed"
		out.ResolvedAt = new(out.UpdatedAt)
	default:
		out.Status = "scheduled"
	}
	for i := range out.Components {
		p.affects(&out, i, "under_maintenance")
	}
	return out
}

// story is what both have: a name, and updates newest first.
func (p *statuspageView) story(id, number string, updates []Update, components []spComponent) spIncident {
	last, first := updates[len(updates)-1], updates[0]
	title, _ := last.In(p.e.words.Lang)
	out := spIncident{
		ID: id, Name: title.Title, CreatedAt: spAt(p.s, first.Since), UpdatedAt: spAt(p.s, last.At), PageID: p.page.ID,
		Components: components, IncidentUpdates: []spUpdate{},
	}
	if number != "" {
		out.Name = number + " " + title.Title
	}
	for i := range slices.Backward(updates) {
		u := &updates[i]
		text, _ := u.In(p.e.words.Lang)
		out.IncidentUpdates = append(out.IncidentUpdates, spUpdate{
			ID: publicID("update", id+"/"+strconv.Itoa(u.First)), Status: spPhase(u.Phase), Body: bodyOf(&text), IncidentID: id,
			CreatedAt: spAt(p.s, u.Since), UpdatedAt: spAt(p.s, u.At), DisplayAt: spAt(p.s, u.Since), AffectedComponents: []spAffected{},
		})
	}
	return out
}

// affects says in each update of out what became of its i-th component: bad from
// the first update on, well with the last of what is over.
func (p *statuspageView) affects(out *spIncident, i int, bad string) {
	now := "operational"
	for n := range slices.Backward(out.IncidentUpdates) {
		u, old := &out.IncidentUpdates[n], now
		if now = bad; u.Status == "scheduled" || u.Status == "resolved" || u.Status == "completed" {
			now = "operational"
		}
		c := &out.Components[i]
		u.AffectedComponents = append(u.AffectedComponents, spAffected{Code: c.ID, Name: c.Name, OldStatus: old, NewStatus: now})
	}
}

// bodyOf is the whole text of an update, the same as on every other channel.
func bodyOf(t *headstart.Text) string { return cmp.Or(t.Body, t.Short, t.Title) }
