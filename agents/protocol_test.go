package agents

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"headstart"
	"headstart/agents/spool"
)

// Whatever happens to posts (lost on the way, taken with the answer lost, sent twice by
// a proxy, an old copy delivered after newer ones), and whoever of the two is killed
// when, also in the middle of an append: what the site saw is in the log in order and
// once, and so the engine applies it.
func TestProtocolProperty(t *testing.T) {
	base, runs := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		path := filepath.Join(base, fmt.Sprint(runs))
		s, _, err := spool.Open(path, spool.Options{NoSync: true})
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		log := &memlog{life: "1"}
		line := newWire(newHub(log))
		c := newCourier(t, s, line, nil)
		bring := func() error {
			entries, err := s.Peek(rapid.IntRange(1, 4).Draw(rt, "at once"), postBytes)
			if err != nil {
				rt.Fatal(err)
			}
			return c.bring(t.Context(), entries)
		}
		var late []func() *http.Response // posts that a proxy still holds
		lost := errors.New("lost")
		fates := map[string]func(*http.Request, func() *http.Response) (*http.Response, error){
			"well":    nil,
			"lost":    func(*http.Request, func() *http.Response) (*http.Response, error) { return nil, lost },
			"unheard": func(_ *http.Request, send func() *http.Response) (*http.Response, error) { send(); return nil, lost },
			"twice":   func(_ *http.Request, send func() *http.Response) (*http.Response, error) { send(); return send(), nil },
			"held": func(_ *http.Request, send func() *http.Response) (*http.Response, error) {
				late = append(late, send)
				return nil, lost
			},
			"and held": func(_ *http.Request, send func() *http.Response) (*http.Response, error) {
				late = append(late, send)
				return send(), nil
			},
		}
		names := []string{"well", "lost", "unheard", "twice", "held", "and held"}
		var want []string
		states := map[string]headstart.Verdict{}
		rt.Repeat(map[string]func(*rapid.T){
			"see": func(rt *rapid.T) {
				probe := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "probe")
				v := rapid.SampledFrom([]headstart.Verdict{headstart.OK, headstart.Down}).Draw(rt, "verdict")
				if _, err := Record(t.Context(), s, found(probe, v, false)); err != nil {
					rt.Fatal(err)
				}
				if states[probe] != v {
					states[probe] = v
					want = append(want, probe+" "+string(v))
				}
			},
			"post": func(rt *rapid.T) {
				line.fate = fates[rapid.SampledFrom(names).Draw(rt, "fate")]
				_ = bring() // it may well fail
			},
			"old copy": func(rt *rapid.T) {
				if len(late) > 0 {
					n := rapid.IntRange(0, len(late)-1).Draw(rt, "which")
					late[n]()
					late = slices.Delete(late, n, n+1)
				}
			},
			"kill agent": func(rt *rapid.T) {
				if err := s.Close(); err != nil {
					rt.Fatal(err)
				}
				if s, _, err = spool.Open(path, spool.Options{NoSync: true}); err != nil {
					rt.Fatal(err)
				}
				c = newCourier(t, s, line, nil)
			},
			"kill upstream": func(*rapid.T) { line.lead(newHub(log)) },
			"store fails": func(rt *rapid.T) {
				log.refuse, log.anyway = headstart.ErrDown, rapid.Bool().Draw(rt, "anyway")
			},
			"engine commits": func(rt *rapid.T) { log.commit(rt, rapid.IntRange(0, len(log.entries)).Draw(rt, "up to")) },
		})
		line.fate, log.refuse = nil, nil
		for n := 0; s.Status().Entries > 0; n++ {
			if err := bring(); err != nil || n > 1000 {
				rt.Fatalf("all is well, but post %d: %v", n, err)
			}
		}
		for _, send := range late {
			send()
		}
		checks, _ := log.checks(t)
		var got []string
		row := headstart.Agent{}
		for i := range checks {
			if !row.Accept(checks[i].Spool, checks[i].Seq) {
				rt.Fatalf("check %d of %s is in the log twice", checks[i].Seq, checks[i].Spool)
			}
			got = append(got, told(&checks[i]))
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("the site saw %v, the log says %v", want, got)
		}
	})
}

