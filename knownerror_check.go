package headstart

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of a known error that a person writes, in characters and in entries.
const (
	MostKnownText    = 2000 // of a text
	MostKnownArticle = 8000 // of the draft
	mostKnownLine    = 200  // of a symptom, a title, a number
	mostKnownList    = 50

	mostKnownBytes = 8000 // of any of them, as the API takes texts
)

// KnownMistake is one thing that is wrong with a known error.
type KnownMistake struct {
	Key   string // as in JSON: title, kb, ...
	Kind  string // empty long many unknown url date language characters
	Value string // what stands there; of unknown: the id
	Most  int    // of long and many
}

// Error says it in English; pages have words of their own per Kind.
func (m KnownMistake) Error() string {
	switch m.Kind {
	case "empty":
		return "is empty; write a title, or what users say of it"
	case "long":
		return fmt.Sprintf("is longer than %d characters", m.Most)
	case "many":
		return fmt.Sprintf("has more than %d entries", m.Most)
	case "unknown":
		return fmt.Sprintf("the catalog has no %q; GET /api/v1/catalog lists what it has", m.Value)
	case "url":
		return "is no address of a page; write https://… without a name or a password in it"
	case "date":
		return fmt.Sprintf("is %q; write a date such as 2027-01-31", m.Value)
	case "language":
		return fmt.Sprintf("language %q is not known; write nl or en", m.Value)
	default:
		return "holds characters that cannot be shown"
	}
}

// Mistakes returns all that is wrong with k beside a catalog, in the order of its keys.
// What it returns none for can be kept, shown and exported.
func (k *KnownError) Mistakes(cat *Catalog) []KnownMistake {
	c := knownCheck{}
	if strings.TrimSpace(k.Title.In("nl")) == "" && len(k.Symptoms["nl"])+len(k.Symptoms["en"]) == 0 {
		c.add(KnownMistake{Key: "title", Kind: "empty"})
	}
	c.names("title", k.Title, mostKnownLine)
	c.ids("services", k.Services, func(id string) bool { return cat.ServiceByID(id) != nil })
	c.ids("assets", k.Assets, func(id string) bool { return cat.ServiceByID(id) != nil || cat.DeviceByID(id) != nil })
	c.ids("locations", k.Locations, func(id string) bool { return cat.LocationByID(id) != nil })
	c.list("checks", k.Checks)
	for _, lang := range slices.Sorted(maps.Keys(k.Symptoms)) {
		c.language("symptoms", lang, false)
		c.list("symptoms", k.Symptoms[lang])
	}
	c.text("cause", k.Cause, MostKnownText)
	c.text("fix", k.Fix, MostKnownText)
	c.text("prevention", k.Prevention, MostKnownText)
	c.names("workaround", k.Workaround, MostKnownText)
	c.text("kb", k.KB, 500)
	if k.KB != "" && !webAddress(k.KB) {
		c.add(KnownMistake{Key: "kb", Kind: "url", Value: k.KB})
	}
	c.text("supplier_case", k.SupplierCase, mostKnownLine)
	c.text("problem", k.Problem, mostKnownLine)
	if _, err := time.Parse(time.DateOnly, k.ReviewBy); k.ReviewBy != "" && err != nil {
		c.add(KnownMistake{Key: "review_by", Kind: "date", Value: k.ReviewBy})
	}
	c.text("article", k.Article, MostKnownArticle)
	return c.wrong
}

// webAddress reports whether s is the address of a page that can be shown as a link.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil
}

// knownCheck gathers mistakes, of a key the first.
type knownCheck struct{ wrong []KnownMistake }

func (c *knownCheck) add(m KnownMistake) {
	if !slices.ContainsFunc(c.wrong, func(x KnownMistake) bool { return x.Key == m.Key }) {
		c.wrong = append(c.wrong, m)
	}
}

func (c *knownCheck) text(key, s string, most int) {
	unseen := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unseen):
		c.add(KnownMistake{Key: key, Kind: "characters"})
	case utf8.RuneCountInString(s) > most || len(s) > mostKnownBytes:
		c.add(KnownMistake{Key: key, Kind: "long", Most: most})
	}
}

func (c *knownCheck) names(key string, n Names, most int) {
	for _, lang := range slices.Sorted(maps.Keys(n)) {
		c.language(key, lang, len(n) == 1) // one for all stands alone, or JSON could not say it
		c.text(key, n[lang], most)
	}
}

// language bounds the languages of a text; plain: one for every language may stand there.
func (c *knownCheck) language(key, lang string, plain bool) {
	if lang != "nl" && lang != "en" && (lang != "" || !plain) {
		c.add(KnownMistake{Key: key, Kind: "language", Value: lang})
	}
}

func (c *knownCheck) list(key string, list []string) {
	if len(list) > mostKnownList {
		c.add(KnownMistake{Key: key, Kind: "many", Most: mostKnownList})
	}
	for _, s := range list {
		c.text(key, s, mostKnownLine)
		if strings.TrimSpace(s) == "" || strings.ContainsAny(s, "\n\t") {
			c.add(KnownMistake{Key: key, Kind: "characters"})
		}
	}
}

func (c *knownCheck) ids(key string, list []string, has func(id string) bool) {
	c.list(key, list)
	for _, id := range list {
		if !has(id) {
			c.add(KnownMistake{Key: key, Kind: "unknown", Value: id})
		}
	}
}
