package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headstart/store/redistest"
	"headstart/web"
)

// Two people who report the same outage; one of them asks to be forgotten.
var (
	forgotten = []string{"T-PLANTEN-8001", "T-PLANTEN-8002", "Duindoorn Kwikstaart", "d.kwikstaart@planten.voorbeeld.example", "06-55511122"}
	stays     = []string{"T-BLIJFT-1", "Blijvertje Vasthouder"}
)

// reports lets both report, and the desk link what they reported.
func (l *lifetime) reports() {
	began := time.Now()
	l.outage(began, began.Add(time.Hour))
	l.ticket("portal", forgotten[0], forgotten[2]+": printer stuk", "De printer in gebouw Noord doet het niet. Bel "+forgotten[4], forgotten[3], "")
	l.ticket("portal", forgotten[1], "Weer de printer", "Afdrukken in Noord lukt niet, "+forgotten[2], forgotten[3], "")
	l.ticket("portal", stays[0], stays[1]+": printer stuk", "De printer in gebouw Noord doet het niet. cc: "+strings.ToUpper(forgotten[3]), "b.vasthouder", "")
	for _, id := range []string{forgotten[0], stays[0]} {
		l.do("/api/v1/incidents/HS-1/link", fmt.Sprintf(`{"source":"portal","ticket":%q}`, id))
	}
	l.do("/api/v1/incidents/HS-1/note", fmt.Sprintf(`{"text":"gemaild met %s"}`, forgotten[3]))
}

// forgets asks the running service.
func (l *lifetime) forgets(body string) (done web.Forgotten) {
	l.t.Helper()
	if err := json.Unmarshal([]byte(l.do("/api/v1/forget", body)), &done); err != nil {
		l.t.Fatal(err)
	}
	return done
}

// TestForget lets somebody be forgotten by a running service: in pages, state, side
// texts, log, archive and export, and for good. What others reported stays.
func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLifetime(t, "")
		data := filepath.Join(l.dir, "data")
		l.until(0, "09:00")
		l.session(l.reports)
		l.until(0, "13:00")
		l.session(nil) // what was said in the morning goes into the archive
		l.session(func() {
			if n := len(inFiles(t, filepath.Join(data, "archive"), forgotten[:1])); n == 0 {
				t.Error("the archive does not name the ticket; this test proves nothing about it")
			}
			done := l.forgets(fmt.Sprintf(`{"email":%q}`, forgotten[3]))
			if done.Tickets != 2 || done.Texts != 1 || done.Lines == 0 || done.Files == 0 {
				t.Errorf("%+v; want two tickets, the text of a third, and lines of the archive", done)
			}
			where := []string{}
			for _, r := range done.Remains {
				where = append(where, strings.TrimSpace(r.Where+" "+r.Name))
			}
			if want := []string{"timeline HS-1", "ticket_system portal", "backups"}; !slices.Equal(where, want) {
				t.Errorf("left: %v; want %v", where, want)
			}
			again := l.forgets(fmt.Sprintf(`{"email":%q}`, forgotten[3]))
			if again.Tickets+again.Texts+again.Lines+again.Files != 0 {
				t.Errorf("the second time %+v; want nothing found", again)
			}
			for path, page := range l.pages() {
				list := slices.DeleteFunc(slices.Clone(forgotten), func(s string) bool { return s == forgotten[3] }) // a note says it
				if f := found([]byte(page), list); len(f) > 0 {
					t.Errorf("%s still says %v", path, f)
				}
			}
			var i struct{ Tickets struct{ Linked int } }
			if err := json.Unmarshal(l.ask("GET", "/api/v1/incidents/HS-1", "").Body.Bytes(), &i); err != nil || i.Tickets.Linked != 2 {
				t.Errorf("the incident counts %d linked tickets, want two as before; %v", i.Tickets.Linked, err)
			}
			if page := l.ask("GET", "/i/HS-1", "").Body.String(); !strings.Contains(page, stays[0]) {
				t.Error("what the other one reported is gone too")
			}
			audit := l.ask("GET", "/api/v1/audit", "").Body.String()
			if !strings.Contains(audit, `"do":"forget"`) || len(found([]byte(audit), forgotten)) > 0 {
				t.Errorf("the audit says %s; want who asked, and not about whom", audit)
			}
			// The portal sends one again: it is answered, and not taken.
			l.ticket("portal", forgotten[0], forgotten[2]+": nog steeds", "stuk", forgotten[3], "")
			time.Sleep(time.Second)
			if out := l.ask("GET", "/api/v1/tickets", "").Body.String(); strings.Contains(out, forgotten[0]) {
				t.Error("a forgotten ticket came back")
			}
		})
		l.gone("what was forgotten", []string{forgotten[0], forgotten[1], forgotten[2], forgotten[4]})
		l.gone("what stays with the incident, once that is over", nil)
		if out := l.cli("store", "export", "--raw"); !strings.Contains(out, stays[0]) || !strings.Contains(out, "gemaild met …") {
			t.Error("the archive lost more than was asked for, or kept the address")
		}
		l.cli("store", "verify")
	})
}

