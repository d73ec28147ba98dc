package discover

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
	"headstart/configs"
	"headstart/probes/discover/sweep"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", file, diff)
	}
}

// files renders a proposal as people get it.
func files(t testing.TB, p *Proposal) (catalog, settings string) {
	t.Helper()
	c, err := p.Catalog([]string{"About."})
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Settings([]string{"About."}, []string{"catalog.yml"})
	if err != nil {
		t.Fatal(err)
	}
	return string(c), string(s)
}

// load reads what a proposal wrote the way headstart reads every configuration.
func load(t testing.TB, p *Proposal) *configs.Config {
	t.Helper()
	catalog, settings := files(t, p)
	dir := t.TempDir()
	err := Write(dir, []File{{"catalog.yml", []byte(catalog)}, {"headstart.yml", []byte(settings)}})
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := configs.Load(configs.Source{File: filepath.Join(dir, "headstart.yml")})
	if err != nil {
		t.Fatalf("what was written does not load: %v\n%s\n%s", err, catalog, settings)
	}
	return cfg
}

func addrs(list ...string) []netip.Addr {
	var out []netip.Addr
	for _, a := range list {
		out = append(out, netip.MustParseAddr(a))
	}
	return out
}

// listed are the devices of a proposal, with their addresses and aliases.
func listed(devices []Device) string {
	var list []string
	for _, d := range devices {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s", d.ID, d.Address, strings.Join(d.Aliases, ","))))
	}
	return strings.Join(list, "; ")
}

func said(mistakes []Mistake) string {
	var list []string
	for _, m := range mistakes {
		list = append(list, m.String())
	}
	return strings.Join(list, "\n")
}

// One host is one device however its name is written, and what cannot be one is told.
func TestOneHost(t *testing.T) {
	for name, c := range map[string]struct {
		records     []Record
		want, wrong string
	}{
		"by case, with and without domain": {
			[]Record{{Source: "1", Hosts: []string{"PRN-1.School.example"}}, {Source: "2", Hosts: []string{"prn-1"}}, {Source: "3", Hosts: []string{"Prn-1.school.EXAMPLE."}}},
			"prn-1 prn-1.school.example", "",
		},
		"a short name that two domains have is neither": {
			[]Record{{Source: "1", Hosts: []string{"www.a.example"}}, {Source: "2", Hosts: []string{"www.b.example"}}, {Source: "3", Hosts: []string{"www"}}},
			"www www; www-a-example www.a.example; www-b-example www.b.example", "",
		},
		"by address, the name from one and the building from the other": {
			[]Record{{Source: "1", Name: "N2-04", Addrs: addrs("10.1.2.4")}, {Source: "2", Addrs: addrs("10.1.2.4"), Hosts: []string{"prn-n2-04"}}},
			"prn-n2-04 10.1.2.4", "",
		},
		"by serial number, over IPv4 and IPv6": {
			[]Record{{Source: "1", Seen: true, Addrs: addrs("10.1.2.4"), Keys: []string{"serial VNB3K0123"}}, {Source: "2", Seen: true, Addrs: addrs("fd00::4"), Keys: []string{"serial vnb3k0123"}}},
			"host-10-1-2-4 10.1.2.4 fd00::4", "",
		},
		"a serial number of zeros is nobody's": {
			[]Record{{Source: "1", Addrs: addrs("10.1.2.4"), Keys: []string{"serial 000000"}}, {Source: "2", Addrs: addrs("10.1.2.5"), Keys: []string{"serial 000000"}}},
			"host-10-1-2-4 10.1.2.4; host-10-1-2-5 10.1.2.5", "",
		},
		"two names at one address": {
			[]Record{{Source: "l.csv:2", Name: "N2-04", Addrs: addrs("10.1.2.4")}, {Source: "l.csv:3", Name: "N2-05", Addrs: addrs("10.1.2.4")}},
			"n2-04 10.1.2.4", "l.csv:3: the same device as l.csv:2: N2-05 is called N2-04 at l.csv:2; correct the address or the name of one of the two",
		},
		"one name at two addresses": {
			[]Record{{Source: "l.csv:2", Name: "N2-04", Addrs: addrs("10.1.2.4")}, {Source: "l.csv:3", Name: "n2-04", Addrs: addrs("10.1.2.5")}},
			"n2-04 10.1.2.4", "l.csv:3: the same device as l.csv:2: has address 10.1.2.5, and 10.1.2.4 at l.csv:2; keep the row that is right",
		},
		"what the device calls itself others do too": {
			[]Record{{Source: "1", Seen: true, Calls: "HP LaserJet", Addrs: addrs("10.1.2.4")}, {Source: "2", Seen: true, Calls: "HP LaserJet", Addrs: addrs("10.1.2.5")}},
			"hp-laserjet 10.1.2.4; hp-laserjet-10-1-2-5 10.1.2.5", "",
		},
		"two buildings may have a printer of one name": {
			[]Record{{Source: "1", Name: "Balie", Place: Place{Name: "Noord"}}, {Source: "2", Name: "Balie", Place: Place{Name: "Zuid"}}},
			"balie; balie-zuid", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := Propose(c.records, Options{})
			if got := listed(p.Devices); got != c.want {
				t.Errorf("devices %s\nwant %s", got, c.want)
			}
			if got := said(p.Mistakes); got != c.wrong {
				t.Errorf("mistakes %s\nwant %s", got, c.wrong)
			}
			load(t, p)
		})
	}
}

