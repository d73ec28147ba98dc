// Package discover turns what is seen on a network, or written in somebody's list,
// into a catalog and probes for people to review.
//
// It proposes and never decides: everything it writes says in a comment where it
// comes from, nothing is live until somebody takes it over, and what the catalog
// already holds is left alone. The same records give the same files, byte for byte,
// in whatever order they come.
package discover

import (
	"net/netip"
	"slices"

	"headstart"
)

// Record is what one source says of one host. Every field but Source may be empty.
type Record struct {
	Source string // where it is from: printers.csv:12, or the address that answered

	ID    string   // if the source has one it calls so
	Name  string   // as people call it: no two devices at one place share it
	Calls string   // as it calls itself, which others of its make may do too
	Hosts []string // host names, the best first
	Addrs []netip.Addr
	Keys  []string // what only this device has: a serial number, a UUID

	Kind      string // printer, switch, server, ...: as in the catalog
	Likely    string // the kind, if nothing else says one
	Place     Place
	Floor     *int
	Services  []string // as written
	DependsOn [][]string
	Aliases   []string
	People    int
	Expires   string // date

	// Seen marks what a device said itself. There is nothing to correct in that, and one
	// device may have several addresses.
	Seen bool

	Said   []string // sentences for the comment above it
	Asks   []Ask    // how it can be probed
	Usual  bool     // and as is usual for its kind
	Unsure string   // why it is shown and not proposed; empty: it is proposed

	serves []string // ids of services
}

// Place is where a device is, as its source writes it.
type Place struct {
	ID   string // of a list that has ids of its own
	Name string // of the building
	Site string // of what the building belongs to

	// Text is free text that may name a place, such as sysLocation. It decides only
	// where it names one that is known, or one that others name too.
	Text string
}

// Ask is one way to probe a device.
type Ask struct {
	Kind   string // of probe
	Target string // empty: the device's address
	Query  string
	Port   int // zero: that of the kind

	// Name is what the source calls the check, if it names its checks: the probe is
	// called so, and is known again by it. Empty: named after the device.
	Name string

	Module    string // of blackbox.yml; empty: that of the kind
	OID       string // of kind snmp: what is looked at
	Interval  string // empty: the default, as are the three below
	Timeout   string
	Fails     int
	Successes int

	Protocol      string // of printers: the only one to ask by; empty: the usual ones
	CommunityFile string

	Said string // why, for the comment above it
}

// Mistake is something in a source that was not taken over. Text says after a
// semicolon what to do.
type Mistake struct {
	Place string // printers.csv:12
	Text  string
}

// String renders m as FILE:LINE: message; remedy.
func (m Mistake) String() string { return m.Place + ": " + m.Text }

// Network says where the devices of a network are.
type Network struct {
	Prefix netip.Prefix
	Place  string // a location's id or name
	ID     string // that a new location would like
	By     string // who says so: --location, or the place in a file
}

// Options of Propose.
type Options struct {
	Catalog  *headstart.Catalog // as it is; nil: none yet
	Networks []Network

	// Asked reports whether an address was asked and would have been heard; nil: the
	// source does not tell what is gone.
	Asked func(netip.Addr) bool

	// Probed returns the kinds by which each asset of a catalog is probed already,
	// and the names that are taken; nil: nothing is.
	Probed func(*headstart.Catalog) (kinds map[string][]string, names []string)

	Modules []Module // that records may ask by
	Checks  []Ask    // of no device
	Links   []Link   // between services that records name
}

// Link says what a service hangs on, both by the names that records write.
type Link struct {
	Service   string
	DependsOn []string
}

// Proposal is what may be added to a catalog and its probes.
type Proposal struct {
	Locations []Location
	Services  []headstart.Service
	Devices   []Device // to be added
	Unsure    []Device // seen, and written as comments only
	Probes    []Probe
	Modules   []Module // that Probes ask by, by name

	Known    int      // hosts the catalog has already
	Probed   []string // sentences: checks that are probes already
	Changed  []string // sentences: what the catalog says otherwise
	Vanished []string // sentences: what was asked and did not answer
	Mistakes []Mistake

	met []met
}

// Location is a location with what is to be said of it.
type Location struct {
	headstart.Location
	Said []string
}

// Device is a device with what is to be said of it.
type Device struct {
	headstart.Device
	Said []string

	record *Record
}

// met is a host that the catalog has already.
type met struct {
	device *headstart.Device
	record *Record
}

// Propose compares records with the catalog and returns what is new in them.
func Propose(records []Record, o Options) *Proposal {
	if o.Catalog == nil {
		o.Catalog = &headstart.Catalog{}
	}
	p := &Proposal{}
	merged := p.merge(records)
	places := p.locate(merged, o)
	fresh := p.compare(merged, places, o)
	p.addServices(fresh, o.Catalog, places.ids)
	p.link(o)
	p.addDevices(fresh, places)
	p.Locations = places.used(p.Devices)
	p.depend(o.Catalog)
	p.addProbes(o)
	slices.SortFunc(p.Mistakes, func(a, b Mistake) int { return natural(a.String(), b.String()) })
	return p
}

// Empty reports whether there is nothing to review.
func (p *Proposal) Empty() bool {
	return len(p.Devices)+len(p.Unsure)+len(p.Locations)+len(p.Services)+len(p.Probes)+len(p.Changed)+len(p.Vanished) == 0
}
