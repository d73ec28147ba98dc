package discover

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"headstart/probes/discover/export"
)

// Zabbix reads an export of hosts of a Zabbix in YAML, JSON or XML, or a list of them in
// CSV. Hosts become devices with the probe of their kind; what Zabbix measures on them
// stays there.
func (in *Import) Zabbix(name string, data []byte) ([]Mistake, error) {
	in.Account.Program = "Zabbix"
	if isRows(data) {
		return in.rows(name, data, zabbixColumns)
	}
	z, err := export.ReadZabbix(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	in.Account.Program = strings.TrimSpace("Zabbix " + plain(z.Version))
	for i := range z.Hosts {
		in.zabbixHost(name, &z.Hosts[i])
	}
	for _, key := range sortedKeys(z.Others) {
		in.Account.of(name, "section", key).left("section", key)
	}
	return at(name, z.Mistakes), nil
}

// isRows reports whether data is a list rather than an export.
func isRows(data []byte) bool {
	first, _, _ := bytes.Cut(bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))), []byte("\n"))
	return bytes.ContainsAny(first, ",;\t") && !bytes.ContainsAny(first, "{<[")
}

func (in *Import) zabbixHost(name string, h *export.ZabbixHost) {
	place := fmt.Sprintf("%s:%d", name, h.Line)
	if h.Line == 0 {
		place = name + " host " + plain(h.Host)
	}
	s := in.Account.of(place, "host", cmp.Or(h.Name, h.Host))
	r := Record{Source: place, ID: plain(h.Host), Name: plain(h.Name), Usual: true}
	if fold(h.Host) == "" {
		s.left("noname", "")
		return
	}
	snmp, ok := r.interfaces(h.Interfaces)
	switch {
	case !ok:
		s.left("address", "")
		return
	case r.here():
		s.left("itself", "")
		return
	}
	if strings.EqualFold(h.Status, "DISABLED") || h.Status == "1" {
		r.Unsure = "Zabbix has it disabled"
		s.less("disabled", "")
	}
	var words []string
	for _, t := range h.Templates {
		words = append(words, t.Name)
	}
	for _, g := range h.Groups {
		r.zabbixGroup(g.Name)
		words = append(words, g.Name)
	}
	r.zabbixKind(h.Inventory.Type, words)
	r.inventory(h)
	for _, t := range h.Tags {
		r.tag(t.Tag, t.Value)
	}
	r.remark(s, h.About)
	s.taken()
	for _, x := range []struct {
		why string
		n   int
	}{{"items", len(h.Items) + len(h.Rules) + len(h.Templates)}, {"webtests", len(h.Web)}, {"macros", len(h.Macros)}} {
		if x.n > 0 {
			s.less(x.why, "")
		}
	}
	if h.Proxy.Name != "" {
		s.less("zabbixproxy", h.Proxy.Name)
	}
	if snmp && r.Kind == "printer" {
		s.less("printersnmp", "")
	}
	in.Records = append(in.Records, r)
}

// interfaces takes the addresses of a host; snmp reports whether one is for SNMP. Not ok:
// one of them is no address.
func (r *Record) interfaces(list []export.ZabbixInterface) (snmp, ok bool) {
	for _, i := range list {
		snmp = snmp || strings.EqualFold(i.Type, "SNMP") || i.Type == "2"
		address := cmp.Or(i.IP, "127.0.0.1") // the export leaves the default out
		if strings.EqualFold(i.UseIP, "NO") || i.UseIP == "0" {
			address = i.DNS
		}
		if strings.ContainsAny(address, "{$") || r.reach(address) != nil {
			return snmp, false
		}
		if i.DNS != "" && i.DNS != address && hostName.MatchString(i.DNS) {
			r.Hosts = add(r.Hosts, i.DNS)
		}
	}
	r.Addrs = slices.Compact(r.Addrs)
	return snmp, true
}

// zabbixGroup takes a place over from a group such as Locaties/Gebouw Noord/Printers.
func (r *Record) zabbixGroup(group string) {
	for part := range strings.SplitSeq(group, "/") {
		if isPlace(part) && r.Place.Name == "" {
			r.Place.Name = plain(part)
		}
	}
	r.say("group ", plain(group))
}

// zabbixKind tells what a host is: what the inventory says, else the words of groups and
// templates.
func (r *Record) zabbixKind(kind string, words []string) {
	if k, ok := kindOf(kind); ok {
		r.Kind = k
		return
	}
	for _, w := range words {
		if k, ok := kindOf(w); ok {
			r.Likely = cmp.Or(r.Likely, k)
		}
	}
	for _, w := range words {
		if f := fold(w); strings.Contains(f, "linux") || strings.Contains(f, "windows") {
			r.Likely = cmp.Or(r.Likely, "server")
		}
	}
}

func (r *Record) inventory(h *export.ZabbixHost) {
	i := &h.Inventory
	if r.Place.Name == "" {
		r.Place.Text = plain(i.Location)
	} else {
		r.say("at ", plain(i.Location))
	}
	if i.Serial != "" {
		r.Keys = []string{"serial " + i.Serial}
	}
	r.say("", plain(strings.TrimSpace(i.Vendor+" "+i.Model)))
}
