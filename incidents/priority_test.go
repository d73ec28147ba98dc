package incidents

import (
	"testing"
	"time"

	"headstart"
)

// impact lets group 1 hit so many people.
func (st *story) people(d time.Duration, n int) {
	st.s.groups[1].People = n
	st.change(d, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})
}

func (st *story) wantPriority(want, when string) {
	st.t.Helper()
	if got := st.incident().Priority; got != want {
		st.t.Errorf("%s the priority is %s, want %s", when, got, want)
	}
}

// TestP13RaisedAtOnceLoweredAfterHold: more people raise the priority in the same
// unit; fewer lower it only when that held for correlation.hold without a break.
func TestP13RaisedAtOnceLoweredAfterHold(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.wantPriority("P3", "with 40 people")
	st.people(time.Minute, 300)
	st.wantPriority("P2", "with 300 people")
	st.people(2*time.Minute, 40)
	st.wantPriority("P2", "at once with 40 again")
	st.people(3*time.Minute, 300) // it did not last
	st.people(3*time.Minute+30*time.Second, 40)
	st.tick(4*time.Minute + time.Second)
	st.wantPriority("P2", "when the first two minutes are over")
	st.tick(5*time.Minute + 30*time.Second)
	st.wantPriority("P3", "when it held for two minutes")
}

// TestP13HoldIsConfigured: the hold is that of correlation.
func TestP13HoldIsConfigured(t *testing.T) {
	st := newStory(t, nil)
	c := st.f.book.log
	c.Correlation = []byte(`{"hold":"10m"}`)
	st.line(0, headstart.Line{Config: &c})
	st.outage(0)
	st.people(time.Minute, 300)
	st.people(2*time.Minute, 40)
	st.tick(5 * time.Minute)
	st.wantPriority("P2", "after three minutes")
	st.tick(12 * time.Minute)
	st.wantPriority("P3", "after ten")
}

// TestP13UrgencyOutsideHours: at night the same outage is one step less urgent,
// unless its service is vital.
func TestP13UrgencyOutsideHours(t *testing.T) {
	for name, test := range map[string]struct {
		critical headstart.Criticality
		at       time.Duration
		want     string
	}{
		"normal by day":   {headstart.Normal, 0, "normal"},
		"normal at night": {headstart.Normal, 14 * time.Hour, "low"},
		"high by day":     {headstart.High, 0, "high"},
		"high at night":   {headstart.High, 14 * time.Hour, "normal"},
		"low at night":    {headstart.Low, 14 * time.Hour, "low"},
		"vital at night":  {headstart.Vital, 14 * time.Hour, "high"},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, nil)
			c := st.f.book.log
			c.Calendar = &headstart.Calendar{Hours: map[string]string{"monday": "08:00-17:30", "tuesday": "08:00-17:30"}}
			c.Catalog.Services[0].Criticality = test.critical
			st.line(test.at, headstart.Line{Config: &c})
			st.outage(test.at)
			if got := st.incident().Urgency; got != test.want {
				t.Errorf("urgency %s, want %s", got, test.want)
			}
		})
	}
}
