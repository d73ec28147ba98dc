package probes

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headstart"
)

// checkOne runs the only probe of the configuration once.
func checkOne(t *testing.T, probe string) headstart.CheckResult {
	t.Helper()
	f := newFleet(t, Options{Config: config(t, "probes: ["+probe+"]")})
	return f.CheckNow(t.Context(), Filter{}, nil)[0]
}

// What a real Prometheus answers is a verdict, and what is no answer says what to
// do about it.
func TestPromQLAsksARealPrometheus(t *testing.T) {
	url := startPrometheus(t, "{}")
	zero := func(job string) string { return `label_replace(vector(0), \"job\", \"` + job + `\", \"\", \"\")` }
	for query, want := range map[string]struct {
		verdict headstart.Verdict
		reason  string
	}{
		"vector(3)":     {headstart.OK, "the expression is 3"},
		"1 == bool 1":   {headstart.OK, "the expression is 1"},
		"1 == bool 2":   {headstart.Down, "the expression is zero"},
		zero("mail"):    {headstart.Down, `{job="mail"} is zero`},
		"vector(0) > 0": {headstart.Unknown, "not checked: the expression returns nothing; use == bool, which keeps what is false as 0, and check that the metric exists"},
		"vector(0) / 0": {headstart.Unknown, "not checked: {} is not a number; the expression divides by zero or reads a stale value"},
		"up[5m]":        {headstart.Unknown, `not checked: the expression returns a matrix; write one that returns an instant vector or a scalar, such as "up{job=\"mail\"} == bool 1"`},
		`\"words\"`:     {headstart.Unknown, "not checked: "},
		"up ==== 1":     {headstart.Unknown, "not checked: the expression is wrong: "},
		zero("web") + " or " + zero("mail") + " or vector(1)": {headstart.Down, `{job="mail"} is zero, 2 of 3 are`},
		zero("web") + " + 1 or vector(2)":                     {headstart.OK, "none of 2 samples is zero"},
	} {
		got := checkOne(t, fmt.Sprintf(`{name: q, kind: promql, target: %q, query: "%s"}`, url, query))
		if got.Verdict != want.verdict || !strings.HasPrefix(got.Reason, want.reason) {
			t.Errorf("%s\n got %s, %s\nwant %s, %s", query, got.Verdict, got.Reason, want.verdict, want.reason)
		}
	}
}

// A Prometheus that misbehaves tells nothing about what was asked, is bounded in
// memory and time, and gets no log-in that was meant for another.
func TestPromQLBadAnswers(t *testing.T) {
	bomb := zipped(8 << 20) // twice what is read
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("geheim\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	leaked := false
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { leaked = true }))
	defer other.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, pass, _ := r.BasicAuth(); user != "probe" || pass != "geheim" {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		switch strings.Split(r.URL.Path, "/")[1] {
		case "elsewhere":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		case "html":
			_, _ = io.WriteString(w, "<html>Log in</html>")
		case "null":
			_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":null}}`)
		case "endless":
			_, _ = io.Copy(io.Discard, r.Body)
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		case "bomb":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb)
		case "hangs":
			_, _ = io.Copy(io.Discard, r.Body) // else nobody watches whether the client left
			<-r.Context().Done()
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	for path, want := range map[string]string{
		"elsewhere": "not checked: redirected to " + other.URL + "; set target to that if it is right",
		"html":      "not checked: what answers there is no Prometheus; check target",
		"null":      "not checked: ",
		"endless":   "not checked: the answer is too large",
		"bomb":      "not checked: the answer is too large",
		"hangs":     "not checked: no answer within 500ms",
		"nothing":   "not checked: there is no API under this URL; set target to the base URL of Prometheus",
	} {
		got := checkOne(t, fmt.Sprintf(`{name: q, kind: promql, target: "%s/%s", query: up, username: probe, password_file: %q, interval: 1s}`, srv.URL, path, password))
		if got.Verdict != headstart.Unknown || !strings.HasPrefix(got.Reason, want) {
			t.Errorf("%s\n got %s, %s\nwant %s", path, got.Verdict, got.Reason, want)
		}
	}
	for probe, want := range map[string]string{
		`{name: q, kind: promql, target: "` + srv.URL + `", query: up}`:                                                "not checked: the log-in is refused",
		`{name: q, kind: promql, target: "http://` + closedPort(t) + `", query: up}`:                                   "not checked: connection refused",
		`{name: q, kind: promql, target: "http://metadata.invalid", query: up}`:                                        "not checked: ",
		`{name: q, kind: promql, target: "` + srv.URL + `", query: up, username: probe, password_file: /no/such/file}`: "not checked: ",
	} {
		if got := checkOne(t, probe); got.Verdict != headstart.Unknown || !strings.HasPrefix(got.Reason, want) {
			t.Errorf("%s: %s, %s; want %s", probe, got.Verdict, got.Reason, want)
		}
	}
	if leaked {
		t.Error("a redirect was followed to another host")
	}
}

// zipped is so many zeros, packed before anybody waits for them.
func zipped(size int) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(make([]byte, size))
	_ = z.Close()
	return b.Bytes()
}
