package incidents

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// planWork plans work on printing in Noord, from start after monday for length.
func (st *story) planWork(d, start, length time.Duration, change ...func(*headstart.MaintenanceWindow)) []Message {
	w := &headstart.MaintenanceWindow{
		ID: "W-1", Assets: []string{"sw-n-2"}, StartsAt: monday.Add(start), EndsAt: monday.Add(start + length),
		Owner: "joris", Summary: headstart.Names{"en": "New switches"}, Source: "config",
	}
	for _, f := range change {
		f(w)
	}
	if st.s.windows == nil {
		st.s.windows = map[string]*headstart.MaintenanceWindow{}
		st.s.reach = headstart.Reach{Services: []string{"print"}, Locations: []string{"noord"}, People: 40}
	}
	st.s.windows[w.ID] = w
	return st.line(d, headstart.Line{Maintenance: w})
}

// workNotice is the newest announcement of W-1 for Noord.
func (st *story) workNotice() *headstart.Announcement {
	st.t.Helper()
	a := st.f.book.noticeOf("W-1", "noord")
	if a == nil {
		st.t.Fatal("no announcement of the work")
	}
	return a
}

// approveWork approves what waits for Noord.
func (st *story) approveWork(d time.Duration) []Message {
	st.t.Helper()
	said, o := st.command(d, headstart.Command{Do: "approve", Announcement: st.workNotice().ID})
	if o.Refused != "" {
		st.t.Fatalf("refused: %s", o.Refused)
	}
	return said
}

// through ticks at each deadline from d on until end, as the engine does.
func (st *story) through(end time.Duration) (said []Message) {
	for {
		due, ok := st.f.deadline()
		if !ok || due.After(monday.Add(end)) {
			return said
		}
		said = append(said, st.tick(due.Sub(monday))...)
	}
}

const day = 24 * time.Hour

// night is 22:00 in Amsterdam, seven days and thirteen hours after monday.
const night = 7*day + 13*time.Hour

func evening(a *Announce) { a.Quiet.From, a.Quiet.To = "23:30", "07:00" }

// TestWorkIsToldFromDraftToDone walks planned work from its draft to its end: what
// is by itself, what a person approves, what stands on the page and what is pushed.
func TestWorkIsToldFromDraftToDone(t *testing.T) {
	st := newStory(t, evening)
	if got := brief(st.planWork(0, night, 2*time.Hour)); got != "" {
		t.Errorf("seven days and more ahead the desk is offered %q, want nothing yet", got)
	}
	if got := brief(st.through(13 * time.Hour)); got != "maintenance_announced draft" {
		t.Fatalf("seven days ahead: %q, want a draft", got)
	}
	a := st.workNotice()
	if why := strings.Join(a.Draft.Why, ";"); !strings.Contains(why, "policy wants approval") {
		t.Errorf("the draft waits for %q, want the policy", why)
	}
	if a.Number != "HS-W1" || a.Incident != "" || a.People != 40 || !slices.Equal(a.Services, []string{"print"}) {
		t.Errorf("the announcement is %s of incident %q for %d people at %v", a.Number, a.Incident, a.People, a.Services)
	}
	if got := brief(st.approveWork(day)); got != "maintenance_announced page" {
		t.Errorf("approved a week ahead: %q, want the page alone", got)
	}
	if want := monday.Add(night - 120*time.Hour); !a.NextPush.Equal(want) {
		t.Errorf("next push %s, want %s", a.NextPush, want)
	}
	if got := brief(st.through(night - time.Second)); got != strings.Repeat("maintenance_announced push, ", 2)+"maintenance_announced push" {
		t.Errorf("before it begins: %q, want three pushes", got)
	}
	if n := len(a.Updates); n != 3 || !a.Updates[2].Corrects || a.Updates[1].N != 1 || len(a.Updates[2].Pushed) != 1 {
		t.Errorf("%d updates, the last of them %+v; want three, each pushed to one channel", n, a.Last())
	}
	if got := brief(st.through(night)); got != "maintenance_started page" {
		t.Errorf("at its begin: %q, want started on the page", got)
	}
	if a.Promises != [2]int{1, 0} || a.NextUpdateBy == nil || !a.NextUpdateBy.Equal(monday.Add(night+2*time.Hour)) {
		t.Errorf("promises %v, next %v; want the begin kept and the end promised", a.Promises, a.NextUpdateBy)
	}
	if got := brief(st.through(night + 2*time.Hour)); got != "" {
		t.Errorf("at its end: %q, want nothing before it is known what is left", got)
	}
	if got := brief(st.through(night + 2*time.Hour + settled)); got != "maintenance_done draft" {
		t.Errorf("after its end: %q, want done as a draft", got)
	}
	if got := brief(st.approveWork(night + 2*time.Hour + 5*time.Minute)); got != "maintenance_done page, maintenance_done push" {
		t.Errorf("approved: %q, want it on the page and pushed", got)
	}
	if a.State != headstart.AnnouncementFinal || a.Promises != [2]int{2, 0} {
		t.Errorf("state %s, promises %v; want final, both kept", a.State, a.Promises)
	}
	st.through(night + 30*day)
	if st.workNotice() != a {
		t.Error("the same work was announced again")
	}
}

