package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"headstart"
)

func opened(t testing.TB, path string, most int64) *Spool {
	t.Helper()
	s, moved, err := Open(path, Options{MaxBytes: most, NoSync: true})
	if err != nil || moved != "" {
		t.Fatalf("open: %v, moved %q", err, moved)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func kept(t testing.TB, s *Spool) (seqs []uint64, texts string) {
	t.Helper()
	entries, err := s.Peek(1000, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		seqs = append(seqs, e.Seq)
		texts += string(e.Data)
	}
	return seqs, texts
}

// When room runs out the oldest raw entries give way; a change is refused rather than
// dropped, and finds room again once something was delivered.
func TestRoom(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "spool.db"), 5*(headLen+1))
	add := func(text string, raw bool) error {
		_, err := s.Append([]Item{{Data: []byte(text), Raw: raw}})
		return err
	}
	for _, x := range []struct {
		text string
		raw  bool
	}{{"a", true}, {"B", false}, {"c", true}, {"D", false}, {"E", false}} {
		if err := add(x.text, x.raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := add("F", false); err != nil {
		t.Fatal(err)
	}
	if _, texts := kept(t, s); texts != "BcDEF" {
		t.Errorf("after a change too many %q wait, want the oldest raw one gone", texts)
	}
	if err := errors.Join(add("g", true), add("H", false)); err != nil {
		t.Fatal(err)
	}
	if _, texts := kept(t, s); texts != "BDEFH" {
		t.Errorf("%q wait, want all raw ones gone, the newest too", texts)
	}
	if err := add("I", false); !errors.Is(err, headstart.ErrFull) || !strings.Contains(err.Error(), "upstream.spool") {
		t.Errorf("a change too many: %v, want ErrFull with the remedy", err)
	}
	if err := add("j", true); err != nil {
		t.Errorf("a raw one too many: %v, want it dropped in silence", err)
	}
	if st := s.Status(); !st.Full || st.Dropped != 4 || st.Entries != 5 {
		t.Errorf("status %+v, want full, 4 dropped, 5 waiting", st)
	}
	if err := s.Done(2); err != nil {
		t.Fatal(err)
	}
	if err := add("I", false); err != nil {
		t.Fatal(err)
	}
	if seqs, texts := kept(t, s); texts != "DEFHI" || s.Status().Full {
		t.Errorf("%q wait (%v), full %t; want room again", texts, seqs, s.Status().Full)
	}
}

// The same state of a probe is no news; all of them are said again when asked for, but
// for those of probes that are no more.
func TestStates(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "spool.db"), 0)
	item := func(key, mark, text string) Item { return Item{Key: key, Mark: mark, Data: []byte(text)} }
	n, err := s.Append([]Item{item("x", "ok", "1"), item("y", "ok", "2"), item("x", "ok", "3"), item("x", "down", "4"), item("z", "ok", "5")})
	if err != nil || n != 4 {
		t.Fatalf("%d were news, %v; want 4", n, err)
	}
	if err := errors.Join(s.Done(5), s.Forget(map[string]bool{"x": true, "z": true})); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Restate(3); err != nil || n != 2 {
		t.Fatalf("%d are said again, %v; want the two that are left", n, err)
	}
	if seqs, texts := kept(t, s); texts != "45" || seqs[0] != 5 || s.Status().Done != 3 {
		t.Errorf("%q wait as %v, want the newest states under new numbers", texts, seqs)
	}
}

// A damaged file is moved aside: nobody is at the site to repair it. One that another
// process has open is not touched.
func TestDamagedAndInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spool.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no pages of ours", 4096)), 0o600); err != nil {
		t.Fatal(err)
	}
	s, moved, err := Open(path, Options{})
	if err != nil || moved == "" {
		t.Fatalf("open: %v, moved %q; want it begun anew", err, moved)
	}
	defer func() { _ = s.Close() }()
	if _, err := os.Stat(moved); err != nil {
		t.Error(err)
	}
	if _, moved, err := Open(path, Options{}); !errors.Is(err, ErrInUse) || moved != "" {
		t.Errorf("a second process: %v, moved %q; want ErrInUse", err, moved)
	}
}

// Whatever is kept, delivered and reopened in whatever order: what waits is what a
// plain list would hold, numbers only grow, and figures agree.
func TestProperty(t *testing.T) {
	base := t.TempDir()
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		path := filepath.Join(base, fmt.Sprint(runs))
		s, _, err := Open(path, Options{NoSync: true})
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		var want []string
		next, done, name := uint64(1), uint64(0), s.Status().Name
		rt.Repeat(map[string]func(*rapid.T){
			"append": func(rt *rapid.T) {
				var items []Item
				for _, text := range rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,8}`), 1, 4).Draw(rt, "items") {
					items = append(items, Item{Data: []byte(text), Raw: rapid.Bool().Draw(rt, "raw")})
					want = append(want, fmt.Sprintf("%d %s", next, text))
					next++
				}
				if n, err := s.Append(items); err != nil || n != len(items) {
					rt.Fatalf("append: %d, %v", n, err)
				}
			},
			"done": func(rt *rapid.T) {
				upTo := rapid.Uint64Range(0, next).Draw(rt, "upTo")
				if err := s.Done(upTo); err != nil {
					rt.Fatal(err)
				}
				done = max(done, upTo)
				for len(want) > 0 {
					var n uint64
					if _, _ = fmt.Sscan(want[0], &n); n > upTo {
						break
					}
					want = want[1:]
				}
			},
			"reopen": func(rt *rapid.T) {
				if err := s.Close(); err != nil {
					rt.Fatal(err)
				}
				if s, _, err = Open(path, Options{NoSync: true}); err != nil {
					rt.Fatal(err)
				}
			},
			"": func(rt *rapid.T) {
				entries, err := s.Peek(1000, 1<<20)
				if err != nil {
					rt.Fatal(err)
				}
				var got []string
				for _, e := range entries {
					got = append(got, fmt.Sprintf("%d %s", e.Seq, e.Data))
				}
				st := s.Status()
				if fmt.Sprint(got) != fmt.Sprint(want) || st.Entries != len(want) || st.Done != done || st.Last != next-1 || st.Name != name || st.Oldest.IsZero() != (len(want) == 0) {
					rt.Fatalf("%v wait with %+v, want %v up to %d", got, st, want, next-1)
				}
			},
		})
	})
}

// BenchmarkAppend is what a confirmed change costs at a site: one synced transaction.
func BenchmarkAppend(b *testing.B) {
	s, _, err := Open(filepath.Join(b.TempDir(), "spool.db"), Options{MaxBytes: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	data := make([]byte, 300)
	for b.Loop() {
		if _, err := s.Append([]Item{{Data: data}}); err != nil {
			b.Fatal(err)
		}
	}
}
