package discover

import (
	"cmp"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"headstart/probes/discover/nagioscfg"
)

// localPlugins measure the machine they run on, or are run there for another.
var localPlugins = []string{
	"check_nrpe", "check_by_ssh", "check_nt", "check_nscp", "check_ncpa.py", "check_ncpa", "check_disk", "check_load", "check_procs", "check_users", "check_swap",
	"check_log", "check_mailq", "check_apt", "check_sensors", "check_ide_smart", "check_file_age", "check_dummy", "check_uptime", "check_cluster",
}

// connects are plugins of which only the connection can be asked, with the port they
// use.
var connects = map[string]int{
	"check_ftp": 21, "check_ssh": 22, "check_pop": 110, "check_nntp": 119, "check_jabber": 5222, "check_mysql": 3306, "check_mysql_query": 3306,
	"check_pgsql": 5432, "check_oracle": 1521, "check_mssql": 1433, "check_redis": 6379, "check_clamd": 3310,
}

// secured are plugins of services in TLS, with their ports.
var secured = map[string]int{"check_simap": 993, "check_spop": 995, "check_ssmtp": 465, "check_ldaps": 636, "check_nntps": 563, "check_ssl_cert": 443}

// spoken are plugins that have a kind of probe of their own.
var spoken = map[string]string{
	"check_smtp": "smtp", "check_imap": "imap", "check_ldap": "ldap", "check_ntp": "ntp", "check_ntp_time": "ntp", "check_ntp_peer": "ntp",
	"check_rdp": "rdp", "check_disk_smb": "smb", "check_smb": "smb",
}

// ask proposes what asks as a plugin does (https://www.monitoring-plugins.org/doc/man/). It
// returns false if nothing does.
func (n *nagiosImport) ask(s *subject, h *nagiosHost, a *Ask, c *nagioscfg.Command) bool {
	r := h.record
	if t, ok := c.Value("-t", "--timeout"); ok {
		if sec, err := strconv.Atoi(t); err == nil && sec < 60 && sec != 10 {
			a.Timeout = seconds(float64(sec))
		}
	}
	if c.Has("-w", "-c", "--warning", "--critical") {
		s.less("thresholds", "")
	}
	plugin := c.Plugin
	port, _ := c.Value("-p", "--port")
	if strings.HasPrefix(plugin, "check_mysql") || plugin == "check_pgsql" {
		port, _ = c.Value("-P", "--port")
	}
	switch {
	case slices.Contains(pings, plugin):
		return n.ping(s, h, *a)
	case connects[plugin] != 0:
		s.less("connects", plugin)
		return n.at(s, r, *a, c, "tcp", cmp.Or(port, strconv.Itoa(connects[plugin])))
	case secured[plugin] != 0:
		return n.at(s, r, *a, c, "tls", cmp.Or(port, strconv.Itoa(secured[plugin])))
	case spoken[plugin] != "":
		return n.speak(s, r, *a, c)
	case strings.HasPrefix(plugin, "check_printer") || strings.HasPrefix(plugin, "check_snmp_printer"):
		return n.printer(s, r, *a, c)
	}
	if by := asking[plugin]; by != nil {
		return by(n, s, r, *a, c)
	}
	return false
}

// pings are plugins that ask for an echo.
var pings = []string{"check_ping", "check_icmp", "check_fping", "check-host-alive", "check_host_alive", "check_host"}

// asking are plugins that are read option by option.
var asking = map[string]func(*nagiosImport, *subject, *Record, Ask, *nagioscfg.Command) bool{
	"check_http": (*nagiosImport).http, "check_https": (*nagiosImport).http, "check_curl": (*nagiosImport).http,
	"check_tcp": (*nagiosImport).tcp, "check_dns": (*nagiosImport).name, "check_dig": (*nagiosImport).name,
	"check_hpjd": (*nagiosImport).printer, "check_snmp": (*nagiosImport).snmp,
}

// tcp proposes what check_tcp asks, in TLS with -S.
func (n *nagiosImport) tcp(s *subject, r *Record, a Ask, c *nagioscfg.Command) bool {
	port, _ := c.Value("-p", "--port")
	if c.Has("-S", "--ssl", "-D") {
		return n.at(s, r, a, c, "tls", port)
	}
	if c.Has("-e", "--expect", "-s", "--send", "-q") {
		s.less("connects", c.Plugin)
	}
	return n.at(s, r, a, c, "tcp", port)
}

