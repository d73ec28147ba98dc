// Package mib reads what the Printer MIB (RFC 3805) and the Host Resources MIB
// (RFC 2790) say of a printer out of the columns of their tables.
//
// It hands over what the printer said, number by number, and judges nothing.
package mib

import (
	"iter"
	"math"
	"slices"
)

// Rows are columns of tables as a device told them.
type Rows interface {
	// Column yields the values of a column by the index of their row: an int64,
	// uint32 or uint64, the []byte of an octet string, the string of an OID, or anything
	// else for what has no meaning here.
	Column(oid string) iter.Seq2[string, any]
}

// Answer is what a printer said. A number it left out is Absent.
type Answer struct {
	Known         bool // it says anything about printing at all
	DeviceStatus  int  // hrDeviceStatus of the printer: 2 running, 3 warning, 5 down
	PrinterStatus int  // hrPrinterStatus: 1 other, 3 idle, 4 printing, 5 warming up
	Errors        Bits
	Covers        []int // prtCoverStatus: 3 cover open, 5 interlock open
	Alerts        []Alert
	Supplies      []Supply
	Trays         []Tray
	Pages         int      // printed in its life
	Console       []string // as its display shows it, in its own language; raw bytes
}

// Absent stands for a number the printer left out. The MIB's own -1, -2 and -3
// have meanings.
const Absent = -1 << 31

// Bits is hrPrinterDetectedErrorState: bit 0 is the highest of the first byte.
// Printers send none, one or two bytes; never read it as text.
type Bits []byte

// Has reports whether bit n is set.
func (b Bits) Has(n int) bool { return n/8 < len(b) && b[n/8]&(0x80>>(n%8)) != 0 }

// Alert is a row of prtAlertTable.
type Alert struct {
	Severity int // 3 critical, 4 warning
	Group    int
	Code     int
	Text     string // raw bytes
}

// Supply is a row of prtMarkerSuppliesTable.
type Supply struct {
	Type  int // 3 toner, 4 waste toner, 5 ink, 9 photoconductor, ...
	Name  string
	Unit  int // 7 impressions, 8 sheets, 19 percent, ...
	Max   int // -2 unknown
	Level int // -1 unrestricted, -2 unknown, -3 some
}

// Tray is a row of prtInputTable.
type Tray struct {
	Name       string
	Max, Level int
}

// The columns, in the order in which they are asked for.
const (
	deviceType    = "1.3.6.1.2.1.25.3.2.1.2"
	deviceStatus  = "1.3.6.1.2.1.25.3.2.1.5"
	printerStatus = "1.3.6.1.2.1.25.3.5.1.1"
	printerErrors = "1.3.6.1.2.1.25.3.5.1.2"
	coverStatus   = "1.3.6.1.2.1.43.6.1.1.3"
	trayMax       = "1.3.6.1.2.1.43.8.2.1.9"
	trayLevel     = "1.3.6.1.2.1.43.8.2.1.10"
	trayName      = "1.3.6.1.2.1.43.8.2.1.13"
	pageCount     = "1.3.6.1.2.1.43.10.2.1.4"
	supplyType    = "1.3.6.1.2.1.43.11.1.1.5"
	supplyName    = "1.3.6.1.2.1.43.11.1.1.6"
	supplyUnit    = "1.3.6.1.2.1.43.11.1.1.7"
	supplyMax     = "1.3.6.1.2.1.43.11.1.1.8"
	supplyLevel   = "1.3.6.1.2.1.43.11.1.1.9"
	consoleText   = "1.3.6.1.2.1.43.16.5.1.2"
	alertSeverity = "1.3.6.1.2.1.43.18.1.1.2"
	alertGroup    = "1.3.6.1.2.1.43.18.1.1.4"
	alertCode     = "1.3.6.1.2.1.43.18.1.1.7"
	alertText     = "1.3.6.1.2.1.43.18.1.1.8"

	isPrinter = "1.3.6.1.2.1.25.3.1.5" // hrDevicePrinter, a value of deviceType
)

