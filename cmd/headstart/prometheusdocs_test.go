package main

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// prometheusDoc is the page that says how to wire Prometheus.
const prometheusDoc = "../../docs/prometheus.md"

func readText(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fenced are the blocks of a kind in a page, without what they are indented by.
func fenced(text, kind string) (blocks []string) {
	for _, m := range regexp.MustCompile("(?ms)^( *)```"+kind+"\n(.*?)^ *```$").FindAllStringSubmatch(text, -1) {
		blocks = append(blocks, regexp.MustCompile(`(?m)^`+m[1]).ReplaceAllString(m[2], ""))
	}
	return blocks
}

// TestPrometheusPageIsTrue has every file on the page judged by the program that would
// read it, and every command found, with its flags.
func TestPrometheusPageIsTrue(t *testing.T) {
	t.Parallel()
	text := readText(t, prometheusDoc)
	judges := map[string][]string{"prometheus.yml": {"promtool", "check", "config"}, "alertmanager.yml": {"amtool", "check-config"}}
	seen := map[string]int{}
	for _, block := range fenced(text, "yaml") {
		name := strings.TrimSpace(strings.TrimPrefix(strings.SplitN(block, "\n", 2)[0], "#"))
		seen[name]++
		dir := t.TempDir()
		write(t, filepath.Join(dir, name), block)
		write(t, filepath.Join(dir, "prometheus-token"), strings.Repeat("a1", 32))
		write(t, filepath.Join(dir, "heartbeat-url"), "https://hc.example.org/ping/1")
		write(t, filepath.Join(dir, "headstart.rules.yml"), readText(t, ruleFile))
		if name == "headstart.yml" {
			if code, out, errs := command(t, "--config", filepath.Join(dir, name), "config", "check"); code != 0 {
				t.Errorf("config check: exit code %d\n%s%s", code, out, errs)
			}
			continue
		}
		judge := judges[name]
		if judge == nil {
			t.Errorf("nobody judges the block that begins with %q", name)
			continue
		}
		cmd := exec.CommandContext(t.Context(), judge[0], append(judge[1:], filepath.Join(dir, name))...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", strings.Join(judge, " "), err, out)
		}
	}
	if want := map[string]int{"headstart.yml": 1, "prometheus.yml": 1, "alertmanager.yml": 2}; !maps.Equal(seen, want) {
		t.Errorf("the page has %v, want %v", seen, want)
	}
	readme := fenced(readText(t, "../../README.md"), "yaml")[0]
	dir := t.TempDir()
	write(t, filepath.Join(dir, "prometheus.yml"), readme)
	write(t, filepath.Join(dir, "headstart-token"), strings.Repeat("a1", 32))
	if out, err := exec.CommandContext(t.Context(), "promtool", "check", "config", filepath.Join(dir, "prometheus.yml")).CombinedOutput(); err != nil {
		t.Errorf("promtool check config, of README.md: %v\n%s", err, out)
	}
	for _, block := range fenced(text, "sh") {
		for line := range strings.Lines(block) {
			tried(t, strings.TrimSpace(line))
		}
	}
}

// tried runs a line of the shell in a folder of its own, or, of our commands, looks
// whether there is such a one with such flags: a service is not there to be asked.
func tried(t *testing.T, line string) {
	t.Helper()
	if !strings.HasPrefix(line, "headstart ") {
		dir := t.TempDir()
		if out, err := exec.CommandContext(t.Context(), "sh", "-ec", strings.ReplaceAll(line, "/etc/headstart", dir)).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
		if made := readText(t, filepath.Join(dir, "prometheus-token")); len(made) != 64 {
			t.Errorf("%s makes a token of %d letters", line, len(made))
		}
		return
	}
	words, _, _ := strings.Cut(line, " <")
	cmd, rest, err := (&program{}).root().Find(strings.Fields(words)[1:])
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err != nil || !cmd.Runnable() || len(cmd.Flags().Args()) > 0 {
		t.Errorf("%s: %v; left over %q", line, err, cmd.Flags().Args())
	}
}

// listedMetrics are the metrics of the page with their labels, sorted.
func listedMetrics(text string) map[string]string {
	out := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)(?:\\{([^}]*)\\})?` \\|").FindAllStringSubmatch(text, -1) {
		labels := strings.Split(m[2], ",")
		slices.Sort(labels)
		out[m[1]] = strings.Join(labels, ",")
	}
	return out
}

// TestMetricsAreListed: the page lists every metric the program makes, and none that it
// does not make.
func TestMetricsAreListed(t *testing.T) {
	t.Parallel()
	made := map[string]bool{"headstart_build_info": true} // by a collector of Prometheus' own
	name := regexp.MustCompile(`(?:\bName:\s+|NewDesc\(|gauge\()"((?:headstart|alertmanager|probe|printer)_\w+)"`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "tools"):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
			return nil
		case strings.HasSuffix(path, "probes/scraper.go"), strings.HasSuffix(path, "blackbox/scrape.go"):
			return nil // what /probe answers, as blackbox_exporter does
		}
		b, err := os.ReadFile(path)
		for _, m := range name.FindAllStringSubmatch(string(b), -1) {
			made[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	listed := listedMetrics(readText(t, prometheusDoc))
	for n := range made {
		if _, ok := listed[n]; !ok {
			t.Errorf("docs/prometheus.md does not list %s", n)
		}
	}
	for n := range listed {
		if !made[n] {
			t.Errorf("docs/prometheus.md lists %s, which nothing makes", n)
		}
	}
}

// TestMetricsInDocsExist: what any page calls a metric of ours is on the list.
func TestMetricsInDocsExist(t *testing.T) {
	t.Parallel()
	listed := listedMetrics(readText(t, prometheusDoc))
	labels := []string{"headstart_class", "headstart_by", "headstart_source", "headstart_every", "headstart_until"} // of alerts and silences
	for _, p := range documents(t) {
		for _, m := range regexp.MustCompile(`\bheadstart_[a-z_]*[a-z]\b`).FindAllStringIndex(p.text, -1) {
			name := p.text[m[0]:m[1]]
			_, ok := listed[regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")]
			if _, whole := listed[name]; !ok && !whole && !slices.Contains(labels, name) {
				t.Errorf("%s: there is no metric %s", p.at(m[0]), name)
			}
		}
	}
}

// TestContractOfMetrics: what the contract promises to scripts and dashboards is there,
// under these labels.
func TestContractOfMetrics(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../../shared/CONTRACT.md")
	if err != nil {
		t.Log("the contract does not lie beside the repository; the list in docs is all there is to hold")
		return
	}
	_, part, _ := strings.Cut(string(b), "\n## 7. Metrics")
	part, _, _ = strings.Cut(part, "\n## 8.")
	listed := listedMetrics(readText(t, prometheusDoc))
	n := 0
	for _, m := range regexp.MustCompile("`([a-z_]+)(?:\\{([^}…]*|…)\\})?`").FindAllStringSubmatch(part, -1) {
		name := m[1]
		if _, ok := listed[name]; !ok {
			name = "headstart_" + name
		}
		labels, ok := listed[name]
		if !ok {
			t.Errorf("the contract promises %s, which is not there", m[1])
			continue
		}
		n++
		want := strings.Split(strings.ReplaceAll(m[2], " ", ""), ",")
		slices.Sort(want)
		if got := strings.Join(want, ","); got != labels && m[2] != "…" && name != "headstart_build_info" {
			t.Errorf("%s has the labels %q, the contract says %q", name, labels, got)
		}
	}
	if n < 40 {
		t.Errorf("%d metrics of the contract found, want all; is its section 7 still called that?", n)
	}
}

// holdsLabels holds the list against what a service really answers: its labels, too.
func holdsLabels(t *testing.T, exposed string) {
	t.Helper()
	listed := listedMetrics(readText(t, prometheusDoc))
	for _, m := range regexp.MustCompile(`(?m)^# TYPE ((?:headstart|alertmanager|probe|printer)_\w+) `).FindAllStringSubmatch(exposed, -1) {
		if _, ok := listed[m[1]]; !ok {
			t.Errorf("the service has %s, which docs/prometheus.md does not list", m[1])
		}
	}
	label := regexp.MustCompile(`(\w+)="(?:[^"\\]|\\.)*"`)
	for _, m := range regexp.MustCompile(`(?m)^((?:headstart|alertmanager|probe|printer)_\w+?)(?:_bucket|_count|_sum)?\{(.*)\} \S+$`).FindAllStringSubmatch(exposed, -1) {
		want, ok := listed[m[1]]
		if !ok {
			continue // a counter whose name ends so
		}
		var got []string
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			if l[1] != "le" {
				got = append(got, l[1])
			}
		}
		slices.Sort(got)
		if strings.Join(got, ",") != want {
			t.Errorf("%s has the labels %q, docs/prometheus.md says %q", m[1], got, want)
		}
	}
}
