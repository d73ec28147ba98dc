package main

import (
	"testing"
	"time"

	"headstart"
)

// TestAlertsWithoutStart: a script posts labels and an end, first one to come and later
// that of now, and no start, as Alertmanager allows. What it says is over is over at
// once, not when the first promise runs out.
func TestAlertsWithoutStart(t *testing.T) {
	t.Parallel()
	r := start(t, prepare(t, ""))
	both := func(end time.Time) (alerts []map[string]any) {
		for _, a := range []map[string]any{sent("script", "HostDown", "sw-n-2", end, end), sent("script", "PrinterOffline", "prn-n2-04", end, end)} {
			delete(a, "startsAt")
			alerts = append(alerts, a)
		}
		return alerts
	}
	r.opens(both(time.Now().Add(time.Hour))...)
	r.alert(both(time.Now())...)
	waitFor(t, 10*time.Second, "the end", func() bool { return r.only().State != headstart.Open })
}
