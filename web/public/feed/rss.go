package feed

import (
	"encoding/xml"
	"time"
)

// rss and what hangs below it are the elements of RSS 2.0. It has no way to say
// that a message was corrected, nor which language one is in: atom:updated and
// dc:language say it.
type rss struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	DC      string     `xml:"xmlns:dc,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Language    string    `xml:"language"`
	BuildDate   string    `xml:"lastBuildDate"`
	Generator   string    `xml:"generator"`
	TTL         int       `xml:"ttl"` // minutes
	Self        atomLink  `xml:"atom:link"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string   `xml:"title"`
	Link        string   `xml:"link"`
	Description string   `xml:"description"`
	Categories  []string `xml:"category"`
	GUID        rssGUID  `xml:"guid"`
	Published   string   `xml:"pubDate"`
	Updated     string   `xml:"atom:updated"`
	Language    string   `xml:"dc:language,omitempty"`
}

type rssGUID struct {
	Permalink bool   `xml:"isPermaLink,attr"`
	ID        string `xml:",chardata"`
}

// RSS writes the feed as the file that stands at self.
func (f *Feed) RSS(self string) ([]byte, error) {
	doc := rss{
		Version: "2.0", Atom: "http://www.w3.org/2005/Atom", DC: "http://purl.org/dc/elements/1.1/",
		Channel: rssChannel{
			Title: f.Title, Link: f.Page, Description: f.Subtitle, Language: f.Lang, BuildDate: rfc822(f.Updated),
			Generator: "headstart", TTL: 1, Self: atomLink{"self", "application/rss+xml", self},
		},
	}
	for i := range f.Entries {
		e := &f.Entries[i]
		item := rssItem{
			Title: e.Title, Link: e.Link, Description: e.html(), Categories: e.Categories,
			GUID: rssGUID{ID: e.ID}, Published: rfc822(e.Published), Updated: rfc3339(e.Updated),
		}
		if e.Lang != f.Lang {
			item.Language = e.Lang
		}
		doc.Channel.Items = append(doc.Channel.Items, item)
	}
	return document(doc)
}

// rfc822 is the date RSS wants: RFC 822 with a year of four digits.
func rfc822(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }
