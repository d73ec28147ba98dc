package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/configs"
	"headstart/report/figures"
	"headstart/store"
)

// month is a desk's invented January: tickets of two sources, of which one gives all
// that figures need and one next to nothing, and outages of a switch.
type month struct {
	*lifetime
	random *rand.Rand
	open   []*wire
	made   int
}

// wire is a ticket as a source sends it.
type wire struct {
	source string
	fields map[string]any
}

func (m *month) now() string { return time.Now().UTC().Truncate(time.Minute).Format(time.RFC3339) }

func (m *month) send(w *wire) {
	w.fields["updated_at"] = m.now()
	b, err := json.Marshal(map[string]any{"ticket": w.fields})
	if err != nil {
		m.t.Fatal(err)
	}
	m.do("/hooks/tickets/"+w.source, string(b))
}

// report makes a ticket that was reported so many minutes ago.
func (m *month) report(source, department, location, channel string, ago int) *wire {
	m.made++
	created := time.Now().UTC().Truncate(time.Minute).Add(-time.Duration(ago) * time.Minute)
	w := &wire{source, map[string]any{
		"id": fmt.Sprintf("T-%d", m.made), "title": "printer doet het niet", "status": "open", "created_at": created.Format(time.RFC3339), "channel": channel,
		"requester": map[string]any{"id": fmt.Sprintf("person-%d", m.made), "department": department, "location": location},
	}}
	if source == "portal" {
		w.fields["priority"] = []string{"P1", "P2", "P3", "P4", "P3"}[m.random.IntN(5)]
		w.fields["line"], w.fields["contacts"], w.fields["category"] = 1, 1, []string{"hulp", "aanvraag"}[m.random.IntN(2)]
		if channel != "phone" || m.random.IntN(2) == 0 {
			w.fields["reported_at"] = created.Add(-5 * time.Minute).Format(time.RFC3339)
		}
	}
	m.open = append(m.open, w)
	m.send(w)
	return w
}

// work takes every open ticket a step further.
func (m *month) work() {
	for _, w := range m.open {
		switch step := m.random.IntN(8); {
		case w.fields["solved_at"] != nil && step < 2: // it was not solved after all
			delete(w.fields, "solved_at")
			w.fields["status"], w.fields["reopens"] = "open", 1
		case w.fields["solved_at"] != nil:
			if w.source == "portal" && w.fields["satisfaction"] == nil && step < 6 {
				w.fields["satisfaction"] = 1 + m.random.IntN(5)
			}
		case step == 2 && w.source == "portal":
			w.fields["line"], w.fields["contacts"] = 2, 2
		case step == 3 && w.source == "portal":
			w.fields["status"], w.fields["waiting_on"] = "waiting", "user"
		case step == 4:
			w.fields["status"], w.fields["waiting_on"], w.fields["line"] = "open", "us", 1
			if w.source != "portal" {
				delete(w.fields, "line")
			}
		case step >= 5:
			if w.fields["first_response_at"] == nil {
				w.fields["first_response_at"] = m.now()
			}
			delete(w.fields, "waiting_on")
			w.fields["status"], w.fields["solved_at"] = "resolved", m.now()
			if w.source == "portal" {
				w.fields["minutes_spent"] = 5 + m.random.IntN(60)
			}
		default:
			w.fields["first_response_at"] = m.now()
		}
		m.send(w)
	}
}

// outageWith lets the switch fail for so long, with so many tickets linked before it is
// over, and returns the incident.
func (m *month) outageWith(lasts time.Duration, linked int) headstart.IncidentID {
	began := time.Now()
	known := map[headstart.IncidentID]bool{}
	for _, i := range m.incidents() {
		known[i.ID] = true
	}
	m.outage(began, began.Add(lasts+time.Hour))
	var id headstart.IncidentID
	for _, i := range m.incidents() {
		if !known[i.ID] {
			id = i.ID
		}
	}
	if id == "" {
		m.t.Fatal("the outage is no incident")
	}
	for n := range linked {
		time.Sleep(7 * time.Minute) // the portal says that it was five minutes before it was made
		w := m.report("portal", "fin", "noord", []string{"mail", "phone"}[n%2], linked%3*20)
		m.do("/api/v1/incidents/"+string(id)+"/link", fmt.Sprintf(`{"ticket":"portal/%s"}`, w.fields["id"]))
	}
	time.Sleep(lasts - time.Since(began))
	m.outage(began, time.Now())
	return id
}

