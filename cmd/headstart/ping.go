package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"headstart/probes"
)

// pingCommand asks one host by hand. The fleet is not pinged this way: one
// socket per target loses replies when targets are many (docs/adr/0002).
func (p *program) pingCommand() *cobra.Command {
	var count int
	cmd := &cobra.Command{
		Use:     "ping HOST",
		Short:   "ask one host whether it answers ICMP echo",
		Long:    "Sends ICMP echo requests and prints each reply. Exit code 0 if any reply came, else 1.",
		Example: "  headstart ping 10.1.2.4\n  headstart ping --count 1 intranet.example",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if count < 1 || count > 1000 {
				return fmt.Errorf("--count is %d; write a number from 1 to 1000", count)
			}
			result, err := probes.Ping(cmd.Context(), args[0], count, p.stdout)
			if err != nil {
				return err
			}
			if result.Received == 0 {
				return &exit{1, "no reply; the host is down, or something on the way drops ICMP"}
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&count, "count", 3, "how many requests, one a second")
	return cmd
}
