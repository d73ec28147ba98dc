package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"headstart"
)

// completionCommand prints what a shell needs to complete our commands and flags.
func (p *program) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "completion of commands and flags for a shell",
		Long: `Print a script that makes the shell complete headstart's commands and flags. The
Debian package brings those of bash, zsh and fish along.`,
		Example:   "  headstart completion bash > /etc/bash_completion.d/headstart\n  source <(headstart completion zsh)",
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.stdout, true)
			case "zsh":
				return root.GenZshCompletion(p.stdout)
			case "fish":
				return root.GenFishCompletion(p.stdout, true)
			default:
				return root.GenPowerShellCompletionWithDesc(p.stdout)
			}
		},
	}
}

// manualCommand writes a manual page for each command. It is hidden: packages bring the
// pages along, and everything in them is in --help too.
func (p *program) manualCommand() *cobra.Command {
	var date string
	cmd := &cobra.Command{
		Use:     "manual DIR",
		Short:   "manual pages of all commands, into a folder",
		Example: "  headstart manual man/man1",
		Hidden:  true,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			day, err := time.Parse(time.DateOnly, date)
			if err != nil {
				return fmt.Errorf("--date is %q; write it as 2026-11-22", date)
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true // it would hold the day of the build
			return doc.GenManTree(root, &doc.GenManHeader{Title: "HEADSTART", Section: "1", Date: &day, Source: fmt.Sprintf("rules version %d", headstart.EngineVersion), Manual: "headstart"}, args[0])
		},
	}
	cmd.Flags().StringVar(&date, "date", time.Now().UTC().Format(time.DateOnly), "`day` that stands in the pages")
	return cmd
}