// school is a list in which everything occurs.
const school = `Naam;IP-adres;Hostnaam;Soort;Vestiging;Gebouw;Verdieping;Kamer;Merk;Type;Serienummer;Dienst;Hangt af van;Aliassen;Garantie tot;Opmerking
N2-04;10.1.2.4;PRN-N2-04.school.example;printer;Campus Oost;Gebouw Noord;2;2.14;HP;LaserJet M507;VNB3K01234;;sw-n-2;"printer bij de trap";01-03-2027;"let op: ""oude"" lade"
N2-05;10.1.2.5;;Printer;Campus Oost;noord;BG;;Brother;HL-L5200;;;sw-n-2;;;
sw-n-2;10.1.2.1;;switch;Campus Oost;Gebouw Noord;;MER;Aruba;2930F;;;core-a|core-b;;;
core-a;10.1.0.1;;switch;Campus Oost;Gebouw Noord;;;;;;;core-b;;;
core-b;10.1.0.2;;switch;Campus Oost;Gebouw Noord;;;;;;;core-a;;;
srv-mail;10.1.0.25;;server;;Gebouw Zuid;;;;;;mail;gateway;;;
pc-12;10.3.0.12;;werkplek;;Gebouw Zuid;;;;;;;;;;
Digibord 3;;;digibord;;Gebouw Zuid;1e;;;;;;;;;
`

// What a list says stands in the files, each thing with where it is from.
func TestGoldenTable(t *testing.T) {
	records, wrong, err := FromTable("school.csv", []byte(school), "")
	if err != nil {
		t.Fatal(err)
	}
	p := Propose(records, Options{Networks: []Network{{Prefix: netip.MustParsePrefix("10.3.0.0/16"), Place: "Zuid", By: "--location"}}})
	catalog, settings := files(t, p)
	golden(t, "table.golden", catalog+"---\n"+settings+"---\n"+said(append(wrong, p.Mistakes...))+"\n")
	load(t, p)
}