func (m *month) incidents() []headstart.Incident {
	var list struct{ Incidents []headstart.Incident }
	if err := json.Unmarshal(m.ask("GET", "/api/v1/incidents?limit=1000", "").Body.Bytes(), &list); err != nil {
		m.t.Fatal(err)
	}
	return list.Incidents
}

// live plays the month. Its sessions are apart far enough that the log is trimmed.
func (m *month) live() {
	departments := []string{"fin", "fin", "zorg", "klein"}
	for n, day := range []int{3, 6, 7, 11, 14, 19, 21} {
		m.until(day, []string{"09:30", "13:10", "16:00"}[n%3])
		m.session(func() {
			for range 7 {
				d := m.random.IntN(len(departments) - n%2) // klein stays below five
				if departments[d] == "klein" && n > 4 {
					d = 0
				}
				m.report([]string{"portal", "portal", "kaal"}[m.random.IntN(3)], departments[d], []string{"noord", "zuid"}[m.random.IntN(2)], []string{"mail", "portal", "phone"}[m.random.IntN(3)], m.random.IntN(40))
			}
			if n == 0 { // what monitoring makes is no user's
				m.report("portal", "fin", "noord", "monitoring", 0)
			}
			m.work()
			if n%2 == 0 {
				id := m.outageWith(time.Duration(32+6*n)*time.Minute, n%4+1)
				if n == 4 {
					m.do("/api/v1/incidents/"+string(id)+"/lead", `{"value":false,"text":"oefening"}`)
				}
				if n == 6 {
					m.do("/api/v1/incidents/"+string(id)+"/confidential", `{"value":true}`)
				}
			}
			time.Sleep(20 * time.Minute)
			m.work()
			if n == 3 {
				m.do("/api/v1/telephone", "datum;uur;gesprekken;beantwoord;opgehangen;gemiddelde wachttijd\n2000-01-10;8;12;10;2;1:05\n2000-01-10;9;8;8;0;30\n1999-12-10;9;8;8;0;30\n")
			}
		})
	}
}

// TestFiguresRecomputed is "figures recomputed by an independent query over archive and
// tables" (issue 7, ruling 36): a month goes through the real service and its log is
// trimmed into the archive; what the API says of it is what counting.go's plain
// counting of archive, log and tables says, in every row, and what that says of an export.
func TestFiguresRecomputed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLifetime(t, "calendar: {hours: {monday: \"08:00-17:30\", tuesday: \"08:00-17:30\", wednesday: \"08:00-17:30\", thursday: \"08:00-17:30\", friday: \"08:00-17:30\"}, holidays: [{from: 2000-01-12, locations: [noord]}, 2000-01-20]}\n")
		text, err := os.ReadFile(l.config)
		if err != nil {
			t.Fatal(err)
		}
		write(t, l.config, strings.Replace(string(text), "{name: portal, type: webhook}", "{name: portal, type: webhook}, {name: kaal, type: webhook}", 1))
		catalog := filepath.Join(l.dir, "catalog.yml")
		offices := strings.Replace(office, "departments:\n", "departments:\n  - {id: zorg, name: Zorg, people: 9}\n  - {id: klein, name: Kleintje, people: 3}\n", 1)
		write(t, catalog, offices)
		m := &month{lifetime: l, random: rand.New(rand.NewPCG(7, 2026))}
		m.live()

		answers := map[figures.Dimension]figures.KPIs{}
		m.until(30, "18:00")
		m.session(func() {
			for _, by := range append(figures.Dimensions(), "") {
				w := m.ask("GET", "/api/v1/kpis?from=2000-01-01&to=2000-01-31&by="+string(by), "")
				var a figures.KPIs
				if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != 200 {
					t.Fatalf("kpis by %q: %d %v %.300s", by, w.Code, err, w.Body)
				}
				answers[by] = a
			}
		})
		c := readCounting(t, l)
		if c.archived < len(c.lines)/2 {
			t.Fatalf("of %d lines %d are in the archive; the log was not trimmed", len(c.lines), c.archived)
		}
		for by, a := range answers {
			c.compare(t, "tables and archive", by, &a)
		}
		export := c.of(t, l.cli("store", "export", "--raw"))
		for by, a := range answers {
			export.compare(t, "export", by, &a)
		}
		// An export for others names nobody, and leaves out what was scored or spent.
		disguised := c.of(t, l.cli("store", "export"))
		disguised.skip = map[string]bool{"satisfaction_mean": true, "satisfaction_good": true, "satisfaction_response": true, "time_spent_sum": true, "time_spent_mean": true}
		all := answers[""]
		disguised.compare(t, "disguised export", "", &all)
	})
}

