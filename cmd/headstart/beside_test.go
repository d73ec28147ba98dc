package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// both is the configuration that Alertmanager and the service start with, unchanged.
const both = `
route:
  receiver: all
  group_by: [alertname]
  group_wait: 100ms
  routes:
  - {matchers: ['team="net"'], receiver: net, group_by: [instance], continue: true}
  - {matchers: ['team=~"net|mail"'], receiver: desk, group_by: ['...']}
  - {matchers: ['team="night"'], receiver: net, mute_time_intervals: [always]}
receivers:
- {name: all}
- {name: net, labels: {owner: network}}
- {name: desk}
time_intervals:
- {name: always, time_intervals: [{times: [{start_time: "00:00", end_time: "24:00"}]}]}
inhibit_rules:
- {source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: [instance]}
`

// built builds Alertmanager of the version we link, once for the test binary, and
// returns the folder of its programs.
var built = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("bash", filepath.Join("..", "..", "tools", "alertmanager.sh")).Output()
	return strings.TrimSpace(string(out)), err
})

// startBuilt starts Alertmanager of the version we link with a configuration.
func startBuilt(t *testing.T, file string, flags ...string) (base string) {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatalf("tools/alertmanager.sh: %v; it builds Alertmanager from the module cache", err)
	}
	address := freePort(t)
	child(t, filepath.Join(dir, "alertmanager"), append([]string{
		"--config.file=" + file, "--storage.path=" + t.TempDir(), "--web.listen-address=" + address, "--cluster.listen-address=", "--log.level=warn",
	}, flags...)...)
	base = "http://" + address
	waitFor(t, 30*time.Second, "alertmanager to listen", func() bool {
		r, err := http.Get(base + "/metrics")
		if err != nil {
			return false
		}
		_ = r.Body.Close()
		return true
	})
	return base
}

// twin is one of the two servers that get the same requests.
type twin struct {
	base, token string
	ids         map[string]string // of silences, by the name the test gives them
}

// allowed is a list of methods: Alertmanager has it in the order of a map, another one
// each time.
var allowed = regexp.MustCompile(`\[[A-Z]+(,[A-Z]+)+\]`)

