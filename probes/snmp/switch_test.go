package snmp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/probes/snmp/device"
	"headstart/probes/snmp/session"
)

// port is a row of the interface table of a switch, up and idle unless it says
// otherwise.
type port struct {
	index       int
	name, alias string
	kind        int // ifType
	admin, oper int
	changed     int // ifLastChange
}

func (p port) rows() []string {
	row := func(column, tag, value string) string { return fmt.Sprintf("%s.%d|%s|%s", column, p.index, tag, value) }
	status := func(n int) string { return fmt.Sprint(max(n, 1)) }
	rows := []string{
		row(ifDescr, "4", "GigabitEthernet "+p.name), row(ifName, "4", p.name), row(ifAlias, "4", p.alias),
		row(ifType, "2", fmt.Sprint(max(p.kind, 6))), row(ifAdminStatus, "2", status(p.admin)), row(ifOperStatus, "2", status(p.oper)),
		row(ifLastChange, "67", fmt.Sprint(p.changed)), row(ifHighSpeed, "66", "1000"), row(ifDiscontinued, "67", "0"),
		row(ifHCInOctets, "70", "0"), row(ifHCOutOctets, "70", "0"),
	}
	for _, column := range []string{ifInErrors, ifOutErrors, ifInDiscards, ifOutDiscards} {
		rows = append(rows, row(column, "65", "0"))
	}
	return rows
}

// stack is a switch of 48 access ports, half of them without a computer, and two
// uplinks.
func stack(t *testing.T) *device.Device {
	t.Helper()
	d := device.Serve(t, strings.NewReader(""))
	d.Set(t, upTime+"|67|8640000") // a day
	for i := 1; i <= 48; i++ {
		d.Set(t, port{index: i, name: fmt.Sprintf("Gi1/0/%d", i), oper: 1 + i%2}.rows()...)
	}
	d.Set(t, port{index: 101, name: "Te1/1/1", alias: "uplink noord"}.rows()...)
	d.Set(t, port{index: 102, name: "Te1/1/2", alias: "uplink zuid"}.rows()...)
	d.Set(t, port{index: 200, name: "lo0", kind: loopback, oper: 2}.rows()...)
	return d
}

// watching is the device at address with links watched.
func watching(t *testing.T, address string, links ...string) *Device {
	t.Helper()
	d := &Device{Agent: &session.Agent{Address: address, Rows: MostRows, Packets: MostPackets}, Limits: DefaultLimits}
	for _, text := range links {
		p, err := NewPattern(text)
		if err != nil {
			t.Fatal(err)
		}
		d.Watched = append(d.Watched, p)
	}
	return d
}

// explain says errors as probes does.
func explain(err error) Fault {
	f := Fault{Verdict: headstart.Down, Words: err.Error(), Silent: errors.Is(err, context.DeadlineExceeded)}
	if errors.Is(err, net.ErrClosed) {
		f.Verdict = headstart.Unknown
	}
	return f
}

// ask asks with the time a probe has.
func ask(t *testing.T, d *Device) Finding { return askFor(t, d, session.Access{}, 5*time.Second) }

func askFor(t *testing.T, d *Device, access session.Access, allowed time.Duration) Finding {
	t.Helper()
	access.Dial = new(net.Dialer).DialContext
	ctx, cancel := context.WithTimeout(t.Context(), allowed)
	defer cancel()
	return d.Ask(ctx, access, explain)
}

// line renders a finding: its verdict, and NAME EFFECT DETAIL of its conditions.
func line(f Finding) string {
	var s strings.Builder
	s.WriteString(string(f.Verdict))
	for _, c := range f.Conditions {
		s.WriteString("; " + strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Name, c.Effect, c.Detail)))
	}
	return s.String()
}
