// Package nagioscfg reads the object files of Nagios Core and Icinga 1: hosts, services,
// groups and commands, with their templates filled in and their groups worked out.
//
// It takes over what the files say, as https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/
// (objectdefinitions, objectinheritance, objecttricks) describes, and decides
// nothing. What cannot be read is named by its file and line and left out. Files, objects,
// values, templates in templates and services times hosts are bounded.
package nagioscfg

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Bounds on what is read.
const (
	mostBytes      = 64 << 20 // over all files
	mostFiles      = 10_000
	mostFolders    = 16 // inside each other
	mostObjects    = 200_000
	mostDirectives = 500 // of one object
	mostValue      = 64 << 10
	mostTemplates  = 50        // of one object, and inside each other
	mostPairs      = 500_000   // services times hosts
	mostWork       = 5_000_000 // directives inherited and hosts looked at
	mostMistakes   = 10_000
)

// Source is one file.
type Source struct {
	Name string // as people find it
	Data []byte
}

// Mistake is one thing wrong. Text says after a semicolon what to do.
type Mistake struct{ Place, Text string }

// Object is one definition, with its templates filled in.
type Object struct {
	Type  string // host, service, command, …
	Place string // FILE:LINE
	Is    map[string]string
}

// Get returns a directive; empty if it is not set.
func (o *Object) Get(key string) string { return o.Is[key] }

// List returns a directive that is a list.
func (o *Object) List(key string) []string { return list(o.Is[key]) }

// Pair is a service on a host.
type Pair struct{ Service, Host *Object }

// Config is what the files hold. Templates are filled in and not listed.
type Config struct {
	Hosts    map[string]*Object   // by host_name
	Order    []string             // their names, as defined
	Commands map[string]*Object   // by command_name
	Groups   map[string][]string  // of hosts: names of groups by host
	Titles   map[string]string    // of groups of hosts: their alias
	Services []Pair               // by place, then host
	Sets     map[*Object][]string // of services: aliases of servicegroups
	Lonely   []*Object            // services that no host has
	Others   []*Object            // contacts, timeperiods, dependencies, …
	Unit     int                  // of intervals, in seconds
	Mistakes []Mistake

	rank       map[string]int // of Order
	work, most int
}

func (c *Config) wrong(place, format string, args ...any) {
	if len(c.Mistakes) == mostMistakes {
		c.Mistakes = append(c.Mistakes, Mistake{place, "more than this is wrong from here on; correct what is named first"})
	}
	if len(c.Mistakes) > mostMistakes {
		return
	}
	c.Mistakes = append(c.Mistakes, Mistake{place, fmt.Sprintf(format, args...)})
}

// spend reports whether there is work left; when it is used up that is said once.
func (c *Config) spend(place string, n int) bool {
	before := c.work
	if c.work += n; c.work > c.most && before <= c.most {
		c.wrong(place, "templates and groups multiply beyond %d; what follows is incomplete, import a part of the files", c.most)
	}
	return c.work <= c.most
}

// sorted returns hosts in the order they are defined in.
func (c *Config) sorted(hosts map[string]bool) []string {
	return slices.SortedFunc(maps.Keys(hosts), func(a, b string) int { return c.rank[a] - c.rank[b] })
}

// list takes the members of a list apart.
func list(value string) []string {
	var out []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// shown makes a name from a file fit to be quoted in a mistake: it commands no terminal.
func shown(name string) string {
	if len(name) > 80 {
		name = name[:80] + "…"
	}
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '?'
		}
		return c
	}, strings.ToValidUTF8(name, "?"))
}
