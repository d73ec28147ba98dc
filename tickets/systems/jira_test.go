package systems

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// jiraFake answers as Cloud or Data Center documents.
func jiraFake(cloud bool) func(*fake, http.ResponseWriter, *http.Request) {
	return func(f *fake, w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		id := ""
		for _, prefix := range []string{"/rest/api/2/issue/", "/rest/servicedeskapi/request/", "/rest/api/2/issueLink/"} {
			if rest, ok := strings.CutPrefix(path, prefix); ok {
				id, _, _ = strings.Cut(rest, "/")
			}
		}
		x := f.get(id)
		switch {
		case path == "/rest/api/2/search" && !cloud, path == "/rest/api/2/search/jql" && cloud:
			jiraSearch(f, w, r, cloud)
		case path == "/rest/api/2/search":
			http.Error(w, `{"errorMessages":["removed"]}`, http.StatusGone)
		case path == "/rest/api/2/serverInfo":
			f.answer(w, http.StatusOK, map[string]any{"version": "1001.0.0", "deploymentType": map[bool]string{true: "Cloud", false: "Server"}[cloud]})
		case path == "/rest/api/2/project":
			f.answer(w, http.StatusOK, []map[string]string{{"key": "IT"}})
		case path == "/rest/pat/latest/tokens" && !cloud:
			f.answer(w, http.StatusOK, []map[string]any{
				{"name": "old", "lastAccessed": "2026-01-02T08:00:00.000Z", "expiringAt": "2026-12-01T08:00:00.000Z"},
				{"name": "headstart", "lastAccessed": "2026-11-23T08:00:00.000Z", "expiringAt": "2027-02-21T08:00:00.000Z"},
			})
		case path == "/rest/api/2/mypermissions" && f.params(w, r, "permissions"):
			have := map[string]bool{"havePermission": true}
			f.answer(w, http.StatusOK, map[string]any{"permissions": map[string]any{"ADD_COMMENTS": have, "LINK_ISSUES": have, "CREATE_ISSUES": have}})
		case path == "/rest/api/2/issue":
			jiraMake(f, w, r)
		case path == "/rest/api/2/issueLink":
			jiraLink(f, w, r)
		case strings.HasPrefix(path, "/rest/api/2/issueLink/"):
			f.get(strings.TrimPrefix(id, "link-")).parent = ""
			w.WriteHeader(http.StatusNoContent)
		case x == nil || x.deleted:
			f.missing(w, r)
		case strings.HasSuffix(path, "/comment"):
			jiraComment(f, w, r, x)
		case strings.HasSuffix(path, "/remotelink"):
			jiraPage(f, w, r, x)
		default:
			f.answer(w, http.StatusOK, x.jira())
		}
	}
}

func (x *fakeTicket) jira() map[string]any {
	at := func(t time.Time) string { return t.In(time.FixedZone("", 3600)).Format("2006-01-02T15:04:05.000-0700") }
	fields := map[string]any{
		"summary": x.title, "description": fakeBody, "status": map[string]any{"name": cmp.Or(x.state, "To Do"), "statusCategory": map[string]string{"key": map[bool]string{true: "new", false: "indeterminate"}[x.state == ""]}},
		"priority": map[string]string{"name": "High"}, "project": map[string]string{"key": "IT"},
		"reporter": map[string]string{"accountId": "5b10a2844c20165700ede21g", "displayName": "Karin Bakker", "emailAddress": "k.bakker@voorbeeld.example"},
		"created":  at(x.created), "updated": at(x.updated), "labels": []string{}, "issuelinks": []any{},
	}
	if x.mark != "" {
		fields["labels"] = []string{x.mark}
	}
	if x.parent != "" {
		fields["issuelinks"] = []any{map[string]any{"id": "link-" + x.id, "type": map[string]string{"name": "Relates"}, "inwardIssue": map[string]string{"id": x.parent}}}
	}
	log := []any{
		map[string]any{"items": []any{map[string]any{"field": "status", "from": "1", "to": "3"}}},
		map[string]any{"items": []any{map[string]any{"field": "resolution", "from": "10000", "to": nil}}},
	}
	return map[string]any{"id": x.id, "key": "IT-" + x.id[13:], "fields": fields, "changelog": map[string]any{"histories": log}}
}

