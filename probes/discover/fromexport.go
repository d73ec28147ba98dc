package discover

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"headstart/probes/discover/export"
)

// The labels people give their targets, the first that is there counts.
var (
	labelsOfID       = []string{"asset"}
	labelsOfName     = []string{"name", "display_name"}
	labelsOfHost     = []string{"nodename", "hostname", "host"}
	labelsOfKind     = []string{"kind", "device_kind", "role", "device_role", "device_type", "type"}
	labelsOfBuilding = []string{"location", "building", "gebouw", "locatie"}
	labelsOfSite     = []string{"site", "vestiging", "campus"}
	labelsOfService  = []string{"service"}
	labelsOfFloor    = []string{"floor", "verdieping"}
	labelsOfRoom     = []string{"room", "kamer", "rack"}
)

func label(labels map[string]string, names []string) string {
	for _, n := range names {
		if v := strings.TrimSpace(labels[n]); v != "" {
			return plain(v)
		}
	}
	return ""
}

// FromFileSD reads a file of targets.
func FromFileSD(name string, data []byte) ([]Record, []Mistake, error) {
	list, wrong, err := export.FileSD(data)
	return fromTargets(name, list, wrong, err, func(t *export.Target) string { return fmt.Sprintf("%s:%d", name, t.Line) })
}

// FromPrometheus reads the answer of a Prometheus' API of targets.
func FromPrometheus(name string, data []byte) ([]Record, []Mistake, error) {
	list, wrong, err := export.Prometheus(data)
	return fromTargets(name, list, wrong, err, func(t *export.Target) string { // its answer is one line
		return plain(fmt.Sprintf("%s job %s", name, t.Labels["job"]))
	})
}

func fromTargets(name string, list []export.Target, wrong []export.Mistake, err error, place func(*export.Target) string) (records []Record, mistakes []Mistake, _ error) {
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	mistakes = at(name, wrong)
	for i := range list {
		t := &list[i]
		r, err := fromTarget(t)
		if err != nil {
			mistakes = append(mistakes, Mistake{place(t), err.Error()})
			continue
		}
		if r.Source = place(t); !strings.Contains(r.Source, " job ") {
			r.say("job ", plain(t.Labels["job"]))
		}
		records = append(records, r)
	}
	return records, mistakes, nil
}

// at names the file of mistakes.
func at(name string, wrong []export.Mistake) []Mistake {
	var out []Mistake
	for _, m := range wrong {
		out = append(out, Mistake{fmt.Sprintf("%s:%d", name, m.Line), m.Text})
	}
	return out
}

func fromTarget(t *export.Target) (Record, error) {
	r := Record{
		ID: label(t.Labels, labelsOfID), Name: label(t.Labels, labelsOfName), Services: split(label(t.Labels, labelsOfService)),
		Place: Place{Name: label(t.Labels, labelsOfBuilding), Site: label(t.Labels, labelsOfSite)},
	}
	if strings.Contains(t.Address, "@") {
		return Record{}, errors.New("a target holds a log-in, which is not taken over; probe it with a module of blackbox.yml that has basic_auth")
	}
	if err := r.reach(t.Address); err != nil {
		return Record{}, err
	}
	for _, a := range r.Addrs {
		if a.IsLoopback() && a == netip.MustParseAddr("127.0.0.1") || a == netip.IPv6Loopback() {
			return Record{}, fmt.Errorf("target %q is the machine that scrapes it; name it by an address others reach it at", plain(t.Address))
		}
	}
	if len(r.Hosts) > 0 && r.Hosts[0] == "localhost" {
		return Record{}, fmt.Errorf("target %q is the machine that scrapes it; name it by an address others reach it at", plain(t.Address))
	}
	if h := label(t.Labels, labelsOfHost); hostName.MatchString(h) {
		r.Hosts = add(r.Hosts, h)
	}
	if r.Place.Name == "" {
		r.Place = Place{Name: r.Place.Site}
	}
	if f, err := floor(label(t.Labels, labelsOfFloor)); err == nil { // a label may hold anything
		r.Floor = f
	}
	r.say("room ", label(t.Labels, labelsOfRoom))
	if kind, ok := kindOf(label(t.Labels, labelsOfKind)); ok {
		r.Kind = kind
	}
	r.Likely = scrapedKind(t.Labels["job"], t.Module)
	if a := scrapedAsk(t); a.Kind != "" {
		r.Asks = []Ask{a}
	} else {
		r.Usual = true
	}
	return r, nil
}

