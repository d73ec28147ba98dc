package systems

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is what all fakes of ticket systems share: tickets, a clock that ticks a
// second with each change, and unpleasant habits. Each vendor's fake adds its
// paths, as its documentation has them.
type fake struct {
	t      *testing.T
	server *httptest.Server
	auth   func(*http.Request) bool
	handle func(*fake, http.ResponseWriter, *http.Request)

	mu      sync.Mutex
	tickets []*fakeTicket
	now     time.Time
	lose    bool // does the next write, and drops the connection
	rows    int

	byCreation bool // the order of its lists

	reads func(*http.Request) bool // what only reads although it is no GET
}

type fakeTicket struct {
	id, title, person string
	created, updated  time.Time
	notes             []fakeNote
	parent            string
	mark, kind        string
	state             string // the system's word; empty: what is usual for a new one
	related           []string
	pages             map[string]string
	into              string // merged
	deleted           bool
}

type fakeNote struct {
	text   string
	public bool
}

// f0 is when the first of a ticket's notes was written, in lists that tell.
var f0 = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

const fakeBody = "Ik kan niet é printen"

func newFake(t *testing.T, rows int, auth func(*http.Request) bool, handle func(*fake, http.ResponseWriter, *http.Request)) *fake {
	t.Helper()
	f := &fake{t: t, auth: auth, handle: handle, rows: rows, now: time.Now().Add(-2 * time.Hour).UTC().Truncate(time.Second)}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

// ServeHTTP refuses what the vendor would refuse before it looks at the path.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case !f.auth(r):
		http.Error(w, `{"error":"unauthorized"}`, http.StatusUnauthorized)
		return
	case r.Header.Get("User-Agent") != "headstart":
		http.Error(w, `{"error":"who are you"}`, http.StatusBadRequest)
		return
	case r.Method != http.MethodGet && r.ContentLength > 0 && r.Header.Get("Content-Type") != "application/json" && !strings.Contains(r.URL.Path, "oauth") && !strings.HasSuffix(r.URL.Path, "/sendMail"):
		http.Error(w, `{"error":"content type"}`, http.StatusUnsupportedMediaType)
		return
	}
	if f.lose && r.Method != http.MethodGet && !strings.Contains(r.URL.Path, "/search") && (f.reads == nil || !f.reads(r)) {
		f.lose = false
		f.handle(f, httptest.NewRecorder(), r)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			f.t.Error(err)
			return
		}
		_ = conn.Close()
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	f.handle(f, w, r)
}

// tick is the server's clock at a change.
func (f *fake) tick() time.Time {
	f.now = f.now.Add(time.Second)
	return f.now
}

func (f *fake) add(x *fakeTicket) *fakeTicket {
	x.created = f.tick()
	x.updated = x.created
	x.id = fmt.Sprint(9007199254740993 + len(f.tickets)) // beyond what a float holds
	f.tickets = append(f.tickets, x)
	return x
}

func (f *fake) get(id string) *fakeTicket {
	for _, x := range f.tickets {
		if x.id == id {
			return x
		}
	}
	return nil
}

// page returns the rows of kind changed since from, by time of change, from row
// offset on; more says that others follow.
func (f *fake) page(kind string, from time.Time, offset int) (rows []*fakeTicket, more bool) {
	for _, x := range f.tickets {
		if x.kind == kind && !x.deleted && x.into == "" && !x.updated.Before(from) {
			rows = append(rows, x)
		}
	}
	if !f.byCreation {
		slices.SortStableFunc(rows, func(a, b *fakeTicket) int { return a.updated.Compare(b.updated) })
	}
	rows = rows[min(offset, len(rows)):]
	more = len(rows) > f.rows
	rows = rows[:min(f.rows, len(rows))]
	return rows, more
}

// params refuses what the vendor does not document.
func (f *fake) params(w http.ResponseWriter, r *http.Request, known ...string) bool {
	for name := range r.URL.Query() {
		if !slices.Contains(known, name) {
			f.t.Errorf("%s %s: parameter %q is not documented", r.Method, r.URL.Path, name)
			http.Error(w, `{"error":"unknown parameter"}`, http.StatusBadRequest)
			return false
		}
	}
	return true
}

// body reads a body strictly: a field the vendor does not know is refused.
func (f *fake) body(w http.ResponseWriter, r *http.Request, into any) bool {
	b, err := io.ReadAll(r.Body)
	if err == nil {
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.DisallowUnknownFields()
		err = dec.Decode(into)
	}
	if err != nil {
		f.t.Errorf("%s %s: %v: %s", r.Method, r.URL.Path, err, b)
		http.Error(w, `{"error":"unknown field"}`, http.StatusBadRequest)
		return false
	}
	return true
}

func (f *fake) answer(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		f.t.Error(err)
	}
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

func (f *fake) missing(w http.ResponseWriter, r *http.Request) {
	http.Error(w, `{"error":"nothing at `+r.URL.Path+`"}`, http.StatusNotFound)
}

// with does what a test does to the fake while no request runs.
func (f *fake) with(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

// rig is a rig of the fake; open opens the connector on it.
func (f *fake) rig(open func(t *testing.T) System) rig {
	locked := f.with
	count := func(id, text string, public bool) (n int) {
		locked(func() {
			for _, note := range f.get(id).notes {
				if note.public == public && strings.Contains(note.text, text) {
					n++
				}
			}
		})
		return n
	}
	return rig{
		open: open, rows: f.rows,
		report: func(_ *testing.T, title string) (id string) {
			locked(func() { id = f.add(&fakeTicket{title: title, person: "k.bakker"}).id })
			return id
		},
		touch:      func(_ *testing.T, id string) { locked(func() { f.get(id).updated = f.tick() }) },
		remove:     func(_ *testing.T, id string) { locked(func() { f.get(id).deleted = true }) },
		notes:      func(_ *testing.T, id, text string) int { return count(id, text, false) },
		replies:    func(_ *testing.T, id, text string) int { return count(id, text, true) },
		loseAnswer: func() { locked(func() { f.lose = true }) },
	}
}

// settingsFor are the settings of a source on the fake, everything switched on.
func (f *fake) settingsFor(change func(*Settings)) Settings {
	s := Settings{URL: f.server.URL, TokenFile: secretFile(f.t, "token-of-the-tests")}
	s.Write.Create, s.Write.PublicReply = "on", "on"
	if change != nil {
		change(&s)
	}
	return s
}

func mustOpen(t *testing.T, kind string, s Settings) System {
	t.Helper()
	system, err := Open(kind, s, Options{Dialer: loopback, Requester: hashed, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	return system
}

func basic(user, password string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		u, p, ok := r.BasicAuth()
		return ok && u == user && p == password
	}
}
