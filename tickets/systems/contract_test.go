package systems

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// rig is a ticket system under test, real or a fake of ours, with what a person
// does there behind the connector's back.
type rig struct {
	open func(t *testing.T) System // with full rights

	report func(t *testing.T, title string) (id string) // a user does
	touch  func(t *testing.T, id string)                // somebody changes the ticket
	remove func(t *testing.T, id string)                // nil: cannot
	merge  func(t *testing.T, from, into string)        // nil: cannot

	notes   func(t *testing.T, id, text string) int // how many notes hold text
	replies func(t *testing.T, id, text string) int // how many messages to the user hold it

	rows  int    // of a page
	makes string // what tickets hang under; empty: ticket

	// Of fakes only.
	loseAnswer func() // does the next write and drops the connection
}

func (r rig) kind() string { return cmp.Or(r.makes, "ticket") }

// people names who reports in tests. None of it may leave the connector.
var people = []string{"k.bakker", "Karin", "Bakker", "voorbeeld.example"}

func hashed(native string) (string, bool) {
	mac := hmac.New(sha256.New, []byte("tests"))
	mac.Write([]byte(native))
	return hex.EncodeToString(mac.Sum(nil)[:8]), native == "balie"
}

// loopback lets tests dial what they started.
var loopback = &headstart.Dialer{Allow: func(netip.AddrPort) bool { return true }}

