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

	// KnownError is what its latest incident that got an answer was said to be, else the
	// record that names the cause; empty: nobody wrote down what it is yet.
	KnownError string `json:"known_error,omitempty"`
	Workaround string `json:"workaround,omitempty"` // of the known error
}

// recurringFor is how long a problem candidate stays in the report.
const recurringFor = 30 * 24 * time.Hour

// recurring lists the problem candidates of the last month, each cause once, the
// most frequent first.
func (m *Morning) recurring(f *facts) {
	answered := latestByCause(f.incidents, func(i *headstart.Incident) bool { return i.KnownError != "" })
	latest := latestByCause(f.incidents, func(i *headstart.Incident) bool {
		return i.ProblemCandidate != nil && i.State != headstart.Merged && (i.Live() || m.now.Sub(i.OpenedAt) <= recurringFor)
	})
	for asset, i := range latest {
		r := Recurring{ID: i.ID, Title: m.title(i), Cause: m.thing(asset), Count: i.ProblemCandidate.Count, Days: i.ProblemCandidate.Days}
		said := ""
		if a := answered[asset]; a != nil {
			said = a.KnownError
		}
		if k, found := m.explains(asset, said, f); found {
			r.KnownError, r.Workaround = k.ID, k.Remedy(m.say.Lang)
		}
		m.Recurring = append(m.Recurring, r)
	}
	slices.SortFunc(m.Recurring, func(a, b Recurring) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID)) })
}

// latestByCause is the latest incident of each cause among those that fit.
func latestByCause(incidents []*headstart.Incident, fits func(*headstart.Incident) bool) map[string]*headstart.Incident {
	latest := map[string]*headstart.Incident{}
	for _, i := range incidents {
		if was := latest[i.Cause.Asset]; fits(i) && (was == nil || was.Seq < i.Seq) {
			latest[i.Cause.Asset] = i
		}
	}
	return latest
}

// explains finds the known error behind a cause that keeps coming back, as far as the
// reader may know of it: the one its incident was said to be, else the first that names
// the cause itself.
func (m *Morning) explains(asset, said string, f *facts) (best headstart.KnownRecord, found bool) {
	if k, known := f.errors[said]; known && k.InUse() && m.reads(&k) {
		return k, true
	}
	for _, k := range f.errors {
		if k.InUse() && m.reads(&k) && slices.Contains(k.Assets, asset) && (!found || headstart.CompareKnown(k.ID, best.ID) < 0) {
			best, found = k, true
		}
	}
	return best, found
}

func (m *Morning) partRecurring() Part {
	p := Part{N: "6", ID: "recurring", Title: m.say.Say("report.part.recurring")}
	for _, r := range m.Recurring {
		facts := []string{r.Title}
		if r.KnownError != "" {
			facts = append(facts, m.remedy(r.KnownError, r.Workaround))
		}
		p.Lines = append(p.Lines, Line{Sign: "●", Level: "amber", Key: string(r.ID), Link: "/i/" + string(r.ID), Text: m.Recurs(r), Facts: facts})
	}
	return p
}

// Recurs says how often a cause came back.
func (m *Morning) Recurs(r Recurring) string {
	return m.say.Say("report.recurs", "cause", r.Cause, "n", r.Count, "days", r.Days)
}
