package sweep

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// page is what a web server answered at its root.
type page struct {
	status int
	title  string
	next   string // where a redirect leads
}

// good reports whether the probe of kind http takes the answer for one: a page, or a
// redirect.
func (p page) good() bool {
	switch p.status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return p.status >= 200 && p.status <= 206
}

func (p page) words() string {
	if p.title != "" {
		return fmt.Sprintf("HTTP %d, %q", p.status, p.title)
	}
	return fmt.Sprintf("HTTP %d", p.status)
}

// web looks for a site with a certificate people's programs trust, by the host's own
// names, then for one without TLS. What answers, but not as a probe of kind http
// would like, is proposed as a port.
func (v *visit) web(ctx context.Context) {
	secure := v.secure(ctx)
	p, err := v.get(ctx, "http", v.host.Addr.String(), nil)
	switch {
	case err != nil:
	case p.good() && secure && strings.HasPrefix(p.next, "https://"): // only the way to the other
	case p.good():
		v.serves(Service{Kind: "http", Target: v.url("http", v.host.Addr.String()), Words: p.words()})
	default:
		v.serves(Service{Kind: "tcp", Port: v.Ports.Of("http"), Words: p.words() + " at its root"})
	}
}

// secure looks at the port of TLS; it reports whether anything serves there.
func (v *visit) secure(ctx context.Context) bool {
	var trust error
	for _, name := range v.own(ctx) {
		p, err := v.get(ctx, "https", name, &tls.Config{ServerName: name, RootCAs: v.Roots, MinVersion: tls.VersionTLS12})
		switch {
		case err == nil && p.good():
			v.serves(Service{Kind: "http", Target: v.url("https", name), Words: p.words()})
			return true
		case err == nil:
			v.serves(Service{Kind: "tls", Target: net.JoinHostPort(name, itoa(v.Ports.Of("https"))), Words: p.words() + " at its root"})
			return true
		case untrusted(err):
			trust = err
		}
	}
	p, err := v.get(ctx, "https", v.host.Addr.String(), &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}) //nolint:gosec // looked at, not trusted: nothing is sent
	if err != nil {
		return false
	}
	words := p.words() + ", with no name whose certificate could be trusted"
	if trust != nil {
		words = p.words() + ", with a certificate nobody trusts: " + trust.Error()
	}
	v.serves(Service{Kind: "tcp", Port: v.Ports.Of("https"), Words: words})
	return true
}

// own are the names of the host that lead to it, the first two.
func (v *visit) own(ctx context.Context) []string {
	var list []string
	for _, name := range v.host.Names[:min(len(v.host.Names), 2)] {
		if v.Asks.Resolve != nil && slices.Contains(v.Asks.Resolve(ctx, name), v.host.Addr) {
			list = append(list, name)
		}
	}
	return list
}

func untrusted(err error) bool {
	return errors.As(err, new(*tls.CertificateVerificationError)) || errors.As(err, new(x509.HostnameError))
}

// url is the root of the host's site; a port is left out where it is the usual.
func (v *visit) url(scheme, host string) string {
	if port := v.Ports.own(scheme); port != 0 {
		return fmt.Sprintf("%s://%s/", scheme, net.JoinHostPort(host, itoa(port)))
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return fmt.Sprintf("%s://%s/", scheme, host)
}

// mostPage of an answer is read, for its title.
const mostPage = 64 << 10

// get asks for the root of the site of that name, at the host and nowhere else.
func (v *visit) get(ctx context.Context, scheme, name string, trust *tls.Config) (page, error) {
	ctx, cancel := v.within(ctx, 2)
	defer cancel()
	client := &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return v.dial(ctx, network, v.at(scheme))
			},
			TLSClientConfig: trust, DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 32 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url(scheme, name), nil)
	if err != nil {
		return page{}, err
	}
	req.Header.Set("User-Agent", "headstart")
	resp, err := client.Do(req)
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err // the rest is what we asked
	}
	if err != nil {
		return page{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, mostPage)) // a page cut short still has its title
	return page{resp.StatusCode, title(body), resp.Header.Get("Location")}, nil
}

var titled = regexp.MustCompile(`(?is)<title[^>]*>([^<]{1,200})`)

func title(body []byte) string {
	m := titled.FindSubmatch(body)
	if m == nil {
		return ""
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(string(m[1]), "?")), " ")
}
