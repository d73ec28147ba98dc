package probes

import (
	"context"
	"errors"
	"strings"
	"time"

	"headstart"
	"headstart/probes/blackbox"
	"headstart/probes/statuspage"
)

// validVendor reports what is wrong with the keys of kind statuspage.
func validVendor(p Probe, _ *Config) error {
	errs := []error{validTLS(p)}
	set := 0
	for _, key := range []string{p.Tenant, p.ClientID, p.ClientSecretFile} {
		if key != "" {
			set++
		}
	}
	if set != 0 && set != 3 {
		errs = append(errs, errors.New("tenant, client_id and client_secret_file belong together; set all three to read Microsoft 365 service health, or none"))
	}
	if set == 3 {
		if _, err := statuspage.LoginOf(p.Target); err != nil {
			errs = append(errs, err)
		}
	}
	for _, c := range p.Components {
		if strings.TrimSpace(c) == "" {
			errs = append(errs, errors.New("components holds an empty name; remove it"))
		}
	}
	return errors.Join(errs...)
}

// readVendor is the way of kind statuspage. What a vendor reports is Down or Warn;
// a page that cannot be read is Unknown: it is the page that fails.
func readVendor(p Probe, _ *Config, s *spec) (way, error) {
	target, host := s.target, s.host
	return func(ctx context.Context, out *guard, _ bool) finding {
		start := time.Now()
		c, err := client(out, host, p.TLS, statuspage.MostBytes, p.Tenant != "")
		if err != nil {
			return finding{verdict: headstart.Unknown, reason: blackbox.OneLine(err.Error())}
		}
		var r statuspage.Report
		if p.Tenant == "" {
			r, err = statuspage.Read(ctx, c, target, p.Components, start)
		} else {
			var password string
			if password, err = secret("client_secret_file", p.ClientSecretFile); err == nil {
				m := statuspage.Microsoft{Graph: target, Tenant: p.Tenant, ClientID: p.ClientID, Secret: password}
				r, err = m.Read(ctx, c, p.Components)
			}
		}
		if err != nil {
			return unread(ctx, "the vendor's page could not be read", err, start)
		}
		return finding{verdict: r.Verdict, reason: blackbox.OneLine(r.Reason)}
	}, nil
}
