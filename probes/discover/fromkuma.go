package discover

import (
	"cmp"
	"fmt"
	"math"
	"net"
	"slices"
	"strconv"
	"strings"

	"headstart/probes/discover/export"
)

// Kuma reads a backup of an Uptime Kuma 1. Its monitors become probes, the hosts they
// ask devices, and its groups services of these.
func (in *Import) Kuma(name string, data []byte) ([]Mistake, error) {
	k, err := export.ReadKuma(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	in.Account.Program = strings.TrimSpace("Uptime Kuma " + plain(k.Version))
	slices.SortStableFunc(k.Monitors, func(a, b export.Monitor) int { return a.ID - b.ID })
	groups := kumaGroupsOf(k.Monitors)
	for i := range k.Monitors {
		m := &k.Monitors[i]
		place := fmt.Sprintf("%s monitor %d", name, m.ID)
		if m.Type == "group" {
			in.kumaGroup(place, m, groups)
			continue
		}
		in.kumaMonitor(place, m, groups)
	}
	for _, n := range k.Notifications {
		in.Account.of(name, "notification", n).left("notification", "")
	}
	for range k.Proxies {
		in.Account.of(name, "proxy", "").left("proxy", "")
	}
	return at(name, k.Mistakes), nil
}

// kumaGroups are the groups of a Kuma by id, and whether a monitor that is taken over
// is in them, or below.
type kumaGroups struct {
	byID map[int]*export.Monitor
	used map[int]bool
}

func kumaGroupsOf(all []export.Monitor) kumaGroups {
	g := kumaGroups{map[int]*export.Monitor{}, map[int]bool{}}
	for i := range all {
		if all[i].Type == "group" {
			g.byID[all[i].ID] = &all[i]
		}
	}
	for i := range all {
		if m := &all[i]; m.Type != "group" && m.Active && !m.UpsideDown {
			for at := g.byID[m.Parent]; at != nil && !g.used[at.ID]; at = g.byID[at.Parent] {
				g.used[at.ID] = true
			}
		}
	}
	return g
}

// place is where a group says its monitors are; a group is a place if it is called
// after a building.
func (g kumaGroups) place(m *export.Monitor) (p Place) {
	seen := map[int]bool{}
	for at := g.byID[m.Parent]; at != nil && !seen[at.ID]; at = g.byID[at.Parent] {
		seen[at.ID] = true
		if isPlace(at.Name) {
			return Place{Name: plain(at.Name)}
		}
	}
	return Place{}
}

// isPlace reports whether a group's name begins with a word for a building.
func isPlace(name string) bool { return bare(name) != fold(name) }

func (in *Import) kumaGroup(place string, m *export.Monitor, groups kumaGroups) {
	s := in.Account.of(place, "group", m.Name)
	switch {
	case fold(m.Name) == "":
		s.left("noname", "")
	case !groups.used[m.ID]:
		s.left("emptygroup", "")
	case isPlace(m.Name):
		s.taken()
		s.less("isplace", "")
	default:
		s.taken()
		if up := groups.byID[m.Parent]; up != nil && !isPlace(up.Name) {
			in.Links = append(in.Links, Link{Service: plain(up.Name), DependsOn: []string{plain(m.Name)}})
		}
	}
}

func (in *Import) kumaMonitor(place string, m *export.Monitor, groups kumaGroups) {
	s := in.Account.of(place, "monitor", m.Name)
	switch {
	case fold(m.Name) == "":
		s.left("noname", "")
		return
	case !m.Active:
		s.left("paused", "")
		return
	case m.UpsideDown:
		s.left("upsidedown", "")
		return
	}
	r := Record{Source: place, Calls: plain(m.Name), Place: groups.place(m)}
	if up := groups.byID[m.Parent]; up != nil && !isPlace(up.Name) && fold(up.Name) != "" {
		r.Services = []string{plain(up.Name)}
	}
	r.say("monitor ", plain(m.Name))
	r.remark(s, m.Description)
	for _, t := range m.Tags {
		r.tag(t.Name, t.Value)
	}
	if r.Place.Name == "" {
		r.Place = Place{Name: r.Place.Site}
	}
	a := Ask{Name: plain(m.Name), Interval: seconds(float64(m.Interval)), Timeout: in.kumaTimeout(m)}
	if m.Retries > 0 {
		a.Fails = min(m.Retries, 99) + 1
	}
	if !in.kumaAsk(s, &r, a, m) {
		return
	}
	s.taken()
	if m.Retries == 0 && m.Type != "push" {
		s.less("retries", "")
	}
	if m.Proxied {
		s.less("proxied", "")
	}
	if m.HeadersUnread {
		s.less("headers", "")
	}
	if len(r.Asks) > 0 {
		in.Records = append(in.Records, r)
	}
}

// kumaTimeout is the timeout a person set: Kuma fills in 48 s, or 0.8 of the interval.
func (in *Import) kumaTimeout(m *export.Monitor) string {
	if t := m.Timeout; t > 0 && t != 48 && math.Abs(t-0.8*float64(m.Interval)) > 1 && t < float64(m.Interval) {
		return seconds(t)
	}
	return ""
}

// seconds writes a number of seconds as our files do; empty for the default of a
// minute, and for none.
func seconds(n float64) string {
	if n < 1 || n == 60 || n > 7*24*3600 {
		return ""
	}
	return strconv.Itoa(int(n)) + "s"
}

// kumaPorts are the ports of what is asked for a connection only, where the monitor
// names none.
var kumaPorts = map[string]int{
	"port": 0, "mqtt": 1883, "postgres": 5432, "mysql": 3306, "sqlserver": 1433, "mongodb": 27017, "redis": 6379, "rabbitmq": 5672,
}

// kumaAsk proposes how a monitor's host is asked, or leaves the monitor out.
func (in *Import) kumaAsk(s *subject, r *Record, a Ask, m *export.Monitor) bool {
	switch m.Type {
	case "http", "keyword", "json-query", "real-browser":
		return in.kumaWeb(s, r, a, m)
	case "ping", "tailscale-ping":
		a.Kind = "icmp"
		return in.host(s, r, a, m.Hostname, 0)
	case "dns":
		return in.kumaDNS(s, r, a, m)
	case "push":
		in.push(s, a)
		return true
	case "grpc-keyword":
		a.Kind = "grpc"
		s.less("grpc", "")
		_, rest, ok := strings.Cut(m.GRPCURL, "://")
		if !ok {
			rest = m.GRPCURL
		}
		return in.host(s, r, a, rest, 443)
	}
	port, ok := kumaPorts[m.Type]
	if !ok {
		s.left("type", m.Type)
		return false
	}
	a.Kind = "tcp"
	if m.Type != "port" {
		s.less("connects", m.Type)
	}
	return in.host(s, r, a, cmp.Or(m.Database, m.Hostname), cmp.Or(m.Port, port))
}

// push proposes a check that others tell.
func (in *Import) push(s *subject, a Ask) {
	a.Kind, a.Timeout, a.Fails = "push", "", 0
	a.Said = "for a token of its own: token_file"
	s.less("push", "")
	in.Checks = append(in.Checks, a)
}

// host proposes a check of HOST or HOST:PORT. port is that of a target without one;
// zero where the kind needs none.
func (in *Import) host(s *subject, r *Record, a Ask, target string, port int) bool {
	host, own, err := net.SplitHostPort(target)
	if err != nil {
		host, own = strings.Trim(target, "[]"), ""
	}
	if own == "" && port != 0 {
		own = strconv.Itoa(port)
	}
	n, err := strconv.Atoi(own)
	if a.Kind != "icmp" && (err != nil || n < 1 || n > 65535) {
		s.left("port", "")
		return false
	}
	if host == "" || strings.ContainsAny(host, "@/ ;,") || r.reach(host) != nil || len(r.Hosts)+len(r.Addrs) == 0 {
		s.left("address", "")
		return false
	}
	a.Target = r.dial()
	if a.Kind != "icmp" {
		a.Target = net.JoinHostPort(a.Target, own)
	}
	r.Asks = append(r.Asks, a)
	return true
}

// dial is the host that a record's source asks.
func (r *Record) dial() string {
	if len(r.Addrs) > 0 {
		return r.Addrs[0].String()
	}
	return r.Hosts[0]
}

func (in *Import) kumaWeb(s *subject, r *Record, a Ask, m *export.Monitor) bool {
	codes, ok := statusCodes(m.Statuses)
	if !ok {
		s.left("statuses", strings.Join(m.Statuses, " "))
		return false
	}
	c := webCheck{
		URL: m.URL, Method: m.Method, Body: m.Body, Statuses: codes, Follow: m.Redirects != 0, Insecure: m.IgnoreTLS,
		Basic: m.Basic && (m.AuthMethod == "" || m.AuthMethod == "basic"), Headers: m.Headers,
	}
	switch m.AuthMethod {
	case "", "basic", "null":
	default:
		s.left("auth", m.AuthMethod)
		return false
	}
	if m.Type == "keyword" {
		c.Keyword, c.Absent = m.Keyword, m.InvertKeyword
	}
	if m.Type == "json-query" || m.Type == "real-browser" {
		s.less("answers", m.Type)
	}
	return in.web(s, r, a, c)
}

// statusCodes reads 200-299 and 301; nil for 200 to 299, which is what all well-behaved
// pages say.
func statusCodes(texts []string) (codes []int, ok bool) {
	for _, t := range texts {
		first, last, isRange := strings.Cut(strings.TrimSpace(t), "-")
		if !isRange {
			last = first
		}
		a, errA := strconv.Atoi(first)
		b, errB := strconv.Atoi(last)
		if errA != nil || errB != nil || a < 100 || b > 999 || a > b {
			return nil, false
		}
		codes = append(codes, statusRange(a, b)...)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	if slices.Equal(codes, statusRange(200, 299)) {
		return nil, true
	}
	return codes, true
}

// dnsTypes are the types of record a module may ask for.
var dnsTypes = []string{"A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"}

func (in *Import) kumaDNS(s *subject, r *Record, a Ask, m *export.Monitor) bool {
	server, _, _ := strings.Cut(m.DNSServer, ",")
	return in.dns(s, r, a, strings.TrimSpace(server), m.Port, m.Hostname, cmp.Or(strings.ToUpper(m.DNSType), "A"))
}

// dns proposes to ask a server for a name.
func (in *Import) dns(s *subject, r *Record, a Ask, server string, port int, name, kind string) bool {
	if !hostName.MatchString(name) || len(name) > 253 || !slices.Contains(dnsTypes, kind) {
		s.left("dnsname", kind)
		return false
	}
	a.Kind = "dns"
	if !in.host(s, r, a, server, cmp.Or(port, 53)) {
		return false
	}
	m := Module{Name: "dns_" + strings.ToLower(kind), QueryType: kind}
	in.Modules = append(in.Modules, m)
	last := &r.Asks[len(r.Asks)-1]
	last.Module, last.Query = m.Name, name
	return true
}

// tag takes a word over that somebody put on a check, as the labels of a target are.
func (r *Record) tag(name, value string) {
	name, value = plain(name), plain(value)
	labels := map[string]string{strings.ToLower(name): value}
	switch {
	case value == "":
		r.say("tag ", name)
	case label(labels, labelsOfBuilding) != "":
		r.Place.Name = value
	case label(labels, labelsOfSite) != "":
		r.Place.Site = value
	case label(labels, labelsOfService) != "":
		r.Services = add(r.Services, value)
	case label(labels, labelsOfFloor) != "":
		if f, err := floor(value); err == nil {
			r.Floor = f
		}
	case label(labels, labelsOfKind) != "":
		r.Kind, _ = kindOf(value)
	case secretName(name) || secretValue(value):
	default:
		r.say("tag ", name+" "+value)
	}
}
