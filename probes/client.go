package probes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	httpconfig "github.com/prometheus/common/config"

	"headstart"
	"headstart/probes/blackbox"
)

// mostRedirects of one request are followed, as blackbox_exporter does.
const mostRedirects = 10

// client returns an HTTP client for one attempt: it dials through out, inherits no
// proxy, keeps no connection and reads at most most bytes of an answer, counted
// after it was unpacked. trust may be nil. With home, a redirect to another origin
// is refused: the log-in goes nowhere else.
func client(out *guard, host string, trust *httpconfig.TLSConfig, most int64, home bool) (*http.Client, error) {
	transport := &http.Transport{DialContext: out.DialContext, ForceAttemptHTTP2: true, DisableKeepAlives: true}
	if trust != nil {
		t, err := trusting(trust, host)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = t
	}
	return &http.Client{
		Transport: &bounded{next: transport, most: most},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			from := via[0].URL
			switch {
			case len(via) >= mostRedirects:
				return fmt.Errorf("more than %d redirects", mostRedirects)
			case home && (r.URL.Host != from.Host || r.URL.Scheme != from.Scheme):
				return fmt.Errorf("redirected to %s://%s; set target to that if it is right", r.URL.Scheme, r.URL.Host)
			}
			return nil
		},
	}, nil
}

// errTooLarge ends the reading of an answer without end, or of one that unpacks
// into far more than it came as.
var errTooLarge = errors.New("the answer is too large")

// bounded ends bodies after most bytes.
type bounded struct {
	next http.RoundTripper
	most int64
}

// RoundTrip implements http.RoundTripper.
func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err == nil {
		resp.Body = &boundedBody{resp.Body, b.most}
	}
	return resp, err
}

type boundedBody struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more, to see that there is more
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// unread is the finding when a page that speaks for others could not be read:
// nothing is known about those, so it is never Down.
func unread(ctx context.Context, what string, err error, start time.Time) finding {
	if ctx.Err() != nil {
		err = context.DeadlineExceeded
	}
	f := blackbox.Explain(err, allowed(ctx, start))
	return finding{verdict: headstart.Unknown, reason: blackbox.OneLine(what + ": " + f.Words), silent: f.Silent}
}
