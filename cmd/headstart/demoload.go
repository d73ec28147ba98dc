package main

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"headstart/demo"
)

// loading sends alerts to a service on this machine.
type loading struct {
	program *program
	demo.Load
	tokenFile string
}

func (l *loading) flags(f *pflag.FlagSet) {
	f.IntVar(&l.Rate, "rate", 0, "send this many alerts a second to --url instead, 1 to 100000")
	f.StringVar(&l.URL, "url", "http://127.0.0.1:8480", "service on this machine that --rate loads")
	f.DurationVar(&l.For, "for", 10*time.Second, "how long --rate sends")
	f.StringVar(&l.tokenFile, "token-file", "", "`file` with a token of scope ingest, if that service asks for one")
}

func (l *loading) run(ctx context.Context) error {
	if l.Rate > 100_000 {
		return &exit{2, fmt.Sprintf("--rate is %d; write a number from 1 to 100000", l.Rate)}
	}
	if l.For <= 0 || l.For > time.Hour {
		return &exit{2, fmt.Sprintf("--for is %s; write a duration from 1s to 1h", l.For)}
	}
	u, err := url.Parse(l.URL)
	if err != nil || !onThisMachine(u) {
		return &exit{2, fmt.Sprintf("--url is %q; write an address of this machine such as http://127.0.0.1:8480: a load is for a service of your own", l.URL)}
	}
	if l.tokenFile != "" {
		b, err := os.ReadFile(l.tokenFile)
		if err != nil {
			return fmt.Errorf("--token-file: %w", err)
		}
		l.Token = strings.TrimSpace(string(b))
	}
	report, err := l.Run(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(l.program.stdout, "%d alerts in %s, %.0f a second: %d requests taken, %d refused; answered in %s (median), %s (99 %%), %s (slowest)\n",
		report.Sent, report.Took.Round(time.Millisecond), float64(report.Sent)/report.Took.Seconds(), report.Taken, report.Refused,
		report.Median.Round(time.Microsecond), report.P99.Round(time.Microsecond), report.Slowest.Round(time.Microsecond))
	if report.Refused > 0 {
		return &exit{1, "refused: " + report.Why}
	}
	return nil
}

func onThisMachine(u *url.URL) bool {
	if u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	at, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && at.IsLoopback()
}
