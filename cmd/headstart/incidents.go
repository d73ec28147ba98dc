package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"headstart"
	"headstart/lang"
	"headstart/report/column"
	"headstart/web"
)

// action is one thing the desk does to an incident or an announcement, as a command:
// words become a headstart.Command, which is posted to verb.
type action struct {
	use, short, example string
	args                cobra.PositionalArgs
	verb                string // of POST /api/v1/incidents/{id}/VERB, or announcements
	flags               func(cmd *cobra.Command, c *headstart.Command)
	words               func(args []string, c *headstart.Command) error // args without the incident
}

// actions are those on an incident itself; deskActions those around its tickets.
// Another is one more entry.
var actions = []action{
	{use: "ack ID", short: "say that somebody has seen it", example: "ack HS-3", verb: "ack", args: cobra.ExactArgs(1)},
	{
		use: "assign ID", short: "give it an owner or a support group", example: "assign HS-3 --owner samira --support-group netwerk",
		verb: "assign", args: cobra.ExactArgs(1),
		flags: func(cmd *cobra.Command, c *headstart.Command) {
			cmd.Flags().StringVar(&c.Owner, "owner", "", "login name")
			cmd.Flags().StringVar(&c.SupportGroup, "support-group", "", "id of the group")
			cmd.MarkFlagsOneRequired("owner", "support-group")
		},
	},
	{
		use: "note ID TEXT", short: "write something into its timeline", example: `note HS-3 "leverancier gebeld"`,
		verb: "note", args: cobra.MinimumNArgs(2),
		words: func(args []string, c *headstart.Command) error { c.Text = strings.Join(args, " "); return nil },
	},
	{
		use: "merge ID INTO", short: "make it part of another incident", example: "merge HS-4 HS-3", verb: "merge", args: cobra.ExactArgs(2),
		words: func(args []string, c *headstart.Command) error { c.Into = args[0]; return nil },
	},
	{
		use: "split ID ASSET…", short: "move assets into an incident of their own", example: "split HS-3 prn-n2-04", verb: "split", args: cobra.MinimumNArgs(2),
		words: func(args []string, c *headstart.Command) error { c.Assets = args; return nil },
	},
	{
		use: "resolve ID", short: "close it by hand, with what was learned", example: `resolve HS-3 --cause "voeding stuk" --solution "voeding vervangen"`,
		verb: "resolve", args: cobra.ExactArgs(1),
		flags: func(cmd *cobra.Command, c *headstart.Command) {
			cmd.Flags().StringVar(&c.Cause, "cause", "", "what it was")
			cmd.Flags().StringVar(&c.Solution, "solution", "", "what helped")
			cmd.Flags().StringVar(&c.Prevention, "prevention", "", "what keeps it from coming back")
			cmd.Flags().StringVar(&c.KnownError, "known-error", "", "id of the known error that it was")
			cmd.Flags().BoolFunc("make-known-error", "make a known error of it", func(given string) error {
				on, err := strconv.ParseBool(given)
				if on {
					c.Record = &headstart.KnownError{} // what the incident says stands in
				}
				return err
			})
			cmd.MarkFlagsMutuallyExclusive("known-error", "make-known-error")
			cmd.Flags().StringVar(&c.Summary, "summary", "", "in words users may read")
		},
	},
	{
		use: "announce ID", short: "tell the users", example: `announce HS-3 --phase workaround --var Workaround="Print via N2-05"`, verb: "announce", args: cobra.ExactArgs(1),
		flags: func(cmd *cobra.Command, c *headstart.Command) {
			cmd.Flags().StringVar((*string)(&c.Phase), "phase", "", join(headstart.Tellable))
			cmd.Flags().StringVar(&c.Audience, "audience", "", "id of the audience (default: all)")
			ownWords(cmd, c)
			cmd.Flags().BoolVar(&c.Draft, "draft", false, "keep it as a draft; nobody reads it yet")
			goesOutAt(cmd, c)
			_ = cmd.MarkFlagRequired("phase")
		},
		words: func(_ []string, c *headstart.Command) error {
			if !slices.Contains(headstart.Tellable, c.Phase) {
				return fmt.Errorf("--phase is %q; write one of %s", c.Phase, join(headstart.Tellable))
			}
			return nil
		},
	},
}

