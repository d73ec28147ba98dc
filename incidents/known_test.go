package incidents

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// newLearning is a story whose rows are compared with what is loaded from them after
// each step (ruling 2); the catalog has KE-7.
func newLearning(t *testing.T) *life {
	t.Helper()
	l := &life{story: newStory(t, nil), rows: map[[2]string][]byte{}}
	log := l.f.book.log
	cat := *log.Catalog
	cat.KnownErrors = []headstart.KnownError{{ID: "KE-7", Services: []string{"print"}, Fix: "spooler herstarten"}}
	log.Catalog = &cat
	l.line(0, headstart.Line{Config: &log})
	l.check("configured")
	return l
}

// does lets samira act, and wants why as the refusal; empty: it is done.
func (l *life) does(d time.Duration, c headstart.Command, why string) *headstart.Outcome {
	l.t.Helper()
	_, o := l.command(d, c)
	if why == "" && o.Refused != "" || !strings.Contains(o.Refused, why) {
		l.t.Errorf("%s %s is refused with %q; want %q", c.Do, c.KnownError, o.Refused, why)
	}
	l.check(c.Do)
	return o
}

// Who resolves an incident makes a known error of it in the same breath: what the form
// says, and of what it leaves out what the incident says. It is numbered after the
// catalog's.
func TestResolveMakesAKnownError(t *testing.T) {
	l := newLearning(t)
	l.outage(0)
	l.s.groups[1].Top = "sw-n-2/HostDown"
	l.does(time.Minute, headstart.Command{
		Do: "resolve", Incident: "HS-1", Cause: "voeding stuk", Solution: "voeding vervangen", Prevention: "reserve op de plank",
		Record: &headstart.KnownError{ID: "KE-3", Symptoms: map[string][]string{"nl": {"geen internet"}}, ReviewBy: "2027-01-01"},
	}, "")
	if got := l.incident().KnownError; got != "KE-8" {
		t.Fatalf("the incident names known error %q; want KE-8, after the catalog's KE-7", got)
	}
	k := l.f.book.known["KE-8"]
	at := monday.Add(time.Minute)
	want := headstart.KnownRecord{
		V: 1, Own: true, Edition: 1, MadeAt: at, ChangedAt: at, Used: 1,
		KnownError: headstart.KnownError{
			ID: "KE-8", Services: []string{"print"}, Assets: []string{"sw-n-2"}, Locations: []string{"noord"},
			Symptoms: map[string][]string{"nl": {"geen internet"}}, ReviewBy: "2027-01-01",
			Cause: "voeding stuk", Fix: "voeding vervangen", Prevention: "reserve op de plank",
		},
		Cases: []headstart.KnownCase{{
			Incident: "HS-1", At: at, Learned: true, Assets: []string{"sw-n-2"}, Services: []string{"print"}, Locations: []string{"noord"},
			Kind: headstart.CauseObserved, Checks: []string{"HostDown"},
		}},
	}
	if diff := cmp.Diff(want, *k); diff != "" {
		t.Errorf("the record differs (-want +got):\n%s", diff)
	}
	o := l.does(2*time.Minute, headstart.Command{Do: "make-known", Record: &headstart.KnownError{Title: headstart.Names{"nl": "Nog een"}}}, "")
	if o.Known != "KE-9" {
		t.Errorf("the next is %q; want KE-9", o.Known)
	}
}

// What is wrong with the known error leaves the incident as it is.
func TestResolveWithAKnownErrorThatIsNone(t *testing.T) {
	for name, c := range map[string]struct {
		c   headstart.Command
		why string
	}{
		"one nobody made":       {headstart.Command{KnownError: "KE-9"}, `no known error "KE-9"`},
		"one and a new one":     {headstart.Command{KnownError: "KE-7", Record: &headstart.KnownError{}}, "name a known error, or make one"},
		"an unknown service":    {headstart.Command{Record: &headstart.KnownError{Services: []string{"koffie"}}}, `services the catalog has no "koffie"`},
		"a link with a name":    {headstart.Command{Record: &headstart.KnownError{KB: "https://a:b@kb.example/1"}}, "kb is no address of a page"},
		"a script for a link":   {headstart.Command{Record: &headstart.KnownError{KB: "javascript:alert(1)"}}, "kb is no address of a page"},
		"a date that is none":   {headstart.Command{Record: &headstart.KnownError{ReviewBy: "morgen"}}, `review_by is "morgen"`},
		"characters of control": {headstart.Command{Record: &headstart.KnownError{Cause: "a\x1b[31m"}}, "cause holds characters"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLearning(t)
			l.outage(0)
			c.c.Do, c.c.Incident, c.c.Solution = "resolve", "HS-1", "x"
			l.does(time.Minute, c.c, c.why)
			if i := l.incident(); i.Summary != nil || i.KnownError != "" || len(l.f.book.known) > 0 {
				t.Errorf("refused, and yet: summary %v, known error %q, records %d", i.Summary, i.KnownError, len(l.f.book.known))
			}
		})
	}
}