func jiraSearch(f *fake, w http.ResponseWriter, r *http.Request, cloud bool) {
	var in struct {
		JQL    string   `json:"jql"`
		Fields []string `json:"fields"`
		Max    int      `json:"maxResults"`
		Start  int      `json:"startAt"`
		Token  string   `json:"nextPageToken"`
	}
	if !f.body(w, r, &in) {
		return
	}
	if label, ok := strings.CutPrefix(in.JQL, "labels = "); ok {
		list := []any{}
		for _, x := range f.tickets {
			if strconv.Quote(x.mark) == label {
				list = append(list, x.jira())
			}
		}
		f.answer(w, http.StatusOK, map[string]any{"issues": list, "total": len(list), "startAt": 0})
		return
	}
	var millis int64
	if _, err := fmt.Sscanf(in.JQL, "updated >= %d", &millis); err != nil {
		f.t.Errorf("JQL %q", in.JQL)
	}
	offset, _ := strconv.Atoi(in.Token)
	rows, more := f.page("", time.UnixMilli(millis), offset+in.Start)
	list := []any{}
	for _, x := range rows {
		list = append(list, x.jira())
	}
	out := map[string]any{"issues": list}
	if cloud && more {
		out["nextPageToken"] = strconv.Itoa(offset + f.rows)
	}
	if !cloud {
		out["startAt"], out["total"] = in.Start, in.Start+len(rows)
		if more {
			out["total"] = in.Start + len(rows) + 1
		}
	}
	f.answer(w, http.StatusOK, out)
}

func jiraMake(f *fake, w http.ResponseWriter, r *http.Request) {
	var in struct {
		Fields struct {
			Project     map[string]string `json:"project"`
			Type        map[string]string `json:"issuetype"`
			Summary     string            `json:"summary"`
			Description string            `json:"description"`
			Labels      []string          `json:"labels"`
		} `json:"fields"`
	}
	if f.body(w, r, &in) {
		x := f.add(&fakeTicket{title: in.Fields.Summary, mark: in.Fields.Labels[0]})
		f.answer(w, http.StatusCreated, map[string]string{"id": x.id, "key": "IT-1"})
	}
}

func jiraLink(f *fake, w http.ResponseWriter, r *http.Request) {
	var in struct {
		Type    map[string]string `json:"type"`
		Inward  map[string]string `json:"inwardIssue"`
		Outward map[string]string `json:"outwardIssue"`
	}
	if f.body(w, r, &in) {
		f.get(in.Outward["id"]).parent = in.Inward["id"]
		w.WriteHeader(http.StatusCreated)
	}
}

func jiraComment(f *fake, w http.ResponseWriter, r *http.Request, x *fakeTicket) {
	if r.Method == http.MethodGet {
		if !f.params(w, r, "start", "limit", "internal") {
			return
		}
		start, _ := strconv.Atoi(r.URL.Query().Get("start"))
		values := []map[string]any{}
		most := 2 // a server may give less than it was asked for
		if r.URL.Query().Get("internal") == "false" {
			most = 50
		}
		for n, note := range x.notes[min(start, len(x.notes)):] {
			author := map[string]string{"accountId": "712020:agent", "displayName": "Piet Jansen"}
			if strings.HasPrefix(note.text, "k.bakker:") {
				author["accountId"] = "5b10a2844c20165700ede21g"
			}
			if len(values) < most {
				values = append(values, map[string]any{"body": note.text, "public": note.public, "author": author, "created": map[string]string{"iso8601": f0.Add(time.Duration(n) * time.Minute).Format("2006-01-02T15:04:05-0700")}})
			}
		}
		f.answer(w, http.StatusOK, map[string]any{"values": values, "isLastPage": start+len(values) >= len(x.notes)})
		return
	}
	var in struct {
		Body   string `json:"body"`
		Public bool   `json:"public"`
	}
	if f.body(w, r, &in) {
		x.notes = append(x.notes, fakeNote{in.Body, in.Public})
		x.updated = f.tick()
		f.answer(w, http.StatusCreated, map[string]string{"id": "1"})
	}
}

func jiraPage(f *fake, w http.ResponseWriter, r *http.Request, x *fakeTicket) {
	switch r.Method {
	case http.MethodGet:
		list := []map[string]string{}
		for id := range x.pages {
			list = append(list, map[string]string{"globalId": id})
		}
		f.answer(w, http.StatusOK, list)
	case http.MethodDelete:
		delete(x.pages, r.URL.Query().Get("globalId"))
		w.WriteHeader(http.StatusNoContent)
	default:
		var in struct {
			Global string            `json:"globalId"`
			Object map[string]string `json:"object"`
		}
		if f.body(w, r, &in) {
			x.pages = map[string]string{in.Global: in.Object["url"]}
			f.answer(w, http.StatusCreated, map[string]int{"id": 1})
		}
	}
}

