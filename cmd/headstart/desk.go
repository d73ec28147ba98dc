package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/lang"
	"headstart/report/column"
	"headstart/web"
)

// deskActions are those around the tickets of an incident.
var deskActions = []action{
	{use: "link ID TICKET", short: "say that a ticket is about it", example: "link HS-3 rt/101", verb: "link", args: cobra.ExactArgs(2), words: ticketWord},
	{use: "unlink ID TICKET", short: "say that a ticket is not about it after all", example: "unlink HS-3 rt/101", verb: "unlink", args: cobra.ExactArgs(2), words: ticketWord},
	{use: "confirm-link ID TICKET", short: "say that a suggested ticket is about it", example: "confirm-link HS-3 rt/101", verb: "confirm-link", args: cobra.ExactArgs(2), words: ticketWord},
	{use: "reject-link ID TICKET", short: "say that a ticket has nothing to do with it", example: "reject-link HS-3 rt/101", verb: "reject-link", args: cobra.ExactArgs(2), words: ticketWord},
	{
		use: "confirm ID", short: "count one more caller without a ticket; --undo takes one back", example: "confirm HS-3", verb: "confirm", args: cobra.ExactArgs(1),
		flags: func(cmd *cobra.Command, c *headstart.Command) {
			cmd.Flags().StringVar(&c.Channel, "channel", "phone", "phone, or walk_in for whoever came to the desk")
			says(cmd, "undo", "take one back that was counted by mistake", c, false)
		},
	},
	{
		use: "helped ID KNOWN-ERROR", short: "say that a known error was the answer to it; --no: it did not help", example: "helped HS-3 KE-8", verb: "helped", args: cobra.ExactArgs(2),
		flags: func(cmd *cobra.Command, c *headstart.Command) { says(cmd, "no", "it did not help", c, false) },
		words: func(args []string, c *headstart.Command) error { c.KnownError = args[0]; return nil },
	},
	{
		use: "lead ID", short: "leave its head start out of the figures, with a reason, or count it again",
		example: `lead HS-3 --leave-out "oefening"` + "\n  headstart incidents lead HS-3 --count", verb: "lead", args: cobra.ExactArgs(1),
		flags: func(cmd *cobra.Command, c *headstart.Command) {
			cmd.Flags().StringVar(&c.Text, "leave-out", "", "why it says nothing about how fast we were")
			says(cmd, "count", "count it again", c, true)
			cmd.MarkFlagsOneRequired("leave-out", "count")
			cmd.MarkFlagsMutuallyExclusive("leave-out", "count")
		},
		words: func(_ []string, c *headstart.Command) error {
			if c.Value != nil {
				return nil
			}
			if c.Value = new(false); strings.TrimSpace(c.Text) == "" {
				return errors.New("--leave-out has no reason; write why, such as --leave-out oefening")
			}
			return nil
		},
	},
}

// says adds a flag that gives a command a value.
func says(cmd *cobra.Command, name, usage string, c *headstart.Command, value bool) {
	cmd.Flags().BoolFunc(name, usage, func(given string) error {
		on, err := strconv.ParseBool(given)
		if err == nil && on {
			c.Value = &value
		}
		return err
	})
}

func (p *program) ticketsCommand(flags *clientFlags) *cobra.Command {
	return p.shows(&cobra.Command{
		Use:     "tickets ID",
		Short:   "its tickets, and those that look like being about it, with reasons",
		Example: "  headstart incidents tickets HS-3\n  headstart incidents tickets HS-3 --output json",
		Args:    cobra.ExactArgs(1),
	}, flags, named("/api/v1/incidents", "/tickets"), toldNow(p, (*incidentTickets).text))
}

// incidentTickets is what the API tells of the tickets of an incident.
type incidentTickets struct {
	Incident   headstart.IncidentID `json:"incident"`
	Linked     []incidentTicket     `json:"linked"`
	LookAlikes []incidentTicket     `json:"look_alikes"`

	AnnouncedAt   *time.Time         `json:"announced_at"`
	FirstAt       *time.Time         `json:"first_at"`
	LeadSeconds   *int64             `json:"lead_seconds"`
	LeadLeftOut   *headstart.LeftOut `json:"lead_left_out"`
	LeftOut       int                `json:"left_out"`
	Callers       int                `json:"callers"`
	FirstCallerAt *time.Time         `json:"first_caller_at"`
}

// known is as much of the incident as the answer holds.
func (f *incidentTickets) known() *headstart.Incident {
	return &headstart.Incident{
		ID: f.Incident, AnnouncedAt: f.AnnouncedAt, LeadSeconds: f.LeadSeconds, LeadLeftOut: f.LeadLeftOut, Callers: f.Callers, FirstCallerAt: f.FirstCallerAt,
		Tickets: headstart.TicketCounts{FirstAt: f.FirstAt, LeftOut: f.LeftOut},
	}
}

type incidentTicket struct {
	Source     string     `json:"source"`
	ID         string     `json:"id"`
	Title      string     `json:"title"`
	Channel    string     `json:"channel"`
	Location   string     `json:"location"`
	ReportedAt time.Time  `json:"reported_at"`
	Score      float64    `json:"score"`
	For        []string   `json:"for"`
	Against    []string   `json:"against"`
	By         string     `json:"by"`
	At         *time.Time `json:"at"`
}

