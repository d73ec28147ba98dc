package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headstart"
)

// explainOptions are the flags of explain and of explain why-not.
type explainOptions struct {
	clientFlags
	log, output, lang, until string
}

// explainCommand says why an incident looks as it does.
func (p *program) explainCommand() *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain INCIDENT|ASSET|PROBLEM",
		Short: "why an incident looks as it does, or what was decided about one thing",
		Long: `Print the decisions about an incident in order, each with its rule and with what
would have made it turn out otherwise. For an asset or a problem (prn-1, or
prn-1/PrinterDown) print the decisions that are about it or name it, in all
incidents. --log reads a log file or a scenario instead of asking a running service.`,
		Example: "  headstart explain HS-41\n  headstart explain prn-3-12\n  headstart explain HS-1 --log night.jsonl",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			if o.log != "" {
				return p.explainLog(cmd, &o, args[0])
			}
			return p.explainLive(cmd, &o, args[0])
		},
	}
	o.add(cmd)
	flags := cmd.PersistentFlags()
	flags.StringVar(&o.log, "log", "", "a log `file` or a scenario instead of a running service")
	flags.StringVar(&o.output, "output", "text", "text or json")
	flags.StringVar(&o.lang, "lang", "", "nl or en (default: the configuration's)")
	flags.StringVar(&o.until, "until", "", "with --log: as it was at this `time`")
	cmd.AddCommand(p.whyNotCommand(&o), p.explainRuleCommand(&o))
	return cmd
}

// whyNotCommand says why two incidents are not one.
func (p *program) whyNotCommand(o *explainOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "why-not INCIDENT INCIDENT",
		Short: "why two incidents are not one",
		Long: `Walk the rules that join failures over both incidents and print the first
condition that does not hold, as it stands now; for how it stood then, replay the
log of that time with --log and --until.`,
		Example: "  headstart explain why-not HS-41 HS-42\n  headstart explain why-not HS-1 HS-2 --log night.jsonl --until 2026-11-23T08:05:00Z",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			if o.log != "" {
				return p.whyNotLog(cmd, o, args[0], args[1])
			}
			return p.whyNotLive(cmd, o, args[0], args[1])
		},
	}
}

// apartness is the answer to why-not.
type apartness struct {
	Incident headstart.IncidentID `json:"incident"`
	Against  headstart.IncidentID `json:"against"`
	One      bool                 `json:"one"`
	Rule     string               `json:"rule"`
	Outcome  string               `json:"outcome"`
	Facts    []headstart.Fact     `json:"facts"`
	Text     string               `json:"text"`
}

func (p *program) whyNotLive(cmd *cobra.Command, o *explainOptions, a, b string) error {
	cl, err := p.client(cmd, &o.clientFlags)
	if err != nil {
		return err
	}
	q := url.Values{"lang": {cmp.Or(o.lang, cl.lang)}, "against": {b}}
	answer, err := cl.get(cmd.Context(), "/api/v1/incidents/"+url.PathEscape(a)+"/explain?"+q.Encode())
	if err != nil {
		return unexplained(err)
	}
	var e struct {
		Incident headstart.IncidentID `json:"incident"`
		Against  *struct {
			Other headstart.IncidentID `json:"incident"`
			apartness
		} `json:"against"`
	}
	if err := json.Unmarshal(answer, &e); err != nil || e.Against == nil {
		return errors.Join(errors.New("read the answer: it says nothing of the two; is the service of this version?"), err)
	}
	out := e.Against.apartness
	out.Incident, out.Against = e.Incident, e.Against.Other
	return p.sayApart(o, &out)
}

func (p *program) whyNotLog(cmd *cobra.Command, o *explainOptions, a, b string) error {
	r, err := p.playLog(cmd, o)
	if err != nil {
		return err
	}
	x, y := r.incident(a), r.incident(b)
	for n, i := range []*headstart.Incident{x, y} {
		if i == nil {
			return fmt.Errorf("%s knows no incident %s", o.log, []string{a, b}[n])
		}
	}
	d, known := r.state.WhyNot(r.last, x.Group, y.Group)
	if !known {
		return fmt.Errorf("what %s or %s was made of is no longer kept; look at it as it was then, with --until", a, b)
	}
	d.Blame(x.Timeline, y.Timeline)
	return p.sayApart(o, &apartness{
		Incident: x.ID, Against: y.ID, One: d.Outcome == "one", Rule: d.Rule, Outcome: d.Outcome, Facts: d.Facts,
		Text: d.Words(cmp.Or(r.config.Language, "nl"), r.zone()),
	})
}

