package evidence

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"headstart"
)

// When a word of titles is proposed as an alias (ruling 34).
const (
	aliasRequesters = 5 // shared ones never count
	aliasDays       = 3
	aliasTimes      = 4 // how much more frequent than in other tickets
	mostAliases     = 8 // at a time: a person reads them
)

// Told is a ticket as the search for aliases reads it.
type Told struct {
	Key       string // Ticket.Key
	Title     string
	Requester headstart.Requester
	Since     time.Time

	// About are the assets of the incident that a person linked it to. Perhaps are
	// those of incidents it may be about, of which nobody judged: it says nothing of
	// these, for or against.
	About   []string
	Perhaps []string

	read bool
	said []expression // of Title, once it was read
}

// Alias is a word that may be one of an asset. It does not hold the word: who has a
// title that is still kept finds it there with Reread.
type Alias struct {
	Asset   string
	ID      string   // keyed hash of asset and stemmed word
	Tickets []string // keys of those that have it
	Times   float64  // how much more frequent it is in them than elsewhere
}

// Aliases finds words, and pairs of neighbours, that people have for an asset and the
// catalog does not know: in titles of tickets that people linked to its incidents, by
// five requesters on three days, and four times as frequent there as elsewhere. No
// word of others, which are names of people that are not on our own list, is among
// them, and none that a person rejected; nil: nobody did.
func (r *Reader) Aliases(told []Told, others []string, rejected func(id string) bool, zone *time.Location) []Alias {
	c := census{reader: r, about: map[string]int{}, perhaps: map[string]int{}, words: map[string]*usage{}, others: map[string]bool{}}
	for _, o := range others {
		for _, t := range tokenize(o) {
			c.others[t] = true
		}
	}
	for i := range told {
		c.count(&told[i])
	}
	var found []candidate
	for _, word := range slices.Sorted(maps.Keys(c.words)) {
		if best, ok := c.best(word, zone); ok {
			found = append(found, best)
		}
	}
	found = apart(found)
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(len(b.told), len(a.told)) })
	var out []Alias
	for _, f := range found {
		id := r.aliasID(f.asset, f.word)
		if rejected != nil && rejected(id) {
			continue
		}
		a := Alias{Asset: f.asset, ID: id, Times: f.times}
		for _, t := range f.told {
			a.Tickets = append(a.Tickets, t.Key)
		}
		if out = append(out, a); len(out) == mostAliases {
			break
		}
	}
	return out
}

// Reread returns the word of a as titles have it that are still kept, the most
// frequent form of it, and who used it: told are the tickets of a, as they are now.
// "" says that no title has it any more.
func (r *Reader) Reread(a *Alias, told []Told, zone *time.Location) (word string, tickets, requesters, days int) {
	forms := map[string]int{}
	var still []*Told
	for i := range told {
		t := &told[i]
		if !slices.Contains(t.About, a.Asset) {
			continue // a person took the link back
		}
		if said := r.sees(a, t); said != "" {
			forms[said]++
			still = append(still, t)
		}
	}
	for _, said := range slices.Sorted(maps.Keys(forms)) {
		if forms[said] > forms[word] {
			word = said
		}
	}
	requesters, days = reach(still, zone)
	return word, len(still), requesters, days
}

// sees returns the word of a in the title of t, as it stands there but for capitals
// and accents; "" if it is not there.
func (r *Reader) sees(a *Alias, t *Told) string {
	if !t.read {
		t.read, t.said = true, r.expressions(t.Title)
	}
	for _, x := range t.said {
		if r.aliasID(a.Asset, x.stem) == a.ID {
			return x.said
		}
	}
	return ""
}

// Enough reports whether a word that so many people used on so many days may be shown.
func Enough(requesters, days int) bool { return requesters >= aliasRequesters && days >= aliasDays }

func (r *Reader) aliasID(asset, word string) string {
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte("alias\x00" + asset + "\x00" + word))
	return hex.EncodeToString(mac.Sum(nil)[:12])
}

// expression is one word of a title, or two that stand side by side.
type expression struct{ stem, said string }

// expressions returns those of a title that may name a thing, each once.
func (r *Reader) expressions(title string) []expression {
	tokens := plainly(tokenize(bound(title)))
	var out []expression
	for i, t := range tokens {
		if !r.mayName(t) {
			continue
		}
		alone := r.standsAlone(t)
		if alone {
			out = append(out, expression{stem(t, anyLanguage), t})
		}
		if i+1 == len(tokens) || !r.mayName(tokens[i+1]) {
			continue
		}
		if next := tokens[i+1]; (alone || r.standsAlone(next)) && !r.isCue(t, next) {
			out = append(out, expression{stem(t, anyLanguage) + " " + stem(next, anyLanguage), t + " " + next})
		}
	}
	slices.SortStableFunc(out, func(a, b expression) int { return cmp.Compare(a.stem, b.stem) })
	return slices.CompactFunc(out, func(a, b expression) bool { return a.stem == b.stem })
}

// anyLanguage is that of the one stemmer for all titles, which are too short to tell
// theirs: a word must meet itself.
const anyLanguage = ""

// mayName reports whether a token may be part of a word for a thing: no small word,
// nothing with digits, no name of a person, no place or department, and none by which
// texts say what is wrong or what is asked.
func (r *Reader) mayName(t string) bool {
	if len(t) < 3 || len(t) > maxWord || stopwords[t] != "" || strings.ContainsAny(t, "0123456789?") || isPerson(t) || r.taken[t] || r.isCue(t) {
		return false
	}
	one := []string{t}
	return len(r.locations.mentions(one)) == 0 && len(r.departments.mentions(one)) == 0
}

