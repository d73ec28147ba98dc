package discover

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"headstart/probes/discover/nagioscfg"
)

// Nagios reads the objects of a Nagios Core or Icinga 1: hosts become devices that hang
// on their parents, services probes, groups of services services of the catalog, and
// groups of hosts kinds and places where their names say so.
func (in *Import) Nagios(c *nagioscfg.Config) []Mistake {
	in.Account.Program = "Nagios"
	n := &nagiosImport{Import: in, c: c, hosts: map[string]*nagiosHost{}, commands: map[string]bool{}, sets: map[string]bool{}}
	for _, name := range c.Order {
		n.host(c.Hosts[name])
	}
	n.dependencies()
	for _, p := range c.Services {
		n.service(p)
	}
	for _, o := range c.Lonely {
		in.Account.of(o.Place, "service", o.Get("service_description")).left("nohost", "")
	}
	for _, name := range c.Order {
		if h := n.hosts[name]; h.left == "" {
			in.Records = append(in.Records, *h.record)
		}
	}
	n.groups()
	n.others()
	var wrong []Mistake
	for _, m := range c.Mistakes {
		wrong = append(wrong, Mistake(m))
	}
	slices.SortStableFunc(wrong, func(a, b Mistake) int { return natural(a.String(), b.String()) })
	return wrong
}

type nagiosImport struct {
	*Import
	c        *nagioscfg.Config
	hosts    map[string]*nagiosHost
	commands map[string]bool // that checks taken over use
	sets     map[string]bool // groups of services, by title, with one taken over
}

// nagiosHost is a host and what became of it.
type nagiosHost struct {
	record *Record
	left   string // why it was left out; empty: it was not
	pinged bool
}

func (n *nagiosImport) host(o *nagioscfg.Object) {
	name := o.Get("host_name")
	s := n.Account.of(o.Place, "host", name)
	r := &Record{Source: o.Place, ID: plain(name), Calls: plain(o.Get("alias")), Aliases: []string{plain(name)}}
	h := &nagiosHost{record: r}
	n.hosts[name] = h
	address := o.Get("address")
	if address == "" {
		address = name
	}
	switch err := r.reach(address); {
	case err != nil || len(r.Hosts)+len(r.Addrs) == 0 || strings.ContainsAny(address, "@$"):
		h.left = "address"
	case r.here():
		h.left = "itself"
	}
	if h.left != "" {
		s.left(h.left, "")
		return
	}
	s.taken()
	if parents := o.List("parents"); len(parents) > 0 { // unreachable once all of them are down
		r.DependsOn = append(r.DependsOn, n.known(s, parents))
	}
	for _, g := range n.c.Groups[name] {
		r.group(g, n.c.Titles[g])
	}
	for _, key := range sortedKeys(o.Is) {
		if own, ok := strings.CutPrefix(key, "_"); ok && !secretName(own) {
			r.tag(strings.ToLower(own), o.Get(key))
		}
	}
	r.remark(s, o.Get("notes"))
	n.hostCheck(s, h, o)
}

// here reports whether a record is of the machine its source runs on.
func (r *Record) here() bool {
	return slices.ContainsFunc(r.Addrs, netip.Addr.IsLoopback) || slices.Contains(r.Hosts, "localhost")
}

// known leaves out what is no host of the files.
func (n *nagiosImport) known(s *subject, names []string) []string {
	var out []string
	for _, name := range names {
		if n.c.Hosts[name] == nil {
			s.less("parent", name)
			continue
		}
		out = append(out, plain(name))
	}
	return out
}

// group takes over what the name of a group of hosts says of them.
func (r *Record) group(name, title string) {
	for _, text := range []string{title, name} {
		if isPlace(text) && r.Place.Name == "" {
			r.Place.Name = plain(text)
			return
		}
	}
	for _, text := range []string{name, title} {
		if kind, ok := kindOf(text); ok && r.Likely == "" {
			r.Likely = kind
			return
		}
	}
	r.say("group ", plain(title))
}

// hostCheck proposes how a host itself is asked.
func (n *nagiosImport) hostCheck(s *subject, h *nagiosHost, o *nagioscfg.Object) {
	switch {
	case o.Get("check_command") == "":
		s.less("nohostcheck", "")
		return
	case o.Get("active_checks_enabled") == "0":
		s.less("passivehost", "")
		return
	}
	c := n.c.Command(o, o)
	n.commands[c.Name] = true
	a := Ask{Fails: attempts(o)}
	if !n.ask(s, h, &a, &c) {
		s.less("hostcheck", c.Plugin)
	}
}

// attempts is how often in a row a check may fail before it counts; zero: the default.
func attempts(o *nagioscfg.Object) int {
	if n, err := strconv.Atoi(o.Get("max_check_attempts")); err == nil && n > 1 && n != 3 && n < 100 {
		return n
	}
	return 0
}

// every is the interval of a check; empty for the default of a minute.
func (n *nagiosImport) every(o *nagioscfg.Object) string {
	text := o.Get("check_interval")
	if text == "" {
		text = o.Get("normal_check_interval")
	}
	units, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return ""
	}
	return seconds(units * float64(n.c.Unit))
}

func (n *nagiosImport) service(p nagioscfg.Pair) {
	o, host := p.Service, p.Host.Get("host_name")
	what := o.Get("service_description")
	s := n.Account.of(o.Place, "service", host+" "+what)
	h := n.hosts[host]
	switch {
	case h.left != "":
		s.left("hostleft", "")
		return
	case fold(what) == "" || o.Get("check_command") == "":
		s.left("nocheck", "")
		return
	}
	a := Ask{Name: plain(host + " " + what), Interval: n.every(o), Fails: attempts(o)}
	if o.Get("active_checks_enabled") == "0" {
		n.passive(s, h, o, a)
		return
	}
	c := n.c.Command(o, p.Host)
	before := len(h.record.Asks)
	if !n.taken(s, h, &a, &c) {
		return
	}
	s.taken()
	if len(h.record.Asks) > before && attempts(o) == 0 && o.Get("max_check_attempts") == "1" {
		s.less("retries", "")
	}
	n.commands[c.Name] = true
	for _, title := range n.c.Sets[o] {
		h.record.Services = add(h.record.Services, plain(title))
		n.sets[title] = true
	}
}

// passive proposes a check that others tell, as often as they have to.
func (n *nagiosImport) passive(s *subject, h *nagiosHost, o *nagioscfg.Object, a Ask) {
	a.Kind, a.Timeout, a.Fails, a.Interval = "push", "", 0, ""
	if fresh, err := strconv.Atoi(o.Get("freshness_threshold")); err == nil && fresh >= 60 {
		a.Interval = seconds(float64(fresh))
	} else {
		s.less("freshness", "")
	}
	h.record.Asks = append(h.record.Asks, a)
	s.taken()
	s.less("push", "")
}

// taken proposes a service's check, or leaves it out and says why.
func (n *nagiosImport) taken(s *subject, h *nagiosHost, a *Ask, c *nagioscfg.Command) bool {
	switch {
	case c.Shell:
		s.left("shell", c.Name)
		return false
	case c.Unknown != "":
		s.left("macro", "$"+c.Unknown+"$")
		return false
	case slices.Contains(localPlugins, c.Plugin):
		s.left("local", c.Plugin)
		return false
	}
	size := len(n.Account.Entries)
	if n.ask(s, h, a, c) {
		return true
	}
	if len(n.Account.Entries) == size || n.Account.Entries[len(n.Account.Entries)-1].Fate != Left {
		s.left("plugin", c.Plugin)
	}
	return false
}
