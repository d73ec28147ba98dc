package probes

import (
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"headstart"
)

// A printer probed every two minutes with three tries needs two and a half minutes
// to be known as silent; the slowest of several probes counts, by asset.
func TestNoticesCountTheSlowestProbe(t *testing.T) {
	catalog := &headstart.Catalog{Devices: []headstart.Device{{ID: "prn-1", Address: "192.0.2.1"}, {ID: "sw-1", Address: "192.0.2.2"}}}
	c := DefaultConfig()
	probe := func(name, asset string, every, timeout time.Duration) Probe {
		return Probe{Name: name, Kind: "icmp", Asset: asset, Target: "192.0.2.1", Interval: model.Duration(every), Timeout: model.Duration(timeout)}
	}
	c.Probes = []Probe{
		probe("fast", "prn-1", 10*time.Second, time.Second),
		probe("slow", "prn-1", 2*time.Minute, 3*time.Second),
		probe("switch", "sw-1", time.Minute, 5*time.Second),
	}
	got := c.Notices(catalog)
	if got["prn-1"] != 120+2*10+3*3 || got["sw-1"] != 60+2*10+3*5 || len(got) != 2 {
		t.Errorf("assets are noticed after %v seconds; want prn-1 149 and sw-1 95", got)
	}
}
