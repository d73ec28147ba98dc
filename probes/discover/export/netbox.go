package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
)

// NetBox is what an export of a NetBox holds.
type NetBox struct {
	Devices  []Device
	Prefixes []Prefix
	Mistakes []Mistake

	// More is how many objects there are beyond those in the export; zero: none.
	More int
}

// Device is a device, or a virtual machine. A field that is not set is empty.
type Device struct {
	Line         int
	Name         string
	Role         string // its name
	Maker, Model string
	Site         Site
	Spot         string // a location inside the site
	Addresses    []netip.Addr
	Serial       string
	AssetTag     string
	Status       string // active, planned, offline, ...
	Virtual      bool
	Description  string
}

// Site is a place.
type Site struct{ Slug, Name string }

// Prefix is a network at a site.
type Prefix struct {
	Line   int
	Prefix netip.Prefix
	Site   Site
}

// ReadNetBox reads an export: an answer of its API (…/dcim/devices/, …/dcim/sites/,
// …/ipam/prefixes/, …/virtualization/virtual-machines/), the bare list in one, or an
// object of such lists.
func ReadNetBox(data []byte) (NetBox, error) {
	data, err := tidy(data)
	if err != nil {
		return NetBox{}, err
	}
	if err := isJSON(data); err != nil {
		return NetBox{}, err
	}
	var n NetBox
	if list, err := elements(data, 1); err == nil {
		return n, n.take(list)
	}
	lists, err := object(data, 1)
	if err != nil {
		return NetBox{}, errors.New("the file is neither a list nor an object of lists; export devices, sites or prefixes as JSON")
	}
	found := false
	for _, key := range []string{"results", "sites", "devices", "virtual_machines", "prefixes"} {
		if e, ok := lists[key]; ok {
			found = true
			if err := n.page(key, e); err != nil {
				return n, err
			}
		}
	}
	if !found {
		return n, errors.New("the file holds no results, devices, sites or prefixes; export one of them as JSON")
	}
	var total int
	if json.Unmarshal(lists["count"].raw, &total) == nil && lists["results"].raw != nil {
		n.More = max(0, total-len(n.Devices)-len(n.Prefixes)-n.sites(lists["results"]))
	}
	return n, nil
}

// page takes one list, or an answer of the API that holds it.
func (n *NetBox) page(key string, e entry) error {
	inner := e
	if page, err := object(e.raw, e.line); err == nil {
		inner = page["results"]
	}
	list, err := elements(inner.raw, inner.line)
	if err != nil {
		return fmt.Errorf("line %d: %s %w; export it again", e.line, key, err)
	}
	return n.take(list)
}

// sites counts what is neither device nor prefix.
func (n *NetBox) sites(results entry) int {
	list, err := elements(results.raw, results.line)
	if err != nil {
		return 0
	}
	return len(list) - len(n.Devices) - len(n.Prefixes)
}

// named is an object another one refers to: NetBox nests its name and slug.
type named struct {
	Slug    string `json:"slug"`
	Name    string `json:"name"`
	Display string `json:"display"`
}

func (r *named) text() string {
	switch {
	case r == nil:
		return ""
	case r.Name != "":
		return r.Name
	case r.Display != "":
		return r.Display
	}
	return r.Slug
}

func (r *named) site() Site {
	if r == nil {
		return Site{}
	}
	return Site{Slug: r.Slug, Name: r.text()}
}

// address is an IP address with the length of its network.
type address struct {
	Address string `json:"address"`
}

// object of NetBox, of any of the kinds we read (its REST API, versions 3 and 4).
type netboxObject struct {
	Name       string  `json:"name"`
	Slug       string  `json:"slug"`
	Prefix     *string `json:"prefix"`
	DeviceType *struct {
		Model        string `json:"model"`
		Manufacturer *named `json:"manufacturer"`
	} `json:"device_type"`
	Role       *named   `json:"role"`
	DeviceRole *named   `json:"device_role"` // before version 3.6
	Site       *named   `json:"site"`
	ScopeType  string   `json:"scope_type"` // of a prefix, from version 4.2
	Scope      *named   `json:"scope"`
	Location   *named   `json:"location"`
	Cluster    *named   `json:"cluster"`
	Primary    *address `json:"primary_ip"`
	Primary4   *address `json:"primary_ip4"`
	Primary6   *address `json:"primary_ip6"`
	Serial     string   `json:"serial"`
	AssetTag   string   `json:"asset_tag"`
	Status     struct {
		Value string `json:"value"`
	} `json:"status"`
	Description string `json:"description"`
}

// take sorts objects by what they are.
func (n *NetBox) take(list []entry) error {
	for _, e := range list {
		var o netboxObject
		if err := json.Unmarshal(e.raw, &o); err != nil {
			n.Mistakes = append(n.Mistakes, Mistake{e.line, "is no object of NetBox that we know; export it again, or remove it"})
			continue
		}
		switch {
		case o.Prefix != nil:
			n.prefix(e.line, &o)
		case o.DeviceType != nil, o.Cluster != nil, o.Primary != nil, o.Role != nil, o.DeviceRole != nil:
			n.device(e.line, &o)
		case o.Slug == "":
			n.Mistakes = append(n.Mistakes, Mistake{e.line, "is neither device nor site nor prefix; remove it"})
		}
		if len(n.Devices)+len(n.Prefixes) > mostEntries {
			return fmt.Errorf("holds more than %d objects; export them in parts", mostEntries)
		}
	}
	return nil
}

func (n *NetBox) prefix(line int, o *netboxObject) {
	p, err := netip.ParsePrefix(*o.Prefix)
	if err != nil {
		n.Mistakes = append(n.Mistakes, Mistake{line, fmt.Sprintf("prefix is %q; correct it in NetBox", *o.Prefix)})
		return
	}
	site := o.Site.site()
	if o.ScopeType == "dcim.site" {
		site = o.Scope.site()
	}
	if site.Name != "" {
		n.Prefixes = append(n.Prefixes, Prefix{line, p.Masked(), site})
	}
}

func (n *NetBox) device(line int, o *netboxObject) {
	d := Device{
		Line: line, Name: o.Name, Role: o.Role.text(), Site: o.Site.site(), Spot: o.Location.text(), Serial: o.Serial, AssetTag: o.AssetTag,
		Status: o.Status.Value, Virtual: o.DeviceType == nil, Description: o.Description,
	}
	if d.Role == "" {
		d.Role = o.DeviceRole.text()
	}
	if t := o.DeviceType; t != nil {
		d.Maker, d.Model = t.Manufacturer.text(), t.Model
	}
	for _, a := range []*address{o.Primary, o.Primary4, o.Primary6} {
		if a == nil || a.Address == "" {
			continue
		}
		p, err := netip.ParsePrefix(a.Address)
		if err != nil {
			n.Mistakes = append(n.Mistakes, Mistake{line, fmt.Sprintf("its primary address is %q, without the length of its network; correct it in NetBox", a.Address)})
			return
		}
		if x := p.Addr().Unmap().WithZone(""); len(d.Addresses) == 0 || d.Addresses[0] != x {
			d.Addresses = append(d.Addresses, x)
		}
	}
	if d.Name == "" && len(d.Addresses) == 0 {
		n.Mistakes = append(n.Mistakes, Mistake{line, "the device has no name and no address; name it in NetBox"})
		return
	}
	n.Devices = append(n.Devices, d)
}
