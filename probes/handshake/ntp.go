package handshake

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/beevik/ntp"

	"headstart"
)

// How far a clock may be off. Kerberos refuses tickets five minutes off (RFC
// 4120, section 7.5.5 suggests that bound), and then nobody logs in.
const (
	clockReport   = time.Second
	clockIncident = 5 * time.Minute
)

// NTP asks a time server for the time and compares it with ours.
func NTP(ctx context.Context, dial Dial, address string) Answer {
	timeout := 5 * time.Second
	if deadline, ok := ctx.Deadline(); ok {
		timeout = time.Until(deadline)
	}
	if timeout <= 0 {
		return failed(ctx, context.DeadlineExceeded)
	}
	r, err := ntp.QueryWithOptions(address, ntp.QueryOptions{
		Timeout: timeout,
		Dialer: func(_, remote string) (net.Conn, error) {
			return dial(ctx, "udp", remote)
		},
	})
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded): // the library's own, a moment before that of ctx
		return failed(ctx, context.DeadlineExceeded)
	case err != nil:
		return failed(ctx, err)
	}
	return judgeTime(r.Validate(), r.Stratum, r.KissCode, r.ClockOffset, r.RTT)
}

func judgeTime(invalid error, stratum uint8, kiss string, offset, rtt time.Duration) Answer {
	a := Answer{
		Verdict: headstart.OK, Reason: fmt.Sprintf("stratum %d, %s from our clock", stratum, offset.Abs().Round(time.Microsecond)),
		Values: []headstart.Measurement{{Name: "offset", Value: offset.Seconds(), Unit: "s"}, {Name: "round_trip", Value: rtt.Seconds(), Unit: "s"}},
	}
	switch {
	case errors.Is(invalid, ntp.ErrKissOfDeath):
		a.Verdict, a.Reason = headstart.Unknown, "it asks not to be asked: "+kiss
	case invalid != nil:
		a.Verdict, a.Reason = headstart.Down, "it does not know the time itself: "+invalid.Error()
	case offset.Abs() >= clockIncident:
		a.Verdict, a.Reason = headstart.Down, fmt.Sprintf("its clock and ours differ by %s; log-ins fail from five minutes on", offset.Abs().Round(time.Second))
	case offset.Abs() >= clockReport:
		a.Verdict, a.Reason = headstart.Warn, fmt.Sprintf("its clock and ours differ by %s", offset.Abs().Round(time.Millisecond))
	}
	return a
}
