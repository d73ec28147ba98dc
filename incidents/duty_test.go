package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestHoursEnd: half an hour before the owner leaves the desk is asked to hand over; if
// nobody does, nobody owns it from then on, no text says that somebody is on it, and it
// is called; when he is back it is his again (ruling 28).
func TestHoursEnd(t *testing.T) {
	st := deskStory(t, nil)
	b := st.f.book
	got := st.watchRule(ruleDuty, "next")
	st.outage(0, func(g *headstart.Group) { g.People = 5 })
	st.command(time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "samira"})
	if !b.attended(st.incident()) {
		t.Error("with an owner on duty no text may say that somebody is on it")
	}
	st.tick(2*time.Hour + 59*time.Minute)
	wantAll(t, "before half past eleven", got())
	st.tick(3 * time.Hour) // 12:00
	wantAll(t, "at twelve", got(), "3h0m0s handover_offered  joris")
	n := b.desk["handover:HS-1"]
	if n == nil || !n.Stands(b.now) || n.To != "joris" || n.Due.Sub(monday) != 3*time.Hour+30*time.Minute {
		t.Fatalf("the desk reads %+v, want to hand over to joris before 12:30", n)
	}
	if text := n.Words("nl", b.zone); text != "HS-1 overdragen vóór 12:30: samira gaat dan weg, joris kan het overnemen." {
		t.Errorf("the to-do says %q", text)
	}
	st.tick(3*time.Hour + 31*time.Minute)
	wantAll(t, "after half past twelve", got(), "3h30m0s off_duty")
	i := st.incident()
	if i.Owner != "" || b.attended(i) {
		t.Errorf("owner %q, attended %v; want nobody", i.Owner, b.attended(i))
	}
	if n := b.desk["handover:HS-1"]; !n.Stands(b.now) || n.Words("en", b.zone) != "HS-1 has had no owner since 12:30." {
		t.Errorf("the to-do says %q, done %v", n.Words("en", b.zone), n.Done)
	}
	st.tick(22 * time.Hour)
	wantAll(t, "overnight", got())
	st.tick(23*time.Hour + time.Minute) // Tuesday 08:01
	wantAll(t, "on Tuesday", got(), "23h0m0s back_on_duty")
	if i := st.incident(); i.Owner != "samira" || b.desk["handover:HS-1"].Stands(b.now) {
		t.Errorf("on Tuesday the owner is %q, the to-do stands %v", i.Owner, b.desk["handover:HS-1"].Stands(b.now))
	}
}

// TestHandedOver: one press gives it to who stays; the to-do closes, and who left is
// not asked again.
func TestHandedOver(t *testing.T) {
	st := deskStory(t, nil)
	b := st.f.book
	st.outage(0)
	st.command(time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "samira"})
	st.tick(3 * time.Hour)
	st.command(3*time.Hour+5*time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: b.desk["handover:HS-1"].To})
	if n := b.desk["handover:HS-1"]; n.Done.IsZero() || n.DoneBy != "rule" {
		t.Errorf("the to-do is done by %q at %v", n.DoneBy, n.Done)
	}
	got := st.watchRule(ruleDuty, "next")
	st.tick(8*time.Hour + time.Minute)
	wantAll(t, "till joris leaves", got(), "8h0m0s handover_nobody")
	if st.incident().Owner != "joris" {
		t.Errorf("the owner is %q, want joris till 17:30", st.incident().Owner)
	}
}

// TestGivenForLater: what is given to somebody who comes later is his from then on; till
// then nobody is on it.
func TestGivenForLater(t *testing.T) {
	st := deskStory(t, func(c *headstart.LogConfig) {
		c.Desk.Duty = append(c.Desk.Duty, headstart.Duty{Name: "anna", Hours: headstart.Hours{"tuesday": "08:00-17:30"}})
	})
	b := st.f.book
	got := st.watchRule(ruleDuty, "step")
	st.outage(4*time.Hour, big) // 13:00
	st.command(4*time.Hour+time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "anna"})
	st.tick(4*time.Hour + 17*time.Minute)
	wantAll(t, "anna works tomorrow", got(), "4h16m0s unowned netwerk 1")
	if i := st.incident(); i.Owner != "anna" || b.attended(i) {
		t.Errorf("owner %q, attended %v", i.Owner, b.attended(i))
	}
	st.tick(23*time.Hour + time.Minute)
	if !b.attended(st.incident()) {
		t.Error("on Tuesday she is on duty, and no text may say so")
	}
}