// width is that of what people read in a terminal.
const width = 80

// text is for a person at now: what is known of who was first, the tickets, and what
// to do about the first that waits.
func (f *incidentTickets) text(say *lang.Words, now time.Time) string {
	out := &column.Lines{Width: width, Cut: "…"}
	out.Wrap("", "  ", string(f.Incident)+" · "+strings.Join(web.LeadFacts(say, now, f.known()), " · "))
	out.Ends(say.Say("desk.linked", "n", len(f.Linked)), "")
	for n := range f.Linked {
		t := &f.Linked[n]
		t.line(out, say, now, "")
		switch {
		case t.At == nil:
		case t.By == "rule":
			out.Wrap("    ", "    ", say.Say("desk.byrule", "time", say.When(*t.At, now)))
		default:
			out.Wrap("    ", "    ", say.Say("desk.by", "name", t.By, "time", say.When(*t.At, now)))
		}
	}
	out.Ends(say.Say("desk.alike", "n", len(f.LookAlikes)), "")
	for n := range f.LookAlikes {
		t := &f.LookAlikes[n]
		t.line(out, say, now, say.Say("ticket.possible", "pct", int(t.Score*100+.5)))
		if len(t.For) > 0 {
			out.Wrap("    ", "      ", say.Say("ticket.for")+" "+strings.Join(t.For, "; "))
		}
		if len(t.Against) > 0 {
			out.Wrap("    ", "      ", say.Say("ticket.against")+" "+strings.Join(t.Against, "; "))
		}
	}
	if len(f.LookAlikes) > 0 {
		first := f.LookAlikes[0].Source + "/" + f.LookAlikes[0].ID
		out.Ends(say.Say("desk.link", "id", f.Incident, "ticket", first), "")
		out.Ends(say.Say("desk.reject", "id", f.Incident, "ticket", first), "")
	}
	return out.String()
}

func (t *incidentTicket) line(out *column.Lines, say *lang.Words, now time.Time, right string) {
	facts := []string{t.Source + "/" + t.ID, say.When(t.ReportedAt, now), t.Location}
	if t.Channel == "phone" {
		facts = append(facts, say.Say("ticket.phone"))
	}
	if t.Title != "" {
		facts = append(facts, "“"+t.Title+"”")
	}
	out.Ends("  "+strings.Join(slices.DeleteFunc(facts, func(s string) bool { return s == "" }), "  "), right)
}

func (p *program) replyCommand(flags *clientFlags) *cobra.Command {
	var language, location, ticket string
	path := func(args []string) string {
		return query(named("/api/v1/incidents", "/reply")(args), map[string]string{"lang": language, "location": location, "ticket": ticket})
	}
	cmd := p.shows(&cobra.Command{
		Use:     "reply ID",
		Short:   "what to tell somebody who reports it, as it stands now: to write, and to say",
		Example: "  headstart incidents reply HS-3\n  headstart incidents reply HS-3 --lang en --location noord\n  headstart incidents reply HS-3 --ticket rt/101",
		Args:    cobra.ExactArgs(1),
	}, flags, path, toldNow(p, (*incidentReply).text))
	f := cmd.Flags()
	f.StringVar(&language, "lang", "", "nl or en (default: the ticket's, else the configuration's)")
	f.StringVar(&location, "location", "", "id of the place of whoever asks")
	f.StringVar(&ticket, "ticket", "", "SOURCE/NUMBER: its language and place")
	return cmd
}

// incidentReply is what the API has the desk tell.
type incidentReply struct {
	Incident     string          `json:"incident"`
	Phase        headstart.Phase `json:"phase"`
	At           time.Time       `json:"at"`
	Title        string          `json:"title"`
	Text         string          `json:"text"`
	Phone        string          `json:"phone"`
	NextUpdateBy *time.Time      `json:"next_update_by"`

	Fits []headstart.KnownOffer `json:"known_error_fits"` // for the desk itself
}

// text is the words between a line that says what they are and what to say aloud.
func (r *incidentReply) text(say *lang.Words, now time.Time) string {
	out := &column.Lines{Width: width, Cut: "…"}
	facts := []string{r.Incident, say.SayOr("phase.", string(r.Phase), string(r.Phase)), say.Say("desk.since", "time", say.When(r.At, now))}
	if r.NextUpdateBy != nil {
		facts = append(facts, say.Say("desk.next", "time", say.When(*r.NextUpdateBy, now)))
	}
	out.Wrap("", "  ", strings.Join(facts, " · "))
	for line := range strings.SplitSeq("\n"+r.Title+"\n\n"+r.Text, "\n") {
		if strings.TrimSpace(line) == "" {
			out.WriteString("\n")
			continue
		}
		out.Wrap("", "", line)
	}
	if r.Phone != "" {
		out.WriteString("\n")
		out.Wrap("", "", say.Say("desk.phone"))
		out.Wrap("  ", "  ", r.Phone)
	}
	if len(r.Fits) > 0 {
		out.WriteString("\n")
	}
	for _, f := range r.Fits {
		out.Wrap("", "  ", say.Say("known.fordesk", "text", f.Text))
	}
	return out.String()
}
