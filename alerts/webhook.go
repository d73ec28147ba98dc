package alerts

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"headstart"
)

// message is what Alertmanager's webhook receiver posts, as far as we read it.
// groupKey and everything common are left: each alert stands for itself.
type message struct {
	Version   string         `json:"version"`
	Truncated uint64         `json:"truncatedAlerts"`
	Alerts    []webhookAlert `json:"alerts"`
}

type webhookAlert struct {
	Status       string            `json:"status"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL"`
}

// webhook answers POST /hooks/alertmanager. Every delivery is written, repeats
// too: they come by hours, not minutes, are each a sign of life, and decide
// nothing a second time. A 4xx is only for what no repetition would mend.
func (a *API) webhook(w http.ResponseWriter, r *http.Request) {
	now, from := a.now(), source(r, "alertmanager")
	body, serr := readBody(w, r, "alerts")
	if serr != nil {
		a.refuse(w, from, serr)
		return
	}
	m, err := decodeMessage(body)
	if err != nil {
		a.refuse(w, from, malformed(err))
		return
	}
	if m.Truncated > 0 {
		a.metrics.truncated.Add(float64(m.Truncated))
		a.logger.Warn("webhook left alerts out; raise max_alerts of the receiver", "source", from, "alerts", m.Truncated)
	}
	alerts, err := a.delivered(m, from, now)
	if err := a.takeDelivered(r, alerts, now); err != nil {
		a.notStored(w, from, len(alerts), err)
		return
	}
	if err != nil {
		a.logger.Warn("alerts refused", "source", from, "err", err)
		writeJSON(w, http.StatusBadRequest, err.Error())
		return
	}
	w.WriteHeader(http.StatusOK)
}

// decodeMessage reads a webhook body.
func decodeMessage(body string) (*message, error) {
	if n := invalidUTF8(body); n >= 0 {
		return nil, fmt.Errorf("byte %d is not UTF-8; send JSON in UTF-8, uncompressed", n)
	}
	var m message
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return nil, err
	}
	if m.Version != "4" {
		return nil, fmt.Errorf("version is %q; this hook reads version \"4\", which Alertmanager sends since 0.6", m.Version)
	}
	if len(m.Alerts) == 0 {
		return nil, errors.New("the message has no alerts; is this Alertmanager's webhook?")
	}
	return &m, nil
}

// delivered checks the alerts of m; the error tells of those left out.
func (a *API) delivered(m *message, from string, now time.Time) ([]arrival, error) {
	a.metrics.received.WithLabelValues(from).Add(float64(len(m.Alerts)))
	a.metrics.lastSeen.WithLabelValues(from).Set(float64(now.UnixMilli()) / 1000)
	a.ears.Hear(from, now, 0)
	rules := a.rules.Load()
	var out []arrival
	var errs []error
	for i, w := range m.Alerts {
		arr, err := a.deliveredAlert(&w, from, rules, now)
		if err != nil {
			a.metrics.rejected.WithLabelValues("invalid").Inc()
			errs = append(errs, fmt.Errorf("alert %d: %w", i, err))
			continue
		}
		out = append(out, arr)
	}
	return out, errors.Join(errs...)
}

// deliveredAlert checks one alert of a webhook. While it fires its end stays
// open: Alertmanager's is a guess, and the resolve comes as a delivery of its own.
func (a *API) deliveredAlert(w *webhookAlert, from string, rules *rules, now time.Time) (arrival, error) {
	firing := w.Status == "firing"
	switch {
	case !firing && w.Status != "resolved":
		return arrival{}, fmt.Errorf("status is %q; want firing or resolved", w.Status)
	case !firing && w.EndsAt.IsZero():
		return arrival{}, errors.New("it is resolved and has no endsAt")
	}
	host, ok := a.generators.host(w.GeneratorURL)
	if !ok {
		return arrival{}, fmt.Errorf("generatorURL %q is no URI", w.GeneratorURL)
	}
	if host == "" {
		host = from
	}
	p := posted{labels: pairsOf(w.Labels, true), annotations: pairsOf(w.Annotations, false), startsAt: w.StartsAt.UTC(), generator: w.GeneratorURL}
	if firing {
		p.endsAt = latestOf(p.startsAt, now).Add(resolveTimeout) // replaced below
	} else {
		p.resolve(w.EndsAt.UTC(), now)
	}
	arr, err := arrive(p, from, host, rules, new([]byte), now)
	if err != nil {
		return arrival{}, err
	}
	if firing {
		arr.endsAt = time.Time{}
	}
	return arr, nil
}

// resolve sets an end that lies in the past. A sender whose clock is ahead says
// "resolved" with an end still to come, which would read as firing until then.
func (p *posted) resolve(end, now time.Time) {
	p.endsAt = end
	if end.After(now) {
		p.endsAt = now
		if p.startsAt.After(now) {
			p.startsAt = now
		}
	}
}

func latestOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// withoutNoise leaves out what is ignored, and watchdogs that were heard just now.
func (a *API) withoutNoise(alerts []arrival, now time.Time) (news []*arrival) {
	rules := a.rules.Load()
	for i := range alerts {
		arr := &alerts[i]
		switch {
		case !arr.watchdog && matchAny(rules.ignore, arr.value):
			a.metrics.filtered.WithLabelValues("ignore").Inc()
		case arr.watchdog && !(arr.firing && a.filter.watchdogDue(arr, now)):
			a.metrics.filtered.WithLabelValues("watchdog").Inc()
		default:
			news = append(news, arr)
		}
	}
	return news
}

// takeDelivered writes all of alerts but the noise. What the repeat filter knew
// of them is forgotten: the log now says something else last.
func (a *API) takeDelivered(r *http.Request, alerts []arrival, now time.Time) error {
	of := a.filter.begin(now)
	news, left := a.withoutNoise(alerts, now), error(nil)
	if strain := a.strain(); strain != "" {
		news, left = a.withoutNewDeliveries(strain, news, now)
	}
	for len(news) > 0 {
		n := min(len(news), maxLines)
		batch := make([]headstart.Line, n)
		for i, arr := range news[:n] {
			batch[i] = headstart.Line{Alert: arr.alert()}
		}
		if _, err := a.append(r.Context(), now, batch, endWords(news[:n]), ends(news[:n], make([]verdict, n))); err != nil {
			return err
		}
		for _, arr := range news[:n] {
			if arr.watchdog {
				a.filter.keep(of, arr, now)
			}
			a.filter.forget(arr.fingerprint, arr.origin)
		}
		news = news[n:]
	}
	return left
}
