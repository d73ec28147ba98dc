package discover

import (
	"slices"

	"headstart/probes/discover/nagioscfg"
)

// dependencies takes hostdependency over: the dependent host hangs on the other.
func (n *nagiosImport) dependencies() {
	for _, o := range n.c.Others {
		if o.Type != "hostdependency" {
			continue
		}
		on, hosts := o.List("host_name"), o.List("dependent_host_name")
		s := n.Account.of(o.Place, "dependency", "")
		if len(on) == 0 || len(hosts) == 0 || slices.Contains(on, "*") || slices.Contains(hosts, "*") || len(on)*len(hosts) > 10_000 {
			s.left("dependency", "")
			continue
		}
		s.taken()
		for _, host := range n.known(s, hosts) {
			h := n.hosts[host]
			if h == nil || h.left != "" {
				continue
			}
			for _, other := range n.known(s, on) {
				h.record.DependsOn = append(h.record.DependsOn, []string{other})
			}
		}
	}
}

// groups accounts for groups of hosts.
func (n *nagiosImport) groups() {
	members := map[string]int{}
	for name, groups := range n.c.Groups {
		if n.hosts[name].left == "" {
			for _, g := range groups {
				members[g]++
			}
		}
	}
	for _, g := range sortedKeys(n.c.Titles) {
		s := n.Account.of("hostgroup "+g, "hostgroup", n.c.Titles[g])
		var probe Record
		probe.group(g, n.c.Titles[g])
		switch {
		case members[g] == 0:
			s.left("emptygroup", "")
		case probe.Place.Name != "":
			s.taken()
			s.less("isplace", "")
		case probe.Likely != "":
			s.taken()
			s.less("iskind", probe.Likely)
		default:
			s.taken()
			s.less("isremark", "")
		}
	}
}

// othersLeft says why other objects are left out.
var othersLeft = map[string]string{
	"contact": "people", "contactgroup": "people", "timeperiod": "timeperiod", "servicedependency": "dependency",
	"hostescalation": "escalation", "serviceescalation": "escalation", "hostextinfo": "looks", "serviceextinfo": "looks",
}

// others accounts for what is neither host nor service.
func (n *nagiosImport) others() {
	for _, o := range n.c.Others {
		switch why := othersLeft[o.Type]; {
		case o.Type == "hostdependency":
		case o.Type == "servicegroup":
			n.serviceGroup(o)
		case why == "people":
			n.Account.of(o.Place, "contact", o.Get(o.Type+"_name")).left("people", "")
		case why == "timeperiod":
			n.Account.of(o.Place, "timeperiod", o.Get("timeperiod_name")).left("timeperiod", "")
		case why == "dependency":
			n.Account.of(o.Place, "dependency", o.Get("dependent_service_description")).left("dependency", "")
		case why == "escalation":
			n.Account.of(o.Place, "object", o.Type).left("escalation", "")
		case why == "looks":
			n.Account.of(o.Place, "object", o.Type).left("looks", "")
		default:
			n.Account.of(o.Place, "object", o.Type).left("object", o.Type)
		}
	}
	for _, name := range sortedKeys(n.c.Commands) {
		s := n.Account.of(n.c.Commands[name].Place, "command", name)
		if n.commands[name] {
			s.taken()
			continue
		}
		s.left("command", "")
	}
}

func (n *nagiosImport) serviceGroup(o *nagioscfg.Object) {
	title := o.Get("alias")
	if title == "" {
		title = o.Get("servicegroup_name")
	}
	s := n.Account.of(o.Place, "servicegroup", title)
	if n.sets[title] {
		s.taken()
		return
	}
	s.left("emptygroup", "")
}