func TestMentions(t *testing.T) {
	note := map[string]string{"text": "gemaild met R&D@Example.org"}
	if !mentions(note, "r&d@example.org") || mentions(note, "j.jansen@example.org") {
		t.Errorf("what %v mentions is not told", note)
	}
}

// TestForgetAlone does the same where no service runs.
func TestForgetAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLifetime(t, "")
		l.until(0, "09:00")
		l.session(l.reports)
		if out := l.cli("store", "forget", "--requester", forgotten[3]); !strings.HasPrefix(out, "forgotten: tickets 2,") || !strings.Contains(out, "left: portal itself") {
			t.Errorf("it says:\n%s", out)
		}
		l.gone("what was forgotten", []string{forgotten[0], forgotten[1], forgotten[2], forgotten[4]})
		if out := l.cli("store", "forget", "--ticket", "portal/"+stays[0]); !strings.HasPrefix(out, "forgotten: tickets 1,") {
			t.Errorf("it says:\n%s", out)
		}
		l.gone("the other one too", stays)
		l.session(func() { // and the service goes on
			if out := l.ask("GET", "/api/v1/tickets", "").Body.String(); strings.Contains(out, `"id":"T-`) {
				t.Errorf("tickets are known still: %s", out)
			}
		})
		l.cli("store", "verify")
	})
}

// TestForgetInRedis looks through what a real Redis writes, after its files were
// written anew.
func TestForgetInRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--maxmemory-policy", "noeviction", "--save", "")
	r := start(t, prepare(t, fmt.Sprintf("store: {mode: redis, addresses: [%q]}\n", server.Addr)))
	now := time.Now()
	r.opens(sent("prom", "HostDown", "sw-n-2", now, now.Add(time.Hour)), sent("prom", "PrinterOffline", "prn-n2-04", now, now.Add(time.Hour)))
	for _, x := range [][2]string{{forgotten[0], forgotten[3]}, {stays[0], "b.vasthouder"}} {
		body, err := json.Marshal(map[string]any{"ticket": map[string]any{
			"id": x[0], "title": forgotten[2], "body": "Bel " + forgotten[4], "created_at": now, "requester": map[string]string{"id": x[1], "location": "noord"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := r.post("/hooks/tickets/portal", string(body)); status/100 != 2 {
			t.Fatalf("%d %s", status, answer)
		}
	}
	planted := []string{forgotten[0], forgotten[2], forgotten[4]}
	waitFor(t, 20*time.Second, "the tickets to be decided and on the disk", func() bool {
		known := r.page("/api/v1/tickets")
		return strings.Contains(known, forgotten[0]) && strings.Contains(known, stays[0]) && len(inFiles(t, server.Dir, planted)) > 2
	})
	for _, args := range [][]string{{"--requester", forgotten[3]}, {"--ticket", "portal/" + stays[0]}} {
		if code, out := r.cli(append([]string{"store", "forget", "--url", r.base}, args...)...); code != 0 || !strings.Contains(out, "tickets 1,") || !strings.Contains(out, "append-only file of Redis") {
			t.Fatalf("exit %d:\n%s", code, out)
		}
	}
	// A dump file is written as an administrator would.
	waitFor(t, 60*time.Second, "the append-only file to be written anew", func() bool {
		if _, err := server.CLI("SAVE"); err != nil {
			t.Fatal(err)
		}
		return len(inFiles(t, server.Dir, append(planted, stays[0]))) == 0
	})
}
