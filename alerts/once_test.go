package alerts

import (
	"context"
	"net/http"
	"testing"
	"time"

	"headstart"
)

// among lets replicas write into one log that keeps the newest word on each subject, as
// a store of several processes does.
func among(t *testing.T, n int) []*stand {
	t.Helper()
	words, all := map[uint64]uint64{}, make([]*stand, n)
	for i := range all {
		all[i] = newStand(t)
		inner := all[0].API.store
		all[i].API.store = func(ctx context.Context, a headstart.Append) (headstart.Offset, error) {
			for i, p := range a.Once.Pieces {
				if p.Word != 0 && words[p.Subject] == p.Word {
					a.Once.Said = append(a.Once.Said, i)
				}
			}
			if len(a.Once.Said) > 0 {
				return headstart.Offset{}, nil
			}
			off, err := inner(ctx, a)
			for _, p := range a.Once.Pieces {
				if err == nil {
					words[p.Subject] = p.Word
				}
			}
			return off, err
		}
	}
	return all
}

// Three replicas that are told the same write it once, and each knows from then on that
// it is written; also if one was told more in one request, or had been away.
func TestReplicasWriteOnce(t *testing.T) {
	all := among(t, 3)
	log := all[0]
	at := func(d time.Duration) {
		for _, s := range all {
			s.at(d)
		}
	}
	tell := func(names ...string) {
		for _, s := range all {
			var post []map[string]any
			for _, name := range names {
				post = append(post, s.firing(name, "prom-a:9090"))
			}
			s.alerts(t, post...)
		}
	}
	tell("Down", "Slow", "Watchdog")
	want(t, log, "first", "Down@prom-a:9090 firing", "Slow@prom-a:9090 firing", "Watchdog@prom-a:9090 firing")
	at(time.Minute - time.Second) // a moment early for one that counts whole minutes
	tell("Down", "Slow", "Watchdog")
	want(t, log, "a minute later", "Watchdog@prom-a:9090 firing")
	at(2 * time.Minute)
	all[2].alerts(t, all[2].firing("Down", "prom-a:9090"), all[2].firing("New", "prom-a:9090"))
	tell("Down", "Slow", "New")
	want(t, log, "halfway, the third first, in other requests",
		"New@prom-a:9090 firing", "refresh prom-a:9090 08:06:00", "refresh prom-a:9090 08:06:00")
	at(3 * time.Minute)
	tell("Down", "Slow", "New")
	want(t, log, "a minute after it was refreshed")
	over := all[0].firing("Down", "prom-a:9090")
	over["endsAt"] = t0.Add(170 * time.Second)
	for _, s := range all {
		s.alerts(t, over)
	}
	want(t, log, "resolved", "refresh prom-a:9090 08:07:00", "Down@prom-a:9090 resolved")
}

// A word that came back is news, whoever wrote it before; a webhook's is always written,
// and ends what the API said.
func TestWordsThatReturn(t *testing.T) {
	all := among(t, 2)
	fire := all[0].firing("Down", "prom-a:9090")
	end := all[0].firing("Down", "prom-a:9090")
	end["endsAt"] = t0.Add(-time.Second)
	for i, post := range []map[string]any{fire, end, fire} {
		all[i/2].alerts(t, post)
	}
	want(t, all[0], "failed, over, failed", "Down@prom-a:9090 firing", "Down@prom-a:9090 resolved", "Down@prom-a:9090 firing")
	hook := `{"version":"4","alerts":[{"status":"resolved","labels":{"alertname":"Down","instance":"sw-n-2:9100"},
		"startsAt":"2026-11-23T07:59:00Z","endsAt":"2026-11-23T07:59:30Z","generatorURL":"http://prom-a:9090/graph"}]}`
	for range 2 {
		if w := all[0].post(t, "/hooks/alertmanager", hook); w.Code != http.StatusOK {
			t.Fatalf("the webhook answers %d %s", w.Code, w.Body)
		}
	}
	all[0].alerts(t, fire)
	want(t, all[0], "told by a webhook, twice, then by the API as before",
		"Down@prom-a:9090 resolved", "Down@prom-a:9090 resolved", "Down@prom-a:9090 firing")
}