// standsAlone reports whether such a token names a thing by itself: it is not said of
// all of them, nor part of what our lists take for a malfunction or a question.
func (r *Reader) standsAlone(t string) bool {
	return !generalWords[t] && !placeWords[t] && !r.cues.spelt.known[t]
}

func (r *Reader) isCue(tokens ...string) bool {
	return len(r.cues.count(tokens, func([]string) bool { return false })) > 0
}

// isPerson reports whether a token is a name of our list, also where it is said that
// something is theirs: Jansens, of Jansen's.
func isPerson(t string) bool {
	return people[t] || people[strings.TrimSuffix(t, "s")]
}

// census counts words of titles.
type census struct {
	reader  *Reader
	others  map[string]bool // names of people that are no part of our list
	all     int             // tickets
	about   map[string]int  // of these, by asset
	perhaps map[string]int
	words   map[string]*usage // by stem
}

// usage is where a word was read.
type usage struct {
	said    map[string]struct{}
	all     int
	about   map[string][]*Told
	perhaps map[string]int
}

func (c *census) count(t *Told) {
	c.all++
	for _, a := range t.About {
		c.about[a]++
	}
	for _, a := range t.Perhaps {
		c.perhaps[a]++
	}
	for _, x := range c.reader.expressions(t.Title) {
		if slices.ContainsFunc(strings.Fields(x.said), func(w string) bool { return c.others[w] }) {
			continue
		}
		u := c.words[x.stem]
		if u == nil {
			u = &usage{said: map[string]struct{}{}, about: map[string][]*Told{}, perhaps: map[string]int{}}
			c.words[x.stem] = u
		}
		u.said[x.said] = struct{}{}
		u.all++
		for _, a := range t.About {
			u.about[a] = append(u.about[a], t)
		}
		for _, a := range t.Perhaps {
			u.perhaps[a]++
		}
	}
}

// candidate is a word with the asset it is said of most.
type candidate struct {
	asset, word string
	times       float64
	told        []*Told
}

// best returns the asset that a word belongs to, if it does to one.
func (c *census) best(word string, zone *time.Location) (best candidate, ok bool) {
	u := c.words[word]
	for _, asset := range slices.Sorted(maps.Keys(u.about)) {
		told := u.about[asset]
		if !Enough(reach(told, zone)) {
			continue
		}
		rest := c.all - c.about[asset] - c.perhaps[asset]
		there := float64(len(told)) / float64(c.about[asset])
		elsewhere := (float64(u.all-len(told)-u.perhaps[asset]) + .5) / float64(rest+1)
		times := math.Round(there/elsewhere*10) / 10
		if times < aliasTimes || ok && (times < best.times || times == best.times && len(told) <= len(best.told)) {
			continue
		}
		best, ok = candidate{asset, word, times, told}, true
	}
	if !ok {
		return best, false
	}
	for said := range u.said { // whether any is known: the order decides nothing
		if c.reader.knows(best.asset, strings.Fields(said)) {
			return best, false
		}
	}
	return best, true
}

// reach is how many people, shared accounts aside, told something on how many days.
func reach(told []*Told, zone *time.Location) (requesters, days int) {
	who, when := map[string]struct{}{}, map[string]struct{}{}
	for _, t := range told {
		if t.Requester.ID != "" && !t.Requester.Shared {
			who[t.Requester.ID] = struct{}{}
			when[t.Since.In(zone).Format(time.DateOnly)] = struct{}{}
		}
	}
	return len(who), len(when)
}

// knows reports whether an expression needs no alias: the asset is found by it
// already, something else is called so, or a word group has it.
func (r *Reader) knows(asset string, tokens []string) bool {
	for _, m := range r.assets.mentions(tokens) {
		if m.ID == asset || len(tokens) == 1 && m.Strength >= groupName {
			return true
		}
	}
	words := groupWords()
	return words[strings.Join(tokens, " ")] || len(tokens) == 1 && slices.ContainsFunc(bases(tokens[0]), func(b string) bool { return words[anyEnding+b] })
}

// anyEnding begins what groupWords has of a word without its ending.
const anyEnding = "~"

// groupWords are the expressions of all word groups, of services that the catalog has
// or not.
var groupWords = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, g := range (Options{}).groups() {
		for _, w := range []words{g.nl, g.en} {
			for _, expressions := range w.of() {
				for _, e := range list(expressions) {
					tokens := tokenize(e)
					out[strings.Join(tokens, " ")] = true
					if len(tokens) == 1 && len(tokens[0]) >= minStem {
						for _, b := range bases(tokens[0]) {
							out[anyEnding+b] = true
						}
					}
				}
			}
		}
	}
	return out
})

// apart keeps of words of an asset that are parts of one another those that people
// use: a pair where its words hardly stand alone, else the word that does.
func apart(found []candidate) []candidate {
	have := map[string]int{} // tickets, by asset and word
	for _, f := range found {
		have[f.asset+"\x00"+f.word] = len(f.told)
	}
	gone := map[string]bool{}
	for _, f := range found {
		parts := strings.Fields(f.word)
		if len(parts) < 2 {
			continue
		}
		for _, p := range parts {
			if have[f.asset+"\x00"+p]*4 > len(f.told)*5 {
				p = f.word // it stands alone too
			}
			gone[f.asset+"\x00"+p] = true
		}
	}
	return slices.DeleteFunc(found, func(f candidate) bool { return gone[f.asset+"\x00"+f.word] })
}
