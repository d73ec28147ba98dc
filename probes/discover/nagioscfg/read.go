package nagioscfg

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Read reads object files, in the order given.
func Read(files Files) *Config { return within(files, mostWork) }

// within reads files with at most so much work on templates and groups.
func within(files Files, most int) *Config {
	c := &Config{
		most: most, Unit: files.Unit, Mistakes: files.Mistakes,
		Hosts: map[string]*Object{}, Commands: map[string]*Object{}, Groups: map[string][]string{}, Titles: map[string]string{}, Sets: map[*Object][]string{}, rank: map[string]int{},
	}
	var objects []*raw
	for _, s := range files.Sources {
		objects = c.parse(s, objects)
	}
	t := templatesOf(c, objects)
	byType := map[string][]*Object{}
	for _, o := range objects {
		whole := t.fill(c, o, 0)
		if o.register {
			byType[o.Type] = append(byType[o.Type], &Object{Type: o.Type, Place: o.Place, Is: finish(whole)})
		}
	}
	c.hosts(byType["host"])
	for _, o := range byType["command"] {
		c.Commands[o.Get("command_name")] = o
	}
	groups := c.hostGroups(byType["hostgroup"])
	c.services(byType["service"], groups)
	c.serviceGroups(byType["servicegroup"])
	for _, kind := range slices.Sorted(maps.Keys(byType)) {
		if !slices.Contains([]string{"host", "service", "command", "hostgroup", "servicegroup"}, kind) {
			c.Others = append(c.Others, byType[kind]...)
		}
	}
	return c
}

func (c *Config) hosts(objects []*Object) {
	for _, o := range objects {
		name := o.Get("host_name")
		switch {
		case name == "":
			c.wrong(o.Place, "a host without host_name; give it one, or register 0 if it is a template")
		case c.Hosts[name] != nil:
			c.wrong(o.Place, "host %s is defined at %s too, which is kept; remove one of the two", shown(name), c.Hosts[name].Place)
		default:
			c.Hosts[name] = o
			c.rank[name] = len(c.Order)
			c.Order = append(c.Order, name)
		}
	}
}

// groupsOf are the members of groups, worked out when they are asked for.
type groupsOf struct {
	config  *Config
	object  map[string]*Object
	own     map[string][]string // by group: hosts that name it
	members map[string]map[string]bool
	begun   map[string]bool
}

// hostGroups works out which hosts are in which group.
func (c *Config) hostGroups(objects []*Object) *groupsOf {
	g := &groupsOf{c, map[string]*Object{}, map[string][]string{}, map[string]map[string]bool{}, map[string]bool{}}
	var names []string
	for _, o := range objects {
		name := o.Get("hostgroup_name")
		if name == "" || g.object[name] != nil {
			c.wrong(o.Place, "a group of hosts without a name of its own; give it one")
			continue
		}
		g.object[name] = o
		names = append(names, name)
		c.Titles[name] = cmp.Or(o.Get("alias"), name)
	}
	for _, host := range c.Order {
		for _, name := range c.Hosts[host].List("hostgroups") {
			if g.object[name] == nil {
				c.wrong(c.Hosts[host].Place, "is in group %s, which is not in these files; import the file that has it too", shown(name))
				continue
			}
			g.own[name] = append(g.own[name], host)
		}
	}
	for _, name := range names {
		for _, host := range c.sorted(g.of(name)) {
			c.Groups[host] = append(c.Groups[host], name)
		}
	}
	return g
}

// of returns the hosts of a group. A group that holds itself adds nothing.
func (g *groupsOf) of(name string) map[string]bool {
	o := g.object[name]
	if g.members[name] != nil || o == nil {
		return g.members[name]
	}
	if g.begun[name] {
		g.config.wrong(o.Place, "the group holds itself, by way of others; remove one of hostgroup_members")
		return nil
	}
	g.begun[name] = true
	in, out := g.config.pick(o, "members", g.config.hostsNamed)
	for _, host := range g.own[name] {
		in[host] = true
	}
	for _, other := range o.List("hostgroup_members") {
		if more := g.of(other); g.config.spend(o.Place, len(more)) {
			maps.Copy(in, more)
		}
	}
	for host := range out {
		delete(in, host)
	}
	g.members[name] = in
	return in
}

// pick works out a list of names: ! before one takes it out, * stands for all.
func (c *Config) pick(o *Object, key string, named func(o *Object, key, name string) []string) (in, out map[string]bool) {
	in, out = map[string]bool{}, map[string]bool{}
	for _, name := range o.List(key) {
		to := in
		if rest, not := strings.CutPrefix(name, "!"); not {
			name, to = strings.TrimSpace(rest), out
		}
		hosts := named(o, key, name)
		if !c.spend(o.Place, len(hosts)) {
			break
		}
		for _, host := range hosts {
			to[host] = true
		}
	}
	return in, out
}

// hostsNamed returns the hosts of one name.
func (c *Config) hostsNamed(o *Object, key, name string) []string {
	switch {
	case name == "*":
		return c.Order
	case c.Hosts[name] != nil:
		return []string{name}
	}
	c.wrong(o.Place, "%s names %s, which is no host of these files; import the file that has it too, or correct the name", key, shown(name))
	return nil
}