func secretFile(t *testing.T, secret string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// walk reads to the end from c.
func walk(t *testing.T, s System, c Cursor) (rows []Ticket, next Cursor, pages int) {
	t.Helper()
	for range 200 {
		p, err := s.Changes(t.Context(), c)
		if err != nil {
			t.Fatalf("page %d: %v", pages, err)
		}
		pages++
		rows = append(rows, p.Tickets...)
		if !p.More {
			return rows, p.Next, pages
		}
		if p.Next == c {
			t.Fatalf("page %d leads to itself", pages)
		}
		c = p.Next
	}
	t.Fatal("no end after 200 pages")
	return nil, Cursor{}, 0
}

func find(rows []Ticket, id string) *Ticket {
	for i := range rows {
		if rows[i].ID == id {
			return &rows[i]
		}
	}
	return nil
}

// testContract is what every connector must do, against its fake and against a
// real system alike.
func testContract(t *testing.T, r rig) {
	t.Run("read", func(t *testing.T) { testRead(t, r) })
	t.Run("notes and replies once", func(t *testing.T) { testNotes(t, r) })
	t.Run("links once", func(t *testing.T) { testLinks(t, r) })
	t.Run("makes once", func(t *testing.T) { testMakes(t, r) })
	t.Run("unknown, deleted, merged", func(t *testing.T) { testGone(t, r) })
	t.Run("nothing of a person", func(t *testing.T) { testPrivate(t, r) })
	t.Run("check", func(t *testing.T) { testCheck(t, r) })
	if r.loseAnswer != nil {
		t.Run("lost answers", func(t *testing.T) { testLostAnswers(t, r) })
	}
	t.Run("rows that move", func(t *testing.T) { testMovingRows(t, r) })
}

func testRead(t *testing.T, r rig) {
	s := r.open(t)
	var ids []string
	for n := range r.rows + 2 {
		ids = append(ids, r.report(t, fmt.Sprintf("printer %d doet het niet", n)))
	}
	rows, next, pages := walk(t, s, Cursor{}.Begin(time.Now(), 0))
	if pages < 2 {
		t.Errorf("%d pages of %d tickets, want more than one", pages, len(rows))
	}
	for n, id := range ids {
		got := find(rows, id)
		if got == nil {
			t.Errorf("ticket %s was not read", id)
			continue
		}
		if got.Title != fmt.Sprintf("printer %d doet het niet", n) || !strings.Contains(got.Body, "kan niet é printen") || got.Status != "new" && got.Status != "open" {
			t.Errorf("ticket %s was read as %+v", id, *got)
		}
		if got.Created.IsZero() || got.Updated.IsZero() || got.Created.Location() != time.UTC {
			t.Errorf("ticket %s: created %v updated %v, want both, in UTC", id, got.Created, got.Updated)
		}
	}
	seen, twice := map[string]bool{}, 0
	for _, row := range rows {
		if seen[row.ID] {
			twice++ // a page may begin with the last of the one before
		}
		seen[row.ID] = true
	}
	if twice >= pages {
		t.Errorf("%d tickets were read twice in a walk of %d pages", twice, pages)
	}
	testIncremental(t, r, s, next, ids)
}

// testIncremental: what is read after a change is that ticket and what the overlap
// holds. All rows again would mean that the system misread the time.
func testIncremental(t *testing.T, r rig, s System, next Cursor, ids []string) {
	r.touch(t, ids[0])
	rows, after, _ := walk(t, s, next.Begin(time.Now(), 0))
	if find(rows, ids[0]) == nil {
		t.Errorf("the change of ticket %s was not read", ids[0])
	}
	if last := next.Since; slices.ContainsFunc(rows, func(x Ticket) bool { return x.Updated.Before(last.Truncate(time.Minute)) }) {
		t.Errorf("the second walk began before %v: %d rows", last, len(rows))
	}
	if after.Since.Before(next.Since) {
		t.Errorf("the place went back from %v to %v", next.Since, after.Since)
	}
	past := Cursor{Since: after.Since.Add(2 * time.Hour)}
	if rows, _, _ := walk(t, s, past.Begin(time.Now(), 0)); len(rows) > 0 {
		t.Errorf("%d tickets changed in two hours from now; does the system misread times?", len(rows))
	}
}

func perform(t *testing.T, s System, a Action) Outcome {
	t.Helper()
	done, err := Perform(t.Context(), s, a)
	if err != nil {
		t.Fatalf("%s: %v", a.Do, err)
	}
	return done
}

const uid = "9f2c41aa03de7b51"

func testNotes(t *testing.T, r rig) {
	s := r.open(t)
	id := r.report(t, "mail doet het niet")
	note := Action{Do: "note", Ticket: id, Mark: uid + "/linked", Title: "HS-12: storing", Text: "Bekende storing [code]<b>HS-12</b>[/code], verwacht 10:30 & later."}
	if !s.Caps().Note {
		testReplies(t, r, s, id)
		return
	}
	for n := range 2 {
		if done := perform(t, s, note); done.Already != (n == 1) {
			t.Errorf("note %d: already %t", n, done.Already)
		}
	}
	if n := r.notes(t, id, "verwacht 10:30"); n != 1 {
		t.Errorf("%d notes, want exactly one", n)
	}
	if n := r.replies(t, id, "verwacht 10:30"); n != 0 {
		t.Errorf("the note reached the user in %d messages", n)
	}
	undo := Action{Do: "note", Ticket: id, Mark: uid + "/unlinked-1", Title: "HS-12", Text: "hoort er niet bij", Only: uid + "/never"}
	if done := perform(t, s, undo); !done.Already || r.notes(t, id, "hoort er niet bij") != 0 {
		t.Error("what takes a note back was written where that note never stood")
	}
	undo.Only = note.Mark
	perform(t, s, undo)
	if n := r.notes(t, id, "hoort er niet bij"); n != 1 {
		t.Errorf("%d notes that take it back, want one", n)
	}
	testReplies(t, r, s, id)
}

func testReplies(t *testing.T, r rig, s System, id string) {
	t.Helper()
	for do, can := range map[string]bool{"note": s.Caps().Note, "reply": s.Caps().Reply} {
		if _, err := Perform(t.Context(), s, Action{Do: do, Ticket: id, Mark: uid, Text: "x"}); !can && !errors.Is(err, ErrUnsupported) {
			t.Errorf("a %s where none can be written: %v", do, err)
		}
	}
	if !s.Caps().Reply {
		return
	}
	reply := Action{Do: "reply", Ticket: id, Mark: uid + "/linked/reply", Title: "Printen lukt niet", Text: "Wij weten ervan."}
	perform(t, s, reply)
	perform(t, s, reply)
	if n := r.replies(t, id, "Wij weten ervan."); n != 1 {
		t.Errorf("the user got %d messages, want exactly one", n)
	}
}

func testLinks(t *testing.T, r rig) {
	s := r.open(t)
	id := r.report(t, "wifi weg")
	var targets []Target
	if s.Caps().Parent {
		parent := perform(t, s, Action{Do: "make", Kind: r.kind(), Mark: uid[:12] + "0001", Title: "HS-13: Wifi", Text: "Storing HS-13"})
		targets = append(targets, Target{Ticket: parent.ID})
	}
	if s.Caps().Page {
		targets = append(targets, Target{Page: "https://headstart.example/i/HS-13", Title: "HS-13"})
	}
	for _, to := range targets {
		link := Action{Do: "link", Ticket: id, To: to}
		for n := range 2 {
			if done := perform(t, s, link); done.Already != (n == 1) {
				t.Errorf("link %d to %+v: already %t", n, to, done.Already)
			}
		}
		link.Do = "unlink"
		for n := range 2 {
			if done := perform(t, s, link); done.Already != (n == 1) {
				t.Errorf("unlink %d from %+v: already %t", n, to, done.Already)
			}
		}
	}
	if _, err := Perform(t.Context(), s, Action{Do: "link", Ticket: id, To: Target{Page: "https://x.example/"}}); !s.Caps().Page && !errors.Is(err, ErrUnsupported) {
		t.Errorf("a page where pages cannot be linked: %v", err)
	}
}

func testMakes(t *testing.T, r rig) {
	s := r.open(t)
	if !s.Caps().Make {
		return
	}
	kinds := []string{r.kind()}
	if s.Caps().Problem && r.makes == "" {
		kinds = append(kinds, "problem")
	}
	for n, kind := range kinds {
		make := Action{Do: "make", Kind: kind, Mark: fmt.Sprintf("%s%04d", uid[:12], 100+n), Title: "HS-14: Printen", Text: "Storing HS-14", Priority: "P2"}
		first := perform(t, s, make)
		second := perform(t, s, make)
		if first.ID == "" || first.Already || second.ID != first.ID || !second.Already {
			t.Errorf("%s made as %+v, then %+v; want one", kind, first, second)
		}
	}
	rows, _, _ := walk(t, s, Cursor{}.Begin(time.Now(), 0))
	for _, row := range rows {
		if strings.HasPrefix(row.Title, "HS-14") && !row.Ours {
			t.Errorf("the ticket we made, %s, is read as a report of a user", row.ID)
		}
	}
}

func testGone(t *testing.T, r rig) {
	s := r.open(t)
	if _, err := s.Get(t.Context(), "999999"); !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrForbidden) {
		t.Errorf("a ticket that never was: %v", err)
	}
	if r.remove != nil {
		id := r.report(t, "per ongeluk gemeld")
		r.remove(t, id)
		if got, err := s.Get(t.Context(), id); !errors.Is(err, ErrNotFound) && (err != nil || got.Status != "deleted") {
			t.Errorf("a deleted ticket: status %q, %v", got.Status, err)
		}
	}
	if r.merge != nil {
		from, into := r.report(t, "dubbel"), r.report(t, "eerste")
		r.merge(t, from, into)
		if got, err := s.Get(t.Context(), from); err != nil || got.ID != from || got.Merged != into {
			t.Errorf("a merged ticket: id %q merged into %q, %v; want %s", got.ID, got.Merged, err, into)
		}
	}
}

