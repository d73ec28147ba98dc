package incidents

import (
	"fmt"
	"slices"
	"strings"

	"headstart"
	"headstart/lang"
)

// mostPlaces is how many places a title or a message names; of more it tells how
// many others there are. A core switch takes a thousand with it: nobody reads
// those, and every row and message would carry them.
//
// mostWords is how many words they have, so that the language gate, which is for
// short sentences, lets them pass with the number of the others beside them: a
// message that waits for a person because it names five floors helps nobody.
const (
	mostPlaces = 5
	mostWords  = 10
)

// whereNow names the places i hits, for the desk.
func (b *book) whereNow(i *incident, lang string) string {
	x := b.scope(i)
	text, known := x.where[lang]
	if !known {
		text = where(x.known, nil, lang)
		x.where[lang] = text
	}
	return text
}

// whereFor names the places i hits, for an audience: where not all are named its
// own go first, since those are what it looks for.
func (b *book) whereFor(i *incident, audience, lang string) string {
	x := b.scope(i)
	var own []*headstart.Location
	for _, id := range b.placesOf(audience) {
		if _, hit := slices.BinarySearch(x.locations, id); hit && b.places[id] != nil && len(own) < mostPlaces {
			own = append(own, b.places[id])
		}
	}
	if len(own) == 0 {
		return b.whereNow(i, lang)
	}
	return where(x.known, own, lang)
}

// placesOf are the locations of an audience: those the configuration gives it,
// else the one it is called after.
func (b *book) placesOf(audience string) []string {
	for _, a := range b.log.Audiences {
		if a.ID == audience {
			return a.Locations
		}
	}
	if len(b.log.Audiences) == 0 && b.places[audience] != nil {
		return []string{audience}
	}
	return nil
}

// where names places in the words on the door, in the order given but those of
// own first, as far as mostPlaces and mostWords go; one at least.
func where(places, own []*headstart.Location, lang string) string {
	if len(places) <= mostPlaces+1 { // "and 1 other place" is no shorter than its name
		if names, words := namesOf(places, lang); words <= mostWords+4 {
			return enumerate(names, lang)
		}
	}
	first := slices.Clone(own)
	for _, l := range places {
		if len(first) == mostPlaces {
			break
		}
		if !slices.Contains(first, l) {
			first = append(first, l)
		}
	}
	names, words := namesOf(first, lang)
	for len(names) > 1 && words > mostWords {
		words -= len(strings.Fields(names[len(names)-1]))
		names = names[:len(names)-1]
	}
	switch n := len(places) - len(names); {
	case n == 1:
		names = append(names, others(n, lang, "andere plek", "other place"))
	case n > 1:
		names = append(names, others(n, lang, "andere plekken", "other places"))
	}
	return enumerate(names, lang)
}

// namesOf are the names of places, and how many words they have.
func namesOf(places []*headstart.Location, lang string) (names []string, words int) {
	names = make([]string, len(places), len(places)+1)
	for n, l := range places {
		names[n] = l.Name.In(lang)
		words += len(strings.Fields(names[n]))
	}
	return names, words
}

// others says how many more there are, in words that follow a list of names.
func others(n int, language, nl, en string) string {
	what := nl
	if language == "en" {
		what = en
	}
	return fmt.Sprintf("%s %s", lang.Number(language, n), what)
}

// enumerate joins names as a sentence does.
func enumerate(names []string, lang string) string {
	and := " en "
	if lang == "en" {
		and = " and "
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + and + names[last]
	}
	return strings.Join(names, "")
}

// doors returns what the catalog says of locations. Those that was had before, in
// the same order, are not looked up again: a storm hits a thousand, one by one. The
// list is written where that of the scope before was was.
func (b *book) doors(locations []string, was *scope) []*headstart.Location {
	var before []string
	var out []*headstart.Location
	if was != nil {
		before, out = was.locations, was.spare[:0]
	}
	out = slices.Grow(out, len(locations))[:len(locations)]
	n := 0
	for k, id := range locations {
		// Nearly always it is the same string: that is seen without a look at its text.
		for n < len(before) && before[n] != id && before[n] < id {
			n++
		}
		if n < len(before) && before[n] == id {
			out[k] = was.doors[n]
			n++
		} else {
			out[k] = b.places[id]
		}
	}
	return out
}
