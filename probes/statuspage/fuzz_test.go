package statuspage

import (
	"encoding/json"
	"testing"
	"time"

	"headstart"
)

// sane holds a report to its promise.
func sane(t *testing.T, r Report, err error) {
	t.Helper()
	switch {
	case err != nil && r.Verdict == "":
	case err == nil && r.Reason != "" && grave(r.Verdict) >= 0:
	default:
		t.Errorf("report %+v with error %v", r, err)
	}
}

func FuzzSummary(f *testing.F) {
	f.Add([]byte(page("none", "Fine", part("c1", "API", "operational"), "", "")), "")
	f.Add([]byte(page("major", "Out", part("c1", "API", "partial_outage"), `{"name":"x","components":[]}`, "")), "API")
	f.Add([]byte(`{"components":[null,{"id":1}]}`), "x")
	f.Fuzz(func(t *testing.T, body []byte, component string) {
		s, err := decodeSummary(body)
		if err != nil {
			return
		}
		var wanted []string
		if component != "" {
			wanted = []string{component}
		}
		r, err := s.judge(wanted)
		sane(t, r, err)
	})
}

func FuzzFeed(f *testing.F) {
	f.Add([]byte(`<feed><entry><title>a</title><updated>2026-11-22T07:00:00Z</updated><content>Investigating</content></entry></feed>`), "a")
	f.Add([]byte(`<?xml version="1.0" encoding="utf-16"?><rss><channel><item><title>a</title><pubDate>x</pubDate></item></channel></rss>`), "")
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><rss><channel>&b;</channel></rss>`), "")
	f.Fuzz(func(t *testing.T, body []byte, component string) {
		d, err := decodeFeed(body)
		if err != nil {
			return
		}
		var wanted []string
		if component != "" {
			wanted = []string{component}
		}
		r := d.judge(wanted, time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC))
		sane(t, r, nil)
		if r.Verdict == headstart.Down {
			t.Error("a feed cannot say that something is down")
		}
	})
}

func FuzzOverviews(f *testing.F) {
	f.Add([]byte(services("Exchange=serviceOperational")), "")
	f.Add([]byte(services("Exchange=serviceInterruption", "Teams=x")), "exchange")
	f.Fuzz(func(t *testing.T, body []byte, component string) {
		var p struct {
			Value []overview `json:"value"`
		}
		if json.Unmarshal(body, &p) != nil {
			return
		}
		var wanted []string
		if component != "" {
			wanted = []string{component}
		}
		worst, n, err := worstService(p.Value, wanted)
		if _, known := health[worst.Status]; err == nil && (!known || n == 0) {
			t.Errorf("%+v of %d services without an error", worst, n)
		}
	})
}
