package report

import (
	"cmp"
	"slices"
	"time"
)

// Closed is a place that is closed, and how much people stand at is off there
// meanwhile: one line, however much it is (ruling 23).
type Closed struct {
	Place   string    `json:"place"`
	Period  string    `json:"period"`
	LastDay time.Time `json:"last_day"` // noon of the last closed day
	Off     int       `json:"off"`
	Line    string    `json:"line"`
}

// closed says of each closed place, in one line, how much is off there (ruling 23).
func (m *Morning) closed() {
	for _, c := range m.in.View.ClosedPlaces() {
		off := slices.DeleteFunc(c.Assets, m.confidential)
		if len(off) == 0 || !allows(m.in.Reader.Location, c.Location) {
			continue
		}
		x := Closed{
			Place: cmp.Or(m.names(nonEmpty(c.Location)), m.Organisation), Period: c.Period, Off: len(off),
			LastDay: c.Until.In(m.in.Zone).Add(-12 * time.Hour), // the period ends at midnight
		}
		key := "report.closed.devices"
		if m.allPrinters(off) {
			key = "report.closed.printers"
		}
		x.Line = m.say.Say(key, "place", x.Place, "day", m.say.DayOfYear(x.LastDay), "n", x.Off)
		m.Closed = append(m.Closed, x)
	}
}

func (m *Morning) allPrinters(assets []string) bool {
	return !slices.ContainsFunc(assets, func(id string) bool {
		d := m.device(id)
		return d == nil || d.Kind != "printer"
	})
}

// offWhileClosed are the assets that closed periods account for: no check of
// theirs is a line of its own.
func (m *Morning) offWhileClosed() map[string]bool {
	off := map[string]bool{}
	for _, c := range m.in.View.ClosedPlaces() {
		for _, asset := range c.Assets {
			off[asset] = true
		}
	}
	return off
}
