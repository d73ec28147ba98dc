package alerts

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"headstart"
)

// post answers POST /api/v2/alerts. Order of the checks, codes and words are
// Alertmanager's: a body that breaks the schema is refused whole; of alerts
// that are wrong in themselves, the good ones are stored and 400 names the rest.
func (a *API) post(w http.ResponseWriter, r *http.Request) {
	now, from := a.now(), source(r, "api")
	in := rooms.Get().(*room)
	defer in.leave()
	body, serr := in.read(w, r)
	if serr != nil {
		a.refuse(w, from, serr)
		return
	}
	alerts, serr := decode(body, in)
	if serr == nil {
		serr = a.generators.check(alerts)
	}
	if serr != nil {
		a.refuse(w, from, serr)
		return
	}
	arrivals, err := a.arrivals(alerts, in, from, now)
	if err := a.take(r.Context(), arrivals, now); err != nil {
		a.notStored(w, from, len(arrivals), err)
		return
	}
	if err != nil {
		a.logger.Warn("alerts refused", "source", from, "err", err)
		writeJSON(w, http.StatusBadRequest, err.Error())
		return
	}
	w.WriteHeader(http.StatusOK)
}

// refuse answers a body that was refused whole.
func (a *API) refuse(w http.ResponseWriter, from string, e *schemaError) {
	reason := "malformed"
	switch e.Code {
	case http.StatusRequestEntityTooLarge:
		reason = "too_large"
	case http.StatusUnsupportedMediaType:
		reason = "media_type"
	}
	a.metrics.rejected.WithLabelValues(reason).Inc()
	a.logger.Warn("request refused", "source", from, "err", e)
	writeSchemaError(w, e)
}

// arrivals completes and checks the alerts of a body; the error tells of those left out.
func (a *API) arrivals(alerts []posted, in *room, from string, now time.Time) ([]arrival, error) {
	a.metrics.received.WithLabelValues(from).Add(float64(len(alerts)))
	a.metrics.lastSeen.WithLabelValues(from).Set(float64(now.UnixMilli()) / 1000)
	a.ears.Hear(from, now, 0)
	rules := a.rules.Load()
	in.arrivals = slices.Grow(in.arrivals, len(alerts))
	var errs []error
	for i := range alerts {
		origin, _ := a.generators.host(alerts[i].generator)
		if origin == "" {
			origin = from
		}
		arr, err := arrive(alerts[i], from, origin, rules, &in.arena, now)
		if err != nil {
			a.metrics.rejected.WithLabelValues("invalid").Inc()
			errs = append(errs, err)
			continue
		}
		in.arrivals = append(in.arrivals, arr)
	}
	return in.arrivals, errors.Join(errs...)
}

// maxLines is how many alerts one record holds: the engine applies a record in
// few commits, and a store takes it in one piece.
const maxLines = 256

// take writes to the log what of alerts is news, one record per request (or per
// maxLines). It returns nil only if everything is durable; under strain, what is not news is.
func (a *API) take(ctx context.Context, alerts []arrival, now time.Time) error {
	of := a.filter.begin(now)
	rules := a.rules.Load()
	a.inhibitorsFirst(alerts)
	var news []*arrival // in the order sent
	var verdicts []verdict
	for i := range alerts {
		arr := &alerts[i]
		v, dropped := a.judge(arr, rules, now)
		if dropped != "" {
			a.metrics.filtered.WithLabelValues(dropped).Inc()
		}
		if v != repeat {
			news, verdicts = append(news, arr), append(verdicts, v)
		}
	}
	var left error
	if strain := a.strain(); strain != "" {
		news, verdicts, left = a.withoutNews(strain, news, verdicts, now)
	}
	for len(news) > 0 {
		n := min(len(news), maxLines)
		if err := a.writeNews(ctx, news[:n], verdicts[:n], now); err != nil {
			return err
		}
		for i, arr := range news[:n] {
			if verdicts[i] == lives { // what is new of it is not stored yet
				a.filter.lives(of, arr, now)
				continue
			}
			a.filter.keep(of, arr, now)
		}
		news, verdicts = news[n:], verdicts[n:]
	}
	return left
}

// inhibitorsFirst puts what inhibits others before them: the log takes a request in the
// order it holds, and what nobody waits for would page before its inhibitor is known.
func (a *API) inhibitorsFirst(alerts []arrival) {
	if len(a.shown().inhibit) == 0 {
		return
	}
	rank := func(arr *arrival) int {
		if a.inhibits(arr) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(alerts, func(x, y arrival) int { return cmp.Compare(rank(&x), rank(&y)) })
}

// inhibits reports whether an inhibit rule has arr as its source.
func (a *API) inhibits(arr *arrival) bool { return matchAny(a.shown().inhibit, arr.value) }

// judge says what to do with arr, and under which reason it is counted if it is
// not written whole.
func (a *API) judge(arr *arrival, rules *rules, now time.Time) (verdict, string) {
	switch { // a sign of life first: the usual Watchdog has severity none, which is ignored by default
	case arr.watchdog && arr.firing && a.filter.watchdogDue(arr, now):
		return write, ""
	case arr.watchdog:
		return repeat, "watchdog"
	case matchAny(rules.ignore, arr.value) && !a.inhibits(arr):
		return repeat, "ignore"
	}
	v := a.filter.judge(arr, now)
	return v, [...]string{write: "", refresh: "refresh", repeat: "repeat"}[v]
}

// lines are the promises resolves must be held against, the alerts in the order
// sent, and one line with all refreshes.
func lines(news []*arrival, verdicts []verdict) []headstart.Line {
	var out []headstart.Line
	var alive, promised []headstart.Refresh
	for _, arr := range news {
		if !arr.promised.IsZero() {
			promised = append(promised, headstart.Refresh{Fingerprint: arr.name(), Source: arr.origin, EndsAt: arr.promised})
		}
	}
	if len(promised) > 0 {
		out = append(out, headstart.Line{Refresh: promised})
	}
	for i, arr := range news {
		if verdicts[i] == refresh || verdicts[i] == lives {
			alive = append(alive, headstart.Refresh{Fingerprint: arr.name(), Source: arr.origin, EndsAt: arr.endsAt})
			continue
		}
		out = append(out, headstart.Line{Alert: arr.alert()})
	}
	if len(alive) > 0 {
		out = append(out, headstart.Line{Refresh: alive})
	}
	return out
}
