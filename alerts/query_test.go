package alerts

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-openapi/strfmt"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/alertmanager/api/v2/models"

	"headstart"
)

func shown(t *testing.T) *stand {
	s := newStand(t)
	s.show(t,
		headstart.AlertState{
			Labels: map[string]string{"alertname": "good", "instance": "a"}, StartsAt: t0.Add(-time.Hour), UpdatedAt: t0, Firing: true,
			Origins: map[string]time.Time{"p": t0.Add(2 * time.Minute), "q": t0.Add(3 * time.Minute)}, Generator: "http://p/graph",
		},
		headstart.AlertState{
			Labels: map[string]string{"alertname": "hushed"}, Annotations: map[string]string{"summary": "s"}, StartsAt: t0, UpdatedAt: t0,
			Firing: true, Silenced: []string{"s-1"}, Origins: map[string]time.Time{"am": {}},
		},
		headstart.AlertState{Labels: map[string]string{"alertname": "over"}, StartsAt: t0, UpdatedAt: t0, EndedAt: t0},
	)
	return s
}

func TestGetAlerts(t *testing.T) {
	s := shown(t)
	for query, names := range map[string][]string{
		"":                               {"good", "hushed"},
		"active=false":                   {"hushed"},
		"active=maybe":                   {"hushed"},
		"silenced=false":                 {"good"},
		"inhibited=false":                {"good", "hushed"},
		"unprocessed=false":              {"good", "hushed"},
		`filter=alertname="good"`:        {"good"},
		`filter=alertname=good`:          {"good"},
		`filter=alertname=~"goo"`:        {},
		`filter=alertname=~"go+d"`:       {"good"},
		`filter=instance=""`:             {"hushed"},
		`filter=a="b"&filter=instance=a`: {},
		"receiver=headstart":             {"good", "hushed"},
		"receiver=head":                  {},
	} {
		values, err := url.ParseQuery(strings.ReplaceAll(query, "+", "%2B"))
		if err != nil {
			t.Fatal(err)
		}
		w := s.get(t, "/api/v2/alerts?"+values.Encode())
		var got models.GettableAlerts
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
			continue
		}
		if err := got.Validate(strfmt.Default); err != nil {
			t.Errorf("%s: Alertmanager's model refuses it: %v", query, err)
		}
		found := map[string]bool{}
		for _, a := range got {
			found[a.Labels["alertname"]] = true
		}
		want := map[string]bool{}
		for _, n := range names {
			want[n] = true
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%s (-want +got)\n%s", query, diff)
		}
	}
}

func TestAlertHasAlertmanagersShape(t *testing.T) {
	s := shown(t)
	got := s.get(t, `/api/v2/alerts?filter=alertname%3D%22good%22`).Body.String()
	want := `[{"annotations":{},"endsAt":"2026-11-23T08:03:00.000Z","fingerprint":"` +
		(&headstart.Alert{Labels: map[string]string{"alertname": "good", "instance": "a"}}).Fingerprint() +
		`","receivers":[{"name":"headstart"}],"startsAt":"2026-11-23T07:00:00.000Z","status":{"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"},` +
		`"updatedAt":"2026-11-23T08:00:00.000Z","generatorURL":"http://p/graph","labels":{"alertname":"good","instance":"a"}}]` + "\n"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestListsAreNeverNull(t *testing.T) {
	s := newStand(t)
	for _, path := range []string{"/api/v2/alerts", "/api/v2/silences"} {
		if got := s.get(t, path).Body.String(); got != "[]\n" {
			t.Errorf("%s: %q, want []", path, got)
		}
	}
}

func TestQueryRefusals(t *testing.T) {
	s := newStand(t)
	for path, want := range map[string]string{
		"/api/v2/alerts?filter=%7Bodd":   `"`,
		"/api/v2/alerts?filter=odd":      `"bad matcher format: odd"`,
		"/api/v2/alerts?receiver=%28":    `"failed to parse receiver param: `,
		"/api/v2/silences?filter=%3D%3D": `"bad matcher format`,
	} {
		if w := s.get(t, path); w.Code != http.StatusBadRequest || !strings.HasPrefix(w.Body.String(), want) {
			t.Errorf("%s: %d %s; want 400 and a JSON string %s", path, w.Code, w.Body, want)
		}
	}
}

func TestStatusReceiversAndRoute(t *testing.T) {
	s := newStand(t)
	b, _ := json.Marshal(headstart.LogConfig{Route: "receiver: desk\nroutes:\n- matchers: ['severity=\"page\"']\n  receiver: on-call\n  mute_time_intervals: [night]\n- receiver: desk\n"})
	if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, []headstart.FeedOp{{Table: headstart.TableConfig, Row: headstart.Row{Key: "current", Val: b}}}); err != nil {
		t.Fatal(err)
	}
	var status models.AlertmanagerStatus
	if err := json.Unmarshal(s.get(t, "/api/v2/status").Body.Bytes(), &status); err != nil {
		t.Fatal(err)
	}
	if err := status.Validate(strfmt.Default); err != nil {
		t.Errorf("Alertmanager's model refuses the status: %v", err)
	}
	var receivers []*models.Receiver
	if err := json.Unmarshal(s.get(t, "/api/v2/receivers").Body.Bytes(), &receivers); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range receivers {
		names = append(names, *r.Name)
	}
	if diff := cmp.Diff([]string{"desk", "on-call"}, names); diff != "" {
		t.Errorf("receivers (-want +got)\n%s", diff)
	}
}

