package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) readyCommand() *cobra.Command {
	var flags clientFlags
	cmd := &cobra.Command{
		Use:   "ready",
		Short: "whether a running service can serve: the health check of a container",
		Long:  "Calls /-/ready of the service and says nothing if all is well. Exit code 0 if it can serve, else 1.",
		Example: `  headstart ready
  headstart ready --url http://127.0.0.1:8480`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.config(cmd)
			if err != nil {
				return &exit{1, err.Error()}
			}
			c, err := flags.client(cfg)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), 5*time.Second)
			defer cancel()
			if _, err := c.get(ctx, "/-/ready"); err != nil {
				return &exit{1, err.Error()}
			}
			return nil
		},
	}
	flags.add(cmd)
	return cmd
}
