package export

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func shown(list []Target, mistakes []Mistake) string {
	var b strings.Builder
	for _, t := range list {
		fmt.Fprintf(&b, "%d %s %v", t.Line, t.Address, t.Labels)
		if t.Exporter != "" {
			fmt.Fprintf(&b, " %s/%s", t.Exporter, t.Module)
		}
		b.WriteString("\n")
	}
	for _, m := range mistakes {
		fmt.Fprintf(&b, "%d: %s\n", m.Line, m.Text)
	}
	return b.String()
}

// Files of targets are read as Prometheus reads them; a group that is none is named
// and costs nobody else a target.
func TestFileSD(t *testing.T) {
	for name, c := range map[string]struct{ text, want, err string }{
		"JSON": {
			"[\n {\"targets\": [\"a:9100\", \" b \"],\n  \"labels\": {\"site\": \"Noord \\ud83c\\udfe2\"}},\n {\"targets\": \"c\"},\n\n {\"targets\": [\"d\", \"\"]}]",
			"2 a:9100 map[site:Noord 🏢]\n2 b map[site:Noord 🏢]\n6 d map[]\n" +
				"4: is no group of targets; write {\"targets\": [\"HOST:PORT\"], \"labels\": {\"KEY\": \"VALUE\"}}\n6: a target is empty, or too long to be one; write HOST:PORT\n", "",
		},
		"YAML": {
			"# ours\n- targets:\n    - a:9100\n    - b\n  labels: &l {site: Noord, floor: 2}\n- {targets: [c], labels: *l}\n- foo\n- targets: [[d]]\n",
			"3 a:9100 map[floor:2 site:Noord]\n4 b map[floor:2 site:Noord]\n6 c map[floor:2 site:Noord]\n" +
				"7: is no group of targets; write - {targets: [HOST:PORT], labels: {KEY: VALUE}}\n8: is no group of targets; write - {targets: [HOST:PORT], labels: {KEY: VALUE}}\n", "",
		},
		"YAML in one line": {"[{targets: [a]}]", "1 a map[]\n", ""},
		"a mark in front":  {"\xef\xbb\xbf[{\"targets\":[\"a\"]}]", "1 a map[]\n", ""},
		"no list":          {"targets: [a]\n", "", "is no list of groups"},
		"neither":          {"[{\"targets\": [\"a\"", "", "neither JSON nor YAML"},
		"nothing":          {"", "", "is no list of groups"},
		"Windows-1252":     {"- targets: [caf\xe9]", "", "not UTF-8"},
	} {
		list, mistakes, err := FileSD([]byte(c.text))
		if got := shown(list, mistakes); got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v\n%swant:\n%s", name, err, got, c.want)
		}
	}
}

// A few lines that stand for billions of targets are read up to the limit.
func TestAliasesOfAliases(t *testing.T) {
	text := "- &a {targets: [" + strings.Repeat("x,", 999) + "x]}\n" + strings.Repeat("- *a\n", 1000)
	list, mistakes, err := FileSD([]byte(text))
	if err != nil || len(list) != mostEntries || len(mistakes) != 1 || !strings.Contains(mistakes[0].Text, "more than 100000 targets; split it") {
		t.Errorf("%d targets, %v, %v", len(list), mistakes, err)
	}
}

// Hosts beyond the limit are not left out in silence.
func TestManyHostsOfZabbix(t *testing.T) {
	const host = "<host/>"
	z, err := ReadZabbix([]byte("<zabbix_export><hosts>" + strings.Repeat(host, mostEntries+1) + "</hosts></zabbix_export>"))
	if err != nil || len(z.Hosts) != mostEntries || len(z.Mistakes) != 1 || !strings.Contains(z.Mistakes[0].Text, "more than 100000 hosts") {
		t.Errorf("%d hosts, %v, %v", len(z.Hosts), z.Mistakes, err)
	}
}

