package incidents

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"

	"pgregory.net/rapid"
)

// TestToDosCloseThemselves: a to-do whose condition is gone is done, by the rule; one
// that was put back stays, whatever happens.
func TestToDosCloseThemselves(t *testing.T) {
	st := deskStory(t, func(c *headstart.LogConfig) {
		c.Catalog.Parts = []headstart.Part{{ID: "TN-1"}}
	})
	b := st.f.book
	st.outage(0)
	for ref, c := range map[string]headstart.Command{
		"who":   {Kind: headstart.ClosesOwner, Incident: "HS-1"},
		"over":  {Kind: headstart.ClosesResolved, Incident: "hs-1"},
		"toner": {Kind: headstart.ClosesStock, Asset: "TN-1"},
		"mine":  {},
	} {
		c.Do, c.Ref, c.Text = "todo", ref, "doe "+ref
		if _, o := st.command(time.Minute, c); o.Refused != "" {
			t.Fatalf("%s: %s", ref, o.Refused)
		}
	}
	standing := func(want string) {
		t.Helper()
		var got []string
		for _, ref := range []string{"who", "over", "toner", "mine"} {
			if b.desk[ref].Stands(b.now) {
				got = append(got, ref)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("stands: %q, want %q", s, want)
		}
	}
	standing("who over toner mine")
	st.command(2*time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "joris"})
	standing("over toner mine")
	c := b.log
	catalog := *c.Catalog
	catalog.Parts = []headstart.Part{{ID: "TN-1", Stock: 2}}
	c.Catalog = &catalog
	st.line(3*time.Minute, headstart.Line{Config: &c})
	standing("over mine")
	st.command(4*time.Minute, headstart.Command{Do: "todo-done", Ref: "who", Value: new(false)})
	standing("who over mine")
	st.recovered(5 * time.Minute)
	standing("who mine")
	for range 3 {
		if _, o := st.command(10*time.Minute, headstart.Command{Do: "todo-done", Ref: "mine"}); o.Refused != "" {
			t.Errorf("ticked off twice: %s", o.Refused)
		}
	}
	standing("who")
	if n := b.desk["mine"]; n.DoneBy != "samira" || n.Done.Sub(monday) != 10*time.Minute {
		t.Errorf("done by %q at %v, want by samira, the first time", n.DoneBy, n.Done)
	}
}

// TestAToDoMovesToAnotherIncident: one that is written again about another incident is
// closed by that one alone, and once it is forgotten nothing looks for it.
func TestAToDoMovesToAnotherIncident(t *testing.T) {
	l := &life{story: newStory(t, nil), rows: map[[2]string][]byte{}}
	l.count()
	l.outage(0)
	l.second(0)
	todo := headstart.Command{Do: "todo", Ref: "call", Text: "bel de leverancier", Kind: headstart.ClosesOwner, Incident: "HS-1"}
	l.does(time.Minute, todo, "")
	todo.Incident = "HS-2"
	l.does(2*time.Minute, todo, "")
	l.does(3*time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "joris"}, "")
	if n := l.f.book.desk["call"]; !n.Done.IsZero() {
		t.Errorf("an owner of HS-1 ends the to-do of HS-2: %+v", n)
	}
	l.does(4*time.Minute, headstart.Command{Do: "todo-done", Ref: "call"}, "")
	for d := time.Duration(1); d <= 32; d++ {
		l.tick(d * 24 * time.Hour)
	}
	if l.f.book.desk["call"] != nil {
		t.Fatal("the to-do is still known")
	}
	l.does(33*24*time.Hour, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "samira"}, "")
}

