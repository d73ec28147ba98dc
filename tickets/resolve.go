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

// department returns the id, or nothing if the catalog does not know the word: it
// decides nothing then, and may be anything people wrote there, a home address too.
func (r resolver) department(s string) string { return lookup(r.departments, s) }

// location is the same for places.
func (r resolver) location(s string) string { return lookup(r.locations, s) }

func lookup(m map[string]string, s string) string {
	return m[key(s)]
}
