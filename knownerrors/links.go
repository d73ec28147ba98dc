package knownerrors

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"headstart"
)

// Links looks each night whether the articles that known errors and services name are
// still there, and says so by a command when that changes. It asks only hosts that the
// catalog names (rulings 40, 46): who writes a known error cannot make it ask another.
type Links struct {
	View *headstart.View

	// Do appends a command and waits for its outcome.
	Do func(ctx context.Context, c headstart.Command) (o headstart.Outcome, pending bool, err error)

	Transport http.RoundTripper // dials through the one way out
	Leading   func() bool       // several processes may run; one asks
	Zone      *time.Location
	Logger    *slog.Logger
}

// Bounds of a night.
const (
	askAt       = 4   // hour of the local day
	mostAsked   = 500 // articles
	mostAnswer  = 64 << 10
	askTimeout  = 15 * time.Second
	tries       = 3 // before an article whose place does not answer counts as gone
	betweenTry  = 10 * time.Minute
	mostHops    = 3
	linksAtOnce = 100 // of one command
)

// Run asks each night until ctx ends.
func (l *Links) Run(ctx context.Context) error {
	for {
		if !wait(ctx, time.Until(nextAsk(time.Now(), l.Zone))) {
			return nil
		}
		if err := l.night(ctx); err != nil && ctx.Err() == nil {
			l.Logger.Warn("articles of known errors not looked at; the next night tries again", "err", err)
		}
	}
}

// nextAsk is the next time to ask after now.
func nextAsk(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	at := time.Date(y, m, d, askAt, 0, 0, 0, zone)
	if !at.After(now) {
		at = time.Date(y, m, d+1, askAt, 0, 0, 0, zone)
	}
	return at
}

// wait reports whether d has passed before ctx ended.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// night asks for all articles, those whose place does not answer again, and tells what
// is other than it was.
func (l *Links) night(ctx context.Context) error {
	if !l.Leading() {
		return nil
	}
	gone := map[string]string{}
	rest := l.articles()
	asked := slices.Clone(rest)
	for try := 1; len(rest) > 0; try++ {
		var again []string
		for _, address := range rest {
			why, sure := l.ask(ctx, address)
			switch {
			case ctx.Err() != nil:
				return nil
			case why != "" && !sure && try < tries:
				again = append(again, address)
			case why != "":
				gone[address] = why
			}
		}
		if rest = again; len(rest) > 0 && !wait(ctx, betweenTry) {
			return nil
		}
	}
	return l.tell(ctx, asked, gone)
}

// articles are the addresses to ask for: of known errors and services, at the hosts that
// the catalog names. Sorted; at most mostAsked.
func (l *Links) articles() []string {
	cat := l.View.Catalog()
	all, hosts := map[string]bool{}, map[string]bool{}
	named := func(address string) {
		if u := article(address); u != nil {
			all[address], hosts[u.Host] = true, true
		}
	}
	for i := range cat.Services {
		named(cat.Services[i].KB)
	}
	for i := range cat.KnownErrors {
		named(cat.KnownErrors[i].KB)
	}
	for _, k := range l.View.KnownErrors() {
		if u := article(k.KB); u != nil && hosts[u.Host] && k.InUse() {
			all[k.KB] = true
		}
	}
	out := slices.Sorted(maps.Keys(all))
	return out[:min(len(out), mostAsked)]
}

// article is the address of a page without credentials; nil: it is none.
func article(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return nil
	}
	return u
}

// ask returns why an article is gone; empty: it is there, or somewhere behind a log-in.
// It is sure if its place said so itself.
func (l *Links) ask(ctx context.Context, address string) (why string, sure bool) {
	status, err := l.head(ctx, http.MethodHead, address)
	if err == nil && (status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented || status == http.StatusNotFound) {
		status, err = l.head(ctx, http.MethodGet, address) // some answer HEAD wrongly
	}
	switch {
	case err != nil:
		return "no answer", false
	case status == http.StatusNotFound || status == http.StatusGone:
		return strconv.Itoa(status), true
	case status >= http.StatusInternalServerError:
		return strconv.Itoa(status), false
	}
	return "", true
}

// head asks once, without credentials; it follows redirects within the host alone.
func (l *Links) head(ctx context.Context, method, address string) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return 0, err
	}
	req.Header.Set("User-Agent", "headstart")
	client := http.Client{Transport: l.Transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if next.URL.Host != req.URL.Host || next.URL.Scheme != req.URL.Scheme || next.URL.User != nil || len(via) > mostHops {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, mostAnswer)) // only whether it is there counts
	return res.StatusCode, nil
}

// tell says which articles are gone and which are back, if that is news. One that nobody
// names any more is not gone either.
func (l *Links) tell(ctx context.Context, asked []string, gone map[string]string) error {
	var news []headstart.LinkCheck
	known := map[string]bool{}
	for _, was := range l.View.DeadLinks() {
		known[was.URL] = true
		if gone[was.URL] == "" {
			news = append(news, headstart.LinkCheck{URL: was.URL})
		}
	}
	for _, address := range asked {
		if why := gone[address]; why != "" && !known[address] {
			news = append(news, headstart.LinkCheck{URL: address, Why: why})
		}
	}
	for part := range slices.Chunk(news, linksAtOnce) {
		o, _, err := l.Do(ctx, headstart.Command{ID: "links-" + rand.Text(), Do: "dead-links", Links: part})
		if err != nil {
			return err
		}
		if o.Refused != "" {
			l.Logger.Warn("articles that are gone not taken down", "err", strings.TrimSpace(o.Refused))
		}
	}
	if len(news) > 0 {
		l.Logger.Info("articles of known errors looked at", "subject", strconv.Itoa(len(asked)), "change", len(news))
	}
	return nil
}
