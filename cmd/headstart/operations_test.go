package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headstart/notify/smtptest"
)

// operations calls what openapi.json describes, with the bodies it shows.
type operations struct {
	*lifetime
	doc     described
	tickets int
	outage  string // the incident of a switch and a printer
}

// answer is what an operation answered.
type answer struct {
	status int
	kind   string // media type
	body   []byte
	json   any // nil: it is none
}

// of finds a value by keys and places in lists, such as "announcements/0/id".
func (a answer) of(path string) string {
	v := a.json
	for key := range strings.SplitSeq(path, "/") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			var n int
			if _, err := fmt.Sscan(key, &n); err != nil || n >= len(x) {
				return ""
			}
			v = x[n]
		}
	}
	s, _ := v.(string)
	return s
}

// op is the description of an operation.
func (o *operations) op(pattern string) map[string]any {
	method, path, _ := strings.Cut(pattern, " ")
	item, _ := o.doc["paths"].(map[string]any)[path].(map[string]any)
	op, _ := item[strings.ToLower(method)].(map[string]any)
	if op == nil {
		o.t.Fatalf("%s is not described", pattern)
	}
	return op
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// call asks for an operation as its description says; real are values of this
// installation by those that stand in the example, and id is what the path names.
func (o *operations) call(pattern, id string, real map[string]string) answer {
	o.t.Helper()
	method, path, _ := strings.Cut(pattern, " ")
	op := o.op(pattern)
	path = placeholder.ReplaceAllLiteralString(path, url.PathEscape(id))
	query := url.Values{}
	params, _ := op["parameters"].([]any)
	for _, p := range params {
		if p := p.(map[string]any); p["in"] == "query" && p["required"] == true {
			query.Set(p["name"].(string), p["example"].(string))
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	body, kind := o.body(pattern, op)
	for example, is := range real {
		body = bytes.ReplaceAll(body, []byte(`"`+example+`"`), []byte(`"`+is+`"`))
	}
	token, err := os.ReadFile(o.as)
	if err != nil {
		o.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(o.t.Context(), 30*time.Second) // streams end with it
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, "http://127.0.0.1:8480"+path, bytes.NewReader(body))
	r.RemoteAddr = "127.0.0.1:50000"
	r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	o.h.ServeHTTP(w, r)
	return readAnswer(w)
}

func readAnswer(w *httptest.ResponseRecorder) answer {
	a := answer{status: w.Code, body: w.Body.Bytes()}
	a.kind, _, _ = mime.ParseMediaType(w.Header().Get("Content-Type"))
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	if d.Decode(&a.json) != nil {
		a.json = nil
	}
	return a
}

// body is the example of the description, as its own schema says.
func (o *operations) body(pattern string, op map[string]any) (body []byte, kind string) {
	request, _ := op["requestBody"].(map[string]any)
	content, _ := request["content"].(map[string]any)
	for kind, c := range content {
		example := c.(map[string]any)["example"]
		if example == nil {
			o.t.Errorf("%s takes a body and has no example; write one in web/api_examples.go", pattern)
			return nil, kind
		}
		for _, wrong := range o.doc.mistakes(c.(map[string]any)["schema"].(map[string]any), example, "") {
			o.t.Errorf("%s: its example is not as its schema says: %s", pattern, wrong)
		}
		if text, ok := example.(string); ok {
			return []byte(text), kind
		}
		b, err := json.Marshal(example)
		if err != nil {
			o.t.Fatal(err)
		}
		return b, kind
	}
	return nil, "application/json"
}

// judge compares an answer with what is described of it.
func (o *operations) judge(pattern string, a answer) {
	o.t.Helper()
	responses := o.op(pattern)["responses"].(map[string]any)
	answers, _ := responses[fmt.Sprint(a.status)].(map[string]any)
	if answers == nil || a.status/100 != 2 {
		o.t.Errorf("%s: %d %.300s; described are %v", pattern, a.status, a.body, slices.Sorted(maps.Keys(responses)))
		return
	}
	content, _ := answers["content"].(map[string]any)
	c, _ := content[a.kind].(map[string]any)
	if c == nil {
		o.t.Errorf("%s: answers with %q; described are %v", pattern, a.kind, slices.Sorted(maps.Keys(content)))
		return
	}
	if a.kind != "application/json" {
		return
	}
	wrong := o.doc.mistakes(c["schema"].(map[string]any), a.json, "")
	slices.Sort(wrong)
	for _, w := range slices.Compact(wrong) {
		o.t.Errorf("%s: %s", pattern, w)
	}
}

// opened is a new incident.
func (o *operations) opened() string { return o.call("POST /api/v1/incidents", "", nil).of("id") }

// told is an announcement of a new incident: a draft, or what users read.
func (o *operations) told(draft bool) string {
	id := o.opened()
	a := o.ask("POST", "/api/v1/incidents/"+id+"/announce", fmt.Sprintf(`{"phase":"investigating","draft":%v}`, draft))
	if a.Code != http.StatusOK {
		o.t.Fatalf("announce: %d %s", a.Code, a.Body)
	}
	return readAnswer(o.ask("GET", "/api/v1/announcements?incident="+id, "")).of("announcements/0/id")
}

// reported is a new ticket, by that of the examples.
func (o *operations) reported() map[string]string {
	o.tickets++
	id := fmt.Sprintf("T-%d", o.tickets)
	o.ticket("portal", id, "Printer doet het niet", "afdrukken lukt niet", "jan", "")
	return map[string]string{"T-1042": id}
}

// known is a new known error of the desk, work a new window.
func (o *operations) known() string { return o.call("POST /api/v1/known-errors", "", nil).of("id") }
func (o *operations) work() string  { return o.call("POST /api/v1/maintenance", "", nil).of("id") }

// scene is what an operation is about: the value of its path, and values of this
// installation by those of its example.
func (o *operations) scene(pattern string) (id string, real map[string]string) {
	const inc, ann = "POST /api/v1/incidents/{id}/", "POST /api/v1/announcements/{id}/"
	switch pattern {
	case inc + "split":
		return o.outage, nil
	case inc + "merge":
		return o.opened(), map[string]string{"HS-12": o.opened()}
	case inc + "reopen":
		id := o.opened()
		o.call(inc+"resolve", id, nil)
		return id, nil
	case inc + "link", inc + "reject-link":
		return o.opened(), o.reported()
	case inc + "unlink", inc + "confirm-link":
		id, real := o.opened(), o.reported()
		o.call(inc+"link", id, real)
		return id, real
	case inc + "helped":
		return o.opened(), map[string]string{"KE-7": o.known()}
	case ann + "withdraw":
		return o.told(false), nil
	case ann + "cover":
		return o.told(false), map[string]string{"HS-12": o.opened()}
	case ann + "uncover":
		id, real := o.told(false), map[string]string{"HS-12": o.opened()}
		o.call(ann+"cover", id, real)
		return id, real
	case "POST /api/v1/desk/todo-done":
		o.call("POST /api/v1/desk/todo", "", nil)
		return "", map[string]string{"note-1": readAnswer(o.ask("GET", "/api/v1/desk", "")).of("notes/0/id")}
	case "POST /api/v1/maintenance/{id}/approve":
		return readAnswer(o.ask("GET", "/api/v1/maintenance?state=proposed", "")).of("maintenance/0/id"), nil
	case "GET /api/v1/commands/{id}":
		return o.call("POST /api/v1/desk/notice", "", nil).of("command"), nil
	case "POST /api/v1/dead-letters/resend", "POST /api/v1/dead-letters/dismiss":
		o.told(false)
		time.Sleep(time.Minute) // the channel hook refuses it
		return "", map[string]string{"9f2c1e0b7a6d5c48/noord/1/mail-all": readAnswer(o.ask("GET", "/api/v1/dead-letters", "")).of("dead_letters/0/message")}
	case "GET /api/v1/announcements/{id}":
		return o.told(false), nil
	case "GET /api/v1/incidents/{id}/reply":
		o.told(false)
		return readAnswer(o.ask("GET", "/api/v1/incidents?limit=1", "")).of("incidents/0/id"), nil
	case "POST /api/v1/channels/{name}/test":
		return "mail", nil
	case "POST /api/v1/aliases/{id}/reject":
		return "alias-1", nil
	}
	switch {
	case strings.Contains(pattern, "/incidents/{id}"):
		return o.opened(), nil
	case strings.Contains(pattern, "/announcements/{id}"):
		return o.told(true), nil
	case strings.Contains(pattern, "/known-errors/{id}"):
		return o.known(), nil
	case strings.Contains(pattern, "/maintenance/{id}"):
		return o.work(), nil
	case strings.Contains(pattern, "/agents/{name}"):
		return "noord", nil
	}
	return "", nil
}

// calendar has work that somebody planned elsewhere, so that it waits for approval.
const calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:werk-1\r\nDTSTAMP:20261120T080000Z\r\n" +
	"DTSTART:20261125T180000Z\r\nDTEND:20261125T200000Z\r\nSUMMARY:Onderhoud sw-n-2\r\nORGANIZER:mailto:wie@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// TestOperations calls every operation of openapi.json on the whole service, with the body
// that the description shows, and holds the answer to the described status, media type and
// schema. Operations that need something to be about get it of operations.scene.
func TestOperations(t *testing.T) {
	t.Parallel()
	sink := smtptest.Start(t) // outside the bubble, as the calendar and a web hook that refuses
	others := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusGone)
			return
		}
		_, _ = w.Write([]byte(calendar))
	}))
	defer others.Close()
	others.Config.SetKeepAlivesEnabled(false) // a connection that stays open lets no time pass in the bubble
	synctest.Test(t, func(t *testing.T) {
		l := newLifetime(t, fmt.Sprintf(`agents: [{name: noord, asset: sw-n-2, token_file: site}]
probes: [{name: nightly, kind: push, location: noord, interval: 24h}]
channels:
  - {name: mail, type: email, smarthost: %q, from: servicedesk@voorbeeld.example, to: [iedereen@voorbeeld.example]}
  - {name: hook, type: webhook, url: %q, secret_file: site}
report: {to: [mail]}
maintenance: {ical: [{url: %q}]}
`, sink.Addr, others.URL, others.URL))
		text, err := os.ReadFile(l.config)
		if err != nil {
			t.Fatal(err)
		}
		write(t, l.config, strings.Replace(string(text), "recover: 3s", "recover: 3s, reopen: 1m", 1))
		write(t, filepath.Join(l.dir, "site"), "a token of the site alone, long enough")
		l.until(9817, "06:30") // Monday 23 November 2026, of which the examples are
		l.session(func() {
			o := &operations{lifetime: l}
			doc := readAnswer(l.ask("GET", "/api/v1/openapi.json", ""))
			if o.doc, _ = doc.json.(map[string]any); o.doc["paths"] == nil {
				t.Fatalf("openapi.json: %d %.300s", doc.status, doc.body)
			}
			for range 3 { // a cause that comes back
				began := time.Now()
				l.outage(began, began.Add(time.Hour))
				l.outage(began, time.Now())
				time.Sleep(2 * time.Minute)
			}
			l.outage(time.Now(), time.Now().Add(24*time.Hour))
			o.outage = readAnswer(l.ask("GET", "/api/v1/incidents?state=live", "")).of("incidents/0/id")
			l.ticket("portal", "T-1042", "Printer doet het niet", "afdrukken lukt niet", "jan", "")
			time.Sleep(time.Minute)
			for _, pattern := range o.patterns() {
				id, real := o.scene(pattern)
				o.judge(pattern, o.call(pattern, id, real))
			}
		})
	})
}

// patterns are all operations: those that act first, so that the lists have something to
// show, and of those what stops the others last.
func (o *operations) patterns() (out []string) {
	for path, item := range o.doc["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			out = append(out, strings.ToUpper(method)+" "+path)
		}
	}
	rank := func(pattern string) int {
		switch {
		case strings.HasSuffix(pattern, "/forget"), strings.HasSuffix(pattern, "/hush"):
			return 2
		case strings.HasPrefix(pattern, "GET "):
			return 1
		}
		return 0
	}
	slices.SortFunc(out, func(a, b string) int {
		if x, y := rank(a), rank(b); x != y {
			return x - y
		}
		return strings.Compare(a, b)
	})
	return out
}
