package tickets

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
	"headstart/tickets/systems"
)

var t0 = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

const secret = "a secret of at least sixteen bytes"

// stand is an Inbox on a log in memory.
type stand struct {
	*Inbox
	mux  *http.ServeMux
	view *headstart.View
	reg  *prometheus.Registry
	logs *strings.Builder

	mu      sync.Mutex
	fail    error
	appends []headstart.Append
}

func newStand(t testing.TB, sources ...Source) *stand {
	t.Helper()
	s := &stand{view: headstart.NewView(), reg: prometheus.NewRegistry(), logs: &strings.Builder{}, mux: http.NewServeMux()}
	if sources == nil {
		file := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		sources = []Source{{Name: "portal", Type: TypeWebhook, Shared: []string{"reception"}}, {Name: "signed", Type: TypeWebhook, Auth: AuthHMAC, Settings: systems.Settings{TokenFile: file}}}
	}
	cat := &headstart.Catalog{
		Locations:   []headstart.Location{{ID: "noord", Name: headstart.Names{"": "Gebouw Noord"}, Aliases: []string{"NRD-2"}}},
		Departments: []headstart.Department{{ID: "fin", Name: headstart.Names{"": "Financiën"}}},
		Services:    []headstart.Service{{ID: "print", Name: headstart.Names{"": "Printen"}}},
	}
	in, err := New(Options{
		Append: s.append, Catalog: func() *headstart.Catalog { return cat }, View: s.view, Key: []byte("a key of an installation, 32 byte"),
		Config: Config{Sources: sources}, Logger: slog.New(slog.NewTextHandler(s.logs, nil)), Registerer: s.reg, Now: func() time.Time { return t0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Inbox = in
	for _, r := range in.Routes() {
		s.mux.Handle(r.Pattern, r.Handler)
	}
	return s
}

func (s *stand) append(_ context.Context, a headstart.Append) (headstart.Offset, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return headstart.Offset{}, s.fail
	}
	if _, err := headstart.DecodeRecord(a.Data); err != nil {
		return headstart.Offset{}, err
	}
	s.appends = append(s.appends, a)
	return headstart.Offset{Ms: uint64(t0.UnixMilli())}, nil
}

// taken returns the tickets the log got since the last call.
func (s *stand) taken(t testing.TB) []headstart.Ticket {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []headstart.Ticket
	for _, a := range s.appends {
		r, err := headstart.DecodeRecord(a.Data)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range r.Lines {
			out = append(out, *l.Ticket)
		}
	}
	s.appends = nil
	return out
}

func (s *stand) post(t testing.TB, path, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	return w
}

const ticket = `{"id":"T-101","title":"printer geheimwoord","body":"doet het niet, geheimwoord","requester":{"id":"jan@voorbeeld.nl","department":"financiën","location":"nrd-2"},
 "status":"Bij leverancier","channel":"phone","priority":"P3","created_at":"2026-11-23T08:50:00+01:00","reported_at":"2026-11-23T08:40:00+01:00","url":"https://desk.example/101"}`

func TestTicketIsTaken(t *testing.T) {
	for name, body := range map[string]string{
		"bare": ticket, "wrapped": `{"ticket":` + ticket + `}`, "a list": `[` + ticket + `]`, "a list of wrapped": ` [{"ticket":` + ticket + `}] `,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			w := s.post(t, "/hooks/tickets/portal", body)
			if w.Code != http.StatusAccepted || w.Body.String() != "{\"accepted\":1}\n" {
				t.Fatalf("%d %s; want 202", w.Code, w.Body)
			}
			texts := s.appends[0].Text
			got := s.taken(t)[0]
			if got.Evidence == nil || len(got.Evidence.Assets) == 0 || got.Evidence.Assets[0].ID != "print" || got.Evidence.Cues["malfunction"] == 0 {
				t.Errorf("evidence %+v; want print and a malfunction", got.Evidence)
			}
			if got.Requester.Department != "fin" || got.Requester.Location != "noord" || len(got.Requester.ID) != 16 {
				t.Errorf("requester %+v; want the catalog's ids and 16 hex digits", got.Requester)
			}
			if got.Status != "open" || got.Source != "portal" || !got.ReportedAt.Equal(t0.Add(-20*time.Minute)) {
				t.Errorf("%+v; want status open, source portal, reported 07:40 UTC", got)
			}
			want := []headstart.SideText{
				{Kind: KindTitle, Key: "portal/T-101", Value: []byte("printer geheimwoord"), Until: t0.Add(30 * 24 * time.Hour)},
				{Kind: KindText, Key: "portal/T-101", Value: []byte("doet het niet, geheimwoord"), Until: t0.Add(24 * time.Hour)},
			}
			if diff := cmp.Diff(want, texts); diff != "" {
				t.Errorf("text beside the log (-want +got)\n%s", diff)
			}
		})
	}
}

