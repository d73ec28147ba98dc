package snmp

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"time"

	"headstart/probes/snmp/session"
)

// Columns of the interfaces group (RFC 2863), by ifIndex.
const (
	upTime = "1.3.6.1.2.1.1.3.0" // sysUpTime, hundredths of a second

	ifDescr        = "1.3.6.1.2.1.2.2.1.2"
	ifType         = "1.3.6.1.2.1.2.2.1.3"
	ifSpeed        = "1.3.6.1.2.1.2.2.1.5" // bit/s, and at its end from 4 Gbit/s on
	ifAdminStatus  = "1.3.6.1.2.1.2.2.1.7"
	ifOperStatus   = "1.3.6.1.2.1.2.2.1.8"
	ifLastChange   = "1.3.6.1.2.1.2.2.1.9" // sysUpTime then
	ifInOctets     = "1.3.6.1.2.1.2.2.1.10"
	ifInDiscards   = "1.3.6.1.2.1.2.2.1.13"
	ifInErrors     = "1.3.6.1.2.1.2.2.1.14"
	ifOutOctets    = "1.3.6.1.2.1.2.2.1.16"
	ifOutDiscards  = "1.3.6.1.2.1.2.2.1.19"
	ifOutErrors    = "1.3.6.1.2.1.2.2.1.20"
	ifName         = "1.3.6.1.2.1.31.1.1.1.1"
	ifHCInOctets   = "1.3.6.1.2.1.31.1.1.1.6"
	ifHCOutOctets  = "1.3.6.1.2.1.31.1.1.1.10"
	ifHighSpeed    = "1.3.6.1.2.1.31.1.1.1.15" // Mbit/s
	ifAlias        = "1.3.6.1.2.1.31.1.1.1.18" // what somebody wrote at the device
	ifDiscontinued = "1.3.6.1.2.1.31.1.1.1.19" // sysUpTime when a counter last jumped

	loopback = 24 // an ifType
)

// Columns of the old table and of its extension, which old devices lack.
var (
	oldColumns = []string{ifDescr, ifAdminStatus, ifOperStatus, ifLastChange, ifInErrors, ifOutErrors, ifInDiscards, ifOutDiscards}
	newColumns = []string{ifName, ifAlias, ifHighSpeed, ifHCInOctets, ifHCOutOctets, ifDiscontinued}
	narrow     = []string{ifSpeed, ifInOctets, ifOutOctets} // in place of the wide ones
)

// link is a watched interface, as the device numbers it until it is restarted.
type link struct {
	index string
	name  string   // ifName, or ifDescr of a device that has none
	by    []string // the patterns it fits
	exact bool     // one of them is just its name
}

// roster is which links are watched, and where they stand.
type roster struct {
	links  []link
	read   time.Time // when the names of all were read; zero: not yet
	old    bool      // the device has no ifXTable
	absent []string  // what somebody wrote, and nothing fits
	left   int       // links beyond the bound
}

// sight is what one talk brought.
type sight struct {
	moment
	jumped bool // the device, or its SNMP, was restarted since the talk before

	roster
	mute   bool            // it tells nothing of interfaces
	names  map[string]bool // of all interfaces; nil: not read this time
	values map[string]any  // by OID
}

// readAgain is how often all names are read again: links come and go.
const readAgain = time.Hour

// look reads what is watched. The numbers of the links are remembered: to walk all
// names of a large switch each minute would cost it more than what they tell.
func (d *Device) look(t *session.Session, before past, now time.Time) (sight, error) {
	s := sight{moment: moment{at: now}, roster: before.roster, values: map[string]any{}}
	if err := s.get(t, append([]string{upTime}, d.oids()...)); err != nil {
		return s, err
	}
	s.up, s.timed = s.values[upTime].(uint32)
	_, s.jumped = before.until(s.moment)
	if len(d.Watched) == 0 {
		return s, nil
	}
	if !s.jumped && len(s.absent) == 0 && !before.misses() && now.Sub(s.read) < readAgain {
		if err := s.getLinks(t); err != nil || s.same() {
			return s, err
		}
	}
	if err := s.index(t, d.Watched); err != nil {
		return s, err
	}
	return s, s.getLinks(t)
}

