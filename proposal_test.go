package headstart

import (
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

func TestProposeDevice(t *testing.T) {
	c := &Catalog{Locations: []Location{{ID: "noord"}}, Devices: []Device{{ID: "sw-1"}}}
	for name, tt := range map[string]struct {
		labels map[string]string
		want   string
	}{
		"an instance with a port":            {map[string]string{"alertname": "SwitchDown", "instance": "sw-n-2:9116"}, "- {id: sw-n-2, kind: switch}"},
		"a full name":                        {map[string]string{"alertname": "HostDown", "instance": "Srv-7.campus.example:9100"}, "- {id: srv-7, kind: server, address: srv-7.campus.example}"},
		"an address":                         {map[string]string{"alertname": "PrinterOffline", "instance": "10.1.2.4"}, `- {id: host-10-1-2-4, kind: printer, address: "10.1.2.4"}`},
		"an IPv6 address in brackets":        {map[string]string{"alertname": "Odd", "instance": "[fd00::1]:9100"}, `- {id: "host-fd00--1", address: "fd00::1"}`},
		"a URL":                              {map[string]string{"alertname": "ProbeFailed", "instance": "https://www.example.org/login"}, "- {id: www, address: www.example.org}"},
		"the location is known":              {map[string]string{"alertname": "AccessPointDown", "host": "ap-3", "site": "noord"}, "- {id: ap-3, kind: access-point, location: noord}"},
		"the location is not":                {map[string]string{"alertname": "AccessPointDown", "host": "ap-3", "site": "west"}, "- {id: ap-3, kind: access-point}"},
		"its short name is taken":            {map[string]string{"alertname": "Odd", "instance": "sw-1.elsewhere"}, "- {id: sw-1-2, address: sw-1.elsewhere}"},
		"the job gives the kind away":        {map[string]string{"alertname": "Odd", "job": "cups", "device": "mfp_7"}, `- {id: mfp-7, kind: printer, aliases: ["mfp_7"]}`},
		"it looks like a number to YAML":     {map[string]string{"alertname": "Odd", "device": "0x10"}, `- {id: "0x10"}`},
		"a word of YAML":                     {map[string]string{"alertname": "Odd", "device": "null"}, `- {id: "null"}`},
		"nobody's name":                      {map[string]string{"alertname": "Odd", "device": "???"}, ""},
		"no label names a thing":             {map[string]string{"alertname": "BackupFailed", "job": "backup"}, ""},
		"an attempt to write another device": {map[string]string{"alertname": "Odd", "device": "a}\n- {id: b"}, `- {id: "a-----id", aliases: ["a}\U0000000a- {id"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ProposeDevice(tt.labels, DefaultAssetLabels(), c); got != tt.want {
				t.Errorf("proposed %s\nwant     %s", got, tt.want)
			}
		})
	}
}

// Whatever the labels hold, the proposal is one device for YAML, with an id the
// catalog takes, and it is always the same.
func FuzzProposeDevice(f *testing.F) {
	f.Add("SwitchDown", "sw-1:9100", "noord")
	f.Add("a", "a\"}\n\u2028]", "1e3")
	f.Fuzz(func(t *testing.T, name, host, site string) {
		if !utf8.ValidString(name) || !utf8.ValidString(host) || !utf8.ValidString(site) {
			return
		}
		c := &Catalog{Locations: []Location{{ID: site}}, Devices: []Device{{ID: "sw-1"}}}
		labels := map[string]string{"alertname": name, "instance": host, "site": site}
		line := ProposeDevice(labels, DefaultAssetLabels(), c)
		if line != ProposeDevice(labels, DefaultAssetLabels(), c) {
			t.Fatal("twice the same labels give different lines")
		}
		if line == "" {
			return
		}
		var list []Device
		dec := yaml.NewDecoder(strings.NewReader(line))
		dec.KnownFields(true)
		if err := dec.Decode(&list); err != nil || len(list) != 1 {
			t.Fatalf("%s is read as %d devices: %v", line, len(list), err)
		}
		if d := list[0]; d.ID == "" || strings.ContainsAny(d.ID, " /") || c.has(d.ID) || d.Location != "" && d.Location != site || strings.Contains(line, "\n") {
			t.Fatalf("%s is read as %+v", line, d)
		}
	})
}