// Ruling 7: no word of the text, and nobody's name, in the record or the logs.
func TestRecordHoldsNoText(t *testing.T) {
	s := newStand(t)
	s.post(t, "/hooks/tickets/portal", ticket)
	s.fail = headstart.ErrDown
	s.post(t, "/hooks/tickets/portal", ticket)
	s.post(t, "/hooks/tickets/portal", strings.Replace(ticket, `"priority":"P3"`, `"priority":5`, 1))
	s.post(t, "/hooks/tickets/portal", strings.Replace(ticket, `"title":"printer geheimwoord"`, `"title":["geheimwoord"]`, 1))
	for what, text := range map[string]string{"the record": string(s.appends[0].Data), "the service's log": s.logs.String()} {
		for _, planted := range []string{"geheimwoord", "jan@", "voorbeeld.nl", "doet het niet"} {
			if strings.Contains(strings.ToLower(text), planted) {
				t.Errorf("%s holds %q:\n%s", what, planted, text)
			}
		}
	}
}

// Ruling 32: a shared requester is marked, whoever says so.
func TestSharedRequester(t *testing.T) {
	s := newStand(t)
	s.post(t, "/hooks/tickets/portal", strings.Replace(ticket, "jan@voorbeeld.nl", "reception", 1))
	s.post(t, "/hooks/tickets/portal", ticket)
	got := s.taken(t)
	if !got[0].Requester.Shared || got[1].Requester.Shared || got[0].Requester.ID == got[1].Requester.ID {
		t.Errorf("requesters %+v and %+v; want the first shared, and two ids", got[0].Requester, got[1].Requester)
	}
}

func TestTicketRefusals(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(ticket, old, new, 1) }
	for name, tt := range map[string]struct{ body, want string }{
		"broken":            {`{"id":`, "no JSON"},
		"empty":             {``, "no JSON"},
		"null":              {`null`, "null"},
		"an empty list":     {`[]`, "0 tickets"},
		"an unknown key":    {change(`"status"`, `"statuss"`), `unknown key \"statuss\"`},
		"beside the ticket": {`{"ticket":` + ticket + `,"extra":1}`, `unknown key \"extra\"`},
		"evidence":          {change(`"status":"Bij leverancier"`, `"evidence":{}`), `unknown key \"evidence\"`},
		"a wrong type":      {change(`"P3"`, `3`), "priority is a number"},
		"a wrong time":      {change(`2026-11-23T08:50:00+01:00`, `gisteren`), "RFC 3339"},
		"year 0":            {change(`2026-11-23T08:50:00+01:00`, `0000-01-01T00:00:00Z`), "in the year 0"},
		"year 9999":         {change(`2026-11-23T08:50:00+01:00`, `9999-12-31T23:59:59-10:00`), "in the year 9999"},
		"no id":             {change(`"T-101"`, `""`), "id is missing"},
		"no title":          {`{"id":"x","created_at":"2026-11-23T08:00:00Z"}`, "title is missing"},
		"no time":           {`{"id":"x","title":"y"}`, "created_at is missing"},
		"a priority":        {change(`"P3"`, `"high"`), "P1 P2 P3 P4"},
		"a channel":         {change(`"phone"`, `"fax"`), "walk_in"},
		"a script as url":   {change(`https://desk.example/101`, `javascript:alert(1)`), "url is no http"},
		"another source":    {change(`"id":"T-101"`, `"id":"T-101","source":"rt"`), "source portal"},
		"a negative number": {change(`"channel":"phone"`, `"reopens":-1`), "reopens is -1"},
		"not UTF-8":         {change(`printer`, "\xff"), "UTF-8"},
		"a long id":         {change(`T-101`, strings.Repeat("x", 200)), "id is longer"},
		"two objects":       {ticket + ticket, "something follows"},
		"one bad of two":    {`[` + ticket + `,{"id":"x"}]`, "ticket 1:"},
		"too many":          {`[` + strings.Repeat(ticket+",", 200) + ticket + `]`, "201 tickets"},
		"deep nesting":      {strings.Repeat("[", 20_000), "no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			w := s.post(t, "/hooks/tickets/portal", tt.body)
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("%d %s; want 400 and %s", w.Code, w.Body, tt.want)
			}
			if w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("type %q, want application/problem+json", w.Header().Get("Content-Type"))
			}
			if n := len(s.appends); n != 0 {
				t.Errorf("%d records, want none: all tickets or none", n)
			}
		})
	}
}