func newJira(t *testing.T, cloud bool) (*fake, func(t *testing.T) System) {
	t.Helper()
	auth := func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer token-of-the-tests" }
	if cloud {
		auth = basic("robot@voorbeeld.example", "token-of-the-tests")
	}
	f := newFake(t, 5, auth, jiraFake(cloud))
	return f, func(t *testing.T) System {
		s := mustOpen(t, "jira", f.settingsFor(func(s *Settings) {
			s.CreateIn, s.HookSecretFile = "IT", secretFile(t, "a secret of sixteen bytes")
			if cloud {
				s.Username = "robot@voorbeeld.example"
			}
		}))
		s.(*jira).rows = f.rows
		return s
	}
}

func TestJiraCloud(t *testing.T) {
	f, open := newJira(t, true)
	testContract(t, f.rig(open))
}

func TestJiraDataCenter(t *testing.T) {
	f, open := newJira(t, false)
	testContract(t, f.rig(open))
}

// TestJiraWaitsForItsSearch: after a lost answer a search that shows nothing yet
// is not believed, or a second issue would be made.
func TestJiraWaitsForItsSearch(t *testing.T) {
	f, open := newJira(t, true)
	s := open(t)
	f.with(func() { f.lose = true })
	make := Action{Do: "make", Kind: "ticket", Mark: uid, Title: "HS-1", Text: "x"}
	if _, err := Perform(t.Context(), s, make); err == nil {
		t.Fatal("no error although the answer was lost")
	}
	f.with(func() { f.tickets[0].mark = "" }) // the index lags
	var limited *RateLimited
	if _, err := Perform(t.Context(), s, make); !errors.As(err, &limited) || limited.After > jiraSettles {
		t.Errorf("%v; want to wait for the search", err)
	}
	f.with(func() {
		if len(f.tickets) != 1 {
			t.Errorf("%d issues", len(f.tickets))
		}
	})
}

// TestJiraHook: signed over the body, as admin webhooks are.
func TestJiraHook(t *testing.T) {
	_, open := newJira(t, true)
	s := open(t)
	body := []byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"10042","fields":{"summary":"private"}}}`)
	mac := hmac.New(sha256.New, []byte("a secret of sixteen bytes"))
	mac.Write(body)
	h := http.Header{"X-Hub-Signature": {"sha256=" + hex.EncodeToString(mac.Sum(nil))}}
	if ids, err := s.Hint(h, body, time.Now(), false); err != nil || !slices.Equal(ids, []string{"10042"}) {
		t.Errorf("%v, %v", ids, err)
	}
	if _, err := s.Hint(h, append(body, ' '), time.Now(), false); !errors.Is(err, ErrHook) {
		t.Errorf("a changed body: %v", err)
	}
}

// TestJiraText: what comes from outside calls nobody and is no markup.
func TestJiraText(t *testing.T) {
	got := jiraText("{code} [~karin] !image.png!")
	if strings.Contains(got, "[~karin") && !strings.Contains(got, `\[~karin`) || strings.HasPrefix(got, "{") {
		t.Errorf("%q", got)
	}
}

// TestJiraAnswersAndReopens: the first public comment that is neither the reporter's
// nor ours; a resolution taken back is a reopening. Asked for once, until the issue
// changes.
func TestJiraAnswersAndReopens(t *testing.T) {
	for _, cloud := range []bool{true, false} {
		f, open := newJira(t, cloud)
		var id string
		f.with(func() {
			id = f.add(&fakeTicket{title: "wifi", state: "In Progress", notes: []fakeNote{
				{"k.bakker:nog iets", true}, {"intern", false}, {"Wij weten ervan. [" + uid + "/linked/reply]", true}, {"Welke printer?", true},
			}}).id
		})
		s := open(t)
		for range 2 {
			rows, _, _ := walk(t, s, Cursor{}.Begin(time.Now(), 0))
			if got := find(rows, id); got == nil || !got.FirstResponse.Equal(f0.Add(3*time.Minute)) || got.Reopens != 1 {
				t.Errorf("cloud %t: read as %+v", cloud, got)
			}
			f.with(func() { f.get(id).notes = nil }) // an issue that did not change is not asked about again
		}
	}
}

// TestExpiringTokens: doctor is told when the token in use ends, where that is told.
func TestExpiringTokens(t *testing.T) {
	_, jira := newJira(t, false)
	_, zammad := newZammad(t)
	for name, test := range map[string]struct {
		s    System
		want time.Time
	}{
		"jira data center": {jira(t), time.Date(2027, 2, 21, 8, 0, 0, 0, time.UTC)},
		"zammad":           {zammad(t), time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)},
	} {
		rep, err := test.s.Check(t.Context())
		if err != nil || !rep.Expires.Equal(test.want) {
			t.Errorf("%s: the token ends %v, %v; want %v", name, rep.Expires, err, test.want)
		}
	}
	if got := usedLast([]token{{"", "2027-01-01"}, {"", "2028-01-01"}}); !got.IsZero() {
		t.Errorf("tokens that cannot be told apart: %v", got)
	}
}
