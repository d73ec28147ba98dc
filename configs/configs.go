// Package configs reads headstart.yml and the catalog.
//
// Each part declares its own settings, defaults and checks (incidents.Config
// and so on); this package only joins them into one file. That is why it
// imports the parts and nothing but cmd imports it.
//
// The promise: a configuration either loads whole or every mistake in it is
// returned at once, each with its file, its line and what to do. What has been
// loaded never changes.
package configs

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"headstart"
	"headstart/agents"
	"headstart/correlate"
	"headstart/incidents"
	"headstart/maintenance"
	"headstart/notify"
	"headstart/probes"
	"headstart/report"
	"headstart/tickets"
	"headstart/web/door"
	"headstart/web/public"
)

// Config is the whole of headstart.yml, with the catalog it names.
type Config struct {
	// Language is what people read unless they choose another: nl or en.
	Language string `yaml:"language" json:"language"`

	// Timezone is an IANA name. Empty: the catalog's, else Europe/Amsterdam.
	Timezone string `yaml:"timezone" json:"timezone"`

	// Calendar without hours is Monday to Friday 08:00-17:30; with hours, a day that is
	// left out is not worked.
	Calendar headstart.Calendar `yaml:"calendar" json:"calendar"`
	Contact  string             `yaml:"contact" json:"contact"` // how to reach the desk, in words

	// DataDir holds the embedded store, the admin token and generated secrets.
	DataDir string `yaml:"data_dir" json:"data_dir"`

	// CatalogFiles describe the organisation; several are merged. A file that is not there is a mistake, unless no
	// configuration names any: then an absent catalog.yml is an empty one.
	CatalogFiles []string `yaml:"catalog" json:"catalog"`

	Audiences []headstart.Audience `yaml:"audiences" json:"audiences,omitempty"`

	Store        Store              `yaml:"store" json:"store"`
	Archive      Archive            `yaml:"archive" json:"archive"`
	Retention    Retention          `yaml:"retention" json:"retention"`
	Correlation  correlate.Config   `yaml:"correlation" json:"correlation"`
	Alerts       Alerts             `yaml:"alerts" json:"alerts"`
	Alertmanager Alertmanager       `yaml:"alertmanager" json:"alertmanager,omitzero"`
	Tickets      Tickets            `yaml:"tickets" json:"tickets"`
	Maintenance  maintenance.Config `yaml:"maintenance" json:"maintenance"`
	Publish      public.Config      `yaml:"publish" json:"publish"`
	Report       report.Config      `yaml:"report" json:"report"`

	Desk          headstart.Desk           `yaml:"desk" json:"desk"`                               // who works when, and where the desk is told
	SupportGroups []headstart.SupportGroup `yaml:"support_groups" json:"support_groups,omitempty"` // that incidents are escalated to

	Agents   agents.Sites `yaml:"agents" json:"agents,omitempty"` // who may report from a site
	Upstream Upstream     `yaml:"upstream" json:"upstream"`       // whom to report to, as a site agent

	Door      door.Config      `yaml:",inline" json:"-"` // listen, external_url, auth, ...
	Probes    probes.Config    `yaml:",inline" json:"-"` // probes, blackbox, probe_allow
	Incidents incidents.Config `yaml:",inline" json:"-"` // announce, escalation
	Notify    notify.Config    `yaml:",inline" json:"-"` // channels, receivers, route, templates, heartbeat

	// Catalog is what CatalogFiles say; Load fills it in.
	Catalog *headstart.Catalog `yaml:"-" json:"-"`

	// OwnWords are the lines of announce.templates by key; Load fills them in.
	OwnWords map[string]string `yaml:"-" json:"-"`

	// File is where it was read from; empty: the defaults.
	File string `yaml:"-" json:"-"`

	// Warnings are what an operator should know but what stops nothing.
	Warnings []string `yaml:"-" json:"-"`

	// ClosedDays are those of Calendar.Holidays that calendar.ical says.
	ClosedDays []headstart.Holiday `yaml:"-" json:"-"`
}

// Default returns the configuration of an empty file.
func Default() Config {
	return Config{
		Language:     "nl",
		Contact:      "Servicedesk",
		DataDir:      "data",
		CatalogFiles: []string{"catalog.yml"},
		Store:        DefaultStore(),
		Archive:      Archive{Keep: 35 * day},
		Retention:    DefaultRetention(),
		Correlation:  correlate.DefaultConfig(),
		Alerts:       Alerts{Placing: correlate.DefaultPlacing()},
		Tickets:      Tickets{Config: tickets.DefaultConfig(), Matching: correlate.DefaultMatching()},
		Publish:      public.DefaultConfig(),
		Report:       report.DefaultConfig(),
		Door:         door.DefaultConfig(),
		Probes:       probes.DefaultConfig(),
		Upstream:     DefaultUpstream(),
		Incidents:    incidents.DefaultConfig(),
		Notify:       notify.DefaultConfig(),
	}
}

