package main

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/version"
	"github.com/spf13/cobra"

	"headstart"
)

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "the version of this program",
		Example: "  headstart version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(p.stdout, "%s\n  rules:            version %d\n", strings.TrimRight(version.Print("headstart"), "\n"), headstart.EngineVersion)
			return err
		},
	}
}
