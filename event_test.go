package headstart

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// Every line of CONTRACT section 3 is one thing, and comes back as it was.
func TestFileLines(t *testing.T) {
	lines := map[string]string{
		"config":      `{"at":"2026-11-23T07:41:02.12+01:00","config":{"engine":1,"ticks":true,"hash":"x","correlation":{},"announce":{},"catalog":{}}}`,
		"alert":       `{"at":"2026-11-23T07:41:02.120+01:00","alert":{"source":"prom-a","labels":{"alertname":"HostDown"},"annotations":{},"startsAt":"2026-11-23T07:41:00Z","generatorURL":""}}`,
		"refresh":     `{"at":"2026-11-23T07:41:02Z","refresh":[{"fingerprint":"a","source":"prom-a","ends_at":"2026-11-23T07:46:02Z"}]}`,
		"check":       `{"at":"2026-11-23T07:41:02Z","check":{"probe":"core-ping","asset":"sw-n-2","service":"","location":"noord","verdict":"down","reason":"r","conditions":[],"agent":"","asked":false}}`,
		"ticket":      `{"at":"2026-11-23T07:41:02Z","ticket":{"source":"rt","id":"T-101","title":"t","body":"b","requester":{"id":"x","shared":false},"minutes_spent":null}}`,
		"maintenance": `{"at":"2026-11-23T07:41:02Z","maintenance":{"id":"W-311","starts_at":"2026-11-23T07:41:02Z","ends_at":"2026-11-23T08:41:02Z","summary":{"nl":"x"}}}`,
		"silence":     `{"at":"2026-11-23T07:41:02Z","silence":{}}`,
		"confirm":     `{"at":"2026-11-23T07:41:02Z","confirm":{"incident":"HS-3"}}`,
		"command":     `{"at":"2026-11-23T07:41:02Z","command":{"by":"samira","do":"open","ref":"INC-1001"}}`,
		"model":       `{"at":"2026-11-23T07:41:02Z","model":{"version":4,"weights":{}}}`,
		"delivery":    `{"at":"2026-11-23T07:41:02Z","delivery":{"key":"k","outcome":"sent","handle":{}}}`,
		"tick":        `{"at":"2026-11-23T07:41:02Z"}`,
	}
	for kind, text := range lines {
		l, err := DecodeFileLine([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if l.Kind() != kind {
			t.Errorf("%s is read as a %s", kind, l.Kind())
		}
	}
	bad := map[string]string{
		`"at" is missing; write`:            `{"alert":{}}`,
		`unknown key "alrt"; correct`:       `{"at":"2026-11-23T07:41:02Z","alrt":{}}`,
		"2 of alert, check":                 `{"at":"2026-11-23T07:41:02Z","alert":{},"check":{}}`,
		"write one object a line":           `{"at":"2026-11-23T07:41:02Z"} {"at":"2026-11-23T07:41:02Z"}`,
		"alert is of the kind array":        `{"at":"2026-11-23T07:41:02Z","alert":[]}`,
		`"yesterday" is no time; write one`: `{"at":"yesterday"}`,
		"looking":                           `at`,
		"EOF; write one JSON object a line": ``,
		"exceeded":                          `{"at":"2026-11-23T07:41:02Z","model":{"version":1,"weights":` + strings.Repeat(`[`, 20_000) + `}}`,
	}
	for word, text := range bad {
		if l, err := DecodeFileLine([]byte(text)); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%.60s was read as %+v, error %v; want one that says %s", text, l, err, word)
		}
	}
}

func TestRecordKeepsWhenItArrived(t *testing.T) {
	arrived := time.UnixMilli(1_795_295_378_324).UTC()
	rec := NewRecord(arrived, Line{Check: &Check{Probe: "a"}}, Line{Check: &Check{Probe: "b"}})
	again, err := DecodeRecord(rec.Encode())
	if err != nil {
		t.Fatal(err)
	}
	// Ruling 6: a record replayed after a failover keeps the time it first came.
	events := again.Events(Offset{Ms: uint64(arrived.UnixMilli()) + 5000})
	if len(events) != 2 || events[1].N != 1 || !events[1].Received.Equal(arrived) || !events[1].At.Equal(arrived.Add(5*time.Second)) {
		t.Fatalf("events %+v", events)
	}
	tick, err := DecodeRecord(NewRecord(arrived).Encode())
	if err != nil {
		t.Fatal(err)
	}
	if ev := tick.Events(Offset{Ms: 7}); len(ev) != 1 || ev[0].Kind() != "tick" {
		t.Fatalf("a record without lines is %+v, want one tick", ev)
	}
	for _, bad := range []string{``, `{}`, `{"v":2}`, `{"v":1,"lines":[{}]}`, `{"v":1,"lines":[{"alert":{},"check":{}}]}`} {
		if _, err := DecodeRecord([]byte(bad)); err == nil {
			t.Errorf("%q was taken for a record", bad)
		}
	}
}

func FuzzDecodeFileLine(f *testing.F) {
	f.Add([]byte(`{"at":"2026-11-23T07:41:02Z","alert":{"source":"a","labels":{"alertname":"X"}}}`))
	f.Add([]byte(`{"at":"0000-01-01T00:00:00Z","ticket":{"id":"1"}}`))
	f.Add([]byte(`{"at":"9999-12-31T23:59:59Z"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := DecodeFileLine(data)
		if err != nil {
			return
		}
		again, err := json.Marshal(l)
		if err != nil {
			t.Fatalf("%q is read but cannot be written: %v", data, err)
		}
		if _, err := DecodeFileLine(again); err != nil {
			t.Fatalf("%q is written as %s, which cannot be read: %v", data, again, err)
		}
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(NewRecord(time.UnixMilli(1), Line{Alert: &Alert{Source: "a"}}).Encode())
	f.Add([]byte(`{"v":1}`))
	f.Add([]byte(`{"v":1,"lines":[{"refresh":[]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rec, err := DecodeRecord(data)
		if err != nil {
			return
		}
		if _, err := DecodeRecord(rec.Encode()); err != nil {
			t.Fatalf("%q is read, but not what is written of it: %v", data, err)
		}
		if events := rec.Events(Offset{Ms: 1}); len(events) == 0 {
			t.Fatalf("%q is a record of nothing", data)
		}
	})
}

// TestAliveByTheLogsClock: a sender that resolves "now" in nanoseconds has
// resolved, although the log's clock has only milliseconds (ruling 13).
func TestAliveByTheLogsClock(t *testing.T) {
	at := time.Date(2026, 11, 23, 7, 41, 2, 303_000_000, time.UTC)
	cases := map[string]struct {
		ends time.Time
		want bool
	}{
		"no end":                         {time.Time{}, true},
		"ends later":                     {at.Add(time.Second), true},
		"ended":                          {at.Add(-time.Second), false},
		"ends within the log's own tick": {at.Add(295_276 * time.Nanosecond), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := Alert{EndsAt: c.ends}
			if got := a.Alive(at); got != c.want {
				t.Errorf("alive %v, want %v", got, c.want)
			}
		})
	}
}
