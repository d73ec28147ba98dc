package report

import (
	"cmp"
	"slices"
	"time"

	"headstart"
)

// Expiring is something that stops by itself on a day that is known: a certificate, a
// contract or warranty of the catalog, a known error to look at again.
type Expiring struct {
	What string    `json:"what"`
	On   time.Time `json:"on"`
	Line string    `json:"line"`
}

// soon is how long before its day something stands in the report.
const soon = 30 * 24 * time.Hour

func (m *Morning) expiring() {
	m.certificates()
	for n := range m.cat.Devices {
		d := &m.cat.Devices[n]
		if on, ok := m.date(d.Expires); ok && !m.confidential(d.ID) {
			m.expires("report.expires.device", m.thing(d.ID), on)
		}
	}
	known := m.in.View.KnownErrors()
	for n := range known {
		m.knownError(&known[n])
	}
	slices.SortStableFunc(m.Expiring, func(a, b Expiring) int { return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.What, b.What)) })
}

// expires lists something that stops on a day that is near, or was lately.
func (m *Morning) expires(key, what string, on time.Time) {
	if on.Sub(m.now) > soon || m.now.Sub(on) > soon {
		return
	}
	when := m.say.Say("report.expires.in", "n", days(m.now, on), "day", m.say.Day(on))
	if on.Before(startOfDay(m.now)) {
		when = m.say.Say("report.expires.past", "day", m.say.Day(on))
	}
	m.Expiring = append(m.Expiring, Expiring{What: what, On: on, Line: m.say.Say(key, "what", what, "when", when)})
}

// certificates are those that checks found to be near their end, each thing once.
func (m *Morning) certificates() {
	seen := map[string]bool{}
	for n := range m.in.Checks {
		r := &m.in.Checks[n]
		if m.confidential(r.Asset) || m.confidential(r.Service) {
			continue
		}
		what := m.thing(cmp.Or(r.Service, r.Asset, r.Target))
		for _, c := range r.Conditions {
			on, err := time.Parse(time.RFC3339, c.Detail)
			if c.Name == "certificate-expiring" && err == nil && !seen[what] {
				seen[what] = true
				m.expires("report.expires.certificate", what, on.In(m.in.Zone))
			}
		}
	}
}

// reads reports whether the one who reads may know of a known error: one about what is
// confidential is so too.
func (m *Morning) reads(k *headstart.KnownRecord) bool {
	may := m.in.Reader.Location
	return !k.Confidential && !slices.ContainsFunc(slices.Concat(k.Services, k.Assets), m.confidential) && (may == nil || len(k.Locations) == 0 || slices.ContainsFunc(k.Locations, may))
}

// knownError lists one whose review is due, one that a supplier works on, and one whose
// article is gone.
func (m *Morning) knownError(ke *headstart.KnownRecord) {
	if !ke.InUse() || !m.reads(ke) {
		return
	}
	if on, _ := m.date(ke.ReviewBy); ke.ReviewDue(m.now) {
		m.Expiring = append(m.Expiring, Expiring{What: ke.ID, On: on, Line: m.say.Say("report.review", "id", ke.ID, "day", m.say.Day(on))})
	}
	if ke.SupplierCase != "" {
		m.Expiring = append(m.Expiring, Expiring{What: ke.ID, Line: m.say.Say("report.supplier", "id", ke.ID, "case", ke.SupplierCase)})
	}
	if gone, dead := m.in.View.DeadLink(ke.KB); dead {
		m.Expiring = append(m.Expiring, Expiring{What: ke.ID, Line: m.say.Say("report.kbgone", "id", ke.ID, "day", m.say.Day(gone.Since.In(m.in.Zone)))})
	}
}

// date reads a day of the catalog, at midnight in the report's zone.
func (m *Morning) date(s string) (time.Time, bool) {
	if s == "" { // as of most things
		return time.Time{}, false
	}
	on, err := time.ParseInLocation(time.DateOnly, s, m.in.Zone)
	return on, err == nil
}

// days counts the midnights between two times, so that a change of the clocks makes no
// day longer.
func days(from, to time.Time) int {
	return int(startOfDay(to).Sub(startOfDay(from)).Round(24*time.Hour) / (24 * time.Hour))
}
