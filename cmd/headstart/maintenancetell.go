package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"headstart"
)

// moveWindowCommand gives planned work other times.
func (p *program) moveWindowCommand(flags *clientFlags) *cobra.Command {
	var from, until string
	cmd := &cobra.Command{
		Use:   "move ID",
		Short: "give work that is not over other times; users who were told hear them",
		Example: `  headstart maintenance move W-311 --from "2026-11-24 22:00" --until "2026-11-25 01:00"
  headstart maintenance move W-311 --until 23:30`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cl, err := p.client(cmd, flags)
			if err != nil {
				return err
			}
			body := struct {
				StartsAt time.Time `json:"starts_at,omitzero"`
				EndsAt   time.Time `json:"ends_at,omitzero"`
			}{}
			base := time.Now().In(cl.zone)
			if from != "" {
				if body.StartsAt, err = readTime("--from", from, base); err != nil {
					return err
				}
				base = body.StartsAt
			}
			if until != "" {
				if body.EndsAt, err = readTime("--until", until, base); err != nil {
					return err
				}
			}
			return p.changeWindow(cmd.Context(), cl, "/api/v1/maintenance/"+url.PathEscape(args[0])+"/move", body)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "`time` it begins now (default: as it was)")
	cmd.Flags().StringVar(&until, "until", "", "`time` it ends now (default: as it was)")
	cmd.MarkFlagsOneRequired("from", "until")
	return cmd
}

// tellWindowCommand tells users of planned work.
func (p *program) tellWindowCommand(flags *clientFlags) *cobra.Command {
	var body struct {
		Phase    headstart.Phase `json:"phase,omitempty"`
		Audience string          `json:"audience,omitempty"`
		Text     string          `json:"text,omitempty"`
		Until    time.Time       `json:"until,omitzero"`
	}
	var phase, until string
	cmd := &cobra.Command{
		Use:   "announce ID",
		Short: "tell users of planned work: that it comes, takes longer, is done or is off",
		Long:  "Tells users what is next about planned work, or what --phase says. It is your word: it needs no further approval unless announce.four_eyes is set.",
		Example: `  headstart maintenance announce W-311 --text "Wij vervangen de switches."
  headstart maintenance announce W-311 --phase extended --until 23:30 --text "Een onderdeel past niet."`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cl, err := p.client(cmd, flags)
			if err != nil {
				return err
			}
			if phase != "" {
				body.Phase = headstart.Phase("maintenance_" + phase)
			}
			if until != "" {
				if body.Until, err = readTime("--until", until, time.Now().In(cl.zone)); err != nil {
					return err
				}
			}
			answer, err := cl.post(cmd.Context(), "/api/v1/maintenance/"+url.PathEscape(args[0])+"/announce", body)
			if err != nil {
				return err
			}
			var o headstart.Outcome
			if err := json.Unmarshal(answer, &o); err != nil {
				return fmt.Errorf("read the answer: %w", err)
			}
			_, err = fmt.Fprintln(p.stdout, args[0])
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&phase, "phase", "", "announced, started, extended, done or cancelled (default: what is next)")
	f.StringVar(&body.Audience, "audience", "", "one audience (default: all it touches)")
	f.StringVar(&body.Text, "text", "", "what to add, in plain words: why, or the reason of a change")
	f.StringVar(&until, "until", "", "`time` it ends now, of extended")
	return cmd
}
