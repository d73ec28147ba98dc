package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"headstart"
)

// publishState sets the headline of a status page by hand, through a running service.
func (p *program) publishState() *cobra.Command {
	var flags clientFlags
	var c headstart.Command
	var lasts string
	var release bool
	cmd := &cobra.Command{
		Use:   "state works|planned|partly|down [PAGE]",
		Short: "set the headline of a status page by hand, or let it follow again",
		Long: `What a person sets wins over the checks until it ends or is taken back with
--release; a message that is worse still shows. The id of the page stands in
publish.pages; without one it is the page at /s/.`,
		Example: "  headstart publish state partly --for 4h --reason \"telephony is being repaired\"\n  headstart publish state --release",
		Args:    cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if release {
				c.Ref, c.Value = strings.Join(args, ""), new(false)
				return p.act(cmd, &flags, "/api/v1/page-state", c)
			}
			if len(args) == 0 || !slices.Contains(headstart.PageStates, args[0]) {
				return fmt.Errorf("write what the page is set to: %s; or --release", strings.Join(headstart.PageStates, ", "))
			}
			d, err := model.ParseDuration(lasts)
			if err != nil || d <= 0 || time.Duration(d) > headstart.LongestPageState {
				return fmt.Errorf("--for is %q; write how long it holds, such as 4h, at most 7d", lasts)
			}
			c.Kind, c.Ref, c.Until = args[0], strings.Join(args[1:], ""), time.Now().Add(time.Duration(d))
			return p.act(cmd, &flags, "/api/v1/page-state", c)
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&lasts, "for", "4h", "how long it holds, as `duration`")
	cmd.Flags().StringVar(&c.Text, "reason", "", "why, for the desk alone")
	cmd.Flags().BoolVar(&release, "release", false, "let the page follow what goes on again")
	return cmd
}
