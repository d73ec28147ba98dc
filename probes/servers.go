package probes

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	httpconfig "github.com/prometheus/common/config"

	"headstart"
	"headstart/probes/blackbox"
	"headstart/probes/handshake"
)

// shake is the way of a kind that says the first words of its protocol.
func shake(ask func(context.Context, handshake.Dial, string) handshake.Answer) func(Probe, *Config, *spec) (way, error) {
	return func(_ Probe, _ *Config, s *spec) (way, error) {
		target, kind := s.target, s.kind
		return func(ctx context.Context, out *guard, _ bool) finding {
			start := time.Now()
			return found(kind, ask(ctx, out.DialContext, target), allowed(ctx, start))
		}, nil
	}
}

// allowed is how much time ctx gave at start.
func allowed(ctx context.Context, start time.Time) time.Duration {
	deadline, _ := ctx.Deadline()
	return max(deadline.Sub(start), 0)
}

// found takes an answer over, and looks at the certificate that came with it.
func found(kind string, a handshake.Answer, within time.Duration) finding {
	if a.Err != nil {
		f := blackbox.Explain(a.Err, within)
		return finding{verdict: f.Verdict, reason: f.Words, silent: f.Silent}
	}
	f := finding{verdict: a.Verdict, reason: a.Reason, values: a.Values, certExpiry: a.CertExpiry}
	if !f.certExpiry.IsZero() && f.verdict == headstart.OK {
		f.judgeCertificate(kind, time.Now())
	}
	return f
}

// validDirectory reports what is wrong with the keys of kind ldap.
func validDirectory(p Probe, _ *Config) error {
	if (p.Username == "") != (p.PasswordFile == "") {
		return errors.New("username and password_file belong together; set both to bind as somebody, or neither")
	}
	return validTLS(p)
}

// bindDirectory is the way of kind ldap.
func bindDirectory(p Probe, _ *Config, s *spec) (way, error) {
	trust, err := trusting(p.TLS, s.host)
	if err != nil {
		return nil, err
	}
	target, kind := s.target, s.kind
	return func(ctx context.Context, out *guard, _ bool) finding {
		start := time.Now()
		d := handshake.Directory{Address: target, Username: p.Username, TLS: trust}
		if p.PasswordFile != "" {
			var err error
			if d.Password, err = secret("password_file", p.PasswordFile); err != nil {
				return finding{verdict: headstart.Unknown, reason: err.Error()}
			}
		}
		return found(kind, handshake.LDAP(ctx, out.DialContext, d), allowed(ctx, start))
	}, nil
}

// trusting returns how to trust the server host.
func trusting(c *httpconfig.TLSConfig, host string) (*tls.Config, error) {
	t := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if c == nil {
		return t, nil
	}
	t, err := httpconfig.NewTLSConfig(c)
	if err != nil {
		return nil, fmt.Errorf("tls_config: %w", err)
	}
	if t.ServerName == "" {
		t.ServerName = host
	}
	return t, nil
}

// secret reads the file of key, at each attempt, so that a new one needs no reload.
func secret(key, file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	s := strings.TrimRight(string(b), "\r\n")
	if s == "" {
		return "", fmt.Errorf("%s is empty; write the secret into it", key)
	}
	return s, nil
}
