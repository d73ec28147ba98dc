package incidents

import (
	"slices"
	"testing"
	"time"

	"headstart"
	"headstart/correlate"
	"headstart/notify"
)

// shiftRoute holds the team back between 10:00 and 11:00 UTC, and nobody else.
const shiftRoute = `
time_intervals: [{name: pause, time_intervals: [{times: [{start_time: "10:00", end_time: "11:00"}]}]}]
route:
  receiver: all
  routes: [{matchers: [team=net], receiver: net, mute_time_intervals: [pause]}]
`

// told are the pages of a replay, as "receiver hh:mm", with "over" for those of an end.
func toldIn(t *testing.T, route string, lines ...headstart.FileLine) []string {
	t.Helper()
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	config := &headstart.LogConfig{Engine: 1, Installation: "test", Route: route, Language: "en", Catalog: &headstart.Catalog{Devices: []headstart.Device{{ID: "sw-1"}}}}
	all := append([]headstart.FileLine{{At: day, Line: headstart.Line{Config: config}}}, lines...)
	result, err := Replay(all, day.Add(23*time.Hour), correlate.NewState(), Makers{Router: func(route string) (Router, error) { return notify.NewRouter(route) }}, "en")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range result.Messages {
		if m.Plane == headstart.PlaneOperators {
			line := m.Receiver + " " + m.At.UTC().Format("15:04")
			if m.Final {
				line += " over"
			}
			out = append(out, line)
		}
	}
	return out
}

func netAlert(clock string, fires bool) headstart.FileLine {
	at, err := time.Parse(time.RFC3339, "2026-11-23T"+clock+":00Z")
	if err != nil {
		panic(err)
	}
	a := &headstart.Alert{Source: "am", StartsAt: at, Labels: map[string]string{"alertname": "SwitchDown", "instance": "sw-1", "team": "net"}}
	if !fires {
		a.EndsAt = at
	}
	return headstart.FileLine{At: at, Line: headstart.Line{Alert: a}}
}

// Time intervals hold pages back and lose none (ruling 16): of what still fails when they
// end the receiver is told then, and of the end of what it knew of.
func TestRestingReceiver(t *testing.T) {
	for name, tc := range map[string]struct {
		lines []headstart.FileLine
		want  []string
	}{
		"before":                       {[]headstart.FileLine{netAlert("09:00", true)}, []string{"net 09:01"}},
		"within":                       {[]headstart.FileLine{netAlert("10:05", true)}, []string{"net 11:00"}},
		"over before it ends":          {[]headstart.FileLine{netAlert("10:05", true), netAlert("10:20", false)}, nil},
		"its end falls in it":          {[]headstart.FileLine{netAlert("09:30", true), netAlert("10:20", false)}, []string{"net 09:31", "net 11:00 over"}},
		"back, and it heard of no end": {[]headstart.FileLine{netAlert("09:30", true), netAlert("10:20", false), netAlert("10:30", true)}, []string{"net 09:31"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := toldIn(t, shiftRoute, tc.lines...); !slices.Equal(got, tc.want) {
				t.Errorf("told %q, want %q", got, tc.want)
			}
		})
	}
}
