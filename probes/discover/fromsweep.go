package discover

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"headstart/probes/discover/sweep"
)

// Looked says how a sweep was made.
type Looked struct {
	Ranges  sweep.Ranges
	Ports   sweep.Ports
	Gateway netip.Addr // of the machine that looked; invalid: it has none

	// All proposes what answers only as people's own machines do, too.
	All bool
}

// plainPath is the path of a queue that can stand in an address as it is.
var plainPath = regexp.MustCompile(`^(/[\pL\pN._~+-]{1,100}){1,5}$`)

// mostShared is how many addresses of one name are one host; a name of more is that of
// a pool of addresses.
const mostShared = 4

// FromSweep turns what hosts said into records.
func FromSweep(hosts []sweep.Host, l Looked) []Record {
	shared := map[string]int{}
	for _, h := range hosts {
		for _, n := range h.Names {
			shared[strings.ToLower(n)]++
		}
	}
	records := make([]Record, 0, len(hosts))
	for _, h := range hosts {
		h.Names = slices.DeleteFunc(slices.Clone(h.Names), func(n string) bool {
			return shared[strings.ToLower(n)] > mostShared || len(n) > 253 || !hostName.MatchString(n) || strings.HasPrefix(strings.ToLower(n), "localhost")
		})
		records = append(records, l.record(&h))
	}
	return records
}

func (l *Looked) record(h *sweep.Host) Record {
	r := Record{Source: h.Addr.String(), Seen: true, Hosts: h.Names, Addrs: []netip.Addr{h.Addr}}
	if a := h.Agent; a != nil {
		r.Calls, r.Place.Text = plain(a.Name), plain(a.Location)
		r.say("SNMP: ", plain(a.Descr))
		if a.Serial != "" {
			r.Keys = add(r.Keys, "serial "+strings.TrimSpace(a.Serial))
		}
	}
	r.Kind = l.kind(h, &r)
	if r.Kind == "printer" {
		l.printer(h, &r)
		return r
	}
	for _, s := range h.Services {
		r.Asks = append(r.Asks, Ask{Kind: s.Kind, Port: s.Port, Target: s.Target, Query: s.Query, Said: plain(s.Words)})
		r.say(s.Kind+": ", plain(s.Words))
	}
	for _, q := range h.Queues {
		if target := "ipp://" + joinPort(h.Addr, l.Ports["ipp"]) + q.Path; plainPath.MatchString(q.Path) {
			r.Asks = append(r.Asks, Ask{Kind: "printer", Target: target, Said: strings.Join(describe(q.Name, q.Info, q.Location, q.Model), ", ")})
		}
	}
	if h.Pinged {
		r.Asks = append(r.Asks, Ask{Kind: "icmp"})
	}
	r.say("", plain(h.Greeting))
	return r
}

// printer takes over how a printer introduces itself.
func (l *Looked) printer(h *sweep.Host, r *Record) {
	ask := Ask{Kind: "printer"}
	if p := h.Printer; p != nil {
		r.Calls = cmp.Or(plain(p.Info), plain(p.Name), r.Calls)
		r.Place.Text = cmp.Or(plain(p.Location), r.Place.Text)
		how := "IPP: "
		if p.Announced {
			how = "mDNS: "
		}
		r.say(how, cmp.Or(plain(p.Model), "a printer"))
		if p.UUID != "" {
			r.Keys = add(r.Keys, "uuid "+strings.ToLower(p.UUID))
		}
		if port := l.Ports["ipp"]; port != 0 && !p.Announced && plainPath.MatchString(p.Path) {
			ask.Target, ask.Port = "ipp://"+joinPort(h.Addr, port)+p.Path, l.Ports["snmp"]
		}
	} else if port := l.Ports["snmp"]; port != 0 {
		ask.Port, ask.Protocol = port, "snmp"
	}
	if h.Agent != nil {
		ask.CommunityFile = h.Agent.Community
	}
	r.Asks = []Ask{ask}
}

// joinPort is an address as part of a URL.
func joinPort(a netip.Addr, port int) string {
	if port != 0 {
		return net.JoinHostPort(a.String(), strconv.Itoa(port))
	}
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

// kind tells what a host is, as far as it shows; what may be somebody's own machine is
// unsure.
func (l *Looked) kind(h *sweep.Host, r *Record) string {
	a := h.Agent
	if a == nil {
		a = &sweep.Agent{}
	}
	general := generalPurpose(a.Descr) // a server may forward too, for its containers
	servers := slices.ContainsFunc(h.Services, func(s sweep.Service) bool {
		return s.Kind != "smb" && s.Kind != "rdp" && s.Kind != "tcp"
	})
	switch {
	case h.Printer != nil || a.Printer:
		return "printer"
	case h.Addr == l.Gateway:
		r.say("", "the default gateway of the machine that looked")
		return "router"
	case a.Router && !general:
		return "router"
	case a.Switch && !general:
		return "switch"
	case len(h.Queues) > 0:
		words := "a print server with one queue"
		if n := len(h.Queues); n > 1 {
			words = fmt.Sprintf("a print server with %d queues", n)
		}
		r.say("", words)
		return "server"
	case h.Greeting == "" && !servers && h.Agent == nil && l.Ranges.Edge(h.Addr):
		r.say("", "a guess: the first or last address of its network, where most have the gateway")
		return "router"
	case h.Greeting != "" || servers && strings.Contains(kindsOf(h), "server "):
		return "server"
	case servers || h.Agent != nil:
		return "" // it serves pages, as cameras do: what it is nobody said
	case !l.All:
		r.Unsure = "answers " + cmp.Or(strings.TrimSpace(kindsOf(h)), "a ping") + " and nothing else, as people's own machines do"
	}
	return ""
}

// kindsOf names the services of a host; "server" stands among them if one is only
// found on servers.
func kindsOf(h *sweep.Host) string {
	var b strings.Builder
	for _, s := range h.Services {
		switch s.Kind {
		case "smtp", "imap", "dns", "ldap", "ntp":
			b.WriteString("server ")
		case "http":
			if strings.HasPrefix(s.Target, "https://") { // with a certificate that is trusted
				b.WriteString("server ")
			}
		}
		b.WriteString(s.Kind + " ")
	}
	return b.String()
}

// generalPurpose reports whether sysDescr is that of a computer rather than of a
// device made for one purpose.
func generalPurpose(descr string) bool {
	d := strings.ToLower(descr)
	return slices.ContainsFunc([]string{"linux", "windows", "freebsd", "darwin", "sunos", "vmware"}, func(w string) bool { return strings.Contains(d, w) })
}
