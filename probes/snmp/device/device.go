// Package device is a device that speaks SNMP, in process, for tests: it answers
// versions 1 and 2c from the rows of a recording, which may change while it serves.
//
// Rows are lines OID|TAG|VALUE; the tag is the type's number, with x where the value
// is in hex.
package device

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gosnmp/gosnmp"
)

// Device answers as a real one would that holds its rows.
type Device struct {
	Address string // HOST:PORT

	mu      sync.Mutex
	rows    []gosnmp.SnmpPDU // in order of their OIDs
	only    gosnmp.SnmpVersion
	mute    bool
	packets int
}

// anyVersion makes a device speak versions 1 and 2c.
const anyVersion gosnmp.SnmpVersion = 0xff

// Record serves the rows of a file. Damaged lines, as real recordings hold, are left
// out.
func Record(t testing.TB, file string) *Device {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	return Serve(t, f)
}

// Serve starts a device with the rows of text; it ends with the test.
func Serve(t testing.TB, text io.Reader) *Device {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &Device{Address: conn.LocalAddr().String(), only: anyVersion}
	for scanner := bufio.NewScanner(text); scanner.Scan(); {
		if pdu, err := parseRow(scanner.Text()); err == nil {
			d.put(pdu)
		}
	}
	done := make(chan struct{})
	go func() { defer close(done); d.run(conn) }()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return d
}

// Speak makes a device answer one version alone.
func (d *Device) Speak(only gosnmp.SnmpVersion) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.only = only
}

// Hush makes a device silent, or ends that.
func (d *Device) Hush(mute bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mute = mute
}

// Packets is how many questions were answered so far.
func (d *Device) Packets() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.packets
}

// Set replaces rows, or adds them.
func (d *Device) Set(t testing.TB, rows ...string) {
	t.Helper()
	for _, row := range rows {
		pdu, err := parseRow(row)
		if err != nil {
			t.Fatal(err)
		}
		d.put(pdu)
	}
}

// Drop takes the rows out whose OID ends so, such as .7 for a row of a table.
func (d *Device) Drop(ending string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rows = slices.DeleteFunc(d.rows, func(p gosnmp.SnmpPDU) bool { return strings.HasSuffix(p.Name, ending) })
}

func (d *Device) put(pdu gosnmp.SnmpPDU) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i, found := slices.BinarySearchFunc(d.rows, pdu, func(a, b gosnmp.SnmpPDU) int { return order(a.Name, b.Name) })
	if found {
		d.rows[i] = pdu
		return
	}
	d.rows = slices.Insert(d.rows, i, pdu)
}

// order compares OIDs number by number.
func order(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		m, _ := strconv.Atoi(x)
		n, _ := strconv.Atoi(y)
		return m - n
	})
}

func parseRow(row string) (gosnmp.SnmpPDU, error) {
	parts := strings.SplitN(row, "|", 3)
	if len(parts) != 3 {
		return gosnmp.SnmpPDU{}, fmt.Errorf("row %q", row)
	}
	oid, value := "."+parts[0], parts[2]
	number, hexed := strings.CutSuffix(parts[1], "x")
	tag, err := strconv.Atoi(number)
	if err != nil {
		return gosnmp.SnmpPDU{}, err
	}
	octets := []byte(value)
	if hexed {
		if octets, err = hex.DecodeString(value); err != nil {
			return gosnmp.SnmpPDU{}, err
		}
	}
	pdu := gosnmp.SnmpPDU{Name: oid, Type: gosnmp.Asn1BER(tag)}
	n, bad := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	switch pdu.Type {
	case gosnmp.Integer:
		pdu.Value = int(int32(n))
		return pdu, bad
	case gosnmp.Counter32, gosnmp.Gauge32, gosnmp.TimeTicks:
		pdu.Value = uint32(n)
		return pdu, bad
	case gosnmp.Counter64:
		pdu.Value, err = strconv.ParseUint(strings.TrimSpace(value), 10, 64)
		return pdu, err
	case gosnmp.ObjectIdentifier:
		if pdu.Value = "." + value; !strings.Contains(value, ".") {
			pdu.Value = ".0.0"
		}
	case gosnmp.IPAddress:
		pdu.Value = "127.0.0.1"
	case gosnmp.OctetString, gosnmp.Opaque:
		pdu.Type, pdu.Value = gosnmp.OctetString, octets
	default:
		return gosnmp.SnmpPDU{}, fmt.Errorf("tag %d", tag)
	}
	return pdu, nil
}

// run answers until the socket is closed. Like real devices it says nothing to a
// packet it does not understand, or of another community.
func (d *Device) run(conn net.PacketConn) {
	buffer := make([]byte, 65536)
	decoder := gosnmp.GoSNMP{}
	for {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		question, err := decoder.SnmpDecodePacket(buffer[:n])
		if err != nil || question.Version == gosnmp.Version3 || question.Community != "public" {
			continue
		}
		answer := d.answer(question)
		if answer == nil {
			continue
		}
		if b, err := answer.MarshalMsg(); err == nil {
			_, _ = conn.WriteTo(b, from)
		}
	}
}

func (d *Device) answer(q *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.mute || d.only != anyVersion && d.only != q.Version {
		return nil
	}
	d.packets++
	a := &gosnmp.SnmpPacket{Version: q.Version, Community: q.Community, PDUType: gosnmp.GetResponse, RequestID: q.RequestID}
	rows, find := 1, d.after
	switch q.PDUType {
	case gosnmp.GetBulkRequest:
		rows = int(q.MaxRepetitions)
	case gosnmp.GetRequest:
		find = d.at
	default: // GetNextRequest
	}
	cursors := make([]string, len(q.Variables))
	for i, v := range q.Variables {
		cursors[i] = v.Name
	}
	for range rows {
		for i, cursor := range cursors {
			pdu, found := find(cursor, q.Version)
			switch {
			case found:
				cursors[i] = pdu.Name
			case q.Version == gosnmp.Version1:
				a.Error, a.ErrorIndex, a.Variables = gosnmp.NoSuchName, uint8(i+1), q.Variables
				return a
			case q.PDUType == gosnmp.GetRequest:
				pdu = gosnmp.SnmpPDU{Name: cursor, Type: gosnmp.NoSuchInstance}
			default:
				pdu = gosnmp.SnmpPDU{Name: cursor, Type: gosnmp.EndOfMibView}
			}
			a.Variables = append(a.Variables, pdu)
		}
	}
	return a
}

// at is the row oid. Version 1 has no counters of 64 bits.
func (d *Device) at(oid string, v gosnmp.SnmpVersion) (gosnmp.SnmpPDU, bool) {
	i, found := d.find(oid)
	if !found || v == gosnmp.Version1 && d.rows[i].Type == gosnmp.Counter64 {
		return gosnmp.SnmpPDU{}, false
	}
	return d.rows[i], true
}

// after is the row after oid.
func (d *Device) after(oid string, v gosnmp.SnmpVersion) (gosnmp.SnmpPDU, bool) {
	i, found := d.find(oid)
	if found {
		i++
	}
	for v == gosnmp.Version1 && i < len(d.rows) && d.rows[i].Type == gosnmp.Counter64 {
		i++
	}
	if i == len(d.rows) {
		return gosnmp.SnmpPDU{}, false
	}
	return d.rows[i], true
}

func (d *Device) find(oid string) (int, bool) {
	oid = "." + strings.TrimPrefix(oid, ".")
	return slices.BinarySearchFunc(d.rows, oid, func(p gosnmp.SnmpPDU, o string) int { return order(p.Name, o) })
}
