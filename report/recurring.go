package report

import (
	"cmp"
	"slices"
	"time"

	"headstart"
)

// Recurring is a cause that came back often enough to look for what lies behind it.
type Recurring struct {
	ID    headstart.IncidentID `json:"id"` // the latest of its incidents
	Title string               `json:"title"`
	Cause string               `json:"probable_cause"`
	Count int                  `json:"count"` // incidents within Days, counted when that one opened
	Days  int                  `json:"days"`
}

// recurringFor is how long a problem candidate stays in the report.
const recurringFor = 30 * 24 * time.Hour

// recurring lists the problem candidates of the last month, each cause once, the
// most frequent first.
func (m *Morning) recurring(incidents []headstart.Incident) {
	latest := map[string]headstart.Incident{}
	for _, i := range incidents {
		if i.ProblemCandidate == nil || i.State == headstart.Merged || !i.Live() && m.now.Sub(i.OpenedAt) > recurringFor {
			continue
		}
		if was, has := latest[i.Cause.Asset]; !has || was.Seq < i.Seq {
			latest[i.Cause.Asset] = i
		}
	}
	for asset, i := range latest {
		m.Recurring = append(m.Recurring, Recurring{
			ID: i.ID, Title: m.title(&i), Cause: m.thing(asset), Count: i.ProblemCandidate.Count, Days: i.ProblemCandidate.Days,
		})
	}
	slices.SortFunc(m.Recurring, func(a, b Recurring) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID)) })
}

func (m *Morning) partRecurring() Part {
	p := Part{N: "6", ID: "recurring", Title: m.say.Say("report.part.recurring")}
	for _, r := range m.Recurring {
		p.Lines = append(p.Lines, Line{Sign: "●", Level: "amber", Key: string(r.ID), Link: "/i/" + string(r.ID), Text: m.Recurs(r), Facts: []string{r.Title}})
	}
	return p
}

// Recurs says how often a cause came back.
func (m *Morning) Recurs(r Recurring) string {
	return m.say.Say("report.recurs", "cause", r.Cause, "n", r.Count, "days", r.Days)
}