func TestSilences(t *testing.T) {
	s := newStand(t)
	var rows []headstart.FeedOp
	for _, sil := range []headstart.Silence{
		{ID: "a", Matchers: []headstart.Matcher{{Name: "alertname", Value: "Down", IsEqual: true}}, StartsAt: t0.Add(-time.Hour), EndsAt: t0.Add(time.Hour), CreatedBy: "joris", Comment: "c"},
		{ID: "b", Matchers: []headstart.Matcher{{Name: "job", Value: "x", IsEqual: true}}, StartsAt: t0.Add(time.Hour), EndsAt: t0.Add(2 * time.Hour)},
		{ID: "c", StartsAt: t0.Add(-2 * time.Hour), EndsAt: t0},
	} {
		b, _ := json.Marshal(sil)
		rows = append(rows, headstart.FeedOp{Table: headstart.TableSilences, Row: headstart.Row{Key: sil.ID, Val: b}})
	}
	if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, rows); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]string{
		"": {"a active", "b pending", "c expired"}, "?expired=false": {"a active", "b pending"}, "?filter=alertname%3DDown": {"a active"},
	} {
		var got models.GettableSilences
		if err := json.Unmarshal(s.get(t, "/api/v2/silences"+query).Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, g := range got {
			ids = append(ids, *g.ID+" "+*g.Status.State)
		}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Errorf("%q (-want +got)\n%s", query, diff)
		}
	}
}

// amtool is the real one.
func TestAmtool(t *testing.T) {
	amtool, err := exec.LookPath("amtool")
	if err != nil {
		t.Fatalf("%v; install Debian's prometheus-alertmanager", err)
	}
	s := shown(t)
	server := httptest.NewServer(s.mux)
	defer server.Close()
	run := func(args ...string) string {
		t.Helper()
		out, err := exec.Command(amtool, append([]string{"--alertmanager.url=" + server.URL}, args...)...).CombinedOutput()
		if err != nil {
			t.Errorf("amtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("alert", "add", "alertname=FromTool", "instance=x", "--annotation=summary=hand made")
	want(t, s, "amtool alert add", "FromTool@api firing")
	if out := run("alert", "query", "-o", "extended"); !strings.Contains(out, "good") || strings.Contains(out, "hushed") || strings.Contains(out, "over") {
		t.Errorf("amtool alert query:\n%s\nwant good only: hushed is silenced, over is over", out)
	}
	if out := run("alert", "query", "-o", "simple", "alertname=~hush.*", "--silenced"); !strings.Contains(out, "hushed") {
		t.Errorf("amtool alert query --silenced:\n%s\nwant hushed", out)
	}
	run("silence", "query")
	if out := run("config", "routes", "test", "alertname=A"); !strings.Contains(out, "headstart") {
		t.Errorf("amtool config routes test: %s; want headstart", out)
	}
	if out := run("cluster", "show"); !strings.Contains(out, "disabled") {
		t.Errorf("amtool cluster show:\n%s\nwant disabled", out)
	}
}
