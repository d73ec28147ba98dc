package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"headstart"
	"headstart/lang"
)

// Health is how this process does, as its own metrics and its configuration say. What
// the state says of checks, messages and the catalog is read from the View.
type Health struct {
	Version  string    `json:"version"`
	Engine   int       `json:"engine"` // version of the rules
	Rules    string    `json:"rules"`  // hash of the configuration that decides, and of the rules' version
	Leader   bool      `json:"leader"` // this process decides
	Lag      float64   `json:"lag_seconds"`
	Position string    `json:"position"` // in the log, of what pages show
	At       time.Time `json:"position_at,omitzero"`

	Store    string  `json:"store"`        // mode
	Full     float64 `json:"store_ratio"`  // 0 to 1; 0: it has no limit
	LogBytes int64   `json:"log_bytes"`    // about
	Memory   int64   `json:"memory_bytes"` // of this process

	Waiting int     `json:"outbox_pending"`
	Oldest  float64 `json:"outbox_oldest_seconds"`
	Dead    int     `json:"outbox_dead"`

	Sources []SourceHealth `json:"sources"`

	File     string    `json:"config_file"` // empty: the defaults
	Loaded   time.Time `json:"config_loaded_at"`
	Reloaded bool      `json:"config_valid"` // false: the last reload was refused, and the one before stays

	// Findings are what `headstart doctor` minds: about the settings always, about the
	// rest as of Examined. English; HealthNote says it in the reader's language.
	Findings []HealthFinding `json:"doctor"`
	Examined time.Time       `json:"examined_at,omitzero"`
}

// SourceHealth is something that tells us what happens.
type SourceHealth struct {
	Kind string    `json:"kind"` // alerts or tickets
	Name string    `json:"name"`
	Seen time.Time `json:"seen_at,omitzero"` // zero: only whether it answers is known
	Down bool      `json:"down"`
}

// HealthFinding is one thing to mind, with what to do about it.
type HealthFinding struct {
	What   string `json:"what"`
	Remedy string `json:"remedy"`
}

// note says f in the language of who reads, or in English where somebody else's words
// are all of it.
func (f HealthFinding) note(say *lang.Words) HealthNote {
	what, known := say.Finding(f.What)
	remedy, too := say.Finding(f.Remedy)
	if !known || !too {
		return HealthNote{Level: "amber", Text: f.What, Remedy: f.Remedy, Lang: "en"}
	}
	return HealthNote{Level: "amber", Text: what, Remedy: remedy, Lang: say.Lang}
}

const (
	sourceOld = 5 * time.Minute // a watchdog is fresh for as long (ruling 14)
	queueOld  = 5 * time.Minute
	lagOld    = 10 * time.Second // ruling 20
	fullMind  = 0.8
	fullStop  = 0.9 // from here on alerts are refused (ruling 12)
	checkOld  = 15 * time.Minute
)

// HealthNote is one finding in words, worst first in a list of them.
type HealthNote struct {
	Level  string `json:"level"` // red, amber or grey
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
	Href   string `json:"href,omitempty"`
	Lang   string `json:"lang"`
}

// healthAnswer is what GET /api/v1/health answers.
type healthAnswer struct {
	Sentence string       `json:"sentence"`
	Level    string       `json:"level"` // green, amber or red
	Notes    []HealthNote `json:"notes"`
	Checks   checkCount   `json:"checks"`
	Health
}

// checkCount is how many checks run.
type checkCount struct {
	Total   int       `json:"total"`
	Running int       `json:"running"` // that could tell
	Old     int       `json:"old"`     // that have not run for 15 minutes
	Last    time.Time `json:"last,omitzero"`
}

func countChecks(results []headstart.CheckResult, now time.Time) (c checkCount) {
	for _, r := range results {
		c.Total++
		if r.Verdict != headstart.Unknown {
			c.Running++
		}
		if !r.At.IsZero() && now.Sub(r.At) > checkOld {
			c.Old++
		}
		if r.At.After(c.Last) {
			c.Last = r.At
		}
	}
	return c
}

// diagnosis is all that a sentence about the service is made of.
type diagnosis struct {
	health Health
	checks checkCount
	agents []SiteAgent
	view   *headstart.View
	now    time.Time
	say    *lang.Words
	notes  []HealthNote
}

// diagnose finds what is wrong with the service itself, the worst first.
func diagnose(h Health, view *headstart.View, checks []headstart.CheckResult, agents []SiteAgent, now time.Time, say *lang.Words) *diagnosis {
	d := &diagnosis{health: h, checks: countChecks(checks, now), agents: agents, view: view, now: now, say: say, notes: []HealthNote{}}
	d.engine()
	d.deliveries()
	d.sources()
	d.catalog()
	for _, f := range h.Findings {
		d.notes = append(d.notes, f.note(say))
	}
	slices.SortStableFunc(d.notes, func(a, b HealthNote) int { return cmp.Compare(tagRank[a.Level], tagRank[b.Level]) })
	return d
}

