package tickets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
	"headstart/tickets/systems"
)

// helpdesk is a ticket system in memory. Its methods count and may be made to fail.
type helpdesk struct {
	systems.System // what is not needed here

	mu      sync.Mutex
	tickets map[string]systems.Ticket
	pages   [][]systems.Ticket // of walks to come
	asked   []systems.Cursor
	got     []string
	fail    error
}

func (h *helpdesk) Caps() systems.Caps { return systems.CapsOf("rt") }

func (h *helpdesk) Changes(_ context.Context, c systems.Cursor) (systems.Page, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, c)
	if h.fail != nil {
		return systems.Page{}, h.fail
	}
	if len(h.pages) == 0 {
		return systems.Page{Next: systems.Cursor{Since: c.From}}, nil
	}
	p := systems.Page{Tickets: h.pages[0], More: len(h.pages) > 1, Next: systems.Cursor{Since: t0, Page: len(h.pages)}}
	h.pages = h.pages[1:]
	return p, nil
}

func (h *helpdesk) Get(_ context.Context, id string) (systems.Ticket, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, id)
	if t, ok := h.tickets[id]; ok {
		return t, nil
	}
	return systems.Ticket{}, systems.ErrNotFound
}

func (h *helpdesk) Hint(_ http.Header, body []byte, _ time.Time, known bool) ([]string, error) {
	if !known {
		return nil, systems.ErrHook
	}
	return []string{string(body)}, nil
}

// counts returns how many pages were asked for.
func (h *helpdesk) counts() int { h.mu.Lock(); defer h.mu.Unlock(); return len(h.asked) }

func report(id string) systems.Ticket {
	return systems.Ticket{
		ID: id, Title: "Printer stuk", Body: "afdrukken in gebouw noord lukt niet", Requester: "0123456789abcdef", Department: "Financiën", Location: "NRD-2",
		Native: "new", Status: "new", Created: t0.Add(-time.Hour), Updated: t0.Add(-time.Hour),
	}
}

// polled is a stand with one ticket system.
func polled(t *testing.T, h *helpdesk) (*stand, *poller) {
	t.Helper()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newStand(t, Source{Name: "rt", Type: "rt", Settings: systems.Settings{URL: "https://rt.example", TokenFile: token}})
	src := s.sources["rt"]
	src.system = h
	s.Inbox.now = time.Now
	s.Inbox.dir = filepath.Join(t.TempDir(), "tickets")
	src.poller = newPoller(s.Inbox, src)
	if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, nil); err != nil {
		t.Fatal(err)
	}
	return s, src.poller
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shows makes the view show the tickets the log got, linked if verdict says so.
func (s *stand) shows(t *testing.T, verdict string, tickets ...headstart.Ticket) {
	t.Helper()
	var rows []headstart.FeedOp
	for _, x := range tickets {
		ts := headstart.TicketState{V: 1, Ticket: x, Links: []headstart.Link{{Ticket: x.ID, Group: 1, Verdict: verdict}}}
		rows = append(rows, headstart.FeedOp{Table: headstart.TableTickets, Row: headstart.Row{Key: x.Key(), Val: encode(t, ts)}})
	}
	if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, rows); err != nil {
		t.Fatal(err)
	}
}

// TestWalkStoresOnce: pages are stored as they come, evidence without text; what
// stood there is not stored again, our own tickets never.
func TestWalkStoresOnce(t *testing.T) {
	ours := report("3")
	ours.Ours = true
	h := &helpdesk{pages: [][]systems.Ticket{{report("1")}, {}, {report("2"), ours}}}
	s, p := polled(t, h)
	if err := p.walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := s.taken(t)
	if len(got) != 2 || got[0].Title+got[0].Body != "" || got[0].Evidence == nil || got[0].Requester.Location != "noord" || got[0].Requester.Department != "fin" {
		t.Fatalf("stored %+v, want two tickets without text, with evidence and the catalog's ids", got)
	}
	touched := report("1")
	touched.Updated = t0 // our own note moved that
	changed := report("2")
	changed.Native, changed.Status = "stalled", "waiting"
	h.pages = [][]systems.Ticket{{touched, changed}}
	if err := p.walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.taken(t); len(got) != 1 || got[0].ID != "2" || got[0].Status != "waiting" {
		t.Errorf("stored %+v, want the change of ticket 2 only", got)
	}
}

// TestPlaceMovesWhenDurable: a store that is away, or a system that fails, leaves
// the place where it was, also after a restart.
func TestPlaceMovesWhenDurable(t *testing.T) {
	h := &helpdesk{pages: [][]systems.Ticket{{report("1")}}}
	s, p := polled(t, h)
	s.fail = errors.New("no room")
	if err := p.walk(t.Context()); err == nil {
		t.Fatal("no error although nothing was stored")
	}
	if c := newPoller(s.Inbox, p.source).place.load(); !c.Since.IsZero() || !p.cursor.Since.IsZero() {
		t.Errorf("the place moved to %+v", c)
	}
	s.fail, h.pages = nil, [][]systems.Ticket{{report("1")}}
	if err := p.walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := newPoller(s.Inbox, p.source)
	if c := again.place.load(); !c.Since.Equal(t0) {
		t.Errorf("after a restart the place is %+v, want %v", c, t0)
	}
	p.source.URL = "https://other.example"
	if c := newPoller(s.Inbox, p.source).place.load(); !c.Since.IsZero() {
		t.Errorf("another system begins at %+v, want the start", c)
	}
	info, err := os.Stat(p.place.file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of the place: %v %v", info.Mode(), err)
	}
}

