package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// soak is how long TestSoak goes on; make long asks for half an hour.
var soak = flag.Duration("soak", 12*time.Second, "how long TestSoak posts alerts")

const (
	soakRate    = 1000             // alerts a second, repeats included
	soakRepeat  = 20 * time.Second // a firing alert is sent again, as Prometheus does
	soakEpisode = 3 * time.Minute  // a thing fails for so long, and is well for as long
	soakMost    = 128 << 20        // bytes of the store: with so little room its log is trimmed from the first third on
)

// TestSoak posts a thousand alerts a second with churn: everything fails for three minutes and
// is well for three, under new series each time. All is accepted, and in the last third
// the service takes no more memory, goroutines and disk than in the third before.
func TestSoak(t *testing.T) {
	t.Parallel()
	hook := startHook(t)
	config := prepareLoaded(t, fmt.Sprintf("store: {mode: embedded, keep: 1h, max_bytes: %dB}", soakMost), hook.URL)
	p := launch(t, build(t), config)
	var taken []footprint
	client, began := &http.Client{Timeout: 30 * time.Second}, time.Now()
	refused, posted, look := 0, 0, began
	pace := time.NewTicker(100 * time.Millisecond)
	defer pace.Stop()
	for n := 0; time.Since(began) < *soak; n++ {
		<-pace.C
		batch := soakBatch(n, began)
		body, err := json.Marshal(batch)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Post(p.base+"/api/v2/alerts", "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if posted += len(batch); res.StatusCode != http.StatusOK {
			refused += len(batch)
		}
		if time.Since(look) > *soak/60 {
			look = time.Now()
			taken = append(taken, footprintOf(t, p, config))
		}
	}
	open := metric(p.base, p.token, "headstart_engine_waiting_seconds")
	p.end()
	third := len(taken) / 3
	before, after := heaviest(taken[third:2*third]), heaviest(taken[2*third:])
	t.Logf("%s, %d alerts (%.0f a second), %d refused, the engine %.1f s behind at the end; in the second third and in the last at most: %s; %s",
		*soak, posted, float64(posted)/time.Since(began).Seconds(), refused, open, before, after)
	if refused > 0 {
		t.Errorf("%d of %d alerts were refused", refused, posted)
	}
	if *soak < 4*2*soakEpisode { // shorter, it is still filling up, and shows that all is accepted
		return
	}
	if float64(posted) < .9*soakRate*soak.Seconds() {
		t.Errorf("%d alerts in %s are no %d a second", posted, *soak, soakRate)
	}
	if open > 5 {
		t.Errorf("a record waits for %.1f s at the end", open)
	}
	if after.resident > 1.1*before.resident || after.goroutines > 1.1*before.goroutines || after.disk > 1.1*before.disk {
		t.Errorf("it grew from %s to %s", before, after)
	}
}

// soakBatch is a tenth of a second of alerts. A building's things fail together, and
// each building somewhat later than the one before it.
func soakBatch(n int, began time.Time) (batch []map[string]any) {
	const ticks = int(soakRepeat / (100 * time.Millisecond)) // until the same series comes again
	series := soakRate * int(soakRepeat/time.Second) * 2     // half of them fail
	now := time.Now().UTC()
	at := now.Sub(began)
	for k := n % ticks; k < series; k += ticks {
		building := k % crashSwitches
		phase := at + 2*soakEpisode*time.Duration(building)/crashSwitches
		episode, into := int(phase/(2*soakEpisode)), phase%(2*soakEpisode)
		if into > soakEpisode+soakRepeat { // it is well, and said so
			continue
		}
		device, name := fmt.Sprintf("prn-%d-%d", building, k/crashSwitches%2), "PaperJam"
		if k/crashSwitches%3 == 0 {
			device, name = fmt.Sprintf("sw-%d", building), "HostDown"
		}
		a := map[string]any{
			"labels":   map[string]string{"alertname": name, "device": device, "series": strconv.Itoa(k), "episode": strconv.Itoa(episode)},
			"startsAt": began.Add(at - into).UTC().Format(time.RFC3339),
			"endsAt":   now.Add(5 * time.Minute).Format(time.RFC3339),
		}
		if into > soakEpisode {
			a["endsAt"] = now.Format(time.RFC3339)
		}
		batch = append(batch, a)
	}
	return batch
}

// footprint is what a process takes: bytes of memory and of its store, and goroutines.
type footprint struct{ resident, disk, goroutines float64 }

func (f footprint) String() string {
	return fmt.Sprintf("%.0f MB resident, %.0f MB of store, %.0f goroutines", f.resident/1e6, f.disk/1e6, f.goroutines)
}

func footprintOf(t *testing.T, p *process, config string) footprint {
	t.Helper()
	info, err := os.Stat(filepath.Join(filepath.Dir(config), "data", "headstart.db"))
	if err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return footprint{resident: kilobytes * 1024, disk: float64(info.Size()), goroutines: metric(p.base, p.token, "go_goroutines")}
}

func heaviest(list []footprint) (most footprint) {
	for f := range slices.Values(list) {
		most = footprint{max(most.resident, f.resident), max(most.disk, f.disk), max(most.goroutines, f.goroutines)}
	}
	return most
}