// Source says where a configuration comes from.
type Source struct {
	File    string         // of --config; empty: headstart.yml in one of Folders, else the defaults
	Folders []string       // in which to look
	Flags   *pflag.FlagSet // flags named like plain keys ("listen"); may be nil
	Environ []string       // of the process, to name HEADSTART_* variables that set nothing; may be nil
}

// Folders are where headstart.yml is looked for.
func Folders() []string { return []string{".", "/etc/headstart"} }

// Load reads, checks and completes the configuration. What the user can cause
// comes back as Mistakes.
func Load(s Source) (*Config, error) {
	file, err := find(s.File, s.Folders)
	if err != nil {
		return nil, err
	}
	d, err := parseDocument("", nil)
	if file != "" {
		d, err = readDocument(file)
	}
	if err != nil {
		return nil, unreadable(file, err)
	}
	if err := override(d, s.Flags); err != nil {
		return nil, err
	}
	cfg, err := decode(d)
	if err != nil {
		return nil, err
	}
	cfg.File = file
	cfg.Warnings = append(cfg.Warnings, strangers(s.Environ)...)
	return cfg, nil
}

func unreadable(file string, err error) error {
	if ms := (Mistakes{}); errors.As(err, &ms) {
		return ms
	}
	return Mistakes{{File: file, Text: fmt.Sprintf("%v; create it, or name another with --config", err)}}
}

// decode turns a tree into a checked Config with its catalog. It goes on after
// a mistake wherever what follows does not depend on it, so that people correct
// a file once and not line by line.
func decode(d *document) (*Config, error) {
	ms := strict(d, reflect.TypeFor[Config]())
	resolveFiles(d)
	cfg := Default()
	here := thisMachine()
	cfg.Warnings = here.neighbours(d)
	err := d.root.Decode(&cfg)
	cfg.watchFrom(here)
	if _, named := field(d.root, "external_url"); named == nil {
		cfg.Door.ExternalURL = cfg.Door.OwnURL()
	}
	cfg.Door.Publish = door.Publish{Enabled: cfg.Publish.Enabled, Listen: cfg.Publish.Listen, ExternalURL: cfg.Publish.ExternalURL}
	if te := (*yaml.TypeError)(nil); err != nil && (len(ms) == 0 || !errors.As(err, &te)) {
		// Nothing decoded is nothing to check; strict knows the reason, and if
		// not, yaml does.
		if len(ms) == 0 {
			ms = append(ms, d.mistake(d.root, "%v; correct the value", err))
		}
		return nil, ms.sorted()
	}
	files, warnings := checkFiles(d)
	cfg.Warnings = append(cfg.Warnings, warnings...)
	ms = cfg.validateAll(d, ms.with(files).with(cfg.readAlertmanager(d)))
	ms = ms.with(located(d, cfg.checkBuilt()))
	_, named := field(d.root, "catalog")
	if named == nil && d.file != "" {
		cfg.CatalogFiles = []string{filepath.Join(filepath.Dir(d.file), "catalog.yml")}
	}
	cat, more := loadCatalog(d, cfg.CatalogFiles, named != nil)
	ms = ms.with(more)
	if cfg.Catalog = cat; cat != nil {
		ms = ms.with(cfg.complete(d))
	}
	if len(ms) > 0 {
		return nil, ms.sorted()
	}
	return &cfg, nil
}

// validateAll adds what the parts say of their settings, each at its line.
func (c *Config) validateAll(d *document, ms Mistakes) Mistakes {
	var found Mistakes
	for _, part := range c.checks() {
		for _, err := range flatten(part.err) {
			text := err.Error()
			if part.section != "" && !strings.HasPrefix(text, part.section) {
				text = part.section + ": " + text
			}
			found = append(found, d.mistake(d.locate(text), "%s", text))
		}
	}
	return ms.with(found)
}

// located finds the line of each error.
func located(d *document, errs []error) (ms Mistakes) {
	for _, err := range errs {
		ms = append(ms, d.mistake(d.locate(err.Error()), "%v", err))
	}
	return ms
}

// check is the answer of one part's Validate; section is the key it stands
// under, if its messages do not name that themselves.
type check struct {
	section string
	err     error
}

func (c *Config) checks() []check {
	return []check{
		{"", c.validate()},
		{"store", c.Store.Validate()},
		{"retention", c.Retention.Validate()},
		{"", c.Door.Validate()},
		{"", c.Publish.Validate()},
		{"", c.Report.Validate()},
		{"correlation", c.Correlation.Validate()},
		{"archive", c.Archive.Validate()},
		{"alerts", c.validateAlerts()},
		{"alertmanager", c.Alertmanager.Validate()},
		{"tickets", c.Tickets.Config.Validate()},
		{"tickets", c.Tickets.Matching.Validate()},
		{"", c.Incidents.Validate()},
		{"", c.Maintenance.Validate()},
		{"", c.Probes.Validate()},
		{"", c.Agents.Validate()},
		{"", c.Upstream.Validate()},
		{"", c.Notify.Validate()},
	}
}

