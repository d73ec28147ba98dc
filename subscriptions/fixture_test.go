package subscriptions

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
)

// shelfInMemory is a store for tests: it compares and swaps, as the real ones do.
type shelfInMemory struct {
	mu   sync.Mutex
	rows map[string][]byte
}

func (s *shelfInMemory) ShelfGet(_ context.Context, _, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows[key], nil
}

func (s *shelfInMemory) ShelfSwap(_ context.Context, _, key string, before, after []byte) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, there := s.rows[key]
	if there != (before != nil) || !bytes.Equal(now, before) {
		return false, nil
	}
	if after == nil {
		delete(s.rows, key)
	} else {
		s.rows[key] = after
	}
	return true, nil
}

func (s *shelfInMemory) ShelfScan(_ context.Context, _ string, fn func(string, []byte) error) error {
	s.mu.Lock()
	rows := maps.Clone(s.rows)
	s.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		if err := fn(key, rows[key]); err != nil {
			return err
		}
	}
	return nil
}

// all is what the shelf holds, to compare.
func (s *shelfInMemory) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(s.rows)) {
		b.WriteString(key + "=" + string(s.rows[key]) + "\n")
	}
	return b.String()
}

// people is how many addresses the shelf knows.
func (s *shelfInMemory) people() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range s.rows {
		if strings.HasPrefix(key, rowKey) {
			n++
		}
	}
	return n
}

// mails takes letters, or fails.
type mails struct {
	mu   sync.Mutex
	sent []headstart.Letter
	fail error
}

func (m *mails) Mail(_ context.Context, l headstart.Letter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.sent = append(m.sent, l)
	return nil
}

// all are the letters, oldest first.
func (m *mails) all() []headstart.Letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sent)
}

// failWith makes the server refuse from now on; nil: take letters again.
func (m *mails) failWith(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// to are the letters to an address, oldest first.
func (m *mails) to(address string) (out []headstart.Letter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.sent {
		if l.To == address {
			out = append(out, l)
		}
	}
	return out
}

type refusal struct{ error }

func (refusal) Refused() bool { return true }

var college = &headstart.Catalog{
	Organisation: "Voorbeeld College",
	Locations:    []headstart.Location{{ID: "campus"}, {ID: "noord", Parent: "campus"}, {ID: "zuid", Parent: "campus"}, {ID: "haven"}},
	Services:     []headstart.Service{{ID: "print"}, {ID: "mail"}, {ID: "hr", Confidential: true}},
}

// desk is a register with its store and its mail server, running in a bubble.
type desk struct {
	*Register
	t     *testing.T
	shelf *shelfInMemory
	mails *mails
}

func options(t testing.TB, s *shelfInMemory, m *mails) Options {
	t.Helper()
	keys, _, err := newKeys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Shelf: s, Keys: keys, Mailer: m, Leading: func() bool { return true }, Catalog: college,
		Domains: []string{"voorbeeld.example"}, Keep: 365 * 24 * time.Hour, URL: "https://storing.voorbeeld.example/",
		Pages: []Page{{Languages: []string{"nl", "en"}}, {ID: "haven", Locations: []string{"haven"}, Languages: []string{"nl"}}},
		Zone:  time.UTC, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
	}
}

// inBubble runs f with a register whose Run goes on beside it.
func inBubble(t *testing.T, change func(*Options), f func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t: t, shelf: &shelfInMemory{rows: map[string][]byte{}}, mails: &mails{}}
		d.start(change, func() { f(d) })
	})
}

// start runs another process on the same shelf until f ends.
func (d *desk) start(change func(*Options), f func()) {
	o := options(d.t, d.shelf, d.mails)
	if change != nil {
		change(&o)
	}
	d.Register = New(o)
	ctx, cancel := context.WithCancel(d.t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = d.Run(ctx) })
	f()
	synctest.Wait()
	cancel()
	running.Wait()
}

var home = netip.MustParseAddr("198.51.100.7")

// ask sends a form in from a client of its own, and lets it be worked off.
func (d *desk) ask(address string, w headstart.Wish) error {
	d.t.Helper()
	if w.Language == "" {
		w.Language = "nl"
	}
	home = home.Next()
	err := d.Ask(d.t.Context(), home, address, w)
	synctest.Wait()
	return err
}

var inLink = regexp.MustCompile(`subscribe/([A-Za-z0-9_-]+)$`)

// tokenOf is the token of a letter's link.
func tokenOf(t *testing.T, link string) string {
	t.Helper()
	found := inLink.FindStringSubmatch(link)
	if found == nil {
		t.Fatalf("%s holds no token", link)
	}
	return found[1]
}

// join subscribes an address for good.
func (d *desk) join(address string, w headstart.Wish) {
	d.t.Helper()
	before := len(d.mails.to(address))
	if err := d.ask(address, w); err != nil {
		d.t.Fatal(err)
	}
	letters := d.mails.to(address)
	if len(letters) != before+1 {
		d.t.Fatalf("%s got %d letters, want one more than %d", address, len(letters), before)
	}
	if _, err := d.Confirm(d.t.Context(), tokenOf(d.t, letters[before].Link)); err != nil {
		d.t.Fatal(err)
	}
}

// notice is update n about an incident that hits services and locations.
func notice(n int, services, locations []string) *headstart.Notice {
	return &headstart.Notice{
		UID: "9f2c", Announcement: "9f2c.noord", Audience: "noord", N: n, At: time.Now(), Phase: headstart.Investigating, Services: services, Locations: locations,
	}
}

// told mails n to whoever is to get it, and returns who that was.
func (d *desk) told(n *headstart.Notice) (who []string) {
	d.t.Helper()
	list, err := d.Untold(d.t.Context(), n)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, s := range list {
		who = append(who, strings.TrimSuffix(s.Address, "@voorbeeld.example"))
		if err := d.Told(d.t.Context(), n, s); err != nil {
			d.t.Fatal(err)
		}
	}
	slices.Sort(who)
	return who
}

func (d *desk) want(what string, got []string, want ...string) {
	d.t.Helper()
	if !slices.Equal(got, want) {
		d.t.Errorf("%s: told %q, want %q", what, got, want)
	}
}

var errAway = errors.New("the mail server is away for jan@voorbeeld.example")
