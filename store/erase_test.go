package store

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/store/redistest"
)

// What is dropped is dropped in every version and of every kind, and nothing else.
func TestDropText(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		ctx, st := t.Context(), b.open(t, place(t))
		defer st.Close()
		now := time.Now()
		for day := range 3 { // three versions, one in each of three days
			rec := recs(fmt.Sprint(day))[0]
			for _, key := range []string{"rt/1", "rt/2"} {
				rec.Text = append(rec.Text,
					headstart.SideText{Kind: "title", Key: key, Value: fmt.Appendf(nil, "titel %d van %s", day, key), Until: now.AddDate(0, 0, 1+day)},
					headstart.SideText{Kind: "text", Key: key, Value: []byte("van Jan@Example.org"), Until: now.AddDate(0, 0, 1)})
			}
			_, err := st.Append(ctx, []headstart.Append{rec})
			must(t, err)
		}
		found, err := st.FindText(ctx, func(s string) bool { return strings.Contains(s, "titel 0") || strings.Contains(s, "Jan@") })
		must(t, err)
		want(t, "found", found, []string{"rt/1", "rt/2"})
		must(t, st.DropText(ctx, []string{"rt/1", "rt/unknown"}))
		found, err = st.FindText(ctx, func(string) bool { return true })
		must(t, err)
		want(t, "left", found, []string{"rt/2"})
		titles, err := st.Texts(ctx, "title", []string{"rt/1", "rt/2"})
		must(t, err)
		want(t, "titles", titles, map[string]string{"rt/2": "titel 2 van rt/2"})
		rec := recs("again")[0]
		rec.Text = []headstart.SideText{{Kind: "title", Key: "rt/1", Value: []byte("nieuw"), Until: now.AddDate(0, 0, 1)}}
		_, err = st.Append(ctx, []headstart.Append{rec})
		must(t, err)
		titles, err = st.Texts(ctx, "title", []string{"rt/1", "rt/2"})
		must(t, err)
		want(t, "titles after one came again", titles, map[string]string{"rt/1": "nieuw", "rt/2": "titel 2 van rt/2"})
	})
}

// A reader behind the trimmed part of the feed is told so by the numbers.
func TestTrimFeed(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		ctx, st := t.Context(), b.open(t, place(t))
		defer st.Close()
		tok := acquire(t, st, "one")
		day := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
		for n := range 600 {
			e := headstart.FeedEntry{V: 1, At: day.Add(time.Duration(n) * time.Minute).UnixMilli()}
			must(t, st.Commit(ctx, headstart.Batch{
				Token: tok, Prev: headstart.Cursor{Part: uint32(n)}, Next: headstart.Cursor{Part: uint32(n + 1)}, Feed: [][]byte{e.Append(nil)},
			}))
		}
		first := func() int {
			t.Helper()
			entries, err := st.Feed(ctx, headstart.Offset{}, 1, 0)
			must(t, err)
			if len(entries) == 0 {
				return 0
			}
			return int(entries[0].Off.Ms)
		}
		must(t, st.TrimFeed(ctx, day))
		want(t, "first of all", first(), 1)
		must(t, st.TrimFeed(ctx, day.Add(500*time.Minute)))
		want(t, "first of the last hundred", first(), 501)
		must(t, st.TrimFeed(ctx, day.Add(time.Hour*24)))
		want(t, "first of none", first(), 0)
		head, err := st.FeedHead(ctx)
		must(t, err)
		want(t, "head", head, headstart.Offset{Ms: 600})
		e := headstart.FeedEntry{V: 1, At: day.UnixMilli()}
		must(t, st.Commit(ctx, headstart.Batch{
			Token: tok, Prev: headstart.Cursor{Part: 600}, Next: headstart.Cursor{Part: 601}, Feed: [][]byte{e.Append(nil)},
		}))
		want(t, "the next one", first(), 601)
	})
}

