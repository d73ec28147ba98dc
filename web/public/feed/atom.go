package feed

import (
	"encoding/xml"
	"time"
)

// atomFeed and what hangs below it are the elements of RFC 4287, section 4.
type atomFeed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang      string      `xml:"xml:lang,attr"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Subtitle  string      `xml:"subtitle,omitempty"`
	Updated   string      `xml:"updated"`
	Author    atomPerson  `xml:"author"`
	Generator string      `xml:"generator"`
	Links     []atomLink  `xml:"link"`
	Entries   []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Lang       string         `xml:"xml:lang,attr,omitempty"`
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary"`
	Content    atomText       `xml:"content"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Body string `xml:",chardata"`
}

// Atom writes the feed as the file that stands at self.
func (f *Feed) Atom(self string) ([]byte, error) {
	doc := atomFeed{
		Lang: f.Lang, ID: f.ID, Title: f.Title, Subtitle: f.Subtitle, Updated: rfc3339(f.Updated),
		Author: atomPerson{Name: f.Author}, Generator: "headstart",
		Links: []atomLink{{"self", "application/atom+xml", self}, {"alternate", "text/html", f.Page}},
	}
	for i := range f.Entries {
		e := &f.Entries[i]
		entry := atomEntry{
			ID: e.ID, Title: e.Title, Published: rfc3339(e.Published), Updated: rfc3339(e.Updated),
			Links: []atomLink{{"alternate", "text/html", e.Link}}, Summary: e.Summary, Content: atomText{"html", e.html()},
		}
		if e.Lang != f.Lang {
			entry.Lang = e.Lang
		}
		for _, c := range e.Categories {
			entry.Categories = append(entry.Categories, atomCategory{c})
		}
		doc.Entries = append(doc.Entries, entry)
	}
	return document(doc)
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
