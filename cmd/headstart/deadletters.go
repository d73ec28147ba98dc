package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/lang"
	"headstart/report/column"
)

// channelsDeadCommand lists messages that were given up.
func (p *program) channelsDeadCommand() *cobra.Command {
	var flags clientFlags
	cmd := p.shows(&cobra.Command{
		Use:     "dead",
		Short:   "messages that were given up, newest first, and why",
		Example: "  headstart channels dead",
		Args:    cobra.NoArgs,
	}, &flags, always("/api/v1/dead-letters"), told(p, (*deadList).text))
	flags.add(cmd)
	return cmd
}

// deadList is what the API tells of messages that were given up.
type deadList struct {
	DeadLetters []struct {
		Message  string          `json:"message"`
		Place    string          `json:"place"`
		Plane    headstart.Plane `json:"plane"`
		Why      string          `json:"why"`
		Incident string          `json:"incident"`
		Window   string          `json:"window"`
		Title    headstart.Names `json:"title"`
	} `json:"dead_letters"`
}

// text is a message a line, below it what its place said and how to send it again.
func (d *deadList) text(say *lang.Words) string {
	out := &column.Lines{Width: width, Cut: "…"}
	if len(d.DeadLetters) == 0 {
		out.Wrap("", "", say.Say("channels.well"))
	}
	for _, l := range d.DeadLetters {
		out.Wrap("", "  ", fmt.Sprintf("%s · %s · %s %s", l.Place, say.SayOr("channels.plane.", string(l.Plane), ""), cmp.Or(l.Incident, l.Window), l.Title.In(say.Lang)))
		if l.Why != "" {
			out.Wrap("    ", "      ", l.Why)
		}
		out.Wrap("    ", "      ", "headstart channels resend "+l.Message)
	}
	return out.String()
}

// channelsResendCommand sends one message again, or all that a place did not take.
func (p *program) channelsResendCommand() *cobra.Command {
	var flags clientFlags
	var channel string
	cmd := &cobra.Command{
		Use:   "resend [MESSAGE]",
		Short: "send again what was given up, as things stand now",
		Long: `Sends a message that was given up again. A channel is told the newest message of the announcement, and
nothing about what is over if nobody there was told that it broke. With --channel all that this channel, receiver or
ticket system did not take; what is refused is named, and the rest still goes.`,
		Example: "  headstart channels resend 9f2c41d00a7be355/noord/0/mail-all\n  headstart channels resend --channel mail-all",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (channel != "") {
				return errors.New("name one message, or --channel; `headstart channels dead` lists what was given up")
			}
			if len(args) == 1 {
				return p.act(cmd, &flags, "/api/v1/dead-letters/resend", headstart.Command{Message: args[0]})
			}
			return p.resendAll(cmd, &flags, channel)
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&channel, "channel", "", "name of a channel, receiver or ticket system: all that it did not take")
	return cmd
}

// resendAll sends again all that a place did not take. Of one announcement the newest
// message goes out, and what it replaces is not there any more when its turn comes.
func (p *program) resendAll(cmd *cobra.Command, flags *clientFlags, place string) error {
	cl, err := p.client(cmd, flags)
	if err != nil {
		return err
	}
	answer, err := cl.get(cmd.Context(), "/api/v1/dead-letters")
	if err != nil {
		return err
	}
	var list deadList
	if err := json.Unmarshal(answer, &list); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	var failed []error
	found := false
	for _, l := range list.DeadLetters {
		if l.Place != place {
			continue
		}
		found = true
		_, err := cl.post(cmd.Context(), "/api/v1/dead-letters/resend", map[string]any{"message": l.Message})
		switch r, ok := errors.AsType[*refused](err); {
		case err == nil:
			fmt.Fprintln(p.stdout, l.Message)
		case ok && r.status == http.StatusNotFound: // what went out before replaced it
		default:
			failed = append(failed, fmt.Errorf("%s: %w", l.Message, err))
		}
	}
	if !found {
		return &exit{1, fmt.Sprintf("nothing of %q was given up; `headstart channels dead` lists what was", place)}
	}
	return errors.Join(failed...)
}

// channelsDismissCommand leaves a message that was given up as it is.
func (p *program) channelsDismissCommand() *cobra.Command {
	var flags clientFlags
	cmd := &cobra.Command{
		Use:     "dismiss MESSAGE",
		Short:   "leave a message that was given up as it is",
		Example: "  headstart channels dismiss 9f2c41d00a7be355/noord/0/mail-all",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.act(cmd, &flags, "/api/v1/dead-letters/dismiss", headstart.Command{Message: args[0]})
		},
	}
	flags.add(cmd)
	return cmd
}
