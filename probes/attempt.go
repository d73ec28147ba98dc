package probes

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"headstart"
	"headstart/probes/blackbox"
	"headstart/probes/icmp"
)

// finding is what one run of a probe found.
type finding struct {
	verdict    headstart.Verdict
	reason     string
	conditions []headstart.Condition
	silent     bool // nobody answered in time
	values     []headstart.Measurement
	took       time.Duration
	certExpiry time.Time // zero without a certificate
	at         time.Time // when it ended, wall time

	// held is what counts on schedule, while the finding itself is too young to count;
	// nil: the finding. What is asked for is never held.
	held *finding
}

// kept is a finding as it is remembered: of a fleet there are tens of thousands, and few
// say more than how it went.
type kept struct {
	verdict headstart.Verdict
	reason  string
	took    time.Duration
	at      time.Time // zero: nothing was found yet
	more    *finding  // the finding whole; nil: it says no more
}

func keep(f finding) kept {
	k := kept{verdict: f.verdict, reason: f.reason, took: f.took, at: f.at}
	if len(f.conditions)+len(f.values) > 0 || !f.certExpiry.IsZero() {
		f.held = nil // it counted, or did not
		k.more = &f
	}
	return k
}

// finding is what was remembered.
func (k *kept) finding() finding {
	if k.more != nil {
		return *k.more
	}
	return finding{verdict: k.verdict, reason: k.reason, took: k.took, at: k.at}
}

// onSchedule is what counts of a scheduled run.
func (f finding) onSchedule() finding {
	if f.held == nil {
		return f
	}
	h := *f.held
	h.took, h.at = f.took, f.at
	return h
}

// prober makes one attempt at s. With brief, it is the attempt of an ask: one
// packet, and an answer soon.
type prober func(ctx context.Context, s *spec, brief bool) finding

// askTimeout bounds one attempt of an ask: answers are wanted within 5 s.
const askTimeout = 2 * time.Second

// attempt runs p on s within its timeout. A run that crashes, or is cut off by
// the end of ctx, found nothing: Unknown.
func attempt(ctx context.Context, p prober, s *spec, brief bool) finding {
	timeout := s.timeout
	if brief {
		timeout = min(timeout, askTimeout)
	}
	start := time.Now()
	run, cancel := context.WithTimeout(ctx, timeout)
	f := safely(run, p, s, brief)
	cancel()
	if ctx.Err() != nil {
		f = finding{verdict: headstart.Unknown, reason: "cut off before it was done"}
	}
	f.at = time.Now()
	f.took = f.at.Sub(start)
	return f
}

// safely turns a crash of p into Unknown: what one device answers must not stop
// the probes of all others.
func safely(ctx context.Context, p prober, s *spec, brief bool) (f finding) {
	defer func() {
		if v := recover(); v != nil {
			f = finding{verdict: headstart.Unknown, reason: fmt.Sprintf("the probe crashed: %v", v)}
		}
	}()
	return p(ctx, s, brief)
}

// network probes over the network, each kind its way.
type network struct {
	guard  *guard
	ping   *icmp.Pinger
	pushes *pushbook
}

// probe is the prober of a running fleet.
func (n *network) probe(ctx context.Context, s *spec, brief bool) finding {
	switch {
	case s.own != nil:
		return s.own(ctx, n.guard, brief)
	case s.kind == "icmp":
		return n.icmp(ctx, s, brief)
	case kinds[s.kind].told:
		return n.pushes.find(s, time.Now())
	}
	r := s.modules.Probe(ctx, blackbox.Question{Module: s.module, Target: s.target, Query: s.query}, n.guard)
	f := finding{verdict: r.Verdict, reason: r.Reason, silent: r.Silent, certExpiry: r.CertExpiry}
	if !r.CertExpiry.IsZero() && f.verdict == headstart.OK {
		f.judgeCertificate(s.kind, time.Now())
	}
	return f
}