// TestLateApprovalPushesNoBurst: reminders that are past when a person approves are
// left out; if all are, the approval itself is pushed.
func TestLateApprovalPushesNoBurst(t *testing.T) {
	for name, c := range map[string]struct {
		ahead time.Duration
		want  string
		later int
	}{
		"after the first":   {100 * time.Hour, "maintenance_announced page", 2},
		"after the second":  {20 * time.Hour, "maintenance_announced page", 1},
		"less than an hour": {30 * time.Minute, "maintenance_announced page, maintenance_announced push", 0},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, evening)
			st.planWork(0, night, time.Hour)
			st.through(night - c.ahead)
			if got := brief(st.approveWork(night - c.ahead)); got != c.want {
				t.Errorf("approved: %q, want %q", got, c.want)
			}
			if got := strings.Count(brief(st.through(night-time.Second)), "push"); got != c.later {
				t.Errorf("%d reminders, want %d", got, c.later)
			}
		})
	}
}

// TestRemindersComeBeforeQuietHours: work at 03:00 is mailed in the evening before,
// not in the night, and a reminder on a day on which nobody works comes before that: on
// Friday for Saturday and Sunday, as nothing else disturbs anybody then.
func TestRemindersComeBeforeQuietHours(t *testing.T) {
	st := newStory(t, nil)                       // quiet from 21:00 to 07:00
	st.planWork(0, 7*day-6*time.Hour, time.Hour) // Monday 03:00
	st.through(0)
	st.approveWork(time.Minute)
	var at []string
	for _, m := range st.through(7*day - 7*time.Hour) {
		if m.How == headstart.HowPush {
			at = append(at, m.At.In(st.f.book.zone).Format("Mon 15:04"))
		}
	}
	if want := []string{"Tue 20:55", "Fri 20:55"}; !slices.Equal(at, want) {
		t.Errorf("pushed %v, want %v", at, want)
	}
	b := st.f.book
	b.calendar.Holidays = []headstart.Holiday{{From: "2026-12-21", To: "2027-01-03", Name: "Kerst"}}
	got := b.beforeQuiet(time.Date(2027, 1, 2, 12, 0, 0, 0, b.zone), "noord")
	if want := time.Date(2026, 12, 18, 20, 55, 0, 0, b.zone); !got.Equal(want) {
		t.Errorf("before a closed period, and the weekend before it: %s, want %s", got, want)
	}
	b.config.Quiet.ClosedDays = false
	saturday := time.Date(2026, 11, 28, 12, 0, 0, 0, b.zone)
	if got := b.beforeQuiet(saturday, "noord"); !got.Equal(saturday) {
		t.Errorf("with quiet.closed_days off: %s, want %s as it is", got, saturday)
	}
}

