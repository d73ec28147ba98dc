package alerts

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// ours are bodies that Alertmanager takes and we refuse, because the log could
// not hold them or one sender could fill it; and what its 0.25 did not know yet.
var ours = map[string]string{
	"only dropped labels": "drop_labels are ours",
	"invalid UTF-8":       "replaced there",
	"year 0":              "taken there",
	"year 9999":           "taken there",
	"10,000 labels":       "taken there",
	"a huge annotation":   "taken there",
	"8 MiB and a byte":    "taken there",
	"deep nesting":        "another limit",
	"rubbish behind":      "not read there",
	"UTF-8 label names":   "since 0.27",
}

// TestAnswersAreRealAlertmanagers posts every body of the table to the real
// program too: status, the code in the answer, and whether it is a bare string
// must be the same.
func TestAnswersAreRealAlertmanagers(t *testing.T) {
	real := startAlertmanager(t)
	s := newStand(t)
	for name, tt := range answers {
		if ours[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequest("POST", real+"/api/v2/alerts", strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			switch tt.kind {
			case "-":
			case "":
				r.Header.Set("Content-Type", "application/json")
			default:
				r.Header.Set("Content-Type", tt.kind)
			}
			theirs, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer theirs.Body.Close()
			body, err := io.ReadAll(theirs.Body)
			if err != nil {
				t.Fatal(err)
			}
			w := serveLike(s, r, tt.body)
			got, want := fmt.Sprint(w.Code, " ", shape(w.Body.String())), fmt.Sprint(theirs.StatusCode, " ", shape(string(body)))
			if got != want {
				t.Errorf("we answer %s\nthey       %s (%s)", got, want, body)
			}
		})
	}
}

// serveLike answers the same request ourselves.
func serveLike(s *stand, r *http.Request, body string) *httptest.ResponseRecorder {
	again := httptest.NewRequest(r.Method, r.URL.Path, strings.NewReader(body))
	again.Header = r.Header
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, again)
	return w
}

// shape is what clients tell answers apart by: the code, or the string.
func shape(body string) string {
	var e struct {
		Code    int
		Message string
	}
	if json.Unmarshal([]byte(body), &e) == nil && e.Code != 0 {
		return fmt.Sprint("code ", e.Code, " ", strings.SplitN(e.Message, " because ", 2)[0])
	}
	var text string
	if json.Unmarshal([]byte(body), &text) == nil {
		return "text " + text
	}
	return strings.TrimSpace(body)
}

var listening = regexp.MustCompile(`msg="Listening on" address=(\S+)`)

// startAlertmanager starts the real program without peers and returns its URL.
func startAlertmanager(t *testing.T) string {
	t.Helper()
	url, _ := startAlertmanagerUntil(t)
	return url
}

// startAlertmanagerUntil starts one that a test can stop.
func startAlertmanagerUntil(t *testing.T) (url string, stop func()) {
	t.Helper()
	program, err := exec.LookPath("prometheus-alertmanager")
	if err != nil {
		t.Fatalf("%v; install Debian's prometheus-alertmanager", err)
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(config, []byte("route: {receiver: none}\nreceivers: [{name: none}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--config.file="+config, "--storage.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:0", "--cluster.listen-address=")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	t.Cleanup(stop)
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	select {
	case address := <-found:
		return "http://" + address, stop
	case <-time.After(30 * time.Second):
		t.Fatal("alertmanager did not start within 30 s")
		return "", nil
	}
}