// bbolt leaves what was deleted or replaced in pages it has freed, some of it for
// good: a scrub leaves none, and the store as it was.
func TestScrubLeavesNoTrace(t *testing.T) {
	const marker = "MARKER-77d0"
	ctx, dir := t.Context(), t.TempDir()
	name := filepath.Join(dir, "x.db")
	st, err := OpenBolt(name, BoltOptions{NoSync: true})
	must(t, err)
	tok := acquire(t, st, "one")
	part := uint32(0)
	commit := func(ops ...headstart.Op) {
		t.Helper()
		part++
		must(t, st.Commit(ctx, headstart.Batch{Token: tok, Prev: headstart.Cursor{Part: part - 1}, Next: headstart.Cursor{Part: part}, Ops: ops}))
	}
	for n := range 300 { // some in pages of their own, some beside others
		long := strings.Repeat("x", n%7*900)
		commit(put("timeline", fmt.Sprintf("%04d", n), `{"v":1,"text":"`+marker+long+`"}`), put("incidents", fmt.Sprint(n%10), `{"v":1,"owner":"`+marker+`"}`))
	}
	for n := range 300 {
		commit(headstart.Op{Kind: headstart.Delete, Table: "timeline", Key: fmt.Sprintf("%04d", n)}, put("incidents", fmt.Sprint(n%10), `{"v":1}`))
	}
	if len(filesWith(t, dir, marker)) == 0 {
		t.Fatal("nothing of what was deleted is left; this test proves nothing")
	}
	reading := make(chan struct{})
	go func() { // readers and writers go on meanwhile
		defer close(reading)
		for range 200 {
			if _, err := st.Get(ctx, "incidents", "3"); err != nil {
				t.Error(err)
			}
		}
	}()
	must(t, st.Scrub(ctx))
	<-reading
	want(t, "files with the marker", filesWith(t, dir, marker), []string(nil))
	commit(put("incidents", "3", `{"v":1,"after":true}`))
	must(t, st.Close())
	st, err = OpenBolt(name, BoltOptions{NoSync: true})
	must(t, err)
	defer st.Close()
	found, err := Verify(ctx, st)
	must(t, err)
	want(t, "findings", found, []string(nil))
	val, err := st.Get(ctx, "incidents", "3")
	must(t, err)
	want(t, "row", string(val), `{"v":1,"after":true}`)
}

func TestRedisDropLeavesNoTrace(t *testing.T) {
	const marker = "MARKER-2c9e"
	srv := redistest.Start(t)
	ctx := t.Context()
	st := openRedis(t, one(srv.Addr))
	defer st.Close()
	now := time.Now()
	rec := recs("t")[0]
	rec.Text = []headstart.SideText{{Kind: "text", Key: "rt/1", Value: []byte(marker), Until: now.AddDate(0, 0, 1)}}
	_, err := st.Append(ctx, []headstart.Append{rec})
	must(t, err)
	eventually(t, "the marker reaches the disk", func() bool { return len(filesWith(t, srv.Dir, marker)) > 0 })
	must(t, st.DropText(ctx, []string{"rt/1"}))
	must(t, st.SweepText(ctx, now)) // its day is not past: the drop alone asks for the rewrite
	eventually(t, "the marker leaves the disk", func() bool { return len(filesWith(t, srv.Dir, marker)) == 0 })
	want(t, "days kept", cli(t, srv, "SMEMBERS", "hs:{0}:text:days"), "text:"+textDay(now.AddDate(0, 0, 1)))
}

// about is a record with a ticket, and the command and delivery that follow from it.
func about(id, requester string) []headstart.Append {
	at := time.UnixMilli(1)
	line := func(l headstart.Line) headstart.Append {
		return headstart.Append{Data: headstart.NewRecord(at, l).Encode()}
	}
	return []headstart.Append{
		line(headstart.Line{Ticket: &headstart.Ticket{Source: "rt", ID: id, CreatedAt: at, Requester: headstart.Requester{ID: requester}, URL: "https://rt.example/" + id}}),
		line(headstart.Line{Command: &headstart.Command{ID: "c", By: "samira", Do: "link", Incident: "HS-1", Source: "rt", Ticket: id}}),
		line(headstart.Line{Command: &headstart.Command{ID: "n", By: "samira", Do: "note", Incident: "HS-1", Text: "gemaild met J.Jansen@Example.org"}}),
		line(headstart.Line{Delivery: &headstart.Delivery{Key: "9f2c/linked/tickets/rt/" + id + "/note", Outcome: "sent", Handle: []byte(`{"id":"` + id + `-77"}`)}}),
	}
}

// shelved is a store whose log is in the archive, in a file for each of its tickets.
func shelved(t *testing.T) (st Store, archive *Archive, keeper *Keeper) {
	t.Helper()
	ctx := t.Context()
	b, err := OpenBolt(filepath.Join(t.TempDir(), "x.db"), BoltOptions{NoSync: true})
	must(t, err)
	t.Cleanup(func() { must(t, b.Close()) })
	archive, err = OpenArchive(filepath.Join(t.TempDir(), "archive"))
	must(t, err)
	tok, prev := acquire(t, b, "one"), headstart.Cursor{}
	keeper = NewKeeper(KeeperOptions{Store: b, Archive: archive, Keep: time.Hour, ArchiveKeep: time.Hour, Leading: func() bool { return true }, Logger: slog.New(slog.DiscardHandler)})
	for n := range 5 {
		offs, err := b.Append(ctx, about(fmt.Sprintf("T10%d", n), []string{"aaaa", "bbbb"}[n%2]))
		must(t, err)
		next := at(offs[len(offs)-1])
		must(t, b.Commit(ctx, headstart.Batch{Token: tok, Prev: prev, Next: next}))
		prev = next
		if n < 4 {
			_, err = keeper.Erase(ctx, &Erasure{}) // archives
			must(t, err)
		}
	}
	return b, archive, keeper
}

