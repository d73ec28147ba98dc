package session

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"reflect"
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

// walk asks for two columns and a value.
func walk(t *testing.T, address string, allowed time.Duration) (table *Table, values map[string]any, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), allowed)
	defer cancel()
	a := &Agent{Address: address}
	err = a.Talk(ctx, Access{Dial: new(net.Dialer).DialContext}, func(s *Session) (err error) {
		if table, err = s.Walk(oneColumn, other); err == nil {
			values, err = s.Get(upTime)
		}
		return err
	})
	return table, values, err
}

const (
	oneColumn = "1.3.6.1.2.1.25.3.2.1.5"
	other     = "1.3.6.1.2.1.25.3.5.1.2"
	upTime    = "1.3.6.1.2.1.1.3.0"
)

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
			_, _, err := walk(t, udp(t, c.say), 400*time.Millisecond)
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
			if out, err := reply(q.RequestID, row(oneColumn+".1", 5)).MarshalMsg(); err == nil {
				_, _ = spoofer.WriteTo(out, from)
			}
		}
	}()
	if a, _, err := walk(t, target, 300*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
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
	if _, _, err := walk(t, address, 5*time.Second); err == nil || errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 2*time.Second {
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
		}, fewPackets, fewRows},
		"the same":  {func(oid string, _ int) string { return oid }, 3, 0},
		"grows":     {func(oid string, _ int) string { return oid + ".1" }, fewPackets, fewRows},
		"elsewhere": {func(string, int) string { return "1.3.6.1.4.1.1" }, 3, 0},
		"too big":   {func(string, int) string { return "" }, 40, 0},
	} {
		s := &Session{v1: true, rows: fewRows, packets: fewPackets}
		s.next = func(oids []string) (*gosnmp.SnmpPacket, error) {
			var rows []gosnmp.SnmpPDU
			for _, oid := range oids {
				next := c.next(oid, s.heard)
				if next == "" {
					return &gosnmp.SnmpPacket{Error: gosnmp.TooBig, Variables: rows}, nil
				}
				rows = append(rows, row(next, 1))
			}
			return reply(0, rows...), nil
		}
		table, err := s.Walk(oneColumn, other, "1.3.6.1.2.1.43.11.1.1.9")
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for range table.Column(oneColumn) {
			rows++
		}
		if s.heard > c.most || rows > c.rows {
			t.Errorf("%s: %d packets, %d rows", name, s.heard, rows)
		}
	}
}

// A device that falls silent in the middle has not been read.
func TestCutOff(t *testing.T) {
	s := &Session{rows: fewRows, packets: fewPackets}
	s.bulk = func(oids []string, _ uint32) (*gosnmp.SnmpPacket, error) {
		if s.heard == 2 {
			return nil, os.ErrDeadlineExceeded
		}
		return reply(0, row(oids[0]+".1", 1)), nil
	}
	if _, err := s.Walk(oneColumn); !errors.Is(err, ErrCut) {
		t.Errorf("got %v, want ErrCut", err)
	}
	s.get = func([]string) (*gosnmp.SnmpPacket, error) { return nil, os.ErrDeadlineExceeded }
	if _, err := s.Get(upTime); !errors.Is(err, ErrCut) {
		t.Errorf("got %v, want ErrCut", err)
	}
}