// says sends a request and returns status, kind of body, and the body with what differs
// by nature made alike.
func (w *twin) says(t *testing.T, method, path, body string) answerOf {
	t.Helper()
	for name, id := range w.ids {
		path, body = strings.ReplaceAll(path, "$"+name, id), strings.ReplaceAll(body, "$"+name, id)
	}
	r, err := http.NewRequest(method, w.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answerOf{Status: res.StatusCode}
	b = allowed.ReplaceAllFunc(b, func(list []byte) []byte {
		methods := strings.Split(strings.Trim(string(list), "[]"), ",")
		slices.Sort(methods)
		return []byte("[" + strings.Join(methods, ",") + "]")
	})
	if json.Unmarshal(b, &a.Body) != nil {
		a.Body = string(b)
	}
	a.Body = w.alike(a.Body)
	return a
}

type answerOf struct {
	Status int
	Body   any
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// alike replaces ids of silences by their names, and takes out what is documented to
// differ (docs/alertmanager.md).
func (w *twin) alike(v any) any {
	switch x := v.(type) {
	case map[string]any:
		if notes, ok := x["annotations"].(map[string]any); ok && x["matchers"] != nil {
			delete(notes, "headstart_by")
			if len(notes) == 0 {
				delete(x, "annotations")
			}
		}
		for key := range x {
			x[key] = w.alike(x[key])
		}
		for _, key := range []string{"versionInfo", "uptime", "original"} {
			if _, has := x[key]; has {
				x[key] = "its own"
			}
		}
	case []any:
		for n := range x {
			x[n] = w.alike(x[n])
		}
	case string:
		if x = strings.TrimSuffix(x, "\n"); strings.HasPrefix(x, "method ") {
			x = strings.ReplaceAll(x, "DELETE,GET", "GET,DELETE") // Alertmanager's order changes
		}
		return uuids.ReplaceAllStringFunc(x, func(id string) string {
			for name, known := range w.ids {
				if known == id {
					return "$" + name
				}
			}
			return "an unknown id"
		})
	}
	return v
}

// sameTimes compares texts, and times that lie close together as the same.
var sameTimes = cmp.FilterValues(func(x, y any) bool {
	a, isText := x.(string)
	b, too := y.(string)
	return isText && too && a != "" && b != ""
}, cmp.Comparer(func(x, y any) bool {
	a, errA := time.Parse(time.RFC3339, x.(string))
	b, errB := time.Parse(time.RFC3339, y.(string))
	if errA == nil && errB == nil {
		return a.Sub(b).Abs() < 20*time.Second
	}
	return x == y
}))

// TestBesideAlertmanager starts the real Alertmanager of the version whose API we speak
// and the service with one alertmanager.yml, sends both the same requests, and holds every
// status and every field alike: what clients such as amtool, karma and Grafana ask, and
// what people get wrong.
func TestBesideAlertmanager(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "alertmanager.yml")
	write(t, file, both)
	real := &twin{base: startBuilt(t, file), ids: map[string]string{}}
	r := start(t, prepare(t, fmt.Sprintf("alertmanager: {config: %q, route_prefix: am}\n", file)))
	ours := &twin{base: r.base, token: r.token, ids: map[string]string{}}
	twins := []*twin{real, ours}

	now := time.Now().UTC().Truncate(time.Millisecond)
	alert := func(labels string) string {
		return fmt.Sprintf(`{"labels":{%s},"annotations":{"summary":"it is down"},"startsAt":%q,"endsAt":%q,"generatorURL":"http://prom:9090/graph"}`,
			labels, now.Format(time.RFC3339Nano), now.Add(time.Hour).Format(time.RFC3339Nano))
	}
	alerts := "[" + strings.Join([]string{
		alert(`"alertname":"Down","instance":"a","team":"net","severity":"critical"`), alert(`"alertname":"Slow","instance":"a","team":"net","severity":"warning"`),
		alert(`"alertname":"Slow","instance":"b","team":"mail","severity":"warning","job":"smtp"`), alert(`"alertname":"Full","instance":"c"`),
		alert(`"alertname":"Full","instance":"d","empty":""`), alert(`"alertname":"Late","instance":"e","team":"night"`),
	}, ",") + "]"
	silence := func(id, matchers string, from, to time.Duration) string {
		return fmt.Sprintf(`{"id":%q,"matchers":[%s],"startsAt":%q,"endsAt":%q,"createdBy":"joris","comment":"T-12","annotations":{"ticket":"T-12"}}`,
			id, matchers, now.Add(from).Format(time.RFC3339Nano), now.Add(to).Format(time.RFC3339Nano))
	}
	full, slow := `{"name":"alertname","value":"Full","isRegex":false}`, `{"name":"alertname","value":"Sl.w","isRegex":true,"isEqual":true},{"name":"job","value":"","isRegex":false,"isEqual":false}`
	far := "/api/v2/silence/00000000-0000-4000-8000-000000000000"
	for _, step := range []struct{ name, method, path, body string }{
		{"", "POST", "/api/v2/alerts", alerts},
		{"S1", "POST", "/api/v2/silences", silence("", full, -time.Minute, 2*time.Hour)},
		{"S2", "POST", "/api/v2/silences", silence("", slow, time.Second, time.Hour)},
		{"S3", "POST", "/api/v2/silences", silence("", full, time.Hour, 2*time.Hour)},
	} {
		for _, w := range twins {
			w.step(t, step.name, step.method, step.path, step.body)
		}
	}
	for _, w := range twins {
		waitFor(t, 20*time.Second, "the alerts, and the silences on them, at "+w.base, func() bool {
			groups, _ := w.says(t, "GET", "/api/v2/alerts/groups", "").Body.([]any)
			hushed, _ := w.says(t, "GET", "/api/v2/alerts?active=false", "").Body.([]any)
			return len(groups) == 6 && len(hushed) == 4
		})
	}
	for _, q := range []string{
		"GET /api/v2/alerts", "GET /api/v2/alerts?active=false", "GET /api/v2/alerts?silenced=false", "GET /api/v2/alerts?inhibited=false",
		"GET /api/v2/alerts?silenced=false&inhibited=false", "GET /api/v2/alerts?unprocessed=false", "GET /api/v2/alerts?active=maybe",
		"GET /api/v2/alerts?filter=alertname%3D%22Full%22", "GET /api/v2/alerts?filter=alertname%3D~%22F.*%22&filter=instance!%3Dc",
		"GET /api/v2/alerts?filter=alertname%3D~%22goo%22", "GET /api/v2/alerts?filter=%7B", "GET /api/v2/alerts?filter=a", "GET /api/v2/alerts?filter=job%3D",
		"GET /api/v2/alerts?filter=job!%3D%22%22", "GET /api/v2/alerts?receiver=net", "GET /api/v2/alerts?receiver=n", "GET /api/v2/alerts?receiver=%28",
		"GET /api/v2/alerts?receiver_matchers=owner%3Dnetwork", "GET /api/v2/alerts?receiver_matchers=%7B", "GET /api/v2/receivers", "GET /api/v2/status",
		"GET /api/v2/receivers?receiver_matchers=owner%3Dnetwork", "GET /api/v2/receivers?receiver_matchers=%7B",
		"GET /api/v2/alerts/groups", "GET /api/v2/alerts/groups?active=false", "GET /api/v2/alerts/groups?silenced=false", "GET /api/v2/alerts/groups?inhibited=false",
		"GET /api/v2/alerts/groups?muted=false", "GET /api/v2/alerts/groups?receiver=net", "GET /api/v2/alerts/groups?receiver=%28",
		"GET /api/v2/alerts/groups?filter=team%3Dnet", "GET /api/v2/alerts/groups?filter=%7B", "GET /api/v2/alerts/groups?receiver_matchers=name%3Ddesk",
		"GET /api/v2/silences", "GET /api/v2/silences?active=false", "GET /api/v2/silences?pending=false", "GET /api/v2/silences?expired=false",
		"GET /api/v2/silences?filter=alertname%3DFull", "GET /api/v2/silences?filter=alertname%3D~%22Full%22", "GET /api/v2/silences?filter=%7B",
		"GET /api/v2/silence/$S1", "GET " + far, "DELETE " + far, "GET /api/v2/silence/none", "DELETE /api/v2/silence/none",
		"GET /api/v2/nothing", "PUT /api/v2/alerts", "DELETE /api/v2/silences", "POST /api/v2/status", "POST /api/v2/silence/$S1", "DELETE /api/v2/alerts/groups",
		"GET /-/healthy", "GET /-/ready", "HEAD /-/healthy", "HEAD /-/ready", "GET /api/v1/alerts", "GET /api/v1/silences", "GET /api/v1/status", "GET /api/v1/receivers",
	} {
		method, path, _ := strings.Cut(q, " ")
		sameAnswer(t, q, real.says(t, method, path, ""), ours.says(t, method, path, ""))
	}
	for _, step := range []struct{ name, method, path, body string }{
		{"S1", "POST", "/api/v2/silences", silence("$S1", full, -time.Minute, 3*time.Hour)},
		{"S4", "POST", "/api/v2/silences", silence("$S1", slow, -time.Minute, 3*time.Hour)},
		{"", "POST", "/api/v2/silences", silence("00000000-0000-4000-8000-000000000000", full, 0, time.Hour)},
		{"", "POST", "/api/v2/silences", silence("", full, 0, -time.Hour)},
		{"", "POST", "/api/v2/silences", silence("", full, -2*time.Hour, -time.Hour)},
		{"", "POST", "/api/v2/silences", silence("", "", 0, time.Hour)},
		{"", "POST", "/api/v2/silences", silence("", `{"name":"a","value":".*","isRegex":true}`, 0, time.Hour)},
		{"", "POST", "/api/v2/silences", silence("", `{"name":"a","value":"(","isRegex":true}`, 0, time.Hour)},
		{"", "POST", "/api/v2/silences", `{"matchers":[` + full + `]}`},
		{"", "POST", "/api/v2/silences", "{"},
		{"", "DELETE", "/api/v2/silence/$S3", ""},
		{"", "DELETE", "/api/v2/silence/$S3", ""},
		{"", "GET", "/api/v2/silence/$S3", ""},
		{"", "POST", "/api/v2/alerts", "[]"},
		{"", "POST", "/api/v2/alerts", `[{"labels":{}}]`},
		{"", "POST", "/api/v2/alerts", `[{}]`},
	} {
		sameAnswer(t, step.method+" "+step.path+" "+step.body, real.step(t, step.name, step.method, step.path, step.body), ours.step(t, step.name, step.method, step.path, step.body))
	}
	if real.ids["S1"] == real.ids["S4"] || ours.ids["S1"] == ours.ids["S4"] {
		t.Error("a silence with other matchers kept its id; want a new one at both")
	}
	besideClients(t, real, ours, file)
}

// step sends a request, and keeps the id of the silence it makes under a name.
func (w *twin) step(t *testing.T, name, method, path, body string) answerOf {
	t.Helper()
	if name == "" {
		return w.says(t, method, path, body)
	}
	const passed = "$new"
	before := w.ids
	w.ids = map[string]string{}
	for k, id := range before {
		path, body = strings.ReplaceAll(path, "$"+k, id), strings.ReplaceAll(body, "$"+k, id)
	}
	res, err := http.NewRequest(method, w.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res.Header.Set("Authorization", "Bearer "+w.token)
	res.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(res)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var made struct {
		SilenceID string `json:"silenceID"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil || !uuids.MatchString(made.SilenceID) {
		t.Fatalf("%s %s at %s: %d %v; want the id of a silence", method, path, w.base, answer.StatusCode, err)
	}
	w.ids = before
	w.ids[name] = made.SilenceID
	return answerOf{Status: answer.StatusCode, Body: passed}
}

func sameAnswer(t *testing.T, what string, want, got answerOf) {
	t.Helper()
	if diff := cmp.Diff(want, got, sameTimes); diff != "" {
		t.Errorf("%s (-Alertmanager +headstart):\n%s", what, diff)
	}
}

// besideClients runs amtool's commands on both, and the requests karma and Grafana are
// documented to make (reference: their sources).
func besideClients(t *testing.T, real, ours *twin, file string) {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	login := filepath.Join(t.TempDir(), "http.yml")
	write(t, login, fmt.Sprintf("authorization: {credentials: %q}\n", ours.token))
	amtool := func(w *twin, args ...string) string {
		out, err := exec.Command(filepath.Join(dir, "amtool"), append(args, "--alertmanager.url="+w.base, "--http.config.file="+login)...).CombinedOutput()
		if err != nil {
			t.Errorf("amtool %v at %s: %v: %s", args, w.base, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	for _, args := range [][]string{
		{"alert", "query", "-o", "simple"},
		{"alert", "query", "--inhibited", "-o", "simple"},
		{"alert", "query", "--silenced", "-o", "simple"},
		{"alert", "query", "alertname=Full", "instance=~c|d", "-o", "simple"},
		{"alert", "query", "--receiver=net", "-o", "simple"},
		{"config", "routes", "test", "team=net"},
		{"config", "routes", "show"},
		{"cluster", "show"},
	} {
		if a, b := amtool(real, args...), amtool(ours, args...); lines0(a) != lines0(b) {
			t.Errorf("amtool %v:\nAlertmanager: %s\nheadstart:    %s", args, a, b)
		}
	}
	for _, w := range []*twin{real, ours} {
		amtool(w, "check-config", file)
		amtool(w, "alert", "add", "Added", "instance=z")
		waitFor(t, 10*time.Second, "the alert amtool added", func() bool { return strings.Contains(amtool(w, "alert", "query", "alertname=Added"), "Added") })
		id := amtool(w, "silence", "add", "--author=marie", "--comment=test", "--duration=1h", "alertname=Added")
		if got := amtool(w, "silence", "query", "-q", "alertname=Added"); got != id {
			t.Errorf("amtool silence query at %s: %q, want %q", w.base, got, id)
		}
		if said := amtool(w, "silence", "update", "--duration=2h", "--comment=longer", id); !strings.Contains(said, "longer") {
			t.Errorf("amtool silence update at %s: %s", w.base, said)
		}
		longer := amtool(w, "silence", "query", "-q", "alertname=Added")
		amtool(w, "silence", "expire", longer)
		if got := amtool(w, "silence", "query", "--expired", "-q", "alertname=Added"); !slices.Contains(strings.Fields(got), longer) {
			t.Errorf("amtool silence query --expired at %s: %q, want %q in it", w.base, got, longer)
		}
		if shown := amtool(w, "config", "show"); !strings.Contains(shown, "receiver: all") {
			t.Errorf("amtool config show at %s: %s", w.base, shown)
		}
		// karma: the version of /metrics says which API it is.
		metrics := w.says(t, "GET", "/metrics", "")
		if text, _ := metrics.Body.(string); metrics.Status != http.StatusOK || !regexp.MustCompile(`(?m)^alertmanager_build_info\{.*version="0\.34\.2"`).MatchString(text) {
			t.Errorf("GET /metrics at %s: %d, without alertmanager_build_info of 0.34.2", w.base, metrics.Status)
		}
		// Grafana: this must not be 200, or it takes the server for a Mimir.
		if got := w.says(t, "GET", "/alertmanager/api/v2/status", "").Status; got == http.StatusOK {
			t.Errorf("GET /alertmanager/api/v2/status at %s is 200", w.base)
		}
	}
	again := amtool(ours, "silence", "add", "--author=marie", "--comment=backup", "--duration=720h", `--annotation=headstart_every="daily 00:00-24:00 UTC"`, "alertname=Added")
	if got := amtool(ours, "silence", "query", "-q", "alertname=Added"); got != again {
		t.Errorf("amtool finds %q of a silence that comes back each day, want %q", got, again)
	}
	kept, _ := ours.says(t, "GET", "/api/v2/silence/"+again, "").Body.(map[string]any)
	if end, err := time.Parse(time.RFC3339, fmt.Sprint(kept["endsAt"])); err != nil || time.Until(end) > 24*time.Hour {
		t.Errorf("a silence that comes back each day is shown as %v; want the end of today", kept)
	}
	amtool(ours, "silence", "expire", again)
	prefixed := &twin{base: ours.base + "/am", token: ours.token}
	if got := prefixed.says(t, "GET", "/api/v2/status", ""); got.Status != http.StatusOK {
		t.Errorf("under the prefix status answers %d", got.Status)
	}
	if got := prefixed.says(t, "GET", "/-/healthy", ""); got.Status != http.StatusOK {
		t.Errorf("under the prefix health answers %d", got.Status)
	}
}

// lines0 is a text with its lines sorted and without what tells a time or an id.
func lines0(s string) string {
	s = regexp.MustCompile(`\d{4}-\d\d-\d\d[ T][\d:.]+ ?\w*`).ReplaceAllString(s, "TIME")
	all := strings.Split(s, "\n")
	for n := range all {
		all[n] = strings.Join(strings.Fields(all[n]), " ")
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}