// TestMovedWork: a change of time before it begins is named in place at once; whoever
// was mailed the old time is mailed when a person says so.
func TestMovedWork(t *testing.T) {
	st := newStory(t, evening)
	st.planWork(0, night, time.Hour)
	st.through(day)
	st.approveWork(day)
	st.through(night - 119*time.Hour)
	if got := brief(st.planWork(night-118*time.Hour, night+day, 2*time.Hour)); got != "maintenance_announced page" {
		t.Errorf("moved: %q, want the page corrected", got)
	}
	a := st.workNotice()
	if !a.Last().Corrects || !a.PushDraft || !a.StartsAt.Equal(monday.Add(night+day)) {
		t.Errorf("corrects %v, push waits %v, begins %s; want it corrected in place and the push waiting", a.Last().Corrects, a.PushDraft, a.StartsAt)
	}
	if got := brief(st.approveWork(night - 117*time.Hour)); got != "maintenance_announced push" {
		t.Errorf("approved: %q, want the new time pushed", got)
	}
	if got := strings.Count(brief(st.through(night+day-time.Second)), "push"); got != 3 {
		t.Errorf("%d reminders of the new time, want 3", got)
	}
	st.through(night + day)
	if got := brief(st.planWork(night+day+time.Hour, night+day, 4*time.Hour)); got != "maintenance_extended draft" {
		t.Errorf("its end moved while it runs: %q, want a draft that it takes longer", got)
	}
	if got := brief(st.approveWork(night + day + 90*time.Minute)); got != "maintenance_extended page, maintenance_extended push" {
		t.Errorf("approved: %q", got)
	}
	if !a.EndsAt.Equal(monday.Add(night + day + 4*time.Hour)) {
		t.Errorf("users are told it ends %s", a.EndsAt)
	}
}

// TestCalledOffWork: what was announced and is off is said so, after approval, and
// nobody is reminded of it; what nobody saw just goes.
func TestCalledOffWork(t *testing.T) {
	off := func(w *headstart.MaintenanceWindow) { w.Cancelled = true }
	st := newStory(t, evening)
	st.planWork(0, night, time.Hour)
	st.through(day)
	st.approveWork(day)
	st.through(night - 30*time.Hour)
	if got := brief(st.planWork(night-29*time.Hour, night, time.Hour, off)); got != "maintenance_cancelled draft" {
		t.Fatalf("called off: %q, want a draft", got)
	}
	if got := brief(st.through(night - 12*time.Hour)); got != "" {
		t.Errorf("users were told %q of work that is off", got)
	}
	if got := brief(st.planWork(night-11*time.Hour, night, time.Hour)); got != "" || st.workNotice().Draft != nil {
		t.Errorf("planned again: %q, draft %v; want it to stand as it did", got, st.workNotice().Draft)
	}
	st.planWork(night-10*time.Hour, night, time.Hour, off)
	if got := brief(st.approveWork(night - 10*time.Hour)); got != "maintenance_cancelled page, maintenance_cancelled push" {
		t.Errorf("approved: %q, want it pushed to whoever was told", got)
	}
	first := st.workNotice()
	if got := brief(st.planWork(night-9*time.Hour, night, time.Hour)); got != "maintenance_announced draft" || st.workNotice() == first {
		t.Errorf("planned once more: %q, want a new announcement", got)
	}
	st.planWork(night-8*time.Hour, night, time.Hour, off)
	if st.workNotice() != first {
		t.Error("a draft nobody saw outlived the work")
	}
}

// TestCancelledWorkNobodyTold: once the time is past nobody needs to hear any more.
func TestCancelledWorkNobodyTold(t *testing.T) {
	st := newStory(t, evening)
	st.planWork(0, night, time.Hour)
	st.through(day)
	st.approveWork(day)
	st.planWork(2*day, night, time.Hour, func(w *headstart.MaintenanceWindow) { w.Cancelled = true })
	st.through(night + 2*time.Hour)
	if a := st.workNotice(); a.State != headstart.AnnouncementFinal || a.Draft != nil || a.Promises[1] != 1 {
		t.Errorf("state %s, draft %v, promises %v; want it closed and the begin missed", a.State, a.Draft, a.Promises)
	}
}

