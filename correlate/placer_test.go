package correlate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

func office() *headstart.Catalog {
	return &headstart.Catalog{
		Locations: []headstart.Location{{ID: "noord"}},
		Services:  []headstart.Service{{ID: "print", Name: headstart.Names{"nl": "Printen", "en": "Printing"}, Aliases: []string{"FollowMe"}}},
		Devices: []headstart.Device{
			{ID: "sw-n-2", Location: "noord", Address: "10.1.2.254", Name: headstart.Names{"": "Noord switch 2"}},
			{ID: "srv-a", Address: "files.example.org"},
			{ID: "srv-b", Address: "[2001:db8::0:1]:9100", Aliases: []string{"archief"}},
			{ID: "prn-1", Location: "noord", Services: []string{"print"}},
		},
	}
}

// Ruling 18: map rules first, then labels; port and brackets stripped, short name
// or full name, by id, name, address or alias.
func TestPlace(t *testing.T) {
	placing := DefaultPlacing()
	placing.Map = []Mapping{
		{Match: []string{`job="kube-state-metrics"`}, Asset: "{{ .Labels.node }}"},
		{Match: []string{`alertname="QueueStuck"`}, Service: "FollowMe", Class: headstart.ServiceClass},
		{Match: []string{`alertname="FanSlow"`}, Class: headstart.Environment},
		{Match: []string{`job="snmp"`}, Asset: `{{ .Labels.target | short }}`},
	}
	p, err := NewPlacer(placing, office())
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		labels string
		want   Placement
	}{
		"by id, with a port":               {"alertname=HostDown instance=sw-n-2:9100", Placement{"sw-n-2", "", "noord", headstart.Reachability, "label instance", true}},
		"by id, as a full name":            {"alertname=X instance=SW-N-2.example.org:9100", Placement{"sw-n-2", "", "noord", "", "label instance", true}},
		"by address":                       {"alertname=X instance=10.1.2.254:161", Placement{"sw-n-2", "", "noord", "", "label instance", true}},
		"by address inside a URL":          {"alertname=X instance=https://files.example.org/login", Placement{"srv-a", "", "", "", "label instance", true}},
		"by the short name of an address":  {"alertname=X host=files", Placement{"srv-a", "", "", "", "label host", true}},
		"by IPv6 in another spelling":      {"alertname=X instance=[2001:0db8:0:0::1]:9182", Placement{"srv-b", "", "", "", "label instance", true}},
		"by alias":                         {"alertname=X device=Archief", Placement{"srv-b", "", "", "", "label device", true}},
		"by name":                          {"alertname=X|target=Noord switch 2", Placement{"sw-n-2", "", "noord", "", "label target", true}},
		"asset outranks instance":          {"alertname=X asset=prn-1 instance=sw-n-2", Placement{"prn-1", "", "noord", "", "label asset", true}},
		"service beside an asset":          {"alertname=X asset=prn-1 service=Printing", Placement{"prn-1", "print", "noord", "", "label asset", true}},
		"service alone":                    {"alertname=X service=print instance=unknown", Placement{"print", "print", "", "", "label service", true}},
		"map rule with a template":         {"alertname=KubeNodeUnreachable job=kube-state-metrics node=srv-a instance=10.1.2.254", Placement{"srv-a", "", "", "", "map[0]", true}},
		"map rule that finds nothing":      {"alertname=X job=kube-state-metrics instance=sw-n-2", Placement{"sw-n-2", "", "noord", "", "label instance", true}},
		"map rule to a service, by alias":  {"alertname=QueueStuck", Placement{"print", "print", "", headstart.ServiceClass, "map[1]", true}},
		"map rule that only gives a class": {"alertname=FanSlow instance=sw-n-2", Placement{"sw-n-2", "", "noord", headstart.Environment, "label instance", true}},
		"map rule with a function":         {"alertname=X job=snmp target=files.example.org:161", Placement{"srv-a", "", "", "", "map[3]", true}},
		"the author's class outranks all":  {"alertname=FanSlow instance=sw-n-2 headstart_class=capacity", Placement{"sw-n-2", "", "noord", headstart.Capacity, "label instance", true}},
		"an unknown class is none":         {"alertname=X instance=sw-n-2 headstart_class=nonsense", Placement{"sw-n-2", "", "noord", "", "label instance", true}},
		"nowhere":                          {"alertname=X instance=nas-9:9100", Placement{}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, p.Place(labelsOf(tc.labels))); diff != "" {
				t.Errorf("Place(%s) (-want +got):\n%s", tc.labels, diff)
			}
		})
	}
}

