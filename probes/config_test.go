package probes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"

	"headstart"
)

// Every mistake is named with its probe, its key and its remedy.
func TestMistakesNameTheRemedy(t *testing.T) {
	for name, tc := range map[string]struct{ probe, want string }{
		"no name":                {`{kind: icmp, target: a}`, "probes[0]: name is missing"},
		"a name with a slash":    {`{name: a/b, kind: icmp, target: a}`, `probe a/b: name "a/b" holds a blank or a slash; write "a-b"`},
		"no kind":                {`{name: a, target: a}`, "probe a: kind is missing; write one of dns, exec, grpc, http, icmp, imap, ldap, ntp, printer, promql, push, rdp, smb, smtp, snmp, statuspage, tcp, tls"},
		"a kind misspelt":        {`{name: a, kind: htttp, target: a}`, `probe a: kind "htttp" is unknown; did you mean "http"?`},
		"a kind nobody knows":    {`{name: a, kind: telepathy, target: a}`, `kind "telepathy" is unknown; write one of dns, exec, grpc, http, icmp, imap, ldap, ntp, printer, promql, push, rdp, smb, smtp, snmp, statuspage, tcp, tls`},
		"protocol nobody knows":  {`{name: a, kind: printer, target: p, protocol: [ipp, lpd]}`, `protocol "lpd" is unknown; write ipp, snmp or raw`},
		"protocol twice":         {`{name: a, kind: printer, target: p, protocol: [ipp, ipp]}`, "protocol ipp stands twice; remove one"},
		"queue without ipp":      {`{name: a, kind: printer, target: "ipp://p/x", protocol: [snmp]}`, "protocol does not hold ipp"},
		"web printer":            {`{name: a, kind: printer, target: "http://p/x"}`, "target is no address of a printer; write HOST, or ipp://HOST/PATH, not http://p/x"},
		"password in a queue":    {`{name: a, kind: printer, target: "ipp://u:secret@p/x"}`, "target ipp://u:xxxxx@p/x holds a password"},
		"hidden queue":           {`{name: a, kind: printer, target: "ipp://%C3%A9/x"}`, "percent codes"},
		"community unused":       {`{name: a, kind: printer, target: p, protocol: [ipp], community: x}`, "protocol does not hold snmp"},
		"two communities":        {`{name: a, kind: printer, target: p, community: x, community_file: y}`, "community and community_file are both set; remove one"},
		"nothing to look at":     {`{name: a, kind: snmp, target: s}`, "probe a: nothing to look at; set interfaces to the links that matter, such as [Te1/1/1, uplink*], or oids"},
		"limits of nothing":      {`{name: a, kind: snmp, target: s, oids: [{name: x, oid: 1.3.6.1}], limits: {load: 5}}`, "limits are of interfaces, and none is set"},
		"a limit below zero":     {`{name: a, kind: snmp, target: s, interfaces: [lo], limits: {errors: -1}}`, "limits holds a negative number; write 0 for no limit"},
		"an OID of names":        {`{name: a, kind: snmp, target: s, oids: [{name: x, oid: SNMPv2-MIB::sysName.0}]}`, `oids[0]: oid "SNMPv2-MIB::sysName.0" is no OID; write its numbers`},
		"an OID nobody can send": {`{name: a, kind: snmp, target: s, oids: [{name: x, oid: 1.40.1}]}`, `oid "1.40.1" is no OID`},
		"a number too large":     {`{name: a, kind: snmp, target: s, oids: [{name: x, oid: 1.3.4294967296}]}`, "is no OID"},
		"an OID without a name":  {`{name: a, kind: snmp, target: s, oids: [{oid: 1.3.6.1}]}`, "oids[0]: name is missing; write what people call the value"},
		"two of one name":        {`{name: a, kind: snmp, target: s, oids: [{name: x, oid: 1.3.6.1}, {name: x, oid: 1.3.6.2}]}`, "oids[1]: the name is used twice"},
		"no condition":           {`{name: a, kind: snmp, target: s, oids: [{name: x, oid: 1.3.6.1, down: ">"}]}`, `oids[0]: down: ">" is no condition; write a sign and a value, such as != 2 or > 40`},
		"links of another kind":  {`{name: a, kind: icmp, target: s, interfaces: [lo]}`, "kind icmp has no key interfaces; remove it"},
		"v3 with a community":    {`{name: a, kind: printer, target: p, community: x, snmpv3: {username: u}}`, "version 3 has none"},
		"v3 without a user":      {`{name: a, kind: printer, target: p, snmpv3: {auth: sha, auth_password_file: x}}`, "snmpv3: username is missing"},
		"v3 without a password":  {`{name: a, kind: printer, target: p, snmpv3: {username: u, auth: sha}}`, "auth and auth_password_file belong together"},
		"v3 without its key":     {`{name: a, kind: printer, target: p, snmpv3: {username: u, priv: aes}}`, "priv and priv_password_file belong together"},
		"v3 readable":            {`{name: a, kind: printer, target: p, snmpv3: {username: u, priv: aes, priv_password_file: x}}`, "snmpv3: priv needs auth"},
		"v3 of another kind":     {`{name: a, kind: printer, target: p, snmpv3: {username: u, auth: crc, auth_password_file: x}}`, `auth "crc" is unknown; write one of md5`},
		"community of a ping":    {`{name: a, kind: icmp, target: p, community: x}`, "kind icmp has no key community"},
		"a push has no target":   {`{name: a, kind: push, target: y}`, "kind push has no target: jobs call it; remove target, or name the job's asset"},
		"one push of many":       {`{name: a, kind: push, assets: {kind: printer}}`, "kind push needs one probe per job; use asset"},
		"a push to a port":       {`{name: a, kind: push, port: 80}`, "kind push has no key port; remove it"},
		"promql without query":   {`{name: a, kind: promql, target: "http://x"}`, "query is missing; write an expression that is never zero when all is well"},
		"half a log-in":          {`{name: a, kind: promql, target: "http://x", query: up, username: u}`, "username stands without password_file; set both, or neither"},
		"the other half":         {`{name: a, kind: promql, target: "http://x", query: up, password_file: f}`, "password_file stands without username; set both, or neither"},
		"half an application":    {`{name: a, kind: statuspage, target: "https://graph.microsoft.com", tenant: t}`, "tenant, client_id and client_secret_file belong together"},
		"an application there":   {`{name: a, kind: statuspage, target: "https://graph.example", tenant: t, client_id: i, client_secret_file: f}`, "target is no Microsoft Graph; write https://graph.microsoft.com"},
		"a component unnamed":    {`{name: a, kind: statuspage, target: "https://x", components: [""]}`, "components holds an empty name; remove it"},
		"components elsewhere":   {`{name: a, kind: icmp, target: x, components: [y]}`, "kind icmp has no key components; remove it"},
		"nothing to check":       {`{name: a, kind: icmp}`, "probe a: nothing to check; set target, asset or assets"},
		"two selections":         {`{name: a, kind: icmp, assets: {kind: x}, target: y}`, "assets stands beside target or asset; keep one"},
		"interval too short":     {`{name: a, kind: icmp, target: a, interval: 100ms}`, "interval is 100ms; set 1s or more"},
		"timeout not below":      {`{name: a, kind: icmp, target: a, interval: 5s, timeout: 5s}`, "timeout 5s is not below interval 5s; lower timeout or raise interval"},
		"fails below one":        {`{name: a, kind: icmp, target: a, fails: -1}`, "fails -1, successes 0; set both to 1 or more"},
		"tcp without port":       {`{name: a, kind: tcp, target: mail}`, `target "mail" has no usable port; write HOST:PORT, or set port`},
		"a URL for tcp":          {`{name: a, kind: tcp, target: "http://x"}`, `is a URL; write HOST:PORT`},
		"a URL for icmp":         {`{name: a, kind: icmp, target: "http://x"}`, "is a URL; write only its host"},
		"port out of range":      {`{name: a, kind: tcp, target: x, port: 65536}`, "port is 65536; write 1 to 65535"},
		"not the web":            {`{name: a, kind: http, target: "ftp://x"}`, "is no web address"},
		"a password in the URL":  {`{name: a, kind: http, target: "https://u:geheim@x/"}`, "put basic_auth in a module"},
		"unknown module":         {`{name: a, kind: http, module: http_2x, target: x}`, `module "http_2x" is not in the built-in modules (set blackbox to the file that has it); did you mean "http_2xx"?`},
		"module of another kind": {`{name: a, kind: http, module: tcp_connect, target: x}`, `module "tcp_connect" is for prober tcp; kind http needs a module for http`},
		"tls without TLS":        {`{name: a, kind: tls, module: tcp_connect, target: x}`, "looks at no certificate; set tls: true in it"},
		"query elsewhere":        {`{name: a, kind: http, target: x, query: y}`, "kind http has no key query; remove it"},
		"a key of another kind":  {`{name: a, kind: icmp, target: x, community: geheim}`, "kind icmp has no key community; remove it"},
		"service not in catalog": {`{name: a, kind: icmp, target: x, service: intranit}`, `service "intranit" is not in the catalog; did you mean "intranet"?`},
		"asset not in catalog":   {`{name: a, kind: icmp, asset: sw-9}`, `asset "sw-9" is not in the catalog; did you mean "sw-1"?`},
		"location not there":     {`{name: a, kind: icmp, assets: {location: nord}}`, `location "nord" is not in the catalog; did you mean "noord"?`},
		"asset without address":  {`{name: a, kind: icmp, asset: prn-3}`, "asset prn-3 has no address in the catalog; add one, or set target"},
		"a service has none":     {`{name: a, kind: http, asset: intranet}`, "asset intranet has no address in the catalog; add one, or set target"},
	} {
		t.Run(name, func(t *testing.T) {
			err := config(t, "probes: ["+tc.probe+"]").Check(catalog())
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("got  %v\nwant %s", err, tc.want)
			}
			if strings.Contains(err.Error(), "geheim") {
				t.Error("the error shows a secret")
			}
		})
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	err := config(t, `
probes:
  - {name: a, kind: icmp, target: x}
  - {name: a, kind: icmp, target: x, interval: 1ms}
  - {name: b, kind: snmp, interfaces: [""], oids: [{oid: ifDescr.1, down: "> x"}]}
probe_allow: [10.0.0.0/8, overal]
blackbox: /does/not/exist.yml
`).Validate()
	for _, want := range []string{"name is used twice", "interval is 1ms", "nothing to check", "an interface is empty", "name is missing", "is no OID", `compares with "x"`, `"overal" is neither`, "/does/not/exist.yml"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
}

// One probe per matching asset, at its address, under its location; what the
// probe checks end to end stays only what it says.
func TestExpand(t *testing.T) {
	c := config(t, `
probes:
  - {name: printers, kind: icmp, assets: {kind: printer}, interval: 2m, timeout: 20s, fails: 5, successes: 1}
  - {name: noord, kind: tcp, assets: {location: noord}, port: 22}
  - {name: web, kind: http, asset: intranet, target: "https://intranet.example/x", interval: 4s}
  - {name: host, kind: http, target: 10.0.0.9:8080}
  - {name: six, kind: dns, target: "2001:db8::1", location: zuid}
  - {name: none, kind: icmp, assets: {kind: beamer}}
`)
	specs, leftOut, err := c.expand(catalog())
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		ID, Asset, Target, Host, At, Service, Serves string
		Interval, Timeout                            time.Duration
		Fails, Successes                             int
	}
	var got []row
	for _, s := range specs {
		got = append(got, row{s.id, s.asset, s.target, s.host, s.at, s.service, s.serves, s.interval, s.timeout, s.fails, s.successes})
	}
	sec := time.Second
	want := []row{
		{"printers/prn-1", "prn-1", "127.0.0.11", "127.0.0.11", "noord-2", "", "print", 120 * sec, 20 * sec, 5, 1},
		{"printers/prn-2", "prn-2", "127.0.0.12", "127.0.0.12", "zuid", "", "print", 120 * sec, 20 * sec, 5, 1},
		{"noord/sw-1", "sw-1", "127.0.0.1:22", "127.0.0.1", "noord", "", "lan", 60 * sec, 5 * sec, 3, 2},
		{"noord/prn-1", "prn-1", "127.0.0.11:9100", "127.0.0.11", "noord-2", "", "print", 60 * sec, 5 * sec, 3, 2},
		{"web", "intranet", "https://intranet.example/x", "intranet.example", "", "", "", 4 * sec, 2 * sec, 3, 2},
		{"host", "", "http://10.0.0.9:8080", "10.0.0.9", "", "", "", 60 * sec, 5 * sec, 3, 2},
		{"six", "", "[2001:db8::1]:53", "2001:db8::1", "zuid", "", "", 60 * sec, 5 * sec, 3, 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("specs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"printers: prn-3 has no address", "none: no device of the catalog matches assets"}, leftOut); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
}

// Modules of the operator's file count, and a file written for another release
// is told which one is built in.
func TestBlackboxFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "blackbox.yml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := config(t, `probes: [{name: a, kind: http, module: portal, target: "http://x"}]`)
	c.Blackbox = file
	write("modules: {portal: {prober: http}}")
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	write("modules: {portal: {prober: http, http: {novelty: true}}}")
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "v0.28.0") || !strings.Contains(err.Error(), file) {
		t.Errorf("err = %v, want file and release", err)
	}
}

func TestFilter(t *testing.T) {
	c := config(t, `
probes:
  - {name: ping, kind: icmp, assets: {}}
  - {name: web, kind: http, target: "http://10.0.0.1", service: intranet, labels: {team: web}}
`)
	f := newFleet(t, Options{Config: c, Catalog: catalog()})
	for name, tc := range map[string]struct {
		names          []string
		only, forWhom  string
		want, wantFail string
	}{
		"all":                    {nil, "", "", "ping/sw-1 ping/sw-2 ping/prn-1 ping/prn-2 ping/srv-print web", ""},
		"by name":                {[]string{"web", "prn-1"}, "", "", "ping/prn-1 web", ""},
		"a place and within":     {nil, "location=noord", "", "ping/sw-1 ping/prn-1", ""},
		"two conditions":         {nil, "kind=icmp,service=print", "", "ping/prn-1 ping/prn-2", ""},
		"a label":                {nil, "team=web", "", "web", ""},
		"what a department uses": {nil, "", "department=fin", "ping/sw-1 ping/sw-2 web", ""},
		"a department of none":   {nil, "", "department=rest", "", ""},
		"what a service needs":   {nil, "", "service=print", "ping/prn-1 ping/prn-2 ping/srv-print", ""},
		"what a place needs":     {nil, "", "location=noord", "ping/sw-1 ping/prn-1", ""},
		"no value":               {nil, "kind", "", "", "write KEY=VALUE"},
		"for whom":               {nil, "", "fin", "", "write department=ID"},
		"for something else":     {nil, "", "floor=2", "", "write department=ID"},
	} {
		t.Run(name, func(t *testing.T) {
			filter, err := ParseFilter(tc.names, tc.only, tc.forWhom)
			if tc.wantFail != "" {
				if err == nil || !strings.Contains(err.Error(), tc.wantFail) {
					t.Fatalf("err = %v, want %s", err, tc.wantFail)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, j := range f.matching(filter) {
				got = append(got, j.spec.id)
			}
			if s := strings.Join(got, " "); s != tc.want {
				t.Errorf("got  %s\nwant %s", s, tc.want)
			}
		})
	}
}

// FuzzAddress: whatever is written as a target is refused, or dials the host the
// limits and the guard count by.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"a", "a:1", "[::1]:2", "::1", "http://a:1/b", "https://[::1]/", "a:99999", "http://u:p@h/", ":1", "[]", "0%80000000"} {
		f.Add(s, 0)
	}
	f.Fuzz(func(t *testing.T, target string, port int) {
		for name, k := range kinds {
			if k.address == nil {
				continue
			}
			if k.address == nil {
				continue
			}
			full, host, err := k.address(target, port)
			if err == nil && (full == "" || host == "" || !strings.Contains(full, host)) {
				t.Errorf("%s: %q is %q at host %q", name, target, full, host)
			}
		}
	})
}

func TestTimeoutOfProbeAndModule(t *testing.T) {
	for name, tc := range map[string]struct{ interval, timeout, module, want time.Duration }{
		"neither says":           {60, 0, 0, 5},
		"a short interval":       {4, 0, 0, 2},
		"the probe says":         {60, 20, 0, 20},
		"the module says longer": {60, 0, 10, 10},
		"but not the interval":   {6, 0, 10, 3},
		"both, the shorter":      {60, 20, 10, 10},
		"both, the probe's":      {60, 8, 10, 8},
	} {
		p := Probe{Interval: model.Duration(tc.interval * time.Second), Timeout: model.Duration(tc.timeout * time.Second)}
		if got := p.timeoutWith(tc.module * time.Second); got != tc.want*time.Second {
			t.Errorf("%s: %v, want %vs", name, got, int(tc.want))
		}
	}
}

// A switch that serves Wi-Fi is no end-to-end check of Wi-Fi (ruling 24).
func TestServiceOfAnAssetIsNotChecked(t *testing.T) {
	specs, _, err := config(t, `probes: [{name: a, kind: icmp, asset: sw-1}]`).expand(catalog())
	if err != nil {
		t.Fatal(err)
	}
	f := finding{verdict: headstart.Down, at: time.Now()}
	if c := (&Fleet{}).check(&specs[0], f, false); c.Service != "" {
		t.Errorf("check says service %q", c.Service)
	}
	if r := specs[0].result(f); r.Service != "lan" {
		t.Errorf("result says service %q, want the one people know", r.Service)
	}
}
