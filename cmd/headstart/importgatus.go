package main

import (
	"github.com/spf13/cobra"

	"headstart/probes/discover"
)

func (p *program) importGatus() *cobra.Command {
	var w importing
	cmd := &cobra.Command{
		Use:   "gatus FILE…",
		Short: "endpoints, external endpoints and groups of a gatus, from its configuration",
		Long: `Reads the YAML files of a gatus. Endpoints become probes, the hosts they ask devices, groups
services of these; conditions on status and body become modules, and external endpoints probes of
kind push. At the end stands what became of everything, and why. Tokens, headers and bodies are
not written: the files they belong in are named.`,
		Example: "  headstart import gatus config.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.importOthers(cmd, &w, files, (*discover.Import).Gatus)
		},
	}
	w.flags(cmd)
	return cmd
}
