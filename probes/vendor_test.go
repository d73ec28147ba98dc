package probes

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headstart"
)

// What the vendor says is a verdict; that its page fails is none, whatever the
// reason, for it is the page that fails and not the service.
func TestVendorsPage(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v2/summary.json":
			_, _ = io.WriteString(w, `{"page":{"name":"Leverancier"},"status":{"indicator":"critical","description":"Alles\nplat"},"components":[]}`)
		case "/moved":
			http.Redirect(w, r, "/api/v2/summary.json", http.StatusMovedPermanently)
		case "/inward":
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte("<feed>" + strings.Repeat(" ", 1<<16))); err != nil {
					return
				}
			}
		case "/hangs":
			<-r.Context().Done()
		default:
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	defer srv.Close()
	const failed = "the vendor's page could not be read: "
	m365 := `target: "https://graph.microsoft.com", tenant: t, client_id: i, client_secret_file: `
	for keys, want := range map[string]struct {
		verdict headstart.Verdict
		reason  string
	}{
		`target: "` + srv.URL + `"`:                  {headstart.Down, "Leverancier says: Alles plat"},
		`target: "` + srv.URL + `/moved"`:            {headstart.Down, "Leverancier says: Alles plat"},
		`target: "` + srv.URL + `", components: [x]`: {headstart.Unknown, failed + `the page has no component "x"`},
		`target: "` + srv.URL + `/inward"`:           {headstart.Unknown, failed + "169.254.169.254:80 is an internal address no setting names"},
		`target: "` + srv.URL + `/loop"`:             {headstart.Unknown, failed + "more than 10 redirects"},
		`target: "` + srv.URL + `/endless"`:          {headstart.Unknown, failed + "the answer is too large"},
		`target: "` + srv.URL + `/hangs"`:            {headstart.Unknown, failed + "no answer within 500ms"},
		`target: "` + srv.URL + `/broken"`:           {headstart.Unknown, failed + "HTTP status 502 Bad Gateway"},
		`target: "http://` + closedPort(t) + `"`:     {headstart.Unknown, failed + "connection refused"},
		m365 + "/no/such/file":                       {headstart.Unknown, failed + "client_secret_file: open /no/such/file"},
		m365 + empty:                                 {headstart.Unknown, failed + "client_secret_file is empty; write the secret into it"},
	} {
		got := checkOne(t, "{name: v, kind: statuspage, interval: 1s, "+keys+"}")
		if got.Verdict != want.verdict || !strings.HasPrefix(got.Reason, want.reason) {
			t.Errorf("%s\n got %s, %s\nwant %s, %s", keys, got.Verdict, got.Reason, want.verdict, want.reason)
		}
	}
}