// validate checks the keys no part owns.
func (c *Config) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.Language != "nl" && c.Language != "en" {
		bad("language is %q; write nl or en", c.Language)
	}
	if c.Timezone != "" {
		if _, err := time.LoadLocation(c.Timezone); err != nil {
			bad("timezone is %q; write an IANA name such as Europe/Amsterdam", c.Timezone)
		}
	}
	if c.DataDir == "" {
		bad("data_dir is empty; name a folder such as data")
	}
	return errors.Join(append(errs, checkCalendar(&c.Calendar), (&maintenance.Closed{Place: c.Calendar.ICal}).Validate(), c.checkDuty(), c.checkGroups())...)
}

// complete fills in what follows from the catalog, and checks what refers to it.
func (c *Config) complete(d *document) Mistakes {
	if c.Archive.Dir == "" {
		c.Archive.Dir = filepath.Join(c.DataDir, "archive")
	}
	var ms Mistakes
	switch zone := c.Catalog.Timezone; {
	case c.Timezone == "" && zone != "":
		c.Timezone = zone
	case c.Timezone == "":
		c.Timezone = "Europe/Amsterdam"
	case zone != "" && zone != c.Timezone:
		ms = append(ms, d.mistake(d.locate("timezone"), "timezone is %s, the catalog says %s; keep it in one of the two", c.Timezone, zone))
	}
	say := func(text string) { ms = append(ms, d.mistake(d.locate(text), "%s", text)) }
	for _, err := range flatten(c.Probes.Check(c.Catalog)) {
		say(err.Error())
	}
	c.readClosed(say)
	c.checkAudiences(say)
	c.checkAgents(say)
	c.checkRecipients(say)
	c.checkItems(say)
	c.checkReport(say)
	c.checkMaintenance(say)
	c.checkGroupsOfCatalog(say)
	c.checkPublish(say)
	c.checkSubscribe(say)
	ms = append(ms, c.readOwnWords(d)...)
	c.checkNames()
	for i, h := range c.Calendar.Holidays {
		for _, l := range h.Locations {
			if c.Catalog.LocationByID(l) == nil {
				say(fmt.Sprintf("calendar.holidays[%d].locations names %q, which is no location; %s", i, l, oneOf(l, locationIDs(c.Catalog))))
			}
		}
	}
	return ms
}

func (c *Config) checkAudiences(say func(string)) {
	for i, a := range c.Audiences {
		where := fmt.Sprintf("audiences[%d]", i)
		if a.ID == "" {
			say(where + ".id is missing; give the audience an id such as noord")
		} else {
			where = "audiences[" + a.ID + "]"
		}
		for _, ref := range unknownRefs(c.Catalog, a) {
			say(where + "." + ref)
		}
		for _, l := range a.Languages {
			if l != "nl" && l != "en" {
				say(fmt.Sprintf("%s.languages holds %q; write nl or en", where, l))
			}
		}
	}
}

// flatten takes errors.Join apart, however deep. What says more than the errors
// in it, as fmt.Errorf makes, stays whole.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	var texts []string
	for _, e := range joined.Unwrap() {
		out = append(out, flatten(e)...)
		texts = append(texts, e.Error())
	}
	if strings.Join(texts, "\n") != err.Error() {
		return []error{err}
	}
	return out
}

// checkCalendar checks days, hours and dates.
func checkCalendar(c *headstart.Calendar) error {
	errs := []error{checkHours("calendar.hours", c.Hours)}
	for i, h := range c.Holidays {
		where := fmt.Sprintf("calendar.holidays[%d]", i)
		for _, date := range []string{h.From, h.To} {
			if _, err := time.Parse(time.DateOnly, date); err != nil && (date != "" || h.From == "") {
				errs = append(errs, fmt.Errorf("%s is %q; write a date as 2026-12-25", where, date))
			}
		}
		if h.To != "" && h.To < h.From {
			errs = append(errs, fmt.Errorf("%s ends %s, before it starts on %s; swap the two", where, h.To, h.From))
		}
		if h.Effect != "" && h.Effect != "closed" && h.Effect != "reduced" {
			errs = append(errs, fmt.Errorf("%s.effect is %q; write closed or reduced", where, h.Effect))
		}
	}
	return errors.Join(errs...)
}

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

func checkHours(where string, hours headstart.Hours) error {
	var errs []error
	for day, text := range sortedMap(hours) {
		if !contains(weekdays, day) {
			errs = append(errs, fmt.Errorf("%s.%s is no day; %s", where, day, oneOf(day, weekdays)))
		}
		if _, _, err := headstart.ParseHours(text); err != nil {
			errs = append(errs, fmt.Errorf("%s.%s: %w", where, day, err))
		}
	}
	return errors.Join(errs...)
}

// validNetwork reports whether s is a network in CIDR notation.
func validNetwork(s string) bool {
	_, err := netip.ParsePrefix(s)
	return err == nil
}
