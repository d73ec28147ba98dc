package demo

import (
	"fmt"
	"strings"
)

// Device is one device of the organisation.
type Device struct {
	ID, Kind, Name string
	Location       string
	Floor          int
	Services       []string
	DependsOn      []string
	Alias          string
	People         int
}

// building is one of three.
type building struct {
	id, letter, name string
	aliases          string
	walk             int
}

var buildings = []building{
	{"noord", "n", "Gebouw Noord", "Noord", 10},
	{"midden", "m", "Hoofdgebouw", "Midden, hoofdgebouw", 20},
	{"zuid", "z", "Gebouw Zuid", "Zuid", 30},
}

const floors = 3

// Devices are all devices: two layers of switches below a core, servers in the middle
// building, and on each floor printers and access points. 40 are printers.
func Devices() []Device {
	out := []Device{
		{ID: "line-isp", Kind: "router", Name: "Internetlijn", Location: "midden", Services: []string{"internet"}},
		{ID: "core-1", Kind: "switch", Name: "Kernswitch", Location: "midden", Services: []string{"lan"}},
		{ID: "srv-print01", Kind: "server", Name: "Printserver", Location: "midden", Services: []string{"print"}, DependsOn: []string{"core-1"}},
		{ID: "srv-files", Kind: "server", Name: "Bestandsserver", Location: "midden", Services: []string{"files"}, DependsOn: []string{"core-1"}},
		{ID: "srv-erp", Kind: "server", Name: "Boekhoudserver", Location: "midden", Services: []string{"erp"}, DependsOn: []string{"core-1"}},
		{ID: "srv-backup", Kind: "server", Name: "Back-upserver", Location: "midden", Services: []string{"backup"}, DependsOn: []string{"core-1"}},
		{ID: "srv-probe", Kind: "server", Name: "Meetserver", Location: "midden", DependsOn: []string{"core-1"}},
	}
	for _, b := range buildings {
		up := "sw-" + b.letter
		out = append(out, Device{ID: up, Kind: "switch", Name: b.name + " verdeelkast", Location: b.id, Services: []string{"lan"}, DependsOn: []string{"core-1"}})
		for floor := range floors {
			out = append(out, b.devices(floor, up)...)
		}
	}
	return out
}

// devices are those of a floor, whose switch hangs on up: it, three access points, and
// five printers; the top floor of the last building has none.
func (b *building) devices(floor int, up string) []Device {
	sw, room := fmt.Sprintf("%s-%d", up, floor), fmt.Sprintf("%s%d", b.letter, floor)
	out := []Device{{ID: sw, Kind: "switch", Name: fmt.Sprintf("%s verdieping %d", b.name, floor), Location: b.id, Floor: floor, Services: []string{"lan"}, DependsOn: []string{up}}}
	for n := range 3 {
		out = append(out, Device{
			ID: fmt.Sprintf("ap-%s-%02d", room, n+1), Kind: "accesspoint", Name: fmt.Sprintf("wifi %s-%02d", strings.ToUpper(room), n+1),
			Location: b.id, Floor: floor, Services: []string{"wifi"}, DependsOn: []string{sw},
		})
	}
	if b.letter == "z" && floor == floors-1 {
		return out
	}
	for n := range 5 {
		out = append(out, Device{
			ID: fmt.Sprintf("prn-%s-%02d", room, n+1), Kind: "printer", Name: fmt.Sprintf("%s-%02d", strings.ToUpper(room), n+1),
			Location: b.id, Floor: floor, Services: []string{"print"}, DependsOn: []string{sw, "srv-print01"}, People: 12,
		})
	}
	out[len(out)-5].Alias = "printer bij de trap " + strings.ToUpper(room)
	return out
}

