package systems

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

func TestZnuny(t *testing.T) {
	f, d, open := newZnuny(t, nil)
	r := f.rig(open)
	r.merge = func(_ *testing.T, from, into string) {
		f.with(func() {
			x := f.get(from)
			x.into, x.updated = into, f.tick()
			d.history[from] = []map[string]any{{"HistoryType": "Merged", "Name": fmt.Sprintf("Merged Ticket (2026112210000017/%s) to (2026112210000018/%s)", from, into)}}
			d.history[into] = d.history[from]
		})
	}
	testContract(t, r)
}

// TestZnunyReads: dynamic fields, the customer's own attributes and the channel of
// the first article.
func TestZnunyReads(t *testing.T) {
	f, _, open := newZnuny(t, nil)
	f.with(func() { f.add(&fakeTicket{title: "wifi weg", person: "k.bakker"}) })
	rows, _, _ := walk(t, open(t), Cursor{}.Begin(time.Now(), 0))
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	got := rows[0]
	if got.Location != "Gebouw Noord" || got.Department != "voorbeeld" || got.Category != "Printen" || got.Channel != "phone" || got.Priority != "P2" ||
		got.Native != "Nieuw" || got.Status != "new" || !strings.HasSuffix(got.URL, "/znuny/index.pl?Action=AgentTicketZoom;TicketID="+got.ID) {
		t.Errorf("read as %+v", got)
	}
}

// TestZnunyOutOfSight: one ticket that was moved away between search and reading does
// not take the others of its page along.
func TestZnunyOutOfSight(t *testing.T) {
	f, d, open := newZnuny(t, nil)
	f.with(func() {
		for range 3 {
			f.add(&fakeTicket{title: "x"})
		}
		d.hidden[f.tickets[1].id] = true
	})
	rows, _, _ := walk(t, open(t), Cursor{}.Begin(time.Now(), 0))
	if len(rows) != 2 {
		t.Errorf("%d tickets read, want the two that can be", len(rows))
	}
}

// TestZnunySession: one session serves all calls and is opened anew when it ended; a
// wrong password is tried once.
func TestZnunySession(t *testing.T) {
	f, d, open := newZnuny(t, nil)
	f.with(func() { f.add(&fakeTicket{title: "x"}) })
	s := open(t)
	walk(t, s, Cursor{}.Begin(time.Now(), 0))
	f.with(func() { clear(d.open) })
	walk(t, s, Cursor{}.Begin(time.Now(), 0))
	f.with(func() {
		if d.sessions != 2 {
			t.Errorf("%d sessions, want 2", d.sessions)
		}
		d.calls["SessionCreate"] = 0
	})
	wrong := open(t).(*znuny)
	wrong.password = "no"
	if _, err := wrong.Changes(t.Context(), Cursor{}.Begin(time.Now(), 0)); !errors.Is(err, ErrAuth) || errors.Is(err, errSession) {
		t.Errorf("a wrong password: %v", err)
	}
	f.with(func() {
		if d.calls["SessionCreate"] != 1 {
			t.Errorf("%d attempts with a wrong password", d.calls["SessionCreate"])
		}
	})
}

// TestZnunyHistory: the time of solving, reopenings, and the first answer of a
// person where the first was ours.
func TestZnunyHistory(t *testing.T) {
	f, d, open := newZnuny(t, nil)
	d.state, d.first = [2]string{"Opgelost", "closed"}, "2026-11-23 08:00:00"
	var id string
	f.with(func() {
		x := f.add(&fakeTicket{title: "x", notes: []fakeNote{{"Wij weten ervan. [" + uid + "/linked/reply]", true}, {"intern", false}, {"Welke printer?", true}}})
		id = x.id
		change := func(at, from, to string) map[string]any {
			return map[string]any{"HistoryType": "StateUpdate", "CreateTime": "2026-11-23 " + at, "Name": "%%" + from + "%%" + to + "%%"}
		}
		d.history[id] = []map[string]any{change("08:30:00", "open", "Opgelost"), change("09:00:00", "Opgelost", "open"), change("10:00:00", "open", "Opgelost")}
	})
	got, err := open(t).Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != "closed" || got.Reopens != 1 || !got.Solved.Equal(f0.Add(2*time.Hour)) || !got.FirstResponse.Equal(f0.Add(2*time.Minute)) {
		t.Errorf("read as %+v", got)
	}
}

// TestZnunyKeepsAnothersValue: what a person wrote into the field stays.
func TestZnunyKeepsAnothersValue(t *testing.T) {
	f, _, open := newZnuny(t, nil)
	var x *fakeTicket
	f.with(func() { x = f.add(&fakeTicket{title: "wifi", parent: "77"}) })
	_, err := Perform(t.Context(), open(t), Action{Do: "link", Ticket: x.id, To: Target{Ticket: "88"}})
	f.with(func() {
		if !errors.Is(err, ErrRefused) || x.parent != "77" {
			t.Errorf("field %q, %v; want it kept", x.parent, err)
		}
	})
}

