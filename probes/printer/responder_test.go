package printer

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

// device answers SNMP from the rows of a recording, as a printer of that kind
// would. Rows may be replaced while it serves.
type device struct {
	address string

	mu   sync.Mutex
	rows []gosnmp.SnmpPDU // in order of their OIDs
	only gosnmp.SnmpVersion
}

// anyVersion makes a device speak versions 1 and 2c.
const anyVersion gosnmp.SnmpVersion = 0xff

// record loads a recording: lines of OID|tag|value. Damaged lines, as real ones
// hold, are left out.
func record(t testing.TB, file string) *device {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return serve(t, f)
}

// serve starts a device with the rows of text.
func serve(t testing.TB, text io.Reader) *device {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &device{address: conn.LocalAddr().String(), only: anyVersion}
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

// speaks makes a device answer one version alone.
func (d *device) speaks(only gosnmp.SnmpVersion) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.only = only
}

// set replaces rows.
func (d *device) set(t testing.TB, rows ...string) {
	t.Helper()
	for _, row := range rows {
		pdu, err := parseRow(row)
		if err != nil {
			t.Fatal(err)
		}
		d.put(pdu)
	}
}

func (d *device) put(pdu gosnmp.SnmpPDU) {
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
	var n int64
	switch pdu.Type {
	case gosnmp.Integer, gosnmp.Counter32, gosnmp.Gauge32, gosnmp.TimeTicks, gosnmp.Counter64:
		if n, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64); err != nil {
			return gosnmp.SnmpPDU{}, err
		}
	}
	switch pdu.Type {
	case gosnmp.Integer:
		pdu.Value = int(int32(n))
	case gosnmp.Counter32, gosnmp.Gauge32, gosnmp.TimeTicks:
		pdu.Value = uint32(n)
	case gosnmp.Counter64:
		pdu.Value = uint64(n)
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
func (d *device) run(conn net.PacketConn) {
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

func (d *device) answer(q *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.only != anyVersion && d.only != q.Version {
		return nil
	}
	a := &gosnmp.SnmpPacket{Version: q.Version, Community: q.Community, PDUType: gosnmp.GetResponse, RequestID: q.RequestID}
	rows := 1
	if q.PDUType == gosnmp.GetBulkRequest {
		rows = int(q.MaxRepetitions)
	}
	cursors := make([]string, len(q.Variables))
	for i, v := range q.Variables {
		cursors[i] = v.Name
	}
	for range rows {
		for i, cursor := range cursors {
			pdu, found := d.after(cursor)
			switch {
			case found:
				cursors[i] = pdu.Name
			case q.Version == gosnmp.Version1:
				a.Error, a.ErrorIndex, a.Variables = gosnmp.NoSuchName, uint8(i+1), q.Variables
				return a
			default:
				pdu = gosnmp.SnmpPDU{Name: cursor, Type: gosnmp.EndOfMibView}
			}
			a.Variables = append(a.Variables, pdu)
		}
	}
	return a
}

func (d *device) after(oid string) (gosnmp.SnmpPDU, bool) {
	oid = "." + strings.TrimPrefix(oid, ".")
	i, found := slices.BinarySearchFunc(d.rows, oid, func(p gosnmp.SnmpPDU, o string) int { return order(p.Name, o) })
	if found {
		i++
	}
	if i == len(d.rows) {
		return gosnmp.SnmpPDU{}, false
	}
	return d.rows[i], true
}
