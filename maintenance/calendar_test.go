package maintenance

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/maintenance/ical"
)

// feedOf is a calendar at address, organised by trusted people.
func feedOf(t *testing.T, address string, trusted ...string) *feed {
	t.Helper()
	file := filepath.Join(t.TempDir(), "address")
	if err := os.WriteFile(file, []byte(address+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := newFeed(Calendar{URLFile: file, Trusted: trusted})
	if err != nil {
		t.Fatal(err)
	}
	return &f
}

// TestFetch: a calendar is bounded (ruling 44), leaves by the dialer, redirects
// judged anew (ruling 40), and no error tells its address, which may be a secret.
func TestFetch(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "metadata") }))
	defer inside.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/geheim/ok":
			fmt.Fprint(w, "BEGIN:VCALENDAR\nEND:VCALENDAR\n")
		case "/geheim/moved":
			http.Redirect(w, r, "/geheim/ok", http.StatusFound)
		case "/geheim/loop":
			http.Redirect(w, r, "/geheim/loop", http.StatusFound)
		case "/geheim/inside":
			http.Redirect(w, r, inside.URL, http.StatusFound)
		case "/geheim/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/geheim/big":
			_, _ = w.Write(make([]byte, ical.MaxBytes+10))
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	configured := netip.MustParseAddrPort(strings.TrimPrefix(srv.URL, "http://"))
	client := httpClient(&headstart.Dialer{Allow: func(ap netip.AddrPort) bool { return ap == configured }})
	for path, want := range map[string]string{
		"ok": "", "moved": "", "loop": "redirects too often", "inside": "internal address", "file": "unsupported protocol", "big": "1 MiB", "gone": "404",
	} {
		f := feedOf(t, srv.URL+"/geheim/"+path)
		data, err := f.fetch(t.Context(), client)
		if err == nil {
			_, _, err = f.windows(t.Context(), data, newIndex(&headstart.Catalog{}), time.UTC, time.Now())
		}
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", path, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", path, err, want)
		case err != nil && strings.Contains(err.Error(), "geheim"):
			t.Errorf("%s: %v tells the address", path, err)
		}
	}
	if f := feedOf(t, "webcal://x.example/a"); f.url.Scheme != "https" || strings.Contains(f.source, "example") {
		t.Errorf("webcal becomes %s of source %s", f.url, f.source)
	}
}

// TestCalendarProposes holds ruling 44: an event counts by itself only if a
// trusted organiser names a device or a service, for 24 hours at most, and a
// calendar brings at most 200.
func TestCalendarProposes(t *testing.T) {
	zone := amsterdam(t)
	x := newIndex(&headstart.Catalog{
		Locations: []headstart.Location{{ID: "noord", Name: headstart.Names{"": "Gebouw Noord"}}},
		Services:  []headstart.Service{{ID: "mail"}}, Devices: []headstart.Device{{ID: "sw-n-2"}},
	})
	from := time.Date(2026, 10, 20, 0, 0, 0, 0, zone)
	read := func(events string) ([]headstart.MaintenanceWindow, []ical.Left) {
		t.Helper()
		f := feedOf(t, "https://x.example/a", "joris@example.org")
		windows, left, err := f.windows(t.Context(), []byte("BEGIN:VCALENDAR\n"+events+"END:VCALENDAR\n"), x, zone, from)
		if err != nil {
			t.Fatal(err)
		}
		return windows, left
	}
	event := func(more string) string {
		return "BEGIN:VEVENT\nUID:1\n" + strings.ReplaceAll(more, "|", "\n") + "\nEND:VEVENT\n"
	}
	const evening, trusted = "|DTSTART:20261023T200000Z|DURATION:PT1H", "|ORGANIZER:mailto:Joris@example.org"
	for text, want := range map[string]string{
		"SUMMARY:sw-n-2" + evening: "[sw-n-2] [] [] proposed 1h0m0s",
		"SUMMARY:sw-n-2|ORGANIZER:mailto:joris@example.org.evil.example" + evening:          "[sw-n-2] [] [] proposed 1h0m0s",
		"SUMMARY:sw-n-2" + trusted + evening:                                                "[sw-n-2] [] [] counts 1h0m0s",
		"SUMMARY:verhuizing|DESCRIPTION:ook mail|LOCATION:Gebouw Noord" + trusted + evening: "[] [mail] [] counts 1h0m0s",
		"SUMMARY:overleg|LOCATION:Gebouw Noord" + trusted + evening:                         "[] [] [noord] proposed 1h0m0s",
		"SUMMARY:overleg" + trusted + evening:                                               "[] [] [] proposed 1h0m0s",
		"SUMMARY:mail|DTSTART;VALUE=DATE:20261025" + trusted:                                "[] [mail] [] counts 24h0m0s", // the day of 25 hours
		"SUMMARY:mail|DTSTART:20261023T200000Z|DURATION:PT25H" + trusted:                    "longer than 24 hours",
	} {
		windows, left := read(event(text))
		got := ""
		if len(left) > 0 {
			got = left[0].Why
		} else if len(windows) == 1 {
			w := windows[0]
			state := "counts"
			if w.Proposed {
				state = "proposed"
			}
			got = fmt.Sprint(w.Assets, w.Services, w.Locations, " ", state, " ", w.EndsAt.Sub(w.StartsAt))
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	before, _ := read(event("SUMMARY:mail|RRULE:FREQ=DAILY" + evening))
	after, _ := read(event("SUMMARY:mail|RRULE:FREQ=DAILY"+evening) + event("RECURRENCE-ID:20261024T200000Z|SUMMARY:mail|DTSTART:20261024T220000Z|DURATION:PT1H"))
	if len(before) < 25 || len(after) != len(before) || before[1].ID != after[1].ID || before[1].Rev == after[1].Rev || before[0].Rev != after[0].Rev {
		t.Errorf("moving one of %d occurrences must keep its id and change it alone: %+v, then %+v", len(before), before[1], after[1])
	}
	var many strings.Builder
	for i := range 230 {
		fmt.Fprintf(&many, "BEGIN:VEVENT\nUID:%d\nSUMMARY:mail\nDTSTART:20261023T200000Z\nDURATION:PT1H\nEND:VEVENT\n", i)
	}
	if windows, left := read(many.String()); len(windows) != 200 || len(left) != 30 {
		t.Errorf("of 230 events %d windows, %d left out; want 200 and 30", len(windows), len(left))
	}
}
