package probes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	// The library this project was asked to use for single pings. The fleet does
	// not: one socket per target loses live hosts by the hundred (README).
	"github.com/go-ping/ping" //nolint:staticcheck // SA1019: archived upstream, chosen knowingly
)

// PingResult is how a Ping ended.
type PingResult struct {
	Sent, Received int
	Min, Avg, Max  time.Duration // of the replies; zero without any
}

// Ping sends count echoes to host, a second apart, and writes to w what ping(8)
// would. It tries the unprivileged socket first and the raw one second. The
// error says why nothing could be sent; then nothing was learnt about host.
func Ping(ctx context.Context, host string, count int, w io.Writer) (PingResult, error) {
	if count <= 0 {
		return PingResult{}, fmt.Errorf("ping: count is %d; set 1 or more", count)
	}
	var refusals []error
	for _, privileged := range []bool{false, true} {
		r, err := pingOnce(ctx, host, count, privileged, w)
		if !errors.Is(err, os.ErrPermission) {
			return r, err
		}
		refusals = append(refusals, err)
	}
	return PingResult{}, fmt.Errorf("ping %s: no ICMP socket; run sysctl -w net.ipv4.ping_group_range='0 2147483647',"+
		" or setcap cap_net_raw+ep on the program: %w", host, errors.Join(refusals...))
}

func pingOnce(ctx context.Context, host string, count int, privileged bool, w io.Writer) (PingResult, error) {
	p, err := ping.NewPinger(host)
	if err != nil {
		return PingResult{}, fmt.Errorf("ping: %w", err)
	}
	p.SetPrivileged(privileged)
	p.SetLogger(ping.NoopLogger{})
	p.Count, p.Timeout = count, time.Duration(count)*p.Interval+time.Second
	p.RecordRtts = false
	p.OnSetup = func() { // only now is it known that there is a socket
		say(w, "PING %s (%s): %d data bytes\n", host, p.IPAddr(), p.Size)
	}
	p.OnRecv = func(pkt *ping.Packet) {
		say(w, "%d bytes from %s: icmp_seq=%d ttl=%d time=%s\n", pkt.Nbytes, pkt.IPAddr, pkt.Seq, pkt.Ttl, millis(pkt.Rtt))
	}
	stop := context.AfterFunc(ctx, p.Stop) // the library knows no context
	defer stop()
	if err := p.Run(); err != nil {
		return PingResult{}, fmt.Errorf("ping %s: %w", host, err)
	}
	s := p.Statistics()
	r := PingResult{Sent: s.PacketsSent, Received: s.PacketsRecv, Min: s.MinRtt, Avg: s.AvgRtt, Max: s.MaxRtt}
	r.write(w, host)
	return r, nil
}

// write writes the summary.
func (r PingResult) write(w io.Writer, host string) {
	loss := 0.0
	if r.Sent > 0 { // the library divides by zero here
		loss = 100 * float64(r.Sent-r.Received) / float64(r.Sent)
	}
	say(w, "\n--- %s ping statistics ---\n%d packets transmitted, %d received, %.0f%% packet loss\n", host, r.Sent, r.Received, loss)
	if r.Received > 0 {
		say(w, "rtt min/avg/max = %s/%s/%s\n", millis(r.Min), millis(r.Avg), millis(r.Max))
	}
}

// say writes to w; a reader who has gone ends nothing.
func say(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }

// millis renders a round trip with the precision ping(8) has.
func millis(d time.Duration) string {
	return fmt.Sprintf("%.3f ms", float64(d)/float64(time.Millisecond))
}