// labelsOf reads "a=b c=d"; with a bar between, values may hold spaces.
func labelsOf(s string) map[string]string {
	sep := " "
	if strings.Contains(s, "|") {
		sep = "|"
	}
	out := map[string]string{}
	for kv := range strings.SplitSeq(s, sep) {
		k, v, _ := strings.Cut(kv, "=")
		out[k] = v
	}
	return out
}

// Ruling 18: exporters and Kubernetes parts are not hosts that stopped answering.
func TestDefaultReachability(t *testing.T) {
	p, err := NewPlacer(DefaultPlacing(), office())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]headstart.Class{
		"HostDown": headstart.Reachability, "Down": headstart.Reachability, "SwitchUnreachable": headstart.Reachability,
		"PrinterOffline": headstart.Reachability, "AccessPointNoReply": headstart.Reachability, "InstanceDown": headstart.Reachability,
		"NodeExporterDown": "", "BlackboxExporterDown": "", "KubeNodeUnreachable": "", "KubeletDown": "", "PrometheusDown": "", "HostDownSoon": "",
	} {
		if got := p.Place(map[string]string{"alertname": name}).Class; got != want {
			t.Errorf("%s has class %q, want %q", name, got, want)
		}
	}
}

func TestPlacingMistakes(t *testing.T) {
	for name, tc := range map[string]struct {
		alter func(*Placing)
		want  string
	}{
		"a matcher without operator": {func(p *Placing) { p.Ignore = []string{"noise"} }, `alerts.ignore: matcher "noise"; write it as`},
		"an unanchored parenthesis":  {func(p *Placing) { p.Watchdog = []string{`a=~"a)|(b"`} }, "alerts.watchdog: matcher on a:"},
		"a rule that says nothing":   {func(p *Placing) { p.Map = []Mapping{{Match: []string{`a="b"`}}} }, "alerts.map[0]: the rule says nothing; set asset, service or class"},
		"a rule that matches all":    {func(p *Placing) { p.Map = []Mapping{{Asset: "x"}} }, "alerts.map[0]: match is empty"},
		"a class nobody knows":       {func(p *Placing) { p.Map = []Mapping{{Match: []string{`a="b"`}, Class: "net"}} }, `class "net"; write reachability`},
		"a template that loops":      {func(p *Placing) { p.Map = []Mapping{{Match: []string{`a="b"`}, Asset: "{{range .Labels}}x{{end}}"}} }, "range, define, template and printf are not allowed"},
		"a template that fills memory": {func(p *Placing) {
			p.Map = []Mapping{{Match: []string{`a="b"`}, Asset: "{{if (printf `%999999999d` 1)}}x{{end}}"}}
		}, "printf are not allowed"},
		"a template with a call": {func(p *Placing) { p.Map = []Mapping{{Match: []string{`a="b"`}, Asset: "{{ env `HOME` }}"}} }, `function "env" not defined`},
		"alertname dropped":      {func(p *Placing) { p.DropLabels = []string{"alertname"} }, "take it off the list"},
		"no label name":          {func(p *Placing) { p.AssetLabels = []string{"a b"} }, `alerts.asset_labels: "a b" is no label name`},
	} {
		t.Run(name, func(t *testing.T) {
			p := DefaultPlacing()
			tc.alter(&p)
			if err := p.Validate(); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one that says %q", err, tc.want)
			}
		})
	}
}

// A template may be anything an operator typed: it is refused, or renders.
func FuzzLabelTemplate(f *testing.F) {
	for _, s := range []string{"{{ .Labels.node }}", "{{ .Labels.a | short | upper }}", "x", "{{ if eq .Labels.a `b` }}c{{ end }}", "{{ index .Labels `a` }}"} {
		f.Add(s, "sw-1.example.org:9100")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		tpl, err := parseLabelTemplate(text)
		if err != nil {
			return
		}
		if got := tpl.render(map[string]string{"node": value, "a": value}); len(got) > maxPlaced {
			t.Fatalf("%q rendered %d bytes", text, len(got))
		}
	})
}
