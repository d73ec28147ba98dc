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
const mostPlaces = 5

// whereNow names the places i hits, for the desk.
func (b *book) whereNow(i *incident, lang string) string {
	x := b.scope(i)
	text, known := x.where[lang]
	if !known {
		text = where(x.doors, nil, lang)
		x.where[lang] = text
	}
	return text
}

// whereFor names the places i hits, for an audience: where not all are named its
// own go first, since those are what it looks for.
func (b *book) whereFor(i *incident, audience, lang string) string {
	if x := b.scope(i); len(x.doors) > mostPlaces+1 {
		if own := b.placesOf(audience); len(own) > 0 {
			return where(x.doors, own, lang)
		}
	}
	return b.whereNow(i, lang)
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
// own first, as far as mostPlaces goes. Nil ones, of which the catalog says
// nothing, do not count. Never "and 1 other place": its name is as short.
func where(places []*headstart.Location, own []string, lang string) string {
	known := 0
	for _, l := range places {
		if l != nil {
			known++
		}
	}
	all := known <= mostPlaces+1
	var named []*headstart.Location
	if !all {
		for _, l := range places {
			if len(named) < mostPlaces && l != nil && slices.Contains(own, l.ID) {
				named = append(named, l)
			}
		}
	}
	for _, l := range places {
		if !all && len(named) == mostPlaces {
			break
		}
		if l != nil && !slices.Contains(named, l) {
			named = append(named, l)
		}
	}
	names := make([]string, len(named), len(named)+1)
	for n, l := range named {
		names[n] = l.Name.In(lang)
	}
	if !all {
		names = append(names, others(known-len(named), lang, "andere plekken", "other places"))
	}
	return enumerate(names, lang)
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
// the same order, are not looked up again: a storm hits a thousand, one by one.
func (b *book) doors(locations []string, was *scope) []*headstart.Location {
	out := make([]*headstart.Location, len(locations))
	n := 0
	for k, id := range locations {
		for was != nil && n < len(was.locations) && was.locations[n] < id {
			n++
		}
		if was != nil && n < len(was.locations) && was.locations[n] == id {
			out[k] = was.doors[n]
		} else {
			out[k] = b.places[id]
		}
	}
	return out
}
