package headstart

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// KnownErrors returns all that is known: the entries of the catalog and the records of
// the desk, each with what was learned of it, by id (KE-9 before KE-10). Retired ones
// are among them.
func (v *View) KnownErrors() []KnownRecord {
	_, list := v.knownAt()
	return list
}

// Known returns one of them, whatever the case of its id; or false.
func (v *View) Known(id string) (KnownRecord, bool) {
	for _, k := range v.KnownErrors() {
		if strings.EqualFold(k.ID, id) {
			return k, true
		}
	}
	return KnownRecord{}, false
}

// DeadLinks returns the articles that are not there any more, by address.
func (v *View) DeadLinks() []DeadLink {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return values(v.deadLinks, func(a, b *DeadLink) int { return cmp.Compare(a.URL, b.URL) })
}

// DeadLink returns the article at url if it is not there any more.
func (v *View) DeadLink(url string) (DeadLink, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if l := v.deadLinks[url]; l != nil {
		return *l, true
	}
	return DeadLink{}, false
}

// KnownEdition is a number that is another one whenever KnownErrors may be others.
func (v *View) KnownEdition() uint64 { v.mu.RLock(); defer v.mu.RUnlock(); return v.knownEdition }

// knownAt is KnownErrors with the edition they are of.
func (v *View) knownAt() (edition uint64, list []KnownRecord) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	cat := v.catalog()
	secret := secretsOf(cat)
	for _, e := range cat.KnownErrors {
		k := KnownRecord{V: 1, KnownError: e}
		if own := v.known[strings.ToUpper(e.ID)]; own != nil && own.Own {
			continue // its number was given away here first
		}
		if learned := v.known[e.ID]; learned != nil {
			k.Used, k.Helped, k.Failed, k.Cases = learned.Used, learned.Helped, learned.Failed, learned.Cases
			k.Confidential = k.Confidential || learned.Confidential
		}
		list = append(list, k)
	}
	for _, k := range v.known {
		if k.Own {
			list = append(list, *k)
		}
	}
	for n := range list {
		k := &list[n]
		if k.Cases == nil {
			k.Cases = []KnownCase{}
		}
		k.Confidential = k.Confidential || slices.ContainsFunc(slices.Concat(k.Services, k.Assets), func(id string) bool { return secret[id] })
	}
	slices.SortFunc(list, func(a, b KnownRecord) int { return CompareKnown(a.ID, b.ID) })
	return v.knownEdition, list
}

// secretsOf are the services and devices of a catalog that are confidential.
func secretsOf(cat *Catalog) map[string]bool {
	out := map[string]bool{}
	for i := range cat.Services {
		if cat.Services[i].Confidential {
			out[cat.Services[i].ID] = true
		}
	}
	for i := range cat.Devices {
		if cat.Devices[i].Confidential {
			out[cat.Devices[i].ID] = true
		}
	}
	return out
}

// CompareKnown orders ids of known errors: those that differ in a number at their end
// by that number.
func CompareKnown(a, b string) int {
	wordA, numberA := cutNumber(a)
	wordB, numberB := cutNumber(b)
	return cmp.Or(cmp.Compare(wordA, wordB), cmp.Compare(len(numberA), len(numberB)), cmp.Compare(numberA, numberB), cmp.Compare(a, b))
}

// cutNumber cuts the digits off the end of an id, without zeros before them.
func cutNumber(id string) (word, number string) {
	word = strings.TrimRight(id, "0123456789")
	return word, strings.TrimLeft(id[len(word):], "0")
}

// parentsOf are the places above each place of a catalog, itself first.
func parentsOf(cat *Catalog) map[string][]string {
	above := map[string]string{}
	for i := range cat.Locations {
		above[cat.Locations[i].ID] = cat.Locations[i].Parent
	}
	out := make(map[string][]string, len(above))
	for id := range maps.Keys(above) {
		for at := id; at != "" && !slices.Contains(out[id], at); at = above[at] {
			out[id] = append(out[id], at)
		}
	}
	return out
}
