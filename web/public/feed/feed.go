// Package feed writes one list of messages as Atom (RFC 4287) and as RSS 2.0
// (www.rssboard.org/rss-specification).
//
// The promise: whatever the texts, what comes out is well-formed XML that says them
// and nothing else, and equal feeds give equal bytes. It reads no clock.
package feed

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"strings"
	"time"

	"headstart"
)

// Feed is messages about one thing, in one language.
type Feed struct {
	ID       string // an IRI, the same for ever; see URN
	Title    string
	Subtitle string
	Author   string // who speaks; Atom wants one
	Lang     string // of all that names no language of its own
	Page     string // absolute URL of the page the feed is about
	Updated  time.Time
	Entries  []Entry // newest first
}

// Entry is one message. Readers know it by ID: the same ID with other words and a
// later Updated is the same message, corrected.
type Entry struct {
	ID         string // an IRI, the same for ever
	Title      string // plain text, as are all texts
	Lang       string // of its texts; empty: the feed's
	Link       string // absolute URL
	Published  time.Time
	Updated    time.Time // of its words
	Categories []string
	Summary    string
	Lines      []headstart.TextLine // questions and answers; none: Summary is all there is
}

// html is the entry as questions and answers. Every text is escaped here, and once
// more by the XML around it: feeds carry HTML as text.
func (e *Entry) html() string {
	var b strings.Builder
	for _, l := range e.Lines {
		b.WriteString("<p>")
		if l.Label != "" {
			b.WriteString("<strong>" + html.EscapeString(l.Label) + "</strong><br>")
		}
		b.WriteString(html.EscapeString(l.Text) + "</p>")
	}
	if b.Len() == 0 {
		return "<p>" + html.EscapeString(e.Summary) + "</p>"
	}
	return b.String()
}

// document is x as a whole XML file. encoding/xml writes U+FFFD for what XML 1.0
// cannot carry, such as control characters.
func document(x any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", " ")
	if err := enc.Encode(x); err != nil {
		return nil, fmt.Errorf("write feed: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
