package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
	"headstart/lang"
	"headstart/tickets/evidence"
)

// keptTitles stand for the titles beside the log.
type keptTitles map[string]string

func (k keptTitles) Texts(_ context.Context, kind string, keys []string) (map[string]string, error) {
	out := map[string]string{}
	for _, key := range keys {
		if title, ok := k[key]; ok && kind == "title" {
			out[key] = title
		}
	}
	return out, nil
}

// mining is a view of tickets that people linked to an incident of the roster, and of
// others, with their titles.
type mining struct {
	t      *testing.T
	rows   map[string]headstart.FeedOp
	titles keptTitles
	miner  *aliasMiner
}

func newMining(t *testing.T) *mining {
	catalog := &headstart.Catalog{Services: []headstart.Service{{ID: "roster", Name: headstart.Names{"nl": "Nexus"}, Aliases: []string{"nexus web"}}}}
	m := &mining{t: t, rows: map[string]headstart.FeedOp{}, titles: keptTitles{}}
	m.miner = &aliasMiner{
		view: headstart.NewView(), store: m.titles, reader: evidence.New(catalog, []byte("a key of sixteen bytes or more")),
		people: []string{"toverman"}, zone: time.UTC, logger: slog.New(slog.DiscardHandler),
	}
	m.put(headstart.TableConfig, "current", headstart.LogConfig{Catalog: catalog})
	m.incident(false)
	for i := range 6 {
		m.ticket(i, "Het toverbord van toverman is weg", "samira")
	}
	for i := 100; i < 160; i++ {
		m.ticket(i, "muis kwijt", "")
	}
	return m.show()
}

func (m *mining) put(table, key string, row any) {
	val, err := json.Marshal(row)
	if err != nil {
		m.t.Fatal(err)
	}
	m.rows[table+key] = headstart.FeedOp{Table: table, Row: headstart.Row{Key: key, Val: val}}
}

func (m *mining) incident(confidential bool) {
	m.put(headstart.TableIncidents, "HS-1", headstart.Incident{V: 1, ID: "HS-1", Seq: 1, Group: 1, State: headstart.Closed, Services: []string{"roster"}, Confidential: confidential})
}

// ticket is one with a title; by is who linked it, "" for nobody.
func (m *mining) ticket(n int, title, by string) {
	t := headstart.TicketState{V: 1, Ticket: headstart.Ticket{
		Source: "rt", ID: fmt.Sprint(n), Requester: headstart.Requester{ID: fmt.Sprint("u", n)}, CreatedAt: time.Date(2000, 1, 1+n%3, 9, 0, 0, 0, time.UTC),
	}}
	if by != "" {
		t.Links = []headstart.Link{{Ticket: fmt.Sprint(n), Source: "rt", Group: 1, Band: headstart.BandAuto, Verdict: "linked", By: by}}
	}
	m.put(headstart.TableTickets, t.Key(), t)
	m.titles[t.Key()] = title
}

func (m *mining) show() *mining {
	ops := []headstart.FeedOp{}
	for _, op := range m.rows {
		ops = append(ops, op)
	}
	if err := m.miner.view.Reset(headstart.Cursor{}, headstart.Offset{}, ops); err != nil {
		m.t.Fatal(err)
	}
	return m
}

func (m *mining) proposed(when, want string) []headstart.AliasProposal {
	m.t.Helper()
	got := m.miner.proposals(m.t.Context())
	words := []string{}
	for _, p := range got {
		words = append(words, p.Asset+"="+p.Word)
	}
	if fmt.Sprint(words) != want {
		m.t.Errorf("%s: proposed %v, want %s", when, words, want)
	}
	return got
}

// Words are looked for at the start and each night, with no name of an account among
// them, and told with their counts and the line to take over.
func TestMinesAtNight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMining(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = m.miner.run(ctx) }()
		synctest.Wait()
		got := m.proposed("at the start", "[roster=toverbord]")
		want := headstart.AliasProposal{ID: got[0].ID, Asset: "roster", Word: "toverbord", Tickets: 6, Requesters: 6, Days: 3, Times: got[0].Times, Proposal: `aliases: ["nexus web", toverbord]`}
		if got[0] != want || got[0].ID == "" || got[0].Times < 4 {
			t.Errorf("proposed %+v, want %+v", got[0], want)
		}
		for i := range 6 {
			m.ticket(20+i, "kletsplaat weg", "samira")
		}
		m.show()
		m.proposed("before the night", "[roster=toverbord]")
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		m.proposed("after it", "[roster=kletsplaat roster=toverbord]")
	})
}

// A word goes when too few of the titles that have it are kept, when its tickets are
// forgotten or linked otherwise, when its incident is made confidential, and when a
// person rejects it, all before the next night.
func TestProposedWordsGo(t *testing.T) {
	for name, change := range map[string]func(*mining){
		"titles are past their time": func(m *mining) { delete(m.titles, "rt/0"); delete(m.titles, "rt/1") },
		"all titles are":             func(m *mining) { clear(m.titles) },
		"tickets are forgotten": func(m *mining) {
			maps.DeleteFunc(m.rows, func(key string, _ headstart.FeedOp) bool { return key == "ticketsrt/0" || key == "ticketsrt/1" })
		},
		"people took links back": func(m *mining) { m.ticket(0, m.titles["rt/0"], ""); m.ticket(1, m.titles["rt/1"], "") },
		"links are the rule's":   func(m *mining) { m.ticket(0, m.titles["rt/0"], "rule"); m.ticket(1, m.titles["rt/1"], "rule") },
		"it is confidential":     func(m *mining) { m.incident(true) },
		"a person rejected it": func(m *mining) {
			m.put(headstart.TableAudit, "c1", headstart.AuditEntry{V: 1, By: "samira", Do: "reject-alias", Alias: m.miner.found[0].ID})
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMining(t)
			if err := m.miner.count(t.Context()); err != nil {
				t.Fatal(err)
			}
			m.proposed("before", "[roster=toverbord]")
			change(m)
			m.show()
			m.proposed("at once", "[]")
			if err := m.miner.count(t.Context()); err != nil {
				t.Fatal(err)
			}
			m.proposed("after the next night", "[]")
		})
	}
}

// The list names each word with its line and how to reject it.
func TestAliasList(t *testing.T) {
	p := headstart.AliasProposal{ID: "abc", Asset: "roster", Word: "toverbord", Tickets: 6, Requesters: 5, Days: 3, Proposal: "aliases: [toverbord]"}
	for language, want := range map[string]string{"nl": "6 meldingen, 5 mensen, 3 dagen", "en": "6 tickets, 5 people, 3 days"} {
		out := (&aliasList{Aliases: []headstart.AliasProposal{p}}).text(lang.New(language, time.UTC))
		for _, part := range []string{"“toverbord” → roster · " + want, "aliases: [toverbord]", "headstart incidents reject-alias abc"} {
			if !strings.Contains(out, part) {
				t.Errorf("%s: %q lacks %q", language, out, part)
			}
		}
	}
	if out := (&aliasList{}).text(lang.New("en", time.UTC)); !strings.Contains(out, "No word") {
		t.Errorf("of no word it says %q", out)
	}
}