func (d *Device) oids() []string {
	var oids []string
	for _, v := range d.Values {
		oids = append(oids, v.OID)
	}
	return oids
}

func (s *sight) get(t *session.Session, oids []string) error {
	values, err := t.Get(oids...)
	maps.Copy(s.values, values)
	return err
}

// getLinks reads the rows of the watched links.
func (s *sight) getLinks(t *session.Session) error {
	columns := oldColumns
	if !s.old {
		columns = append(slices.Clone(oldColumns), newColumns...)
	}
	var oids []string
	for _, l := range s.links {
		for _, c := range columns {
			oids = append(oids, c+"."+l.index)
			delete(s.values, c+"."+l.index)
		}
	}
	if err := s.get(t, oids); err != nil {
		return err
	}
	oids = nil
	for _, l := range s.links {
		if s.value(l, ifHCInOctets) != nil {
			continue
		}
		for _, c := range narrow {
			oids = append(oids, c+"."+l.index)
		}
	}
	return s.get(t, oids)
}

// value is what a column says of l; nil if nothing.
func (s *sight) value(l link, column string) any { return s.values[column+"."+l.index] }

// nameOf is the name of l as the device tells it now.
func (s *sight) nameOf(l link) string {
	if name := session.Text(s.value(l, ifName)); name != "" {
		return name
	}
	return session.Text(s.value(l, ifDescr))
}

// same reports whether the numbers still stand for the same links.
func (s *sight) same() bool {
	for _, l := range s.links {
		if s.nameOf(l) != l.name {
			return false
		}
	}
	return true
}

// index finds the watched links among the names of all.
func (s *sight) index(t *session.Session, watched []Pattern) error {
	table, err := t.Walk(ifName, ifDescr, ifAlias, ifType)
	if err != nil {
		return err
	}
	columns := map[string]map[string]any{}
	for _, c := range []string{ifName, ifDescr, ifAlias, ifType} {
		columns[c] = maps.Collect(table.Column(c))
	}
	if len(columns[ifName])+len(columns[ifDescr]) == 0 {
		s.mute = true
		return nil
	}
	s.roster = roster{read: s.at, old: len(columns[ifName]) == 0}
	s.names = map[string]bool{}
	fit := make([]bool, len(watched))
	for index := range rowsOf(table) {
		texts := []string{session.Text(columns[ifName][index]), session.Text(columns[ifDescr][index]), session.Text(columns[ifAlias][index])}
		kind, _ := columns[ifType][index].(int64)
		s.enlist(link{index: index, name: cmp.Or(texts[0], texts[1])}, func(l *link) {
			for i, p := range watched {
				if p.fitsAny(texts, kind) {
					fit[i] = true
					l.by, l.exact = append(l.by, p.text), l.exact || p.exact()
				}
			}
		})
	}
	s.absent = append(s.absent, unfit(watched, fit)...)
	if !table.Whole() {
		s.names = nil // what was not read is not gone
	}
	return nil
}

// unfit returns the patterns that nothing fits.
func unfit(watched []Pattern, fit []bool) []string {
	var out []string
	for i, p := range watched {
		if !fit[i] {
			out = append(out, p.text)
		}
	}
	return out
}

// enlist watches l if it fits a pattern. Of two that share a name, nobody can tell which
// is meant: the first is.
func (s *sight) enlist(l link, match func(*link)) {
	match(&l)
	twice := s.names[l.name]
	s.names[l.name] = true
	switch {
	case len(l.by) == 0, twice:
	case len(s.links) == mostLinks:
		s.left++
	default:
		s.links = append(s.links, l)
	}
}

// rowsOf yields the rows of the interface table, in its order, and those that its
// extension leaves out.
func rowsOf(table *session.Table) iter.Seq[string] {
	return func(yield func(string) bool) {
		seen := map[string]bool{}
		for _, column := range []string{ifName, ifDescr} {
			for index := range table.Column(column) {
				if !seen[index] && !yield(index) {
					return
				}
				seen[index] = true
			}
		}
	}
}
