package issuer

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	commoncfg "github.com/prometheus/common/config"

	"headstart"
)

const (
	// mostAnswer bounds what is read of an issuer's answer, in bytes.
	mostAnswer = 1 << 20

	// longestAnswer bounds one request to it, with the body.
	longestAnswer = 10 * time.Second
)

// HTTPOptions are how an issuer is reached.
type HTTPOptions struct {
	Dialer   *headstart.Dialer // the way out (ruling 40)
	CAFile   string            // empty: the system's
	ProxyURL string            // empty: none, whatever the environment says
	NoProxy  string
}

// NewHTTP returns a client that follows no redirect: what we send is for the issuer alone.
func NewHTTP(o HTTPOptions) (*http.Client, error) {
	c := commoncfg.DefaultHTTPClientConfig
	c.FollowRedirects = false
	c.TLSConfig.CAFile = o.CAFile
	if o.ProxyURL != "" {
		u, err := url.Parse(o.ProxyURL)
		if err != nil {
			return nil, errors.New("proxy_url is no URL") // not the URL: it may hold a password
		}
		c.ProxyURL, c.NoProxy = commoncfg.URL{URL: u}, o.NoProxy
	}
	out, err := commoncfg.NewClientFromConfig(c, "oidc", commoncfg.WithDialContextFunc(o.Dialer.DialContext))
	if err != nil {
		return nil, err
	}
	out.Transport, out.Timeout = bounded{out.Transport}, longestAnswer
	return out, nil
}

// bounded cuts what an answer may hold: go-oidc reads it whole.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.next.RoundTrip(r)
	if err == nil {
		res.Body = http.MaxBytesReader(nil, res.Body, mostAnswer)
	}
	return res, err
}

// CheckURL reports whether tokens may travel to s: over TLS, or not leave this machine.
func CheckURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Host == "", u.User != nil, u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%q is no URL such as https://login.example.org/realms/school", s)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return fmt.Errorf("%s is reached without TLS; tokens travel over https only", s)
	}
	return nil
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}