func TestTooLargeAndUnknownSource(t *testing.T) {
	s := newStand(t)
	if w := s.post(t, "/hooks/tickets/portal", strings.Repeat(" ", MaxBody+1)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("1 MiB and a byte: %d, want 413", w.Code)
	}
	if w := s.post(t, "/hooks/tickets/nobody", ticket); w.Code != http.StatusNotFound {
		t.Errorf("unknown source: %d, want 404", w.Code)
	}
}

func TestTicketIsDurableBefore2xx(t *testing.T) {
	s := newStand(t)
	s.fail = headstart.ErrFull
	if w := s.post(t, "/hooks/tickets/portal", ticket); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d; want 503 with Retry-After", w.Code)
	}
	if got := testutil.ToFloat64(s.metrics.up.WithLabelValues("portal")); got != 0 {
		t.Errorf("ticket_source_up %v, want 0", got)
	}
}

func sign(body string, at time.Time, with string) (string, string) {
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(with))
	mac.Write([]byte(stamp + "." + body))
	return stamp, "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func TestSignedHook(t *testing.T) {
	for name, tt := range map[string]struct {
		at     time.Time
		secret string
		body   string // sent, when another was signed
		status int
	}{
		"good":           {t0, secret, ticket, 202},
		"four minutes":   {t0.Add(-4 * time.Minute), secret, ticket, 202},
		"six minutes":    {t0.Add(-6 * time.Minute), secret, ticket, 401},
		"from tomorrow":  {t0.Add(24 * time.Hour), secret, ticket, 401},
		"another secret": {t0, secret + "x", ticket, 401},
		"one byte":       {t0, secret, strings.Replace(ticket, "T-101", "T-102", 1), 401},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			stamp, signature := sign(ticket, tt.at, tt.secret)
			w := s.post(t, "/hooks/tickets/signed", tt.body, "X-Headstart-Timestamp", stamp, "X-Headstart-Signature", signature)
			if w.Code != tt.status {
				t.Errorf("%d %s; want %d", w.Code, w.Body, tt.status)
			}
			if (len(s.appends) > 0) != (tt.status == 202) {
				t.Errorf("%d records stored", len(s.appends))
			}
		})
	}
	s := newStand(t)
	for _, headers := range [][]string{{}, {"X-Headstart-Timestamp", fmt.Sprint(t0.Unix())}, {"X-Headstart-Timestamp", fmt.Sprint(t0.Unix()), "X-Headstart-Signature", "sha256="}} {
		if w := s.post(t, "/hooks/tickets/signed", ticket, headers...); w.Code != http.StatusUnauthorized {
			t.Errorf("headers %q: %d, want 401", headers, w.Code)
		}
	}
}

func TestReplayIsStoredOnce(t *testing.T) {
	s := newStand(t)
	stamp, signature := sign(ticket, t0, secret)
	send := func() int {
		return s.post(t, "/hooks/tickets/signed", ticket, "X-Headstart-Timestamp", stamp, "X-Headstart-Signature", signature).Code
	}
	s.fail = headstart.ErrDown
	if code := send(); code != 503 {
		t.Fatalf("%d, want 503", code)
	}
	s.fail = nil
	if a, b := send(), send(); a != 202 || b != 202 || len(s.appends) != 1 {
		t.Errorf("%d, %d, %d records; want 202 twice and one record: what was refused is no replay", a, b, len(s.appends))
	}
}

