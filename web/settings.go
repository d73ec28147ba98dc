package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/lang"
)

// settingsPage is what an administrator looks at: how the service does, and what it
// was told to do.
type settingsPage struct {
	frame
	Sentence, Level string
	Notes           []HealthNote
	Health          Health
	Loaded          string
	Examined        string
	Facts           []settingsFact
	Sources         []sourceLine
	Agents          []agentLine
	Checks          string
	Channels        int
	Oldest          string // how long what waits longest does; empty: nothing waits
	Subscribers     string // how many there are; empty: nobody can subscribe
	Unplaced        []headstart.UnplacedAlert
	Flaws           []string
	Aliases         []headstart.AliasProposal
	Audiences       []audienceLine
	Holidays        []string
	Places          int
	OwnWords        int
	Keeps           []settingsFact
	CanReload       bool
	CanExamine      bool
	Done            *notice
}

// settingsFact is one line of name and value.
type settingsFact struct{ Name, Value string }

type sourceLine struct{ Level, Word, Name, Text string }

// audienceLine is who a message goes to, how many that are and by which channels.
type audienceLine struct{ Name, People, Channels string }

const settingsMost = 30 // lines of one list

func (s *Site) serveSettings(w http.ResponseWriter, r *http.Request) {
	if s.ready(w, r) {
		s.render(w, r, http.StatusOK, "settings", s.settings(r, nil))
	}
}

// serveReload reads the configuration again and shows what came of it.
func (s *Site) serveReload(w http.ResponseWriter, r *http.Request) {
	say := s.say(r)
	if s.o.Reload == nil {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.action"))
		return
	}
	done := &notice{Level: "green", Text: say.Say("settings.reloaded")}
	if err := s.o.Reload(r.Context()); err != nil {
		done = &notice{Level: "red", Text: say.Say("settings.refused") + " " + err.Error()}
	}
	s.render(w, r, http.StatusOK, "settings", s.settings(r, done))
}

// serveExamine lets doctor look at everything, what is beyond this machine too.
func (s *Site) serveExamine(w http.ResponseWriter, r *http.Request) {
	say := s.say(r)
	if s.o.Examine == nil {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.action"))
		return
	}
	s.o.Examine(r.Context())
	s.render(w, r, http.StatusOK, "settings", s.settings(r, &notice{Level: "blue", Text: say.Say("settings.examined")}))
}

func (s *Site) settings(r *http.Request, done *notice) settingsPage {
	say := s.say(r)
	p := settingsPage{frame: s.frame(r, "settings", say.Say("nav.settings")), Done: done, CanReload: s.o.Reload != nil, CanExamine: s.o.Examine != nil}
	p.Path = "/settings"
	view, cat := s.o.View, s.o.View.Catalog()
	if d := s.diagnose(r.Context(), say); d != nil {
		p.Sentence, p.Level, p.Notes, p.Health = d.sentence(), d.level(), d.notes, d.health
		p.Sources, p.Facts = sourceLines(d), healthFacts(d)
		p.Checks = say.Say("wall.checks", "running", d.checks.Running, "n", d.checks.Total)
		if !d.checks.Last.IsZero() {
			p.Checks += ", " + say.Say("board.checked", "ago", say.Span(p.Now.Sub(d.checks.Last)))
		}
		if d.health.Waiting > 0 {
			p.Oldest = say.Span(time.Duration(d.health.Oldest * float64(time.Second)))
		}
		p.Loaded = say.When(d.health.Loaded, p.Now)
		if !d.health.Examined.IsZero() {
			p.Examined = say.When(d.health.Examined, p.Now)
		}
	}
	p.Subscribers = s.subscribers(r, say)
	p.Agents = s.agents(say, s.viewer(r), p.Now)
	p.Channels, p.Places = len(channelsOf(view)), len(cat.Locations)
	p.Unplaced = view.Unplaced()
	p.Unplaced = p.Unplaced[:min(len(p.Unplaced), settingsMost)]
	p.Aliases = s.o.Aliases(r.Context())
	p.Flaws = s.flaws(say)
	if c := view.Config(); c != nil {
		p.Audiences, p.Holidays, p.OwnWords, p.Keeps = audienceLines(c, cat, say), holidays(c, p.Now, say), len(c.OwnWords), keeps(c, say)
	}
	return p
}

// subscribers says how many are mailed about outages.
func (s *Site) subscribers(r *http.Request, say *lang.Words) string {
	if s.o.Subscribers == nil {
		return ""
	}
	n, err := s.o.Subscribers(r.Context())
	if err != nil {
		s.logger.Warn("subscribers not counted", "err", err)
		return say.Say("card.unknown")
	}
	return say.Say("settings.subscribers.count", "n", n)
}

func sourceLines(d *diagnosis) (out []sourceLine) {
	for _, s := range d.health.Sources {
		l := sourceLine{Level: "green", Word: d.say.Say("settings.source.well"), Name: s.Name, Text: d.say.Say("settings.source." + s.Kind)}
		if !s.Seen.IsZero() {
			l.Text += ", " + d.say.Say("board.agents.heard", "ago", d.say.Span(d.now.Sub(s.Seen)))
		}
		switch {
		case s.Down:
			l.Level, l.Word = "red", d.say.Say("settings.source.down")
		case s.old(d.now):
			l.Level, l.Word = "amber", d.say.Say("settings.source.old")
		}
		out = append(out, l)
	}
	return out
}

