package alerts

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"headstart"
)

// listings are the alerts of a round.
type listings struct {
	alerts    map[string]*listing  // by fingerprint
	watchdogs map[string]*arrival  // by origin: its sign of life
	fresh     map[string]time.Time // origin: when a peer last heard its watchdog
}

// listing is one alert as the peers that know it have it, after drop_labels.
type listing struct {
	arrivals   []*arrival // one for each origin, that with the latest end
	updated    time.Time  // when a peer last heard of it
	active     bool       // some peer neither silences nor inhibits it
	inhibitors []string
	peer       string
}

// watchdogFresh is how recent a watchdog must be for absence to count (ruling 14).
const watchdogFresh = 5 * time.Minute

// list puts together what the peers list, as it would be on its way into the log.
func (r *Reconciler) list(snaps []*snapshot, now time.Time) *listings {
	out := &listings{alerts: map[string]*listing{}, watchdogs: map[string]*arrival{}, fresh: map[string]time.Time{}}
	rules := r.api.rules.Load()
	for _, s := range snaps {
		for i := range s.alerts {
			p := &s.alerts[i]
			arr, err := r.arrive(p, s.peer, rules, now)
			switch {
			case err != nil:
				r.api.metrics.rejected.WithLabelValues("invalid").Inc()
			case !arr.firing:
			case arr.watchdog:
				out.heardWatchdog(arr, p.UpdatedAt.Time)
			case matchAny(rules.ignore, arr.value):
			default:
				out.add(arr, p, s.peer)
			}
		}
	}
	return out
}

// arrive makes of a peer's alert what a post of it would have been.
func (r *Reconciler) arrive(p *peerAlert, from string, rules *rules, now time.Time) (*arrival, error) {
	generator := p.GeneratorURL
	host, ok := r.api.generators.host(generator)
	if !ok {
		generator, host = "", "" // no URI; it is not our sender's to mend
	}
	post := posted{
		labels: pairsOf(p.Labels, true), annotations: pairsOf(p.Annotations, false),
		startsAt: p.StartsAt.Time, endsAt: p.EndsAt.Time, generator: generator,
	}
	arr, err := arrive(post, from, cmp.Or(host, from), rules, new([]byte), now)
	return &arr, err
}

func (l *listings) heardWatchdog(arr *arrival, at time.Time) {
	if at.After(l.fresh[arr.origin]) {
		l.fresh[arr.origin], l.watchdogs[arr.origin] = at, arr
	}
}

func (l *listings) add(arr *arrival, p *peerAlert, from string) {
	x := l.alerts[arr.name()]
	if x == nil {
		x = &listing{peer: from}
		l.alerts[arr.name()] = x
	}
	n := slices.IndexFunc(x.arrivals, func(o *arrival) bool { return o.origin == arr.origin })
	switch {
	case n < 0:
		x.arrivals = append(x.arrivals, arr)
	case arr.endsAt.After(x.arrivals[n].endsAt):
		x.arrivals[n] = arr
	}
	if p.UpdatedAt.After(x.updated) {
		x.updated = p.UpdatedAt.Time
	}
	x.active = x.active || p.Status.State != "suppressed"
	for _, fp := range p.Status.InhibitedBy {
		if len(x.inhibitors) < maxPairs && !slices.Contains(x.inhibitors, fp) {
			x.inhibitors = append(x.inhibitors, fp)
		}
	}
}

// signs are the signs of life of origins whose watchdog a peer heard lately.
func (r *Reconciler) signs(l *listings, now time.Time) []headstart.Line {
	var out []headstart.Line
	for _, origin := range slices.Sorted(maps.Keys(l.watchdogs)) {
		arr := l.watchdogs[origin]
		if now.Sub(l.fresh[origin]) < watchdogFresh && r.api.filter.watchdogDue(arr, now) {
			out = append(out, headstart.Line{Alert: arr.alert()})
			r.api.filter.keep(r.api.incarnation(), arr, now)
		}
	}
	return out
}

const (
	// lead is how long before its end here an alert is refreshed by what a peer
	// knows: later than its own Prometheus would have, were it heard.
	lead = 90 * time.Second

	// overtaken is how much later than we heard of its end a peer must have heard
	// of an alert: what was asked before an end arrived must not undo it.
	overtaken = 30 * time.Second
)

// alive takes in what a peer knows and we do not: an alert whose delivery was
// lost, or one that would end here because its sender no longer reaches us.
func (r *Reconciler) alive(l *listings, now time.Time) []headstart.Line {
	var lines []headstart.Line
	var refreshes []headstart.Refresh
	for _, fp := range slices.Sorted(maps.Keys(l.alerts)) {
		x := l.alerts[fp]
		v, known := r.api.view.Alert(fp)
		switch {
		case known && v.Firing && heldOpen(&v): // the webhook will say more
		case known && v.Firing:
			refreshes = append(refreshes, x.longer(&v, now)...)
		case known && !x.updated.After(v.EndedAt.Add(overtaken)): // we know better
		default:
			r.logger.Info("alert taken over from Alertmanager; its delivery did not arrive", "source", x.peer, "alert", fp)
			for _, arr := range x.arrivals {
				lines = append(lines, headstart.Line{Alert: arr.alert()})
			}
		}
	}
	for part := range slices.Chunk(refreshes, maxLines) {
		lines = append(lines, headstart.Line{Refresh: part})
	}
	return lines
}

// longer extends v where a peer knows it to live on and its origin's word here is
// about to end.
func (x *listing) longer(v *headstart.AlertState, now time.Time) []headstart.Refresh {
	var out []headstart.Refresh
	for _, arr := range x.arrivals {
		if until := v.Origins[arr.origin]; arr.endsAt.After(until) && until.Before(now.Add(lead)) {
			out = append(out, headstart.Refresh{Fingerprint: v.Fingerprint, Source: arr.origin, EndsAt: arr.endsAt})
		}
	}
	return out
}

// heldOpen reports whether somebody holds v without naming an end: a webhook.
func heldOpen(v *headstart.AlertState) bool {
	for _, until := range v.Origins {
		if until.IsZero() {
			return true
		}
	}
	return false
}

// gonePart is how many alerts one line says are gone: each may end, and a line
// is one unit of the engine (ruling 1).
const gonePart = 16

// gone says of which alerts a webhook opened no peer knows, in this round and the
// one before. The caller knows that all peers answered and are not young.
func (r *Reconciler) gone(l *listings, now time.Time) []headstart.Line {
	if r.before == nil {
		return nil
	}
	var out []headstart.Refresh
	for _, v := range r.api.view.Alerts() {
		origin := (&headstart.Alert{GeneratorURL: v.Generator}).Origin()
		fresh := !l.fresh[origin].IsZero() && now.Sub(l.fresh[origin]) < watchdogFresh
		listed := l.alerts[v.Fingerprint] != nil || r.before.listed[v.Fingerprint] != nil
		if v.Firing && heldOpen(&v) && !listed && fresh && v.UpdatedAt.Before(r.before.began) {
			out = append(out, headstart.Refresh{Fingerprint: v.Fingerprint, Source: origin, Gone: true})
			r.logger.Info("no Alertmanager lists the alert any more; it expires", "alert", v.Fingerprint)
		}
	}
	var lines []headstart.Line
	for part := range slices.Chunk(out, gonePart) {
		lines = append(lines, headstart.Line{Refresh: part})
	}
	return lines
}
