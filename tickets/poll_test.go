package tickets

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

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
	limit   error // of Get
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
	if h.limit != nil {
		return systems.Ticket{}, h.limit
	}
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
		var leading atomic.Bool
		s.Inbox.leading = leading.Load
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := h.counts(); n != 0 {
			t.Errorf("%d walks of a replica that does not lead", n)
		}
		leading.Store(true)
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

// TestSwitches: the contract's own line is read, off is off, and what a system
// cannot do is refused with its place.
func TestSwitches(t *testing.T) {
	read := func(text string) (Config, error) {
		var c Config
		dec := yaml.NewDecoder(strings.NewReader(text))
		dec.KnownFields(true)
		err := dec.Decode(&c)
		return c, err
	}
	c, err := read(`sources: [{name: rt, type: rt, url: "https://rt.example", token_file: f, write: {note: true, link: true, public_reply: off, create: off, question: off}}, {name: snow, type: servicenow, url: "https://x.example", token_file: f, write: {note: off, public_reply: on, question: on, create: problem, outage: on}}, {name: quiet, type: zammad, url: "https://z.example", token_file: f, write: {note: off, link: off}}]`)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	want := []headstart.TicketSystem{
		{Source: "rt", Note: true, Link: true, Page: true},
		{Source: "snow", Reply: true, Question: true, Link: true, Make: "problem", Outage: true},
	}
	if diff := cmp.Diff(want, Infos(c)); diff != "" {
		t.Errorf("what decisions know (-want +got)\n%s", diff)
	}
	bad, err := read(`sources: [{name: td, type: topdesk, url: "topdesk", username: x, write: {create: problem, outage: on, question: perhaps, note: maybe}, statuses: {x: done}, fields: {phone: y}, secret_expires: soon}]`)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(bad.Validate().Error(), "\n")
	wantErrs := []string{
		`tickets.sources[0].url is no plain http or https address; write one such as https://school.topdesk.net`,
		`tickets.sources[0].secret_expires is "soon"; write a day such as 2027-01-31`,
		`tickets.sources[0].username and password_file are missing; name the integration user and the file with its password`,
		`tickets.sources[0].fields: "phone" is no key of a ticket that can be mapped here; use one of location department category channel reported_at`,
		`tickets.sources[0].statuses: "x" maps to "done"; use one of new open waiting waiting_supplier resolved closed`,
		`tickets.sources[0].write.note is "maybe"; write on or off`,
		`tickets.sources[0].write.question is "perhaps"; write on or off`,
		`tickets.sources[0].write.create is problem, which cannot be made in topdesk; write ticket or off`,
		`tickets.sources[0].write.outage is on, and topdesk has no outage records; take it out`,
	}
	if diff := cmp.Diff(wantErrs, got); diff != "" {
		t.Errorf("mistakes (-want +got)\n%s", diff)
	}
}

// TestExamine: doctor says what a secret that ends, a clock that is off and queues
// beyond the configured ones mean, each with its remedy.
func TestExamine(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	s := Source{Name: "rt", Type: "rt", Settings: systems.Settings{SecretExpires: "2026-12-10"}}
	if got := s.expiry("rt: ", time.Time{}, now); len(got) != 1 || got[0].What != "rt: the secret ends on 2026-12-10, in 17 days" || got[0].Remedy == "" {
		t.Errorf("%+v", got)
	}
	if got := s.expiry("rt: ", now.Add(-time.Hour), now); len(got) != 1 || got[0].Remedy != "renew it" {
		t.Errorf("%+v", got)
	}
	if got := beyond([]string{"Desk", "HR"}, []string{"Desk"}); !slices.Equal(got, []string{"HR"}) {
		t.Errorf("queues beyond the configured: %v", got)
	}
	if got := meeting([]string{"Desk@rt.example", "notes@rt.example"}, []string{"all@example.org", "desk@rt.example"}); !slices.Equal(got, []string{"Desk@rt.example"}) {
		t.Errorf("addresses that are mailed to and open tickets: %v", got)
	}
	s.URL, s.TokenFile, s.SecretExpires = "http://127.0.0.1:1", token, ""
	got := Examine(t.Context(), s, &headstart.Dialer{}, now, nil)
	if len(got) != 1 || got[0].Remedy == "" || !strings.Contains(got[0].What, "internal address") {
		t.Errorf("an address that is not allowed: %+v", got)
	}
}
