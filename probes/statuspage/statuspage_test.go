package statuspage

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"headstart"
)

// page is a summary in which status, components and notices are put.
func page(indicator, description, components, incidents, scheduled string) string {
	return fmt.Sprintf(`{"page":{"id":"p1","name":"Leverancier","url":"https://status.example","updated_at":"2026-11-22T08:00:00Z"},
"status":{"indicator":%q,"description":%q},"components":[%s],"incidents":[%s],"scheduled_maintenances":[%s]}`, indicator, description, components, incidents, scheduled)
}

func part(id, name, status string) string {
	return fmt.Sprintf(`{"id":%q,"name":%q,"status":%q,"group":false,"only_show_if_degraded":false}`, id, name, status)
}

// Each documented indicator and status is a verdict, told with the component and
// the vendor's own title.
func TestSummary(t *testing.T) {
	both := part("c1", "API", "operational") + "," + part("c2", "Mail", "partial_outage")
	broken := `{"name":"Mail komt laat aan","status":"identified","impact":"major","components":[` + part("c2", "Mail", "partial_outage") + `]}`
	works := part("c1", "API", "operational") + "," + part("c2", "Mail", "operational")
	group := `{"id":"g1","name":"Europa","status":"major_outage","group":true},` + part("c3", "Opslag", "major_outage")
	for name, tc := range map[string]struct {
		body       string
		components []string
		verdict    headstart.Verdict
		reason     string // of the report, or of the error where there is no verdict
	}{
		"all is well":             {page("none", "All Systems Operational", works, "", ""), nil, headstart.OK, "Leverancier says: All Systems Operational"},
		"a component is named":    {page("major", "Partial System Outage", both, broken, ""), nil, headstart.Down, "Mail is out in part; Leverancier says: Partial System Outage: Mail komt laat aan"},
		"minor":                   {page("minor", "Minor Service Outage", part("c1", "API", "degraded_performance"), "", ""), nil, headstart.Warn, "API is slow; Leverancier says: Minor Service Outage"},
		"critical, no component":  {page("critical", "Major Service Outage", works, `{"name":"Alles plat","status":"investigating","components":[]}`, ""), nil, headstart.Down, "Leverancier says: Major Service Outage: Alles plat"},
		"maintenance":             {page("maintenance", "Service Under Maintenance", part("c1", "API", "under_maintenance"), "", `{"name":"Nieuwe schijven","status":"in_progress","components":[`+part("c1", "API", "under_maintenance")+`]}`), nil, headstart.Warn, "API is being worked on; Leverancier says: Service Under Maintenance: Nieuwe schijven"},
		"only ours counts":        {page("major", "Partial System Outage", both, broken, ""), []string{"api"}, headstart.OK, "API works"},
		"ours by id":              {page("major", "Partial System Outage", both, broken, ""), []string{"c2"}, headstart.Down, "Mail is out in part: Mail komt laat aan"},
		"two of ours":             {page("none", "", works, "", ""), []string{"API", "Mail"}, headstart.OK, "all 2 components work"},
		"the part, not the group": {page("critical", "x", group, "", ""), []string{"Europa", "Opslag"}, headstart.Down, "Opslag is out"},
		"work to come":            {page("none", "Fine", both, "", `{"name":"Later","status":"scheduled","components":[`+part("c2", "Mail", "x")+`]}`), []string{"Mail"}, headstart.Down, "Mail is out in part"},
		"no such component":       {page("none", "", works, "", ""), []string{"Agenda"}, "", `the page has no component "Agenda"; it has API, Mail`},
		"an unknown indicator":    {page("purple", "", works, "", ""), nil, "", `the page says "purple", which is no documented indicator`},
		"an unknown status":       {page("none", "", part("c1", "API", "meh"), "", ""), []string{"API"}, "", `API is "meh", which is no documented status`},
		"another JSON":            {`{"hello":"world"}`, nil, "", "the page has neither status nor components; set target to its /api/v2/summary.json"},
		"cut off":                 {`{"page":{`, nil, "", "the page is no JSON of statuspage.io; set target to its /api/v2/summary.json"},
		"neither":                 {"hello", nil, "", "the page is neither JSON of statuspage.io nor a feed"},
		"empty":                   {"", nil, "", "the page is neither JSON of statuspage.io nor a feed"},
	} {
		t.Run(name, func(t *testing.T) { readAs(t, tc.body, tc.components, tc.verdict, tc.reason) })
	}
}