// TestNotesAreRefused: what helps nobody is refused with a reason, and changes nothing.
func TestNotesAreRefused(t *testing.T) {
	st := deskStory(t, nil)
	st.outage(0)
	st.command(time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "samira"})
	st.tick(3 * time.Hour) // now a rule offers a hand-over
	known := len(st.f.book.desk)
	at := 3*time.Hour + time.Minute
	for name, c := range map[string]headstart.Command{
		"no text":            {Do: "todo", Text: " \n"},
		"too long":           {Do: "notice", Text: strings.Repeat("é", headstart.MostNoteText+1)},
		"over already":       {Do: "handover", Text: "x", Until: monday},
		"no incident":        {Do: "todo", Text: "x", Incident: "HS-77"},
		"no condition":       {Do: "todo", Text: "x", Incident: "HS-1", Kind: "sunny"},
		"not of a notice":    {Do: "notice", Text: "x", Incident: "HS-1", Kind: "owner"},
		"about nothing":      {Do: "todo", Text: "x", Kind: "owner"},
		"no part":            {Do: "todo", Text: "x", Kind: "stock", Asset: "TN-9"},
		"so already":         {Do: "todo", Text: "x", Kind: "owner", Incident: "HS-1"},
		"in a rule's place":  {Do: "todo", Text: "x", Ref: "handover:HS-1"},
		"in the hush's":      {Do: "todo", Text: "x", Ref: headstart.HushKey},
		"in the offer's":     {Do: "todo", Text: "x", Ref: offerKey},
		"in a page's":        {Do: "todo", Text: "x", Ref: headstart.PageStateKey("")},
		"in what was read":   {Do: "todo", Text: "x", Ref: headstart.SeenKey("joris")},
		"a to-do of nowhere": {Do: "todo-done", Ref: "nowhere"},
	} {
		if _, o := st.command(at, c); o.Refused == "" {
			t.Errorf("%s was done", name)
		}
		if len(st.f.book.desk) != known {
			t.Fatalf("%s left a note", name)
		}
	}
	for n := range headstart.MostNotes {
		st.command(at, headstart.Command{Do: "notice", Text: "x", Ref: fmt.Sprint("n", n)})
	}
	if _, o := st.command(at, headstart.Command{Do: "notice", Text: "one more"}); o.Refused == "" {
		t.Error("notes have no bound")
	}
}

// TestNotesCarryOver: days on which nobody works carry nothing over; what has an end is
// gone then.
func TestNotesCarryOver(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	cal := &headstart.Calendar{Holidays: []headstart.Holiday{{From: "2026-11-24"}}}
	n := headstart.DeskNote{Kind: "todo", At: time.Date(2026, 11, 20, 16, 0, 0, 0, zone), Until: time.Date(2026, 11, 27, 9, 0, 0, 0, zone)} // a Friday
	for day, want := range map[int]int{20: 1, 21: 1, 22: 1, 23: 2, 24: 2, 25: 3, 26: 4} {
		if got := n.Day(cal, time.Date(2026, 11, day, 9, 0, 0, 0, zone)); got != want {
			t.Errorf("on the %dth it is day %d, want %d", day, got, want)
		}
	}
	if !n.Stands(n.Until.Add(-time.Second)) || n.Stands(n.Until) {
		t.Error("the note does not end at its end")
	}
}

// TestTheDeskIsTold: one message for each incident, heard when it is big and new, when
// nobody takes it, when a promise nears; edited in between; none about small ones that
// wait for nobody, and no more than so many an hour.
func TestTheDeskIsTold(t *testing.T) {
	st := deskStory(t, nil)
	st.outage(0, big)
	st.tick(16 * time.Minute)
	st.command(17*time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "joris"})
	st.recovered(20 * time.Minute)
	var heard, edits int
	var last *headstart.Notice
	for _, key := range sortedKeys(st.f.book.owed) {
		n := st.f.book.owed[key]
		if n.Plane != headstart.PlaneDesk {
			continue
		}
		if n.Channel != "desk-chat" || n.Audience != "desk" || len(n.Text) != 1 || n.Page != "https://desk.example/i/HS-1" {
			t.Errorf("%s: %s", key, encode(n))
		}
		if n.Silent {
			edits++
		} else {
			heard++
		}
		if last == nil || n.N > last.N {
			last = n
		}
	}
	if heard != 2 || edits < 2 || !last.Final || !strings.Contains(last.Text["en"].Body, "Over since") {
		t.Errorf("heard %d times, %d edits, the last %s; want new and unowned heard, the owner and the end edited in", heard, edits, encode(last))
	}
	if text := last.Text["en"]; len([]rune(text.Short)) > 160 || text.Subject != text.Title {
		t.Errorf("text %+v", text)
	}
}