// commit lets the engine's row be as of the first n entries.
func (l *memlog) commit(t rapid.TB, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n < l.head {
		return
	}
	row, exists, err := decodeRow(l.row)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range l.entries[l.head:n] {
		exists = follow(&row, "noord", e.Data) || exists
	}
	l.head = n
	if exists {
		l.row = encodeRow(row)
	}
}

// The upstream was restored from before it took what it took, so it knows less than the
// agent was told: it is told the newest state of every probe again, and only that.
func TestUpstreamForgets(t *testing.T) {
	s := newSpool(t, "s")
	log := &memlog{life: "1"}
	line := newWire(newHub(log))
	c := newCourier(t, s, line, nil)
	bring := func() {
		t.Helper()
		for {
			entries, err := s.Peek(mostEvents, postBytes)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.bring(t.Context(), entries); err != nil {
				t.Fatal(err)
			}
			if s.Status().Entries == 0 {
				return
			}
		}
	}
	for _, x := range []headstart.Append{found("a", headstart.OK, false), found("b", headstart.OK, false), found("a", headstart.Down, false), found("b", headstart.OK, true)} {
		if _, err := Record(t.Context(), s, x); err != nil {
			t.Fatal(err)
		}
	}
	bring()
	if checks, _ := log.checks(t); len(checks) != 4 || !checks[3].Asked {
		t.Fatalf("%d checks in the log, want 4, the answer to an ask among them", len(checks))
	}
	*log = memlog{life: "2"}
	bring() // a sign of life is enough to notice
	checks, signs := log.checks(t)
	var got []string
	for i := range checks {
		got = append(got, told(&checks[i]))
	}
	if want := []string{"a down", "b ok"}; !slices.Equal(got, want) || len(signs) != 1 {
		t.Errorf("told again: %v and %d signs of life, want %v and one", got, len(signs), want)
	}
	bring()
	if again, _ := log.checks(t); len(again) != len(checks) {
		t.Errorf("told yet again: %d checks, want %d", len(again), len(checks))
	}
}

// What an agent keeps that its upstream cannot read stops nothing behind it.
func TestOneBadCheck(t *testing.T) {
	s := newSpool(t, "s")
	log := &memlog{}
	c := newCourier(t, s, newWire(newHub(log)), nil)
	items := []spool.Item{{Data: []byte(`{"probe":"x","kind":"agent","asset":"srv-noord","verdict":"ok"}`)}, {Data: []byte(`{"probe":7}`)}}
	if _, err := s.Append(items); err != nil {
		t.Fatal(err)
	}
	if _, err := Record(t.Context(), s, found("a", headstart.Down, false)); err != nil {
		t.Fatal(err)
	}
	entries, err := s.Peek(mostEvents, postBytes)
	if err == nil {
		err = c.bring(t.Context(), entries)
	}
	checks, _ := log.checks(t)
	if err != nil || len(checks) != 1 || told(&checks[0]) != "a down" || s.Status().Entries != 0 {
		t.Errorf("%v; the log says %v, %d wait; want the good one taken and none waiting", err, checks, s.Status().Entries)
	}
}

// An answer of something that is no upstream strikes nothing off.
func TestNoUpstreamAnswers(t *testing.T) {
	s := newSpool(t, "s")
	line := newWire(newHub(&memlog{}))
	c := newCourier(t, s, line, nil)
	if _, err := Record(t.Context(), s, found("a", headstart.Down, false)); err != nil {
		t.Fatal(err)
	}
	for status, body := range map[int]string{200: "<html>please log in</html>", 201: `{"last":99}`, 302: "", 401: "", 404: "", 407: "", 500: `{"detail":"x"}`, 503: ""} {
		line.fate = func(*http.Request, func() *http.Response) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		}
		entries, err := s.Peek(mostEvents, postBytes)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.bring(t.Context(), entries); err == nil || s.Status().Entries != 1 {
			t.Errorf("%d %q: %v, %d wait; want an error and the check kept", status, body, err, s.Status().Entries)
		}
	}
}
