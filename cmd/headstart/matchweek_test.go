package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/configs"
)

// matchWeek is an organisation's outages and the tickets of those days, written
// by hand, with what belongs together.
type matchWeek struct {
	name    string
	config  headstart.LogConfig
	outages []weekOutage
	tickets []headstart.Ticket
	about   map[string]string // ticket: outage; empty: none
}

type weekOutage struct {
	ID        string     `json:"id"`
	Opened    time.Time  `json:"opened_at"`
	Resolved  *time.Time `json:"resolved_at"`
	Root      string     `json:"root"`
	Services  []string   `json:"services"`
	Locations []string   `json:"locations"`
	Audiences []string   `json:"audiences"`
	Severity  string     `json:"severity"`
	Title     string     `json:"title"`
}

// readMatchWeek reads catalog.yaml, incidents.jsonl, tickets.jsonl and labels.csv
// of dir; the catalog as the service does.
func readMatchWeek(t *testing.T, dir string) *matchWeek {
	t.Helper()
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	file := configured(t, map[string]string{"headstart.yml": "catalog: [" + filepath.Join(dir, "catalog.yaml") + "]\n"})
	w := &matchWeek{name: filepath.Base(dir), config: logConfigOf(t, file), about: map[string]string{}}
	eachJSON(t, filepath.Join(dir, "incidents.jsonl"), func(line []byte) error {
		var o weekOutage
		err := json.Unmarshal(line, &o)
		w.outages = append(w.outages, o)
		return err
	})
	eachJSON(t, filepath.Join(dir, "tickets.jsonl"), func(line []byte) error {
		var tk headstart.Ticket
		err := json.Unmarshal(line, &tk)
		tk.Source, tk.UpdatedAt = "desk", tk.CreatedAt
		tk.Requester.ID = "of-" + tk.ID
		w.tickets = append(w.tickets, tk)
		return err
	})
	eachJSON(t, filepath.Join(dir, "labels.csv"), func(line []byte) error {
		if f := strings.Split(string(line), ","); len(f) > 1 && f[0] != "ticket_id" {
			w.about[f[0]] = f[1]
		}
		return nil
	})
	return w
}

func logConfigOf(t *testing.T, file string) headstart.LogConfig {
	t.Helper()
	cfg, err := configs.Load(configs.Source{File: file, Folders: configs.Folders()})
	if err != nil {
		t.Fatal(err)
	}
	return cfg.LogConfig("matching")
}

