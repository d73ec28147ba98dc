package alerts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/common/config"
	"go.yaml.in/yaml/v3"

	"headstart"
)

// Peer is one Alertmanager to compare with.
type Peer struct {
	URL string `yaml:"url" json:"url"` // without /api/v2

	// HTTPConfig is Prometheus' http_config: TLS, basic_auth, authorization,
	// proxy_url. It may hold secrets.
	HTTPConfig map[string]any `yaml:"http_config" json:"-"`
}

func (p Peer) validate() error {
	if u, err := url.Parse(p.URL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("url is %q; write the Alertmanager's address, such as http://alertmanager:9093", p.URL)
	}
	_, err := p.httpConfig()
	return err
}

// httpConfig reads HTTPConfig as strictly as Prometheus does.
func (p Peer) httpConfig() (config.HTTPClientConfig, error) {
	c := config.DefaultHTTPClientConfig
	if len(p.HTTPConfig) == 0 {
		return c, nil
	}
	b, err := yaml.Marshal(p.HTTPConfig)
	if err != nil {
		return c, fmt.Errorf("http_config: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&c); err != nil {
		return c, fmt.Errorf("http_config: %w", err)
	}
	return c, nil
}

// peer asks one Alertmanager.
type peer struct {
	name   string // host and port: the source of what it says
	base   string
	client *http.Client
}

// Client makes a client with the peer's log-in, TLS and proxy, which connects through
// dialer.
func (p Peer) Client(dialer *headstart.Dialer) (*http.Client, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	c, err := p.httpConfig()
	if err != nil {
		return nil, err
	}
	client, err := config.NewClientFromConfig(c, "reconcile", config.WithDialContextFunc(dialer.DialContext), config.WithIdleConnTimeout(2*time.Minute))
	if err != nil {
		return nil, fmt.Errorf("http_config: %w", err)
	}
	return client, nil
}

func newPeer(p Peer, dialer *headstart.Dialer) (*peer, error) {
	client, err := p.Client(dialer)
	if err != nil {
		return nil, err
	}
	u, _ := url.Parse(p.URL) // validated above
	return &peer{name: u.Host, base: strings.TrimRight(p.URL, "/"), client: client}, nil
}

// snapshot is what an Alertmanager knew when it was asked.
type snapshot struct {
	peer     string
	up       time.Time // when it started: it keeps its alerts in memory
	alerts   []peerAlert
	silences []peerSilence
}

type peerAlert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     wireTime          `json:"startsAt"`
	EndsAt       wireTime          `json:"endsAt"`
	UpdatedAt    wireTime          `json:"updatedAt"` // when it last heard of the alert
	GeneratorURL string            `json:"generatorURL"`
	Status       struct {
		State       string   `json:"state"`
		InhibitedBy []string `json:"inhibitedBy"`
	} `json:"status"`
}

type peerSilence struct {
	ID        string          `json:"id"`
	UpdatedAt wireTime        `json:"updatedAt"`
	Matchers  []postedMatcher `json:"matchers"`
	StartsAt  wireTime        `json:"startsAt"`
	EndsAt    wireTime        `json:"endsAt"`
	CreatedBy string          `json:"createdBy"`
	Comment   string          `json:"comment"`
	Status    silenceStatus   `json:"status"`
}

// ask reads everything; half an answer is none.
func (p *peer) ask(ctx context.Context) (*snapshot, error) {
	var status struct {
		Uptime wireTime `json:"uptime"`
	}
	s := &snapshot{peer: p.name}
	for _, x := range []struct {
		path string
		into any
	}{{"status", &status}, {"silences", &s.silences}, {"alerts", &s.alerts}} {
		if err := p.get(ctx, x.path, x.into); err != nil {
			return nil, fmt.Errorf("ask %s for %s: %w", p.name, x.path, err)
		}
	}
	s.up = status.Uptime.Time
	return s, nil
}

// maxAnswer bounds one answer in bytes: a hundred thousand alerts are 62 MB.
const maxAnswer = 128 << 20

func (p *peer) get(ctx context.Context, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/api/v2/"+path, nil)
	if err != nil {
		return err
	}
	res, err := p.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", res.Status)
	}
	return decodeAnswer(res.Body, maxAnswer, into)
}

var errTooLong = errors.New("its answer is too long")

// decodeAnswer reads one JSON value of at most limit bytes.
func decodeAnswer(r io.Reader, limit int64, into any) error {
	body := &io.LimitedReader{R: r, N: limit + 1}
	err := json.NewDecoder(body).Decode(into)
	if body.N <= 0 {
		return errTooLong
	}
	return err
}
