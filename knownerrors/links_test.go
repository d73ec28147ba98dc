package knownerrors

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// wiki answers requests by address, and notes each.
type wiki struct {
	answers map[string]int // status; 0: it does not answer
	asked   []string
}

func (w *wiki) RoundTrip(r *http.Request) (*http.Response, error) {
	w.asked = append(w.asked, r.Method+" "+r.URL.String())
	status, known := w.answers[r.URL.String()]
	if !known || status == 0 {
		return nil, errors.New("connection refused")
	}
	res := &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: r}
	if status == http.StatusFound {
		res.Header.Set("Location", strings.Replace(r.URL.String(), "/to/", "/", 1))
		if strings.HasSuffix(r.URL.Path, "/away") {
			res.Header.Set("Location", "https://login.example/")
		}
	}
	if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
		return nil, errors.New("credentials were sent")
	}
	return res, nil
}

// linked is a View whose catalog names kb.example, with records that name articles.
func linked(t *testing.T, dead []string, articles ...string) *headstart.View {
	t.Helper()
	var rows []headstart.FeedOp
	put := func(table, key string, val any) {
		b, err := json.Marshal(val)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, headstart.FeedOp{Table: table, Row: headstart.Row{Key: key, Val: b}})
	}
	put(headstart.TableConfig, "current", headstart.LogConfig{Catalog: &headstart.Catalog{Services: []headstart.Service{{ID: "print", KB: "https://kb.example/print"}}}})
	for n, a := range articles {
		id := "KE-" + string(rune('1'+n))
		put(headstart.TableKnown, id, headstart.KnownRecord{V: 1, Own: true, KnownError: headstart.KnownError{ID: id, KB: a}})
	}
	for _, d := range dead {
		put(headstart.TableDeadLinks, d, headstart.DeadLink{V: 1, URL: d, Why: "404"})
	}
	v := headstart.NewView()
	if err := v.Reset(headstart.Cursor{}, headstart.Offset{}, rows); err != nil {
		t.Fatal(err)
	}
	return v
}

// One night: who says that an article is gone is believed at once, who does not answer is
// asked three times; what is back, and what nobody names any more, is not gone. Only
// hosts of the catalog are asked, and no redirect leads elsewhere (rulings 40, 46).
func TestLinksOfANight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const kb = "https://kb.example/"
		w := &wiki{answers: map[string]int{
			kb + "print": 200, kb + "gone": 404, kb + "silent": 0, kb + "back": 200, kb + "to/there": 302, kb + "there": 200, kb + "away": 302, kb + "secret": 403,
			"https://elsewhere.example/x": 200, "https://login.example/": 200,
		}}
		view := linked(t, []string{kb + "back", kb + "forgotten"},
			kb+"gone", kb+"silent", kb+"back", kb+"to/there", kb+"away", kb+"secret", "https://elsewhere.example/x", "https://a:b@kb.example/", "http://169.254.169.254/")
		var got []headstart.LinkCheck
		zone := time.FixedZone("CET", 3600)
		ctx, cancel := context.WithCancel(t.Context())
		l := &Links{View: view, Transport: w, Leading: func() bool { return true }, Zone: zone, Logger: slog.New(slog.DiscardHandler), Do: func(_ context.Context, c headstart.Command) (headstart.Outcome, bool, error) {
			if c.Do != "dead-links" || c.ID == "" || c.By != "" {
				t.Errorf("the command is %+v", c)
			}
			got = append(got, c.Links...)
			return headstart.Outcome{}, false, nil
		}}
		done := make(chan error)
		go func() { done <- l.Run(ctx) }()
		time.Sleep(26 * time.Hour)
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		want := []headstart.LinkCheck{{URL: kb + "back"}, {URL: kb + "forgotten"}, {URL: kb + "gone", Why: "404"}, {URL: kb + "silent", Why: "no answer"}}
		if diff := cmp.Diff(want, got[:min(len(got), 4)]); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		silent := 0
		for _, a := range w.asked {
			if strings.Contains(a, "elsewhere") || strings.Contains(a, "login") || strings.Contains(a, "169.254") || strings.Contains(a, "@") {
				t.Errorf("asked %s", a)
			}
			if strings.HasSuffix(a, "/silent") {
				silent++
			}
		}
		if silent%tries != 0 || silent == 0 {
			t.Errorf("the silent one was asked %d times; want %d each night", silent, tries)
		}
	})
}

// Who does not lead asks nothing.
func TestLinksOfAFollower(t *testing.T) {
	w := &wiki{}
	l := &Links{View: linked(t, nil), Transport: w, Leading: func() bool { return false }, Zone: time.UTC, Logger: slog.New(slog.DiscardHandler)}
	if err := l.night(t.Context()); err != nil || len(w.asked) > 0 {
		t.Errorf("%v, asked %v", err, w.asked)
	}
}

// The hour is the organisation's, on both nights of the clock too.
func TestNextAsk(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]string{
		"2026-11-23T03:59:00+01:00": "2026-11-23T04:00:00+01:00",
		"2026-11-23T04:00:00+01:00": "2026-11-24T04:00:00+01:00",
		"2026-10-24T12:00:00+02:00": "2026-10-25T04:00:00+01:00",
		"2027-03-27T12:00:00+01:00": "2027-03-28T04:00:00+02:00",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextAsk(at, zone).Format(time.RFC3339); got != want {
			t.Errorf("after %s: %s; want %s", now, got, want)
		}
	}
}
