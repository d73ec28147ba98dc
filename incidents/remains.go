package incidents

import (
	"fmt"
	"maps"
	"slices"

	"headstart/lang"
)

// mostNamed is how many services, and how many printers, a closing message names;
// of more it tells how many. When a core comes back and half of what hangs on it
// does not, nobody reads a list of hundreds.
const mostNamed = 3

// remains names, as people do, what was part of those incidents and is one of its own
// now because it did not come back with the rest; empty: nothing (or nothing that
// users may hear of, or have a name for).
func (b *book) remains(of []*incident, lang string) string {
	printers, services := map[string]string{}, map[string]string{} // by id
	for _, id := range b.splitOff(of) {
		if d := b.devices[id]; d != nil && d.Kind == "printer" && !d.Confidential {
			printers[id] = d.Name.In(lang)
		}
		if s := b.services[id]; s != nil && !s.Confidential && s.Name.In(lang) != "" {
			services[id] = s.Name.In(lang)
		}
	}
	things := few(slices.Sorted(maps.Values(services)), lang)
	if named := printersByName(slices.Sorted(maps.Values(printers)), lang); named != "" {
		things = append(things, named)
	}
	return enumerate(things, lang)
}

// few are the first of the names of services, and how many others there are.
func few(names []string, lang string) []string {
	if len(names) <= mostNamed+1 {
		return names
	}
	return append(names[:mostNamed:mostNamed], others(len(names)-mostNamed, lang, "andere diensten", "other services"))
}

// splitOff are the assets that fail in live incidents split off from those, in no order.
func (b *book) splitOff(of []*incident) (ids []string) {
	for _, x := range b.live {
		if x.Confidential || !slices.ContainsFunc(of, func(i *incident) bool { return x.SplitFrom == i.ID }) {
			continue
		}
		for _, key := range b.groups.OpenMembers(x.Group) {
			if p := b.groups.Problem(key); p != nil {
				ids = append(ids, p.Asset)
			}
		}
	}
	return ids
}

// printersByName says which printers, or how many there are; names are sorted.
func printersByName(names []string, language string) string {
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1 && names[0] != "":
		return "printer " + names[0]
	case n == 1:
		return map[bool]string{true: "one printer", false: "één printer"}[language == "en"]
	case n > mostNamed || names[0] == "":
		return fmt.Sprintf("%s printers", lang.Number(language, n))
	}
	return "printers " + enumerate(names, language)
}
