package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestMorningMovesNoMark: looking at the report moves nothing; a press does, up to the
// time the report was made, and what came since is marked. Two logins have two marks.
func TestMorningMovesNoMark(t *testing.T) {
	w := badMonday(t)
	w.put(headstart.TableDesk, headstart.SeenKey("samira"), headstart.DeskNote{V: 1, ID: headstart.SeenKey("samira"), Kind: headstart.NoteSeen, By: "samira", At: w.at("2026-11-19 17:00")})
	w.fill()
	var done []headstart.Command
	w.do = func(c headstart.Command) (headstart.Outcome, bool, error) {
		done = append(done, c)
		return headstart.Outcome{Command: c.ID, Do: c.Do}, false, nil
	}
	var asks []headstart.ReportAsk
	site := w.site(func(o *Options) {
		o.Morning = func(_ context.Context, ask headstart.ReportAsk) (headstart.ReportAnswer, error) {
			asks = append(asks, ask)
			return headstart.ReportAnswer{Body: []byte("<h1>Ochtendrapport</h1>"), At: ask.At}, nil
		}
	})
	page := get(t, serve(site, desk), "/morning", 200)
	get(t, serve(site, desk), "/morning?since=seen", 200)
	joris := desk
	joris.Name = "joris"
	get(t, serve(site, joris), "/morning?since=seen", 200)
	if len(done) > 0 || !strings.Contains(page, `action="/morning/seen"`) {
		t.Errorf("looking did %v; want nothing done, and a button", done)
	}
	seen := w.at("2026-11-19 17:00")
	if a := asks[0]; !a.Mark.Equal(seen) || !a.Since.IsZero() || !a.Seen {
		t.Errorf("the page asks %+v; want what is newer than %v marked", a, seen)
	}
	if !asks[1].Since.Equal(seen) || !asks[2].Since.IsZero() || !asks[2].Mark.IsZero() {
		t.Errorf("since seen asks %v, of somebody who never looked %v, %v", asks[1].Since, asks[2].Since, asks[2].Mark)
	}
	if res := post(serve(site, desk), "/morning/seen", "at", w.now.UTC().Format(time.RFC3339)); res.Code != http.StatusSeeOther || len(done) != 1 || done[0].Do != "seen" || done[0].By != "samira" || !done[0].At.Equal(w.now.Truncate(time.Second)) {
		t.Errorf("a press answers %d and does %+v", res.Code, done)
	}
	if res := post(serve(site, desk), "/morning/seen", "at", "gisteren"); res.Code != http.StatusBadRequest {
		t.Errorf("a press without a time answers %d", res.Code)
	}
}

// TestTickAsksFirst: the address in a mail shows and asks; only a press ticks off, and an
// address we did not sign leads nowhere.
func TestTickAsksFirst(t *testing.T) {
	w := badMonday(t)
	w.put(headstart.TableDesk, "wt", headstart.DeskNote{V: 1, ID: "wt", Kind: "todo", By: "daan", At: w.now, Text: "WT-220 <b>bestellen</b>"})
	w.fill()
	var done []headstart.Command
	w.do = func(c headstart.Command) (headstart.Outcome, bool, error) {
		done = append(done, c)
		return headstart.Outcome{Command: c.ID, Do: c.Do}, false, nil
	}
	h := serve(w.site(func(o *Options) { o.Tick = func(_, sig string) bool { return sig == "ours" } }), desk)
	if page := get(t, h, "/morning/tick?todo=wt&sig=ours", 200); !strings.Contains(page, "WT-220 &lt;b&gt;") || !strings.Contains(page, `method="post" action="/morning/tick"`) {
		t.Errorf("the page does not ask: %s", page)
	}
	get(t, h, "/morning/tick?todo=wt&sig=theirs", 404)
	w.put(headstart.TableIncidents, "HS-1070", headstart.Incident{V: 1, ID: "HS-1070", Seq: 1070, State: headstart.Open, Confidential: true})
	w.put(headstart.TableDesk, "secret", headstart.DeskNote{V: 1, ID: "secret", Kind: "todo", By: "daan", At: w.now, Text: "geheim", Incident: "HS-1070"})
	w.fill()
	get(t, h, "/morning/tick?todo=secret&sig=ours", 410) // as for everybody who may not read of it
	get(t, h, "/morning/tick?todo=gone&sig=ours", 410)
	if len(done) > 0 {
		t.Errorf("looking did %v", done)
	}
	if res := post(h, "/morning/tick", "todo", "wt"); res.Code != http.StatusSeeOther || len(done) != 1 || done[0].Do != "todo-done" || done[0].Ref != "wt" {
		t.Errorf("a press answers %d and does %+v", res.Code, done)
	}
}

// TestMorningAPI: every parameter is checked, the level and time travel in headers, and
// what the caller may read goes along.
func TestMorningAPI(t *testing.T) {
	var ask headstart.ReportAsk
	var did apiDesk
	call := testAPI(t, &did, func(o *APIOptions) {
		o.Morning = func(_ context.Context, a headstart.ReportAsk) (headstart.ReportAnswer, error) {
			ask = a
			return headstart.ReportAnswer{Body: []byte("x"), Type: "text/plain", Level: 2, At: apiNow}, nil
		}
	})
	for query, status := range map[string]int{
		"": 200, "format=html&edition=standup&lang=en&width=100&ascii=true": 200, "since=last-seen": 200, "since=2026-11-20T17:30:00%2B01:00": 200,
		"format=pdf": 400, "edition=evening": 400, "at=8": 400, "since=ooit": 400, "width=9": 400, "lang=de": 400, "format=page": 400,
	} {
		res := call(as("desk", "noord"), "GET", "/api/v1/morning?"+query, "")
		if res.StatusCode != status {
			t.Errorf("%q answers %d, want %d", query, res.StatusCode, status)
		}
		if status == 200 && (res.Header.Get(ReportLevel) != "2" || res.Header.Get(ReportAt) == "" || len(ask.Reader.Locations) != 1 || ask.Reader.Incident == nil) {
			t.Errorf("%q: headers %v, reader %+v", query, res.Header, ask.Reader)
		}
	}
	if res := call(headstart.Identity{Scopes: []headstart.Scope{headstart.ScopeRead}}, "GET", "/api/v1/morning?since=last-seen", ""); res.StatusCode != 400 {
		t.Errorf("nobody has seen something: %d", res.StatusCode)
	}
	if res := call(as("desk"), "POST", "/api/v1/morning/seen", `{"at":"2026-11-23T08:00:00+01:00"}`); res.StatusCode != 200 {
		t.Errorf("seen answers %d", res.StatusCode)
	}
}