// TestPromisesOnTheDesk: the reminder of a promise is done the moment the message came,
// and of one that did not come the desk is told the moment it was due.
func TestPromisesOnTheDesk(t *testing.T) {
	for policy, missed := range map[string]bool{auto: false, "approve": true} {
		t.Run(policy, func(t *testing.T) {
			st := deskStory(t, func(c *headstart.LogConfig) {
				a := DefaultConfig().Announce
				a.Push.Mode, a.Policy[noNewsKey] = auto, policy
				c.Announce = encode(a)
			})
			st.outage(0, big)
			st.command(time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "joris"})
			st.tick(3 * time.Minute)
			due := st.notice().NextUpdateBy.Sub(monday)
			st.tick(due - warnAhead)
			if n := st.f.book.desk["promise:HS-1"]; n == nil || !n.Stands(st.f.book.now) {
				t.Fatalf("five minutes before the desk is reminded of %+v", n)
			}
			st.tick(due)
			told := false
			for _, n := range st.f.book.owed {
				told = told || n.Plane == headstart.PlaneDesk && n.Reason == "missed"
			}
			if n := st.f.book.desk["promise:HS-1"]; told != missed || n.Stands(st.f.book.now) != missed {
				t.Errorf("at %v the desk was told of a missed promise: %t, and the reminder is %+v; want missed %t", due, told, n, missed)
			}
		})
	}
}

// TestADeskIsNotFlooded: beyond so many incidents an hour the board is enough.
func TestADeskIsNotFlooded(t *testing.T) {
	st := deskStory(t, nil)
	st.outage(0, big)
	for id := headstart.GroupID(2); id <= 50; id++ {
		g := *st.s.groups[1]
		g.ID, g.Opener, g.Received = id, headstart.ProblemKey(fmt.Sprintf("x-%d/Down", id)), monday.Add(time.Duration(id)*time.Second)
		st.s.groups[id] = &g
		st.change(time.Minute, headstart.Change{Kind: headstart.GroupOpened, Group: id})
	}
	told := map[headstart.IncidentID]bool{}
	for _, n := range st.f.book.owed {
		if n.Plane == headstart.PlaneDesk {
			told[n.Incident] = true
		}
	}
	if len(told) != mostAlarms {
		t.Errorf("the desk is told of %d incidents within a minute, want %d", len(told), mostAlarms)
	}
}

// TestALinkIsUsedOnce: the engine takes each link of a mail once, and nobody passes for
// one without it.
func TestALinkIsUsedOnce(t *testing.T) {
	st := deskStory(t, nil)
	st.outage(0, big)
	link := headstart.Command{Do: "ack", Incident: "HS-1", Ref: headstart.MailAck + "aa"}
	if _, o := st.command(time.Minute, link); o.Refused != "" || !st.incident().UsedLink(link.Ref) {
		t.Fatalf("refused %q, used %v", o.Refused, st.incident().UsedLinks)
	}
	first := *st.incident().AcknowledgedAt
	if _, o := st.command(20*time.Minute, link); o.Refused == "" || !st.incident().AcknowledgedAt.Equal(first) {
		t.Error("the link was used again")
	}
	c := headstart.Command{ID: "x", Do: "ack", Incident: "HS-1", By: headstart.MailLinkBy("net-team")}
	st.line(21*time.Minute, headstart.Line{Command: &c})
	if st.f.book.outcomes["x"].Refused == "" {
		t.Error("somebody passes for a link")
	}
}

