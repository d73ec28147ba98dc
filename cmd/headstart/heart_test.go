package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/notify"
)

// TestPulseAfterAStart (ruling 19): nobody is called before a watchdog was heard. Just after
// the start that is no trouble yet, for one comes each minute; later it is, and what was
// heard long ago always is.
func TestPulseAfterAStart(t *testing.T) {
	for name, c := range map[string]struct {
		listens, heard time.Duration // how long ago; zero: not at all
		want           string        // empty: it is called
		waits          bool
	}{
		"just started":             {listens: time.Second, want: "no watchdog was heard since the start, a moment ago", waits: true},
		"started and heard":        {listens: time.Second, heard: time.Second},
		"a while after the start":  {listens: 6 * time.Minute, want: "no watchdog was heard since the start; let Prometheus"},
		"heard a while ago":        {listens: time.Hour, heard: 4 * time.Minute},
		"heard long ago":           {listens: time.Hour, heard: 6 * time.Minute, want: "the last watchdog was heard 6m0s ago"},
		"heard before the restart": {listens: time.Minute, heard: 6 * time.Minute, want: "the last watchdog was heard 6m0s ago"},
	} {
		now := time.Now()
		p := &pulse{
			leading: func() bool { return true }, ready: func(context.Context, string) error { return nil }, moving: func() error { return nil },
			append: func(context.Context, headstart.Append) (headstart.Offset, error) { return headstart.Offset{Ms: 1}, nil },
			head: func(context.Context) (headstart.Cursor, error) {
				return headstart.Cursor{Off: headstart.Offset{Ms: 1}}, nil
			},
			since: now.Add(-c.listens),
			watchdog: func() (at time.Time) {
				if c.heard > 0 {
					at = now.Add(-c.heard)
				}
				return at
			},
		}
		err := p.works(t.Context())
		switch {
		case c.want == "":
			if err != nil {
				t.Errorf("%s: %v; want the call", name, err)
			}
		case err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, notify.ErrWaits) != c.waits:
			t.Errorf("%s: %v (waits: %t); want %q (%t)", name, err, errors.Is(err, notify.ErrWaits), c.want, c.waits)
		}
	}
}
