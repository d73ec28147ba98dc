package alerts

import (
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/alertmanager/pkg/labels"

	"headstart"
)

// gettableAlert is an alert as GET answers it: Alertmanager's schema.
type gettableAlert struct {
	Annotations  map[string]string `json:"annotations"`
	EndsAt       stamp             `json:"endsAt"`
	Fingerprint  string            `json:"fingerprint"`
	Receivers    []named           `json:"receivers"`
	StartsAt     stamp             `json:"startsAt"`
	Status       alertStatus       `json:"status"`
	UpdatedAt    stamp             `json:"updatedAt"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
	Labels       map[string]string `json:"labels"`
}

type alertStatus struct {
	InhibitedBy []string `json:"inhibitedBy"`
	MutedBy     []string `json:"mutedBy"`
	SilencedBy  []string `json:"silencedBy"`
	State       string   `json:"state"` // active, suppressed
}

type named struct {
	Name string `json:"name"`
}

// stamp is a time as Alertmanager writes it: UTC, milliseconds.
type stamp time.Time

// MarshalText implements encoding.TextMarshaler.
func (s stamp) MarshalText() ([]byte, error) {
	return []byte(time.Time(s).UTC().Format("2006-01-02T15:04:05.000Z")), nil
}

// query is what GET /api/v2/alerts was asked for.
type query struct {
	filter                      []*labels.Matcher
	receiver                    *regexp.Regexp // nil: any
	active, silenced, inhibited bool
}

func parseQuery(values url.Values) (*query, error) {
	q := &query{active: flag(values, "active"), silenced: flag(values, "silenced"), inhibited: flag(values, "inhibited")}
	var err error
	if q.filter, err = parseFilter(values["filter"]); err != nil {
		return nil, err
	}
	if text := values.Get("receiver"); text != "" {
		if q.receiver, err = regexp.Compile("^(?:" + text + ")$"); err != nil {
			return nil, &badReceiver{err}
		}
	}
	return q, nil
}

type badReceiver struct{ err error }

func (e *badReceiver) Error() string { return "failed to parse receiver param: " + e.err.Error() }

// flag reads a boolean that is true when absent; what is not a yes is a no.
func flag(values url.Values, key string) bool {
	v := values[key]
	if len(v) == 0 || v[len(v)-1] == "" {
		return true
	}
	switch strings.ToLower(v[len(v)-1]) {
	case "true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled":
		return true
	}
	return false
}

// matcher reads both generations of matcher syntax, as Alertmanager does.
var matcher = compat.FallbackMatcherParser(slog.New(slog.DiscardHandler))

func parseFilter(texts []string) ([]*labels.Matcher, error) {
	var out []*labels.Matcher
	for _, text := range texts {
		m, err := matcher(text, "api")
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// getAlerts answers GET /api/v2/alerts: what fires, by fingerprint.
func (a *API) getAlerts(w http.ResponseWriter, r *http.Request) {
	q, err := parseQuery(r.URL.Query())
	if err != nil {
		writeJSON(w, http.StatusBadRequest, err.Error())
		return
	}
	out := []gettableAlert{}
	now := a.now()
	receivers := a.receiversOf()
	for _, s := range a.view.Alerts() {
		if !q.matches(&s) {
			continue
		}
		to := receivers(s.Labels)
		if q.receiver != nil && !anyMatches(q.receiver, to) {
			continue
		}
		g := gettable(&s, to, now)
		g.Status.InhibitedBy = a.inhibitors(&s)
		out = append(out, g)
	}
	writeJSON(w, http.StatusOK, out)
}

// matches reports whether s is to be shown. Nothing is ever unprocessed here, so
// that parameter takes nothing away.
func (q *query) matches(s *headstart.AlertState) bool {
	silenced, inhibited := suppressed(s)
	active := len(silenced) == 0 && !inhibited
	if !s.Firing || len(silenced) > 0 && !q.silenced || inhibited && !q.inhibited || active && !q.active {
		return false
	}
	for _, m := range q.filter {
		if !m.Matches(s.Labels[m.Name]) {
			return false
		}
	}
	return true
}

// suppressed returns the silences that mute s, and whether its source inhibits it.
func suppressed(s *headstart.AlertState) (silences []string, inhibited bool) {
	silences = []string{}
	for _, id := range s.Silenced {
		if headstart.Inhibited(id) != "" {
			inhibited = true
			continue
		}
		silences = append(silences, id)
	}
	return silences, inhibited
}

func anyMatches(re *regexp.Regexp, names []string) bool {
	return slices.ContainsFunc(names, re.MatchString)
}

func gettable(s *headstart.AlertState, receivers []string, now time.Time) gettableAlert {
	g := gettableAlert{
		Annotations: s.Annotations, Fingerprint: s.Fingerprint, GeneratorURL: s.Generator, Labels: s.Labels,
		StartsAt: stamp(s.StartsAt), UpdatedAt: stamp(s.UpdatedAt), EndsAt: stamp(promised(s, now)),
		Receivers: []named{},
		Status:    alertStatus{State: "active", InhibitedBy: []string{}, MutedBy: []string{}, SilencedBy: []string{}},
	}
	if g.Annotations == nil {
		g.Annotations = map[string]string{}
	}
	for _, name := range receivers {
		g.Receivers = append(g.Receivers, named{name})
	}
	if len(s.Silenced) > 0 {
		g.Status.State = "suppressed"
		g.Status.SilencedBy, _ = suppressed(s)
	}
	return g
}

// inhibitors are the alerts at the source that inhibit s; [] if none does.
func (a *API) inhibitors(s *headstart.AlertState) []string {
	if _, inhibited := suppressed(s); !inhibited {
		return []string{}
	}
	m, _ := a.view.Silence(headstart.InhibitionID(s.Fingerprint))
	return slices.Concat([]string{}, m.Inhibitors)
}

// promised is until when s is held alive, by whichever origin holds it longest.
// An origin that names no end (webhook) counts as Alertmanager's default: the
// schema wants a time.
func promised(s *headstart.AlertState, now time.Time) time.Time {
	var end time.Time
	for _, until := range s.Origins {
		if until.IsZero() {
			until = now.Add(resolveTimeout)
		}
		end = latestOf(end, until)
	}
	if end.IsZero() {
		return now.Add(resolveTimeout)
	}
	return end
}

// receiversOf returns what says which receivers an alert reaches.
func (a *API) receiversOf() func(map[string]string) []string {
	if a.receivers != nil {
		return a.receivers
	}
	first := a.route().receivers[:1]
	return func(map[string]string) []string { return first }
}