// ownWords are the flags for what a person writes into a message.
func ownWords(cmd *cobra.Command, c *headstart.Command) {
	cmd.Flags().StringVar(&c.Text, "text", "", "words of your own instead of the template's")
	cmd.Flags().StringToStringVar(&c.Variables, "var", nil, "NAME=TEXT to fill in, or NAME.nl=TEXT for one language")
}

func join(phases []headstart.Phase) string {
	var words []string
	for _, p := range phases {
		words = append(words, string(p))
	}
	return strings.Join(words, ", ")
}

// ticketWord reads SOURCE/ID.
func ticketWord(args []string, c *headstart.Command) error {
	source, id, ok := strings.Cut(args[0], "/")
	if !ok || source == "" || id == "" {
		return fmt.Errorf("ticket %q; write SOURCE/ID, such as rt/101", args[0])
	}
	c.Source, c.Ticket = source, id
	return nil
}

func (p *program) incidentsCommand() *cobra.Command {
	var flags clientFlags
	cmd := &cobra.Command{
		Use:     "incidents",
		Short:   "the desk's actions, through a running service",
		Example: "  headstart incidents list\n  headstart incidents ack HS-3",
	}
	flags.add(cmd)
	cmd.AddCommand(p.listCommand(&flags), p.showCommand(&flags), p.openCommand(&flags), p.hushCommand(&flags), p.ticketsCommand(&flags), p.replyCommand(&flags), p.reviewCommand(&flags), p.aliasesCommand(&flags), p.rejectAliasCommand(&flags))
	for _, a := range slices.Concat(actions, deskActions) {
		cmd.AddCommand(p.actionCommand(&flags, "incidents", a))
	}
	return cmd
}

// actionCommand is a on one of the things that the API lists under of.
func (p *program) actionCommand(flags *clientFlags, of string, a action) *cobra.Command {
	var c headstart.Command
	cmd := &cobra.Command{
		Use: a.use, Short: a.short, Example: "  headstart " + of + " " + a.example, Args: a.args,
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.words != nil {
				if err := a.words(args[1:], &c); err != nil {
					return err
				}
			}
			return p.act(cmd, flags, "/api/v1/"+of+"/"+url.PathEscape(args[0])+"/"+a.verb, c)
		},
	}
	if a.flags != nil {
		a.flags(cmd, &c)
	}
	return cmd
}

func (p *program) openCommand(flags *clientFlags) *cobra.Command {
	var c headstart.Command
	cmd := &cobra.Command{
		Use:     "open TITLE",
		Short:   "open an incident no machine has seen",
		Example: `  headstart incidents open "Geen internet in Noord" --service lan --location noord --severity major`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.Title = strings.Join(args, " ")
			return p.act(cmd, flags, "/api/v1/incidents", c)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.Ref, "ref", "", "your own number for it")
	f.StringVar(&c.Asset, "asset", "", "id of the device or service that fails")
	f.StringArrayVar(&c.Services, "service", nil, "id of a service users miss")
	f.StringArrayVar(&c.Locations, "location", nil, "id of a location that is hit")
	f.StringArrayVar(&c.Departments, "department", nil, "id of a department that is hit")
	f.StringVar(&c.Severity, "severity", "", "critical, major or minor")
	return cmd
}

