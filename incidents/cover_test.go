package incidents

import (
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// together is a story in which group 1 (the switch, printing) and group 2 (a service of
// its own) hit the same building.
func together(t *testing.T, change func(*Announce)) *story {
	t.Helper()
	st := newStory(t, change)
	log := st.f.book.log
	catalog := *log.Catalog
	catalog.Services = append(slices.Clone(catalog.Services), headstart.Service{ID: "bellen", Kind: headstart.KindTelephony, Name: headstart.Names{"nl": "Bellen", "en": "Calling"}})
	log.Catalog = &catalog
	st.line(0, headstart.Line{Config: &log})
	st.outage(0)
	return st
}

// calls opens group n, telephony in the same building, of which the page is told.
func (st *story) calls(d time.Duration, n headstart.GroupID, points int) {
	st.s.groups[n] = &headstart.Group{
		V: 1, ID: n, State: headstart.Open, Opener: headstart.ProblemKey("pbx-" + itoa(int(n)) + "/Down"), Received: monday.Add(d), Points: points, Firing: 1, Total: 1, People: 60,
		Cause: headstart.Cause{Asset: "bellen", Kind: headstart.CauseObserved}, Services: []string{"bellen"}, Locations: []string{"noord"},
		StartedAt: monday.Add(d), OpenedAt: monday.Add(d),
	}
	st.change(d, headstart.Change{Kind: headstart.GroupOpened, Group: n})
}

// finishes lets group n end: all clear and resolved at d.
func (st *story) finishes(d time.Duration, n headstart.GroupID) []Message {
	g := st.s.groups[n]
	g.Firing, g.State, g.Proved, g.ResolvedAt = 0, headstart.Resolved, true, monday.Add(d)
	return st.change(d, headstart.Change{Kind: headstart.GroupResolved, Group: n})
}

// reopens lets group n come back at d.
func (st *story) reopens(d time.Duration, n headstart.GroupID) []Message {
	g := st.s.groups[n]
	g.Firing, g.State, g.ResolvedAt, g.Proved = 1, headstart.Open, time.Time{}, false
	return st.change(d, headstart.Change{Kind: headstart.GroupReopened, Group: n})
}

func (st *story) does(d time.Duration, do string, a *headstart.Announcement, ids ...string) *headstart.Outcome {
	st.t.Helper()
	_, o := st.command(d, headstart.Command{Do: do, Announcement: a.ID, Incidents: ids})
	if o.Refused != "" {
		st.t.Fatalf("%s %v refused: %s", do, ids, o.Refused)
	}
	return o
}

// covered is a story five minutes on: the pushed announcement of HS-1, printing, speaks
// for HS-2, telephony, too.
func covered(t *testing.T) (*story, *headstart.Announcement) {
	t.Helper()
	st := together(t, nil)
	st.tick(3 * time.Minute)
	a := st.notice()
	st.calls(4*time.Minute, 2, 1)
	st.does(5*time.Minute, "cover", a, "HS-2")
	return st, a
}

func (st *story) of(id headstart.IncidentID) *incident { return st.f.book.incidents[id] }

// said is the body and title of what users read of a now.
func said(a *headstart.Announcement, lang string) string {
	t := a.Last().Text[lang]
	return t.Title + "\n" + t.Body
}

// TestCoverTellsOnce: one message for two incidents. The covered one has no words, push
// or promise of its own, its head start counts from the first words that told of it, and
// where it had words already they are carried on.
func TestCoverTellsOnce(t *testing.T) {
	st := together(t, nil)
	st.tick(3 * time.Minute) // pushed
	a := st.notice()
	st.calls(4*time.Minute, 2, 1) // too little evidence for words of its own
	own := st.f.book.notice(st.of("HS-2"), "noord")
	if own == nil || own.Live() {
		t.Fatalf("own notice %+v, want a draft", own)
	}
	before := len(a.Updates)
	st.does(5*time.Minute, "cover", a, "HS-2")
	if st.f.book.notice(st.of("HS-2"), "noord") != nil {
		t.Error("the draft of its own is still there")
	}
	if len(a.Updates) != before+1 || !a.Last().Corrects || !strings.Contains(said(a, "nl"), "also=Bellen") {
		t.Errorf("users read %q, want the second thing named in place", said(a, "nl"))
	}
	if !slices.Equal(a.Last().About, []headstart.IncidentID{"HS-1", "HS-2"}) || !slices.Equal(a.Services, []string{"bellen", "print"}) || a.People != 60 {
		t.Errorf("about %v, services %v, %d people", a.Last().About, a.Services, a.People)
	}
	i := st.of("HS-2")
	if i.AnnouncedAt == nil || !i.AnnouncedAt.Equal(monday.Add(5*time.Minute)) || i.NextUpdateBy != nil {
		t.Errorf("announced at %v with promise %v, want when it was covered and none", i.AnnouncedAt, i.NextUpdateBy)
	}
	st.s.groups[2].Points = 2
	if got := brief(append(st.change(6*time.Minute, headstart.Change{Kind: headstart.ImpactChanged, Group: 2}), st.tick(20*time.Minute)...)); got != "" {
		t.Errorf("told %q of it, want nothing: the message of HS-1 speaks for it", got)
	}
	if !strings.Contains(said(a, "en"), "also=Calling") {
		t.Errorf("in English users read %q", said(a, "en"))
	}
}

// TestCoverFoldsWhatStood: what users read of the second incident goes on in the first,
// and whoever was sent it hears the end; taken out, it stands again.
func TestCoverFoldsWhatStood(t *testing.T) {
	st := together(t, nil)
	st.tick(3 * time.Minute)
	st.calls(4*time.Minute, 2, 2)
	st.tick(8 * time.Minute)
	a, own := st.notice(), st.f.book.notice(st.of("HS-2"), "noord")
	if !own.Live() || own.How != headstart.HowPush {
		t.Fatalf("own notice %s %s, want it pushed", own.State, own.How)
	}
	st.does(10*time.Minute, "cover", a, "HS-2")
	if own.Live() || !slices.Contains(a.Folded, own.ID) {
		t.Errorf("own notice %s, folded %v", own.State, a.Folded)
	}
	st.does(12*time.Minute, "uncover", a, "HS-2")
	if len(a.Also) != 0 || strings.Contains(said(a, "nl"), "also=Bellen") {
		t.Errorf("still about %v: %q", a.Also, said(a, "nl"))
	}
	if !own.Live() || own.NextUpdateBy == nil || len(a.Folded) != 0 {
		t.Errorf("own notice %s promises %v, want it to stand again", own.State, own.NextUpdateBy)
	}
}

// TestCoverEndsWithTheLast: the announcement goes on with what still fails, under the same
// id and number; that something works again is said once a person approves, and the end
// only after the last.
func TestCoverEndsWithTheLast(t *testing.T) {
	st, a := covered(t)
	st.finishes(30*time.Minute, 1) // the one that carries it
	if a.Incident != "HS-2" || a.First != "HS-1" || a.Ref() != "HS-1" || !a.About("HS-1") || !a.Live() {
		t.Fatalf("carried by %s, first %s, number %s, about %v", a.Incident, a.First, a.Ref(), a.Also)
	}
	if got := said(a, "nl"); !strings.Contains(got, "telephony") || strings.Contains(got, "also=") {
		t.Errorf("users read %q, want what still fails", got)
	}
	st.tick(46 * time.Minute)
	if a.Draft == nil || a.Draft.Phase != headstart.Progress || !slices.Equal(a.Draft.Over, []headstart.IncidentID{"HS-1"}) || !strings.Contains(a.Draft.Text["nl"].Body, "back=Printen") {
		t.Fatalf("draft %+v, want that printing works again", a.Draft)
	}
	st.command(47*time.Minute, headstart.Command{Do: "approve", Announcement: a.ID})
	if u := a.Last(); !slices.Equal(u.Over, []headstart.IncidentID{"HS-1"}) || !strings.Contains(u.Text["nl"].Body, "back=Printen") {
		t.Errorf("users read %q", said(a, "nl"))
	}
	if _, o := st.command(48*time.Minute, headstart.Command{Do: "announce", Incident: "HS-2", Phase: headstart.Solved, Audience: "noord"}); o.Refused == "" {
		t.Error("all is called over though one fails")
	}
	st.finishes(50*time.Minute, 2)
	if !a.Live() || a.Draft != nil && a.Draft.Phase == headstart.Solved {
		t.Fatalf("state %s with draft %+v right after the end", a.State, a.Draft)
	}
	st.tick(66 * time.Minute)
	if a.Draft == nil || a.Draft.Phase != headstart.Solved {
		t.Fatalf("draft %+v, want the end: a person put them together", a.Draft)
	}
	st.command(67*time.Minute, headstart.Command{Do: "approve", Announcement: a.ID})
	if a.State != headstart.AnnouncementFinal {
		t.Errorf("state %s, want final", a.State)
	}
	if got := st.reopens(70*time.Minute, 1); a.Incident != "HS-1" || !strings.Contains(brief(got), "reopened draft") {
		t.Errorf("carried by %s, said %q; want the one that is back to be told in it", a.Incident, brief(got))
	}
}

// TestCoverByHandOnePart: who closes one of several by hand is taken at their word, and
// the rest goes on.
func TestCoverByHandOnePart(t *testing.T) {
	st, a := covered(t)
	g := st.s.groups[2]
	g.State, g.CloseReason, g.Firing = headstart.Closed, "by_hand", 0
	st.s.next = []headstart.Change{{Kind: headstart.GroupClosed, Group: 2, Decision: headstart.Decision{Rule: "T-07", Outcome: "closed"}}}
	st.command(30*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-2"})
	if u := a.Last(); !a.Live() || u.By != "samira" || !slices.Equal(u.Over, []headstart.IncidentID{"HS-2"}) || !strings.Contains(said(a, "nl"), "back=Bellen") {
		t.Errorf("%s by %s of %v: %q, want that calling works again", a.State, u.By, u.Over, said(a, "nl"))
	}
	g = st.s.groups[1]
	g.State, g.CloseReason, g.Firing = headstart.Closed, "by_hand", 0
	st.s.next = []headstart.Change{{Kind: headstart.GroupClosed, Group: 1, Decision: headstart.Decision{Rule: "T-07", Outcome: "closed"}}}
	st.command(40*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-1"})
	if a.State != headstart.AnnouncementFinal {
		t.Errorf("state %s after the last was closed by hand, want final", a.State)
	}
}

// TestCoverConfidentialLeaves (ruling 30): what becomes confidential leaves at once, and
// the words that stand do not name it.
func TestCoverConfidentialLeaves(t *testing.T) {
	for name, secret := range map[string]headstart.IncidentID{"a covered one": "HS-2", "the one that carries it": "HS-1"} {
		t.Run(name, func(t *testing.T) {
			st, a := covered(t)
			st.command(6*time.Minute, headstart.Command{Do: "confidential", Incident: string(secret)})
			if a.About(secret) || !a.Live() || a.Confidential || slices.Contains(a.SpeaksFor(a.Last()), secret) {
				t.Errorf("about %s and %v, last words of %v", a.Incident, a.Also, a.SpeaksFor(a.Last()))
			}
			named := 0
			for n := range a.Updates {
				if slices.Contains(a.SpeaksFor(&a.Updates[n]), secret) {
					named++
				}
			}
			if named == 0 {
				t.Error("no update is known to speak for it: the public page could not leave it out")
			}
			for key, n := range st.f.book.owed {
				if n.Plane == headstart.PlaneUsers && strings.Contains(n.Text["nl"].Body, "also=Bellen") {
					t.Errorf("%s is owed and names it", key)
				}
			}
		})
	}
}

// TestCoverFollowsMerges: a covered incident that goes into another takes the words along.
func TestCoverFollowsMerges(t *testing.T) {
	st, a := covered(t)
	st.calls(6*time.Minute, 3, 2)
	st.tick(10 * time.Minute)
	own := st.f.book.notice(st.of("HS-3"), "noord")
	if !own.Live() {
		t.Fatal("HS-3 has no notice")
	}
	st.merge(11*time.Minute, 2, 3)
	if a.About("HS-2") || !a.About("HS-3") || own.Live() {
		t.Errorf("about %s and %v; its own is %s", a.Incident, a.Also, own.State)
	}
	st.merge(12*time.Minute, 1, 3)
	if a.Incident != "HS-3" || len(a.Also) != 0 || !a.Live() || len(st.live("HS-3")) != 1 {
		t.Errorf("carried by %s, about %v, %s", a.Incident, a.Also, a.State)
	}
}

// TestCoverOfAMergedOneIsCarriedByTheLiving: what nobody read yet of an incident that is
// merged goes on with its survivor when the other it speaks for is over.
func TestCoverOfAMergedOneIsCarriedByTheLiving(t *testing.T) {
	st := together(t, nil)
	for n := headstart.GroupID(2); n <= 4; n++ {
		st.calls(time.Duration(n)*time.Second, n, 1)
	}
	a := st.f.book.notice(st.of("HS-4"), "noord")
	if a == nil || a.Live() {
		t.Fatalf("HS-4 has the notice %+v, want one that nobody read", a)
	}
	st.does(time.Minute, "cover", a, "HS-2")
	st.finishes(2*time.Minute, 2)
	st.merge(3*time.Minute, 4, 3)
	if a.Incident != "HS-3" || !a.About("HS-2") {
		t.Errorf("carried by %s, about %v; want HS-3, which is live, and HS-2", a.Incident, a.Also)
	}
}

// TestCoverWithdrawn: withdrawing ends it, and the others are judged for themselves.
func TestCoverWithdrawn(t *testing.T) {
	st, a := covered(t)
	st.s.groups[2].Points = 2
	said, o := st.command(6*time.Minute, headstart.Command{Do: "withdraw", Announcement: a.ID})
	if o.Refused != "" || a.State != headstart.AnnouncementWithdrawn || len(a.Also) != 0 {
		t.Fatalf("%s, about %v, refused %q", a.State, a.Also, o.Refused)
	}
	if got := brief(said); !strings.Contains(got, "investigating page") {
		t.Errorf("said %q, want HS-2 told by itself", got)
	}
}

// TestCoverRefusals: each refusal says why.
func TestCoverRefusals(t *testing.T) {
	st := together(t, nil)
	st.tick(3 * time.Minute)
	st.calls(4*time.Minute, 2, 1)
	st.calls(4*time.Minute, 3, 2)
	st.tick(8 * time.Minute)
	a := st.notice()
	st.calls(9*time.Minute, 4, 1)
	st.calls(9*time.Minute, 5, 1)
	st.calls(9*time.Minute, 6, 1)
	st.calls(9*time.Minute, 7, 1)
	st.merge(9*time.Minute, 4, 5)
	st.command(9*time.Minute, headstart.Command{Do: "confidential", Incident: "HS-6"})
	st.s.groups[7].Locations = []string{"zuid"}
	st.change(9*time.Minute, headstart.Change{Kind: headstart.ImpactChanged, Group: 7})
	st.does(9*time.Minute, "cover", a, "HS-2")
	draft := st.f.book.notice(st.of("HS-5"), "noord")
	for name, c := range map[string]struct {
		a    *headstart.Announcement
		id   string
		want string
	}{
		"itself":              {a, "HS-1", "already"},
		"twice":               {a, "HS-2", "already"},
		"unknown":             {a, "HS-99", "no incident"},
		"merged":              {a, "HS-4", "went into HS-5"},
		"confidential":        {a, "HS-6", "confidential"},
		"another audience":    {a, "HS-7", "hits nobody of noord"},
		"told by another":     {st.f.book.notice(st.of("HS-3"), "noord"), "HS-2", "speaks for HS-2 already"},
		"its own goes before": {draft, "HS-3", "went further"},
	} {
		t.Run(name, func(t *testing.T) {
			_, o := st.command(10*time.Minute, headstart.Command{Do: "cover", Announcement: c.a.ID, Incidents: []string{c.id}})
			if !strings.Contains(o.Refused, c.want) {
				t.Errorf("refused %q, want %q", o.Refused, c.want)
			}
		})
	}
	st.finishes(20*time.Minute, 5)
	if _, o := st.command(21*time.Minute, headstart.Command{Do: "cover", Announcement: a.ID, Incidents: []string{"HS-5"}}); !strings.Contains(o.Refused, "is over") {
		t.Errorf("what is over is refused with %q", o.Refused)
	}
	if _, o := st.command(22*time.Minute, headstart.Command{Do: "announce", Incident: "HS-2", Phase: headstart.Progress, Text: "wij kijken"}); !strings.Contains(o.Refused, "speaks for HS-2") {
		t.Errorf("words of its own are refused with %q", o.Refused)
	}
	if _, o := st.command(23*time.Minute, headstart.Command{Do: "uncover", Announcement: a.ID, Incidents: []string{"HS-1"}}); !strings.Contains(o.Refused, "carries") {
		t.Errorf("its own is refused with %q", o.Refused)
	}
}

// TestCoverNeedsTheNewsThatItIsBack: an announcement that said all is well, of an incident
// that came back, takes no other in before users were told so: it would say of both that
// all is well.
func TestCoverNeedsTheNewsThatItIsBack(t *testing.T) {
	st := together(t, func(a *Announce) { a.Policy["reopened"] = approval })
	st.tick(3 * time.Minute)
	a := st.notice()
	st.finishes(10*time.Minute, 1)
	st.tick(30 * time.Minute)
	st.reopens(31*time.Minute, 1)
	st.calls(31*time.Minute, 2, 1)
	if last := a.Last(); !last.Final || a.Draft == nil {
		t.Fatalf("users read %s last, and a draft waits: %t; want the end, and a draft that it is back", last.Phase, a.Draft != nil)
	}
	if _, o := st.command(32*time.Minute, headstart.Command{Do: "cover", Announcement: a.ID, Incidents: []string{"HS-2"}}); !strings.Contains(o.Refused, "works again") {
		t.Errorf("refused %q, want that users read that it works again", o.Refused)
	}
	st.command(33*time.Minute, headstart.Command{Do: "approve", Announcement: a.ID})
	st.does(34*time.Minute, "cover", a, "HS-2")
	if last := a.Last(); last.Final || !a.About("HS-2") {
		t.Errorf("users read %s (final: %t) last; want that it is back, of both", last.Phase, last.Final)
	}
}

// TestCoverWaitsWithItsCarrier: an announcement that comes to be carried by an incident that
// is hushed waits with it: what is owed of it is taken back.
func TestCoverWaitsWithItsCarrier(t *testing.T) {
	hush := func(st *story, d time.Duration, id headstart.IncidentID) {
		if _, o := st.command(d, headstart.Command{Do: "hush", Incident: string(id), For: "2h"}); o.Refused != "" {
			t.Fatalf("hush refused: %s", o.Refused)
		}
	}
	owed := func(st *story, a *headstart.Announcement) int { return len(st.f.book.owedOf[a.ID]) }
	t.Run("the one before it ended", func(t *testing.T) {
		st, a := covered(t)
		st.calls(6*time.Minute, 3, 1)
		hush(st, 7*time.Minute, "HS-3")
		st.merge(8*time.Minute, 2, 3)
		before := owed(st, a)
		st.finishes(9*time.Minute, 1)
		if before == 0 || a.Incident != "HS-3" || owed(st, a) != 0 {
			t.Errorf("carried by %s, %d owed, %d before; want none by HS-3, and some before", a.Incident, owed(st, a), before)
		}
	})
	t.Run("it took over what a merged one told", func(t *testing.T) {
		st := together(t, nil)
		st.calls(time.Minute, 2, 1)
		st.does(time.Minute, "cover", st.f.book.notice(st.of("HS-1"), "noord"), "HS-2")
		hush(st, time.Minute+time.Second, "HS-1") // and with it HS-2; the page says what neither is sent
		st.calls(6*time.Minute, 3, 2)
		st.tick(10 * time.Minute)
		a := st.f.book.notice(st.of("HS-3"), "noord")
		before := owed(st, a)
		st.merge(11*time.Minute, 3, 2)
		if before == 0 || a.Incident != "HS-1" || owed(st, a) != 0 {
			t.Errorf("carried by %s, %d owed, %d before; want none by HS-1, and some before", a.Incident, owed(st, a), before)
		}
	})
}
