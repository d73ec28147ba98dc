package maintenance

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/timeinterval"
	"go.yaml.in/yaml/v3"

	"headstart"
)

// Config is the key maintenance of headstart.yml.
type Config struct {
	Windows []Window   `yaml:"windows" json:"windows,omitempty"`
	ICal    []Calendar `yaml:"ical" json:"ical,omitempty"`
}

// Window is planned work written down in the configuration: once, or again and
// again where Every says when.
type Window struct {
	ID        string   `yaml:"id"`                  // its name; keep it when you change the rest
	Assets    []string `yaml:"assets,omitempty"`    // devices and services it is about
	Services  []string `yaml:"services,omitempty"`  // that are affected
	Locations []string `yaml:"locations,omitempty"` // that are affected

	// StartsAt and EndsAt bound the window. With Every they bound the series, and
	// either may be left out.
	StartsAt Time `yaml:"starts_at,omitempty"`
	EndsAt   Time `yaml:"ends_at,omitempty"`

	// Every repeats it, in the syntax of Alertmanager's time intervals. Clock times
	// are those of the configuration's time zone unless it names a location;
	// Alertmanager itself would take UTC. Empty: the window comes once.
	Every timeinterval.TimeInterval `yaml:"every,omitempty"`

	Summary headstart.Names `yaml:"summary,omitempty"` // what people notice
	Owner   string          `yaml:"owner,omitempty"`   // who does the work
}

// recurs reports whether w comes more than once.
func (w *Window) recurs() bool {
	e := &w.Every
	return len(e.Times)+len(e.Weekdays)+len(e.DaysOfMonth)+len(e.Months)+len(e.Years) > 0
}

// Calendar is an iCal file that others keep. What it plans is a proposal until a
// person approves it or a trusted organiser made it (ruling 44).
type Calendar struct {
	// URL is http, https or webcal. URLFile holds it instead where the address
	// itself is the secret, as calendars' private links are.
	URL     string `yaml:"url,omitempty"`
	URLFile string `yaml:"url_file,omitempty"`

	Trusted []string `yaml:"trusted,omitempty"` // organisers, by mail address
}

// Time is a moment that says its own zone.
type Time struct{ time.Time }

// UnmarshalYAML reads RFC 3339. YAML's own timestamps would take a time without
// a zone for UTC, an hour or two beside what its writer meant.
func (t *Time) UnmarshalYAML(n *yaml.Node) error {
	at, err := time.Parse(time.RFC3339, n.Value)
	if err != nil {
		return fmt.Errorf("%q is no time with its zone; write one such as 2026-11-23T22:00:00+01:00", n.Value)
	}
	t.Time = at
	return nil
}

// MarshalYAML writes what UnmarshalYAML reads.
func (t Time) MarshalYAML() (any, error) { return t.Format(time.RFC3339), nil }

// Bounds of the configuration. A window suppresses what fails inside it, so one
// beyond them is likelier a typing mistake than a plan.
const (
	maxWindows   = 200
	maxCalendars = 20
	longest      = 31 * 24 * time.Hour // a window that comes once
	longestRun   = 7 * 24 * time.Hour  // one that comes again
)

// Validate reports every mistake at once; what the catalog knows is checked by
// whoever has it.
func (c *Config) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("maintenance."+format, args...)) }
	if n := len(c.Windows); n > maxWindows {
		bad("windows holds %d windows; keep to %d, `every` repeats one", n, maxWindows)
	}
	if n := len(c.ICal); n > maxCalendars {
		bad("ical holds %d calendars; keep to %d", n, maxCalendars)
	}
	seen := map[string]bool{}
	for i := range c.Windows {
		c.Windows[i].validate(i, seen, bad)
	}
	for i := range c.ICal {
		c.ICal[i].validate(fmt.Sprintf("ical[%d]", i), bad)
	}
	return errors.Join(errs...)
}

func (w *Window) validate(i int, seen map[string]bool, bad func(string, ...any)) {
	at := fmt.Sprintf("windows[%d]", i)
	if w.ID != "" {
		at = "windows[" + w.ID + "]"
	}
	switch {
	case w.ID == "":
		bad("%s.id is missing; give the window an id such as W-1, which never changes", at)
	case len(w.ID) > 64 || strings.Trim(w.ID, idLetters) != "":
		bad("%s.id is %q; write at most 64 letters, digits, dashes and dots", at, w.ID)
	case seen[w.ID]:
		bad("%s.id is taken by a window before it; give each its own", at)
	}
	seen[w.ID] = true
	if len(w.Assets)+len(w.Services)+len(w.Locations) == 0 {
		bad("%s covers nothing; name assets, services or locations", at)
	}
	if w.recurs() {
		w.validateSeries(at, bad)
		return
	}
	switch start, end := w.StartsAt, w.EndsAt; {
	case start.IsZero() || end.IsZero():
		bad("%s lacks starts_at or ends_at; write both, or `every` for work that comes again", at)
	case !end.After(start.Time):
		bad("%s.ends_at lies before its starts_at; swap the two", at)
	case end.Sub(start.Time) > longest:
		bad("%s lasts longer than 31 days; plan shorter windows", at)
	}
}

func (w *Window) validateSeries(at string, bad func(string, ...any)) {
	if !w.StartsAt.IsZero() && !w.EndsAt.IsZero() && !w.EndsAt.After(w.StartsAt.Time) {
		bad("%s.ends_at lies before its starts_at; swap the two", at)
		return
	}
	// Two years hold every length of month and both changes of the clock. Years
	// are left out: they only ever make a series shorter.
	series := *w
	series.Every.Years, series.StartsAt, series.EndsAt = nil, Time{}, Time{}
	from := time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC)
	for _, r := range series.runs(from, from.AddDate(2, 0, 0), time.UTC) {
		if r.to.Sub(r.from) > longestRun {
			bad("%s.every covers more than 7 days on end; name times or fewer weekdays, or write starts_at and ends_at instead", at)
			return
		}
	}
}

const idLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

func (c *Calendar) validate(at string, bad func(string, ...any)) {
	if (c.URL == "") == (c.URLFile == "") {
		bad("%s needs url or url_file; write one of the two", at)
	}
	if c.URL != "" {
		if _, err := address(c.URL); err != nil {
			bad("%s.url: %v", at, err)
		}
	}
	for _, who := range c.Trusted {
		if name, host, ok := strings.Cut(who, "@"); !ok || name == "" || host == "" || strings.ContainsAny(who, " <>") {
			bad("%s.trusted holds %q; write the organiser's mail address", at, who)
		}
	}
}

// address is the URL to fetch a calendar from; webcal is https by another name.
// The error does not repeat the URL, which may be a secret.
func address(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "webcal") {
		return nil, errors.New("it is no web address; write one such as https://calendar.example.org/work.ics")
	}
	if u.Scheme == "webcal" {
		u.Scheme = "https"
	}
	return u, nil
}