func archived(t *testing.T, a *Archive) string {
	t.Helper()
	var b strings.Builder
	names, err := a.names()
	must(t, err)
	for _, name := range names {
		_, _, err := readArchive(name, func(line []byte) error { b.Write(line); b.WriteByte('\n'); return nil })
		must(t, err)
	}
	return b.String()
}

// What is erased leaves log and archive, whose chain holds; asking again finds nothing.
func TestErase(t *testing.T) {
	ctx := t.Context()
	st, archive, keeper := shelved(t)
	e := Erasure{Tickets: map[string]bool{"rt/T101": true}, Requesters: map[string]bool{"aaaa": true}, Words: []string{"j.jansen@example.org"}}
	done, err := keeper.Erase(ctx, &e)
	must(t, err)
	if done.Lines < 5 || done.Files != 5 {
		t.Errorf("%+v; want five files written anew", done)
	}
	want(t, "tickets found by their requester", e.Tickets, map[string]bool{"rt/T101": true, "rt/T100": true, "rt/T102": true, "rt/T104": true})
	all := archived(t, archive)
	for _, gone := range []string{"T100", "T101", "T102", "T104", "aaaa", "ansen", "xample.org"} {
		if strings.Contains(all, gone) {
			t.Errorf("the archive still says %s:\n%s", gone, all)
		}
	}
	for _, stays := range []string{`"id":"T103"`, "bbbb", "gemaild met …", "/tickets/rt/T103/note", "T103-77"} {
		if !strings.Contains(all, stays) {
			t.Errorf("the archive lost %s, which nobody asked for:\n%s", stays, all)
		}
	}
	broken, err := archive.Verify()
	must(t, err)
	want(t, "broken", broken, []string(nil))
	entries, err := st.Read(ctx, headstart.Offset{}, 10, 0)
	must(t, err)
	want(t, "records left in the log", len(entries), 0)
	done, err = keeper.Erase(ctx, &e)
	must(t, err)
	want(t, "the second time", done, Erased{})
}

// An address is found however JSON writes it.
func TestEraseEscaped(t *testing.T) {
	line, err := json.Marshal(headstart.FileLine{At: time.UnixMilli(1), Line: headstart.Line{Command: &headstart.Command{ID: "n", By: "samira", Do: "note", Incident: "HS-1", Text: "gemaild met R&D@Example.org"}}})
	must(t, err)
	e := &Erasure{Words: []string{"r&d@example.org"}}
	out, changed, err := e.clean(line)
	must(t, err)
	if !changed || !strings.Contains(string(out), "gemaild met …") {
		t.Errorf("%s became %s", line, out)
	}
}

// A crash between two files leaves a chain that the next request mends; one that
// somebody broke stays broken.
func TestEraseGoesOnAfterACrash(t *testing.T) {
	_, archive, keeper := shelved(t)
	names, err := archive.names()
	must(t, err)
	before := map[string][]byte{}
	for _, name := range names {
		before[name], err = os.ReadFile(name)
		must(t, err)
	}
	e := func() *Erasure { return &Erasure{Tickets: map[string]bool{"rt/T100": true}} }
	became := map[string]string{}
	_, renewed, err := archive.eraseFrom(names[0], e(), became) // and then the power fails
	must(t, err)
	broken, err := archive.Verify()
	must(t, err)
	if !renewed || len(broken) != 1 {
		t.Fatalf("renewed %t, %v; want a chain that is broken at the second file", renewed, broken)
	}
	_, err = keeper.Erase(t.Context(), e())
	must(t, err)
	broken, err = archive.Verify()
	must(t, err)
	want(t, "broken after the next request", broken, []string(nil))
	left, err := filepath.Glob(filepath.Join(archive.dir, rechained+"*"))
	must(t, err)
	want(t, "notes about the crash", left, []string(nil))

	must(t, os.WriteFile(names[1], before[names[1]], 0o600)) // somebody puts an old file back
	_, err = keeper.Erase(t.Context(), &Erasure{Tickets: map[string]bool{"rt/T100": true, "rt/T103": true}})
	must(t, err)
	broken, err = archive.Verify()
	must(t, err)
	if len(broken) == 0 {
		t.Error("an archive that somebody changed looks whole after an erasure")
	}
}

func FuzzErasure(f *testing.F) {
	f.Add([]byte(`{"at":"2026-11-23T08:00:00Z","ticket":{"source":"rt","id":"1"}}`), "1", "a@b")
	f.Add([]byte(`{"at":"2026-11-23T08:00:00Z","command":{"by":"x","do":"note","text":"A@B"}}`), "2", "a@b")
	f.Fuzz(func(t *testing.T, line []byte, id, word string) {
		e := &Erasure{Tickets: map[string]bool{"rt/" + id: true}, Words: []string{word}}
		out, changed, err := e.clean(line)
		if err != nil || !changed {
			return
		}
		if _, err := headstart.DecodeFileLine(out); err != nil {
			t.Errorf("%q became %q, which cannot be read: %v", line, out, err)
		}
	})
}