// ping proposes an ICMP echo; once for a host, however many checks ask it.
func (n *nagiosImport) ping(s *subject, h *nagiosHost, a Ask) bool {
	if h.pinged {
		s.less("sameashost", "")
		return true
	}
	h.pinged = true
	a.Kind, a.Name, a.Interval = "icmp", "", ""
	h.record.Asks = append(h.record.Asks, a)
	return true
}

// at proposes a check of a port of a host: that of -H, else the object's.
func (n *nagiosImport) at(s *subject, r *Record, a Ask, c *nagioscfg.Command, kind, port string) bool {
	p, err := strconv.Atoi(port)
	if err != nil || p < 1 || p > 65535 {
		s.left("port", "")
		return false
	}
	a.Kind, a.Target = kind, net.JoinHostPort(n.target(r, c), port)
	a.Name = cmp.Or(a.Name, r.ID+" "+kind)
	r.Asks = append(r.Asks, a)
	return true
}

// target is the host of -H, where it is one a probe can dial, else the record's own.
func (n *nagiosImport) target(r *Record, c *nagioscfg.Command) string {
	if h, ok := c.Value("-H", "--hostname"); ok && h != "" {
		if other := (Record{}); other.reach(h) == nil && len(other.Hosts)+len(other.Addrs) == 1 {
			return other.dial()
		}
	}
	return r.dial()
}

// speak proposes a kind of probe that speaks a service's own language.
func (n *nagiosImport) speak(s *subject, r *Record, a Ask, c *nagioscfg.Command) bool {
	kind := spoken[c.Plugin]
	a.Kind, a.Target = kind, n.target(r, c)
	a.Name = cmp.Or(a.Name, r.ID+" "+kind)
	if port, ok := c.Value("-p", "--port"); ok {
		if p, err := strconv.Atoi(port); err == nil && p > 0 && p < 65536 {
			a.Target = net.JoinHostPort(a.Target, port)
		}
	}
	switch {
	case kind == "smtp" && c.Has("-S", "--starttls"):
		a.Module = "smtp_starttls"
	case kind == "ldap", kind == "smb":
		s.less("nologin", c.Plugin)
	}
	r.Asks = append(r.Asks, a)
	return true
}

// name proposes to ask a server for a name: check_dns -H NAME -s SERVER, check_dig -l
// NAME -H SERVER.
func (n *nagiosImport) name(s *subject, r *Record, a Ask, c *nagioscfg.Command) bool {
	asked, _ := c.Value("-H", "--hostname")
	server, _ := c.Value("-s", "--server")
	kind := "A"
	if c.Plugin == "check_dig" {
		server = asked
		asked, _ = c.Value("-l", "--query_address")
		kind, _ = c.Value("-T", "--record_type")
		kind = strings.ToUpper(cmp.Or(kind, "A"))
	}
	if c.Has("-a", "--expected-address") {
		s.less("answersdns", "")
	}
	other := Record{}
	if server == "" || other.reach(server) != nil {
		other = Record{Hosts: r.Hosts, Addrs: r.Addrs}
	}
	a.Name = cmp.Or(a.Name, r.ID+" dns")
	if !n.dns(s, &other, a, other.dial(), 53, asked, kind) {
		return false
	}
	r.Asks = append(r.Asks, other.Asks...)
	return true
}

func (n *nagiosImport) printer(s *subject, r *Record, a Ask, c *nagioscfg.Command) bool {
	r.Likely = "printer"
	n.community(s, r, c)
	if !r.asks("printer") {
		a.Kind, a.Name, a.Interval, a.Fails, a.Timeout = "printer", "", "", 0, ""
		r.Asks = append(r.Asks, a)
	}
	return true
}

// community names the file a community belongs in; what it is nobody needs to know.
func (n *nagiosImport) community(s *subject, r *Record, c *nagioscfg.Command) {
	text, ok := c.Value("-C", "--community")
	if c.Secret || ok && text != "" && text != "public" {
		s.supply("community", n.secretFile(r.ID, "community"))
	}
}

var oid = regexp.MustCompile(`^\.?[0-9]+(\.[0-9]+){3,60}$`)

// snmp proposes to watch one value. Names of OIDs need a MIB, which is not here.
func (n *nagiosImport) snmp(s *subject, r *Record, a Ask, c *nagioscfg.Command) bool {
	text, _ := c.Value("-o", "--oid")
	first, _, more := strings.Cut(text, ",")
	if !oid.MatchString(first) || c.Has("-P") && strings.Contains(strings.Join(c.Args, " "), "-P 3") {
		s.left("oid", first)
		return false
	}
	if more {
		s.less("oids", "")
	}
	a.Kind, a.OID, a.Name = "snmp", strings.TrimPrefix(first, "."), cmp.Or(a.Name, r.ID+" snmp")
	a.Target = n.target(r, c)
	n.community(s, r, c)
	r.Asks = append(r.Asks, a)
	return true
}

