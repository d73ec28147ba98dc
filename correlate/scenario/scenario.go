// Package scenario reads scenarios: short stories of an outage that a person
// writes and a program plays. docs/scenarios.md teaches the language.
//
// Parse never guesses: each mistake names its file and line, and what to write
// instead. The same file always gives the same lines of the log.
package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"golang.org/x/tools/txtar"

	"headstart"
)

// Scenario is a story with what was, or should be, made of it.
type Scenario struct {
	Name    string // of the file
	Comment string // what happened, in plain words
	Config  *headstart.LogConfig
	Steps   []Step // in the order they happened
	Wants   bool   // whether the file has a part want
	Want    string // decisions and groups as Render writes them; empty: none are wanted
	Expect  []Expectation
}

// Step is one event: a line of the log, and for a command the groups it names,
// which a log names by their incidents' numbers.
type Step struct {
	headstart.FileLine
	Group, Into headstart.GroupID

	edit edit // of the catalog; nil: none
	line int  // of the file
}

// Is reports whether a file holds a scenario rather than a log of JSON lines.
func Is(data []byte) bool { return len(txtar.Parse(data).Files) > 0 }

// The parts of a scenario.
const (
	partCatalog = "catalog"
	partConfig  = "config"
	partEvents  = "events"
	partWant    = "want"
	partExpect  = "expect"
)

// Parse reads a scenario. All mistakes come at once, each as "NAME:LINE: ...".
func Parse(name string, data []byte) (*Scenario, error) {
	ar := txtar.Parse(data)
	s := &Scenario{Name: name, Comment: string(ar.Comment)}
	r := reader{name: name}
	seen := map[string]bool{}
	var catalog, config *part
	line := lines(ar.Comment)
	for _, f := range ar.Files {
		line++ // the marker
		p := &part{data: f.Data, line: line}
		if seen[f.Name] {
			r.wrong(line, "a second part %s; put both into one", f.Name)
		}
		seen[f.Name] = true
		switch f.Name {
		case partCatalog:
			catalog = p
		case partConfig:
			config = p
		case partEvents:
			s.Steps = r.events(p)
		case partWant:
			s.Wants, s.Want = true, string(f.Data)
		case partExpect:
			s.Expect = r.expectations(p)
		default:
			r.wrong(line, "part %q is none of a scenario; write catalog, config, events, want or expect", f.Name)
		}
		line += lines(f.Data)
	}
	if !seen[partEvents] && !seen[partWant] && !seen[partExpect] {
		r.wrong(1, "no events; write a line -- events -- and what happened below it")
	}
	s.Config = r.config(catalog, config)
	r.edit(s)
	return s, errors.Join(r.mistakes...)
}

// Lines are the scenario as a log written by hand: its configuration, then what
// happened. A replay adds a tick at each deadline.
func (s *Scenario) Lines() []headstart.FileLine {
	out := []headstart.FileLine{{At: Day, Line: headstart.Line{Config: s.Config}}}
	for _, x := range s.Steps {
		out = append(out, x.FileLine)
	}
	return out
}

// part is a part of the file and the line its marker stands on, from 1.
type part struct {
	data []byte
	line int
}

func lines(data []byte) int { return strings.Count(string(data), "\n") }

// reader gathers the mistakes of one file.
type reader struct {
	name     string
	mistakes []error
}

func (r *reader) wrong(line int, format string, args ...any) {
	r.mistakes = append(r.mistakes, fmt.Errorf("%s:%d: "+format, append([]any{r.name, line}, args...)...))
}

// mostSteps bounds what the short lines of one file may stand for.
const mostSteps = 100_000

func (r *reader) events(p *part) []Step {
	var out []Step
	last := Day
	ids := map[string]int{}
	n := p.line
	for line := range strings.Lines(string(p.data)) {
		n++
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		steps, err := parseLine(line)
		switch {
		case err != nil:
			r.wrong(n, "%w", err)
			continue
		case len(out)+len(steps) > mostSteps:
			r.wrong(n, "more than %d events; play a log instead", mostSteps)
			return out
		}
		if at := steps[0].ev.At; at.Before(last) {
			r.wrong(n, "%s lies before the event above it; order the events by time", at.Format(time.TimeOnly))
			continue
		}
		last = steps[0].ev.At
		for _, x := range steps {
			step := x.public(ids)
			step.edit, step.line = x.edit, n
			out = append(out, step)
		}
	}
	// A line that stands for many, such as an hour of signs of life, may end after
	// the next one begins.
	slices.SortStableFunc(out, func(a, b Step) int { return a.At.Compare(b.At) })
	return out
}

// public makes the step one line of a log. A command names incidents by the
// numbers their groups get, and two of one second must not share an id.
func (x step) public(ids map[string]int) Step {
	out := Step{FileLine: headstart.FileLine{At: x.ev.At, Blind: model.Duration(x.blind), Line: x.ev.Line}, Group: x.group, Into: x.into}
	if c := x.ev.Command; c != nil {
		if ids[c.ID]++; ids[c.ID] > 1 {
			c.ID = fmt.Sprintf("%s-%d", c.ID, ids[c.ID])
		}
		c.Incident, c.Into = incidentOf(x.group), incidentOf(x.into)
	}
	return out
}

func incidentOf(id headstart.GroupID) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprintf("HS-%d", id)
}