// A device that speaks only version 1 is waited for once; a reload forgets that only
// where it asks elsewhere.
func TestFallbackIsRemembered(t *testing.T) {
	asked := make(chan gosnmp.SnmpVersion, 100)
	address := udp(t, func(b []byte) []byte {
		q, err := new(gosnmp.GoSNMP).SnmpDecodePacket(b)
		if err != nil {
			return nil
		}
		asked <- q.Version
		if q.Version != gosnmp.Version1 {
			return nil
		}
		a := reply(q.RequestID, row(upTime, 7))
		a.Version = gosnmp.Version1
		b, _ = a.MarshalMsg()
		return b
	})
	talk := func(a *Agent) (versions string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := a.Talk(ctx, Access{Dial: new(net.Dialer).DialContext}, func(s *Session) error {
			values, err := s.Get(upTime)
			if err == nil && values[upTime] != int64(7) {
				t.Errorf("got %v", values)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		for len(asked) > 0 {
			versions += (<-asked).String() + " "
		}
		return versions
	}
	a := &Agent{Address: address}
	if got := talk(a); got != "2c 2c 1 " {
		t.Errorf("first asked by %q, want 2c twice and then 1", got)
	}
	if got := talk(a); got != "1 " {
		t.Errorf("then by %q, want 1 alone", got)
	}
	same, another := &Agent{Address: address}, &Agent{Address: "127.0.0.1:9"}
	same.Adopt(a)
	another.Adopt(a)
	if same.Answered() != V1 || another.Answered() != 0 {
		t.Errorf("after a reload: %d for the same address, %d for another", same.Answered(), another.Answered())
	}
}

// Values are of the kind they came as, and what has no meaning is none.
func TestValues(t *testing.T) {
	for name, c := range map[string]struct {
		pdu  gosnmp.SnmpPDU
		want any
	}{
		"a signed number":        {gosnmp.SnmpPDU{Type: gosnmp.Integer, Value: -3}, int64(-3)},
		"a counter of 32 bits":   {gosnmp.SnmpPDU{Type: gosnmp.Counter32, Value: uint(1<<32 - 1)}, uint32(1<<32 - 1)},
		"a counter of 64 bits":   {gosnmp.SnmpPDU{Type: gosnmp.Counter64, Value: uint64(1<<64 - 1)}, uint64(1<<64 - 1)},
		"a time":                 {gosnmp.SnmpPDU{Type: gosnmp.TimeTicks, Value: uint32(7)}, uint32(7)},
		"one of 32 bits with 33": {gosnmp.SnmpPDU{Type: gosnmp.Counter32, Value: uint(1 << 32)}, nil},
		"a broken number":        {gosnmp.SnmpPDU{Type: gosnmp.OpaqueFloat, Value: float32(1.5)}, 1.5},
		"no number":              {gosnmp.SnmpPDU{Type: gosnmp.OpaqueDouble, Value: math.NaN()}, nil},
		"a text":                 {gosnmp.SnmpPDU{Type: gosnmp.OctetString, Value: []byte("Gi1")}, []byte("Gi1")},
		"an OID":                 {gosnmp.SnmpPDU{Type: gosnmp.ObjectIdentifier, Value: ".1.3.6"}, "1.3.6"},
		"an address":             {gosnmp.SnmpPDU{Type: gosnmp.IPAddress, Value: "10.0.0.1"}, nil},
		"nothing":                {gosnmp.SnmpPDU{Type: gosnmp.Null}, nil},
		"a counter of no number": {gosnmp.SnmpPDU{Type: gosnmp.Counter32}, nil},
	} {
		if got := valueOf(c.pdu); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %#v, want %#v", name, got, c.want)
		}
	}
}

// Numbers come as numbers and as text; text is one line that a page can show.
func TestNumberAndText(t *testing.T) {
	for name, c := range map[string]struct {
		value  any
		number float64
		ok     bool
		text   string
	}{
		"a number":        {int64(-7), -7, true, "-7"},
		"a counter":       {uint32(1 << 31), 1 << 31, true, "2147483648"},
		"a fraction":      {2.5, 2.5, true, "2.5"},
		"a sensor's text": {[]byte(" 21.5\n"), 21.5, true, "21.5"},
		"no number":       {[]byte("NaN"), 0, false, "NaN"},
		"a word":          {[]byte("on\x00line\x1b[31m"), 0, false, "on line [31m"},
		"Latin 1":         {[]byte("caf\xe9"), 0, false, "caf?"},
		"an OID":          {"1.3.6", 0, false, "1.3.6"},
		"nothing":         {nil, 0, false, ""},
		"a long one":      {[]byte(strings.Repeat("é", 60)), 0, false, strings.Repeat("é", 38) + "…"},
	} {
		number, ok := Number(c.value)
		if ok != c.ok || ok && number != c.number {
			t.Errorf("%s: %v, %v; want %v, %v", name, number, ok, c.number, c.ok)
		}
		if got := Text(c.value); got != c.text {
			t.Errorf("%s: %q, want %q", name, got, c.text)
		}
	}
}

// Of the values asked for, those the device has come back, whatever else it sends;
// version 1 answers none where it misses one, and some devices take few at once.
func TestGet(t *testing.T) {
	oids := make([]string, 60)
	for i := range oids {
		oids[i] = fmt.Sprintf("1.3.6.1.2.1.2.2.1.8.%d", i)
	}
	missing := map[string]bool{oids[3]: true, oids[40]: true}
	for name, get := range map[string]func(lot []string) *gosnmp.SnmpPacket{
		"version 2c": func(lot []string) *gosnmp.SnmpPacket {
			rows := []gosnmp.SnmpPDU{row("1.3.6.1.4.1.666", 1)}
			for _, oid := range lot {
				r := row(oid, 1)
				if missing[oid] {
					r = gosnmp.SnmpPDU{Name: "." + oid, Type: gosnmp.NoSuchInstance}
				}
				rows = append(rows, r)
			}
			return reply(0, rows...)
		},
		"version 1": func(lot []string) *gosnmp.SnmpPacket {
			var rows []gosnmp.SnmpPDU
			for i, oid := range lot {
				if missing[oid] {
					return &gosnmp.SnmpPacket{Error: gosnmp.NoSuchName, ErrorIndex: uint8(i + 1)}
				}
				rows = append(rows, row(oid, 1))
			}
			return reply(0, rows...)
		},
		"few at once": func(lot []string) *gosnmp.SnmpPacket {
			if len(lot) > 4 {
				return &gosnmp.SnmpPacket{Error: gosnmp.TooBig}
			}
			var rows []gosnmp.SnmpPDU
			for _, oid := range lot {
				if !missing[oid] {
					rows = append(rows, row(oid, 1))
				}
			}
			return reply(0, rows...)
		},
	} {
		s := &Session{packets: fewPackets}
		s.get = func(lot []string) (*gosnmp.SnmpPacket, error) { return get(lot), nil }
		values, err := s.Get(oids...)
		if err != nil || len(values) != len(oids)-len(missing) {
			t.Errorf("%s: %d values, %v; want %d", name, len(values), err, len(oids)-len(missing))
		}
	}
	s := &Session{packets: 5, get: func([]string) (*gosnmp.SnmpPacket, error) {
		return &gosnmp.SnmpPacket{Error: gosnmp.GenErr}, nil
	}}
	if values, err := s.Get(oids...); err != nil || len(values) != 0 || s.heard != 5 {
		t.Errorf("a device that refuses everything: %d values, %d packets, %v", len(values), s.heard, err)
	}
}

// Passwords that no device takes are refused before anything is sent.
func TestUsers(t *testing.T) {
	access := Access{Dial: new(net.Dialer).DialContext, User: &User{Name: "u", Auth: "sha", AuthPassword: "short"}}
	err := (&Agent{Address: "127.0.0.1:9"}).Talk(t.Context(), access, func(*Session) error {
		t.Error("it was asked")
		return nil
	})
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
		reply(0, row(oneColumn+".1", 5)),
		reply(0, gosnmp.SnmpPDU{Name: "." + other + ".1", Type: gosnmp.OctetString, Value: []byte{0x44, 0}}),
		reply(0, gosnmp.SnmpPDU{Name: "." + upTime, Type: gosnmp.TimeTicks, Value: uint32(9)}),
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
		for _, version := range []Version{V1, V2c} {
			a := &Agent{Address: "p:161"}
			a.answered.Store(int32(version))
			err := a.Talk(t.Context(), Access{Dial: dial}, func(s *Session) error {
				table, err := s.Walk(oneColumn, other)
				if err != nil {
					return err
				}
				rows := 0
				for range table.Column(oneColumn) {
					rows++
				}
				if rows > fewRows {
					t.Errorf("read %d rows", rows)
				}
				return nil
			})
			if err != nil && len(err.Error()) > 64<<10 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		}
	})
}
