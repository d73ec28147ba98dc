package alerts

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"headstart"
)

// answers is how Alertmanager 0.34.2 answers, as captured from it; below the
// line are bounds that are ours. Status, shape and words count: clients show them.
var answers = map[string]struct {
	body, kind string // kind: content type; "-" for none, empty for application/json
	status     int
	want       string // of the answer: a part of it
	stored     int    // alerts
}{
	"an empty list":        {body: `[]`, status: 200},
	"null":                 {body: `null`, status: 200},
	"only labels":          {body: `[{"labels":{"alertname":"A"}}]`, status: 200, stored: 1},
	"unknown fields":       {body: `[{"labels":{"alertname":"A"},"extra":{"deep":[1]},"note":"x"}]`, status: 200, stored: 1},
	"charset":              {body: `[{"labels":{"alertname":"A"}}]`, kind: "application/json; charset=utf-8", status: 200, stored: 1},
	"UTF-8 label names":    {body: `[{"labels":{"alertname":"A","gebäude.name":"Süd"}}]`, status: 200, stored: 1},
	"zero times":           {body: `[{"labels":{"alertname":"A"},"startsAt":"0001-01-01T00:00:00.000Z","endsAt":"0001-01-01T00:00:00.000Z"}]`, status: 200, stored: 1},
	"equal times":          {body: `[{"labels":{"alertname":"A"},"startsAt":"2026-11-23T07:00:00Z","endsAt":"2026-11-23T07:00:00Z"}]`, status: 200, stored: 1},
	"no charge for empty":  {body: `[{"labels":{"alertname":"A","gone":""}}]`, status: 200, stored: 1},
	"an object":            {body: `{"labels":{"alertname":"A"}}`, status: 400, want: `{"code":400,"message":"parsing alerts body from \"\" failed, because json: cannot unmarshal object`},
	"broken JSON":          {body: `[{"labels":`, status: 400, want: `{"code":400,"message":"parsing alerts body from \"\" failed, because unexpected end`},
	"a number as value":    {body: `[{"labels":{"alertname":1}}]`, status: 400, want: `{"code":400,"message":"parsing alerts body from \"\" failed, because json: cannot unmarshal number`},
	"an unparsable time":   {body: `[{"labels":{"alertname":"A"},"startsAt":"yesterday"}]`, status: 400, want: `{"code":400,"message":"parsing alerts body from \"\" failed, because`},
	"no content type":      {body: `[]`, kind: "-", status: 415, want: `{"code":415,`},
	"another content type": {body: `[]`, kind: "text/plain", status: 415, want: `{"code":415,"message":"unsupported media type`},
	"no body":              {status: 422, want: `{"code":602,"message":"alerts in body is required"}`},
	"no labels":            {body: `[{"annotations":{}}]`, status: 422, want: `{"code":602,"message":"0.labels in body is required"}`},
	"no labels in one":     {body: `[{"labels":{"alertname":"A"}},{"labels":null}]`, status: 422, want: `{"code":602,"message":"1.labels in body is required"}`},
	"no URI":               {body: `[{"labels":{"alertname":"A"},"generatorURL":"not a uri"}]`, status: 422, want: `{"code":601,"message":"0.generatorURL in body must be of type uri`},
	"empty labels":         {body: `[{"labels":{}}]`, status: 400, want: `"at least one label pair required"`},
	"only empty values":    {body: `[{"labels":{"alertname":""}}]`, status: 400, want: `"at least one label pair required"`},
	"end before start":     {body: `[{"labels":{"alertname":"A"},"startsAt":"2026-11-23T07:00:00Z","endsAt":"2026-11-23T06:00:00Z"}]`, status: 400, want: `"start time must be before end time"`},
	"one bad, two good":    {body: `[{"labels":{"alertname":"A"}},{"labels":{}},{"labels":{"alertname":"B"}}]`, status: 400, want: `"at least one label pair required"`, stored: 2},
	"an empty label name":  {body: `[{"labels":{"":"x","alertname":"A"}}]`, status: 400, want: `"invalid label set: invalid name \"\""`},

	"only dropped labels": {body: `[{"labels":{"replica":"a"}}]`, status: 400, want: `drop_labels`},
	"invalid UTF-8":       {body: "[{\"labels\":{\"alertname\":\"\xff\"}}]", status: 400, want: `is not UTF-8`},
	"year 0":              {body: `[{"labels":{"alertname":"A"},"startsAt":"0000-01-01T00:00:00Z"}]`, status: 400, want: `in the year 0`},
	"year 9999":           {body: `[{"labels":{"alertname":"A"},"endsAt":"9999-12-31T23:59:59-10:00"}]`, status: 400, want: `in the year 10000`},
	"10,000 labels":       {body: `[{"labels":{` + manyLabels(10_000) + `}}]`, status: 400, want: `at most 256`},
	"a huge annotation":   {body: `[{"labels":{"a":"b"},"annotations":{"x":"` + strings.Repeat("x", 200_000) + `"}}]`, status: 400, want: `at most 131072`},
	"8 MiB and a byte":    {body: "[" + strings.Repeat(" ", MaxBody-1) + "]", status: 413, want: `larger than 8 MiB`},
	"deep nesting":        {body: `[{"labels":` + strings.Repeat(`{"a":`, 20_000) + strings.Repeat(`}`, 20_000) + `}]`, status: 400, want: `{"code":400`},
	"rubbish behind":      {body: `[]]`, status: 400, want: `{"code":400`},
}

