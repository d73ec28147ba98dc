package snmp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

// udp answers every packet with what say returns; nil is silence.
func udp(t *testing.T, say func([]byte) []byte) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		b := make([]byte, 65536)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			if out := say(b[:n]); out != nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return conn.LocalAddr().String()
}

func ask(t *testing.T, address string, allowed time.Duration) (Answer, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), allowed)
	defer cancel()
	return Ask(ctx, Question{Dial: new(net.Dialer).DialContext, Address: address})
}

// Silence is told as silence, by the deadline; what nobody understands is not.
func TestNoAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		say  func([]byte) []byte
		want error
	}{
		"silence":   {func([]byte) []byte { return nil }, context.DeadlineExceeded},
		"noise":     {func([]byte) []byte { return []byte("HTTP/1.0 400") }, ErrGarbled},
		"truncated": {func(b []byte) []byte { return b[:len(b)-3] }, ErrGarbled},
		"an echo":   {func(b []byte) []byte { return b[:2] }, ErrGarbled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			_, err := ask(t, udp(t, c.say), 400*time.Millisecond)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if took := time.Since(begin); took > time.Second {
				t.Errorf("took %s of 400ms", took)
			}
		})
	}
}

// An answer from another address than the one asked is not heard.
func TestSpoofedSource(t *testing.T) {
	spoofer, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer spoofer.Close()
	var target string
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	target = conn.LocalAddr().String()
	go func() {
		b := make([]byte, 65536)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			q, err := new(gosnmp.GoSNMP).SnmpDecodePacket(b[:n])
			if err != nil {
				continue
			}
			if out, err := reply(q.RequestID, row(deviceStatus+".1", 5)).MarshalMsg(); err == nil {
				_, _ = spoofer.WriteTo(out, from)
			}
		}
	}()
	if a, err := ask(t, target, 300*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("heard %+v, %v", a, err)
	}
}

// A port that is closed is refused at once, not waited for.
func TestClosedPort(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := conn.LocalAddr().String()
	_ = conn.Close()
	begin := time.Now()
	if _, err := ask(t, address, 5*time.Second); err == nil || errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 2*time.Second {
		t.Errorf("got %v after %s", err, time.Since(begin))
	}
}

func row(oid string, n int) gosnmp.SnmpPDU {
	return gosnmp.SnmpPDU{Name: "." + oid, Type: gosnmp.Integer, Value: n}
}

func reply(id uint32, rows ...gosnmp.SnmpPDU) *gosnmp.SnmpPacket {
	return &gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: "public", PDUType: gosnmp.GetResponse, RequestID: id, Variables: rows}
}

// A table without end is read no further than a table may be, one that goes back
// ends there, and a device that answers nothing of use ends at once.
func TestEndlessWalk(t *testing.T) {
	for name, c := range map[string]struct {
		next func(oid string, packet int) string
		most int // packets
		rows int
	}{
		"counts on": {func(oid string, n int) string {
			return fmt.Sprintf("%s.%d", strings.Join(strings.Split(oid, ".")[:10], "."), n+1)
		}, mostPackets, mostRows},
		"the same":  {func(oid string, _ int) string { return oid }, 3, 0},
		"grows":     {func(oid string, _ int) string { return oid + ".1" }, mostPackets, mostRows},
		"elsewhere": {func(string, int) string { return "1.3.6.1.4.1.1" }, 3, 0},
		"too big":   {func(string, int) string { return "" }, 40, 0},
	} {
		packets := 0
		r := &reader{v1: true, get: func(oids []string) (*gosnmp.SnmpPacket, error) {
			packets++
			var rows []gosnmp.SnmpPDU
			for _, oid := range oids {
				next := c.next(oid, packets)
				if next == "" {
					return &gosnmp.SnmpPacket{Error: gosnmp.TooBig, Variables: rows}, nil
				}
				rows = append(rows, row(next, 1))
			}
			return reply(0, rows...), nil
		}}
		a, err := read(r)
		if err != nil || packets > c.most || len(a.Supplies) > c.rows {
			t.Errorf("%s: %d packets, %d supplies, %v", name, packets, len(a.Supplies), err)
		}
	}
}

// A printer that falls silent in the middle has not been read.
func TestCutOff(t *testing.T) {
	packets := 0
	r := &reader{get: func(oids []string) (*gosnmp.SnmpPacket, error) {
		if packets++; packets > 2 {
			return nil, os.ErrDeadlineExceeded
		}
		return reply(0, row(oids[0]+".1", 1)), nil
	}}
	if _, err := read(r); !errors.Is(err, ErrCut) {
		t.Errorf("got %v, want ErrCut", err)
	}
}

// Values of another type than theirs are as if they were not there.
func TestWrongTypes(t *testing.T) {
	t1 := tables{}
	for _, root := range roots {
		t1[root] = &column{root: root, cells: []cell{{"1", gosnmp.SnmpPDU{Type: gosnmp.IPAddress, Value: "10.0.0.1"}}}}
	}
	a := t1.answer()
	if a.DeviceStatus != Absent || a.Pages != Absent || a.Supplies[0].Level != Absent || a.Supplies[0].Name != "" || a.Errors.Has(0) {
		t.Errorf("read %+v", a)
	}
}

// Passwords that no device takes are refused before anything is sent.
func TestUsers(t *testing.T) {
	u := &User{Name: "u", Auth: "sha", AuthPassword: "short"}
	_, err := Ask(t.Context(), Question{Dial: new(net.Dialer).DialContext, Address: "127.0.0.1:9", User: u})
	if !errors.Is(err, ErrRefused) {
		t.Errorf("got %v, want ErrRefused", err)
	}
}

// canned is a connection on which one packet arrives.
type canned struct {
	net.Conn
	packet []byte
}

func (c *canned) Read(b []byte) (int, error) {
	if c.packet == nil {
		return 0, os.ErrDeadlineExceeded
	}
	n := copy(b, c.packet)
	c.packet = nil
	return n, nil
}
func (c *canned) Write(b []byte) (int, error) { return len(b), nil }
func (*canned) Close() error                  { return nil }
func (*canned) SetDeadline(time.Time) error   { return nil }
func (*canned) RemoteAddr() net.Addr          { return &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9} }

// Whatever arrives, there is an error or an answer of bounded size.
func FuzzAnswer(f *testing.F) {
	for _, p := range []*gosnmp.SnmpPacket{
		reply(0, row(deviceStatus+".1", 5)),
		reply(0, gosnmp.SnmpPDU{Name: "." + printerErrors + ".1", Type: gosnmp.OctetString, Value: []byte{0x44, 0}}),
	} {
		b, err := p.MarshalMsg()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("\x30\x82\xff\xff\x02\x01\x01"))
	f.Fuzz(func(t *testing.T, packet []byte) {
		dial := func(context.Context, string, string) (net.Conn, error) { return &canned{packet: packet}, nil }
		a, err := Ask(t.Context(), Question{Dial: dial, Address: "p:161"})
		if err == nil && (len(a.Supplies) > mostRows || len(a.Alerts) > mostRows) {
			t.Errorf("read %d supplies, %d alerts", len(a.Supplies), len(a.Alerts))
		}
		if err != nil && len(err.Error()) > 64<<10 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	})
}
