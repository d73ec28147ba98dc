package web

import (
	"strings"

	"headstart"
)

// nameOf is a name in a language, or the id of what has none.
func nameOf(n headstart.Names, id, language string) string {
	return n.Or(id, language)
}

// assetName names a device or a service for the desk; an id the catalog does
// not know is its own name.
func assetName(cat *headstart.Catalog, id, language string) string {
	if d := cat.DeviceByID(id); d != nil {
		return nameOf(d.Name, id, language)
	}
	if s := cat.ServiceByID(id); s != nil {
		return nameOf(s.Name, id, language)
	}
	return id
}

func serviceName(cat *headstart.Catalog, id, language string) string {
	return cat.ServiceName(id, language)
}

func locationName(cat *headstart.Catalog, id, language string) string {
	return cat.LocationName(id, language)
}

// joined names every id of a list: "Printen, Wifi".
func joined(ids []string, name func(id string) string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = name(id)
	}
	return strings.Join(names, ", ")
}