// readAs serves body under the path a base URL stands for, and reads it.
func readAs(t *testing.T, body string, components []string, verdict headstart.Verdict, reason string) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v2/summary.json" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, body)
	}))
	defer srv.Close()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	got, err := Read(t.Context(), srv.Client(), srv.URL, components, now)
	if verdict == "" {
		if err == nil || !strings.HasPrefix(err.Error(), reason) {
			t.Errorf("got %+v, %v; want the error %q", got, err, reason)
		}
		return
	}
	if err != nil || got.Verdict != verdict || got.Reason != reason {
		t.Errorf("got %+v, %v; want %s, %q", got, err, verdict, reason)
	}
}

// A feed says what is open, never how bad it is: at most a warning.
func TestFeed(t *testing.T) {
	atom := func(entries string) string {
		return `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Status</title>` + entries + `</feed>`
	}
	item := func(title, at, content string) string {
		return `<entry><title>` + title + `</title><updated>` + at + `</updated><content type="html">` + content + `</content></entry>`
	}
	const recent, old = "2026-11-22T07:00:00Z", "2026-11-01T07:00:00Z"
	const open = "&lt;strong&gt;Investigating&lt;/strong&gt; - Mail is late"
	const fine = "the vendor reports nothing that is not over"
	for name, tc := range map[string]struct {
		body       string
		components []string
		verdict    headstart.Verdict
		reason     string
	}{
		"nothing":              {atom(""), nil, headstart.OK, fine},
		"open":                 {atom(item("Mail delays", recent, open)), nil, headstart.Warn, "the vendor reports: Mail delays"},
		"resolved since":       {atom(item("Mail delays", recent, "&lt;strong&gt;Resolved&lt;/strong&gt; - done. &lt;strong&gt;Investigating&lt;/strong&gt; - late")), nil, headstart.OK, fine},
		"resolved by title":    {atom(item("RESOLVED: Mail delays", recent, "Update")), nil, headstart.OK, fine},
		"back by title":        {atom(item("Service is operating normally: EC2", recent, "We are investigating")), nil, headstart.OK, fine},
		"an operational issue": {atom(item("Operational issue", recent, open)), nil, headstart.Warn, "the vendor reports: Operational issue"},
		"planned":              {atom(item("New disks", recent, "&lt;strong&gt;Scheduled&lt;/strong&gt; - next week, in progress at 5")), nil, headstart.OK, fine},
		"work goes on":         {atom(item("New disks", recent, "&lt;strong&gt;In progress&lt;/strong&gt; - we began")), nil, headstart.Warn, "the vendor reports: New disks"},
		"never ended":          {atom(item("Mail delays", old, open)), nil, headstart.OK, fine},
		"of another":           {atom(item("Mail delays", recent, open)), []string{"Telefonie"}, headstart.OK, fine},
		"of ours":              {atom(item("Mail delays", recent, open)), []string{"mail"}, headstart.Warn, "the vendor reports: Mail delays"},
		"RSS": {
			`<rss version="2.0"><channel><title>x</title><item><title>DNS down &amp; out</title><pubDate>Sun, 22 Nov 2026 07:10:00 GMT</pubDate><description>We are investigating&nbsp;this</description></item></channel></rss>`,
			nil, headstart.Warn, "the vendor reports: DNS down & out",
		},
		"RSS in Latin-1": {
			"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss><channel><item><title>Caf\xe9 dicht</title></item></channel></rss>",
			nil, headstart.Warn, "the vendor reports: Café dicht",
		},
		"HTML":    {`<html><body>Hello</body></html>`, nil, "", "the page is html, no feed"},
		"cut off": {`<feed><entry>`, nil, "", "the page is no feed; set target to its RSS or Atom address"},
	} {
		t.Run(name, func(t *testing.T) { readAs(t, tc.body, tc.components, tc.verdict, tc.reason) })
	}
}

// A page that fails is an error that says how.
func TestPageFails(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) }))
	defer srv.Close()
	_, err := Read(t.Context(), srv.Client(), srv.URL+"/feed.atom", nil, time.Now())
	if err == nil || err.Error() != "HTTP status 502 Bad Gateway" {
		t.Errorf("got %v", err)
	}
}
