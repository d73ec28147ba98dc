// Package probes asks printers, network and services whether they work, on
// schedule, and appends what changed to the log.
//
// A probe never overlaps itself and is never late because of another target. A
// failed probe is a check event, not an alert: only confirmed changes and asked
// checks are appended. What could not be checked is Unknown, never Down.
package probes

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	httpconfig "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"

	"headstart"
	"headstart/probes/blackbox"
)

// Config are the keys of this part in headstart.yml.
type Config struct {
	Probes []Probe `yaml:"probes" json:"probes"`

	// Blackbox is a file of blackbox_exporter modules, unchanged. Empty: the
	// built-in modules only; a file adds to them and replaces equal names.
	Blackbox string `yaml:"blackbox" json:"blackbox"`

	// Allow names further addresses that may be dialled, as IP or CIDR, beyond
	// those of the catalog and of configured targets: internal ones a target's
	// name resolves to, or a redirect leads to.
	Allow []string `yaml:"probe_allow" json:"probe_allow"`

	// Anchors are hosts that this machine reaches as long as it reaches anything, as
	// HOST (pinged) or HOST:PORT (connected to), beside its gateway: only while one of
	// them answers is a failure told at once. Empty: the first two
	// resolvers of this machine.
	Anchors []string `yaml:"probe_anchors" json:"probe_anchors"`

	// Gateway and Resolvers are this machine's, if it has any, as Anchors are written.
	// They are found, not configured.
	Gateway   netip.Addr `yaml:"-" json:"-"`
	Resolvers []string   `yaml:"-" json:"-"`

	// ExecDirs are the folders that plugins of kind exec may lie in.
	ExecDirs []string `yaml:"exec_dirs" json:"exec_dirs"`
}

// Probe is one entry of probes: one probe, or with Assets one per asset.
type Probe struct {
	Name   string `yaml:"name" json:"name"`               // its name in pages, logs and metrics
	Kind   string `yaml:"kind" json:"kind"`               // icmp, tcp, http, tls, dns, smtp, imap, ldap, rdp, smb, ntp, grpc, printer, snmp, promql, statuspage, exec or push
	Module string `yaml:"module" json:"module,omitempty"` // of blackbox.yml; empty: the one of the kind

	// Target is a host, host:port or URL. With Asset too, the asset lends its
	// identity and Target says what to dial.
	Target string  `yaml:"target" json:"target,omitempty"`
	Asset  string  `yaml:"asset" json:"asset,omitempty"`
	Assets *Assets `yaml:"assets" json:"assets,omitempty"`

	Service  string `yaml:"service" json:"service,omitempty"`   // that this probe checks end to end
	Location string `yaml:"location" json:"location,omitempty"` // empty: the asset's

	Interval  model.Duration `yaml:"interval" json:"interval,omitempty"`   // zero: 60s
	Timeout   model.Duration `yaml:"timeout" json:"timeout,omitempty"`     // below interval; zero: min(5s, interval/2), of some kinds longer
	Fails     int            `yaml:"fails" json:"fails,omitempty"`         // in a row until down; zero: 3
	Successes int            `yaml:"successes" json:"successes,omitempty"` // in a row until up again; zero: 2

	// Labels group probes for `check --only`; they never become metric labels.
	Labels map[string]string `yaml:"labels" json:"labels,omitempty"`

	Port int `yaml:"port" json:"port,omitempty"` // where the address has none, and the kind asks at one

	// Query is of dns the name to ask for, empty for the module's, and of promql the
	// expression that must not be zero.
	Query string `yaml:"query" json:"query,omitempty"`

	// Command of kind exec: the program, then one entry per argument; $address,
	// $asset, $service and $location as a whole argument are filled in.
	Command []string `yaml:"command" json:"command,omitempty"`

	// Of kinds ldap and promql: whom to log on as, empty for nobody; and of these and
	// statuspage, how to trust the server.
	Username     string                `yaml:"username" json:"username,omitempty"`
	PasswordFile string                `yaml:"password_file" json:"password_file,omitempty"`
	TLS          *httpconfig.TLSConfig `yaml:"tls_config" json:"-"`

	// Of kind printer: how to ask it, the preferred protocol first: ipp, snmp, and raw,
	// which only looks whether port 9100 listens. All are asked. Empty: ipp, snmp.
	Protocol []string `yaml:"protocol,omitempty" json:"protocol,omitempty"`

	// Of SNMP: the community of versions 1 and 2c, empty for public; or whom to ask as
	// by version 3.
	Community     string  `yaml:"community,omitempty" json:"-"`
	CommunityFile string  `yaml:"community_file,omitempty" json:"-"`
	SNMPv3        *SNMPv3 `yaml:"snmpv3,omitempty" json:"-"`

	// Of kind snmp: the interfaces that matter, by ifName, ifDescr or ifAlias, where *
	// stands for anything; what they may do; and other values of the device.
	Interfaces []string    `yaml:"interfaces,omitempty" json:"interfaces,omitempty"`
	Limits     *LinkLimits `yaml:"limits,omitempty" json:"limits,omitempty"`
	OIDs       []OID       `yaml:"oids,omitempty" json:"oids,omitempty"`

	// Components of kind statuspage are those of the vendor's page that count, by name
	// or id; empty: the page as a whole.
	Components []string `yaml:"components" json:"components,omitempty"`

	// Of kind statuspage, to read Microsoft 365 service health: the application that
	// was registered for it (permission ServiceHealth.Read.All).
	Tenant           string `yaml:"tenant" json:"tenant,omitempty"`
	ClientID         string `yaml:"client_id" json:"client_id,omitempty"`
	ClientSecretFile string `yaml:"client_secret_file" json:"client_secret_file,omitempty"`

	// TokenFile of kind push holds the token that may push, as Bearer; empty: any with
	// the scope ingest may.
	TokenFile string `yaml:"token_file" json:"token_file,omitempty"`
}