// healthFacts are the figures of the service itself.
func healthFacts(d *diagnosis) []settingsFact {
	h, say := &d.health, d.say
	mib := func(n int64) string { return lang.Number(say.Lang, int(n>>20)) + " MiB" }
	leads := say.Say("settings.follows")
	if h.Leader {
		leads = say.Say("settings.leads")
	}
	room := say.Say("settings.room.free")
	if h.Full > 0 {
		room = say.Say("settings.room", "percent", int(100*h.Full))
	}
	return []settingsFact{
		{say.Say("settings.role"), leads},
		{say.Say("settings.position"), h.Position + ", " + say.When(h.At, d.now)},
		{say.Say("settings.repeatable"), say.Say("settings.rules", "engine", h.Engine, "hash", shortHash(h.Rules))},
		{say.Say("settings.store"), h.Store + ", " + room},
		{say.Say("settings.log"), mib(h.LogBytes)},
		{say.Say("settings.memory"), mib(h.Memory)},
		{say.Say("settings.version"), h.Version},
	}
}

// shortHash is as much of a hash as tells two apart.
func shortHash(hash string) string {
	_, hex, found := strings.Cut(hash, ":")
	if !found {
		hex = hash
	}
	return hex[:min(len(hex), 12)]
}

// flaws says what is wrong with what decisions are made from.
func (s *Site) flaws(say *lang.Words) []string {
	var out []string
	cat := s.o.View.Catalog()
	for _, f := range s.o.View.Flaws() {
		if len(out) == settingsMost {
			break
		}
		switch f.Kind {
		case headstart.Contradicted:
			out = append(out, say.Say("settings.flaw.contradicted", "a", assetName(cat, f.Subject, say.Lang), "b", assetName(cat, f.Other, say.Lang), "n", f.Times))
		case headstart.Skewed:
			out = append(out, say.Say("settings.flaw.skewed", "name", f.Subject, "span", say.Span(time.Duration(f.OffsetSeconds)*time.Second)))
		}
	}
	return out
}

// audienceLines are the audiences, how many people sit there, and who carries to them.
func audienceLines(c *headstart.LogConfig, cat *headstart.Catalog, say *lang.Words) (out []audienceLine) {
	list := c.Audiences
	if len(list) == 0 {
		for _, l := range cat.Locations {
			list = append(list, headstart.Audience{ID: l.ID, Locations: []string{l.ID}})
		}
	}
	for _, a := range list[:min(len(list), settingsMost)] {
		people := peopleIn(&a, cat)
		var by []string
		for _, ch := range c.Channels {
			if ch.Carries(a.ID, c.Audiences) {
				by = append(by, ch.Name)
			}
		}
		line := audienceLine{Name: cat.LocationName(a.ID, say.Lang), People: say.Say("card.unknown"), Channels: cmp.Or(strings.Join(by, ", "), say.Say("settings.bypage"))}
		if people > 0 {
			line.People = "± " + say.Say("word.people", "n", people)
		}
		out = append(out, line)
	}
	return out
}

// peopleIn is how many people of the catalog an audience has.
func peopleIn(a *headstart.Audience, cat *headstart.Catalog) (people int) {
	for _, d := range cat.Departments {
		at := len(a.Locations) == 0 || overlap(d.Locations, a.Locations)
		if at && (len(a.Departments) == 0 || slices.Contains(a.Departments, d.ID)) {
			people += d.People
		}
	}
	return people
}

// holidays are the closed days that come, the first ones.
func holidays(c *headstart.LogConfig, now time.Time, say *lang.Words) (out []string) {
	if c.Calendar == nil {
		return nil
	}
	list := slices.Clone(c.Calendar.Holidays)
	slices.SortFunc(list, func(a, b headstart.Holiday) int { return cmp.Compare(a.From, b.From) })
	today := now.Format(time.DateOnly)
	for _, h := range list {
		if cmp.Or(h.To, h.From) < today || len(out) == 6 {
			continue
		}
		text := h.From
		if from, err := time.ParseInLocation(time.DateOnly, h.From, now.Location()); err == nil {
			text = say.Date(from)
		}
		if to, err := time.ParseInLocation(time.DateOnly, h.To, now.Location()); err == nil && h.To != h.From {
			text += " – " + say.Date(to)
		}
		if h.Name != "" {
			text += ": " + h.Name
		}
		out = append(out, text)
	}
	return out
}

// keeps is how long what is kept.
func keeps(c *headstart.LogConfig, say *lang.Words) []settingsFact {
	days := func(key string, d time.Duration, usual int) settingsFact {
		n := int(d / (24 * time.Hour))
		if n == 0 {
			n = usual
		}
		return settingsFact{say.Say("settings.keep." + key), say.Say("time.days", "n", n)}
	}
	return []settingsFact{
		days("incidents", time.Duration(c.KeepIncidents), 400), days("links", time.Duration(c.KeepLinks), 90),
		days("notes", time.Duration(c.KeepNotes), 30), days("audit", time.Duration(c.KeepAudit), 400),
	}
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}
