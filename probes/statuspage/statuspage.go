// Package statuspage reads what a vendor says about its own service: a page of
// statuspage.io, a feed in RSS or Atom, or the service health of Microsoft 365.
//
// A page that cannot be read says nothing about the service, so that is an error
// and never a verdict.
package statuspage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"headstart"
)

// Report is what a vendor says.
type Report struct {
	Verdict headstart.Verdict // OK, Warn or Down
	Reason  string            // in words; may be long, and holds text of the vendor
}

// state is what a vendor's own word for one means.
type state struct {
	verdict headstart.Verdict
	words   string // behind the name of what is in it
}

// MostBytes bounds what is read of one page.
const MostBytes = 4 << 20

// Read fetches target and judges it as the format it has: JSON of statuspage.io,
// else a feed. A target without path is the base URL of a page. Of components,
// names or ids, the worst one counts; if there are none, the page as a whole.
func Read(ctx context.Context, client *http.Client, target string, components []string, now time.Time) (Report, error) {
	u, err := url.Parse(target)
	if err != nil {
		return Report{}, errors.New("target is no URL")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/api/v2/summary.json"
	}
	body, err := get(ctx, client, u.String(), "")
	if err != nil {
		return Report{}, err
	}
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bytes.HasPrefix(trimmed, []byte("{")):
		s, err := decodeSummary(trimmed)
		if err != nil {
			return Report{}, err
		}
		return s.judge(components)
	case bytes.HasPrefix(trimmed, []byte("<")):
		f, err := decodeFeed(trimmed)
		if err != nil {
			return Report{}, err
		}
		return f.judge(components, now), nil
	}
	return Report{}, errors.New("the page is neither JSON of statuspage.io nor a feed; set target to its /api/v2/summary.json, RSS or Atom address")
}

// get reads one page; bearer is a token to show, or empty.
func get(ctx context.Context, client *http.Client, page, bearer string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return nil, errors.New("target is no URL")
	}
	r.Header.Set("Accept", "application/json, application/atom+xml, application/rss+xml, application/xml;q=0.9")
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	return do(client, r)
}

// refused is an HTTP status that is no answer.
type refused struct{ status int }

// Error implements error.
func (r *refused) Error() string {
	return strings.TrimSpace(fmt.Sprintf("HTTP status %d %s", r.status, http.StatusText(r.status)))
}

func do(client *http.Client, r *http.Request) ([]byte, error) {
	r.Header.Set("User-Agent", "headstart")
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, &refused{resp.StatusCode}
	}
	return io.ReadAll(resp.Body)
}

// grave orders the verdicts a vendor can give.
func grave(v headstart.Verdict) int {
	return slices.Index([]headstart.Verdict{headstart.OK, headstart.Warn, headstart.Down}, v)
}

// missing says which of the components wanted a page has not, and what it has.
func missing(wanted string, has []string) error {
	const most = 10
	more := ""
	if len(has) > most {
		has, more = has[:most], ", …"
	}
	return fmt.Errorf("the page has no component %q; it has %s%s", wanted, strings.Join(has, ", "), more)
}
