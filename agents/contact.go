package agents

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"headstart"
)

// note takes down how the last exchange for what went. Only a change is told: a line
// that is down for days would fill the log.
func (c *Courier) note(what string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.faults[what]
	if err == nil {
		if before != "" {
			c.logger.Info("the upstream is reached again", "subject", what)
		}
		delete(c.faults, what)
		return
	}
	if text := err.Error(); before != text {
		c.faults[what] = text
		c.logger.Warn("the upstream is not reached; what is found is kept meanwhile", "subject", what, "err", text)
	}
	c.metrics.failed.Inc()
}

// reached notes an answer to a post.
func (c *Courier) reached() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.contact = time.Now()
}

// next is when the next sign of life is due.
func (c *Courier) next() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.contact.Add(heartbeat)
}

// Contact is what an agent shows of itself.
type Contact struct {
	Agent       string    `json:"agent"`
	Upstream    string    `json:"upstream"`
	LastContact time.Time `json:"last_contact,omitzero"` // answer to a post
	Fault       string    `json:"fault,omitempty"`       // why there is none since
	Spooled     int       `json:"spooled"`
	Bytes       int64     `json:"spooled_bytes"`
	Oldest      time.Time `json:"oldest,omitzero"` // of what waits
	Dropped     uint64    `json:"dropped"`         // answers to asks that gave way, ever
	Full        bool      `json:"full"`            // changes wait in memory for room: of each probe the newest
}

// Contact says how the agent stands with its upstream.
func (c *Courier) Contact() Contact {
	st := c.o.Spool.Status()
	c.mu.Lock()
	defer c.mu.Unlock()
	return Contact{
		Agent: c.o.Upstream.Agent, Upstream: c.o.Upstream.URL, LastContact: c.contact.UTC(), Fault: cmp.Or(c.faults[posts], c.faults[questions], c.faults[runs]),
		Spooled: st.Entries, Bytes: st.Bytes, Oldest: st.Oldest, Dropped: st.Dropped, Full: st.Full,
	}
}

// ready answers /-/ready: whether what is found can be kept, and with ?for=upstream
// whether that was reached within two minutes. A cut line does not make an agent
// unready: to restart it would help nobody.
func (c *Courier) ready(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := c.fitFor(r.URL.Query().Get("for")); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "not ready: "+err.Error())
		return
	}
	fmt.Fprintln(w, "OK")
}

func (c *Courier) fitFor(what string) error {
	x := c.Contact()
	switch {
	case x.Full:
		return errors.New("the spool is full; raise upstream.spool, free some disk, or repair the line")
	case what == "upstream" && (x.LastContact.IsZero() || time.Since(x.LastContact) > 4*heartbeat):
		if x.Fault == "" {
			return errors.New("the upstream was not reached yet")
		}
		return fmt.Errorf("the upstream is not reached: %s", x.Fault)
	}
	return nil
}

// Routes returns the agent's own lines of the route table.
func (c *Courier) Routes() []headstart.Route {
	return []headstart.Route{
		{Pattern: "GET /{$}", Scope: headstart.ScopeRead, Handler: http.HandlerFunc(c.page)},
		{Pattern: "GET /-/ready", Scope: headstart.ScopeOpen, Handler: http.HandlerFunc(c.ready)},
		{Pattern: "GET /api/v1/agent", Scope: headstart.ScopeRead, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, c.Contact()) })},
	}
}

// page is the agent's own, for whoever stands before the machine.
func (c *Courier) page(w http.ResponseWriter, _ *http.Request) {
	x := c.Contact()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "headstart site agent %s\nupstream      %s\nlast contact  %s\n", x.Agent, x.Upstream, ago(x.LastContact))
	if x.Fault != "" {
		fmt.Fprintf(w, "fault         %s\n", x.Fault)
	}
	fmt.Fprintf(w, "spooled       %d checks, %d bytes", x.Spooled, x.Bytes)
	if x.Spooled > 0 {
		fmt.Fprintf(w, ", the oldest of %s", ago(x.Oldest))
	}
	fmt.Fprintln(w)
	if x.Full {
		fmt.Fprintln(w, "the spool is full: raise upstream.spool, free some disk, or repair the line")
	}
}

func ago(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return fmt.Sprintf("%s (%s ago)", t.UTC().Format(time.RFC3339), time.Since(t).Round(time.Second))
}

type courierMetrics struct{ delivered, failed prometheus.Counter }

func newCourierMetrics(reg prometheus.Registerer, c *Courier) *courierMetrics {
	f := promauto.With(reg)
	gauge := func(name, help string, value func(Contact) float64) {
		f.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return value(c.Contact()) })
	}
	gauge("headstart_spool_entries", "Checks that wait for the upstream.", func(x Contact) float64 { return float64(x.Spooled) })
	gauge("headstart_spool_bytes", "Bytes that wait for the upstream.", func(x Contact) float64 { return float64(x.Bytes) })
	gauge("headstart_spool_oldest_timestamp_seconds", "When the oldest check that waits was made; 0: none waits.", func(x Contact) float64 { return seconds(x.Oldest) })
	gauge("headstart_spool_full", "Whether changes find no room in the spool.", func(x Contact) float64 {
		if x.Full {
			return 1
		}
		return 0
	})
	gauge("headstart_upstream_last_contact_timestamp_seconds", "When the upstream last answered a post; 0: never.", func(x Contact) float64 { return seconds(x.LastContact) })
	return &courierMetrics{
		delivered: f.NewCounter(prometheus.CounterOpts{Name: "headstart_spool_delivered_total", Help: "Checks that are safe with the upstream."}),
		failed:    f.NewCounter(prometheus.CounterOpts{Name: "headstart_upstream_failures_total", Help: "Exchanges with the upstream that failed."}),
	}
}

func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