// TestEscalationHolds: whatever people and machines do, also across loads of the stored
// rows and outages of ours: a receiver is called at most once for a step of a round of
// an incident, nobody is called while it is silenced, in planned work or hushed, lines
// only grow within a round, and what is stored is what was folded.
func TestEscalationHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		st := deskStory(t, nil)
		var now time.Duration
		called := map[string]bool{}
		line := map[string]string{}
		st.f.observe = func(d headstart.Decision) {
			if d.Rule != ruleDuty || d.Outcome != unowned && d.Outcome != silent {
				return
			}
			round := string(d.Incident) + "/" + d.Fact("round")
			key := round + "/" + d.Fact("step") + "/" + d.Fact("receiver")
			switch i := st.f.book.incidents[d.Incident]; {
			case called[key]:
				rt.Fatalf("%s is called twice", key)
			case d.Fact("line") <= line[round]:
				rt.Fatalf("%s: line %s after %s", key, d.Fact("line"), line[round])
			case st.f.book.paused(i), len(i.SilencedBy) > 0, st.f.book.hushed(i), !i.Live():
				rt.Fatalf("%s is called while it is held", key)
			}
			called[key], line[round] = true, d.Fact("line")
		}
		st.outage(0, big)
		rows := map[[2]string][]byte{}
		for n := range rapid.IntRange(5, 40).Draw(rt, "steps") {
			now += time.Duration(rapid.IntRange(0, 3600).Draw(rt, "seconds")) * time.Second
			st.f.trusted = rapid.IntRange(0, 9).Draw(rt, "stop") > 0
			st.anything(rt, n, now)
			st.reload(rt, rows)
		}
	})
}

// anything lets somebody or something act on the outage.
func (st *story) anything(rt *rapid.T, n int, now time.Duration) {
	g := st.s.groups[1]
	change := func(kind headstart.ChangeKind) { st.change(now, headstart.Change{Kind: kind, Group: 1}) }
	c := headstart.Command{
		ID: fmt.Sprint("e", n), Incident: "HS-1", By: rapid.SampledFrom([]string{"samira", "joris", "vera"}).Draw(rt, "who"),
		Do:    rapid.SampledFrom([]string{"tick", "tick", "ack", "assign", "assign", "note", "todo", "hush", "silence", "work", "end", "again", "people"}).Draw(rt, "do"),
		Owner: rapid.SampledFrom([]string{"samira", "joris", "vera", ""}).Draw(rt, "owner"), Text: "x", For: "30m",
	}
	switch c.Do {
	case "tick":
		st.tick(now)
	case "silence":
		g.SilencedBy = nil
		if rapid.Bool().Draw(rt, "on") {
			g.SilencedBy = []headstart.Mute{{By: "x"}}
		}
		change(headstart.ImpactChanged)
	case "work":
		g.Paused = !g.Paused
		change(headstart.PlanChanged)
	case "people":
		g.People = rapid.SampledFrom([]int{5, 400}).Draw(rt, "people")
		change(headstart.ImpactChanged)
	case "end":
		if g.State == headstart.Open {
			g.State, g.Firing, g.Proved, g.ResolvedAt = headstart.Resolved, 0, true, monday.Add(now)
			change(headstart.GroupResolved)
		}
	case "again":
		if g.State == headstart.Resolved {
			g.State, g.Firing, g.ResolvedAt = headstart.Open, 2, time.Time{}
			change(headstart.GroupReopened)
		}
	default:
		st.line(now, headstart.Line{Command: &c})
	}
}

// reload goes on with a fold made of the rows stored so far, as after a restart; it
// must be the one that goes away.
func (st *story) reload(rt *rapid.T, rows map[[2]string][]byte) {
	for _, op := range st.f.take() {
		delete(rows, [2]string{op.Table, op.Key})
		if op.Kind == headstart.Put {
			rows[[2]string{op.Table, op.Key}] = append([]byte{}, op.Val...)
		}
	}
	next := newFold(st.s, testMakers())
	next.trusted, next.observe = st.f.trusted, st.f.observe
	tables := append([]string{headstart.TableConfig}, append(headstart.IncidentTables(), headstart.TableClock)...)
	cfg := st.f.book.log
	next.book.configure(cfg)
	for _, table := range tables[1:] {
		for key, val := range rows {
			if key[0] == table {
				if err := next.load(table, headstart.Row{Key: key[1], Val: val}); err != nil {
					rt.Fatal(err)
				}
			}
		}
	}
	if err := next.loaded(); err != nil {
		rt.Fatal(err)
	}
	want, got := snapshot(st.t, st.f), snapshot(st.t, next)
	for name, part := range want {
		if got[name] != part {
			rt.Fatalf("%s of the rows differs:\n%s\nwant\n%s", name, got[name], part)
		}
	}
	st.f = next
}
