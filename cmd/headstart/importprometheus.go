package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/credentials"
	"headstart/probes/discover"
)

func (p *program) importPrometheus() *cobra.Command {
	var w proposing
	var tokenFile, caFile string
	cmd := &cobra.Command{
		Use:   "prometheus URL",
		Short: "what a running Prometheus looks at",
		Long: `Asks a Prometheus for its targets (GET /api/v1/targets) and proposes what the catalog does not have.
What it asks through a blackbox_exporter is proposed as a probe, what it scrapes as a device with a
ping: whether people can work no exporter tells. Labels are read as import file_sd reads them.`,
		Example: "  headstart import prometheus http://prometheus.example:9090\n  headstart import prometheus --token-file prometheus-token https://prometheus.example",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := p.config(cmd)
			if err != nil {
				return err
			}
			data, host, err := fetchTargets(cmd.Context(), args[0], tokenFile, caFile)
			if err != nil {
				return err
			}
			records, wrong, err := discover.FromPrometheus(host, data)
			if err != nil {
				return err
			}
			w.about = []string{fmt.Sprintf("Asked of the Prometheus at %s: %d targets.", host, len(records))}
			return p.propose(cfg, &w, records, wrong)
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&tokenFile, "token-file", "", "`file` with a token to ask with, as Bearer")
	cmd.Flags().StringVar(&caFile, "ca-file", "", "`file` with who may sign the server's certificate")
	return cmd
}

// fetchTargets asks a Prometheus, and only the host that was named: a redirect is an
// error.
func fetchTargets(ctx context.Context, address, tokenFile, caFile string) (data []byte, host string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return nil, "", &exit{2, "the address of the Prometheus is no URL we can use; write http://HOST:PORT without a password, and a token with --token-file"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.JoinPath("api/v1/targets").String()+"?state=active", nil)
	if err != nil {
		return nil, "", err
	}
	client, err := targetsClient(u, caFile)
	if err != nil {
		return nil, "", err
	}
	if tokenFile != "" {
		token, err := readIfThere(tokenFile)
		if err != nil || strings.TrimSpace(token) == "" {
			return nil, "", &exit{2, fmt.Sprintf("--token-file %s holds no token that can be read; create it", tokenFile)}
		}
		req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token))
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, "", fmt.Errorf("ask the Prometheus: %w; is the address right?", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("the Prometheus at %s answers %s; is the address right, and the token?", u.Host, resp.Status)
	}
	data, err = io.ReadAll(io.LimitReader(resp.Body, mostImport+1))
	if err == nil && len(data) > mostImport {
		err = fmt.Errorf("its answer is larger than %d MiB", mostImport>>20)
	}
	if err != nil {
		return nil, "", fmt.Errorf("read the answer of the Prometheus: %w", err)
	}
	return data, u.Host, nil
}

func targetsClient(u *url.URL, caFile string) (*http.Client, error) {
	named := literal(u.String())
	dialer := &headstart.Dialer{Allow: func(ap netip.AddrPort) bool { return slices.Contains(named, ap) }}
	transport := dialer.Transport()
	if caFile != "" {
		pool, err := credentials.Authorities("--ca-file", caFile)
		if err != nil {
			return nil, &exit{2, err.Error()}
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{
		Transport: transport, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("it redirects; name the address it redirects to")
		},
	}, nil
}
