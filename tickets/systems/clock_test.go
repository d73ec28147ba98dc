package systems

import (
	"testing"
	"time"
)

// TestClocksGoBack: in the night in which an hour comes twice nothing is missed by
// systems whose times name no zone. 25 October 2026, 01:00 UTC, in Amsterdam.
func TestClocksGoBack(t *testing.T) {
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	back := time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)
	for name, start := range map[string]func() (*fake, System){
		"glpi":  func() (*fake, System) { f, d, open := newGLPI(t, nil); d.zone = amsterdam; return f, open(t) },
		"znuny": func() (*fake, System) { f, d, open := newZnuny(t, nil); d.zone = amsterdam; return f, open(t) },
	} {
		f, s := start()
		f.with(func() {
			f.now = back.Add(-10 * time.Minute) // 02:50 for the first time
			f.add(&fakeTicket{title: "first run"})
		})
		_, next, _ := walk(t, s, Cursor{Since: back.Add(-30 * time.Minute)}.Begin(time.Now(), 0))
		var id string
		f.with(func() {
			f.now = back.Add(5 * time.Minute) // 02:05 for the second time
			id = f.add(&fakeTicket{title: "second run"}).id
		})
		rows, _, _ := walk(t, s, next.Begin(time.Now(), time.Minute))
		if find(rows, id) == nil {
			t.Errorf("%s: what changed in the second run of the hour was missed", name)
		}
	}
}

// TestWrongClock: a server whose clock is 90 minutes off, with the zone right, is told
// from one of another zone; nothing is missed, since its own time counts.
func TestWrongClock(t *testing.T) {
	for name, start := range map[string]func(off time.Duration) (*fake, System){
		"glpi": func(off time.Duration) (*fake, System) {
			f, d, open := newGLPI(t, nil)
			d.off = off
			return f, open(t)
		},
		"znuny": func(off time.Duration) (*fake, System) {
			f, d, open := newZnuny(t, nil)
			d.off = off
			return f, open(t)
		},
	} {
		for _, off := range []time.Duration{-90 * time.Minute, 5 * time.Minute} {
			f, s := start(off)
			f.with(func() {
				f.now = time.Now().Add(off - time.Hour).Truncate(time.Second)
				f.add(&fakeTicket{title: "before"})
			})
			rep, err := s.Check(t.Context())
			if err != nil || (rep.Skew-off).Abs() > time.Minute || len(rep.Lacks) > 0 {
				t.Errorf("%s %v off: %v off, lacks %q, %v", name, off, rep.Skew, rep.Lacks, err)
			}
			_, next, _ := walk(t, s, Cursor{}.Begin(time.Now(), 0))
			var id string
			f.with(func() { id = f.add(&fakeTicket{title: "after"}).id })
			if rows, _, _ := walk(t, s, next.Begin(time.Now(), 0)); find(rows, id) == nil {
				t.Errorf("%s %v off: a ticket was missed", name, off)
			}
		}
	}
}

// TestSameSecond: more tickets of one second than a page holds are all read by
// systems that can say nothing but "later than".
func TestSameSecond(t *testing.T) {
	for name, start := range map[string]func() (*fake, System){
		"glpi":  func() (*fake, System) { f, _, open := newGLPI(t, nil); return f, open(t) },
		"znuny": func() (*fake, System) { f, _, open := newZnuny(t, nil); return f, open(t) },
	} {
		f, s := start()
		f.with(func() {
			for range 3*f.rows + 1 {
				f.add(&fakeTicket{title: "x"})
			}
			for _, x := range f.tickets {
				x.updated = f.now
			}
		})
		rows, _, _ := walk(t, s, Cursor{}.Begin(time.Now(), 0))
		seen := map[string]bool{}
		for _, x := range rows {
			seen[x.ID] = true
		}
		if len(seen) != 3*f.rows+1 {
			t.Errorf("%s: %d of %d tickets read", name, len(seen), 3*f.rows+1)
		}
	}
}
