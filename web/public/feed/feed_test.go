package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"

	"headstart"
)

var morning = time.Date(2026, 11, 23, 7, 44, 0, 0, time.FixedZone("", 3600))

func oneEntry(title, text string) *Feed {
	return &Feed{
		ID: URN("feed", "x"), Title: "Storingen " + title, Subtitle: text, Author: title, Lang: "nl", Page: "https://storingen.example.org/s/nl/", Updated: morning.Add(time.Hour),
		Entries: []Entry{{
			ID: URN("aa11", "1"), Title: title, Lang: "en", Link: "https://storingen.example.org/s/nl/aa/", Published: morning, Updated: morning.Add(time.Hour),
			Categories: []string{title, text}, Summary: text, Lines: []headstart.TextLine{{Label: title, Text: text}, {Text: text}},
		}},
	}
}

// Both forms, parsed by a library of others, say the same.
func TestAnotherParserReadsBothForms(t *testing.T) {
	const title, text = `Wifi & "internet" <werken> niet`, "U heeft geen internet.\nÉcht niet; 1 < 2"
	f := oneEntry(title, text)
	for form, write := range map[string]func(string) ([]byte, error){"atom": f.Atom, "rss": f.RSS} {
		b, err := write("https://storingen.example.org/s/nl/feed." + form)
		if err != nil {
			t.Fatal(err)
		}
		got, err := gofeed.NewParser().Parse(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("%s: %v\n%s", form, err, b)
		}
		if got.FeedType != form || got.Title != f.Title || got.Link != f.Page || got.FeedLink != "https://storingen.example.org/s/nl/feed."+form || got.Language != "nl" || !got.UpdatedParsed.Equal(f.Updated) {
			t.Errorf("%s: the feed reads as %+v", form, got)
		}
		if len(got.Items) != 1 {
			t.Fatalf("%s: %d entries", form, len(got.Items))
		}
		e, want := got.Items[0], f.Entries[0]
		body := e.Content
		if form == "rss" {
			body = e.Description
		}
		if e.GUID != want.ID || e.Title != title || e.Link != want.Link || !e.PublishedParsed.Equal(want.Published) || body != want.html() || !slices.Equal(e.Categories, want.Categories) {
			t.Errorf("%s: the entry reads as %+v", form, e)
		}
		if form == "atom" && (e.Description != text || !e.UpdatedParsed.Equal(want.Updated)) {
			t.Errorf("atom: summary %q, updated %s", e.Description, e.Updated)
		}
	}
}

// RFC 4287, section 4: what a feed and an entry must have, once each.
func TestAtomHasWhatItMust(t *testing.T) {
	b, err := oneEntry("Mail", "werkt niet").Atom("https://storingen.example.org/s/nl/feed.atom")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"feed/id": 1, "feed/title": 1, "feed/updated": 1, "feed/author/name": 1, "feed/link": 2,
		"feed/entry/id": 1, "feed/entry/title": 1, "feed/entry/updated": 1, "feed/entry/published": 1, "feed/entry/link": 1, "feed/entry/content": 1, "feed/entry/summary": 1,
	} {
		if got := elements(t, b)[path]; got != want {
			t.Errorf("%d %s, want %d", got, path, want)
		}
	}
	if !bytes.Contains(b, []byte(`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nl">`)) || !bytes.Contains(b, []byte(`<entry xml:lang="en">`)) {
		t.Error("the languages are not said")
	}
}

// elements counts the elements of a document by their path.
func elements(t *testing.T, b []byte) map[string]int {
	t.Helper()
	d, out := xml.NewDecoder(bytes.NewReader(b)), map[string]int{}
	var path []string
	for {
		switch x, err := d.Token(); {
		case errors.Is(err, io.EOF):
			return out
		case err != nil:
			t.Fatalf("%v in\n%s", err, b)
		default:
			switch x := x.(type) {
			case xml.StartElement:
				path = append(path, x.Name.Local)
				out[strings.Join(path, "/")]++
			case xml.EndElement:
				path = path[:len(path)-1]
			}
		}
	}
}

func TestNamesAreForEver(t *testing.T) {
	if got := URN("aa11.noord", "2", "nl"); got != URN("aa11.noord", "2", "nl") || got == URN("aa11.noord", "2n", "l") {
		t.Errorf("%s is not made of its parts", got)
	}
	// RFC 9562, section 5.8: version 8, variant 10.
	if shape := regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`); !shape.MatchString(URN("x")) {
		t.Errorf("%s is no UUID of version 8", URN("x"))
	}
}

// Ruling 45: whatever the texts, the feed has the elements of a feed and no other,
// and its HTML has no element that is not ours.
func FuzzTextsStayTexts(f *testing.F) {
	f.Add(`<script>alert(1)</script>`, `]]></content><entry><id>x</id></entry>`)
	f.Add("&auml;&bad;", "\x00\x0b\xff\ufffe\ud7ff")
	f.Add(`"'><img src=x onerror=alert(1)>`, "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>")
	tags := regexp.MustCompile(`<[^>]*>`)
	plain, err := oneEntry("a", "b").Atom("s")
	if err != nil {
		f.Fatal(err)
	}
	plainRSS, err := oneEntry("a", "b").RSS("s")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, title, text string) {
		feed := oneEntry(title, text)
		for _, tag := range tags.FindAllString(feed.Entries[0].html(), -1) {
			if !slices.Contains([]string{"<p>", "</p>", "<strong>", "</strong>", "<br>"}, tag) {
				t.Errorf("the texts made an element %s", tag)
			}
		}
		for form, c := range map[string]struct {
			write func(string) ([]byte, error)
			like  []byte
		}{"atom": {feed.Atom, plain}, "rss": {feed.RSS, plainRSS}} {
			b, err := c.write("s")
			if err != nil {
				t.Fatal(err)
			}
			if !utf8.Valid(b) {
				t.Errorf("%s is no UTF-8", form)
			}
			got, want := elements(t, b), elements(t, c.like)
			if text == "" {
				delete(want, "feed/subtitle")
			}
			for path := range want {
				if got[path] == 0 && !strings.Contains(path, "category") {
					t.Errorf("%s lacks %s", form, path)
				}
			}
			for path := range got {
				if want[path] == 0 {
					t.Errorf("the texts made an element %s in %s", path, form)
				}
			}
			if again, err := gofeed.NewParser().Parse(bytes.NewReader(b)); err != nil || len(again.Items) != 1 {
				t.Errorf("%s: %v", form, err)
			}
		}
	})
}
