package alerts

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// fake is an Alertmanager whose answers a test writes; "" does not answer.
type fake struct {
	*httptest.Server
	alerts, silences atomic.Value
	up               time.Time
}

func startFake(t *testing.T, up time.Time) *fake {
	f := &fake{up: up}
	f.alerts.Store("[]")
	f.silences.Store("[]")
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := map[string]string{
			"/api/v2/status": fmt.Sprintf(`{"uptime":%q}`, up.Format(time.RFC3339Nano)),
			"/api/v2/alerts": f.alerts.Load().(string), "/api/v2/silences": f.silences.Load().(string),
		}[r.URL.Path]
		if body == "" {
			http.Error(w, "gone fishing", http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) name() string { return strings.TrimPrefix(f.URL, "http://") }

// theirs is an alert as a peer lists it, heard at updated from prom-a.
func theirs(name string, updated time.Time, more string) string {
	return fmt.Sprintf(`{"labels":{"alertname":%q,"instance":"sw-n-2"},"annotations":{},"startsAt":"2026-11-23T07:50:00.000Z","endsAt":%q,
		"updatedAt":%q,"generatorURL":"http://prom-a:9090/graph","fingerprint":"0","receivers":[],"status":{%s}}`,
		name, updated.Add(4*time.Minute).Format(time.RFC3339Nano), updated.Format(time.RFC3339Nano), cmpOr(more, `"state":"active","silencedBy":[],"inhibitedBy":[]`))
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func list(items ...string) string { return "[" + strings.Join(items, ",") + "]" }

// known is an alert of the view that a webhook opened ten minutes ago.
func known(name string, change func(*headstart.AlertState)) headstart.AlertState {
	a := headstart.AlertState{
		V: 1, Labels: map[string]string{"alertname": name, "instance": "sw-n-2"}, Generator: "http://prom-a:9090/graph", Firing: true,
		StartsAt: t0.Add(-10 * time.Minute), UpdatedAt: t0.Add(-10 * time.Minute), Origins: map[string]time.Time{"alertmanager": {}},
	}
	a.Fingerprint = (&headstart.Alert{Labels: a.Labels}).Fingerprint()
	if change != nil {
		change(&a)
	}
	return a
}

func (s *stand) sees(t *testing.T, alerts ...headstart.AlertState) {
	t.Helper()
	var rows []headstart.FeedOp
	for _, a := range alerts {
		b, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, headstart.FeedOp{Table: headstart.TableAlerts, Row: headstart.Row{Key: a.Fingerprint, Val: b}})
	}
	if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, rows); err != nil {
		t.Fatal(err)
	}
}

// reconciled returns a reconciler of peers that may dial loopback.
func (s *stand) reconciled(t *testing.T, urls ...string) *Reconciler {
	t.Helper()
	var peers []Peer
	for _, u := range urls {
		peers = append(peers, Peer{URL: u})
	}
	anywhere := &headstart.Dialer{Allow: func(netip.AddrPort) bool { return true }}
	r, err := NewReconciler(s.API, peers, anywhere, func() bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told runs one round and returns what it wrote, a word or two a line.
func (s *stand) told(t *testing.T, r *Reconciler) []string {
	t.Helper()
	s.mu.Lock()
	s.records = nil
	s.mu.Unlock()
	r.round(t.Context())
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []string{}
	for _, rec := range s.records {
		for _, l := range rec.Lines {
			switch {
			case l.Alert != nil:
				out = append(out, "alert "+l.Alert.Labels["alertname"]+"@"+l.Alert.Origin())
			case l.Silence != nil:
				what := "silence "
				if l.Silence.Deleted {
					what = "end "
				}
				out = append(out, what+strings.Split(l.Silence.ID, "/")[0])
			}
			for _, f := range l.Refresh {
				if f.Gone {
					out = append(out, "gone")
				} else {
					out = append(out, "refresh "+f.Source)
				}
			}
		}
	}
	return out
}

const (
	silenced  = `"state":"suppressed","silencedBy":["6e33aa00-54f5-4df0-a3e7-5ea4b33b0a52"],"inhibitedBy":[]`
	inhibited = `"state":"suppressed","silencedBy":[],"inhibitedBy":["0102030405060708"]`
)

// TestReconcile (rulings 14, 17): what follows from what two peers list.
func TestReconcile(t *testing.T) {
	dog := theirs("Watchdog", t0.Add(-time.Minute), "")
	host := theirs("HostDown", t0.Add(-time.Minute), "")
	for name, tt := range map[string]struct {
		a, b  string // lists of alerts; "": does not answer
		up    time.Duration
		ours  []headstart.AlertState
		want  []string // of the first round
		again []string // of the second
	}{
		"an alert whose webhook was lost":              {a: list(host), b: list(host), want: []string{"alert HostDown@prom-a:9090"}},
		"known by one peer only":                       {a: list(), b: list(host), want: []string{"alert HostDown@prom-a:9090"}},
		"known here by the webhook":                    {a: list(host), b: list(host), ours: []headstart.AlertState{known("HostDown", nil)}},
		"listed by one of two":                         {a: list(dog), b: list(dog, host), ours: []headstart.AlertState{known("HostDown", nil)}, want: []string{"alert Watchdog@prom-a:9090"}},
		"listed by nobody, twice":                      {a: list(dog), b: list(dog), ours: []headstart.AlertState{known("HostDown", nil)}, want: []string{"alert Watchdog@prom-a:9090"}, again: []string{"gone"}},
		"listed by nobody, one peer is silent":         {a: list(dog), b: "", ours: []headstart.AlertState{known("HostDown", nil)}, want: []string{"alert Watchdog@prom-a:9090"}},
		"listed by nobody, all are silent":             {a: "", b: "", ours: []headstart.AlertState{known("HostDown", nil)}},
		"listed by nobody, no watchdog":                {a: list(), b: list(), ours: []headstart.AlertState{known("HostDown", nil)}},
		"listed by nobody, the watchdog is stale":      {a: list(theirs("Watchdog", t0.Add(-6*time.Minute), `"state":"active"`)), b: list(), ours: []headstart.AlertState{known("HostDown", nil)}},
		"listed by nobody, the peers have just begun":  {a: list(dog), b: list(dog), up: time.Minute, ours: []headstart.AlertState{known("HostDown", nil)}, want: []string{"alert Watchdog@prom-a:9090"}},
		"listed by nobody, of another Prometheus":      {a: list(dog), b: list(dog), ours: []headstart.AlertState{known("HostDown", func(a *headstart.AlertState) { a.Generator = "http://prom-b/graph" })}, want: []string{"alert Watchdog@prom-a:9090"}},
		"listed by nobody, its Prometheus posts it":    {a: list(dog), b: list(dog), ours: []headstart.AlertState{known("HostDown", func(a *headstart.AlertState) { a.Origins = map[string]time.Time{"prom-a:9090": t0.Add(time.Minute)} })}, want: []string{"alert Watchdog@prom-a:9090"}},
		"listed by nobody, it came after we had asked": {a: list(dog), b: list(dog), ours: []headstart.AlertState{known("HostDown", func(a *headstart.AlertState) { a.UpdatedAt = t0 })}, want: []string{"alert Watchdog@prom-a:9090"}},
		"its Prometheus no longer reaches us":          {a: list(host), b: list(host), ours: []headstart.AlertState{known("HostDown", func(a *headstart.AlertState) { a.Origins = map[string]time.Time{"prom-a:9090": t0.Add(time.Minute)} })}, want: []string{"refresh prom-a:9090"}, again: []string{"refresh prom-a:9090"}},
		"its Prometheus reaches us": {a: list(host), b: list(host), ours: []headstart.AlertState{known("HostDown", func(a *headstart.AlertState) {
			a.Origins = map[string]time.Time{"prom-a:9090": t0.Add(2 * time.Minute)}
		})}},
		"it ended here after the peer heard of it": {a: list(host), b: list(host), ours: []headstart.AlertState{known("HostDown", func(a *headstart.AlertState) { a.Firing, a.EndedAt, a.Origins = false, t0.Add(-70*time.Second), nil })}},
		"it expired here, and the peer heard of it": {a: list(host), b: list(host), ours: []headstart.AlertState{known("HostDown", func(a *headstart.AlertState) {
			a.Firing, a.Expired, a.EndedAt, a.Origins = false, true, t0.Add(-2*time.Minute), nil
		})}, want: []string{"alert HostDown@prom-a:9090"}, again: []string{"alert HostDown@prom-a:9090"}},
		"inhibited by both":                          {a: list(theirs("HostDown", t0, inhibited)), b: list(theirs("HostDown", t0, inhibited)), ours: []headstart.AlertState{known("HostDown", nil)}, want: []string{"silence inhibited"}},
		"inhibited by one, active at the other":      {a: list(theirs("HostDown", t0, inhibited)), b: list(host), ours: []headstart.AlertState{known("HostDown", nil)}},
		"inhibited by one, silenced at the other":    {a: list(theirs("HostDown", t0, inhibited)), b: list(theirs("HostDown", t0, silenced)), ours: []headstart.AlertState{known("HostDown", nil)}, want: []string{"silence inhibited"}},
		"ignored noise, and an alert without labels": {a: list(theirs("InfoInhibitor", t0, ""), `{"labels":{},"status":{}}`), b: list()},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			s.deciding(true)
			s.sees(t, tt.ours...)
			up := t0.Add(-time.Hour)
			if tt.up > 0 {
				up = t0.Add(-tt.up)
			}
			a, b := startFake(t, up), startFake(t, up)
			a.alerts.Store(tt.a)
			b.alerts.Store(tt.b)
			r := s.reconciled(t, a.URL, b.URL)
			if diff := cmp.Diff(append([]string{}, tt.want...), s.told(t, r)); diff != "" {
				t.Errorf("the first round wrote (-want +got):\n%s", diff)
			}
			again := append([]string{}, tt.again...)
			if got := s.told(t, r); !slices.Equal(got, again) && !strings.Contains(fmt.Sprint(tt.want), "alert HostDown") {
				t.Errorf("the second round wrote %v, want %v", got, again)
			}
		})
	}
}

// A silence of the peers is copied, follows theirs, and ends with theirs; while
// one of them is silent it stays (ruling 17).
func TestReconcileSilences(t *testing.T) {
	const id = "6e33aa00-54f5-4df0-a3e7-5ea4b33b0a52"
	theirSilence := func(state, comment string, ends, updated time.Duration) string {
		return fmt.Sprintf(`{"id":%q,"status":{"state":%q},"updatedAt":%q,"comment":%q,"createdBy":"marie","startsAt":%q,"endsAt":%q,
			"matchers":[{"name":"instance","value":"sw-.*","isRegex":true}]}`, id, state, t0.Add(updated).Format(time.RFC3339Nano), comment,
			t0.Add(-time.Minute).Format(time.RFC3339Nano), t0.Add(ends).Format(time.RFC3339Nano))
	}
	s := newStand(t)
	s.deciding(true)
	s.sees(t)
	a, b := startFake(t, t0.Add(-time.Hour)), startFake(t, t0.Add(-time.Hour))
	r := s.reconciled(t, a.URL, b.URL)
	for _, step := range []struct {
		why  string
		a, b string
		want []string
	}{
		{"one peer has it", list(theirSilence("active", "new switch", time.Hour, -time.Minute)), "[]", []string{"silence " + id}},
		{"nothing new", list(theirSilence("active", "new switch", time.Hour, -time.Minute)), list(theirSilence("active", "new switch", time.Hour, -time.Minute)), nil},
		{"the later version counts", list(theirSilence("active", "new switch", time.Hour, -time.Minute)), list(theirSilence("active", "longer", 2*time.Hour, 0)), []string{"silence " + id}},
		{"one peer is silent, the other lost it", "[]", "", nil},
		{"neither lists it", "[]", "[]", []string{"end " + id}},
		{"it is back", list(theirSilence("active", "again", time.Hour, time.Minute)), "[]", []string{"silence " + id}},
		{"a person ended it, and one peer is silent", list(theirSilence("expired", "again", 0, 2*time.Minute)), "", []string{"end " + id}},
		{"what nobody can understand", list(`{"id":"x"}`, `{"id":"`+id+`","matchers":[{}]}`, `{"id":"7e33aa00-54f5-4df0-a3e7-5ea4b33b0a52","matchers":[{"name":"a","value":"(","isRegex":true}],"startsAt":"2026-11-23T08:00:00Z","endsAt":"2026-11-23T09:00:00Z"}`), "[]", nil},
	} {
		a.silences.Store(step.a)
		b.silences.Store(step.b)
		if got := s.told(t, r); !slices.Equal(got, step.want) {
			t.Errorf("%s: wrote %v, want %v", step.why, got, step.want)
		}
	}
	if m, _ := s.view.Silence(id); m.Source != a.name() || m.CreatedBy != "marie" {
		t.Errorf("the copy says %+v, want marie's, read from %s", m, a.name())
	}
}

// An inhibition is written again in time, and ends as soon as a peer says the
// alert is active.
func TestReconcileInhibition(t *testing.T) {
	s := newStand(t)
	s.deciding(true)
	s.sees(t, known("HostDown", nil))
	a := startFake(t, t0.Add(-time.Hour))
	r := s.reconciled(t, a.URL)
	for _, step := range []struct {
		at     time.Duration
		status string
		want   []string
	}{
		{0, inhibited, []string{"silence inhibited"}},
		{time.Minute, inhibited, nil},
		{6 * time.Minute, inhibited, []string{"silence inhibited"}},
		{7 * time.Minute, silenced, []string{"end inhibited"}},
		{8 * time.Minute, inhibited, []string{"silence inhibited"}},
		{9 * time.Minute, `"state":"active"`, []string{"end inhibited"}},
		{10 * time.Minute, `"state":"active"`, nil},
	} {
		s.at(step.at)
		a.alerts.Store(list(theirs("HostDown", t0.Add(step.at), step.status)))
		if got := s.told(t, r); !slices.Equal(got, step.want) {
			t.Errorf("at %s wrote %v, want %v", step.at, got, step.want)
		}
	}
}

// Two real Alertmanagers: what they know arrives here in our shape, and when one
// of them stops nothing ends (rulings 14, 17).
func TestReconcileRealAlertmanagers(t *testing.T) {
	one, stopOne := startAlertmanagerUntil(t)
	two, _ := startAlertmanagerUntil(t)
	s := newStand(t)
	s.deciding(true)
	s.API.now = time.Now
	s.sees(t, known("LongAgo", func(a *headstart.AlertState) { a.Generator = "http://prom-a:9090/graph" }))
	r := s.reconciled(t, one, two)
	r.young = 0

	now := time.Now()
	post := func(url, path, body string) {
		t.Helper()
		res, err := http.Post(url+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("POST %s: %s", path, res.Status)
		}
	}
	for _, url := range []string{one, two} {
		post(url, "/api/v2/alerts", `[{"labels":{"alertname":"Watchdog"},"generatorURL":"http://prom-a:9090/graph"},
			{"labels":{"alertname":"HostDown","instance":"sw-n-2","replica":"a"},"generatorURL":"http://prom-a:9090/graph"}]`)
	}
	post(two, "/api/v2/silences", silence(now))

	got := s.told(t, r)
	slices.Sort(got)
	if len(got) != 3 || got[0] != "alert HostDown@prom-a:9090" || got[1] != "alert Watchdog@prom-a:9090" || !strings.HasPrefix(got[2], "silence ") {
		t.Fatalf("the first round wrote %v, want the alert, the watchdog and the silence", got)
	}
	if v := s.view.Silences(); len(v) != 1 || v[0].CreatedBy != "joris" || v[0].Status(time.Now()) != "active" {
		t.Errorf("copied %+v, want joris' silence, active", v)
	}
	stopOne()
	for range 3 {
		for _, line := range s.told(t, r) {
			if strings.HasPrefix(line, "gone") || strings.HasPrefix(line, "end") {
				t.Errorf("with one peer gone the reconciler wrote %q; want nothing to end", line)
			}
		}
	}
}

// Whatever a peer answers, the decoders and what follows from them hold.
func FuzzPeer(f *testing.F) {
	f.Add(list(theirs("HostDown", t0, inhibited)), `[{"id":"6e33aa00-54f5-4df0-a3e7-5ea4b33b0a52","matchers":[{"name":"a","value":"b"}]}]`)
	f.Add("[null]", "[null,{}]")
	f.Add(`[{"labels":{"":"x"}}]`, `[{"matchers":[{}]}]`)
	s := newStand(f)
	f.Fuzz(func(t *testing.T, alerts, silences string) {
		snap := &snapshot{peer: "am-1:9093", up: t0}
		if decodeAnswer(strings.NewReader(alerts), 1<<20, &snap.alerts) != nil || decodeAnswer(strings.NewReader(silences), 1<<20, &snap.silences) != nil {
			return
		}
		r := &Reconciler{api: s.API, logger: s.API.logger}
		l := r.list([]*snapshot{snap}, t0)
		lines := slices.Concat(r.silences([]*snapshot{snap}, true, t0), r.inhibitions(l, t0), r.alive(l, t0), r.gone(l, t0))
		if _, err := headstart.DecodeRecord(headstart.NewRecord(t0, lines...).Encode()); err != nil {
			t.Fatal(err)
		}
	})
}