// swept is a network with one of everything.
func swept() []sweep.Host {
	at := netip.MustParseAddr
	return []sweep.Host{
		{Addr: at("10.1.0.1"), Pinged: true, Agent: &sweep.Agent{Descr: "Cisco IOS", Name: "gw-noord", Location: "MER, Gebouw Noord", Router: true}},
		{Addr: at("10.1.0.2"), Pinged: true, Agent: &sweep.Agent{Descr: "ProCurve", Name: "sw-1", Location: "Sitting on the Dock of the Bay", Switch: true}},
		{Addr: at("10.1.0.20"), Pinged: true, Names: []string{"srv-dc.school.example"}, Agent: &sweep.Agent{Descr: "Windows Server", Router: true}, Services: []sweep.Service{
			{Kind: "dns", Words: "answers for ."}, {Kind: "ldap", Words: "answers, and lets nobody bind without a name"}, {Kind: "smb", Words: "serves files, SMB 3.0"},
		}},
		{Addr: at("10.1.0.25"), Pinged: true, Names: []string{"mail.school.example"}, Greeting: "SSH-2.0-OpenSSH_9.2", Services: []sweep.Service{
			{Kind: "smtp", Words: "mail.school.example ESMTP"},
			{Kind: "http", Target: "https://mail.school.example/", Words: `HTTP 200, "Webmail: # {x}"`},
			{Kind: "imap", Port: 1143, Words: "ready"},
		}},
		{Addr: at("10.1.0.30"), Pinged: true, Services: []sweep.Service{{Kind: "http", Target: "http://10.1.0.30/", Words: `HTTP 200, "Camera"`}}},
		{Addr: at("10.1.0.40"), Pinged: true, Names: []string{"print.school.example"}, Greeting: "SSH-2.0-x", Queues: []sweep.Queue{{Path: "/printers/kantoor", Name: "kantoor", Location: "2.14"}, {Path: "/printers/a b"}}},
		{Addr: at("10.1.2.4"), Agent: &sweep.Agent{Descr: "HP ETHERNET", Name: "NPI1", Printer: true, Serial: "VNB3K01234", Community: "/etc/headstart/community"}, Printer: &sweep.Printer{Path: "/ipp/print", Info: "N2-04\nx", Location: "Gebouw Noord, 2.14", Model: "HP LaserJet M507"}},
		{Addr: at("10.1.2.5"), Printer: &sweep.Printer{Name: "Brother", Location: "Gebouw Zuid, 1.03", Announced: true}},
		{Addr: at("10.1.2.6"), Printer: &sweep.Printer{Name: "Brother", Location: "gebouw zuid; 0.01"}},
		{Addr: at("10.1.2.77"), Pinged: true, Services: []sweep.Service{{Kind: "rdp"}, {Kind: "smb"}}},
		{Addr: at("10.1.2.78"), Pinged: true},
		{Addr: at("fd00::25"), Pinged: true, Names: []string{"mail.school.example"}, Greeting: "SSH-2.0-OpenSSH_9.2"},
	}
}

