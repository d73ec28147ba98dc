package alerts

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
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
	whom
	filter                      []*labels.Matcher
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
			return nil, fmt.Errorf("failed to parse receiver param: %w", err)
		}
	}
	if q.labels, err = parseFilter(values["receiver_matchers"]); err != nil {
		return nil, fmt.Errorf("failed to parse receiver_matchers param: %w", err)
	}
	return q, nil
}

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
	for _, s := range a.view.Alerts() {
		if !q.matches(&s) {
			continue
		}
		var to []string
		for _, end := range a.ends(s.Labels, now) {
			to = append(to, end.Receiver)
		}
		if !q.among(to, a.labelsOf) {
			continue
		}
		g := a.inView(&s, nil, now)
		g.Receivers = namedAll(to)
		out = append(out, g)
	}
	answer(w, r, out)
}

// matches reports whether s is to be shown. Nothing is ever unprocessed here, so
// that parameter takes nothing away.
func (q *query) matches(s *headstart.AlertState) bool {
	silenced, inhibited := suppressed(s)
	active := len(silenced) == 0 && !inhibited
	if !s.Firing || len(silenced) > 0 && !q.silenced || inhibited && !q.inhibited || active && !q.active {
		return false
	}
	return matchAll(q.filter, s.Labels)
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

// inView is s as GET answers it, but for its receivers.
func (a *API) inView(s *headstart.AlertState, mutedBy []string, now time.Time) gettableAlert {
	g := gettableAlert{
		Annotations: s.Annotations, Fingerprint: s.Fingerprint, GeneratorURL: s.Generator, Labels: s.Labels,
		StartsAt: stamp(s.StartsAt), UpdatedAt: stamp(s.UpdatedAt), EndsAt: stamp(promised(s, now)),
		Receivers: []named{},
		Status:    alertStatus{State: "active", InhibitedBy: []string{}, MutedBy: []string{}, SilencedBy: []string{}},
	}
	if g.Annotations == nil {
		g.Annotations = map[string]string{}
	}
	g.Status.MutedBy = append(g.Status.MutedBy, mutedBy...)
	g.Status.InhibitedBy = a.inhibitors(s)
	if len(s.Silenced)+len(mutedBy) > 0 {
		g.Status.State = "suppressed"
		g.Status.SilencedBy, _ = suppressed(s)
	}
	return g
}

// inhibitors are the alerts at the source that inhibit s; [] if none does.
func (a *API) inhibitors(s *headstart.AlertState) []string {
	out := []string{}
	for _, id := range s.Silenced {
		if headstart.Inhibited(id) != "" {
			m, _ := a.view.Silence(id)
			out = append(out, m.Inhibitors...)
		}
	}
	return out
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

// ends are where the operators' route leads the labels of an alert to.
func (a *API) ends(labels map[string]string, at time.Time) []headstart.Reached {
	if a.route != nil {
		if ends := a.route(labels, at); len(ends) > 0 {
			return ends
		}
	}
	return []headstart.Reached{{Receiver: a.shown().receivers[0].Name, Group: map[string]string{}}}
}

// labelsOf are the labels of a receiver; nil: it is not known.
func (a *API) labelsOf(receiver string) map[string]string {
	for _, r := range a.shown().receivers {
		if r.Name == receiver {
			return r.Labels
		}
	}
	return nil
}
