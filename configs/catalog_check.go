package configs

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"

	"headstart"
)

// check reports everything wrong with a merged catalog: ids, references,
// circles, and values no type can refuse.
func (c *catalog) check() {
	c.checkIDs()
	refs := c.ids()
	c.checkLocations(refs)
	c.checkDepartments(refs)
	c.checkServices(refs)
	c.checkDevices(refs)
	c.checkRest(refs)
	c.checkCircles()
	if z := c.Timezone; z != "" {
		if _, err := time.LoadLocation(z); err != nil {
			for _, e := range c.at {
				c.mistakes = append(c.mistakes, e.d.mistake(e.d.locate("timezone"), "timezone is %q; write an IANA name such as Europe/Amsterdam", z))
				break
			}
		}
	}
}

// each calls f for every member of every list that has an id.
func (c *catalog) each(f func(list string, i int, id string)) {
	for i := range c.Locations {
		f("locations", i, c.Locations[i].ID)
	}
	for i := range c.Departments {
		f("departments", i, c.Departments[i].ID)
	}
	for i := range c.Services {
		f("services", i, c.Services[i].ID)
	}
	for i := range c.Devices {
		f("devices", i, c.Devices[i].ID)
	}
	for i := range c.Parts {
		f("parts", i, c.Parts[i].ID)
	}
	for i := range c.KnownErrors {
		f("known_errors", i, c.KnownErrors[i].ID)
	}
}

func (c *catalog) checkIDs() {
	first := map[string]string{}
	c.each(func(list string, i int, id string) {
		switch e := c.at[placeKey(list, i)]; {
		case id == "":
			c.say(list, i, "id", "%s[%d].id is missing; give it an id, which never changes", list, i)
		case strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '/' }):
			c.say(list, i, "id", "id %q holds a space or a slash; write a-z, 0-9, - and ., and put the rest in name", id)
		case first[id] != "":
			c.say(list, i, "id", "id %q is taken by %s; ids are unique over all lists, rename one of the two", id, first[id])
		default:
			first[id] = fmt.Sprintf("%s:%d", e.d.file, e.node.Line)
		}
	})
}

// ids are the ids by list; "assets" are services and devices together.
func (c *catalog) ids() map[string][]string {
	refs := map[string][]string{}
	c.each(func(list string, _ int, id string) {
		if id == "" {
			return
		}
		refs[list] = append(refs[list], id)
		if list == "services" || list == "devices" {
			refs["assets"] = append(refs["assets"], id)
		}
	})
	for list := range refs {
		slices.Sort(refs[list])
	}
	return refs
}

// known checks that every id of key names a member of one list.
func (c *catalog) known(list string, i int, key string, ids, of []string, what string) {
	for _, id := range ids {
		if _, ok := slices.BinarySearch(of, id); !ok {
			c.say(list, i, key, "%s names %q, which is no %s; %s", key, id, what, oneOf(id, of))
		}
	}
}

func (c *catalog) checkLocations(refs map[string][]string) {
	for i := range c.Locations {
		l := &c.Locations[i]
		if l.Parent != "" {
			c.known("locations", i, "parent", []string{l.Parent}, refs["locations"], "location")
		}
		for _, n := range l.Networks {
			if !validNetwork(n) {
				c.say("locations", i, "networks", "networks holds %q; write a network such as 10.1.0.0/16", n)
			}
		}
		for _, err := range flatten(checkHours("hours", l.Hours)) {
			c.say("locations", i, "hours", "%v", err)
		}
	}
}

func (c *catalog) checkDepartments(refs map[string][]string) {
	for i := range c.Departments {
		d := &c.Departments[i]
		c.known("departments", i, "locations", d.Locations, refs["locations"], "location")
		c.known("departments", i, "uses", d.Uses, refs["services"], "service")
		c.people("departments", i, d.People)
	}
}