// TestZnunyCheck: missing fields and a wrong zone are said with their remedies.
func TestZnunyCheck(t *testing.T) {
	for name, zone := range map[string]*time.Location{"behind": time.FixedZone("", -3600), "ahead": time.FixedZone("", 3600)} {
		f, d, open := newZnuny(t, func(s *Settings) { s.Fields = map[string]string{"location": "Vestiging", "category": "Type"} })
		d.fields = nil
		f.with(func() { f.add(&fakeTicket{title: "x"}) })
		s := open(t)
		s.(*znuny).Zone = zone
		rep, err := s.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(rep.Lacks, "\n")
		for _, want := range []string{"not of the zone", "HeadstartID is missing", "HeadstartParent is missing", "fields.location is Vestiging", "fields.customer"} {
			if !strings.Contains(all, want) {
				t.Errorf("%s: nothing said of %q in:\n%s", name, want, all)
			}
		}
		if strings.Contains(all, "fields.category") || !slices.Equal(rep.Queues, []string{"Servicedesk"}) {
			t.Errorf("%s: sees %q, lacks:\n%s", name, rep.Queues, all)
		}
	}
}

// TestZnunyErrors: an error has status 200; its message is not repeated.
func TestZnunyErrors(t *testing.T) {
	for code, want := range map[string]error{
		"TicketGet.AuthFail": errSession, "TicketGet.AccessDenied": ErrNotFound, "TicketHistoryGet.AccessDenied": ErrNotFound, "TicketUpdate.AccessDenied": ErrForbidden,
		"TicketUpdate.InvalidParameter": ErrRefused, "planted-word": ErrRefused,
	} {
		err := judgeZnuny([]byte(`{"Error":{"ErrorCode":"` + code + `","ErrorMessage":"planted-word"}}`))
		if !errors.Is(err, want) || strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// TestZnunyServiceMissing: an operation that is not in the web service, or none at
// all, is said with its remedy.
func TestZnunyServiceMissing(t *testing.T) {
	_, _, open := newZnuny(t, func(s *Settings) { s.URL += "/elsewhere" })
	if _, err := open(t).Check(t.Context()); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "import docs/tickets/znuny-webservice.yml") {
		t.Errorf("an operation that is not there: %v", err)
	}
	if err := judgeService(http.StatusInternalServerError, []byte(`{"faultcode":"Server","faultstring":"planted-word"}`)); err == nil || Permanent(err) || strings.Contains(err.Error(), "planted") {
		t.Errorf("a fault: %v", err)
	}
	if err := judgeService(http.StatusInternalServerError, []byte("<html>")); err == nil || Permanent(err) || !strings.Contains(err.Error(), "import") {
		t.Errorf("no web service: %v", err)
	}
}

// TestZnunyHook: the secret in a header; the ticket by either name.
func TestZnunyHook(t *testing.T) {
	_, _, open := newZnuny(t, nil)
	s := open(t)
	h := http.Header{}
	for _, body := range []string{`{"TicketID":"42","OldTicketData":{"Title":"x"}}`, `{"id":42}`} {
		if _, err := s.Hint(h, []byte(body), time.Now(), false); !errors.Is(err, ErrHook) {
			t.Errorf("without the secret: %v", err)
		}
		if ids, err := s.Hint(http.Header{headerSecret: {"a secret of sixteen bytes"}}, []byte(body), time.Now(), false); err != nil || !slices.Equal(ids, []string{"42"}) {
			t.Errorf("%s: %v, %v", body, ids, err)
		}
	}
}

// TestZnunyWebService: the file that operators import has the operations that are
// called, each by POST alone.
func TestZnunyWebService(t *testing.T) {
	b, err := os.ReadFile("../../docs/tickets/znuny-webservice.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Provider struct {
			Operation map[string]struct {
				Type string `yaml:"Type"`
			} `yaml:"Operation"`
			Transport struct {
				Type   string `yaml:"Type"`
				Config struct {
					Routes map[string]struct {
						Methods []string `yaml:"RequestMethod"`
						Route   string   `yaml:"Route"`
					} `yaml:"RouteOperationMapping"`
				} `yaml:"Config"`
			} `yaml:"Transport"`
		} `yaml:"Provider"`
	}
	if err := yaml.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	routes := file.Provider.Transport.Config.Routes
	if len(routes) != len(znunyRoutes) || file.Provider.Transport.Type != "HTTP::REST" {
		t.Errorf("%d routes over %s, want %d over HTTP::REST", len(routes), file.Provider.Transport.Type, len(znunyRoutes))
	}
	for operation, route := range znunyRoutes {
		if got := routes[operation]; got.Route != route || !slices.Equal(got.Methods, []string{"POST"}) {
			t.Errorf("%s is %v %s", operation, got.Methods, got.Route)
		}
		if kind := file.Provider.Operation[operation].Type; !strings.HasSuffix(kind, "::"+operation) {
			t.Errorf("%s is of type %q", operation, kind)
		}
	}
}