// readCounting opens what the service left behind.
func readCounting(t *testing.T, l *lifetime) *counting {
	t.Helper()
	cfg, err := configs.Load(configs.Source{File: l.config, Folders: configs.Folders()})
	if err != nil {
		t.Fatal(err)
	}
	st, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	c := &counting{zone: zoneOf(cfg)}
	for table, into := range map[string]func([]byte) error{
		headstart.TableIncidents: func(b []byte) error {
			var x countedIncident
			err := json.Unmarshal(b, &x)
			c.incidents = append(c.incidents, x)
			return err
		},
		headstart.TableAnnouncements: func(b []byte) error {
			var x countedNotice
			err := json.Unmarshal(b, &x)
			c.notices = append(c.notices, x)
			return err
		},
		headstart.TableTickets: func(b []byte) error {
			var x countedLinks
			err := json.Unmarshal(b, &x)
			c.links = append(c.links, x)
			return err
		},
	} {
		if err := st.Scan(t.Context(), table, func(r headstart.Row) error { return into(r.Val) }); err != nil {
			t.Fatal(err)
		}
	}
	archive, err := store.OpenArchive(archiveDir(cfg))
	if err != nil {
		t.Fatal(err)
	}
	for line, err := range archive.Lines() {
		if err != nil {
			t.Fatal(err)
		}
		c.lines = append(c.lines, line)
	}
	c.archived = len(c.lines)
	last, err := archive.Last()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := st.Read(t.Context(), last, 100_000, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		rec, err := headstart.DecodeRecord(e.Data)
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range rec.Events(e.Off) {
			c.lines = append(c.lines, headstart.FileLine{At: ev.At, Line: ev.Line})
		}
	}
	for n := range c.incidents {
		c.last(&c.incidents[n])
	}
	c.count()
	return c
}

// of is the same counting with the lines of an export in the place of archive and log.
func (c *counting) of(t *testing.T, export string) *counting {
	t.Helper()
	out := *c
	out.lines, out.tickets = nil, nil
	for line := range strings.Lines(export) {
		l, err := headstart.DecodeFileLine([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		out.lines = append(out.lines, l)
	}
	out.count()
	return &out
}

// compare holds every figure of an answer against the count.
func (c *counting) compare(t *testing.T, from string, by figures.Dimension, a *figures.KPIs) {
	t.Helper()
	check := func(row string, list []figures.AnsweredFigure, want map[string]plainly) {
		t.Helper()
		for _, f := range list {
			w, has := want[f.Key]
			if c.skip[f.Key] {
				continue
			}
			switch {
			case !has:
				t.Errorf("nobody counts %s", f.Key)
			case (f.Value == nil) != w.none:
				t.Errorf("%s, by %s, %q: %s is %v (%s), counted %+v", from, by, row, f.Key, f.Value, f.NotMeasured, w)
			case f.Value != nil && math.Abs(*f.Value-w.value) > 1e-3, f.Cases != w.cases && !w.none:
				t.Errorf("%s, by %s, %q: %s is %v of %d, counted %v of %d", from, by, row, f.Key, *f.Value, f.Cases, w.value, w.cases)
			}
		}
	}
	check("", a.Figures, c.all("", ""))
	rows := map[string]bool{}
	for _, r := range a.Rows {
		id := r.ID
		if r.Other {
			id = "(other)"
		}
		rows[id] = true
		check(id, r.Figures, c.all(string(by), id))
	}
	for _, id := range c.ids(string(by)) {
		if !rows[id] {
			t.Errorf("%s: by %s there is no row of %q", from, by, id)
		}
	}
}
