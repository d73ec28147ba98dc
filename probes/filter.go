package probes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"headstart"
)

// Filter selects probes; the zero Filter selects all. Every part that is set
// must match.
type Filter struct {
	Names []string // names of probes or ids of assets, any of them

	// Only holds KEY=VALUE conditions, all of them: kind, name, asset, service,
	// location (with those inside it), or a label of the probe.
	Only map[string]string

	// For names what people need, as one of department, service or location, and an
	// id: a department's services, a service, what stands at a location; and all that
	// these rest on.
	For, ID string

	Match func(*headstart.CheckResult) bool // of what is known of a probe before it runs; nil: all
}

// ParseFilter reads the arguments of `check`: names, --only KEY=VALUE,... and
// --for department=ID, service=ID or location=ID.
func ParseFilter(names []string, only, forWhom string) (Filter, error) {
	f := Filter{Names: names}
	for cond := range strings.SplitSeq(only, ",") {
		if cond == "" {
			continue
		}
		k, v, ok := strings.Cut(cond, "=")
		if !ok || k == "" || v == "" {
			return Filter{}, fmt.Errorf("--only %q: write KEY=VALUE, such as kind=icmp,location=noord", cond)
		}
		if f.Only == nil {
			f.Only = map[string]string{}
		}
		f.Only[k] = v
	}
	if forWhom == "" {
		return f, nil
	}
	k, v, ok := strings.Cut(forWhom, "=")
	if !ok || v == "" || !slices.Contains([]string{"department", "service", "location"}, k) {
		return Filter{}, fmt.Errorf("--for %q: write department=ID, service=ID or location=ID", forWhom)
	}
	f.For, f.ID = k, v
	return f, nil
}

// Accepts reports what f names that is not there: a mistyped name must not look as if
// all were well.
func (f *Fleet) Accepts(filter Filter) error {
	known := map[string]bool{}
	for _, j := range f.jobs {
		known[j.spec.name], known[j.spec.id], known[j.spec.asset] = true, true, true
	}
	delete(known, "")
	for _, name := range filter.Names {
		if !known[name] {
			return fmt.Errorf("no probe and no probed asset is called %s%s", name, suggest(name, slices.Sorted(maps.Keys(known))))
		}
	}
	var ids []string
	cat := f.options.Catalog
	switch filter.For {
	case "department":
		for _, d := range cat.Departments {
			ids = append(ids, d.ID)
		}
	case "service":
		ids = serviceIDs(cat)
	case "location":
		ids = locationIDs(cat)
	default:
		return nil
	}
	if !slices.Contains(ids, filter.ID) {
		return fmt.Errorf("%s %q is not in the catalog%s", filter.For, filter.ID, suggest(filter.ID, ids))
	}
	return nil
}

// matching returns the jobs filter selects, in order.
func (f *Fleet) matching(filter Filter) []*job {
	needs := needed(f.options.Catalog, filter.For, filter.ID)
	var jobs []*job
	for _, j := range f.jobs {
		s := &j.spec
		here := filter.For == "location" && (s.at == filter.ID || within(f.options.Catalog, s.at, filter.ID))
		if !filter.match(f.options.Catalog, s) || filter.For != "" && !here && !needs[s.asset] && !needs[s.service] && !needs[s.serves] {
			continue
		}
		if filter.Match != nil {
			if r := s.result(finding{}); !filter.Match(&r) {
				continue
			}
		}
		jobs = append(jobs, j)
	}
	return jobs
}

func (f Filter) match(cat *headstart.Catalog, s *spec) bool {
	if len(f.Names) > 0 && !slices.Contains(f.Names, s.name) && !slices.Contains(f.Names, s.id) && !slices.Contains(f.Names, s.asset) {
		return false
	}
	for k, v := range f.Only {
		var ok bool
		switch k {
		case "kind":
			ok = s.kind == v
		case "name":
			ok = s.name == v
		case "asset":
			ok = s.asset == v
		case "service":
			ok = s.serves == v
		case "location":
			ok = s.at == v || within(cat, s.at, v)
		default:
			ok = s.labels[k] == v
		}
		if !ok {
			return false
		}
	}
	return true
}

// needed is every asset that what people need rests on, that itself included. It
// never holds "".
func needed(cat *headstart.Catalog, what, id string) map[string]bool {
	needs := map[string]bool{}
	queue := wanted(cat, what, id)
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		if id == "" || needs[id] {
			continue
		}
		needs[id] = true
		var on headstart.Dependencies
		if s := cat.ServiceByID(id); s != nil {
			on = s.DependsOn
		} else if d := cat.DeviceByID(id); d != nil {
			on = d.DependsOn
		}
		for _, group := range on {
			queue = append(queue, group...)
		}
	}
	return needs
}

// wanted is what a department uses, a service itself, or what stands at a location.
func wanted(cat *headstart.Catalog, what, id string) []string {
	var ids []string
	switch what {
	case "department":
		if d := cat.DepartmentByID(id); d != nil {
			ids = slices.Clone(d.Uses)
		}
	case "service":
		ids = []string{id}
	case "location":
		for _, d := range cat.Devices {
			if d.Location == id || within(cat, d.Location, id) {
				ids = append(ids, d.ID)
			}
		}
	}
	return ids
}