var (
	kinds = []string{
		string(headstart.KindPrinter), string(headstart.KindNetwork), string(headstart.KindMail), string(headstart.KindLogin),
		string(headstart.KindTelephony), string(headstart.KindVPN), string(headstart.KindApplication), string(headstart.KindM365),
		string(headstart.KindFileshare), string(headstart.KindOther),
	}
	criticalities = []string{string(headstart.Low), string(headstart.Normal), string(headstart.High), string(headstart.Vital)}
)

func (c *catalog) checkServices(refs map[string][]string) {
	for i := range c.Services {
		s := &c.Services[i]
		if k := string(s.Kind); k != "" && !contains(kinds, k) {
			c.say("services", i, "kind", "kind is %q; write one of %s, or leave it out", k, strings.Join(kinds, ", "))
		}
		if k := string(s.Criticality); k != "" && !contains(criticalities, k) {
			c.say("services", i, "criticality", "criticality is %q; write one of %s", k, strings.Join(criticalities, ", "))
		}
		c.known("services", i, "locations", s.Locations, refs["locations"], "location")
		c.depends("services", i, s.DependsOn, refs)
	}
}

func (c *catalog) checkDevices(refs map[string][]string) {
	for i := range c.Devices {
		d := &c.Devices[i]
		if d.Location != "" {
			c.known("devices", i, "location", []string{d.Location}, refs["locations"], "location")
		}
		c.known("devices", i, "services", d.Services, refs["services"], "service")
		c.depends("devices", i, d.DependsOn, refs)
		c.people("devices", i, d.People)
		c.date("devices", i, "expires", d.Expires)
		if d.Address != "" && !validAddress(d.Address) {
			c.say("devices", i, "address", "address is %q; write an IP address or a host name, without port", d.Address)
		}
	}
}

func (c *catalog) checkRest(refs map[string][]string) {
	for i := range c.Parts {
		c.known("parts", i, "fits", c.Parts[i].Fits, refs["devices"], "device")
		if c.Parts[i].Stock < 0 {
			c.say("parts", i, "stock", "stock is %d; write 0 or more", c.Parts[i].Stock)
		}
	}
	for i := range c.KnownErrors {
		k := &c.KnownErrors[i]
		c.known("known_errors", i, "services", k.Services, refs["services"], "service")
		c.known("known_errors", i, "assets", k.Assets, refs["assets"], "service or device")
		c.known("known_errors", i, "locations", k.Locations, refs["locations"], "location")
		c.date("known_errors", i, "review_by", k.ReviewBy)
	}
}

func (c *catalog) depends(list string, i int, on headstart.Dependencies, refs map[string][]string) {
	for _, group := range on {
		if len(group) == 0 {
			c.say(list, i, "depends_on", "depends_on holds an empty list; name the members of the redundancy group, or remove it")
		}
		c.known(list, i, "depends_on", group, refs["assets"], "service or device")
	}
}

func (c *catalog) people(list string, i, n int) {
	if n < 0 {
		c.say(list, i, "people", "people is %d; write how many there are, 0 if nobody knows", n)
	}
}

func (c *catalog) date(list string, i int, key, text string) {
	if text == "" {
		return
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		c.say(list, i, key, "%s is %q; write a date as 2027-03-01", key, text)
	}
}

// validAddress reports whether s is an IP address or could be a host name.
func validAddress(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	return len(s) <= 253 && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '.' && r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// unknownRefs says which references of an audience lead nowhere.
func unknownRefs(cat *headstart.Catalog, a headstart.Audience) []string {
	refs := (&catalog{Catalog: *cat}).ids()
	var out []string
	for _, x := range []struct {
		key  string
		ids  []string
		list string
	}{{"services", a.Services, "services"}, {"locations", a.Locations, "locations"}, {"departments", a.Departments, "departments"}} {
		for _, id := range x.ids {
			if !contains(refs[x.list], id) {
				out = append(out, fmt.Sprintf("%s names %q, which is not in the catalog; %s", x.key, id, oneOf(id, refs[x.list])))
			}
		}
	}
	return out
}