// TestOnCallHasNoHours: where somebody looks at any hour, hours end nothing.
func TestOnCallHasNoHours(t *testing.T) {
	st := deskStory(t, func(c *headstart.LogConfig) { c.Announce = []byte(`{"on_call":true}`) })
	st.outage(0)
	st.command(time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "samira"})
	st.tick(8 * time.Hour)
	if i := st.incident(); i.Owner != "samira" || !st.f.book.attended(i) {
		t.Errorf("owner %q, attended %v; want her still", i.Owner, st.f.book.attended(i))
	}
}

// TestListChanges: somebody who calls in sick owns nothing from the reload on; a list
// that lets somebody stay takes its to-do back.
func TestListChanges(t *testing.T) {
	st := deskStory(t, nil)
	st.outage(0)
	st.command(time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "samira"})
	st.tick(3*time.Hour + time.Minute)
	c := st.f.book.log
	c.Desk = &headstart.Desk{Duty: []headstart.Duty{{Name: "samira"}, {Name: "joris"}}}
	st.line(3*time.Hour+2*time.Minute, headstart.Line{Config: &c})
	st.tick(3*time.Hour + 31*time.Minute)
	if i := st.incident(); i.Owner != "samira" || st.f.book.desk["handover:HS-1"].Stands(st.f.book.now) {
		t.Errorf("she stays till half past five: owner %q, to-do stands %v", i.Owner, st.f.book.desk["handover:HS-1"].Stands(st.f.book.now))
	}
	sick := st.f.book.log
	sick.Desk = &headstart.Desk{Duty: []headstart.Duty{{Name: "samira", Absent: []string{"2026-11-23"}}, {Name: "joris"}}}
	st.line(4*time.Hour, headstart.Line{Config: &sick})
	if i := st.incident(); i.Owner != "" {
		t.Errorf("she is at home and still owns it: %q", i.Owner)
	}
}

// TestNamesOfHoursFade: after ninety days no timeline says who left (ruling 35), from
// rows that were loaded too.
func TestNamesOfHoursFade(t *testing.T) {
	st := deskStory(t, nil)
	st.outage(0)
	st.command(time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "samira"})
	st.tick(4 * time.Hour)
	st.recovered(5 * time.Hour)
	rows := map[[2]string][]byte{}
	keep := func(f *fold) {
		for _, op := range f.take() {
			delete(rows, [2]string{op.Table, op.Key})
			if op.Kind == headstart.Put {
				rows[[2]string{op.Table, op.Key}] = append([]byte{}, op.Val...)
			}
		}
	}
	keep(st.f)
	if !strings.Contains(strings.Join(values(strip(rows)), "\n"), `"owner","value":"samira"`) {
		t.Fatal("no row names samira; the test looks in vain")
	}
	for d := range 130 {
		st.tick(time.Duration(d+1) * 24 * time.Hour)
		keep(st.f)
	}
	for key, row := range strip(rows) {
		if strings.HasPrefix(key, headstart.TableTimeline) && (strings.Contains(row, "samira") || strings.Contains(row, "joris")) {
			t.Errorf("%s still names somebody: %s", key, row)
		}
	}
}

func values(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// TestOwnersFade (ruling 35): three months after an incident no row of it names who owned
// it, who left it when his hours ended, or what the desk was told of him.
func TestOwnersFade(t *testing.T) {
	for name, over := range map[string]time.Duration{"over while he works": time.Hour, "over after his hours": 11 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			st := deskStory(t, nil)
			st.outage(0, big)
			st.command(time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "joris"})
			st.tick(over - time.Minute)
			st.recovered(over)
			if row := string(encode(st.incident())); !strings.Contains(row, "joris") {
				t.Fatalf("the row never named him: %s", row)
			}
			for d := time.Duration(1); d <= 95; d++ {
				st.tick(d * 24 * time.Hour)
			}
			if row := string(encode(st.incident())); strings.Contains(row, "joris") {
				t.Errorf("after three months: %s", row)
			}
		})
	}
}