// A file made to take memory takes little: it is left off, or not read at all.
func TestHostileFilesOfZabbix(t *testing.T) {
	fill := func(head, piece, tail string) []byte {
		return []byte(head + strings.Repeat(piece, (4*mostYAML-len(head)-len(tail))/len(piece)) + tail)
	}
	for name, c := range map[string]struct {
		data []byte
		want string // in the error, or in a mistake
	}{
		"hosts that say nothing": {fill("<zabbix_export><hosts>", "<host/>", "</hosts></zabbix_export>"), "more than 100000 hosts"},
		"elements in elements":   {fill("<zabbix_export>", "<a>", ""), "no XML of Zabbix"},
		"not of Zabbix":          {fill("<other>", "<host/>", "</other>"), "no XML of Zabbix"},
		"lists in YAML":          {fill("zabbix_export: {hosts: [", "[],", "]}"), "more than 2000000 values"},
		"lines in YAML":          {fill("zabbix_export:\n hosts:\n", " - -\n", ""), "more than 2000000 values"},
		"lists in JSON":          {fill(`{"zabbix_export":{"hosts":[`, "{},", "{}]}}"), "more than 2000000 values"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		z, err := ReadZabbix(c.data)
		runtime.ReadMemStats(&after)
		if said := fmt.Sprint(err, z.Mistakes); !strings.Contains(said, c.want) {
			t.Errorf("%s: %s, want %q", name, said, c.want)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 300<<20 {
			t.Errorf("%s: %d MiB were asked for in all", name, took>>20)
		}
	}
}

// What a Prometheus looks at: what it scrapes, and what it has exporters ask.
func TestPrometheus(t *testing.T) {
	const text = `{"status":"success","data":{"activeTargets":[
	 {"labels":{"instance":"sw-1:9100","job":"node"},"scrapeUrl":"http://sw-1:9100/metrics","scrapePool":"node"},
	 {"labels":{"instance":"https://intranet.example"},"scrapeUrl":"http://bb:9115/probe?module=http_2xx\u0026target=https%3A%2F%2Fintranet.example","scrapePool":"web"},
	 {"labels":{},"scrapeUrl":"http://snmp:9116/snmp?module=printer_mib&target=10.1.2.4","scrapePool":"printers"},
	 {"labels":3},
	 {"labels":{},"scrapeUrl":"http://10.0.0.1:9090/metrics"}
	],"droppedTargets":[{"discoveredLabels":{}}]}}`
	list, mistakes, err := Prometheus([]byte(text))
	want := "2 sw-1:9100 map[instance:sw-1:9100 job:node]\n3 https://intranet.example map[instance:https://intranet.example job:web] blackbox/http_2xx\n" +
		"4 10.1.2.4 map[job:printers] snmp/printer_mib\n6 10.0.0.1:9090 map[]\n5: is no target; leave it to the Prometheus that said so\n"
	if got := shown(list, mistakes); err != nil || got != want {
		t.Errorf("%v\n%swant:\n%s", err, got, want)
	}
	for text, want := range map[string]string{
		"":                    "unexpected end",
		"<html>":              "line 1 is no JSON",
		"{\n\"a\": }":         "line 2 is no JSON",
		"[]":                  "no answer of a Prometheus",
		`{"status":"error"}`:  "no answer of a Prometheus that went well",
		`{"data":{"x":true}}`: "holds no activeTargets",
	} {
		if _, _, err := Prometheus([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// netbox is what NetBox 3 and 4 answer, in one file.
const netbox = `{"devices": {"count": 4, "next": null, "results": [
  {"id": 1, "name": "prn-1", "device_type": {"manufacturer": {"name": "HP"}, "model": "M507"}, "role": {"name": "Printer", "slug": "printer"},
   "site": {"name": "Noord", "slug": "noord"}, "location": {"name": "MER"}, "primary_ip": {"address": "10.1.2.4/24"}, "primary_ip4": {"address": "10.1.2.4/24"},
   "primary_ip6": {"address": "fd00::4/64"}, "serial": "X1", "asset_tag": "A7", "status": {"value": "active", "label": "Active"}, "description": "stair"},
  {"id": 2, "name": null, "device_type": {"model": "C9200"}, "device_role": {"name": "Switch"}, "primary_ip4": {"address": "10.1.0.1"}},
  {"id": 3, "name": "sw-2", "device_type": {"model": "C9200"}, "device_role": {"name": "Switch"}, "site": null, "asset_tag": null, "status": {"value": "planned"}},
  {"id": 4, "name": null, "device_type": {"model": "x"}},
  {"id": 5, "name": 7, "device_type": {"model": "x"}}
 ]},
 "virtual_machines": [{"name": "vm-1", "cluster": {"name": "c"}, "primary_ip": {"address": "10.1.0.9/24"}}],
 "sites": [{"name": "Noord", "slug": "noord"}, {"colour": "red"}],
 "prefixes": [{"prefix": "10.1.2.0/24", "site": {"name": "Noord", "slug": "noord"}}, {"prefix": "10.1.3.0/24", "scope_type": "dcim.site", "scope": {"name": "Zuid", "slug": "zuid"}},
  {"prefix": "10.0.0.0/8", "site": null}, {"prefix": "10.9"}]}`

func TestNetBox(t *testing.T) {
	n, err := ReadNetBox([]byte(netbox))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, d := range n.Devices {
		fmt.Fprintf(&b, "%d %s|%s|%s %s|%s|%s|%v|%s|%s|%s|%t|%s\n", d.Line, d.Name, d.Role, d.Maker, d.Model, d.Site.Slug, d.Spot, d.Addresses, d.Serial, d.AssetTag, d.Status, d.Virtual, d.Description)
	}
	for _, p := range n.Prefixes {
		fmt.Fprintf(&b, "%d %s %s\n", p.Line, p.Prefix, p.Site.Name)
	}
	for _, m := range n.Mistakes {
		fmt.Fprintf(&b, "%d: %s\n", m.Line, m.Text)
	}
	want := `2 prn-1|Printer|HP M507|noord|MER|[10.1.2.4 fd00::4]|X1|A7|active|false|stair
6 sw-2|Switch| C9200|||[]||` + `|planned|false|
10 vm-1|| |||[10.1.0.9]|||` + `|true|
12 10.1.2.0/24 Noord
12 10.1.3.0/24 Zuid
11: is neither device nor site nor prefix; remove it
5: its primary address is "10.1.0.1", without the length of its network; correct it in NetBox
7: the device has no name and no address; name it in NetBox
8: is no object of NetBox that we know; export it again, or remove it
13: prefix is "10.9"; correct it in NetBox
`
	if b.String() != want {
		t.Errorf("got:\n%swant:\n%s", b.String(), want)
	}
}

// One page of many is said to be that.
func TestNetBoxPages(t *testing.T) {
	n, err := ReadNetBox([]byte(`{"count": 52, "next": "https://netbox/api/dcim/sites/?offset=2", "results": [{"name": "a", "slug": "a"}, {"name": "b", "slug": "b"}]}`))
	if err != nil || n.More != 50 {
		t.Errorf("%d more, %v", n.More, err)
	}
	for text, want := range map[string]string{
		"3": "neither a list nor an object", "{}": "holds no results, devices, sites or prefixes", `{"devices": 3}`: "line 1: devices is no list", `{"devices": [`: "line 1 is no JSON",
	} {
		if _, err := ReadNetBox([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzFileSD(f *testing.F) {
	f.Add([]byte("[{\"targets\":[\"a\"],\"labels\":{\"b\":\"c\"}}]"))
	f.Add([]byte("- &a {targets: [a, b]}\n- *a\n- {targets: *a}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, _, err := FileSD(data)
		for _, x := range list {
			if err != nil || x.Line < 1 || x.Address == "" || len(x.Labels) > mostLabels && data[0] != '[' {
				t.Fatalf("%v %+v", err, x)
			}
		}
	})
}

func FuzzPrometheus(f *testing.F) {
	f.Add([]byte(`{"data":{"activeTargets":[{"labels":{"instance":"a"},"scrapeUrl":"http://x/probe?target=a"}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, _, err := Prometheus(data)
		for _, x := range list {
			if err != nil || x.Line < 1 || x.Address == "" {
				t.Fatalf("%v %+v", err, x)
			}
		}
	})
}

func FuzzNetBox(f *testing.F) {
	f.Add([]byte(netbox))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := ReadNetBox(data)
		for _, d := range n.Devices {
			if err == nil && (d.Line < 1 || d.Name == "" && len(d.Addresses) == 0) {
				t.Fatalf("%+v", d)
			}
		}
	})
}