// TestWorkNobodyApproved: without an approval nothing is told by itself.
func TestWorkNobodyApproved(t *testing.T) {
	st := newStory(t, evening)
	st.planWork(0, night, time.Hour)
	if got := brief(st.through(night)); got != "maintenance_announced draft, maintenance_started draft" {
		t.Errorf("nobody approved: %q, want drafts alone", got)
	}
	st.through(night + 2*time.Hour)
	if a := st.workNotice(); a.State != headstart.AnnouncementDiscarded {
		t.Errorf("after it the announcement is %s, want discarded", a.State)
	}
	late := newStory(t, evening)
	late.planWork(0, night, time.Hour)
	late.through(night + time.Minute)
	if got := brief(late.approveWork(night + time.Minute)); got != "maintenance_started page, maintenance_started push" {
		t.Errorf("approved while it runs: %q, want started, pushed", got)
	}
}

// TestWorkThatIsToldNobody covers ruling 30, and proposals (44).
func TestWorkThatIsToldNobody(t *testing.T) {
	for name, change := range map[string]func(*story){
		"confidential": func(st *story) { st.s.reach.Confidential = true },
		"a proposal":   func(st *story) { st.s.windows["W-1"].Proposed = true },
		"no audience":  func(st *story) { st.s.reach = headstart.Reach{} },
	} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, evening)
			st.planWork(0, night+7*day, time.Hour)
			change(st)
			st.f.book.works = map[string]*work{}
			if got := brief(st.through(night + 8*day)); got != "" || len(st.f.book.planned) > 0 {
				t.Errorf("%q, %d announcements; want none", got, len(st.f.book.planned))
			}
		})
	}
}

// TestHushedWork covers ruling 30: nothing leaves while all is hushed, and what began
// meanwhile is said when it ends.
func TestHushedWork(t *testing.T) {
	st := newStory(t, evening)
	st.planWork(0, night, 4*time.Hour)
	st.through(day)
	st.approveWork(day)
	st.through(night - 2*time.Hour)
	st.command(night-90*time.Minute, headstart.Command{Do: "hush", For: "2h"})
	if got := brief(st.through(night + 29*time.Minute)); strings.Contains(got, "page") || strings.Contains(got, "push") {
		t.Errorf("while hushed users were told %q", got)
	}
	if got := brief(st.through(night + 31*time.Minute)); got != "maintenance_started page" {
		t.Errorf("after the hush: %q, want started", got)
	}
}

// TestDoneNeedsGreenChecks: nobody can say that it is done while something fails.
func TestDoneNeedsGreenChecks(t *testing.T) {
	st := newStory(t, evening)
	st.planWork(0, night, time.Hour)
	st.through(day)
	st.approveWork(day)
	st.through(night + 10*time.Minute)
	w := *st.s.windows["W-1"]
	w.EndsAt = monday.Add(night + 20*time.Minute)
	st.s.windows["W-1"] = &w
	if got := brief(st.line(night+20*time.Minute, headstart.Line{Maintenance: &w})); got != "maintenance_done draft" {
		t.Fatalf("ended early by a person: %q, want done offered at once", got)
	}
	st.s.failing = [2]int{3, 0}
	_, o := st.command(night+21*time.Minute, headstart.Command{Do: "approve", Announcement: st.workNotice().ID})
	if !strings.Contains(o.Refused, "3 things") {
		t.Errorf("approved while three things fail: %q", o.Refused)
	}
	st.s.failing = [2]int{}
	if got := brief(st.approveWork(night + 25*time.Minute)); !strings.HasPrefix(got, "maintenance_done page") {
		t.Errorf("approved: %q", got)
	}
}

