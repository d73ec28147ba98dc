package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMetricsAreWhatPrometheusReads lets a real Prometheus scrape the whole service:
// every probe is there under the four labels and no others, and promtool has nothing
// to say about any metric of ours.
func TestMetricsAreWhatPrometheusReads(t *testing.T) {
	t.Parallel()
	web := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(web.Close)
	mail, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mail.Close() })
	config := prepare(t, fmt.Sprintf(`blackbox: blackbox.yml
probes:
  - {name: page, kind: http, module: lax, target: %q, service: print, location: noord, interval: 1s, labels: {team: web}}
  - {name: port, kind: tcp, target: %q, asset: prn-n2-04, interval: 1s}
  - {name: gone, kind: tcp, target: %q, interval: 1s}
`, web.URL, mail.Addr(), freePort(t)))
	write(t, filepath.Join(filepath.Dir(config), "blackbox.yml"), "modules: {lax: {prober: http, http: {tls_config: {insecure_skip_verify: true}}}}\n")
	r := start(t, config)
	now := time.Now().UTC()
	if status := r.alert(sent("prometheus-a", "HostDown", "sw-n-2", now, now.Add(time.Hour))); status != http.StatusOK {
		t.Fatalf("an alert is answered %d", status)
	}

	dir, prometheus := t.TempDir(), freePort(t)
	write(t, filepath.Join(dir, "prometheus.yml"), fmt.Sprintf("scrape_configs: [{job_name: headstart, scrape_interval: 1s, static_configs: [{targets: [%q]}]}]\n", strings.TrimPrefix(r.base, "http://")))
	child(t, "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+prometheus, "--log.level=warn")
	// An empty label is none to Prometheus: ours are empty, never absent.
	want := []string{
		`probe_duration_seconds{probe="gone"}`,
		`probe_duration_seconds{asset="prn-n2-04", location="noord", probe="port", service="print"}`,
		`probe_duration_seconds{location="noord", probe="page", service="print"}`,
		`probe_success{probe="gone"} 0`,
		`probe_success{asset="prn-n2-04", location="noord", probe="port", service="print"} 1`,
		`probe_success{location="noord", probe="page", service="print"} 1`,
	}
	slices.Sort(want)
	var got []string
	waitFor(t, 60*time.Second, "Prometheus to have scraped every probe", func() bool {
		got = scraped(prometheus)
		return slices.Equal(got, want)
	})

	// What promtool would mend: names, units, help texts.
	text := r.page("/metrics")
	lint := exec.CommandContext(t.Context(), "promtool", "check", "metrics")
	lint.Stdin = strings.NewReader(text)
	if said, err := lint.CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, said)
	}
	for line := range strings.Lines(text) {
		labels, ours := strings.CutPrefix(line, "probe_success{")
		if !ours {
			continue
		}
		if !regexp.MustCompile(`^asset="[^"]*",location="[^"]*",probe="[^"]*",service="[^"]*"} [01]\n$`).MatchString(labels) {
			t.Errorf("%s has other labels than asset, location, probe and service", line)
		}
	}
}

// scraped is what Prometheus has of the metrics per probe, without its own labels and
// the times.
func scraped(prometheus string) []string {
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	query := url.QueryEscape(`{__name__=~"probe_success|probe_duration_seconds"}`)
	if err := get("http://"+prometheus+"/api/v1/query?query="+query, &answer); err != nil {
		return []string{err.Error()}
	}
	var all []string
	for _, series := range answer.Data.Result {
		var labels []string
		for k, v := range series.Metric {
			if k != "__name__" && k != "job" && k != "instance" {
				labels = append(labels, fmt.Sprintf("%s=%q", k, v))
			}
		}
		slices.Sort(labels)
		text := series.Metric["__name__"] + "{" + strings.Join(labels, ", ") + "}"
		if series.Metric["__name__"] == "probe_success" {
			text += fmt.Sprint(" ", series.Value[1])
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}
