package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/credentials"
)

// maxAnswer bounds what is read from the service.
const maxAnswer = 64 << 20

// client calls the API of a running service.
type client struct {
	base  string // without a slash at the end
	token string
	http  *http.Client

	lang string         // of what is printed
	zone *time.Location // of the times printed
}

// clientFlags are the flags of every command that calls a service.
type clientFlags struct{ url, tokenFile, caFile string }

func (f *clientFlags) add(cmd *cobra.Command) {
	flags := cmd.PersistentFlags()
	flags.StringVar(&f.url, "url", "", "`address` of the service (default: where the configuration says it listens)")
	flags.StringVar(&f.tokenFile, "token-file", "", "`file` with a token (default: data_dir/admin-token)")
	flags.StringVar(&f.caFile, "ca-file", "", "`file` with the certificate authority of the service (default: the system's)")
}

// client makes a client of the service that cfg describes.
func (f *clientFlags) client(cfg *configs.Config) (*client, error) {
	base := strings.TrimRight(f.url, "/")
	if base == "" {
		base = cfg.Door.OwnURL()
	}
	if u, err := url.Parse(base); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("--url is %q; write an address such as http://127.0.0.1:8480", f.url)
	}
	// A person named this service by hand: no address is out of bounds.
	dialer := &headstart.Dialer{Allow: func(netip.AddrPort) bool { return true }, Timeout: 5 * time.Second}
	transport := dialer.Transport()
	if f.caFile != "" {
		pool, err := credentials.Authorities("--ca-file", f.caFile)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	c := &client{base: base, http: &http.Client{Transport: transport, Timeout: 30 * time.Second}}
	file := f.tokenFile
	if file == "" {
		file = filepath.Join(cfg.DataDir, "admin-token")
	}
	b, err := os.ReadFile(file)
	switch {
	case err == nil:
		c.token = strings.TrimSpace(string(b))
	case f.tokenFile != "" || !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("read the token: %w", err)
	}
	return c, nil
}

// get reads path as it is, whatever its format.
func (c *client) get(ctx context.Context, path string) ([]byte, error) {
	answer, _, err := c.call(ctx, http.MethodGet, path, nil)
	return answer, err
}

// post sends body as JSON and returns the answer.
func (c *client) post(ctx context.Context, path string, body any) ([]byte, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	answer, _, err := c.call(ctx, http.MethodPost, path, b)
	return answer, err
}

// call returns body and header of a 2xx. Any other answer is an error with exit
// code 2 if the service refused by rights or state, else 1.
func (c *client) call(ctx context.Context, method, path string, body []byte) ([]byte, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept", "application/json, application/problem+json;q=0.9, */*;q=0.1")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, &unreachable{fmt.Errorf("%w; is `headstart serve` running there? --url names another place", err)}
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, nil, fmt.Errorf("read the answer: %w", err)
	}
	switch {
	case resp.StatusCode == http.StatusAccepted:
		return answer, resp.Header, &exit{1, "accepted, but not decided within 5 s; look again later: " + resp.Header.Get("Location")}
	case resp.StatusCode < 300:
		return answer, resp.Header, nil
	}
	return nil, nil, c.refusal(resp.StatusCode, answer)
}

// unreachable is the error of a service that does not answer at all.
type unreachable struct{ err error }

func (u *unreachable) Error() string { return u.err.Error() }
func (u *unreachable) Unwrap() error { return u.err }

// refusal says why the service refused, in its own words.
func (c *client) refusal(status int, answer []byte) error {
	var problem struct {
		Title  string `json:"title"`
		Detail string `json:"detail"`
		Errors []struct {
			Pointer string `json:"pointer"`
			Detail  string `json:"detail"`
		} `json:"errors"`
	}
	text := fmt.Sprintf("the service answered %d %s", status, http.StatusText(status))
	if json.Unmarshal(answer, &problem) == nil && problem.Title+problem.Detail != "" {
		text = problem.Title
		if problem.Detail != "" {
			text = problem.Detail
		}
		for _, e := range problem.Errors {
			text += "\n" + e.Pointer + ": " + e.Detail
		}
	}
	code := 1
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		code = 2
		if c.token == "" {
			text += "\nno token was sent; name one with --token-file, or run this where data_dir/admin-token can be read"
		}
	case http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusPreconditionFailed:
		code = 2
	}
	return &refused{status, &exit{code, text}}
}

// refused is the answer of a service that did not do what it was asked.
type refused struct {
	status int // of HTTP
	err    *exit
}

func (r *refused) Error() string { return r.err.Error() }
func (r *refused) Unwrap() error { return r.err }
