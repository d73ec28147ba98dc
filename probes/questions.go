package probes

import (
	"context"
	"errors"
	"fmt"
	"time"

	httpconfig "github.com/prometheus/common/config"

	"headstart"
	"headstart/probes/blackbox"
	"headstart/probes/promql"
)

// mostSamples bounds the answer of a Prometheus, in bytes.
const mostSamples = 4 << 20

// validPromQL reports what is wrong with the keys of kind promql.
func validPromQL(p Probe, _ *Config) error {
	var errs []error
	if p.Query == "" {
		errs = append(errs, fmt.Errorf("query is missing; write an expression that is never zero when all is well, such as %s", `up{job="mail"} == bool 1`))
	}
	if p.PasswordFile != "" && p.Username == "" {
		errs = append(errs, errors.New("password_file stands without username; set both, or neither"))
	}
	if p.Username != "" && p.PasswordFile == "" {
		errs = append(errs, errors.New("username stands without password_file; set both, or neither"))
	}
	return errors.Join(append(errs, validTLS(p))...)
}

// askPrometheus is the way of kind promql.
func askPrometheus(p Probe, _ *Config, s *spec) (way, error) {
	target, host := s.target, s.host
	return func(ctx context.Context, out *guard, _ bool) finding {
		start := time.Now()
		c, err := client(out, host, p.TLS, mostSamples, true)
		if err != nil {
			return finding{verdict: headstart.Unknown, reason: blackbox.OneLine(err.Error())}
		}
		if p.Username != "" {
			c.Transport = httpconfig.NewBasicAuthRoundTripper(
				httpconfig.NewInlineSecret(p.Username), httpconfig.NewFileSecret(p.PasswordFile), c.Transport)
		}
		a, err := promql.Ask(ctx, c, target, p.Query)
		if err != nil {
			return unread(ctx, "not checked", err, start)
		}
		return finding{verdict: a.Verdict, reason: blackbox.OneLine(a.Reason), values: a.Values}
	}, nil
}

// validTLS reports what is wrong with tls_config.
func validTLS(p Probe) error {
	if p.TLS == nil {
		return nil
	}
	if err := p.TLS.Validate(); err != nil {
		return fmt.Errorf("tls_config: %w", err)
	}
	return nil
}