func manyLabels(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"l%d":"v"`, i)
	}
	return b.String()
}

func TestPostAnswers(t *testing.T) {
	for name, tt := range answers {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			r := httptest.NewRequest("POST", "/api/v2/alerts", strings.NewReader(tt.body))
			if tt.kind != "-" {
				r.Header.Set("Content-Type", "application/json")
			}
			if tt.kind != "" && tt.kind != "-" {
				r.Header.Set("Content-Type", tt.kind)
			}
			w := httptest.NewRecorder()
			s.mux.ServeHTTP(w, r)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("got %d %.300s; want %d %s", w.Code, w.Body, tt.status, tt.want)
			}
			if tt.status == 200 && (w.Body.Len() > 0 || w.Header().Get("Content-Type") != "") {
				t.Errorf("success has body %q and type %q; want neither", w.Body, w.Header().Get("Content-Type"))
			}
			if got := len(s.taken()); got != tt.stored {
				t.Errorf("%d alerts stored, want %d", got, tt.stored)
			}
		})
	}
}

func TestGzipIsRefused(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(`[{"labels":{"alertname":"A"}}]`))
	_ = z.Close()
	s := newStand(t)
	w := s.post(t, "/api/v2/alerts", b.String())
	if w.Code != 400 || !strings.Contains(w.Body.String(), `"code":400`) || !strings.Contains(w.Body.String(), "uncompressed") {
		t.Errorf("%d %s; want 400 and the remedy", w.Code, w.Body)
	}
}

func TestOtherMethodsAndPaths(t *testing.T) {
	s := newStand(t)
	for _, tt := range []struct {
		method, path string
		status       int
		allow        string
	}{{"PUT", "/api/v2/alerts", 405, "GET,POST"}, {"DELETE", "/api/v2/status", 405, "GET"}, {"GET", "/api/v2/nothing", 404, ""}} {
		w := httptest.NewRecorder()
		s.mux.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, nil))
		var e struct{ Code int }
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code != tt.status || e.Code != tt.status || w.Header().Get("Allow") != tt.allow {
			t.Errorf("%s %s: %d %s, Allow %q; want %d with code and Allow %q", tt.method, tt.path, w.Code, w.Body, w.Header().Get("Allow"), tt.status, tt.allow)
		}
	}
}

// Times are filled in as Alertmanager does: an absent end is arrival + 5 min. What ends
// later has begun when it came.
func TestTimesAreFilledIn(t *testing.T) {
	five := t0.Add(5 * time.Minute)
	for name, tt := range map[string]struct{ body, start, end string }{
		"neither":        {`{}`, "08:00:00", "08:05:00"},
		"a start":        {`{"startsAt":"2026-11-23T07:30:00+00:00"}`, "07:30:00", "08:05:00"},
		"an end":         {`{"endsAt":"2026-11-23T08:30:00+01:00"}`, "07:30:00", "07:30:00"},
		"an end to come": {`{"endsAt":"2026-11-23T09:30:00+01:00"}`, "08:00:00", "08:30:00"},
		"no zone":        {`{"startsAt":"2026-11-23T07:30:00"}`, "07:30:00", "08:05:00"},
		"no colon":       {`{"startsAt":"2026-11-23T07:30:00.250+0000"}`, "07:30:00", "08:05:00"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			if w := s.post(t, "/api/v2/alerts", `[{"labels":{"alertname":"A"},`+tt.body[1:]+`]`); w.Code != 200 && tt.body != `{}` {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if tt.body == `{}` {
				s.post(t, "/api/v2/alerts", `[{"labels":{"alertname":"A"}}]`)
			}
			a := s.records[0].Lines[0].Alert
			if a.StartsAt.Format(time.TimeOnly) != tt.start || a.EndsAt.Format(time.TimeOnly) != tt.end {
				t.Errorf("from %v to %v; want %s to %s (5 min are %v)", a.StartsAt, a.EndsAt, tt.start, tt.end, five)
			}
		})
	}
}

func TestFingerprintIsAlertmanagers(t *testing.T) {
	for _, body := range []string{
		`{"alertname":"A"}`, `{"b":"2","alertname":"A","a":"1"}`, `{"alertname":"A","empty":""}`, `{"alertname":"é","x":"\u00e9\ud83d\ude00"}`,
	} {
		alerts, err := decode(`[{"labels":`+body+`}]`, &room{})
		if err != nil {
			t.Fatal(err)
		}
		a, aerr := arrive(alerts[0], "api", "api", &rules{}, new([]byte), t0)
		if aerr != nil {
			t.Fatal(aerr)
		}
		if want := a.alert().Fingerprint(); a.name() != want {
			t.Errorf("%s: fingerprint %s, want %s", body, a.name(), want)
		}
	}
}

func TestSourceIsTheToken(t *testing.T) {
	s := newStand(t)
	r := httptest.NewRequest("POST", "/api/v2/alerts", strings.NewReader(`[{"labels":{"alertname":"A"}}]`))
	r.Header.Set("Content-Type", "application/json")
	r = r.WithContext(headstart.WithIdentity(r.Context(), headstart.Identity{Name: "prom-a"}))
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	if got := s.records[0].Lines[0].Alert; got.Source != "prom-a" || got.Origin() != "prom-a" {
		t.Errorf("source %q, origin %q; want the token's name for both", got.Source, got.Origin())
	}
}

// FuzzPostAlerts holds that no body crashes, that the fast reading and
// encoding/json agree, and that whatever is accepted can be read back.
func FuzzPostAlerts(f *testing.F) {
	for _, tt := range answers {
		if len(tt.body) < 10_000 {
			f.Add(tt.body)
		}
	}
	f.Add(`[{"labels":{"alertname":"A","b":"\u0041\n\"\\"},"annotations":{"x":"y"},"startsAt":"2026-11-23T07:00:00.123Z","endsAt":"2026-11-23T08:10:00+01:00","generatorURL":"http://p:9090/graph?a=\u0026"}]`)
	f.Add(`[{"labels":{"a":"\u0026"},"generatorURL":"x\n"},{"labels":{"a":"\u0026b"},"generatorURL":"x\n"},{"labels":{"a":"\u0026"}}]`)
	f.Add(`[{"Labels":{"a":"b"}},{"labels":{"a":"b","a":"c"}}]`)
	s, in := newStand(f), &room{} // what was read into it before leaves no trace
	f.Fuzz(func(t *testing.T, body string) {
		in.empty()
		if fast, ok := scanAlerts(body, in); ok {
			slow, err := decodeSlowly(body)
			if err != nil {
				t.Fatalf("read fast, refused slowly: %v", err)
			}
			a, b := fmt.Sprint(fast), fmt.Sprint(slow)
			if a != b {
				t.Fatalf("read fast %s\nslowly    %s", a, b)
			}
		}
		s.filter.reset("one")
		w := s.post(t, "/api/v2/alerts", body)
		switch w.Code {
		case http.StatusOK, http.StatusBadRequest, http.StatusUnprocessableEntity:
		default:
			t.Fatalf("answered %d %s", w.Code, w.Body)
		}
		s.post(t, "/api/v2/alerts", body)
		s.taken() // append decoded every record
	})
}
