package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/notify"
	"headstart/web"
)

// channelsCommand shows how users are told, and tries it.
func (p *program) channelsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "channels", Short: "list how users are told; send a test message; send again what was given up", Example: "  headstart channels list\n  headstart channels test mail-all"}
	cmd.AddCommand(p.channelsListCommand(), p.channelsTestCommand(), p.channelsDeadCommand(), p.channelsResendCommand(), p.channelsDismissCommand(), p.subscribersCommand())
	return cmd
}

func (p *program) channelsListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "list the channels and what each can do",
		Example: "  headstart channels list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.config(cmd)
			if err != nil {
				return err
			}
			for _, ch := range notify.Infos(cfg.Notify) {
				can := []string{"posts"}
				if ch.Update {
					can = append(can, "edits")
				}
				if ch.Reply {
					can = append(can, "answers")
				}
				audiences := "all audiences"
				if len(ch.Audiences) > 0 {
					audiences = strings.Join(ch.Audiences, " ")
				}
				fmt.Fprintf(p.stdout, "%-20s %-14s %-22s %s\n", ch.Name, ch.Type, strings.Join(can, " "), audiences)
			}
			return nil
		},
	}
}

func (p *program) channelsTestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "test NAME",
		Short: "send one message that says it is a test",
		Long: `Sends one message to one channel, to everybody it reaches. The message says before all else that it is
a test. It waits for no approval and no quiet hours, and no running service is needed. Exit code 0 if the channel took
it, 1 if not, 2 if there is no such channel.`,
		Example: "  headstart channels test mail-all",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := p.config(cmd)
			if err != nil {
				return err
			}
			switch err := tryChannel(cfg, channelDialer(cfg))(cmd.Context(), args[0]); {
			case errors.Is(err, web.ErrNoChannel):
				return &exit{2, fmt.Sprintf("no channel is named %q; `headstart channels list` names them", args[0])}
			case err != nil:
				return err
			}
			fmt.Fprintln(p.stdout, "channel "+args[0]+" took the test message; look whether it arrived")
			return nil
		},
	}
}

// tryChannel sends test messages through the channels of cfg.
func tryChannel(cfg *configs.Config, dialer *headstart.Dialer) web.TryChannel {
	return func(ctx context.Context, name string) error {
		i := slices.IndexFunc(cfg.Notify.Channels, func(c notify.ChannelConfig) bool { return c.Name == name })
		if i < 0 {
			return web.ErrNoChannel
		}
		o := notify.ChannelOptions{ExternalURL: cfg.Door.ExternalURL, Dialer: dialer}
		return notify.Try(ctx, cfg.Notify.Channels[i], o, languagesFrom(cfg), time.Now())
	}
}

// languagesFrom are both languages, the installation's first.
func languagesFrom(cfg *configs.Config) []string {
	if cfg.Language == "en" {
		return []string{"en", "nl"}
	}
	return []string{"nl", "en"}
}
