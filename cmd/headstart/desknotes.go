package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/lang"
	"headstart/report/column"
)

// deskCommand is what the desk tells itself.
func (p *program) deskCommand() *cobra.Command {
	var flags clientFlags
	cmd := &cobra.Command{
		Use:     "desk",
		Short:   "who is on duty, hand-overs, to-dos and notices, through a running service",
		Example: "  headstart desk list\n  headstart desk todo \"toner bestellen\" --for joris",
	}
	flags.add(cmd)
	cmd.AddCommand(
		p.deskListCommand(&flags), p.deskWriteCommand(&flags, "handover", "write for whoever works after you", `handover "HS-3 wacht op de leverancier" --until 2026-11-24T12:00:00+01:00`),
		p.deskWriteCommand(&flags, "todo", "write down what is to be done", `todo "bel de melders van HS-3" --incident HS-3 --closes resolved`),
		p.deskWriteCommand(&flags, "notice", "tell colleagues something", `notice "vrijdag is de balie dicht" --until 2026-11-27T17:30:00+01:00`),
		p.deskDoneCommand(&flags),
	)
	return cmd
}

func (p *program) deskListCommand(flags *clientFlags) *cobra.Command {
	return p.shows(&cobra.Command{
		Use:     "list",
		Short:   "who is on duty, and what stands on the desk",
		Example: "  headstart desk list\n  headstart desk list --output json",
		Args:    cobra.NoArgs,
	}, flags, always("/api/v1/desk"), toldNow(p, (*deskList).text))
}

// deskWriteCommand writes a note of one kind.
func (p *program) deskWriteCommand(flags *clientFlags, do, short, example string) *cobra.Command {
	var c headstart.Command
	var due, until string
	cmd := &cobra.Command{
		Use: do + " TEXT", Short: short, Example: "  headstart desk " + example, Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.Text = strings.Join(args, " ")
			for _, when := range []struct {
				flag, given string
				into        *time.Time
			}{{"due", due, &c.Due}, {"until", until, &c.Until}} {
				if when.given == "" {
					continue
				}
				t, err := time.Parse(time.RFC3339, when.given)
				if err != nil {
					return fmt.Errorf("--%s is %q; write a time as 2026-11-24T12:00:00+01:00", when.flag, when.given)
				}
				*when.into = t
			}
			return p.act(cmd, flags, "/api/v1/desk/"+do, c)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.For, "for", "", "login name of whom it is for")
	f.StringVar(&c.Incident, "incident", "", "id of the incident it is about")
	f.StringVar(&due, "due", "", "`time` before which it is to be done, RFC 3339")
	f.StringVar(&until, "until", "", "`time` from which on nobody needs it, RFC 3339")
	if do == "todo" {
		f.StringVar(&c.Kind, "closes", "", "ends by itself: "+strings.Join(headstart.NoteConditions, ", "))
		f.StringVar(&c.Asset, "part", "", "id of the part, for --closes stock")
	}
	return cmd
}

func (p *program) deskDoneCommand(flags *clientFlags) *cobra.Command {
	var c headstart.Command
	cmd := &cobra.Command{
		Use:     "done ID",
		Short:   "tick off a note; --undo puts it back",
		Example: "  headstart desk done api-4Z2N\n  headstart desk done api-4Z2N --undo",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.Ref = args[0]
			return p.act(cmd, flags, "/api/v1/desk/todo-done", c)
		},
	}
	says(cmd, "undo", "put it back", &c, false)
	return cmd
}

// deskList is what the API tells of the desk.
type deskList struct {
	OnDuty []headstart.OnDuty `json:"on_duty"`
	Listed bool               `json:"listed"`
	Notes  []struct {
		ID       string     `json:"id"`
		Kind     string     `json:"kind"`
		Text     string     `json:"text"`
		By       string     `json:"by"`
		At       time.Time  `json:"at"`
		For      string     `json:"for"`
		Due      *time.Time `json:"due"`
		Day      int        `json:"day"`
		Incident string     `json:"incident"`
	} `json:"notes"`
}

// text is who works, and a note a line with its id below it.
func (l *deskList) text(say *lang.Words, now time.Time) string {
	out := &column.Lines{Width: width, Cut: "…"}
	var on []string
	for _, o := range l.OnDuty {
		words := say.Say("duty.until", "name", o.Name, "time", say.Clock(o.Until))
		if len(o.For) > 0 {
			words += " " + say.Say("duty.for", "names", strings.Join(o.For, ", "))
		}
		on = append(on, words)
	}
	switch {
	case len(on) > 0:
		out.Wrap("", "  ", say.Say("duty.now")+" "+strings.Join(on, ", "))
	case l.Listed:
		out.Wrap("", "  ", say.Say("duty.nobody"))
	}
	if len(l.Notes) == 0 {
		out.Wrap("", "", say.Say("notes.none"))
	}
	for _, n := range l.Notes {
		facts := []string{say.When(n.At, now)}
		if n.By != "rule" {
			facts = append([]string{n.By}, facts...)
		}
		if n.For != "" {
			facts = append(facts, say.Say("note.for", "name", n.For))
		}
		if n.Due != nil {
			facts = append(facts, say.Say("note.due", "time", say.When(*n.Due, now)))
		}
		if n.Day > 1 {
			facts = append(facts, say.Say("note.day", "day", n.Day))
		}
		out.Wrap("", "    ", say.SayOr("note.kind.", n.Kind, n.Kind)+": "+n.Text)
		out.Wrap("    ", "    ", strings.Join(facts, " · "))
		out.Wrap("    ", "    ", n.ID)
	}
	return out.String()
}
