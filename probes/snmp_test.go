package probes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/probes/snmp/device"
)

// The probe of the documentation: the uplinks of every switch at its address, and
// the battery of the one that has one; a reload forgets nothing.
func TestSNMPPerAsset(t *testing.T) {
	const ups = "1.3.6.1.2.1.33.1.2.1.0" // upsBatteryStatus
	d := device.Serve(t, strings.NewReader(`1.3.6.1.2.1.1.3.0|67|500
1.3.6.1.2.1.2.2.1.3.7|2|6
1.3.6.1.2.1.2.2.1.7.7|2|1
1.3.6.1.2.1.2.2.1.8.7|2|2
1.3.6.1.2.1.31.1.1.1.1.7|4|Te1/1/1
1.3.6.1.2.1.31.1.1.1.18.7|4|uplink noord
`+ups+`|2|3
`))
	c := config(t, `
probes:
  - {name: uplinks, kind: snmp, assets: {kind: switch}, interfaces: [uplink*], limits: {load: 80, errors: 0}, interval: 60s}
  - name: power
    kind: snmp
    target: `+d.Address+`
    oids: [{name: battery, oid: .`+ups+`, down: 3, unit: ""}]
`)
	cat := &headstart.Catalog{Devices: []headstart.Device{{ID: "sw-1", Kind: "switch", Address: d.Address}, {ID: "prn-1", Kind: "printer", Address: "10.0.0.1"}}}
	zone := time.FixedZone("UTC+5", 5*3600)
	f := newFleet(t, Options{Config: c, Catalog: cat, Zone: zone})
	var got strings.Builder
	for _, r := range f.CheckNow(t.Context(), Filter{}, nil) {
		fmt.Fprintf(&got, "%s %s %s %v\n", r.Asset, r.Verdict, r.Reason, r.Conditions)
	}
	want := `sw-1 down Te1/1/1 (uplink noord) is down [{interface-down incident Te1/1/1 (uplink noord)}]
 down battery is 3, down where == 3 [{value incident battery 3}]
`
	if got.String() != want {
		t.Errorf("got:\n%swant:\n%s", got.String(), want)
	}
	if l := f.jobs[0].spec.device.Limits; l.Load != 80 || l.Errors != 0 || l.Discards != 100 || f.jobs[0].spec.device.Zone != zone {
		t.Errorf("limits %+v, want those set and the defaults", l)
	}
	for _, j := range f.jobs {
		f.keep(j, attempt(t.Context(), f.probe, &j.spec, false))
	}
	next := newFleet(t, Options{Config: c, Catalog: cat})
	next.takeOver(f)
	d.Drop(".7")
	gone := attempt(t.Context(), next.probe, &next.jobs[0].spec, false)
	if gone.verdict != headstart.Unknown || !strings.Contains(gone.reason, "says nothing of interfaces") {
		t.Errorf("no interfaces left: %s %s", gone.verdict, gone.reason)
	}
	d.Set(t, "1.3.6.1.2.1.31.1.1.1.1.8|4|Gi1/0/1")
	gone = attempt(t.Context(), next.probe, &next.jobs[0].spec, false)
	if gone.reason != "Te1/1/1 (uplink noord) is gone from the device" {
		t.Errorf("after a reload %s %s; want that it is remembered", gone.verdict, gone.reason)
	}
}