// Assets selects devices of the catalog; an empty field selects all.
type Assets struct {
	Kind     string `yaml:"kind" json:"kind,omitempty"`         // such as printer
	Location string `yaml:"location" json:"location,omitempty"` // with the locations inside it
	Service  string `yaml:"service" json:"service,omitempty"`   // that the devices serve
}

// SNMPv3 is whom SNMP asks as. The passwords are read at each attempt, so that a new
// one needs no reload.
type SNMPv3 struct {
	Username         string `yaml:"username"`           // whom to ask as
	Auth             string `yaml:"auth"`               // md5, sha, sha224, sha256, sha384, sha512; empty: not authenticated
	AuthPasswordFile string `yaml:"auth_password_file"` // file with the password of auth
	Priv             string `yaml:"priv"`               // des, aes, aes192, aes256; empty: readable on the way
	PrivPasswordFile string `yaml:"priv_password_file"` // file with the password of priv
}

// DefaultConfig returns a configuration without probes.
func DefaultConfig() Config { return Config{ExecDirs: []string{"/usr/lib/nagios/plugins"}} }

// Validate reports all mistakes that can be seen without the catalog, the
// modules among them, so it reads the file Blackbox names.
func (c Config) Validate() error {
	var errs []error
	modules, err := c.modules()
	if err != nil {
		errs = append(errs, err)
		modules = blackbox.Default()
	}
	seen := map[string]bool{}
	for i, p := range c.Probes {
		where := fmt.Sprintf("probes[%d]", i)
		if p.Name != "" {
			where = "probe " + p.Name
		}
		if p.Name == "" {
			errs = append(errs, fmt.Errorf("%s: name is missing; give it one that says what it checks", where))
		} else if p.Name == headstart.ProberIsolated {
			errs = append(errs, fmt.Errorf("%s: the name stands for this prober being cut off itself; give it another", where))
		} else if seen[p.Name] {
			errs = append(errs, fmt.Errorf("%s: the name is used twice; rename one of the two", where))
		}
		seen[p.Name] = true
		for _, err := range p.validate(modules, &c) {
			errs = append(errs, fmt.Errorf("%s: %w", where, err))
		}
	}
	if _, err := prefixes(c.Allow); err != nil {
		errs = append(errs, err)
	}
	for _, text := range c.Anchors {
		if _, err := readWitness(text); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (c Config) modules() (blackbox.Modules, error) {
	if c.Blackbox == "" {
		return blackbox.Default(), nil
	}
	return blackbox.Load(c.Blackbox)
}

// validate returns the mistakes of one probe.
func (p Probe) validate(modules blackbox.Modules, c *Config) []error {
	if err := validKind(p.Kind); err != nil {
		return []error{err} // the rest depends on the kind
	}
	var errs []error
	add := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	if strings.ContainsAny(p.Name, "/\n\t ") {
		add(fmt.Errorf("name %q holds a blank or a slash; write %q", p.Name, strings.Map(dashed, p.Name)))
	}
	add(p.validTarget())
	add(p.validTimes())
	add(p.validModule(modules, c.Blackbox))
	add(p.validKeys())
	if valid := kinds[p.Kind].valid; valid != nil {
		add(valid(p, c))
	}
	if p.Fails < 0 || p.Successes < 0 {
		add(fmt.Errorf("fails %d, successes %d; set both to 1 or more, or leave them out for 3 and 2", p.Fails, p.Successes))
	}
	return errs
}

func dashed(r rune) rune {
	if strings.ContainsRune("/\n\t ", r) {
		return '-'
	}
	return r
}

func (p Probe) validTarget() error {
	switch {
	case p.Assets != nil && (p.Asset != "" || p.Target != ""):
		return errors.New("assets stands beside target or asset; keep one: assets makes a probe per asset at its address")
	case p.Target == "" && p.Asset == "" && p.Assets == nil && kinds[p.Kind].address != nil:
		return errors.New("nothing to check; set target, asset or assets")
	}
	if p.Port < 0 || p.Port > 65535 {
		return fmt.Errorf("port is %d; write 1 to 65535", p.Port)
	}
	if p.Target == "" || kinds[p.Kind].address == nil {
		return nil // its address comes from the catalog
	}
	_, _, err := kinds[p.Kind].address(p.Target, p.Port)
	return err
}

// validTimes holds timeout below interval, so that a probe never overlaps itself.
func (p Probe) validTimes() error {
	interval, timeout := p.times()
	switch {
	case interval < time.Second:
		return fmt.Errorf("interval is %s; set 1s or more", p.Interval)
	case timeout < 0:
		return fmt.Errorf("timeout is %s; set a positive duration below interval", p.Timeout)
	case timeout >= interval:
		return fmt.Errorf("timeout %s is not below interval %s; lower timeout or raise interval", model.Duration(timeout), model.Duration(interval))
	}
	return nil
}

// times returns interval and timeout with their defaults.
func (p Probe) times() (interval, timeout time.Duration) {
	interval, timeout = time.Duration(p.Interval), time.Duration(p.Timeout)
	if interval == 0 {
		interval = time.Minute
	}
	if timeout == 0 {
		timeout = 5 * time.Second
		if own := kinds[p.Kind].timeout; own != 0 {
			timeout = own
		}
		timeout = min(timeout, interval/2)
	}
	return interval, timeout
}

func (p Probe) validModule(modules blackbox.Modules, file string) error {
	if p.Module == "" || kinds[p.Kind].module == "" {
		return nil
	}
	prober, ok := modules.Prober(p.Module)
	if !ok {
		where := "the built-in modules (set blackbox to the file that has it)"
		if file != "" {
			where = file
		}
		return fmt.Errorf("module %q is not in %s%s", p.Module, where, suggest(p.Module, modules.Names()))
	}
	if want := kinds[p.Kind].prober; prober != want {
		return fmt.Errorf("module %q is for prober %s; kind %s needs a module for %s", p.Module, prober, p.Kind, want)
	}
	if prober == "icmp" {
		_, _, err := modules.ICMP(p.Module)
		return err
	}
	if p.Kind == "tls" && !modules.TLS(p.Module) {
		return fmt.Errorf("module %q looks at no certificate; set tls: true in it", p.Module)
	}
	return nil
}

// validKeys refuses keys that other kinds have.
func (p Probe) validKeys() error {
	var errs []error
	for _, k := range []struct {
		key string
		set bool
	}{
		{"query", p.Query != ""},
		{"port", p.Port != 0},
		{"module", p.Module != "" && kinds[p.Kind].module == ""},
		{"protocol", p.Protocol != nil},
		{"command", p.Command != nil},
		{"username", p.Username != ""},
		{"password_file", p.PasswordFile != ""},
		{"tls_config", p.TLS != nil},
		{"community", p.Community != ""},
		{"community_file", p.CommunityFile != ""},
		{"interfaces", p.Interfaces != nil},
		{"limits", p.Limits != nil},
		{"oids", p.OIDs != nil},
		{"components", p.Components != nil},
		{"tenant", p.Tenant != ""},
		{"client_id", p.ClientID != ""},
		{"client_secret_file", p.ClientSecretFile != ""},
		{"snmpv3", p.SNMPv3 != nil},
		{"token_file", p.TokenFile != ""},
	} {
		if k.set && k.key != "module" && slices.Contains(kinds[p.Kind].keys, k.key) {
			continue
		}
		if k.set {
			errs = append(errs, fmt.Errorf("kind %s has no key %s; remove it", p.Kind, k.key))
		}
	}
	return errors.Join(errs...)
}

// prefixes reads addresses and networks; an address stands for itself alone.
func prefixes(list []string) ([]netip.Prefix, error) {
	var errs []error
	var out []netip.Prefix
	for _, s := range list {
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap().WithZone(""), a.Unmap().BitLen()))
		} else if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p.Masked())
		} else {
			errs = append(errs, fmt.Errorf("probe_allow: %q is neither address nor network; write 10.0.0.5 or 10.0.0.0/8", s))
		}
	}
	return out, errors.Join(errs...)
}

// suggest ends a sentence about a misspelt word with the nearest one known.
func suggest(word string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := edits(word, k); d < distance {
			best, distance = k, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(known) == 0 || len(known) > 20: // a list nobody would read
		return ""
	}
	return "; write one of " + strings.Join(known, ", ")
}

// edits counts the single-letter changes that turn a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := prev
			if a[i] != b[j] {
				cost = 1 + min(prev, row[j], row[j+1])
			}
			prev, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
