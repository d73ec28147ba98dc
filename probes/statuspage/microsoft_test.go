package statuspage

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"headstart"
)

// graph is a Microsoft Graph that checks what it is asked, as its documentation
// wants it.
type graph struct {
	*httptest.Server
	overviews, issues string
	status            int // of the overviews; zero: 200
	elsewhere         string
}

func newGraph(t *testing.T) *graph {
	t.Helper()
	g := &graph{issues: `{"value":[]}`}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /contoso.example/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) {
		for key, want := range map[string]string{"grant_type": "client_credentials", "client_id": "app", "scope": g.URL + "/.default"} {
			if got := r.PostFormValue(key); got != want {
				t.Errorf("%s is %q, want %q", key, got, want)
			}
		}
		if r.PostFormValue("client_secret") != "s3cret" {
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":3599,"access_token":"tok"}`)
	})
	bearer := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer tok" {
				t.Errorf("%s without the token", r.URL)
			}
			next(w, r)
		}
	}
	mux.HandleFunc("GET /v1.0/admin/serviceAnnouncement/healthOverviews", bearer(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case g.status != 0:
			w.WriteHeader(g.status)
		case r.URL.Query().Get("page") == "2":
			_, _ = io.WriteString(w, `{"value":[{"id":"Teams","service":"Microsoft Teams","status":"serviceDegradation"}],"@odata.nextLink":"`+g.elsewhere+`"}`)
		default:
			_, _ = io.WriteString(w, g.overviews)
		}
	}))
	mux.HandleFunc("GET /v1.0/admin/serviceAnnouncement/issues", bearer(func(w http.ResponseWriter, r *http.Request) {
		if f := r.URL.Query().Get("$filter"); f != "isResolved eq false" {
			t.Errorf("$filter is %q", f)
		}
		_, _ = io.WriteString(w, g.issues)
	}))
	g.Server = httptest.NewServer(mux)
	t.Cleanup(g.Close)
	return g
}

func services(pairs ...string) string {
	var all []string
	for _, p := range pairs {
		id, status, _ := strings.Cut(p, "=")
		all = append(all, fmt.Sprintf(`{"id":%q,"service":"Microsoft %s","status":%q}`, id, id, status))
	}
	return `{"value":[` + strings.Join(all, ",") + `]}`
}

// The health of a tenant is a verdict that names the service and Microsoft's own
// number and title.
func TestMicrosoft(t *testing.T) {
	const open = `{"value":[{"id":"MO1","title":"Other","service":"Microsoft Intune"},{"id":"EX77","title":"Mail is late","service":"Microsoft Exchange"}]}`
	for name, tc := range map[string]struct {
		overviews, issues string
		status            int
		secret            string
		wanted            []string
		verdict           headstart.Verdict
		reason            string
	}{
		"all works":        {overviews: services("Exchange=serviceOperational", "Intune=serviceRestored"), verdict: headstart.OK, reason: "all 2 services work"},
		"degraded":         {overviews: services("Intune=serviceOperational", "Exchange=serviceDegradation"), issues: open, verdict: headstart.Warn, reason: "Microsoft Exchange is degraded: EX77 Mail is late"},
		"the worst counts": {overviews: services("Intune=investigating", "Exchange=serviceInterruption"), issues: open, verdict: headstart.Down, reason: "Microsoft Exchange is out: EX77 Mail is late"},
		"only ours":        {overviews: services("Intune=serviceOperational", "Exchange=serviceInterruption"), wanted: []string{"microsoft intune"}, verdict: headstart.OK, reason: "Microsoft Intune works"},
		"without a title":  {overviews: services("Exchange=serviceInterruption"), issues: "no", verdict: headstart.Down, reason: "Microsoft Exchange is out"},
		"not ours":         {overviews: services("Exchange=serviceOperational"), wanted: []string{"Teams"}, reason: `the page has no component "Teams"; it has Microsoft Exchange`},
		"a new status":     {overviews: services("Exchange=unknownFutureValue"), reason: `Microsoft Exchange is "unknownFutureValue", which is no documented status`},
		"nothing":          {overviews: `{"value":[]}`, reason: "Microsoft Graph names no service"},
		"no list":          {overviews: `<html>`, reason: "Microsoft Graph gave no list"},
		"a wrong secret":   {secret: "old", reason: "the log-in at Microsoft is refused with HTTP status 401 Unauthorized; check tenant"},
		"no permission":    {status: 403, reason: "Microsoft Graph answers HTTP status 403 Forbidden; give the application the permission ServiceHealth.Read.All"},
		"too often":        {status: 429, reason: "Microsoft Graph answers HTTP status 429 Too Many Requests; raise interval"},
		"Graph is out":     {status: 503, reason: "Microsoft Graph answers HTTP status 503 Service Unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGraph(t)
			g.overviews, g.status = tc.overviews, tc.status
			if tc.issues != "" {
				g.issues = tc.issues
			}
			if tc.secret == "" {
				tc.secret = "s3cret"
			}
			got, err := Microsoft{Graph: g.URL, Login: g.URL, Tenant: "contoso.example", ClientID: "app", Secret: tc.secret}.Read(t.Context(), g.Client(), tc.wanted)
			if tc.verdict == "" {
				if err == nil || !strings.HasPrefix(err.Error(), tc.reason) || strings.Contains(err.Error(), tc.secret) {
					t.Errorf("got %+v, %v; want the error %q", got, err, tc.reason)
				}
				return
			}
			if err != nil || got.Verdict != tc.verdict || got.Reason != tc.reason {
				t.Errorf("got %+v, %v; want %s, %q", got, err, tc.verdict, tc.reason)
			}
		})
	}
}

// Lists come in pages; one that leads elsewhere gets no token.
func TestMicrosoftPages(t *testing.T) {
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer other.Close()
	g := newGraph(t)
	g.elsewhere = other.URL + "/v1.0/more"
	g.overviews = `{"value":[{"id":"Exchange","service":"Exchange Online","status":"serviceOperational"}],"@odata.nextLink":"` + g.URL + `/v1.0/admin/serviceAnnouncement/healthOverviews?page=2"}`
	got, err := Microsoft{Graph: g.URL, Login: g.URL, Tenant: "contoso.example", ClientID: "app", Secret: "s3cret"}.Read(t.Context(), g.Client(), nil)
	if err != nil || got.Reason != "Microsoft Teams is degraded" || asked {
		t.Errorf("got %+v, %v; asked elsewhere: %t", got, err, asked)
	}
}

// Each cloud's Graph has its own place for tokens, and nothing else is one.
func TestLoginOf(t *testing.T) {
	for target, want := range map[string]string{
		"https://graph.microsoft.com":   "https://login.microsoftonline.com",
		"https://graph.microsoft.us/":   "https://login.microsoftonline.us",
		"http://graph.microsoft.com":    "",
		"https://graph.example":         "",
		"https://graph.microsoft.com/x": "",
	} {
		if got, err := LoginOf(target); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v; want %q", target, got, err, want)
		}
	}
}
