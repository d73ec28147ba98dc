package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headstart/lang"
	"headstart/report/column"
	"headstart/report/figures"
)

// figuresFlags are what figures to ask for.
type figuresFlags struct{ from, to, period, on, by, lang, output string }

func (f *figuresFlags) path(base string, more map[string]string) string {
	values := map[string]string{"from": f.from, "to": f.to, "period": f.period, "on": f.on, "by": f.by, "lang": f.lang}
	maps.Copy(values, more)
	return query(base, values)
}

func (f *figuresFlags) add(cmd *cobra.Command) {
	flags := cmd.PersistentFlags()
	flags.StringVar(&f.from, "from", "", "first `day`, as 2026-11-01")
	flags.StringVar(&f.to, "to", "", "last `day`, included (default today)")
	flags.StringVar(&f.period, "period", "", "instead: week, month, quarter or year (default month)")
	flags.StringVar(&f.on, "on", "", "a `day` in that period (default today)")
	flags.StringVar(&f.lang, "lang", "", "nl or en (default: the configuration's)")
}

func (p *program) figuresCommand() *cobra.Command {
	var flags figuresFlags
	var where clientFlags
	cmd := &cobra.Command{
		Use:     "figures",
		Aliases: []string{"kpis"},
		Short:   "head start, reaction, resolution and the rest of a period beside the period before",
		Long: `Asks the running service. Each figure says of how many cases it is, and what is not measured
says why. None is by worker. What each means: docs/figures.md.`,
		Example: `  headstart figures
  headstart figures --period quarter --by service
  headstart figures --from 2026-10-01 --to 2026-10-31 --output csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.figures(cmd, &where, &flags) },
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&flags.by, "by", "", "also split by service, category, department, location or month")
	cmd.Flags().StringVar(&flags.output, "output", "text", "text, json or csv")
	where.add(cmd)
	cmd.AddCommand(p.problemCommand(&where, &flags))
	return cmd
}

func (p *program) figures(cmd *cobra.Command, where *clientFlags, flags *figuresFlags) error {
	if !slices.Contains([]string{"text", "json", "csv"}, flags.output) {
		return fmt.Errorf("--output is %q; write text, json or csv", flags.output)
	}
	cl, err := p.client(cmd, where)
	if err != nil {
		return err
	}
	if flags.lang != "" {
		cl.lang = flags.lang
	} else {
		flags.lang = cl.lang
	}
	more := map[string]string{}
	if flags.output == "csv" {
		more["format"] = "csv"
	}
	answer, err := cl.get(cmd.Context(), flags.path("/api/v1/kpis", more))
	if err != nil {
		return err
	}
	if flags.output != "text" {
		return p.raw(answer)
	}
	var a figures.KPIs
	if err := json.Unmarshal(answer, &a); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	_, err = fmt.Fprint(p.stdout, figuresText(&a, lang.New(cl.lang, cl.zone)))
	return err
}

// figuresText is for a person at a terminal, at most width columns wide.
func figuresText(a *figures.KPIs, say *lang.Words) string {
	out := &column.Lines{Width: width, Cut: "…"}
	span := func(from, to string) string { return say.Say("figures.span", "from", from, "to", to) }
	out.Wrap("", "  ", say.Say("figures.title")+" "+span(a.From, a.To)+", "+say.Say("figures.beside", "before", span(a.Before.From, a.Before.To)))
	if a.Runs {
		out.Wrap("", "", say.Say("figures.runs"))
	}
	out.WriteString("\n")
	figuresTable(out, a.Figures, say, true)
	for n := range a.Rows {
		r := &a.Rows[n]
		out.WriteString("\n")
		out.Ends(r.Name, "")
		figuresTable(out, r.Figures, say, false)
	}
	if len(a.Recurring) > 0 {
		out.WriteString("\n")
		out.Ends(say.Say("figures.recurring"), "")
	}
	for n := range a.Recurring {
		c := &a.Recurring[n]
		line := say.Say("figures.recurring.line", "n", c.Count, "minutes", lang.Number(say.Lang, int(c.Minutes)), "people", lang.Number(say.Lang, int(c.PeopleMinutes)), "tickets", c.Tickets)
		if c.Pattern != "" {
			line += ", " + c.Pattern
		}
		out.Wrap("  ", "    ", c.Asset+" ("+c.Name+"): "+line)
	}
	out.WriteString("\n")
	avoided := a.TicketsAvoided.NotMeasured
	if x := a.TicketsAvoided; x.Tickets != nil {
		avoided = say.Say("figures.avoided.value", "tickets", *x.Tickets, "low", *x.Low, "high", *x.High)
	}
	out.Wrap("", "  ", say.Say("figures.avoided")+": "+avoided+". "+a.TicketsAvoided.Assumption)
	return out.String()
}

// figuresTable prints a line a figure. Of a row only what was measured is told.
func figuresTable(out *column.Lines, list []figures.AnsweredFigure, say *lang.Words, all bool) {
	var reasons []string
	names := map[string][]string{} // by why they have no value
	for n := range list {
		f := &list[n]
		if f.Value == nil {
			if len(names[f.NotMeasured]) == 0 {
				reasons = append(reasons, f.NotMeasured)
			}
			names[f.NotMeasured] = append(names[f.NotMeasured], f.Name)
			continue
		}
		figureLine(out, f, say, all)
	}
	for _, why := range reasons {
		if all {
			out.Wrap("  ", "      ", strings.Join(names[why], "; ")+": "+why)
		}
	}
}

// figureLine prints a figure that has a value; whole says what it leaves out, too.
func figureLine(out *column.Lines, f *figures.AnsweredFigure, say *lang.Words, whole bool) {
	before := say.Say("figures.was.none")
	if f.Before.Value != nil {
		before = say.Say("figures.was", "value", figures.Words(say, f.Unit, *f.Before.Value))
	}
	if f.Unit != figures.Count {
		before += ", " + say.Say("figures.cases", "n", f.Cases)
	}
	out.Ends("  "+f.Name, fmt.Sprintf("%12s  %-34s", figures.Words(say, f.Unit, *f.Value), out.Fit(before, width-34)))
	for _, l := range f.LeftOut {
		if whole {
			out.Wrap("      ", "      ", say.Say("figures.leftout", "list", l.Text))
		}
	}
}

func (p *program) problemCommand(where *clientFlags, flags *figuresFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "problem ASSET",
		Short:   "draft a problem record of a cause that keeps coming back, as Markdown",
		Example: "  headstart figures problem sw-n-2 --period quarter > probleem.md",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cl, err := p.client(cmd, where)
			if err != nil {
				return err
			}
			if flags.lang == "" {
				flags.lang = cl.lang
			}
			answer, err := cl.get(cmd.Context(), flags.path("/api/v1/kpis/problem", map[string]string{"asset": args[0]}))
			if err != nil {
				return err
			}
			return p.raw(answer)
		},
	}
}

// importTelephone hands a list of calls to the running service.
func (p *program) importTelephone() *cobra.Command {
	var where clientFlags
	cmd := &cobra.Command{
		Use:   "telephone FILE…",
		Short: "what the telephone system counted, for the figures",
		Long: `Reads CSV with a line of headers in Dutch or English: date (datum), perhaps hour (uur), calls
(gesprekken), answered (beantwoord), abandoned (opgehangen), mean wait (gemiddelde wachttijd), by day or
by hour; the wait in seconds or as 1:05. Unlike the other imports it goes to the running service at once:
these are counts, and the same hours imported again replace themselves. Nothing of a list with a mistake
is taken over.`,
		Example: "  headstart import telephone oktober.csv",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			cl, err := p.client(cmd, &where)
			if err != nil {
				return err
			}
			for _, file := range files {
				if err := p.sendCalls(cmd, cl, file); err != nil {
					return err
				}
			}
			return nil
		},
	}
	where.add(cmd)
	return cmd
}

func (p *program) sendCalls(cmd *cobra.Command, cl *client, file string) error {
	data, err := bounded(file)
	if err != nil {
		return &exit{1, fmt.Sprintf("%v; correct the name", err)}
	}
	name := filepath.Base(file)
	if _, wrong := figures.ReadCalls(data, cl.zone); len(wrong) > 0 { // here the file has a name
		var lines []string
		for _, m := range wrong {
			lines = append(lines, strings.Replace(name+": "+m.Field+": "+m.Text, ": line ", ":", 1))
		}
		return &exit{1, strings.Join(lines, "\n")}
	}
	answer, _, err := cl.call(cmd.Context(), http.MethodPost, "/api/v1/telephone", data)
	if err != nil {
		return err
	}
	var done callsTaken
	if err := json.Unmarshal(answer, &done); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %d rows, %d calls, %s to %s\n", name, done.Rows, done.Calls, done.From.Format(time.DateTime), done.To.Format(time.DateTime))
	return err
}
