package main

import (
	"fmt"
	"os"
	"time"

	"github.com/go-ping/ping"
	"github.com/spf13/cobra"
)

// pingCommand asks one host by hand. The fleet is not pinged this way: one
// socket per target loses replies when targets are many (docs/adr/0002).
func (p *program) pingCommand() *cobra.Command {
	var count int
	var wait time.Duration
	cmd := &cobra.Command{
		Use:     "ping HOST",
		Short:   "ask one host whether it answers ICMP echo",
		Long:    "Sends ICMP echo requests and prints each reply. Exit code 0 if any reply came, else 1.",
		Example: "  headstart ping 10.1.2.4\n  headstart ping --count 1 intranet.example",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if count < 1 || wait <= 0 {
				return fmt.Errorf("--count is %d and --wait %s; set both above zero", count, wait)
			}
			pinger, err := ping.NewPinger(args[0])
			if err != nil {
				return fmt.Errorf("%w; check the name", err)
			}
			// Root may open a raw socket; others get the datagram socket that
			// net.ipv4.ping_group_range allows.
			pinger.SetPrivileged(os.Geteuid() == 0)
			pinger.Count = count
			pinger.Timeout = time.Duration(count-1)*pinger.Interval + wait
			pinger.OnRecv = func(pkt *ping.Packet) {
				fmt.Fprintf(p.stdout, "%s: reply %d in %s\n", pkt.IPAddr, pkt.Seq+1, pkt.Rtt.Round(time.Microsecond))
			}
			stop := make(chan struct{})
			defer close(stop)
			go func() {
				select {
				case <-cmd.Context().Done():
					pinger.Stop()
				case <-stop:
				}
			}()
			if err := pinger.Run(); err != nil {
				return fmt.Errorf("ping %s: %w; without root, sysctl net.ipv4.ping_group_range must hold your group", args[0], err)
			}
			s := pinger.Statistics()
			fmt.Fprintf(p.stdout, "%s: %d of %d replies\n", s.IPAddr, s.PacketsRecv, s.PacketsSent)
			if s.PacketsRecv == 0 {
				return &exit{1, "no reply; the host is down, or something on the way drops ICMP"}
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&count, "count", 3, "how many requests")
	cmd.Flags().DurationVar(&wait, "wait", 2*time.Second, "for the last reply")
	return cmd
}
