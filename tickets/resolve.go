package tickets

import (
	"strings"

	"headstart"
)

// resolver turns what a ticket system calls a department or a location into the
// catalog's id.
type resolver struct{ departments, locations map[string]string }

func newResolver(cat *headstart.Catalog) resolver {
	r := resolver{departments: map[string]string{}, locations: map[string]string{}}
	if cat == nil {
		return r
	}
	for _, d := range cat.Departments {
		name(r.departments, d.ID, d.Name, d.Aliases)
	}
	for _, l := range cat.Locations {
		name(r.locations, l.ID, l.Name, l.Aliases)
	}
	return r
}

// name enters every way to say id; an id outranks another's name.
func name(into map[string]string, id string, names headstart.Names, aliases []string) {
	for _, n := range names {
		if _, taken := into[key(n)]; !taken {
			into[key(n)] = id
		}
	}
	for _, a := range aliases {
		if _, taken := into[key(a)]; !taken {
			into[key(a)] = id
		}
	}
	into[key(id)] = id
}

func key(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// department returns the id, or the word itself if the catalog has none for it.
func (r resolver) department(s string) string { return lookup(r.departments, s) }

// location returns the id, or the word itself if the catalog has none for it.
func (r resolver) location(s string) string { return lookup(r.locations, s) }

func lookup(m map[string]string, s string) string {
	if id, ok := m[key(s)]; ok {
		return id
	}
	return s
}