// Catalog is the organisation as catalog.yml has it.
func Catalog() string {
	var b strings.Builder
	b.WriteString("organisation: \"Voorbeeld College\"\nlocations:\n")
	for _, l := range buildings {
		fmt.Fprintf(&b, "  - {id: %s, name: %q, aliases: [%s], floors: [0, 1, 2], walk: %d}\n", l.id, l.name, l.aliases, l.walk)
	}
	b.WriteString(`departments:
  - {id: docenten, name: {nl: "Docenten", en: "Teachers"}, locations: [noord, zuid], uses: [print, wifi, elo, mail], people: 140}
  - {id: fin, name: {nl: "Financiën", en: "Finance"}, aliases: [crediteuren], locations: [midden], uses: [print, erp, mail], people: 30}
  - {id: balie, name: {nl: "Balie en administratie", en: "Front office"}, locations: [noord, midden, zuid], uses: [print, mail, files], people: 45}
services:
  - {id: print, name: {nl: "Printen", en: "Printing"}, kind: printer, aliases: [afdrukken, printer], depends_on: [srv-print01, lan], support_group: werkplek, workaround: {nl: "Laat wat u wilt printen in de wachtrij staan.", en: "Leave what you want to print in the queue."}}
  - {id: wifi, name: {nl: "Wifi", en: "Wi-Fi"}, kind: network, aliases: [eduroam, draadloos], depends_on: [lan], support_group: netwerk}
  - {id: lan, name: {nl: "Netwerk", en: "Network"}, kind: network, depends_on: [core-1], criticality: high, support_group: netwerk}
  - {id: internet, name: {nl: "Internet", en: "Internet"}, kind: network, depends_on: [line-isp], criticality: high, support_group: netwerk}
  - {id: elo, name: {nl: "Leeromgeving", en: "Learning environment"}, kind: application, aliases: [elo, studiewijzer], depends_on: [internet], criticality: high}
  - {id: mail, name: {nl: "Mail", en: "Mail"}, kind: mail, aliases: [outlook, e-mail], depends_on: [internet]}
  - {id: files, name: {nl: "Gedeelde schijven", en: "Shared drives"}, kind: fileshare, aliases: [h-schijf], depends_on: [srv-files]}
  - {id: erp, name: {nl: "Boekhouding", en: "Bookkeeping"}, kind: application, depends_on: [srv-erp]}
  - {id: backup, name: {nl: "Back-up", en: "Backup"}, kind: other, depends_on: [srv-backup], criticality: low}
parts:
  - {id: TN-2420, fits: [prn-z1-02, prn-z1-03], stock: 3}
devices:
`)
	for i, d := range Devices() {
		fmt.Fprintf(&b, "  - {id: %s, kind: %s, name: %q, location: %s, floor: %d, address: 10.%d.%d.%d", d.ID, d.Kind, d.Name, d.Location, d.Floor, 1+i/200, d.Floor+1, 1+i%200)
		for _, l := range []struct {
			key  string
			list []string
		}{{"services", d.Services}, {"depends_on", d.DependsOn}} {
			if len(l.list) > 0 {
				fmt.Fprintf(&b, ", %s: [%s]", l.key, strings.Join(l.list, ", "))
			}
		}
		if d.Alias != "" {
			fmt.Fprintf(&b, ", aliases: [%q]", d.Alias)
		}
		if d.People > 0 {
			fmt.Fprintf(&b, ", people: %d", d.People)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// Site is the name of the organisation's site agent, and Source that of its ticket system.
const (
	Site   = "campus"
	Source = "portaal"
)

// Settings is the configuration, as headstart.yml has it, of a service at listen that
// keeps its state below dir and puts messages into the outbox at outbox. The site agent's
// token and the outbox's secret lie in dir as well.
func Settings(listen, dir, outbox, language string) string {
	return fmt.Sprintf(`# A demonstration; it is removed when that ends.
listen: %[1]q
external_url: "http://%[1]s"
data_dir: %[2]q
language: %[4]s
contact: "Servicedesk, telefoon 1234"
catalog: [catalog.yml]
agents: [{name: %[5]s, asset: srv-probe, token_file: agent-token, silent_after: 1h}]
tickets: {sources: [{name: %[6]s, type: webhook}]}
announce: {push: {mode: auto}}
channels:
  - {name: postvak, type: webhook, url: %[3]q, secret_file: outbox-secret}
support_groups: [{id: netwerk, line: 2}, {id: werkplek, line: 1}]
desk: {duty: [{name: samira}, {name: joris}]}
`, listen, dir, outbox, language, Site, Source)
}