// http proposes what check_http asks.
func (n *nagiosImport) http(s *subject, r *Record, a Ask, c *nagioscfg.Command) bool {
	port, _ := c.Value("-p", "--port")
	tls := c.Has("-S", "--ssl") || c.Plugin == "check_https" || port == "443"
	for _, arg := range c.Args {
		tls = tls || strings.HasPrefix(arg, "-S")
	}
	if _, ok := c.Value("-C", "--certificate"); ok {
		s.less("certificate", "")
		return n.at(s, r, a, c, "tls", cmp.Or(port, "443"))
	}
	a.Name = cmp.Or(a.Name, r.ID+" http")
	w := webCheck{URL: n.address(s, r, c, tls, port), Follow: c.Has("follow", "sticky", "--onredirect=follow", "--onredirect=sticky"), Headers: map[string]string{}}
	w.Method, _ = c.Value("-j", "--method")
	w.Keyword, _ = c.Value("-s", "--string")
	_, w.Body = c.Value("-P", "--post")
	if w.Body && w.Method == "" {
		w.Method = http.MethodPost
	}
	_, w.Basic = c.Value("-a", "--authorization")
	w.Insecure = tls && !c.Has("-D", "--verify-cert") // the plugin asks for no certificate it knows
	n.pattern(s, &w, c)
	n.expect(s, &w, c)
	for i, arg := range c.Args {
		if (arg == "-k" || arg == "--header") && i+1 < len(c.Args) {
			name, value, _ := strings.Cut(c.Args[i+1], ":")
			w.Headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	if c.Has("-m", "--pagesize", "-M", "--max-age", "-d", "--header-string", "-b", "--proxy_authorization", "-J", "--client-cert") {
		s.less("options", c.Plugin)
	}
	return n.web(s, r, a, w)
}

// address is the URL that check_http asks: the name of -H, at the host.
func (n *nagiosImport) address(s *subject, r *Record, c *nagioscfg.Command, tls bool, port string) string {
	host := r.dial()
	if at, ok := c.Value("-I", "--IP-address"); ok && at != "" {
		if other := (Record{}); other.reach(at) == nil && len(other.Hosts)+len(other.Addrs) == 1 {
			host = other.dial()
		}
	}
	if name, ok := c.Value("-H", "--hostname"); ok && name != "" && hostName.MatchString(name) && name != host {
		if _, both := c.Value("-I", "--IP-address"); both {
			s.less("vhost", "")
		}
		host = name
	}
	scheme, usual := "http", "80"
	if tls {
		scheme, usual = "https", "443"
	}
	if _, err := strconv.ParseUint(port, 10, 16); err == nil && port != usual {
		host = net.JoinHostPort(host, port)
	} else if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	path, _ := c.Value("-u", "--url")
	if _, after, ok := strings.Cut(path, "://"); ok {
		_, path, _ = strings.Cut(after, "/")
	}
	return scheme + "://" + host + "/" + strings.TrimPrefix(path, "/")
}

// pattern takes a regular expression over, if it is one here too.
func (n *nagiosImport) pattern(s *subject, w *webCheck, c *nagioscfg.Command) {
	text, ok := c.Value("-r", "--regex")
	if !ok {
		if text, ok = c.Value("-R", "--eregi"); ok {
			text = "(?i)" + text
		}
	}
	if _, err := regexp.Compile(text); err != nil || len(text) > 1000 {
		s.less("pattern", "")
		return
	}
	w.Pattern, w.Absent = text, c.Has("--invert-regex") && w.Keyword == ""
}

var threeDigits = regexp.MustCompile(`\b[1-5][0-9][0-9]\b`)

// expect reads -e "HTTP/1.1 200,302" and -f critical.
func (n *nagiosImport) expect(s *subject, w *webCheck, c *nagioscfg.Command) {
	text, ok := c.Value("-e", "--expect")
	codes := threeDigits.FindAllString(text, 20)
	if ok && len(codes) == 0 {
		s.less("expect", "")
	}
	for _, code := range codes {
		n, _ := strconv.Atoi(code)
		w.Statuses = append(w.Statuses, n)
	}
	if f, _ := c.Value("-f", "--onredirect"); len(codes) == 0 && (f == "critical" || f == "warning") {
		w.Statuses = statusRange(200, 299)
	}
}