// mind notes something: key.text says what, key.do what to do.
func (d *diagnosis) mind(level, key, href string, vars ...any) {
	d.notes = append(d.notes, HealthNote{Level: level, Text: d.say.Say("health."+key, vars...), Remedy: d.say.Say("health.do." + key), Href: href, Lang: d.say.Lang})
}

func (d *diagnosis) engine() {
	h := &d.health
	if !h.Reloaded {
		d.mind("red", "reload", "")
	}
	if lag := time.Duration(h.Lag * float64(time.Second)); lag > lagOld {
		d.mind("red", "lag", "", "span", d.say.Span(lag))
	}
	switch {
	case h.Full >= fullStop:
		d.mind("red", "full", "", "percent", int(100*h.Full))
	case h.Full >= fullMind:
		d.mind("amber", "filling", "", "percent", int(100*h.Full))
	}
}

func (d *diagnosis) deliveries() {
	if d.health.Dead > 0 {
		d.mind("red", "dead", "/channels", "n", d.health.Dead)
	}
	if oldest := time.Duration(d.health.Oldest * float64(time.Second)); oldest > queueOld {
		d.mind("amber", "queue", "/channels", "n", d.health.Waiting, "span", d.say.Span(oldest))
	}
}

func (d *diagnosis) sources() {
	for _, s := range d.health.Sources {
		switch {
		case s.Down:
			d.mind("red", "mute", "", "name", s.Name)
		case s.old(d.now):
			d.mind("amber", "silent", "", "name", s.Name, "span", d.say.Span(d.now.Sub(s.Seen)))
		}
	}
	for _, a := range d.agents {
		if a.State == "silent" {
			d.mind("red", "agent", "", "name", a.Name, "when", d.say.When(a.Since, d.now))
		}
	}
	if n := d.checks.Total - d.checks.Running; n > 0 {
		d.mind("amber", "untold", "", "n", n)
	}
	if d.checks.Old > 0 {
		d.mind("amber", "late", "", "n", d.checks.Old)
	}
}

func (s *SourceHealth) old(now time.Time) bool {
	return !s.Seen.IsZero() && now.Sub(s.Seen) > sourceOld
}

func (d *diagnosis) catalog() {
	if n := len(d.view.Unplaced()); n > 0 {
		d.mind("amber", "unplaced", "/settings#unplaced", "n", n)
	}
	if n := len(d.view.Flaws()); n > 0 {
		d.mind("amber", "flaws", "/settings#flaws", "n", n)
	}
	if d.checks.Total == 0 {
		d.mind("amber", "unchecked", "")
	}
}

// level is green, amber or red.
func (d *diagnosis) level() string {
	if len(d.notes) == 0 || d.notes[0].Level == "grey" {
		return "green"
	}
	return d.notes[0].Level
}

// sentence is the whole in one: the worst, or that all is well.
func (d *diagnosis) sentence() string {
	n := 0
	for _, x := range d.notes {
		if x.Level == "red" || x.Level == "amber" {
			n++
		}
	}
	switch {
	case n == 0:
		return d.say.Say("health.well")
	case d.level() == "red":
		return d.say.Say("health.bad", "n", n)
	}
	return d.say.Say("health.mind", "n", n)
}

// foot is the whole in a few words, for under the board: "44 of 44 checks run, all sources are heard".
func (d *diagnosis) foot() string {
	checks := d.say.Say("health.foot.checks", "running", d.checks.Running, "total", d.checks.Total)
	stale := ""
	for _, s := range d.health.Sources {
		if s.Down || s.old(d.now) {
			stale = s.Name
			break
		}
	}
	if stale == "" {
		return checks + ", " + d.say.Say("health.foot.fresh")
	}
	return checks + ", " + d.say.Say("health.foot.old", "name", stale)
}

// diagnose is how the service does, in a language; nil where nobody knows.
func (s *Site) diagnose(ctx context.Context, say *lang.Words) *diagnosis {
	if s.o.Health == nil {
		return nil
	}
	return diagnose(s.o.Health(ctx), s.o.View, s.o.Checks(), s.o.Agents(), s.now(), say)
}

// showHealth answers GET /api/v1/health.
func (a *API) showHealth(w http.ResponseWriter, r *http.Request) {
	if a.o.Health == nil {
		writeProblem(w, http.StatusNotFound, "this process does not know how it does")
		return
	}
	var checks []headstart.CheckResult
	if a.o.Checks != nil {
		checks = a.o.Checks()
	}
	var agents []SiteAgent
	if a.o.Agents != nil {
		agents = a.o.Agents()
	}
	d := diagnose(a.o.Health(r.Context()), a.o.View, checks, agents, a.o.Now(), a.words(r))
	writeJSON(w, http.StatusOK, healthAnswer{Sentence: d.sentence(), Level: d.level(), Notes: d.notes, Checks: d.checks, Health: d.health})
}