func (p *program) sayApart(o *explainOptions, a *apartness) error {
	if o.output == "json" {
		return p.printJSON(a)
	}
	_, err := fmt.Fprintf(p.stdout, "%s / %s  %s  %s\n", a.Incident, a.Against, a.Rule, a.Text)
	return err
}

func (o *explainOptions) validate() error {
	if o.lang != "" && o.lang != "nl" && o.lang != "en" {
		return fmt.Errorf("--lang is %q; write nl or en", o.lang)
	}
	return textOrJSON(o.output)
}

// explained is what is printed of an incident, or of one thing.
type explained struct {
	Incident headstart.IncidentID      `json:"incident,omitempty"`
	Of       string                    `json:"of,omitempty"`
	Timeline []headstart.TimelineEntry `json:"timeline"`
}

func (p *program) explainLive(cmd *cobra.Command, o *explainOptions, id string) error {
	cl, err := p.client(cmd, &o.clientFlags)
	if err != nil {
		return err
	}
	lang := url.Values{"lang": {cmp.Or(o.lang, cl.lang)}}
	answer, err := cl.get(cmd.Context(), "/api/v1/incidents/"+url.PathEscape(id)+"/explain?"+lang.Encode())
	if r := (*refused)(nil); errors.As(err, &r) && r.status == http.StatusNotFound {
		lang.Set("of", id)
		answer, err = cl.get(cmd.Context(), "/api/v1/explain?"+lang.Encode())
	}
	if err != nil {
		return unexplained(err)
	}
	if o.output == "json" {
		return p.raw(answer)
	}
	var e explained
	if err := json.Unmarshal(answer, &e); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	e.print(p.stdout, cl.zone)
	return nil
}

// unexplained has exit code 1, whatever refused it (CONTRACT section 1).
func unexplained(err error) error {
	if e := (*exit)(nil); errors.As(err, &e) {
		return &exit{1, e.text}
	}
	return err
}

// explainLog replays a log and explains what it made.
func (p *program) explainLog(cmd *cobra.Command, o *explainOptions, id string) error {
	r, err := p.playLog(cmd, o)
	if err != nil {
		return err
	}
	e := explained{Of: id, Timeline: r.concerning(id)}
	if i := r.incident(id); i != nil {
		e = explained{Incident: i.ID, Timeline: i.Timeline}
	}
	switch {
	case len(e.Timeline) == 0:
		return fmt.Errorf("%s knows neither an incident nor an asset or problem %s", o.log, id)
	case o.output == "json":
		return p.printJSON(e)
	}
	e.print(p.stdout, r.zone())
	return nil
}

// playLog replays the log of --log, told in --lang.
func (p *program) playLog(cmd *cobra.Command, o *explainOptions) (playback, error) {
	lines, err := p.story(cmd, o.log)
	if err != nil {
		return playback{}, err
	}
	if o.lang != "" {
		c := *lines[0].Config
		c.Language = o.lang
		lines[0].Config = &c
	}
	until, err := untilOf(o.until)
	if err != nil {
		return playback{}, err
	}
	return fold(lines, until)
}

// incident finds HS-1, hs-1, 1 or a ref; nil if there is none.
func (r *playback) incident(id string) *headstart.Incident {
	for n := range r.Incidents {
		i := &r.Incidents[n]
		if strings.EqualFold(string(i.ID), id) || "HS-"+id == string(i.ID) || i.Ref != "" && i.Ref == id {
			return i
		}
	}
	return nil
}

// concerning is what correlation decided about an asset or a problem; what led to
// no incident is among it.
func (r *playback) concerning(of string) []headstart.TimelineEntry {
	incidents := map[headstart.GroupID]headstart.IncidentID{}
	for n := range r.Incidents {
		incidents[r.Incidents[n].Group] = r.Incidents[n].ID
	}
	var out []headstart.TimelineEntry
	for n := range r.state.changes {
		c := &r.state.changes[n]
		if c.Concerns(of) {
			e := c.Entry(cmp.Or(r.config.Language, "nl"), r.zone())
			e.Incident = incidents[c.Group]
			out = append(out, e)
		}
	}
	return out
}

func (e *explained) print(w io.Writer, zone *time.Location) {
	for _, t := range e.Timeline {
		where := ""
		if t.Incident != "" {
			where = string(t.Incident) + " "
		}
		fmt.Fprintf(w, "%s  %-5s %s%s\n", t.At.In(zone).Format(time.DateTime), t.Rule, where, t.Text)
		if t.Why != "" {
			fmt.Fprintf(w, "%s %s\n", strings.Repeat(" ", len(time.DateTime)+7), t.Why)
		}
	}
}