// scrapedKind tells the likely kind of a device from the words of who set the scraping
// up; empty if they tell none.
func scrapedKind(job, module string) string {
	for _, word := range []string{module, job} {
		if kind, ok := kindOf(word); ok {
			return kind
		}
		if f := fold(word); strings.HasPrefix(f, "node") || strings.HasPrefix(f, "windows") || strings.HasPrefix(f, "linux") {
			return "server"
		}
	}
	return ""
}

// scrapedAsk is the probe that asks what a blackbox_exporter was asked; none of a
// target that is scraped itself: an exporter tells nothing of what people use. Modules
// are those of the operator's blackbox.yml, so their names are only remarked on.
func scrapedAsk(t *export.Target) Ask {
	if t.Exporter != "blackbox" && !strings.Contains(t.Address, "://") {
		return Ask{}
	}
	a := Ask{}
	if t.Module != "" {
		a.Said = "Prometheus asks with module " + plain(t.Module)
	}
	module, port := strings.ToLower(t.Module), strings.LastIndex(t.Address, ":") > strings.LastIndex(t.Address, "]") && strings.Count(t.Address, ":") == 1
	switch {
	case strings.HasPrefix(t.Address, "http://"), strings.HasPrefix(t.Address, "https://"):
		if u, err := url.Parse(t.Address); err != nil || !strings.Contains(t.Address, u.Hostname()) {
			return Ask{} // a host in percent codes, which a probe refuses
		}
		a.Kind, a.Target = "http", t.Address
	case strings.Contains(t.Address, "://"):
		return Ask{}
	case strings.HasPrefix(module, "http"):
		a.Kind, a.Target = "http", "http://"+t.Address+"/"
	case strings.HasPrefix(module, "smtp"):
		a.Kind, a.Target = "smtp", t.Address
	case strings.HasPrefix(module, "imap"):
		a.Kind, a.Target = "imap", t.Address
	case strings.HasPrefix(module, "dns"):
		a.Kind, a.Target = "dns", t.Address
	case port:
		a.Kind, a.Target = "tcp", t.Address
	default:
		a.Kind = "icmp"
	}
	return a
}

// FromNetBox reads an export of a NetBox. networks are its prefixes, by the site they
// are at.
func FromNetBox(name string, data []byte) (records []Record, networks []Network, mistakes []Mistake, err error) {
	n, err := export.ReadNetBox(data)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	mistakes = at(name, n.Mistakes)
	if n.More > 0 {
		mistakes = append(mistakes, Mistake{name, fmt.Sprintf("%d more are in NetBox than in the file; export with ?limit=0", n.More)})
	}
	for _, p := range n.Prefixes {
		networks = append(networks, Network{Prefix: p.Prefix, ID: p.Site.Slug, Place: plain(p.Site.Name), By: fmt.Sprintf("%s:%d", name, p.Line)})
	}
	for i := range n.Devices {
		r := fromDevice(&n.Devices[i])
		r.Source = fmt.Sprintf("%s:%d", name, n.Devices[i].Line)
		records = append(records, r)
	}
	return records, networks, mistakes, nil
}

func fromDevice(d *export.Device) Record {
	r := Record{
		Name: plain(d.Name), Addrs: d.Addresses, Place: Place{ID: d.Site.Slug, Name: plain(d.Site.Name)}, Usual: true,
	}
	if len(d.Addresses) > 0 && hostName.MatchString(d.Name) {
		r.Hosts = []string{d.Name} // else it would pass for an address
	}
	kind, ok := kindOf(d.Role)
	guess, certain := kindOf(d.Model)
	switch {
	case ok:
	case certain:
		kind = guess
	case d.Virtual:
		kind = "server"
	}
	r.Kind = kind
	if d.Serial != "" {
		r.Keys = []string{"serial " + d.Serial}
	}
	r.say("", plain(strings.TrimSpace(d.Maker+" "+d.Model)))
	r.say("at ", plain(d.Spot))
	r.say("asset tag ", plain(d.AssetTag))
	r.say("", plain(d.Description))
	if d.Status != "" && d.Status != "active" && d.Status != "failed" {
		r.Unsure = "NetBox says it is " + plain(d.Status)
	}
	return r
}