// What was seen stands in the files, and why it is proposed.
func TestGoldenSweep(t *testing.T) {
	ranges, err := sweep.ParseRanges([]string{"10.1.0.0/16", "fd00::/112"}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	p := Propose(FromSweep(swept(), Looked{Ranges: ranges}), Options{Networks: []Network{{Prefix: netip.MustParsePrefix("10.1.0.0/24"), Place: "Noord", By: "--location"}}})
	catalog, settings := files(t, p)
	golden(t, "sweep.golden", catalog+"---\n"+settings+"---\n"+said(p.Mistakes)+"\n")
	settings = strings.ReplaceAll(settings, "/etc/headstart/community", "catalog.yml") // any file that is there
	dir := t.TempDir()
	if err := Write(dir, []File{{"catalog.yml", []byte(catalog)}, {"headstart.yml", []byte(settings)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := configs.Load(configs.Source{File: filepath.Join(dir, "headstart.yml")}); err != nil {
		t.Error(err)
	}
}

// Read again, a list says nothing new, and its files are the same in any order.
func TestAgain(t *testing.T) {
	records, _, err := FromTable("school.csv", []byte(school), "")
	if err != nil {
		t.Fatal(err)
	}
	first := Propose(records, Options{})
	catalog, settings := files(t, first)
	for range 20 {
		rand.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		c, s := files(t, Propose(records, Options{}))
		if c != catalog || s != settings {
			t.Fatalf("another order, another file:\n%s", cmp.Diff(catalog+settings, c+s))
		}
	}
	cfg := load(t, first)
	again := Propose(records, Options{Catalog: cfg.Catalog, Probed: func(c *headstart.Catalog) (map[string][]string, []string) {
		return cfg.Probes.Kinds(c), nil
	}})
	if !again.Empty() || again.Known != 8 {
		c, s := files(t, again)
		t.Errorf("new, of a list that was read before: known %d\n%s%s", again.Known, c, s)
	}
}

// The catalog is compared, and never altered: what is new, what says otherwise, what
// is gone.
func TestCompare(t *testing.T) {
	cat := &headstart.Catalog{
		Locations: []headstart.Location{{ID: "noord", Name: headstart.Names{"": "Gebouw Noord"}, Networks: []string{"10.1.0.0/16"}}, {ID: "zuid"}, {ID: "kelder", Parent: "noord"}},
		Services:  []headstart.Service{{ID: "afdrukken", Kind: headstart.KindPrinter}},
		Devices: []headstart.Device{
			{ID: "prn-1", Kind: "printer", Address: "10.1.0.1", Location: "kelder"},
			{ID: "prn-2", Kind: "printer", Address: "10.1.0.2"},
			{ID: "prn-3", Kind: "server", Address: "10.1.0.3", Location: "zuid"},
			{ID: "prn-4", Kind: "printer", Address: "10.1.0.4"},
			{ID: "prn-5", Kind: "printer", Address: "10.9.0.5"},
			{ID: "prn-6", Kind: "printer", Address: "prn-6.school.example"},
		},
	}
	printer := func(address, name string) Record {
		r := Record{Source: address, Seen: true, Kind: "printer", Addrs: addrs(address), Asks: []Ask{{Kind: "printer"}}}
		if name != "" {
			r.Hosts = []string{name}
		}
		return r
	}
	asked := map[netip.Addr]bool{}
	for i := range 20 {
		asked[netip.AddrFrom4([4]byte{10, 1, 0, byte(i)})] = true
	}
	p := Propose([]Record{
		printer("10.1.0.1", ""), printer("10.1.0.12", "PRN-2.school.example"), printer("10.1.0.3", ""), printer("10.1.0.6", "prn-6"), printer("10.1.0.7", ""),
	}, Options{
		Catalog: cat, Asked: func(a netip.Addr) bool { return asked[a] },
		Probed: func(c *headstart.Catalog) (map[string][]string, []string) {
			return map[string][]string{"prn-10-1-0-7": {"icmp"}}, []string{"printers", "prn-10-1-0-7-printer"}
		},
	})
	if got, want := listed(p.Devices), "prn-10-1-0-7 10.1.0.7"; got != want || p.Devices[0].Location != "noord" || p.Devices[0].Services[0] != "afdrukken" || len(p.Services)+len(p.Locations) != 0 {
		t.Errorf("new: %s at %s, want %s", got, p.Devices[0].Location, want)
	}
	wantChanged := []string{
		"prn-2: address is 10.1.0.2 in the catalog, 10.1.0.12 by 10.1.0.12",
		"prn-3: kind is server in the catalog, printer by 10.1.0.3",
		"prn-3: location is zuid in the catalog, noord by 10.1.0.3",
	}
	if diff := cmp.Diff(wantChanged, p.Changed); diff != "" || p.Known != 4 {
		t.Errorf("known %d, changed (-want +got):\n%s", p.Known, diff)
	}
	if diff := cmp.Diff([]string{"prn-4: nothing answers at 10.1.0.4"}, p.Vanished); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
	if len(p.Probes) != 1 || p.Probes[0].Name != "prn-10-1-0-7-printer-2" || p.Probes[0].Asset != "prn-10-1-0-7" {
		t.Errorf("probes %+v; the one for all printers would ask those of the catalog twice", p.Probes)
	}
}

// A place is where a device says it is only if that place is known, or others say so
// too.
func TestPlaces(t *testing.T) {
	cat := &headstart.Catalog{Locations: []headstart.Location{
		{ID: "noord", Name: headstart.Names{"nl": "Gebouw Noord"}, Aliases: []string{"de nieuwbouw"}}, {ID: "west", Networks: []string{"10.2.0.0/16"}}, {ID: "west-kelder", Networks: []string{"10.2.9.0/24"}},
	}}
	for text, want := range map[string]string{
		"Gebouw Noord, 2.14": "noord", "kamer 2.14 in de Nieuwbouw": "noord", "noordelijk": "", "Sitting on the Dock of the Bay": "", "Unknown": "", "": "",
		"Oost 3": "", "Zuid / 2": "zuid",
	} {
		records := []Record{
			{Source: "1", Addrs: addrs("10.1.0.1"), Place: Place{Text: text}},
			{Source: "2", Addrs: addrs("10.1.0.2"), Place: Place{Text: "zuid; 1"}},
			{Source: "3", Addrs: addrs("10.1.0.3"), Place: Place{Text: "Zuid, 9"}},
		}
		if got := Propose(records, Options{Catalog: cat}).Devices; len(got) != 3 || placeOf(got, "10.1.0.1") != want || placeOf(got, "10.1.0.2") != "zuid" {
			t.Errorf("%q is at %q, want %q", text, placeOf(got, "10.1.0.1"), want)
		}
	}
	got := Propose([]Record{{Source: "1", Addrs: addrs("10.2.9.1")}, {Source: "2", Addrs: addrs("10.2.8.1")}}, Options{Catalog: cat}).Devices
	if placeOf(got, "10.2.9.1") != "west-kelder" || placeOf(got, "10.2.8.1") != "west" {
		t.Errorf("by network: %s", listed(got))
	}
}

func placeOf(devices []Device, address string) string {
	for _, d := range devices {
		if d.Address == address {
			return d.Location
		}
	}
	return "no device"
}

// Whatever a list holds, what is written of it loads.
func FuzzTable(f *testing.F) {
	f.Add([]byte(school))
	f.Add([]byte("naam,ip\n\"a\n"))
	f.Add([]byte("sep=;\nname;address;location\n#x: {y};10.0.0.1;~\n- z;fd00::1;null\n*a;h.example;'\n1e3;10.0.0.2;0x10\n"))
	f.Add([]byte("name;address;depends on\na;10.0.0.1;b\nb;10.0.0.2;c\nc;10.0.0.3;a|b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		records, _, err := FromTable("f.csv", data, "")
		if err != nil || len(records) > 200 {
			return
		}
		load(t, Propose(records, Options{}))
	})
}

// Whatever hosts say of themselves, what is written of it loads.
func FuzzSweep(f *testing.F) {
	f.Add("gw-noord", "MER, Gebouw Noord", "N2-04\n# x: {y}", "/printers/kantoor", "srv.school.example")
	f.Add("*a", "null", "- b: [", "/printers/a b", "-")
	f.Add("\x1b[2J", "~", "'\"", "/\u2028", "localhost")
	f.Fuzz(func(t *testing.T, name, location, info, path, host string) {
		at := netip.MustParseAddr
		hosts := []sweep.Host{
			{Addr: at("10.1.0.1"), Names: []string{host, name}, Agent: &sweep.Agent{Name: name, Descr: info, Location: location, Serial: host, Printer: true}},
			{Addr: at("10.1.0.2"), Pinged: true, Names: []string{host}, Greeting: info, Queues: []sweep.Queue{{Path: path, Name: name, Info: info}}, Services: []sweep.Service{{Kind: "smtp", Words: info}}},
			{Addr: at("10.1.0.3"), Names: []string{name}, Printer: &sweep.Printer{Path: path, Name: name, Info: info, Location: location, Model: host, UUID: host}},
			{Addr: at("10.1.0.4"), Pinged: true, Names: []string{name}},
			{Addr: at("10.1.0.5"), Pinged: true, Agent: &sweep.Agent{Name: host, Location: location, Switch: true}},
		}
		load(t, Propose(FromSweep(hosts, Looked{Ports: sweep.Ports{"ipp": 8631, "snmp": 1161}}), Options{}))
	})
}

// What NetBox and Prometheus know stands in the files, with what they do not say left
// out.
func TestGoldenExports(t *testing.T) {
	netbox, networks, wrong, err := FromNetBox("netbox.json", []byte(`{"devices": [
 {"name": "PRN-1", "device_type": {"manufacturer": {"name": "HP"}, "model": "LaserJet M507"}, "role": {"name": "Randapparatuur"}, "site": {"name": "Gebouw Noord", "slug": "nrd"}, "location": {"name": "2.14"}, "primary_ip4": {"address": "10.1.2.4/24"}, "asset_tag": "A7"},
 {"name": "sw 2", "device_type": {"model": "C9200"}, "role": {"name": "Access switch"}, "site": {"name": "Gebouw Noord", "slug": "nrd"}, "status": {"value": "active"}},
 {"name": "sw-3", "device_type": {"model": "C9200"}, "role": {"name": "Access switch"}, "status": {"value": "inventory"}, "primary_ip4": {"address": "10.1.0.3/24"}}],
 "virtual_machines": [{"name": "vm-1", "cluster": {"name": "c"}, "primary_ip": {"address": "10.1.0.9/24"}}],
 "prefixes": [{"prefix": "10.1.0.0/16", "site": {"name": "Gebouw Noord", "slug": "nrd"}}, {"prefix": "10.9"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	targets, more, err := FromFileSD("targets.yml", []byte(`- targets: ["prn-1.school.example:9100", "10.1.0.9:9100", "localhost:9090", "a b c/d"]
  labels: {job: node, site: Gebouw Noord, vdc: x}
- {targets: ["10.1.7.7"], labels: {asset: cam-7, kind: camera, floor: 2e, room: hal, location: Zuid, service: toezicht}}
`))
	if err != nil {
		t.Fatal(err)
	}
	scraped, evenMore, err := FromPrometheus("prometheus:9090", []byte(`{"data":{"activeTargets":[
 {"labels":{"job":"web"},"scrapeUrl":"http://bb/probe?module=http_2xx&target=https://intranet.school.example/start"},
 {"labels":{"job":"web"},"scrapeUrl":"http://bb/probe?module=http_2xx&target=https://u:p@intranet.school.example/"},
 {"labels":{"job":"mail"},"scrapeUrl":"http://bb/probe?module=smtp_starttls&target=mail.school.example:25"},
 {"labels":{"job":"mail"},"scrapeUrl":"http://bb/probe?module=imap&target=mail.school.example:143"},
 {"labels":{"job":"names"},"scrapeUrl":"http://bb/probe?module=dns_udp&target=10.1.0.53"},
 {"labels":{"job":"ping"},"scrapeUrl":"http://bb/probe?module=icmp&target=10.1.0.1"},
 {"labels":{"job":"ssh"},"scrapeUrl":"http://bb/probe?module=ssh_banner&target=10.1.0.9:22"},
 {"labels":{"job":"snmp"},"scrapeUrl":"http://snmp/snmp?module=printer_mib&target=10.1.2.5"},
 {"labels":{"job":"windows","instance":"srv-1:9182"},"scrapeUrl":"http://srv-1:9182/metrics"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	p := Propose(append(append(netbox, targets...), scraped...), Options{Networks: networks})
	catalog, settings := files(t, p)
	wrong = append(append(append(wrong, more...), evenMore...), p.Mistakes...)
	golden(t, "exports.golden", catalog+"---\n"+settings+"---\n"+said(wrong)+"\n")
	load(t, p)
}
