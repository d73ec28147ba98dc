package probes

import (
	"fmt"
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

	Department string // what its people need: services, and what these depend on
}

// ParseFilter reads the arguments of `check`: names, --only KEY=VALUE,... and
// --for department=ID.
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
	if forWhom != "" {
		k, v, ok := strings.Cut(forWhom, "=")
		if !ok || k != "department" || v == "" {
			return Filter{}, fmt.Errorf("--for %q: write department=ID", forWhom)
		}
		f.Department = v
	}
	return f, nil
}

// matching returns the jobs filter selects, in order.
func (f *Fleet) matching(filter Filter) []*job {
	var needs map[string]bool
	if filter.Department != "" {
		needs = needed(f.options.Catalog, filter.Department)
	}
	var jobs []*job
	for _, j := range f.jobs {
		if filter.match(f.options.Catalog, &j.spec) && (needs == nil || j.spec.neededBy(needs)) {
			jobs = append(jobs, j)
		}
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

func (s *spec) neededBy(needs map[string]bool) bool {
	return needs[s.asset] || needs[s.service] || needs[s.serves]
}

// needed is every asset the department's services rest on, themselves included.
func needed(cat *headstart.Catalog, department string) map[string]bool {
	needs := map[string]bool{}
	d := cat.DepartmentByID(department)
	if d == nil {
		return needs
	}
	queue := slices.Clone(d.Uses)
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		if needs[id] {
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
