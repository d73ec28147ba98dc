package sweep

import (
	"iter"
	"strings"
)

// Printer is how a printer introduces itself. Texts are as they came, and may hold
// anything.
type Printer struct {
	Path      string
	Name      string
	Info      string
	Location  string
	Model     string
	UUID      string
	Announced bool // over mDNS only: IPP itself said nothing
}

// Queue is one queue of a print server.
type Queue struct{ Path, Name, Info, Location, Model string }

// Agent is what a host says of itself over SNMP.
type Agent struct {
	Descr, Name, Location string // sysDescr, sysName, sysLocation

	Router  bool // it forwards packets of others
	Switch  bool // it has the ports of a bridge
	Printer bool
	Serial  string // prtGeneralSerialNumber

	// Community is the file of the community it answered to; empty: public.
	Community string
}

// Rows are columns of tables as a device told them.
type Rows interface {
	// Column yields the values of a column by the index of their row.
	Column(oid string) iter.Seq2[string, any]
}

// The columns an agent is known by (RFC 3418, RFC 4293, RFC 4188, RFC 2790, RFC 3805).
const (
	sysDescr     = "1.3.6.1.2.1.1.1"
	sysName      = "1.3.6.1.2.1.1.5"
	sysLocation  = "1.3.6.1.2.1.1.6"
	ipForwarding = "1.3.6.1.2.1.4.1"
	bridgePorts  = "1.3.6.1.2.1.17.1.2"
	deviceType   = "1.3.6.1.2.1.25.3.2.1.2"
	serialNumber = "1.3.6.1.2.1.43.5.1.1.17"
	markerLife   = "1.3.6.1.2.1.43.10.2.1.4"

	isPrinter = "1.3.6.1.2.1.25.3.1.5" // hrDevicePrinter, a value of deviceType
)

// AgentColumns are the columns ReadAgent reads.
func AgentColumns() []string {
	return []string{sysDescr, sysName, sysLocation, ipForwarding, bridgePorts, deviceType, serialNumber, markerLife}
}

// ReadAgent reads what a device said; ok is false if that tells nothing.
func ReadAgent(rows Rows) (a Agent, ok bool) {
	first := func(oid string) any {
		for _, v := range rows.Column(oid) {
			ok = true
			return v
		}
		return nil
	}
	text := func(oid string) string {
		switch v := first(oid).(type) {
		case []byte:
			return string(v)
		case string:
			return v
		}
		return ""
	}
	a.Descr, a.Name, a.Location, a.Serial = text(sysDescr), text(sysName), text(sysLocation), text(serialNumber)
	forwards, _ := number(first(ipForwarding))
	a.Router = forwards == 1
	ports, _ := number(first(bridgePorts))
	a.Switch = ports > 1
	for _, v := range rows.Column(deviceType) {
		if oid, isText := v.(string); isText && strings.TrimPrefix(oid, ".") == isPrinter {
			a.Printer = true
		}
	}
	for range rows.Column(markerLife) { // it counts pages
		a.Printer = true
	}
	return a, ok
}

// number returns an integer of any of SNMP's kinds.
func number(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case uint:
		return int64(min(v, 1<<53)), true
	case uint32:
		return int64(v), true
	case uint64:
		return int64(min(v, 1<<53)), true
	}
	return 0, false
}