// TestPollerKeepsItsPace: once a minute, every 20 seconds while something is
// broken; an error doubles that, a limit is kept, refused credentials wait longest.
func TestPollerKeepsItsPace(t *testing.T) {
	live := headstart.FeedOp{Table: headstart.TableIncidents, Row: headstart.Row{Key: "HS-1", Val: []byte(`{"v":1,"id":"HS-1","seq":1,"state":"open"}`)}}
	for name, test := range map[string]struct {
		fail error
		rows []headstart.FeedOp
		want int // walks in an hour
	}{
		"quiet":                {nil, nil, 60},
		"something is broken":  {nil, []headstart.FeedOp{live}, 180},
		"limited to 5 minutes": {&systems.RateLimited{After: 5 * time.Minute}, nil, 12},
		"credentials refused":  {systems.ErrAuth, nil, 6},
		"away":                 {errors.New("no route"), nil, 8},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &helpdesk{fail: test.fail}
				s, _ := polled(t, h)
				if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, test.rows); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour-time.Second)
				defer cancel()
				if err := s.Run(ctx); err != nil {
					t.Fatal(err)
				}
				if got := h.counts(); got != test.want {
					t.Errorf("%d walks in an hour, want %d", got, test.want)
				}
				if test.fail != nil && strings.Count(s.logs.String(), test.fail.Error()) != 1 {
					t.Errorf("the trouble is logged %d times, want once:\n%s", strings.Count(s.logs.String(), test.fail.Error()), s.logs)
				}
			})
		})
	}
}

// TestOnlyTheLeaderReads: what an account may ask is shared by all replicas.
func TestOnlyTheLeaderReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &helpdesk{}
		s, _ := polled(t, h)
		leading := false
		s.Inbox.leading = func() bool { return leading }
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := h.counts(); n != 0 {
			t.Errorf("%d walks of a replica that does not lead", n)
		}
		leading = true
		time.Sleep(notLeading)
		synctest.Wait()
		if n := h.counts(); n != 1 {
			t.Errorf("%d walks once it leads, want one at once", n)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestHintReadsAtOnce: a hook makes one ticket be read, whatever else it says.
func TestHintReadsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &helpdesk{tickets: map[string]systems.Ticket{"7": report("7")}}
		s, _ := polled(t, h)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		time.Sleep(time.Second)
		if w := s.post(t, "/hooks/tickets/rt", "7"); w.Code != http.StatusAccepted {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		synctest.Wait()
		if got := s.taken(t); len(got) != 1 || got[0].ID != "7" {
			t.Errorf("stored %+v, want ticket 7 at once", got)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestReconcileFindsWhatListsHide: a linked ticket that is gone is deleted here, a
// merged one closed, with the evidence it had.
func TestReconcileFindsWhatListsHide(t *testing.T) {
	merged := report("2")
	merged.Title, merged.Merged = "of the other", "9"
	h := &helpdesk{tickets: map[string]systems.Ticket{"2": merged, "4": report("4")}, pages: [][]systems.Ticket{{report("1"), report("2"), report("3"), report("4")}}}
	s, p := polled(t, h)
	if err := p.walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	known := s.taken(t)
	s.shows(t, "linked", known...)
	if err := p.reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	status := map[string]string{}
	for _, x := range s.taken(t) {
		status[x.ID] = x.Status
		if x.Evidence == nil || x.Title != "" {
			t.Errorf("ticket %s lost its evidence, or shows text", x.ID)
		}
	}
	if want := map[string]string{"1": "deleted", "2": "closed", "3": "deleted"}; fmt.Sprint(status) != fmt.Sprint(want) {
		t.Errorf("stored %v, want %v", status, want)
	}
	if !slices.Contains(h.got, "4") {
		t.Error("ticket 4 was not looked at")
	}
}

// TestWhenToReconcile: each half hour, and at 07:30 where the desk is.
func TestWhenToReconcile(t *testing.T) {
	_, p := polled(t, &helpdesk{})
	p.source.zone = time.FixedZone("desk", 3600)
	at := func(hhmm string) time.Time {
		x, err := time.Parse(time.RFC3339, "2026-11-23T"+hhmm+":00+01:00")
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	p.reconciled = at("07:20")
	for hhmm, want := range map[string]bool{"07:25": false, "07:30": true, "07:45": true} {
		if got := p.dueToReconcile(at(hhmm)); got != want {
			t.Errorf("at %s: %t, want %t", hhmm, got, want)
		}
	}
	p.reconciled = at("12:00")
	for hhmm, want := range map[string]bool{"12:29": false, "12:30": true} {
		if got := p.dueToReconcile(at(hhmm)); got != want {
			t.Errorf("at %s: %t, want %t", hhmm, got, want)
		}
	}
}

// TestBadTicketStopsNothing: what cannot be a ticket is left out and counted.
func TestBadTicketStopsNothing(t *testing.T) {
	bad := report("1")
	bad.URL = "javascript:alert(1)"
	h := &helpdesk{pages: [][]systems.Ticket{{bad, report("2")}}}
	s, p := polled(t, h)
	if err := p.walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.taken(t); len(got) != 1 || got[0].ID != "2" {
		t.Errorf("stored %+v, want ticket 2", got)
	}
	if strings.Contains(s.logs.String(), "Printer stuk") {
		t.Errorf("the log shows the text of a ticket: %s", s.logs)
	}
}
