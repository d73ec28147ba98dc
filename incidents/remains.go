package incidents

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mostNamed is how many printers a closing message names; of more it tells how
// many. Services are few, and each is named.
const mostNamed = 3

// remains names, as people do, what was part of i and is an incident of its own
// now because it did not come back with the rest; empty: nothing (or nothing that
// users may hear of, or have a name for).
func (b *book) remains(i *incident, lang string) string {
	printers, services := map[string]string{}, map[string]string{} // by id
	for _, id := range b.splitOff(i) {
		if d := b.devices[id]; d != nil && d.Kind == "printer" && !d.Confidential {
			printers[id] = d.Name.In(lang)
		}
		if s := b.services[id]; s != nil && !s.Confidential && s.Name.In(lang) != "" {
			services[id] = s.Name.In(lang)
		}
	}
	things := slices.Sorted(maps.Values(services))
	if named := printersByName(slices.Sorted(maps.Values(printers)), lang); named != "" {
		things = append(things, named)
	}
	return enumerate(things, lang)
}

// splitOff are the assets that fail in live incidents split off from i, in no order.
func (b *book) splitOff(i *incident) (ids []string) {
	for _, x := range b.live {
		if x.SplitFrom != i.ID || x.Confidential {
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
func printersByName(names []string, lang string) string {
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1 && names[0] != "":
		return "printer " + names[0]
	case n == 1:
		return map[bool]string{true: "one printer", false: "één printer"}[lang == "en"]
	case n > mostNamed || names[0] == "":
		return fmt.Sprintf("%d printers", n)
	}
	return "printers " + enumerate(names, lang)
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
