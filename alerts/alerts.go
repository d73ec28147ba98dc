// Package alerts takes alerts from Prometheus, Alertmanager and amtool: the
// API that Alertmanager 0.34 has, and its webhook.
//
// It answers 200 only for what the log has stored. Whatever cannot be stored is
// answered 503, so that the sender knows; what is wrong is answered 4xx with a
// reason, and the good alerts beside it are kept. Prometheus sends every firing
// alert again each minute: those repeats are dropped here (see filter), so that
// the log grows with what happens and not with what persists.
package alerts

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"headstart"
)

// Options are what an API needs. Append, View, Incarnation and Logger must be set.
type Options struct {
	// Append makes a record durable: the store's method.
	Append func(context.Context, headstart.Append) (headstart.Offset, error)

	// View answers every GET, and tells what other replicas stored.
	View *headstart.View

	// Incarnation names the store as it runs now. When it changes, records may
	// have been lost, and the repeat filter starts anew.
	Incarnation func() string

	// Route says where the operators' route leads an alert's labels to, for GET; nil: to
	// its first receiver. Receivers are all there are; none: those the route names.
	Route     func(labels map[string]string, at time.Time) []headstart.Reached
	Receivers []headstart.Receiver

	// Strain is why less is taken in for now; nil: there is never a reason.
	Strain func() Strain

	Config     Config
	Logger     *slog.Logger
	Registerer prometheus.Registerer // nil: metrics are kept and shown nowhere
	Now        func() time.Time      // nil: time.Now
}

func (o *Options) validate() {
	if o.Append == nil || o.View == nil || o.Incarnation == nil || o.Logger == nil {
		panic("alerts: Append, View, Incarnation and Logger must be set")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Strain == nil {
		o.Strain = func() Strain { return "" }
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
}

// API is everything over HTTP that has to do with alerts.
type API struct {
	store     func(context.Context, headstart.Append) (headstart.Offset, error)
	view      *headstart.View
	route     func(map[string]string, time.Time) []headstart.Reached
	receivers []headstart.Receiver
	rules     atomic.Pointer[rules]
	filter    *filter
	strain    func() Strain

	last atomic.Pointer[shownOf] // of the configuration seen last

	incarnation func() string
	generators  generators
	logger      *slog.Logger
	metrics     *metrics
	now         func() time.Time
	started     time.Time
	ears        headstart.Ears
	complaints  rate.Sometimes
}

// Heard is when each sender of alerts, and each Alertmanager that is asked, was heard.
// A sender speaks when there is something; only who is asked has an interval.
func (a *API) Heard() []headstart.Heard { return a.ears.All() }

// New returns an API. The configuration must be valid.
func New(o Options) *API {
	o.validate()
	a := &API{
		store:     o.Append,
		view:      o.View,
		route:     o.Route,
		receivers: o.Receivers,
		filter:    newFilter(o.View, o.Incarnation),
		strain:    o.Strain,

		incarnation: o.Incarnation,
		logger:      o.Logger.With("component", "alerts"),
		metrics:     newMetrics(o.Registerer, o.View),
		now:         o.Now,
		started:     o.Now(),
		complaints:  rate.Sometimes{First: 10, Interval: time.Second},
	}
	o.Registerer.MustRegister(newSignsOfLife(a.filter))
	if err := a.Reload(o.Config); err != nil {
		panic("alerts: " + err.Error()) // configs validates before any part is made
	}
	return a
}

// Reload replaces the configuration; on an error the old one stays.
func (a *API) Reload(c Config) error {
	r, err := c.compile()
	if err != nil {
		return err
	}
	a.rules.Store(r)
	return nil
}

// MaxBody is the largest body taken, in bytes; 10,000 alerts of the usual size fit.
const MaxBody = 8 << 20

// Routes returns this package's lines of the route table.
func (a *API) Routes() []headstart.Route {
	read := func(pattern string, h http.HandlerFunc) headstart.Route {
		return headstart.Route{Pattern: pattern, Scope: headstart.ScopeRead, Handler: h, Everywhere: true}
	}
	routes := []headstart.Route{
		{Pattern: "POST /api/v2/alerts", Scope: headstart.ScopeIngest, Handler: http.HandlerFunc(a.post), MaxBody: MaxBody, Everywhere: true},
		{Pattern: "POST /hooks/alertmanager", Scope: headstart.ScopeIngest, Handler: http.HandlerFunc(a.webhook), MaxBody: MaxBody, Everywhere: true},
		read("GET /api/v2/alerts", a.getAlerts),
		read("GET /api/v2/alerts/groups", a.getGroups),
		read("GET /api/v2/silences", a.getSilences),
		{Pattern: "POST /api/v2/silences", Scope: headstart.ScopeWrite, Handler: http.HandlerFunc(a.postSilence), MaxBody: MaxBody, Everywhere: true},
		read("GET /api/v2/silence/{id}", a.getSilence),
		{Pattern: "DELETE /api/v2/silence/{id}", Scope: headstart.ScopeWrite, Handler: http.HandlerFunc(a.deleteSilence), Everywhere: true},
		read("GET /api/v2/status", a.getStatus),
		read("GET /api/v2/receivers", a.getReceivers),
	}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		routes = append(routes, read(method+" /api/v2/{rest...}", a.unknown))
		for _, old := range []string{"alerts", "silences", "status", "receivers"} {
			route := read(method+" /api/v1/"+old, a.gone)
			if method == "POST" && old == "alerts" { // a sender that may send, to the wrong address, is told so
				route.Scope = headstart.ScopeIngest
			}
			routes = append(routes, route)
		}
	}
	return routes
}

// source names the sender of r: its token, or what it came through.
func source(r *http.Request, otherwise string) string {
	if name := headstart.IdentityFrom(r.Context()).Name; name != "" {
		return name
	}
	return otherwise
}

// Refused counts a request that the entrance kept out, and why: its credentials, or that
// there was no room for it.
func (a *API) Refused(reason string) { a.metrics.rejected.WithLabelValues(reason).Inc() }

// storeTimeout bounds an append. Prometheus gives up after 10 s and drops the
// batch without knowing; a 503 a little earlier is at least counted there.
const storeTimeout = 8 * time.Second

// append makes one record of lines durable, and returns where; with once and first, see
// headstart.Append.
func (a *API) append(ctx context.Context, received time.Time, lines []headstart.Line, once *headstart.Once, first bool) (headstart.Offset, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	return a.store(ctx, headstart.Append{Data: headstart.NewRecord(received, lines...).Encode(), Once: once, First: first})
}
