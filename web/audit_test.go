package web

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/lang"
)

var ada = headstart.Identity{Name: "ada", Role: "admin", Scopes: []headstart.Scope{headstart.ScopeAdmin}}

// acted is a Monday with a hundred acts of a person and two of others.
func acted(t *testing.T) *world {
	w := badMonday(t)
	for n := range 120 {
		w.put(headstart.TableAudit, fmt.Sprintf("a-%d", n), headstart.AuditEntry{V: 1, At: w.now.Add(-time.Duration(n+1) * time.Minute), By: "=wendy", Do: "handover", On: "n1"})
	}
	w.put(headstart.TableAudit, "in", headstart.AuditEntry{V: 1, At: w.now, By: "samira", Do: "login", On: "oidc"})
	w.put(headstart.TableAudit, "guess", headstart.AuditEntry{V: 1, At: w.now.Add(-time.Hour), Do: "login-failed", On: hostile(9), Refused: true})
	return w.fill()
}

func TestThePageOfActs(t *testing.T) {
	h := serve(acted(t).site(), ada)
	page := get(t, h, "/audit", 200)
	if n := strings.Count(page, "<tr>"); n != auditShown+1 {
		t.Errorf("%d rows, want a head and %d", n, auditShown)
	}
	for _, want := range []string{"123 handelingen", "ingelogd", "samira", `<a href="/i/HS-1042">`, "/audit?cursor=23", "/api/v1/audit?format=csv"} {
		if !strings.Contains(page, want) {
			t.Errorf("the first page lacks %q", want)
		}
	}
	if strings.Contains(page, "<script>alert") || strings.Contains(page, "Monteur is onderweg") {
		t.Error("the page runs what somebody wrote, or tells it")
	}
	last := get(t, h, "/audit?cursor=23", 200)
	if strings.Count(last, "<tr>") != 24 || strings.Contains(last, `href="/audit?cursor=`) {
		t.Errorf("the last page has not the 23 oldest:\n%s", last)
	}
	for query, want := range map[string]int{"by=samira": 1, "do=login-failed": 1, "refused=true": 1, "on=hs-1042": 1, "by=joris": 1, "do=handover&by=samira": 0} {
		page := get(t, h, "/audit?"+query, 200)
		if n := max(0, strings.Count(page, "<tr>")-1); n != want {
			t.Errorf("%s: %d rows, want %d", query, n, want)
		}
	}
	for _, query := range []string{"since=yesterday", "cursor=x", "refused=maybe"} {
		get(t, h, "/audit?"+query, 400)
	}
}

func TestTheAuditLogForPrograms(t *testing.T) {
	w := acted(t)
	desk := &apiDesk{}
	call := testAPI(t, desk, func(o *APIOptions) { o.View = w.view })
	list := decode[auditList](t, call(ada, "GET", "/api/v1/audit?limit=2", ""))
	if len(list.Audit) != 2 || list.Audit[0].Do != "login" || list.NextCursor != "121" {
		t.Errorf("%+v, want the two newest and a cursor", list)
	}
	res := call(ada, "GET", "/api/v1/audit?format=csv&do=handover", "")
	rows, err := csv.NewReader(res.Body).ReadAll()
	if err != nil || len(rows) != 121 || rows[1][1] != "'=wendy" || rows[1][4] != "done" { // ruling 44
		t.Errorf("CSV: %v, %d rows, the first %v", err, len(rows), rows[:2])
	}
	for _, query := range []string{"format=xml", "since=x", "refused=1", "limit=0"} {
		if res := call(ada, "GET", "/api/v1/audit?"+query, ""); res.StatusCode != 422 {
			t.Errorf("%s: %d, want 422", query, res.StatusCode)
		}
	}
}

// Every act has words, as a command and as what a timeline says came of it.
func TestActsHaveWords(t *testing.T) {
	for _, l := range lang.Languages() {
		say := lang.New(l, nil)
		for do := range commandBodies {
			do = cmp.Or(doing[do], do)
			if do != "seen" && say.SayOr("audit.do.", do, "") == "" { // to read is no act
				t.Errorf("%s: the act %s has no words", l, do)
			}
		}
		for outcome, do := range actOf {
			if say.SayOr("audit.do.", do, "") == "" {
				t.Errorf("%s: %s is the act %s, which has no words", l, outcome, do)
			}
		}
	}
}
