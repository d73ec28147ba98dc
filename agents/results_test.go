package agents

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
)

// The last runs at a site are shown at its upstream, on the upstream's clock, under the
// agent's name; once the agent is silent nobody knows any more, and that is what is shown.
func TestResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := time.Now().UTC()
		b := newBubble(t,
			headstart.CheckResult{Probe: "toner", Kind: "printer", Asset: "prn-1", Verdict: headstart.Warn, Reason: "low\nToner", Conditions: []headstart.Condition{{Name: "toner-low", Effect: headstart.EffectReport}}, At: at},
			headstart.CheckResult{Probe: "bad\nname", Kind: "icmp", Verdict: headstart.OK},
		)
		defer b.stop()
		time.Sleep(2 * resultsEvery)
		synctest.Wait()
		got := b.hub.Results()
		if len(got) != 1 || got[0].Probe != "toner@noord" || got[0].Verdict != headstart.Warn || got[0].Reason != "low Toner" || !got[0].At.Equal(at) {
			t.Fatalf("the upstream shows %+v, want the one that can be shown", got)
		}
		b.set(nothing)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		got = b.hub.Results()
		if len(got) != 1 || got[0].Verdict != headstart.Unknown || !strings.Contains(got[0].Reason, "silent since") || len(got[0].Conditions) != 0 {
			t.Errorf("of a silent agent the upstream shows %+v, want unknown", got)
		}
	})
}

// The clock of an agent may be wrong; what it says is shown on ours.
func TestResultsOfAWrongClock(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	body := `{"v":1,"sent_at":"2026-11-23T09:00:00Z","checks":[{"probe":"p","kind":"icmp","target":"t","verdict":"ok","reason":"","conditions":[],"at":"2026-11-23T08:59:30Z"}]}`
	got, err := decodeResults([]byte(body), "noord", now)
	if err != nil || len(got) != 1 || !got[0].At.Equal(now.Add(-30*time.Second)) {
		t.Errorf("%v, %+v; want it made half a minute ago", err, got)
	}
	many := fmt.Sprintf(`{"v":1,"sent_at":"2026-11-23T09:00:00Z","checks":[%s{}]}`, strings.Repeat("{},", mostResults))
	for _, bad := range []string{"", "[]", many, strings.Replace(body, `"v":1`, `"v":9`, 1), strings.Replace(body, "2026-11-23T09:00:00Z", "0001-01-01T00:00:00Z", 1)} {
		if got, err := decodeResults([]byte(bad), "noord", now); err == nil {
			t.Errorf("%.60s: taken as %d results", bad, len(got))
		}
	}
}

// Only one post of results of an agent is read at a time: they may be large.
func TestResultsOneAtATime(t *testing.T) {
	h := newHub(&memlog{})
	h.sites["noord"].showing <- struct{}{}
	line := newWire(h)
	r, err := http.NewRequest(http.MethodPost, "http://up/api/v1/agents/noord/results", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if res, err := line.RoundTrip(r); err != nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a second one: %d, %v", res.StatusCode, err)
	}
}

// FuzzResults: whatever is posted is refused, or can be shown and written as JSON.
func FuzzResults(f *testing.F) {
	f.Add([]byte(`{"v":1,"sent_at":"2026-11-23T09:00:00Z","checks":[{"probe":"p","kind":"icmp","target":"t","verdict":"ok","reason":"r","conditions":[{"name":"jam","effect":"none"}],"values":[{"name":"rta","value":1,"unit":"s"}],"at":"2026-11-23T08:59:30Z"}]}`))
	f.Add([]byte(`{"v":1,"sent_at":"8999-11-23T09:00:00Z","checks":[{"probe":"p","kind":"icmp","verdict":"ok","at":"1971-11-23T08:59:30Z"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := decodeResults(data, "noord", time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
		if err != nil {
			return
		}
		for _, c := range got {
			if !strings.HasSuffix(c.Probe, "@noord") || len(c.Reason) > mostReason || strings.ContainsAny(c.Reason, "\n\x00") {
				t.Fatalf("%+v", c)
			}
		}
		if _, err := json.Marshal(got); err != nil {
			t.Fatal(err)
		}
	})
}
