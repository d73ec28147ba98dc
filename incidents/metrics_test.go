package incidents

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// TestOpenedIsCounted: each incident counts once, however many commits follow.
func TestOpenedIsCounted(t *testing.T) {
	st := newStory(t, nil)
	m := newMetrics(prometheus.NewPedanticRegistry())
	st.outage(0)
	m.count(st.f.book)
	m.count(st.f.book)
	if got := testutil.ToFloat64(m.opened.WithLabelValues(string(headstart.CauseObserved))); got != 1 {
		t.Errorf("headstart_incidents_opened_total is %v, want 1", got)
	}
}
