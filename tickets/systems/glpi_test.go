package systems

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestGLPI(t *testing.T) {
	f, d, open := newGLPI(t, nil)
	r := f.rig(open)
	r.merge = func(_ *testing.T, from, into string) {
		f.with(func() {
			x := f.get(from)
			x.into, x.updated, d.copies[from] = into, f.tick(), into
		})
	}
	testContract(t, r)
}

// TestGLPIProblems: tickets may hang under a problem instead.
func TestGLPIProblems(t *testing.T) {
	f, _, open := newGLPI(t, func(s *Settings) { s.Write.Create = "problem" })
	r := f.rig(open)
	r.makes = "problem"
	testContract(t, r)
}

// TestGLPIReads: what stands escaped in the database is read as people see it, and
// the columns are found where GLPI says they are.
func TestGLPIReads(t *testing.T) {
	for _, moved := range []bool{false, true} {
		f, d, open := newGLPI(t, nil)
		d.moved = moved
		f.with(func() { f.add(&fakeTicket{title: "R&#38;D print niet"}) })
		rows, _, _ := walk(t, open(t), Cursor{}.Begin(time.Now(), 0))
		if len(rows) != 1 {
			t.Fatalf("%d rows", len(rows))
		}
		got := rows[0]
		if got.Title != "R&D print niet" || got.Body != fakeBody || got.Location != "Gebouw Noord > 2" || got.Department != "Financiën" || got.Category != "" ||
			got.Channel != "phone" || got.Priority != "P3" || got.SupportGroup != "Servicedesk" || got.Status != "open" || got.Minutes == nil || *got.Minutes != 5 {
			t.Errorf("columns moved %t: read as %+v", moved, got)
		}
	}
}

// TestGLPISession: a session that ends is opened anew once, one token serves all
// calls, and Check leaves none behind.
func TestGLPISession(t *testing.T) {
	f, d, open := newGLPI(t, nil)
	f.with(func() { f.add(&fakeTicket{title: "x"}) })
	s := open(t)
	walk(t, s, Cursor{}.Begin(time.Now(), 0))
	walk(t, s, Cursor{}.Begin(time.Now(), 0))
	f.with(func() {
		if d.sessions != 1 {
			t.Errorf("%d sessions for two walks", d.sessions)
		}
		clear(d.open)
	})
	walk(t, s, Cursor{}.Begin(time.Now(), 0))
	f.with(func() {
		if d.sessions != 2 {
			t.Errorf("%d sessions after one ended, want 2", d.sessions)
		}
	})
	if _, err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.with(func() {
		if len(d.open) != 0 {
			t.Errorf("%d sessions left behind", len(d.open))
		}
	})
}

// TestGLPIRefusals: errors that GLPI answers 400 to are told apart.
func TestGLPIRefusals(t *testing.T) {
	for code, want := range map[string]error{
		"ERROR_WRONG_APP_TOKEN_PARAMETER": ErrAuth, "ERROR_NOT_ALLOWED_IP": ErrAuth, "ERROR_RIGHT_MISSING": ErrForbidden, "ERROR_GLPI_ADD": nil, "ERROR_SESSION_TOKEN_INVALID": errSession,
	} {
		if err := judgeGLPI(http.StatusBadRequest, []byte(`["`+code+`","planted-word"]`)); !errors.Is(err, want) || err != nil && strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: %v", code, err)
		}
	}
	if err := judgeGLPI(http.StatusTooManyRequests, []byte(`["ERROR_RIGHT_MISSING"]`)); err != nil {
		t.Errorf("429: %v", err)
	}
}

// TestGLPIDeletedIsTold: what lands in the bin is told by the next walk, linked or
// not; what was merged is told as merged.
func TestGLPIDeletedIsTold(t *testing.T) {
	f, d, open := newGLPI(t, nil)
	var gone, merged, into string
	f.with(func() {
		gone, merged, into = f.add(&fakeTicket{title: "a"}).id, f.add(&fakeTicket{title: "b"}).id, f.add(&fakeTicket{title: "c"}).id
	})
	s := open(t)
	_, next, _ := walk(t, s, Cursor{}.Begin(time.Now(), 0))
	f.with(func() {
		f.get(gone).deleted, f.get(gone).updated = true, f.tick()
		x := f.get(merged)
		x.into, x.updated, d.copies[merged] = into, f.tick(), into
	})
	rows, _, _ := walk(t, s, next.Begin(time.Now(), 0))
	if x := find(rows, gone); x == nil || x.Status != "deleted" || x.Merged != "" {
		t.Errorf("deleted: %+v", x)
	}
	if x := find(rows, merged); x == nil || x.Merged != into {
		t.Errorf("merged: %+v", x)
	}
}

