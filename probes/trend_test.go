package probes

import (
	"testing"
	"time"
	"unsafe"

	"headstart"
)

// A trend keeps the last runs in order and no more, a byte each.
func TestTrend(t *testing.T) {
	var tr trend
	if got := tr.samples(); got == nil || len(got) != 0 {
		t.Errorf("before the first run: %v, want an empty list", got)
	}
	verdicts := []headstart.Verdict{headstart.OK, headstart.Warn, headstart.Down, headstart.Unknown}
	for n := range trendLength + 7 {
		tr.add(finding{verdict: verdicts[n%4], took: time.Duration(n) * 10 * time.Millisecond})
	}
	got := tr.samples()
	if len(got) != trendLength {
		t.Fatalf("%d runs, want %d", len(got), trendLength)
	}
	for i, x := range got {
		n := i + 7
		want := float64(n) / 100
		if x.Verdict != verdicts[n%4] || x.DurationSeconds < want*.9 || x.DurationSeconds > want*1.1 {
			t.Errorf("run %d is %+v, want %s in %.2f s", n, x, verdicts[n%4], want)
		}
	}
	tr.add(finding{verdict: headstart.OK, took: time.Hour})
	if last := tr.samples()[trendLength-1]; last.DurationSeconds < 50 {
		t.Errorf("an hour is %+v, want the longest step", last)
	}
	if size := unsafe.Sizeof(tr); size > 64 {
		t.Errorf("%d bytes a probe, want 64 at most", size)
	}
}

// The trend of a probe is found by its name, or by name and asset; it passes a reload.
func TestTrendOfAProbe(t *testing.T) {
	c := config(t, "probes:\n  - {name: ping, kind: icmp, assets: {kind: printer}}\n  - {name: one, kind: icmp, asset: sw-1}\n")
	f := newFleet(t, Options{Config: c, Catalog: catalog()})
	f.byID["ping/prn-1"].see(finding{verdict: headstart.Down})
	f.byID["one"].see(finding{verdict: headstart.OK})
	next, err := New(Options{Config: c, Catalog: catalog(), Previous: f})
	if err != nil {
		t.Fatal(err)
	}
	next.takeOver(f)
	for _, fleet := range []*Fleet{f, next} {
		if a, b, c := fleet.Trend("ping", "prn-1"), fleet.Trend("one", "sw-1"), fleet.Trend("gone", ""); len(a) != 1 || len(b) != 1 || len(c) != 0 || c == nil {
			t.Errorf("trends %v %v %v", a, b, c)
		}
	}
}