// People say whether it helped: each incident counts once, the last word holds, and an
// entry of the catalog learns without being copied.
func TestHelpedCountsOnce(t *testing.T) {
	l := newLearning(t)
	l.outage(0)
	yes, no := true, false
	l.does(time.Minute, headstart.Command{Do: "helped", Incident: "HS-1", KnownError: "ke-7", Value: &no}, "")
	k := l.f.book.known["KE-7"]
	if k.Own || k.Fix != "" || k.Used != 1 || k.Helped != 0 || k.Failed != 1 || l.incident().KnownError != "" {
		t.Errorf("after it did not help: %+v, incident %q", k, l.incident().KnownError)
	}
	l.does(2*time.Minute, headstart.Command{Do: "helped", Incident: "HS-1", KnownError: "KE-7", Value: &yes}, "")
	l.does(3*time.Minute, headstart.Command{Do: "helped", Incident: "HS-1", KnownError: "KE-7"}, "")
	if k.Used != 1 || k.Helped != 1 || k.Failed != 0 || len(k.Cases) != 1 || l.incident().KnownError != "KE-7" {
		t.Errorf("after it helped: %+v, incident %q", k, l.incident().KnownError)
	}
	l.does(4*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-1", KnownError: "KE-7"}, "")
	if k.Used != 1 || k.Helped != 1 || k.Cases[0].Helped == nil {
		t.Errorf("resolving with it takes away that it helped: %+v", k)
	}
	l.does(5*time.Minute, headstart.Command{Do: "edit-known", KnownError: "KE-7", Record: &headstart.KnownError{}}, "stands in the catalog")
	l.does(5*time.Minute, headstart.Command{Do: "helped", Incident: "HS-1", KnownError: "KE-70"}, "no known error")
}

// Two people who change one record do not undo each other's words.
func TestEditKnownErrorOnce(t *testing.T) {
	l := newLearning(t)
	l.does(0, headstart.Command{Do: "make-known", Record: &headstart.KnownError{Title: headstart.Names{"nl": "Papier kreukt"}}}, "")
	edit := headstart.Command{Do: "edit-known", KnownError: "ke-8", Edition: 1, Record: &headstart.KnownError{ID: "KE-1", Title: headstart.Names{"nl": "Papier kreukt"}, Fix: "klep dicht"}}
	l.does(time.Minute, edit, "")
	l.does(2*time.Minute, edit, "changed meanwhile")
	k := l.f.book.known["KE-8"]
	if k.ID != "KE-8" || k.Fix != "klep dicht" || k.Edition != 2 {
		t.Errorf("the record is %+v; want KE-8, changed once", k)
	}
	no := false
	l.does(3*time.Minute, headstart.Command{Do: "retire-known", KnownError: "KE-8", Text: "printer weg"}, "")
	if k.InUse() || k.Why != "printer weg" {
		t.Errorf("it is in use after it was retired: %+v", k)
	}
	l.does(4*time.Minute, headstart.Command{Do: "retire-known", KnownError: "KE-8", Value: &no}, "")
	if !k.InUse() {
		t.Error("it is not in use after it was taken back")
	}
}

// What was learned of an incident that is, or becomes, confidential is so too (ruling
// 30).
func TestKnownErrorsOfConfidentialIncidents(t *testing.T) {
	l := newLearning(t)
	l.outage(0)
	l.does(time.Minute, headstart.Command{Do: "make-known", Incident: "HS-1", Record: &headstart.KnownError{Fix: "x"}}, "")
	l.does(time.Minute, headstart.Command{Do: "helped", Incident: "HS-1", KnownError: "KE-7"}, "")
	l.does(2*time.Minute, headstart.Command{Do: "confidential", Incident: "HS-1"}, "")
	made, used := l.f.book.known["KE-8"], l.f.book.known["KE-7"]
	if !made.Confidential || !made.Cases[0].Confidential {
		t.Errorf("what was made of it is not confidential: %+v", made)
	}
	if used.Confidential || !used.Cases[0].Confidential {
		t.Errorf("what helped is confidential, or its incident is not: %+v", used)
	}
	l.does(3*time.Minute, headstart.Command{Do: "make-known", Incident: "HS-1", Record: &headstart.KnownError{Fix: "y"}}, "")
	if !l.f.book.known["KE-9"].Confidential {
		t.Error("what is made of a confidential incident is not confidential")
	}
}

// A record keeps the latest incidents by name, and the count of all.
func TestKnownErrorsKeepTheLatestCases(t *testing.T) {
	k := &headstart.KnownRecord{}
	yes := true
	for n := range headstart.MostKnownCases + 5 {
		addCase(k, headstart.KnownCase{Incident: headstart.IncidentID("HS-" + itoa(n)), Helped: &yes})
	}
	if len(k.Cases) != headstart.MostKnownCases || k.Cases[0].Incident != "HS-5" || k.Used != headstart.MostKnownCases+5 || k.Helped != k.Used {
		t.Errorf("%d cases from %s on, used %d, helped %d", len(k.Cases), k.Cases[0].Incident, k.Used, k.Helped)
	}
}

// A record stays confidential with the incident it was made of, however many came after.
func TestKnownErrorsKeepTheIncidentTheyAreMadeOf(t *testing.T) {
	l := newLearning(t)
	l.outage(0)
	l.does(time.Minute, headstart.Command{Do: "make-known", Incident: "HS-1", Record: &headstart.KnownError{Fix: "x"}}, "")
	k := l.f.book.known["KE-8"]
	for n := range headstart.MostKnownCases + 5 {
		addCase(k, headstart.KnownCase{Incident: headstart.IncidentID("HS-" + itoa(100+n))})
	}
	if len(k.Cases) != headstart.MostKnownCases || k.Cases[0].Incident != "HS-1" || k.Cases[1].Incident != "HS-106" {
		t.Errorf("%d cases, the first %s, then %s", len(k.Cases), k.Cases[0].Incident, k.Cases[1].Incident)
	}
	l.f.book.putKnown(k)
	l.does(2*time.Minute, headstart.Command{Do: "confidential", Incident: "HS-1"}, "")
	if !k.Confidential {
		t.Error("its incident is confidential and the record is not")
	}
}

// An entry of the catalog that takes a number given away here is not shown, and the desk
// is told.
func TestCatalogTakesANumber(t *testing.T) {
	l := newLearning(t)
	l.does(0, headstart.Command{Do: "make-known", Record: &headstart.KnownError{Title: headstart.Names{"nl": "Papier kreukt"}}}, "")
	log := l.f.book.log
	cat := *log.Catalog
	cat.KnownErrors = append(slices.Clone(cat.KnownErrors), headstart.KnownError{ID: "KE-8", Fix: "iets anders"})
	log.Catalog = &cat
	l.line(time.Minute, headstart.Line{Config: &log})
	l.check("reload")
	if n := l.f.book.desk["known:KE-8"]; n == nil || !strings.Contains(n.Text, "KE-8") {
		t.Errorf("the desk is told %v; want a notice about KE-8", n)
	}
	if k, err := l.f.book.anyKnown("KE-8"); err != nil || !k.Own {
		t.Errorf("KE-8 is %v, %v; want the desk's own", k, err)
	}
}

// Who puts all records of the desk in the catalog is told of the first, in a unit that a
// store takes.
func TestCatalogTakesAllNumbers(t *testing.T) {
	l := newLearning(t)
	log := l.f.book.log
	cat := *log.Catalog
	for n := range headstart.MaxUnit + 1 {
		k := headstart.KnownError{ID: "KE-" + itoa(8+n), Title: headstart.Names{"nl": "Papier kreukt"}}
		l.command(0, headstart.Command{Do: "make-known", Record: &k})
		cat.KnownErrors = append(cat.KnownErrors, k)
	}
	l.f.take()
	log.Catalog = &cat
	l.line(time.Minute, headstart.Line{Config: &log})
	if n := len(l.f.take()); n > headstart.MaxUnit {
		t.Errorf("the configuration changes %d rows, want at most %d", n, headstart.MaxUnit)
	}
	if l.f.book.desk["known:KE-8"] == nil || len(l.f.book.desk) != mostClashes {
		t.Errorf("the desk is told of %d entries, want the first %d", len(l.f.book.desk), mostClashes)
	}
}

// Dead links come and go; each is told once.
func TestDeadLinksComeAndGo(t *testing.T) {
	l := newLearning(t)
	gone := headstart.LinkCheck{URL: "https://kb.example/1", Why: "404"}
	l.does(0, headstart.Command{Do: "dead-links", Links: []headstart.LinkCheck{gone, {URL: "https://kb.example/2"}}}, "")
	gone.Why = "410"
	l.does(time.Hour, headstart.Command{Do: "dead-links", Links: []headstart.LinkCheck{gone}}, "")
	want := map[string]*headstart.DeadLink{gone.URL: {V: 1, URL: gone.URL, Since: monday, Why: "404"}}
	if diff := cmp.Diff(want, l.f.book.deadLink); diff != "" {
		t.Errorf("dead links (-want +got):\n%s", diff)
	}
	l.does(2*time.Hour, headstart.Command{Do: "dead-links", Links: []headstart.LinkCheck{{URL: gone.URL}, {}}}, "no address")
	if len(l.f.book.deadLink) != 1 {
		t.Error("what was refused was done in part")
	}
	l.does(2*time.Hour, headstart.Command{Do: "dead-links", Links: []headstart.LinkCheck{{URL: gone.URL}}}, "")
	if len(l.f.book.deadLink) > 0 {
		t.Errorf("%v is dead after it came back", l.f.book.deadLink)
	}
}
