package agents

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	httpconfig "github.com/prometheus/common/config"

	"headstart"
	"headstart/agents/spool"
)

// CourierOptions are what a Courier is made of.
type CourierOptions struct {
	Upstream Upstream // validated
	Spool    *spool.Spool

	// Ask has an asset probed now, because the upstream wants to know.
	Ask func(headstart.Ask)

	Dialer *headstart.Dialer
	// Results returns the last run of every probe, for the upstream to show.
	Results func() []headstart.CheckResult

	Version    string
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Courier is the agent's side: it brings what the spool holds to the upstream, oldest
// first, one post at a time, and fetches asks. Its methods are safe for concurrent use.
type Courier struct {
	o       CourierOptions
	logger  *slog.Logger
	base    string
	client  *http.Client
	metrics *courierMetrics

	mu      sync.Mutex
	contact time.Time         // of the last answer to a post; zero: none yet
	faults  map[string]string // why there is none since, by what was exchanged
}

// What is exchanged with the upstream.
const (
	posts     = "checks"
	questions = "asks"
	runs      = "results"
)

// Times of the courier.
const (
	postTimeout = 30 * time.Second
	firstRetry  = time.Second
	mostRetry   = 30 * time.Second
	postBytes   = mostBody / 2 // of entries in one post
)

// NewCourier returns a Courier. It reads the files of o.Upstream at each connection.
func NewCourier(o CourierOptions) (*Courier, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	cfg, err := o.Upstream.client()
	if err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	client, err := httpconfig.NewClientFromConfig(cfg, "upstream", httpconfig.WithDialContextFunc(o.Dialer.DialContext), httpconfig.WithIdleConnTimeout(2*time.Minute))
	if err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	c := &Courier{
		o: o, logger: o.Logger.With("component", "agents"), client: client, faults: map[string]string{},
		base: strings.TrimRight(o.Upstream.URL, "/") + "/api/v1/agents/" + url.PathEscape(o.Upstream.Agent),
	}
	c.metrics = newCourierMetrics(o.Registerer, c)
	return c, nil
}

// Run delivers, fetches and shows until ctx ends. What is not delivered stays in the spool.
func (c *Courier) Run(ctx context.Context) error {
	var all sync.WaitGroup
	all.Go(func() { c.repeat(ctx, posts, c.deliver) })
	all.Go(func() { c.repeat(ctx, questions, c.fetch) })
	all.Go(func() { c.repeat(ctx, runs, c.show) })
	all.Wait()
	c.client.CloseIdleConnections()
	return nil
}

// repeat calls work again and again: at once after a success, later and later after
// failures.
func (c *Courier) repeat(ctx context.Context, what string, work func(context.Context) error) {
	wait := firstRetry
	for ctx.Err() == nil {
		err := work(ctx)
		if ctx.Err() != nil {
			return
		}
		c.note(what, err)
		if err == nil {
			wait = firstRetry
			continue
		}
		pause := wait/2 + rand.N(wait/2+1) //nolint:gosec // agents that lost the line together need not come back together
		if later, ok := errors.AsType[*retryLater](err); ok {
			pause = min(max(pause, later.after), mostRetry)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		wait = min(2*wait, mostRetry)
	}
}

// deliver posts what waits, and a sign of life when nothing has waited for a while.
func (c *Courier) deliver(ctx context.Context) error {
	news := c.o.Spool.News() // taken before looking, so that nothing is missed
	entries, err := c.o.Spool.Peek(mostEvents, postBytes)
	if err != nil {
		return fmt.Errorf("read the spool: %w", err)
	}
	if len(entries) == 0 && !c.due() {
		select {
		case <-news:
		case <-time.After(time.Until(c.next())):
		case <-ctx.Done():
		}
		return nil
	}
	return c.bring(ctx, entries)
}

// bring posts entries and strikes off what is safe.
func (c *Courier) bring(ctx context.Context, entries []spool.Entry) error {
	ans, err := c.post(ctx, entries)
	if err != nil {
		return err
	}
	c.reached()
	return c.settle(entries, ans)
}

// due reports whether a sign of life is.
func (c *Courier) due() bool { return !time.Now().Before(c.next()) }

// settle strikes off what is safe. An upstream that knows less than it said before
// has lost something (it was restored, its server failed over): it is told the newest
// state of everything again.
func (c *Courier) settle(entries []spool.Entry, ans Answer) error {
	for _, r := range ans.Refused {
		c.logger.Error("the upstream does not understand a check; run the same headstart on both sides", "event_seq", r.Seq, "err", r.Why)
	}
	was := c.o.Spool.Status()
	if n := len(entries); n > 0 {
		// Never more than was sent: an answer to somebody else's post proves nothing.
		safe := min(ans.Last, entries[n-1].Seq)
		if err := c.o.Spool.Done(safe); err != nil {
			return fmt.Errorf("strike off what is delivered: %w", err)
		}
		if safe < entries[n-1].Seq {
			return errors.New("the upstream answered, but did not take what it was sent")
		}
		c.metrics.delivered.Add(float64(n))
	}
	if ans.Before >= was.Done {
		return nil
	}
	kept, err := c.o.Spool.Restate(ans.Last)
	if err != nil {
		return fmt.Errorf("say again what the upstream has forgotten: %w", err)
	}
	c.logger.Warn("the upstream has forgotten what it was told; it is told the newest state of everything again", "event_seq", ans.Before, "subject", kept)
	return nil
}

// post sends entries, of which there may be none.
func (c *Courier) post(ctx context.Context, entries []spool.Entry) (ans Answer, err error) {
	st := c.o.Spool.Status()
	p := Post{V: 1, Spool: st.Name, SentAt: time.Now().UTC(), Status: SiteStatus{
		Version: c.o.Version, Probes: len(c.o.Results()), Spooled: st.Entries, Oldest: st.Oldest, Dropped: st.Dropped, Full: st.Full,
	}}
	for _, e := range entries {
		p.Events = append(p.Events, Numbered{Seq: e.Seq, Check: e.Data})
	}
	body, err := json.Marshal(p)
	if err != nil {
		return ans, fmt.Errorf("encode post: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/events", bytes.NewReader(body))
	if err != nil {
		return ans, err
	}
	req.Header.Set("Content-Type", "application/json")
	err = c.exchange(req, &ans)
	return ans, err
}

// fetch waits for asks and passes them on. The wait is cut short by no proxy: it ends
// by itself before they do.
func (c *Courier) fetch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pollWait+postTimeout)
	defer cancel()
	began := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/asks?wait="+pollWait.String(), nil)
	if err != nil {
		return err
	}
	var list Asks
	if err := c.exchange(req, &list); err != nil {
		return err
	}
	for _, a := range list.Asks[:min(len(list.Asks), mostAsks)] {
		if isID(a.Asset) {
			c.o.Ask(a)
		}
	}
	if len(list.Asks) == 0 && time.Since(began) < firstRetry {
		select { // another agent has our name, or a proxy answers at once
		case <-time.After(firstRetry):
		case <-ctx.Done():
		}
	}
	return nil
}

// retryLater is an answer that says when to come again.
type retryLater struct {
	after time.Duration
	error
}

func (r *retryLater) Unwrap() error { return r.error }

// exchange sends req and reads the answer into out.
func (c *Courier) exchange(req *http.Request, out any) error {
	req.Header.Set("User-Agent", "headstart")
	res, err := c.client.Do(req)
	if err != nil {
		return plain(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, mostBody+1))
	switch {
	case err != nil:
		return plain(err)
	case res.StatusCode == http.StatusOK && len(body) <= mostBody:
		if err := json.Unmarshal(body, out); err != nil {
			return fmt.Errorf("what answers at upstream.url is no headstart, or something between alters its answers: %w", err)
		}
		return nil
	case res.StatusCode/100 == 3:
		return errors.New("the upstream redirects elsewhere; set upstream.url to where it is")
	case res.StatusCode == http.StatusUnauthorized, res.StatusCode == http.StatusForbidden:
		return fmt.Errorf("the upstream refuses the token (%d); compare upstream.token_file here with the token_file of this agent there", res.StatusCode)
	case res.StatusCode == http.StatusNotFound:
		return errors.New("the upstream knows no agent of this name; add it under agents there, or correct upstream.agent")
	}
	err = fmt.Errorf("the upstream answers %d: %s", res.StatusCode, detail(body))
	if n, bad := strconv.Atoi(res.Header.Get("Retry-After")); bad == nil && n > 0 {
		return &retryLater{time.Duration(min(n, 60)) * time.Second, err}
	}
	return err
}

// plain takes the method and the whole address off an error of the HTTP client.
func plain(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		if ue.Timeout() {
			return errors.New("the upstream does not answer in time")
		}
		return ue.Err
	}
	return err
}

// detail is what an answer says is wrong.
func detail(body []byte) string {
	var p struct {
		Detail string `json:"detail"`
	}
	if json.Unmarshal(body, &p) == nil && p.Detail != "" {
		return cut(p.Detail, 200)
	}
	return "no reason given"
}
