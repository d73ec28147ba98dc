package door

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"headstart"
)

// mapping says what people may do by the groups that an issuer or a proxy vouches for.
type mapping struct {
	roles     map[string]string   // group, or user:NAME, to role
	locations map[string][]string // group, or user:NAME, to the locations it binds to
}

// byUser begins a key of a mapping that names a person. A group that is called so is
// none: who may name groups would otherwise be whom he likes.
const byUser = "user:"

// keys are what of the mapping holds for a person. user is false for a person whose name
// others may choose.
func (m mapping) keys(name string, groups []string, user bool) []string {
	var out []string
	for _, g := range groups {
		_, role := m.roles[g]
		_, bound := m.locations[g]
		if (role || bound) && !strings.HasPrefix(g, byUser) && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	if user {
		out = append(out, byUser+name)
	}
	return out
}

// identity is the person of this name, for whom keys of the mapping hold. Of several
// roles the highest wins; without one he has no access (ruling 43). The locations of all
// his groups add up; without any he is bound to none.
func (m mapping) identity(name string, keys []string) headstart.Identity {
	id := headstart.Identity{Name: name, Session: true}
	best := -1
	for _, k := range keys {
		best = max(best, slices.Index(roleOrder, m.roles[k]))
		for _, l := range m.locations[k] {
			if !slices.Contains(id.Locations, l) {
				id.Locations = append(id.Locations, l)
			}
		}
	}
	if best >= 0 {
		id.Role = roleOrder[best]
		id.Scopes = roleScopes[id.Role]
	}
	return id
}

// ask names the groups that give access, for somebody who is in none: the least first,
// and not that of admins.
func (m mapping) ask() []string {
	var out []string
	for _, role := range roleOrder[:len(roleOrder)-1] {
		for _, g := range slices.Sorted(maps.Keys(m.roles)) {
			if m.roles[g] == role && !strings.HasPrefix(g, byUser) {
				out = append(out, g+" ("+role+")")
			}
		}
	}
	return out
}

func (m mapping) validate(key string, users bool) error {
	var errs []error
	for _, g := range slices.Sorted(maps.Keys(m.roles)) {
		errs = append(errs, checkRole(key+".roles."+g, m.roles[g]), checkGroup(key+".roles", g, users))
	}
	for _, g := range slices.Sorted(maps.Keys(m.locations)) {
		errs = append(errs, checkGroup(key+".locations", g, users))
		if len(m.locations[g]) == 0 {
			errs = append(errs, fmt.Errorf("%s.locations.%s is empty; name locations of the catalog, or leave the group out", key, g))
		}
	}
	return errors.Join(errs...)
}

func checkGroup(key, group string, users bool) error {
	switch {
	case group == "" || len(group) > 256:
		return fmt.Errorf("%s holds a group of %d characters; write its name", key, len(group))
	case strings.HasPrefix(group, byUser) && !users:
		return fmt.Errorf("%s.%s names a person, and names of an issuer can be chosen there; map a group", key, group)
	}
	return nil
}
