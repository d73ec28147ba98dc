package discover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"headstart/probes/discover/export"
)

// columns are the headers a list of another program has, in lower case letters and
// digits, by what they are.
type columns struct {
	id, name, host, address, kind, location, maker, model, serial, groups, templates, off, note []string
	skip                                                                                        []string // known, and of no use
}

// zabbixColumns are those of lists that are made with Zabbix' API (host.get, with
// interfaces, groups and inventory).
var zabbixColumns = columns{
	id: []string{"host", "hostid", "technicalname", "hostname"}, name: []string{"name", "visiblename"}, host: []string{"dns", "dnsname"}, address: []string{"ip", "ipaddress", "interface", "interfaces", "address"},
	kind: []string{"type", "inventorytype"}, location: []string{"location", "inventorylocation"}, maker: []string{"vendor"}, model: []string{"model", "hardware"}, serial: []string{"serialnoa", "serial"},
	groups: []string{"groups", "hostgroups", "group"}, templates: []string{"templates", "template"}, off: []string{"status", "disabled"}, note: []string{"description"},
	skip: []string{"port", "proxy", "tags", "availability", "items", "triggers", "graphs"},
}

// libreColumns are those of devices of LibreNMS: the fields of its API (list_devices), as lnms
// report:devices --output csv prints them, and the headers of the page of devices.
var libreColumns = columns{
	id: []string{"sysname"}, name: []string{"display", "displayname"}, host: []string{"hostname", "device"}, address: []string{"ip", "ipaddress", "overwriteip"},
	kind: []string{"type"}, location: []string{"location", "syslocation"}, maker: []string{"vendor"}, model: []string{"hardware", "platform"}, serial: []string{"serial"},
	groups: []string{"groups", "devicegroups"}, templates: []string{"os", "operatingsystem"}, off: []string{"disabled", "ignore"}, note: []string{"notes", "purpose"},
	skip: []string{"deviceid", "status", "statusreason", "uptime", "version", "features", "sysdescr", "sysobjectid", "lastpolled", "lastdiscovered", "icon", "metrics", "lat", "lng"},
}

// LibreNMS reads a list of devices of a LibreNMS in CSV.
func (in *Import) LibreNMS(name string, data []byte) ([]Mistake, error) {
	in.Account.Program = "LibreNMS"
	return in.rows(name, data, libreColumns)
}

// rows reads a list of devices of another program.
func (in *Import) rows(name string, data []byte, c columns) ([]Mistake, error) {
	all := slices.Concat(c.id, c.name, c.host, c.address, c.kind, c.location, c.maker, c.model, c.serial, c.groups, c.templates, c.off, c.note)
	list, unread, wrong, err := export.Rows(data, func(h string) bool { return slices.Contains(all, h) })
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for i := range list {
		in.row(fmt.Sprintf("%s:%d", name, list[i].Line), list[i].Cells, c)
	}
	for _, column := range unread {
		s := in.Account.of(name, "column", column)
		if slices.Contains(c.skip, strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(column, " ", ""), "_", ""))) {
			s.left("measured", "")
			continue
		}
		s.left("column", "")
	}
	return at(name, wrong), nil
}

func (in *Import) row(place string, cells map[string]string, c columns) {
	get := func(names []string) string {
		for _, n := range names {
			if v := cells[n]; v != "" && !strings.EqualFold(v, "null") {
				return v
			}
		}
		return ""
	}
	r := Record{Source: place, Name: plain(get(c.name)), Usual: true}
	s := in.Account.of(place, "host", cmp.Or(get(c.name), get(c.id), get(c.host), get(c.address)))
	switch {
	case !r.reachable(firstOf(get(c.address)), get(c.host), get(c.id)):
		s.left("address", "")
		return
	case r.here():
		s.left("itself", "")
		return
	}
	r.ID = plain(get(c.id))
	if off := strings.ToLower(get(c.off)); off == "1" || off == "disabled" || off == "true" || off == "yes" {
		r.Unsure = "it is disabled there"
		s.less("disabled", "")
	}
	r.described(s, get, c)
	s.taken()
	in.Records = append(in.Records, r)
}

// reachable takes address and host over; id is one if there is neither.
func (r *Record) reachable(address, host, id string) bool {
	for _, text := range []string{address, host} {
		if text != "" && r.reach(text) != nil {
			return false
		}
	}
	if len(r.Hosts)+len(r.Addrs) == 0 && (id == "" || r.reach(id) != nil) {
		return false
	}
	return len(r.Hosts)+len(r.Addrs) > 0
}

// described takes over what a row says of its device.
func (r *Record) described(s *subject, get func([]string) string, c columns) {
	for g := range strings.FieldsFuncSeq(get(c.groups), func(c rune) bool { return c == ',' || c == ';' }) {
		r.zabbixGroup(strings.TrimSpace(g))
	}
	r.zabbixKind(get(c.kind), []string{get(c.groups), get(c.templates), get(c.model)})
	if get(c.kind) == "network" { // of LibreNMS: a switch, a router, who knows
		r.Likely = cmp.Or(r.Likely, "switch")
		s.less("network", "")
	}
	if at := get(c.location); r.Place.Name == "" && isPlace(beginning(at)) {
		r.Place.Name = plain(beginning(at))
		r.say("at ", plain(at))
	} else {
		r.Place.Text = plain(at)
	}
	if serial := get(c.serial); serial != "" {
		r.Keys = []string{"serial " + serial}
	}
	r.say("", plain(strings.TrimSpace(get(c.maker)+" "+get(c.model))))
	r.remark(s, get(c.note))
}

// firstOf is the first of several addresses in one cell, without a port.
func firstOf(cell string) string {
	first, _, _ := strings.Cut(cell, ",")
	first = strings.TrimSpace(first)
	if host, _, ok := strings.Cut(first, ":"); ok && strings.Count(first, ":") == 1 {
		return host
	}
	return first
}