// testPrivate: a person's name, login and address never leave the connector.
func testPrivate(t *testing.T, r rig) {
	s := r.open(t)
	id := r.report(t, "telefoon stil")
	got, err := s.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Requester) != 16 {
		t.Errorf("requester is %q, want a keyed hash", got.Requester)
	}
	printed := fmt.Sprintf("%+v", got)
	for _, word := range people {
		if strings.Contains(printed, word) {
			t.Errorf("the ticket names %q: %s", word, printed)
		}
	}
}

func testCheck(t *testing.T, r rig) {
	s := r.open(t)
	report, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Lacks) > 0 {
		t.Errorf("a user with all rights lacks %q", report.Lacks)
	}
	if report.Skew.Abs() > time.Minute {
		t.Errorf("the clock is %s off", report.Skew)
	}
	for _, lack := range report.Lacks {
		if !strings.Contains(lack, "; ") {
			t.Errorf("%q names no remedy", lack)
		}
	}
}

// testLostAnswers: the system does what it is told and the answer is lost. The
// outbox tries again, and nothing is there twice.
func testLostAnswers(t *testing.T, r rig) {
	s := r.open(t)
	id := r.report(t, "verbinding weg")
	var actions []Action
	if s.Caps().Note {
		actions = append(actions, Action{Do: "note", Ticket: id, Mark: uid + "/linked", Title: "HS-15", Text: "een notitie"})
	}
	if s.Caps().Reply {
		actions = append(actions, Action{Do: "reply", Ticket: id, Mark: uid + "/linked/reply", Title: "HS-15", Text: "een antwoord"})
	}
	if s.Caps().Make {
		actions = append(actions, Action{Do: "make", Kind: r.kind(), Mark: uid[:12] + "0777", Title: "HS-15", Text: "Storing HS-15"})
	}
	for _, a := range actions {
		r.loseAnswer()
		if _, err := Perform(t.Context(), s, a); err == nil {
			t.Errorf("%s: no error although the answer was lost", a.Do)
		} else if Permanent(err) {
			t.Errorf("%s: %v is given up, want another attempt", a.Do, err)
		}
		if done := perform(t, s, a); !done.Already {
			t.Errorf("%s was done again after a lost answer", a.Do)
		}
	}
	if n := r.notes(t, id, "een notitie"); s.Caps().Note && n != 1 {
		t.Errorf("%d notes", n)
	}
	if n := r.replies(t, id, "een antwoord"); s.Caps().Reply && n != 1 {
		t.Errorf("%d replies", n)
	}
}

// testMovingRows: a ticket changes while its page is read, and moves to the end.
// By page number the first of the next page would be lost for good.
func testMovingRows(t *testing.T, r rig) {
	s := r.open(t)
	var ids []string
	for range 2*r.rows + 2 {
		ids = append(ids, r.report(t, "een van veel"))
	}
	first, err := s.Changes(t.Context(), Cursor{}.Begin(time.Now(), 0))
	if err != nil || !first.More {
		t.Fatalf("the first page has no other behind it: %v", err)
	}
	r.touch(t, first.Tickets[0].ID)
	rows, _, _ := walk(t, s, first.Next)
	rows = append(rows, first.Tickets...)
	for _, id := range ids {
		if find(rows, id) == nil {
			t.Errorf("ticket %s was lost while another moved", id)
		}
	}
}