// Ages at which a certificate becomes a line in the report, and for kind tls,
// which checks nothing else, an outage to prevent.
const (
	certReport = 30 * 24 * time.Hour
	certDown   = 3 * 24 * time.Hour
)

func (f *finding) judgeCertificate(kind string, now time.Time) {
	left := f.certExpiry.Sub(now)
	if left > certReport {
		return
	}
	f.verdict = headstart.Warn
	f.reason = fmt.Sprintf("the certificate expires in %d days, on %s", int(left.Hours()/24), f.certExpiry.Format(time.DateOnly))
	effect := headstart.EffectReport
	if kind == "tls" && left <= certDown {
		f.verdict, effect = headstart.Down, headstart.EffectIncident
	}
	f.conditions = []headstart.Condition{{Name: "certificate-expiring", Effect: effect, Detail: f.certExpiry.Format(time.RFC3339)}}
}

// icmp pings: down if no echo comes back, warn if more than half are lost.
func (n *network) icmp(ctx context.Context, s *spec, brief bool) finding {
	prefer, fallback, err := s.modules.ICMP(s.module)
	if err != nil {
		return finding{verdict: headstart.Unknown, reason: err.Error()}
	}
	addr, err := n.guard.Resolve(ctx, s.host, 0, prefer, fallback)
	if err != nil {
		return unresolved(ctx, err)
	}
	r, err := n.ping.Ping(ctx, addr, echoes(ctx, brief))
	if err != nil && r.Received == 0 {
		// Out of time while waiting for a turn to send is no silence of the host:
		// the waits of echoes end before the timeout does.
		reason := err.Error()
		if errors.Is(err, context.DeadlineExceeded) {
			reason = "no turn to send within the timeout; raise timeout or interval"
		}
		return finding{verdict: headstart.Unknown, reason: reason}
	}
	return judgePing(r)
}

// echoes fits three echoes into the time there is, so that the last reply is
// waited for as long as the first.
func echoes(ctx context.Context, brief bool) icmp.Echoes {
	e := icmp.Echoes{Count: 3, Gap: 200 * time.Millisecond, Wait: 2 * time.Second}
	if brief {
		e.Count = 1
	}
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		e.Gap = min(e.Gap, left/10)
		e.Wait = min(e.Wait, left-time.Duration(e.Count)*e.Gap)
	}
	return e
}

func judgePing(r icmp.Result) finding {
	f := finding{verdict: headstart.OK}
	switch {
	case r.Received == 0 && r.Router.IsValid():
		f.verdict, f.reason = headstart.Down, fmt.Sprintf("unreachable, says router %s", r.Router)
	case r.Received == 0:
		f.verdict, f.silent = headstart.Down, true
		f.reason = fmt.Sprintf("no reply to %d of %d", r.Sent, r.Sent)
	case r.Loss() > 0.5:
		f.verdict = headstart.Warn
		f.reason = fmt.Sprintf("%d of %d lost, round trip min %s avg %s", r.Sent-r.Received, r.Sent, tenths(r.Min), tenths(r.Avg))
	case r.Received < r.Sent:
		f.reason = fmt.Sprintf("%d of %d lost, round trip min %s avg %s", r.Sent-r.Received, r.Sent, tenths(r.Min), tenths(r.Avg))
	default:
		f.reason = fmt.Sprintf("round trip min %s avg %s", tenths(r.Min), tenths(r.Avg))
	}
	return f
}

// tenths renders a round trip as ping does, in milliseconds.
func tenths(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// unresolved says why a name led to no address: a name that does not exist is
// down, as users find it; all else means not checked.
func unresolved(ctx context.Context, err error) finding {
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound && ctx.Err() == nil {
		return finding{verdict: headstart.Down, reason: fmt.Sprintf("the name %s does not exist", dns.Name)}
	}
	return finding{verdict: headstart.Unknown, reason: strings.TrimSpace(err.Error())}
}
