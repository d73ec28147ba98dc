package correlate

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"headstart"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*.txtar")

// TestScenarios plays each testdata/*.txtar. A scenario reads as a story: a
// comment saying what happened, the catalog, the configuration, the events, and
// what was decided. The lines of events are explained at parseLine; those of want are
//
//	TIME #GROUP KIND RULE SUBJECT [-> #OTHER]
//
// and at the end each group: its state, cause, failing of all members, services,
// locations, people, points of evidence, and what else is remarkable.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := playScenario(t, ar)
			if again := playScenario(t, ar); again != got {
				t.Errorf("a second replay decided differently:\n%s", cmp.Diff(got, again))
			}
			if *update {
				setPart(ar, "want", got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(part(ar, "want"), got); diff != "" {
				t.Errorf("decisions differ (-want +got); run go test ./correlate -update to accept:\n%s", diff)
			}
		})
	}
}

// Every decision of the scenarios can be said in both languages, and no fact that
// the words need is missing.
func TestDecisionsHaveWords(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := newPlayer(t, false)
		playInto(t, p, ar)
		for i := range p.all {
			c := &p.all[i]
			if c.Rule == "refused" {
				continue // the harness's own
			}
			said[c.Rule+" "+c.Outcome] = true
			for _, lang := range []string{"nl", "en"} {
				if text := c.Words(lang); strings.Contains(text, "{") || strings.HasPrefix(text, c.Outcome+" "+c.Subject) {
					t.Errorf("%s %s has no words in %s, or a fact is missing: %q", c.Rule, c.Outcome, lang, text)
				}
			}
		}
	}
	if len(said) < 30 {
		t.Errorf("only %d kinds of decision occur in the scenarios: %v", len(said), sortedNames(said))
	}
}

func sortedNames(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func playScenario(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	p := newPlayer(t, true)
	playInto(t, p, ar)
	return render(p)
}

func playInto(t *testing.T, p *player, ar *txtar.Archive) {
	t.Helper()
	config, err := scenarioConfig(ar)
	if err != nil {
		t.Fatal(err)
	}
	p.apply(headstart.Event{At: day, Received: day, Line: headstart.Line{Config: config}})
	for line := range strings.Lines(part(ar, "events")) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		steps, err := parseLine(line)
		if err != nil {
			t.Fatalf("event %q: %v", line, err)
		}
		for _, x := range steps {
			x.play(p)
		}
	}
}

// day is midnight of every scenario's day.
var day = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func scenarioConfig(ar *txtar.Archive) (*headstart.LogConfig, error) {
	catalog := &headstart.Catalog{}
	if err := yaml.Unmarshal([]byte(part(ar, "catalog")), catalog); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	var parts struct{ Correlation, Alerts, Matching map[string]any }
	if err := yaml.Unmarshal([]byte(part(ar, "config")), &parts); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	c := &headstart.LogConfig{Engine: headstart.EngineVersion, Catalog: catalog, Language: "nl"}
	for _, x := range []struct {
		from map[string]any
		to   *json.RawMessage
	}{{parts.Correlation, &c.Correlation}, {parts.Alerts, &c.Alerts}, {parts.Matching, &c.Matching}} {
		if x.from == nil {
			continue
		}
		b, err := json.Marshal(x.from)
		if err != nil {
			return nil, err
		}
		*x.to = b
	}
	return c, nil
}

// step is one event of a scenario, or a time in which nobody looked.
type step struct {
	ev          headstart.Event
	group, into headstart.GroupID
	blind       time.Duration
}

func (x step) play(p *player) {
	p.tb.Helper()
	switch {
	case x.blind > 0: // as the engine: before firing what became due
		p.s.Blind(x.blind)
		p.unit(nil)
	case x.ev.Command != nil:
		if err := p.do(x.ev, x.group, x.into); err != nil {
			c := headstart.Change{Kind: headstart.Noted, Decision: headstart.Decision{At: x.ev.At, Rule: "refused", Subject: x.ev.Command.Do + ": " + err.Error()}}
			p.all = append(p.all, c)
		}
	default:
		p.apply(x.ev)
	}
}

