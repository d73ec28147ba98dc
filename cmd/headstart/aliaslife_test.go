package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
)

// callsIt lets two people report an outage by a word of their own, and others report
// other things; the desk links the two.
func (l *lifetime) callsIt(day int, word string) {
	began := time.Now()
	l.outage(began, began.Add(30*time.Minute))
	var list struct {
		Incidents []struct{ ID string }
	}
	if err := json.Unmarshal(l.ask("GET", "/api/v1/incidents?state=open", "").Body.Bytes(), &list); err != nil || len(list.Incidents) != 1 {
		l.t.Fatalf("day %d: %d incidents, want one; %v", day, len(list.Incidents), err)
	}
	for n := range 2 {
		id := fmt.Sprintf("W-%d-%d", day, n)
		l.ticket("portal", id, word+" stuk", "de printer doet het niet", fmt.Sprintf("u%d.%d@planten.voorbeeld.example", day, n), "")
		l.do("/api/v1/incidents/"+list.Incidents[0].ID+"/link", fmt.Sprintf(`{"source":"portal","ticket":%q}`, id))
	}
	for n := range 10 {
		l.ticket("portal", fmt.Sprintf("X-%d-%d", day, n), "muis kwijt", "", fmt.Sprintf("x%d", n), "")
	}
}

// proposed are the words that the API proposes.
func (l *lifetime) proposed() (list []headstart.AliasProposal) {
	var catalog aliasList
	if err := json.Unmarshal(l.ask("GET", "/api/v1/catalog", "").Body.Bytes(), &catalog); err != nil {
		l.t.Fatal(err)
	}
	return catalog.Aliases
}

// TestAliasesLive follows words of users through a running service: they are proposed
// after three days, with their word nowhere but in the titles; one is rejected and
// stays away, the other goes when its users are forgotten.
func TestAliasesLive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLifetime(t, "")
		planted := []string{"toverbord", "kletsplaat"}
		for day := range 3 {
			l.until(day, "09:00")
			l.session(func() { l.callsIt(day, strings.Join(planted, " weg, ")) })
		}
		l.until(3, "09:00")
		l.session(func() {
			time.Sleep(time.Second)
			list := l.proposed()
			if len(list) != 2 || list[0].Requesters != 6 || list[0].Days != 3 {
				t.Fatalf("proposed %+v, want both words, of six people on three days", list)
			}
			if page := l.ask("GET", "/", "").Body.String(); !strings.Contains(page, "toverbord") {
				t.Error("the board does not propose it")
			}
			for path, page := range l.pages() {
				if path != "/metrics" && !strings.HasPrefix(path, "/s/") && path != "/api/v1/audit" {
					continue
				}
				if f := found([]byte(page), planted); len(f) > 0 {
					t.Errorf("%s says %v", path, f)
				}
			}
			for _, p := range list {
				if p.Word == "kletsplaat" {
					l.do("/api/v1/aliases/"+p.ID+"/reject", "{}")
				}
			}
			if list := l.proposed(); len(list) != 1 || list[0].Word != "toverbord" {
				t.Errorf("after the other was rejected: %+v", list)
			}
		})
		for _, w := range inFiles(t, filepath.Join(l.dir, "data"), planted) {
			if !strings.HasSuffix(w, ".title") && !strings.HasSuffix(w, ".text") {
				t.Errorf("a word stands outside the side texts: %s", w)
			}
		}
		for _, args := range [][]string{{"store", "export"}, {"store", "export", "--raw"}} {
			if f := found([]byte(l.cli(args...)), planted); len(f) > 0 {
				t.Errorf("%v holds %v", args, f)
			}
		}
		if f := found([]byte(l.log.String()), planted); len(f) > 0 {
			t.Errorf("the log of the service holds %v", f)
		}
		l.until(4, "09:00")
		l.session(func() {
			time.Sleep(time.Second)
			if list := l.proposed(); len(list) != 1 || list[0].Word != "toverbord" {
				t.Errorf("a day later: %+v; want what was rejected to stay away", list)
			}
			for n := range 2 {
				l.forgets(fmt.Sprintf(`{"requester":"u0.%d@planten.voorbeeld.example"}`, n))
			}
			if list := l.proposed(); len(list) != 0 {
				t.Errorf("when two of its six users are forgotten: %+v", list)
			}
		})
	})
}
