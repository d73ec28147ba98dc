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
