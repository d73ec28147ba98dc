package statuspage

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"headstart"
)

// summary is /api/v2/summary.json as https://metastatuspage.com/api documents it.
// Incidents holds only those that are not resolved.
type summary struct {
	Page struct {
		Name string `json:"name"`
	} `json:"page"`
	Status struct {
		Indicator   string `json:"indicator"`
		Description string `json:"description"`
	} `json:"status"`
	Components []component `json:"components"`
	Incidents  []notice    `json:"incidents"`
	Scheduled  []notice    `json:"scheduled_maintenances"`
}

type component struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Status string `json:"status"`
	Group  bool   `json:"group"`
}

// notice is an incident or planned work.
type notice struct {
	Name       string      `json:"name"`
	Status     string      `json:"status"`
	Components []component `json:"components"`
}

// indicators are the states of a page as a whole.
var indicators = map[string]headstart.Verdict{
	"none": headstart.OK, "minor": headstart.Warn, "maintenance": headstart.Warn, "major": headstart.Down, "critical": headstart.Down,
}

// states are those of a component, with what people call them. They match the
// indicators: a page is major when a component is partly out.
var states = map[string]state{
	"operational":          {headstart.OK, "works"},
	"degraded_performance": {headstart.Warn, "is slow"},
	"under_maintenance":    {headstart.Warn, "is being worked on"},
	"partial_outage":       {headstart.Down, "is out in part"},
	"major_outage":         {headstart.Down, "is out"},
}

func decodeSummary(body []byte) (*summary, error) {
	var s summary
	if err := json.Unmarshal(body, &s); err != nil {
		return nil, errors.New("the page is no JSON of statuspage.io; set target to its /api/v2/summary.json")
	}
	if s.Status.Indicator == "" && len(s.Components) == 0 {
		return nil, errors.New("the page has neither status nor components; set target to its /api/v2/summary.json")
	}
	return &s, nil
}

// judge gives the verdict of the page, or of the worst component wanted.
func (s *summary) judge(wanted []string) (Report, error) {
	if len(wanted) > 0 {
		return s.judgeComponents(wanted)
	}
	verdict, ok := indicators[s.Status.Indicator]
	if !ok {
		return Report{}, fmt.Errorf("the page says %q, which is no documented indicator", s.Status.Indicator)
	}
	name := strings.TrimSpace(s.Page.Name)
	if name == "" {
		name = "the page"
	}
	r := Report{Verdict: verdict, Reason: name + " says: " + s.Status.Description}
	if verdict == headstart.OK {
		return r, nil
	}
	if worst := s.worst(s.Components); worst != nil && states[worst.Status].verdict != headstart.OK {
		r.Reason = worst.Name + " " + states[worst.Status].words + "; " + r.Reason
		r.Reason += s.about(worst)
	} else if len(s.Incidents) > 0 {
		r.Reason += ": " + s.Incidents[0].Name
	}
	return r, nil
}

func (s *summary) judgeComponents(wanted []string) (Report, error) {
	var chosen []component
	for _, w := range wanted {
		i := slices.IndexFunc(s.Components, func(c component) bool { return c.ID == w || strings.EqualFold(c.Name, w) })
		if i < 0 {
			return Report{}, missing(w, s.names())
		}
		chosen = append(chosen, s.Components[i])
		if _, ok := states[s.Components[i].Status]; !ok {
			return Report{}, fmt.Errorf("%s is %q, which is no documented status", w, s.Components[i].Status)
		}
	}
	worst := s.worst(chosen)
	is := states[worst.Status]
	r := Report{Verdict: is.verdict, Reason: worst.Name + " " + is.words}
	if is.verdict != headstart.OK {
		r.Reason += s.about(worst)
	} else if len(chosen) > 1 {
		r.Reason = fmt.Sprintf("all %d components work", len(chosen))
	}
	return r, nil
}

// worst returns the component in the gravest state, a group only if nothing in it
// is as grave; nil if there is none.
func (s *summary) worst(among []component) *component {
	var worst *component
	for i := range among {
		c := &among[i]
		if _, ok := states[c.Status]; !ok {
			continue
		}
		if worst == nil || graver(c, worst) {
			worst = c
		}
	}
	return worst
}

func graver(a, b *component) bool {
	x, y := gravity[a.Status], gravity[b.Status]
	return x > y || x == y && b.Group && !a.Group
}

// gravity orders the states; verdicts alone would call a part of an outage as bad
// as all of it.
var gravity = map[string]int{"operational": 0, "under_maintenance": 1, "degraded_performance": 2, "partial_outage": 3, "major_outage": 4}

// about is ": " and the title of what the vendor wrote about c, or nothing.
func (s *summary) about(c *component) string {
	for _, list := range [][]notice{s.Incidents, s.Scheduled} {
		for _, n := range list {
			if n.Status == "scheduled" {
				continue // begins later
			}
			if slices.ContainsFunc(n.Components, func(x component) bool { return x.ID == c.ID && x.Name == c.Name }) {
				return ": " + n.Name
			}
		}
	}
	if len(s.Incidents) > 0 && len(s.Incidents[0].Components) == 0 {
		return ": " + s.Incidents[0].Name // about everything, as far as the vendor says
	}
	return ""
}

func (s *summary) names() []string {
	var names []string
	for _, c := range s.Components {
		names = append(names, c.Name)
	}
	return names
}