// Ruling 39: only the path of a source that signs is open, and it needs the
// signature; the same name on the general path is refused.
func TestRoutes(t *testing.T) {
	s := newStand(t)
	scopes := map[string]headstart.Scope{}
	for _, r := range s.Routes() {
		scopes[r.Pattern] = r.Scope
	}
	want := map[string]headstart.Scope{"POST /hooks/tickets/{source}": headstart.ScopeIngest, "POST /hooks/tickets/signed": headstart.ScopeOpen}
	if diff := cmp.Diff(want, scopes); diff != "" {
		t.Errorf("routes (-want +got)\n%s", diff)
	}
}

func TestTokenOfAnotherSource(t *testing.T) {
	s := newStand(t)
	for name, status := range map[string]int{"portal": 202, "prometheus": 202, "signed": 403} {
		r := httptest.NewRequest("POST", "/hooks/tickets/portal", strings.NewReader(ticket))
		w := httptest.NewRecorder()
		s.mux.ServeHTTP(w, r.WithContext(headstart.WithIdentity(r.Context(), headstart.Identity{Name: name})))
		if w.Code != status {
			t.Errorf("token %s: %d %s, want %d", name, w.Code, w.Body, status)
		}
	}
	c := Config{Sources: []Source{{Name: "a", Type: TypeWebhook, Settings: systems.Settings{TokenFile: "f"}}, {Name: "b", Type: TypeWebhook, Auth: AuthHMAC, Settings: systems.Settings{TokenFile: "g"}}, {Name: "c", Type: TypeWebhook}}}
	if diff := cmp.Diff(map[string]string{"a": "f"}, c.Bearers()); diff != "" {
		t.Errorf("bearers (-want +got)\n%s", diff)
	}
}

func TestOlderStateIsLeft(t *testing.T) {
	s := newStand(t)
	row, _ := json.Marshal(headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "portal", ID: "T-101", CreatedAt: t0, UpdatedAt: t0}})
	if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, []headstart.FeedOp{{Table: headstart.TableTickets, Row: headstart.Row{Key: "portal/T-101", Val: row}}}); err != nil {
		t.Fatal(err)
	}
	older := strings.Replace(ticket, `"channel"`, `"updated_at":"2026-11-23T07:59:00Z","channel"`, 1)
	if w := s.post(t, "/hooks/tickets/portal", older); w.Code != 202 || len(s.appends) != 0 {
		t.Errorf("%d, %d records; want 202 and nothing stored", w.Code, len(s.appends))
	}
}

func TestMetrics(t *testing.T) {
	s := newStand(t)
	var rows []headstart.FeedOp
	for id, status := range map[string]string{"a": "open", "b": "closed"} {
		row, _ := json.Marshal(headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "portal", ID: id, Status: status}})
		rows = append(rows, headstart.FeedOp{Table: headstart.TableTickets, Row: headstart.Row{Key: "portal/" + id, Val: row}})
	}
	if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, rows); err != nil {
		t.Fatal(err)
	}
	want := `
# HELP headstart_tickets_open Tickets known that their ticket system does not call done.
# TYPE headstart_tickets_open gauge
headstart_tickets_open 1
# HELP headstart_ticket_source_up 1 if the source was read, or delivered, without an error last.
# TYPE headstart_ticket_source_up gauge
headstart_ticket_source_up{source="portal"} 1
headstart_ticket_source_up{source="signed"} 1
`
	if err := testutil.GatherAndCompare(s.reg, strings.NewReader(want), "headstart_tickets_open", "headstart_ticket_source_up"); err != nil {
		t.Error(err)
	}
	problems, err := testutil.GatherAndLint(s.reg)
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v %v", problems, err)
	}
}

func FuzzTicketHook(f *testing.F) {
	f.Add(ticket)
	f.Add(`[{"ticket":` + ticket + `}]`)
	f.Add(`{"ticket":null}`)
	s := newStand(f, Source{Name: "portal", Type: TypeWebhook})
	f.Fuzz(func(t *testing.T, body string) {
		if w := s.post(t, "/hooks/tickets/portal", body); w.Code != http.StatusAccepted && w.Code != http.StatusBadRequest {
			t.Fatalf("answered %d %s", w.Code, w.Body)
		}
		for _, tk := range s.taken(t) {
			if tk.Title != "" || tk.Body != "" || tk.ID == "" || tk.Source != "portal" {
				t.Fatalf("the record holds %+v", tk)
			}
		}
	})
}
