package statuspage

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html/charset"

	"headstart"
)

// feed is RSS 2.0 or Atom, as far as they agree.
type feed struct{ entries []entry }

type entry struct {
	title, text string
	at          time.Time // last change; zero if the feed does not say
}

// rawFeed matches both: RSS has channel>item, Atom entry at the top.
type rawFeed struct {
	XMLName xml.Name
	Items   []rawEntry `xml:"channel>item"`
	Entries []rawEntry `xml:"entry"`
}

type rawEntry struct {
	Title       string `xml:"title"`
	Description string `xml:"description"`
	Summary     string `xml:"summary"`
	Content     string `xml:"content"`
	PubDate     string `xml:"pubDate"`
	Published   string `xml:"published"`
	Updated     string `xml:"updated"`
}

func decodeFeed(body []byte) (*feed, error) {
	var raw rawFeed
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(label string, input io.Reader) (io.Reader, error) { return charset.NewReaderLabel(label, input) }
	if err := d.Decode(&raw); err != nil {
		return nil, errors.New("the page is no feed; set target to its RSS or Atom address")
	}
	if name := raw.XMLName.Local; name != "rss" && name != "feed" {
		return nil, fmt.Errorf("the page is %s, no feed; set target to its RSS or Atom address", name)
	}
	f := &feed{}
	for _, e := range append(raw.Items, raw.Entries...) {
		f.entries = append(f.entries, entry{
			title: strings.TrimSpace(plain(e.Title)), text: plain(e.Content + " " + e.Description + " " + e.Summary),
			at: firstTime(e.Updated, e.PubDate, e.Published),
		})
	}
	return f, nil
}

// fresh is how long an entry counts after its last change. Vendors leave some
// without an end.
const fresh = 48 * time.Hour

// judge warns of the first entry that is fresh and not over. It knows no more: a
// feed has no field that says how bad things are.
func (f *feed) judge(components []string, now time.Time) Report {
	for _, e := range f.entries {
		if e.over() || !e.at.IsZero() && (now.Sub(e.at) > fresh || e.at.Sub(now) > fresh) || !e.mentions(components) {
			continue
		}
		return Report{Verdict: headstart.Warn, Reason: "the vendor reports: " + e.title}
	}
	return Report{Verdict: headstart.OK, Reason: "the vendor reports nothing that is not over"}
}

// Words with which vendors begin an update. Newest updates stand first, so the
// first of these in the text is the state.
var (
	ended = regexp.MustCompile(`(?i)\b(resolved|completed|operating normally|(?:is|are|fully) operational|postmortem|cancell?ed|available again)\b`)
	going = regexp.MustCompile(`(?i)\b(investigating|identified|monitoring|in progress|verifying|update|degraded|outage)\b`)
	ahead = regexp.MustCompile(`(?i)\bscheduled\b\s*-`)
)

// over reports whether the entry tells of something that ended, or that has not
// begun: planned work is announced long before.
func (e *entry) over() bool {
	if ended.MatchString(e.title) {
		return true
	}
	first := func(r *regexp.Regexp) int {
		if at := r.FindStringIndex(e.text); at != nil {
			return at[0]
		}
		return len(e.text)
	}
	goes := first(going)
	return first(ended) < goes || first(ahead) < goes
}

func (e *entry) mentions(components []string) bool {
	if len(components) == 0 {
		return true
	}
	text := strings.ToLower(e.title + " " + e.text)
	for _, c := range components {
		if strings.Contains(text, strings.ToLower(c)) {
			return true
		}
	}
	return false
}

var tag = regexp.MustCompile(`<[^>]*>`)

// plain takes the markup out of a text.
func plain(s string) string { return tag.ReplaceAllString(s, " ") }

// firstTime reads the first of texts that is a time, as RSS or Atom write it.
func firstTime(texts ...string) time.Time {
	for _, s := range texts {
		for _, layout := range []string{time.RFC3339, time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05 -0700"} {
			if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}
