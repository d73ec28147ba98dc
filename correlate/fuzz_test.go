package correlate

import (
	"bytes"
	"testing"

	"headstart"
)

// FuzzApply folds lines of a log file as anybody could write them: an error of the
// decoder, or a state that still adds up and comes back whole from its rows.
func FuzzApply(f *testing.F) {
	for _, s := range []string{
		`{"at":"2026-11-23T08:00:00Z","config":{"engine":1,"catalog":{"devices":[{"id":"a","depends_on":["b"]},{"id":"b","depends_on":[["a","c"]]}]},"correlation":{"settle":"0s"}}}
{"at":"2026-11-23T08:00:01Z","alert":{"source":"p","labels":{"alertname":"HostDown","instance":"a"},"startsAt":"0001-01-01T00:00:00Z","endsAt":"9999-12-31T23:59:59Z"}}
{"at":"2026-11-23T08:00:02Z","check":{"probe":"ping","asset":"b","verdict":"down"}}
{"at":"2026-11-23T09:00:02Z"}`,
		`{"at":"2026-11-23T08:00:00Z","config":{"engine":1,"inhibit_rules":[{"source":[{"name":"s","value":"c","isEqual":true}],"target":[],"equal":["i"]},{"source":null,"target":[{"name":"s","value":"(","isRegex":true}]}]}}
{"at":"2026-11-23T08:00:01Z","alert":{"source":"p","labels":{"alertname":"A","s":"w"}}}
{"at":"2026-11-23T08:00:02Z","alert":{"source":"p","labels":{"alertname":"A","s":"c"}}}
{"at":"2026-11-23T08:00:03Z","config":{"engine":1}}`,
		`{"at":"2026-11-23T08:00:01Z","alert":{"source":"","labels":null,"endsAt":"0000-01-01T00:00:00Z"}}`,
		`{"at":"2026-11-23T08:00:01Z","alert":{"source":""}}`,
		`{"at":"2026-11-23T08:00:01Z","refresh":[{"fingerprint":"x","source":"","ends_at":"9999-12-31T00:00:00Z"}]}`,
		`{"at":"2026-11-23T08:00:01Z","ticket":{"source":"rt","id":"1","created_at":"9999-12-31T23:59:59-12:00","evidence":{"version":1,"assets":[{"id":"a","strength":1e300}]}}}
{"at":"2026-11-23T08:00:02Z","command":{"by":"x","do":"open","services":["a"]}}
{"at":"2026-11-23T08:00:03Z","command":{"by":"x","do":"link","ticket":"1"}}`,
		`{"at":"2026-11-23T08:00:01Z","silence":{"id":"s","matchers":[{"name":"a","value":"(","isRegex":true}],"startsAt":"2026-11-23T08:00:00Z","endsAt":"9999-12-31T23:59:59Z"}}
{"at":"2026-11-23T08:00:02Z","maintenance":{"id":"w","starts_at":"0001-01-01T00:00:00Z","ends_at":"9999-12-31T23:59:59-12:00"}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		p := newPlayer(t, false)
		last := day
		for line := range bytes.Lines(log) {
			l, err := headstart.DecodeFileLine(bytes.TrimSpace(line))
			if err != nil {
				continue
			}
			// The log's own clock neither goes back nor leaves the range of its offsets.
			if at := sane(l.At).Time(); at.After(last) && at.Before(last.AddDate(1, 0, 0)) {
				last = at
			}
			ev := headstart.Event{At: last, Received: last, Line: l.Line}
			if ev.Command == nil {
				p.apply(ev)
				continue
			}
			_ = p.do(ev, 1, 2) // refused or not
		}
		p.fireUntil(last.Add(1000))
		p.compareLoaded()
	})
}
