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
	log, output, lang string
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
	return cmd
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
	return fold(lines, time.Time{})
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