// TestGLPIConversation: the first answer is neither private, nor ours, nor the
// requester's; a solution that did not last was a reopening.
func TestGLPIConversation(t *testing.T) {
	g := &glpi{opened: bare(glpiKind)}
	x := Ticket{Status: "open"}
	g.person(&x, "4711")
	entry := func(minute int, user, private, text string) map[string]any {
		return map[string]any{"users_id": user, "is_private": private, "content": text, "date": fmt.Sprintf("2026-11-23 08:%02d:00", minute)}
	}
	said := []map[string]any{
		entry(1, "4711", "0", "nog iets"), entry(2, "7", "1", "intern"), entry(3, "9", "0", "Wij weten ervan. ["+uid+"/linked/reply]"), entry(9, "7", "0", "Welke printer?"),
	}
	g.conversation(&x, said, []map[string]any{entry(30, "7", "0", "opgelost")})
	if want := time.Date(2026, 11, 23, 8, 9, 0, 0, time.UTC); !x.FirstResponse.Equal(want) || x.Reopens != 1 {
		t.Errorf("first answer %v, reopened %d; want %v, 1", x.FirstResponse, x.Reopens, want)
	}
}

// TestGLPICheck: what is missing is said with its remedy.
func TestGLPICheck(t *testing.T) {
	f, d, open := newGLPI(t, func(s *Settings) {
		s.Queues, s.Fields = []string{"Zuid", "Root entity"}, map[string]string{"location": "76665"}
	})
	f.with(func() { f.add(&fakeTicket{title: "x"}) })
	d.profile = map[string]any{"interface": "central", "ticket": 1}
	s := open(t)
	s.(*glpi).Zone = time.FixedZone("elsewhere", 2*3600)
	rep, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(rep.Lacks, "\n")
	for _, want := range []string{"not of the zone", "See all tickets", "Add to all tickets", "See private", "Create of tickets", "entity Zuid", "fields.location"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing said of %q in:\n%s", want, all)
		}
	}
	if rep.Version != "10.0.18" || !slices.Equal(rep.Queues, []string{"Root entity", "Root entity > Noord"}) {
		t.Errorf("version %q, sees %q", rep.Version, rep.Queues)
	}
}

// TestGLPIHook: signed as GLPI 11 does, over the body and the time after it.
func TestGLPIHook(t *testing.T) {
	_, _, open := newGLPI(t, nil)
	s, now, body := open(t), time.Unix(1_790_000_000, 0), []byte(`{"id":"42"}`)
	sign := func(at time.Time) http.Header {
		stamp := strconv.FormatInt(at.Unix(), 10)
		mac := hmac.New(sha256.New, []byte("a secret of sixteen bytes"))
		mac.Write(append(slices.Clone(body), stamp...))
		h := http.Header{}
		h.Set("X-GLPI-signature", hex.EncodeToString(mac.Sum(nil)))
		h.Set("X-GLPI-timestamp", stamp)
		return h
	}
	if ids, err := s.Hint(sign(now), body, now, false); err != nil || !slices.Equal(ids, []string{"42"}) {
		t.Errorf("%v, %v", ids, err)
	}
	if _, err := s.Hint(sign(now.Add(-6*time.Minute)), body, now, false); !errors.Is(err, ErrHook) {
		t.Errorf("six minutes old: %v", err)
	}
	if _, err := s.Hint(sign(now), []byte(`{"id":"43"}`), now, false); !errors.Is(err, ErrHook) {
		t.Errorf("another body: %v", err)
	}
}

// TestGLPIRowsGoAway: a page that begins behind what is left is the last one.
func TestGLPIRowsGoAway(t *testing.T) {
	f, _, open := newGLPI(t, nil)
	f.with(func() {
		for range 2*f.rows + 1 {
			f.add(&fakeTicket{title: "x"})
		}
		for _, x := range f.tickets {
			x.updated = f.now
		}
	})
	s := open(t)
	p, err := s.Changes(t.Context(), Cursor{Since: f.now.Add(-time.Hour), From: f.now})
	if err != nil || !p.More || p.Next.Page != 2 {
		t.Fatalf("the first page leads to %+v, %v", p.Next, err)
	}
	f.with(func() { f.tickets = f.tickets[:2] })
	if p, err = s.Changes(t.Context(), p.Next); err != nil || p.More || len(p.Tickets) != 0 {
		t.Errorf("after rows went away: %d rows, more %t, %v", len(p.Tickets), p.More, err)
	}
}