func eachJSON(t *testing.T, file string, fn func([]byte) error) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if err := fn(lines.Bytes()); err != nil {
			t.Fatalf("%s:%d: %v", file, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// played is one way to play a week.
type played struct {
	model    *headstart.Model
	alter    func(*headstart.Ticket) // before it is read; nil: as written
	more     []headstart.Ticket      // besides those of the week
	verdicts []headstart.Command     // of people on links; At is when
}

// lines is the week as a log: outages opened and resolved by hand, and tickets.
func (w *matchWeek) lines(p played) []headstart.FileLine {
	first := w.tickets[0].CreatedAt
	for _, o := range w.outages {
		if o.Opened.Before(first) {
			first = o.Opened
		}
	}
	first = first.Add(-time.Hour)
	config := w.config
	config.Ticks = false
	var lines []headstart.FileLine
	add := func(at time.Time, l headstart.Line) { lines = append(lines, headstart.FileLine{At: at, Line: l}) }
	for _, o := range w.outages {
		add(o.Opened, headstart.Line{Command: &headstart.Command{
			ID: "open-" + o.ID, By: "desk", Do: "open", Ref: o.ID, Title: o.Title, Asset: o.Root,
			Services: o.Services, Locations: o.Locations, Departments: o.Audiences, Severity: o.Severity,
		}})
		if o.Resolved != nil {
			add(*o.Resolved, headstart.Line{Command: &headstart.Command{ID: "resolve-" + o.ID, By: "desk", Do: "resolve", Incident: o.ID}})
		}
	}
	for _, tk := range w.tickets {
		if p.alter != nil {
			p.alter(&tk)
		}
		add(tk.CreatedAt, headstart.Line{Ticket: &tk})
	}
	for _, tk := range p.more {
		add(tk.CreatedAt, headstart.Line{Ticket: &tk})
	}
	for _, c := range p.verdicts {
		add(c.At, headstart.Line{Command: &c})
	}
	slices.SortStableFunc(lines, func(a, b headstart.FileLine) int { return a.At.Compare(b.At) })
	head := []headstart.FileLine{{At: first, Line: headstart.Line{Config: &config}}}
	if p.model != nil {
		head = append(head, headstart.FileLine{At: first, Line: headstart.Line{Model: p.model}})
	}
	return append(head, lines...)
}

// play replays the week and returns what it decided of each ticket.
func (w *matchWeek) play(t *testing.T, p played) map[string][]headstart.Link {
	t.Helper()
	return byTicket(w.fold(t, p).Links)
}

func (w *matchWeek) fold(t *testing.T, p played) playback {
	t.Helper()
	r, err := fold(w.lines(p), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reviewed are the tickets of the week as the engine has them once people said of
// each candidate whether it is right, and of each ticket where it belongs.
func (w *matchWeek) reviewed(t *testing.T) []headstart.TicketState {
	t.Helper()
	opened := map[string]time.Time{}
	for _, o := range w.outages {
		opened[o.ID] = o.Opened
	}
	var verdicts []headstart.Command
	shown := w.play(t, played{})
	for _, tk := range w.tickets {
		truth := w.about[tk.ID]
		say := func(do, ref string) {
			at := tk.CreatedAt
			if opened[ref].After(at) {
				at = opened[ref]
			}
			verdicts = append(verdicts, headstart.Command{
				ID: do + tk.ID + ref, By: "anna", Do: do, Incident: ref, Ticket: tk.ID, Source: tk.Source, At: at.Add(time.Minute),
			})
		}
		for _, l := range shown[tk.ID] {
			if l.Ref != truth {
				say("reject-link", l.Ref)
			}
		}
		if truth != "" {
			say("link", truth)
		}
	}
	r := w.fold(t, played{verdicts: verdicts})
	var out []headstart.TicketState
	for _, tk := range w.tickets {
		out = append(out, *r.state.Ticket(tk.Key()))
	}
	return out
}

func byTicket(links []headstart.Link) map[string][]headstart.Link {
	out := map[string][]headstart.Link{}
	for _, l := range links {
		out[l.Ticket] = append(out[l.Ticket], l)
	}
	return out
}

// verdict is how right the links of some tickets are.
type verdict struct {
	positives, negatives   int
	auto, right, falseLink int // automatic links; to the right outage; of tickets of none
	top3, noise            int // positives with theirs among three candidates; others with any
}

func (v *verdict) add(o verdict) {
	v.positives += o.positives
	v.negatives += o.negatives
	v.auto += o.auto
	v.right += o.right
	v.falseLink += o.falseLink
	v.top3 += o.top3
	v.noise += o.noise
}

// judge compares links with what is true.
func (w *matchWeek) judge(links map[string][]headstart.Link, only func(string) bool) verdict {
	var v verdict
	for _, tk := range w.tickets {
		if only != nil && !only(tk.ID) {
			continue
		}
		truth := w.about[tk.ID]
		if truth == "" {
			v.negatives++
		} else {
			v.positives++
		}
		shown := slices.DeleteFunc(slices.Clone(links[tk.ID]), func(l headstart.Link) bool { return l.Band == headstart.BandNone })
		for n, l := range shown {
			if l.Band == headstart.BandAuto {
				v.auto++
				switch {
				case l.Ref == truth:
					v.right++
				case truth == "":
					v.falseLink++
				}
			}
			if n < 3 && truth != "" && l.Ref == truth {
				v.top3++
			}
		}
		if truth == "" && len(shown) > 0 {
			v.noise++
		}
	}
	return v
}

func ratio(k, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(k) / float64(n)
}

func (v verdict) precision() float64 { return ratio(v.right, v.auto) }
func (v verdict) recall() float64    { return ratio(v.right, v.positives) }
func (v verdict) recall3() float64   { return ratio(v.top3, v.positives) }
func (v verdict) falseRate() float64 { return ratio(v.falseLink, v.negatives) }

// String gives each figure with its counts and Wilson's 95 % bounds.
func (v verdict) String() string {
	return fmt.Sprintf("precision %s, recall %s, recall@3 %s, false links %s, noise %s",
		share(v.right, v.auto), share(v.right, v.positives), share(v.top3, v.positives), share(v.falseLink, v.negatives), share(v.noise, v.negatives))
}

func share(k, n int) string {
	low, high := bounds(k, n)
	return fmt.Sprintf("%.3f (%d/%d, %.3f-%.3f)", ratio(k, n), k, n, low, high)
}

// bounds are Wilson's 95 % bounds.
func bounds(k, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.96
	p, m := ratio(k, n), float64(n)
	d := 1 + z*z/m
	c, h := p+z*z/(2*m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, (c-h)/d), min(1, (c+h)/d)
}
