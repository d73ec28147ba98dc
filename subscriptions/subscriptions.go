// Package subscriptions keeps who asked on a status page to be mailed about outages:
// asks each by mail whether they want it, says who is to get an announcement, and
// forgets for real.
//
// What is known of an address is one value on a shelf of the store, under a keyed hash
// and sealed; it is in no log, archive, feed, export, metric or page. What a visitor
// learns never depends on the address he typed: whether it is known, listed or
// refused shows in its mailbox only (ruling 42).
package subscriptions

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/lang"
)

// Shelf is the part of the store a Register keeps addresses in; see store.Store.
type Shelf interface {
	ShelfGet(ctx context.Context, shelf, key string) ([]byte, error)
	ShelfSwap(ctx context.Context, shelf, key string, before, after []byte) (bool, error)
	ShelfScan(ctx context.Context, shelf string, fn func(key string, val []byte) error) error
}

// Mailer brings one letter to one person. An error with a method Refused that says
// true means that trying again cannot help.
type Mailer interface {
	Mail(ctx context.Context, l headstart.Letter) error
}

// Options is what a Register works with. Mailer may be nil: then nobody is asked.
type Options struct {
	Shelf   Shelf
	Keys    *Keys
	Mailer  Mailer
	Leading func() bool // one process tidies up
	Catalog *headstart.Catalog

	Domains []string      // whose addresses may subscribe, as Domain returns them
	Keep    time.Duration // of a subscription that is not renewed: retention.subscriptions
	Pages   []Page
	URL     string // of the status pages, without /s/
	Zone    *time.Location

	// Elsewhere reports whether a channel tells address what audience hears anyway;
	// nil: none does.
	Elsewhere func(audience, address string) bool

	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Page is one status page as far as subscribing goes.
type Page struct {
	ID        string
	Title     string   // empty: the general words
	Services  []string // empty: all
	Locations []string // empty: all
	Languages []string // the first is the page's

	// Linked: each of its readers has a link of their own, so mails cannot lead there.
	Linked bool
}

// Register knows the subscribers. It is made by New and safe for concurrent use.
type Register struct {
	o       Options
	words   map[string]*lang.Words
	parents map[string]string // of locations
	asked   chan request
	unsent  map[string]*attempt // questions that wait to be mailed; Run's own
	limits  limits
	metrics *metrics
	logger  *slog.Logger
}

// queued is how many requests wait while the mail server is slow: as many as are
// taken in an hour.
const queued = perHour

// New returns a Register for the keys of this installation.
func New(o Options) *Register {
	r := &Register{
		o: o, words: map[string]*lang.Words{}, parents: map[string]string{}, asked: make(chan request, queued),
		unsent: map[string]*attempt{}, logger: o.Logger.With("component", "subscriptions"),
	}
	for _, l := range lang.Languages() {
		r.words[l] = lang.New(l, o.Zone)
	}
	for _, l := range o.Catalog.Locations {
		r.parents[l.ID] = l.Parent
	}
	r.limits = limits{shelf: o.Shelf, keys: o.Keys}
	r.metrics = newMetrics(o.Registerer, o.Pages)
	return r
}

// Open reports whether anybody can subscribe.
func (r *Register) Open() bool { return len(r.o.Domains) > 0 && r.o.Mailer != nil }

// request is one that may be looked at further.
type request struct {
	address address
	wish    headstart.Wish
}

// Ask takes in what somebody at from typed into the form. It answers before anything is
// looked up: nil says no more than that the form was readable, and mail follows if the
// address may have it. Else it is ErrNoAddress, ErrNoWish or ErrTooMany, or the store's.
func (r *Register) Ask(ctx context.Context, from netip.Addr, typed string, w headstart.Wish) error {
	a, err := parseAddress(typed)
	if err != nil {
		return headstart.ErrNoAddress
	}
	if !r.offers(w) {
		return headstart.ErrNoWish
	}
	if err := r.limits.take(ctx, from, time.Now()); err != nil {
		r.metrics.count("limited")
		return err
	}
	select {
	case r.asked <- request{a, w}:
		return nil
	default:
		r.metrics.count("limited")
		return headstart.ErrTooMany
	}
}