// hushCommand is the panic switch of ruling 30.
func (p *program) hushCommand(flags *clientFlags) *cobra.Command {
	var all bool
	var c headstart.Command
	cmd := &cobra.Command{
		Use:     "hush --all --for DURATION",
		Short:   "stop all messages to users for a while; operators are still paged",
		Example: "  headstart incidents hush --all --for 2h --reason \"fire drill\"",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !all {
				return fmt.Errorf("hush silences everything; say so with --all")
			}
			if _, err := model.ParseDuration(c.For); err != nil {
				return fmt.Errorf("--for is %q; write a duration such as 2h", c.For)
			}
			return p.act(cmd, flags, "/api/v1/hush", c)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all audiences")
	cmd.Flags().StringVar(&c.For, "for", "", "how long, such as 2h")
	cmd.Flags().StringVar(&c.Text, "reason", "", "why, as the desk and the timeline say it")
	return cmd
}

func (p *program) listCommand(flags *clientFlags) *cobra.Command {
	var state, service, location string
	path := func([]string) string {
		return query("/api/v1/incidents", map[string]string{"state": state, "service": service, "location": location})
	}
	cmd := p.shows(&cobra.Command{
		Use:     "list",
		Short:   "incidents, newest first",
		Example: "  headstart incidents list --state open\n  headstart incidents list --output json",
		Args:    cobra.NoArgs,
	}, flags, path, p.printIncidents)
	f := cmd.Flags()
	f.StringVar(&state, "state", "", "open, recovering, holding, resolved, closed or merged")
	f.StringVar(&service, "service", "", "id of a service")
	f.StringVar(&location, "location", "", "id of a location")
	return cmd
}

func (p *program) showCommand(flags *clientFlags) *cobra.Command {
	return p.shows(&cobra.Command{
		Use:     "show ID",
		Short:   "one incident with its timeline",
		Example: "  headstart incidents show HS-3",
		Args:    cobra.ExactArgs(1),
	}, flags, named("/api/v1/incidents", ""), toldNow(p, incidentText))
}

// printIncidents prints a list, which the API wraps with a cursor.
func (p *program) printIncidents(c *client, answer []byte) error {
	var page struct {
		Incidents []headstart.Incident `json:"incidents"`
	}
	if err := json.Unmarshal(answer, &page); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if len(page.Incidents) == 0 {
		_, err := fmt.Fprintln(p.stdout, "no incidents")
		return err
	}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 4, 2, ' ', 0)
	for i := range page.Incidents {
		c.printLine(w, &page.Incidents[i])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	out := &column.Lines{Width: width, Cut: "…"}
	for line := range strings.Lines(table.String()) {
		out.Ends(strings.TrimSuffix(line, "\n"), "")
	}
	_, err := fmt.Fprint(p.stdout, out)
	return err
}

func (c *client) printLine(w io.Writer, i *headstart.Incident) {
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", i.ID, i.Priority, i.State,
		i.OpenedAt.In(c.zone).Format("02-01 15:04"), strings.Join(i.Locations, ","), column.Clean(i.Title.In(c.lang)))
}

// incidentText is what is known of an incident, and its timeline.
func incidentText(i *headstart.Incident, say *lang.Words, now time.Time) string {
	out := &column.Lines{Width: width, Cut: "…"}
	out.Wrap("", "  ", strings.Join([]string{string(i.ID), i.Priority, string(i.State), i.Title.In(say.Lang)}, "  "))
	for _, line := range [][2]string{
		{say.Say("desk.cause"), i.Cause.Asset},
		{say.Say("desk.services"), strings.Join(i.Services, ", ")},
		{say.Say("desk.locations"), strings.Join(i.Locations, ", ")},
		{say.Say("desk.owner"), i.Owner},
		{say.Say("desk.group"), i.SupportGroup},
		{say.Say("desk.tickets"), say.Say("desk.counts", "linked", i.Tickets.Linked, "n", i.Tickets.Suggested)},
		{say.Say("desk.lead"), strings.Join(web.LeadFacts(say, now, i), " · ")},
	} {
		if line[1] != "" {
			out.Wrap(fmt.Sprintf("  %-10s ", line[0]), strings.Repeat(" ", 13), line[1])
		}
	}
	for _, e := range i.Timeline {
		out.Wrap(fmt.Sprintf("  %s  %-6s ", e.At.In(say.Zone).Format(time.DateTime), e.Rule), strings.Repeat(" ", 30), e.Text)
	}
	return out.String()
}