// Columns are those that Read wants to see.
var Columns = []string{
	deviceType, deviceStatus, printerStatus, printerErrors, coverStatus, trayMax, trayLevel, trayName, pageCount,
	supplyType, supplyName, supplyUnit, supplyMax, supplyLevel, consoleText, alertSeverity, alertGroup, alertCode, alertText,
}

// Read puts the rows back together.
func Read(rows Rows) Answer {
	t := tables{}
	for _, root := range Columns {
		for index, value := range rows.Column(root) {
			t[root] = append(t[root], cell{index, value})
		}
	}
	return t.answer()
}

// tables are the columns by their OID.
type tables map[string][]cell

type cell struct {
	index string // what follows the column's own OID
	value any
}

func (t tables) answer() Answer {
	a := Answer{DeviceStatus: Absent, PrinterStatus: Absent, Pages: Absent}
	n := t.printer()
	a.DeviceStatus = t.number(deviceStatus, n)
	a.PrinterStatus = t.number(printerStatus, n)
	a.Errors = Bits(t.text(printerErrors, n))
	for _, c := range t[coverStatus] {
		if v, ok := c.number(); ok {
			a.Covers = append(a.Covers, v)
		}
	}
	for _, c := range t[trayLevel] {
		a.Trays = append(a.Trays, Tray{
			Name: t.text(trayName, c.index), Max: t.number(trayMax, c.index), Level: t.number(trayLevel, c.index),
		})
	}
	for _, c := range t[supplyLevel] {
		a.Supplies = append(a.Supplies, Supply{
			Type: t.number(supplyType, c.index), Name: t.text(supplyName, c.index), Unit: t.number(supplyUnit, c.index),
			Max: t.number(supplyMax, c.index), Level: t.number(supplyLevel, c.index),
		})
	}
	for _, c := range t[alertCode] {
		a.Alerts = append(a.Alerts, Alert{
			Severity: t.number(alertSeverity, c.index), Group: t.number(alertGroup, c.index),
			Code: t.number(alertCode, c.index), Text: t.text(alertText, c.index),
		})
	}
	for _, c := range t[pageCount] {
		if v, ok := c.number(); ok {
			a.Pages = max(a.Pages, v) // one row per print engine; the first is not always the one that counts
		}
	}
	for _, c := range t[consoleText] {
		a.Console = append(a.Console, c.text())
	}
	a.Known = a.DeviceStatus != Absent || a.PrinterStatus != Absent || len(t[printerErrors])+len(a.Covers)+
		len(a.Trays)+len(a.Supplies)+len(a.Alerts)+len(a.Console) > 0 || a.Pages != Absent
	return a
}

// printer returns the index of the printer among the devices: network cards and
// disks have a status too. Where no types are told, the row of the printer table
// decides; a device that has neither knows itself as 1.
func (t tables) printer() string {
	for _, c := range t[deviceType] {
		if oid, _ := c.value.(string); oid == isPrinter {
			return c.index
		}
	}
	if len(t[deviceType]) > 0 {
		return "" // devices, and none of them a printer
	}
	for _, root := range []string{printerErrors, printerStatus} {
		if cells := t[root]; len(cells) > 0 {
			return cells[0].index
		}
	}
	return "1"
}

func (t tables) at(root, index string) (cell, bool) {
	i := slices.IndexFunc(t[root], func(c cell) bool { return c.index == index })
	if i < 0 {
		return cell{}, false
	}
	return t[root][i], true
}

func (t tables) number(root, index string) int {
	c, ok := t.at(root, index)
	if !ok {
		return Absent
	}
	n, ok := c.number()
	if !ok {
		return Absent
	}
	return n
}

func (t tables) text(root, index string) string {
	c, _ := t.at(root, index)
	return c.text()
}

// number is c as an integer; ok is false for anything else.
func (c cell) number() (n int, ok bool) {
	switch v := c.value.(type) {
	case int64:
		return int(v), true
	case uint32:
		return int(v), true
	case uint64:
		return int(min(v, math.MaxInt64)), true
	}
	return 0, false
}

// text returns the bytes of an octet string as they came; of another kind, none.
func (c cell) text() string {
	b, _ := c.value.([]byte)
	return string(b)
}