// TestAnnounceWorkByHand: a person may tell of work before it would be offered, and
// that it takes longer than planned.
func TestAnnounceWorkByHand(t *testing.T) {
	st := newStory(t, evening)
	st.planWork(0, 30*day+13*time.Hour, time.Hour)
	said, o := st.command(time.Hour, headstart.Command{Do: "announce", Window: "W-1", Text: "We replace all switches."})
	if o.Refused != "" || brief(said) != "maintenance_announced page" {
		t.Fatalf("announced a month ahead: %q, refused %q", brief(said), o.Refused)
	}
	a := st.workNotice()
	if a.Last().Basis.Typed["Why"] != "We replace all switches." || a.Last().Approver != "samira" {
		t.Errorf("typed %v, approver %s", a.Last().Basis.Typed, a.Last().Approver)
	}
	st.through(30*day + 14*time.Hour - time.Minute)
	until := monday.Add(30*day + 16*time.Hour)
	said, o = st.command(30*day+14*time.Hour-time.Minute, headstart.Command{Do: "announce", Window: "W-1", Phase: headstart.MaintenanceExtended, Until: until})
	if o.Refused != "" || !strings.HasPrefix(brief(said), "maintenance_extended page") || !a.EndsAt.Equal(until) {
		t.Errorf("longer: %q, refused %q, ends %s", brief(said), o.Refused, a.EndsAt)
	}
	for want, c := range map[string]headstart.Command{
		"no planned work":        {Window: "W-9"},
		"does not touch":         {Window: "W-1", Audience: "zuid"},
		"is no phase":            {Window: "W-1", Phase: headstart.Identified},
		"is still planned":       {Window: "W-1", Phase: headstart.MaintenanceCancelled},
		"name the time":          {Window: "W-1", Phase: headstart.MaintenanceExtended, Until: monday},
		"not planned any more, ": {Window: "W-1", Phase: headstart.MaintenanceAnnounced},
	} {
		c.Do = "announce"
		if _, o := st.command(30*day+14*time.Hour+time.Minute, c); !strings.Contains(o.Refused, strings.TrimSuffix(want, ", ")) {
			t.Errorf("%+v: %q, want %q", c, o.Refused, want)
		}
	}
}

// TestWorkSurvivesARestart: after any prefix of the log the rows hold all that is
// known (ruling 2), and what follows is the same.
func TestWorkSurvivesARestart(t *testing.T) {
	st := newStory(t, evening)
	rows := map[[2]string][]byte{}
	keep := func() {
		for _, op := range st.f.take() {
			k := [2]string{op.Table, op.Key}
			if op.Kind == headstart.Put {
				rows[k] = slices.Clone(op.Val)
			} else {
				delete(rows, k)
			}
		}
	}
	restart := func() {
		t.Helper()
		keep()
		f := newFold(st.s, testMakers())
		f.trusted = true
		for k, v := range rows {
			if err := f.load(k[0], headstart.Row{Key: k[1], Val: v}); err != nil {
				t.Fatal(err)
			}
		}
		raw, _ := json.Marshal(st.f.book.log)
		_ = f.load(headstart.TableConfig, headstart.Row{Key: "current", Val: raw})
		if err := f.loaded(); err != nil {
			t.Fatal(err)
		}
		if got, want := sortedKeys(f.book.wakes), sortedKeys(st.f.book.wakes); !slices.Equal(got, want) {
			t.Fatalf("wakes for %v, want %v", got, want)
		}
		for id, d := range f.book.wakes {
			if !d.Due.Equal(st.f.book.wakes[id].Due) {
				t.Fatalf("%s is looked at %s, want %s", id, d.Due, st.f.book.wakes[id].Due)
			}
		}
		st.f = f
	}
	var said []Message
	restart()
	said = append(said, st.planWork(0, night, time.Hour)...)
	restart()
	said = append(said, st.through(day)...)
	restart()
	said = append(said, st.approveWork(day)...)
	for _, d := range []time.Duration{2 * day, 3 * day, night - 2*time.Hour, night - time.Minute, night, night + 30*time.Minute, night + 2*time.Hour} {
		restart()
		said = append(said, st.through(d)...)
	}
	restart()
	said = append(said, st.approveWork(night+2*time.Hour)...)
	want := "maintenance_announced draft, maintenance_announced page, " + strings.Repeat("maintenance_announced push, ", 3) +
		"maintenance_started page, maintenance_done draft, maintenance_done page, maintenance_done push"
	if got := brief(said); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
