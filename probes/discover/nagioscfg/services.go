package nagioscfg

import (
	"cmp"
	"maps"
	"slices"
)

// services works out on which hosts each service is.
func (c *Config) services(objects []*Object, groups *groupsOf) {
	inGroup := func(o *Object, key, name string) []string {
		if name == "*" {
			return c.Order
		}
		members := groups.of(name)
		if groups.object[name] == nil {
			c.wrong(o.Place, "%s names %s, which is no group of these files; import the file that has it too, or correct the name", key, shown(name))
		}
		return c.sorted(members)
	}
	for _, o := range objects {
		in, out := c.pick(o, "host_name", c.hostsNamed)
		inGroups, outGroups := c.pick(o, "hostgroup_name", inGroup)
		maps.Copy(in, inGroups)
		maps.DeleteFunc(in, func(host string, _ bool) bool { return out[host] || outGroups[host] })
		if len(in) == 0 {
			c.Lonely = append(c.Lonely, o)
		}
		if len(c.Services)+len(in) > mostPairs {
			c.wrong(o.Place, "more than %d services on hosts; import a part of them", mostPairs)
			return
		}
		for _, host := range c.sorted(in) {
			c.Services = append(c.Services, Pair{o, c.Hosts[host]})
		}
	}
}

// serviceGroups works out which services are in which group: they name it, or it names
// them, as HOST,SERVICE pairs.
func (c *Config) serviceGroups(objects []*Object) {
	type key struct{ host, service string }
	titles, at := map[string]string{}, map[key]*Object{}
	for _, p := range c.Services {
		at[key{p.Host.Get("host_name"), p.Service.Get("service_description")}] = p.Service
	}
	for _, o := range objects {
		title := cmp.Or(o.Get("alias"), o.Get("servicegroup_name"))
		titles[o.Get("servicegroup_name")] = title
		members := o.List("members")
		for i := 0; i+1 < len(members); i += 2 {
			s := at[key{members[i], members[i+1]}]
			if s == nil {
				c.wrong(o.Place, "holds %s on %s, which is not in these files; correct members", shown(members[i+1]), shown(members[i]))
				continue
			}
			c.join(s, title)
		}
		if len(o.List("servicegroup_members")) > 0 {
			c.wrong(o.Place, "groups in a group of services are not worked out; name the services in members")
		}
	}
	for _, p := range c.Services {
		for _, name := range p.Service.List("servicegroups") {
			if title := titles[name]; title != "" {
				c.join(p.Service, title)
			}
		}
	}
	c.Others = append(c.Others, objects...)
}

func (c *Config) join(s *Object, title string) {
	if !slices.Contains(c.Sets[s], title) {
		c.Sets[s] = append(c.Sets[s], title)
	}
}
