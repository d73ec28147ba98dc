package web

import (
	"slices"

	"headstart"
	"headstart/lang"
)

// thing names a device, a service or a place, with the address of its page for who may
// read of it there.
func (v viewer) thing(id, language string) mapLink {
	cat := v.view.Catalog()
	if cat.LocationByID(id) != nil {
		return v.place(id, language)
	}
	x := mapLink{ID: id, Name: assetName(cat, id, language)}
	if (cat.DeviceByID(id) != nil || cat.ServiceByID(id) != nil) && v.seesAsset(id) {
		x.Href = assetAddress(id)
	}
	return x
}

func (v viewer) place(id, language string) mapLink {
	cat := v.view.Catalog()
	x := mapLink{ID: id, Name: locationName(cat, id, language)}
	if cat.LocationByID(id) != nil && v.seesLocation(id) {
		x.Href = assetAddress(id)
	}
	return x
}

// things names each of ids that is none twice.
func (v viewer) things(language string, ids ...string) (out []mapLink) {
	for n, id := range ids {
		if id != "" && !slices.Contains(ids[:n], id) {
			out = append(out, v.thing(id, language))
		}
	}
	return out
}

// reachable leaves those that have a page.
func reachable(all []mapLink) []mapLink {
	return slices.DeleteFunc(all, func(x mapLink) bool { return x.Href == "" })
}

// knownOf are the known errors in use that are about a device, a service or a place, or
// were the answer when it failed; those used most come first.
func (s *Site) knownOf(id string, v viewer, say *lang.Words) (out []recordLine) {
	now := s.now()
	for _, k := range v.records(s.o.View.KnownErrors()) {
		answered := slices.ContainsFunc(k.Cases, func(c headstart.KnownCase) bool { return slices.Contains(c.Assets, id) })
		if k.InUse() && (answered || slices.Contains(k.Assets, id) || slices.Contains(k.Services, id) || slices.Contains(k.Locations, id)) {
			out = append(out, s.recordLine(k, say, k.ReviewDue(now)))
		}
	}
	slices.SortStableFunc(out, func(a, b recordLine) int { return b.Used - a.Used })
	return out[:min(len(out), assetIncidents)]
}