// parseLine reads one line of events:
//
//	08:00:00 firing HostDown instance=sw-1 [@prom-a] [ends=+5m] [started=07:55:00]
//	08:05:00 resolved HostDown instance=sw-1 [@prom-a] [ended=08:04:30]
//	08:05:00 refresh HostDown instance=sw-1 @prom-a ends=+5m
//	08:00:00 check sw-1 ping down|ok|warn|unknown [asked] [kind=icmp] [service=print] [condition=jam:incident]
//	08:00:00 ticket rt/T-1 names=print:1 at=noord from=zuid department=fin cues=malfunction,several
//	08:00:00 silence S-1 until=09:00:00 instance=sw-1
//	08:00:00 open print at=noord | merge #2 #1 | split #1 prn-1 prn-2 | resolve #1 | reopen #1 | pin #1
//	08:00:00 link rt/T-1 #1 | confirm-link ... | unlink ... | reject-link ...
//	08:00:00 blind 8h
//	08:00:00 tick
//
// prn-[1..9] stands for nine names, which follow each other by every=1s.
func parseLine(line string) ([]step, error) {
	f := strings.Fields(line)
	if len(f) < 2 {
		return nil, fmt.Errorf("want TIME WHAT")
	}
	at, err := clockOf(f[0])
	if err != nil {
		return nil, err
	}
	every, err := option(f, "every=")
	if err != nil {
		return nil, err
	}
	var out []step
	for i, words := range expand(f[1:]) {
		x, err := parseStep(at.Add(time.Duration(i)*every), words)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func option(f []string, prefix string) (time.Duration, error) {
	for _, w := range f {
		if v, ok := strings.CutPrefix(w, prefix); ok {
			return time.ParseDuration(v)
		}
	}
	return 0, nil
}

func parseStep(at time.Time, f []string) (step, error) {
	x := step{ev: headstart.Event{At: at, Received: at}}
	var err error
	switch f[0] {
	case "firing", "resolved":
		x.ev.Alert, err = parseAlert(at, f)
	case "refresh":
		var a *headstart.Alert
		if a, err = parseAlert(at, f); err == nil {
			x.ev.Refresh = []headstart.Refresh{{Fingerprint: a.Fingerprint(), Source: a.Origin(), EndsAt: a.EndsAt}}
		}
	case "check":
		x.ev.Check, err = parseCheck(f[1:])
	case "ticket":
		x.ev.Ticket, err = parseTicket(at, f[1:])
	case "silence":
		x.ev.Silence, err = parseSilence(at, f[1:])
	case "blind":
		x.blind, err = time.ParseDuration(f[1])
	case "tick":
	default:
		err = x.parseCommand(f)
	}
	return x, err
}

func parseAlert(at time.Time, f []string) (*headstart.Alert, error) {
	a := &headstart.Alert{Source: "am", Labels: map[string]string{"alertname": f[1]}, StartsAt: at}
	if f[0] == "resolved" {
		a.EndsAt = at
	}
	var err error
	for _, w := range f[2:] {
		if host, ok := strings.CutPrefix(w, "@"); ok {
			a.Source, a.GeneratorURL = host, "http://"+host+"/graph"
			continue
		}
		k, v, _ := strings.Cut(w, "=")
		switch k {
		case "ends":
			var d time.Duration
			d, err = time.ParseDuration(strings.TrimPrefix(v, "+"))
			a.EndsAt = at.Add(d)
		case "ended":
			a.EndsAt, err = clockOf(v)
		case "started":
			a.StartsAt, err = clockOf(v)
		case "every":
		default:
			a.Labels[k] = v
		}
		if err != nil {
			return nil, err
		}
	}
	return a, nil
}

func parseCheck(f []string) (*headstart.Check, error) {
	if len(f) < 3 {
		return nil, fmt.Errorf("want check ASSET PROBE VERDICT")
	}
	c := &headstart.Check{Asset: f[0], Probe: f[1], Verdict: headstart.Verdict(f[2])}
	if c.Asset == "-" {
		c.Asset = ""
	}
	for _, w := range f[3:] {
		k, v, _ := strings.Cut(w, "=")
		switch k {
		case "asked":
			c.Asked = true
		case "kind":
			c.Kind = v
		case "service":
			c.Service = v
		case "condition":
			name, effect, _ := strings.Cut(v, ":")
			c.Conditions = append(c.Conditions, headstart.Condition{Name: name, Effect: headstart.Effect(effect)})
		case "every":
		default:
			return nil, fmt.Errorf("unknown word %q", w)
		}
	}
	return c, nil
}

func parseTicket(at time.Time, f []string) (*headstart.Ticket, error) {
	source, id, _ := strings.Cut(f[0], "/")
	t := &headstart.Ticket{Source: source, ID: id, CreatedAt: at, UpdatedAt: at, Evidence: &headstart.Evidence{Version: 1, Cues: map[string]int{}}}
	for _, w := range f[1:] {
		k, v, _ := strings.Cut(w, "=")
		switch k {
		case "names":
			name, strength, _ := strings.Cut(v, ":")
			n, err := strconv.ParseFloat(strength, 64)
			if err != nil {
				return nil, err
			}
			t.Evidence.Assets = append(t.Evidence.Assets, headstart.Mention{ID: name, Strength: n, Word: name})
		case "at":
			t.Evidence.Locations = []headstart.Mention{{ID: v, Strength: 1, Word: v}}
		case "from":
			t.Requester.Location = v
		case "department":
			t.Requester.Department = v
		case "channel":
			t.Channel = v
		case "cues":
			for _, cue := range strings.Split(v, ",") {
				t.Evidence.Cues[cue]++
			}
		default:
			return nil, fmt.Errorf("unknown word %q", w)
		}
	}
	return t, nil
}

func parseSilence(at time.Time, f []string) (*headstart.Silence, error) {
	m := &headstart.Silence{ID: f[0], StartsAt: at, CreatedBy: "joris"}
	for _, w := range f[1:] {
		k, v, _ := strings.Cut(w, "=")
		if k == "until" {
			var err error
			if m.EndsAt, err = clockOf(v); err != nil {
				return nil, err
			}
			continue
		}
		m.Matchers = append(m.Matchers, headstart.Matcher{Name: k, Value: v, IsEqual: true})
	}
	return m, nil
}

func (x *step) parseCommand(f []string) error {
	c := &headstart.Command{ID: "c-" + x.ev.At.Format("150405"), By: "samira", Do: f[0]}
	x.ev.Command = c
	for _, w := range f[1:] {
		if n, ok := strings.CutPrefix(w, "#"); ok {
			id, err := strconv.ParseUint(n, 10, 64)
			if err != nil {
				return err
			}
			if x.group == 0 {
				x.group = headstart.GroupID(id)
			} else {
				x.into = headstart.GroupID(id)
			}
			continue
		}
		at, isPlace := strings.CutPrefix(w, "at=")
		source, ticket, isTicket := strings.Cut(w, "/")
		switch {
		case isPlace:
			c.Locations = append(c.Locations, at)
		case isTicket:
			c.Source, c.Ticket = source, ticket
		case c.Do == "open":
			c.Services = append(c.Services, w)
		case c.Do == "split":
			c.Assets = append(c.Assets, w)
		default:
			return fmt.Errorf("unknown word %q", w)
		}
	}
	if !slices.Contains([]string{"open", "merge", "split", "resolve", "reopen", "pin", "link", "unlink", "confirm-link", "reject-link"}, c.Do) {
		return fmt.Errorf("unknown kind %q", c.Do)
	}
	return nil
}

// clockOf reads 08:00:00, or 1+08:00:00 for the day after.
func clockOf(s string) (time.Time, error) {
	days := 0
	if n, clock, ok := strings.Cut(s, "+"); ok {
		var err error
		if days, err = strconv.Atoi(n); err != nil {
			return time.Time{}, err
		}
		s = clock
	}
	t, err := time.Parse(time.TimeOnly, s)
	if err != nil {
		return time.Time{}, err
	}
	return day.AddDate(0, 0, days).Add(t.Sub(t.Truncate(24 * time.Hour))), nil
}

var names = regexp.MustCompile(`^(.*)\[(\d+)\.\.(\d+)\](.*)$`)

// expand gives one line for each name that a word with [1..9] stands for.
func expand(f []string) [][]string {
	for i, w := range f {
		m := names.FindStringSubmatch(w)
		if m == nil {
			continue
		}
		from, _ := strconv.Atoi(m[2])
		to, _ := strconv.Atoi(m[3])
		var out [][]string
		for n := from; n <= to; n++ {
			line := slices.Clone(f)
			line[i] = fmt.Sprintf("%s%d%s", m[1], n, m[4])
			out = append(out, line)
		}
		return out
	}
	return [][]string{f}
}

func render(p *player) string {
	var b strings.Builder
	for _, c := range p.all {
		if c.Rule == "C-01" {
			continue
		}
		at := c.At.Format(time.TimeOnly)
		if n := int(c.At.Sub(day) / (24 * time.Hour)); n > 0 {
			at = fmt.Sprintf("%d+%s", n, at)
		}
		line := fmt.Sprintf("%s #%d %s %s %s", at, c.Group, c.Kind, c.Rule, c.Subject)
		if c.Group == 0 {
			line = fmt.Sprintf("%s %s %s %s", at, c.Kind, c.Rule, c.Subject)
		}
		if c.Kind == headstart.Noted {
			line += " " + c.Outcome
		}
		if c.Other != 0 {
			line += fmt.Sprintf(" -> #%d", c.Other)
		}
		fmt.Fprintln(&b, strings.Join(strings.Fields(line), " "))
	}
	for n := headstart.GroupID(1); n <= p.s.clock.Groups; n++ {
		fmt.Fprintln(&b, renderGroup(p.s.Group(n)))
	}
	keys := map[string]struct{}{}
	for k := range p.s.tickets {
		keys[k] = struct{}{}
	}
	for _, k := range sorted(keys) {
		for _, l := range p.s.Ticket(k).Links {
			fmt.Fprintf(&b, "%s #%d %.4f %s %s for: %s; against: %s\n", k, l.Group, l.Score, l.Band, l.Verdict, strings.Join(l.For, ", "), strings.Join(l.Against, ", "))
		}
	}
	return b.String()
}

func renderGroup(g *headstart.Group) string {
	line := fmt.Sprintf("#%d %s cause=%s kind=%s firing=%d/%d", g.ID, g.State, strings.Join(append([]string{g.Cause.Asset}, g.Cause.Also...), "+"), g.Cause.Kind, g.Firing, g.Total)
	if g.State == headstart.Merged {
		return fmt.Sprintf("%s merged_into=#%d", line, g.MergedInto)
	}
	line += fmt.Sprintf(" services=%s locations=%s people=%d points=%d", strings.Join(g.Services, ","), strings.Join(g.Locations, ","), g.People, g.Points)
	for _, x := range []struct {
		name string
		on   bool
	}{{"proved", g.Proved}, {"silenced", g.Silenced}, {"pinned", g.Pinned}, {"confidential", g.Confidential}} {
		if x.on {
			line += " " + x.name
		}
	}
	for _, x := range []struct {
		name string
		n    headstart.GroupID
	}{{"split_from", g.SplitFrom}, {"recurrence_of", g.RecurrenceOf}, {"reopens", headstart.GroupID(g.Reopens)}} {
		if x.n != 0 {
			line += fmt.Sprintf(" %s=%d", x.name, x.n)
		}
	}
	return line
}

func part(ar *txtar.Archive, name string) string {
	for _, f := range ar.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func setPart(ar *txtar.Archive, name, text string) {
	for i := range ar.Files {
		if ar.Files[i].Name == name {
			ar.Files[i].Data = []byte(text)
			return
		}
	}
	ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(text)})
}
