package headstart

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// wordsOf stands for keyed stems: a test reads what it compares.
func wordsOf(phrase string) [][][]string {
	var words [][]string
	for w := range strings.FieldsSeq(strings.ToLower(phrase)) {
		words = append(words, []string{w})
	}
	return [][][]string{words}
}

// seen is an incident or a ticket as a row of the labelled set says it.
type seen struct {
	cause    string // asset, or several with commas
	kind     CauseKind
	check    string // what sees the cause fail; "!" before it: of reachability
	services string
	at       string
	returned IncidentID
	says     []string // of its tickets
}

// knownCatalog has two buildings with a floor each.
func knownCatalog() *Catalog {
	c := &Catalog{
		Locations: []Location{{ID: "noord"}, {ID: "noord-2", Parent: "noord"}, {ID: "zuid"}},
		Services:  []Service{{ID: "print"}, {ID: "wifi"}, {ID: "mail"}, {ID: "hr", Confidential: true}},
		KnownErrors: []KnownError{
			{ID: "KE-2", Services: []string{"print"}, Symptoms: map[string][]string{"nl": {"papier kreukt"}, "en": {"paper creases"}}, Fix: "klep dicht"},
			{ID: "KE-3", Services: []string{"wifi"}, Locations: []string{"zuid"}, Workaround: Names{"nl": "Gebruik de kabel."}},
			{ID: "KE-9", Services: []string{"hr"}, Locations: []string{"noord"}, Fix: "dienst herstarten"},
		},
	}
	for _, id := range []string{"sw-n-2", "sw-n-3", "prn-1", "prn-2", "prn-9", "srv-mail"} {
		c.Devices = append(c.Devices, Device{ID: id})
	}
	return c
}

// knownRecords are what the desk made.
func knownRecords() []KnownRecord {
	no, yes := false, true
	at := time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)
	retired := at
	return []KnownRecord{
		{ // made when the switch of Noord 2 failed
			KnownError: KnownError{ID: "KE-1", Assets: []string{"sw-n-2"}, Services: []string{"wifi", "print"}, Locations: []string{"noord"}, Fix: "voeding vervangen"},
			Helped:     1, Cases: []KnownCase{{Incident: "HS-12", At: at, Learned: true, Helped: &yes, Assets: []string{"sw-n-2"}, Kind: CauseObserved, Checks: []string{"HostDown"}}},
		},
		{KnownError: KnownError{ID: "KE-4", Assets: []string{"prn-1"}, Services: []string{"print"}, Checks: []string{"jam"}, Symptoms: map[string][]string{"nl": {"loopt vast"}}, Fix: "rol vervangen"}},
		{ // it did not help the printer it was tried on
			KnownError: KnownError{ID: "KE-5", Services: []string{"print"}, Checks: []string{"toner-empty"}, Fix: "schudden"},
			Failed:     1, Cases: []KnownCase{{Incident: "HS-14", At: at, Helped: &no, Assets: []string{"prn-9"}, Checks: []string{"jam"}}},
		},
		{KnownError: KnownError{ID: "KE-6", Assets: []string{"sw-n-3"}, Fix: "oud"}, RetiredAt: &retired},
		{KnownError: KnownError{ID: "KE-7", Services: []string{"mail"}, Checks: []string{"queue"}, Fix: "wachtrij legen"}},
		{KnownError: KnownError{ID: "KE-8", Services: []string{"mail"}, Assets: []string{"srv-mail"}, Fix: "herstarten"}},
	}
}

// knownView is a View of one incident, HS-20, and its tickets.
func knownView(t *testing.T, s *seen) (*View, *Incident) {
	t.Helper()
	var rows []FeedOp
	put := func(table, key string, val any) {
		b, err := json.Marshal(val)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, FeedOp{Table: table, Row: Row{Key: key, Val: b}})
	}
	put(TableConfig, "current", LogConfig{Catalog: knownCatalog()})
	for _, k := range knownRecords() {
		k.V, k.Own = 1, true
		put(TableKnown, k.ID, k)
	}
	i := Incident{V: 1, ID: "HS-20", Seq: 20, Group: 5, State: Open, RecurrenceOf: s.returned, Cause: Cause{Kind: s.kind}}
	causes := strings.Split(s.cause, ",")
	i.Cause.Asset, i.Cause.Also = causes[0], causes[1:]
	i.Services, i.Locations = strings.Fields(s.services), strings.Fields(s.at)
	check, silence := strings.CutPrefix(s.check, "!")
	if check != "" {
		p := Problem{V: 1, Key: ProblemKey(causes[0] + "/" + check), Asset: causes[0], Check: check, State: ProblemOpen, Group: 5}
		if silence {
			p.Class = Reachability
		}
		put(TableProblems, string(p.Key), p)
		put(TableMembers, MemberKey(5, 1), Member{V: 1, Group: 5, N: 1, Problem: p.Key, Asset: p.Asset})
	}
	for n, text := range s.says {
		x := TicketState{V: 1, Ticket: Ticket{Source: "rt", ID: fmt.Sprint(n)}, Links: []Link{{Group: 5, Verdict: "linked"}}}
		x.Evidence = &Evidence{Stems: slices.Sorted(strings.FieldsSeq(strings.ToLower(text)))}
		put(TableTickets, x.Key(), x)
		i.Tickets.Linked++
	}
	put(TableIncidents, string(i.ID), i)
	v := NewView()
	if err := v.Reset(Cursor{}, Offset{}, rows); err != nil {
		t.Fatal(err)
	}
	return v, &i
}

// said lists fits as "KE-1 again+check".
func said(fits []KnownFit) string {
	var out []string
	for _, f := range fits {
		id := string(f.Earlier)
		if f.Record != nil {
			id = f.Record.ID
		}
		var why []string
		for _, w := range f.Why {
			why = append(why, w.Kind)
		}
		out = append(out, id+" "+strings.Join(why, "+"))
	}
	return strings.Join(out, ", ")
}

// TestKnownFitsIncidents is a labelled set: which known error a person at the desk would
// want to see beside an incident, and which not. Nothing is offered for its service
// alone, for another device than the one it is about, or for a place it is not of.
func TestKnownFitsIncidents(t *testing.T) {
	for name, c := range map[string]struct {
		seen seen
		want string
	}{
		"the same switch, not answering again":                 {seen{cause: "sw-n-2", kind: CauseObserved, check: "!HostDown", services: "wifi print", at: "noord"}, "KE-1 asset_before+check+kind"},
		"the same switch, suspected, seen by nothing":          {seen{cause: "sw-n-2", kind: CauseSuspected, services: "wifi", at: "noord"}, "KE-1 asset_before"},
		"the same switch as one of a joint cause":              {seen{cause: "sw-n-3,sw-n-2", kind: CauseJoint, check: "!HostDown", services: "wifi", at: "noord"}, "KE-1 asset_before+check"},
		"the same switch, something else of it":                {seen{cause: "sw-n-2", kind: CauseObserved, check: "fan-broken", services: "wifi", at: "noord"}, ""},
		"its return":                                           {seen{cause: "sw-n-2", kind: CauseObserved, check: "!HostDown", services: "wifi", at: "noord", returned: "HS-12"}, "KE-1 again+check+kind"},
		"a return nobody found the cause of":                   {seen{kind: CauseNone, services: "wifi", at: "noord", returned: "HS-12"}, "KE-1 again"},
		"the switch beside it":                                 {seen{cause: "sw-n-3", kind: CauseObserved, check: "!HostDown", services: "wifi print", at: "noord"}, ""},
		"an old record of that switch is retired":              {seen{cause: "sw-n-3", kind: CauseObserved, services: "wifi", at: "noord"}, ""},
		"no cause, its service at its place":                   {seen{kind: CauseSurge, services: "wifi", at: "noord"}, "KE-1 place"},
		"no cause, its service on a floor of its place":        {seen{kind: CauseSurge, services: "wifi", at: "noord-2"}, "KE-1 place"},
		"no cause, its service elsewhere":                      {seen{kind: CauseSurge, services: "wifi", at: "zuid"}, "KE-3 place"},
		"its place, another service":                           {seen{kind: CauseSurge, services: "mail", at: "zuid"}, ""},
		"the place of a service that no device explains":       {seen{cause: "sw-n-3", kind: CauseObserved, services: "wifi", at: "zuid"}, "KE-3 place"},
		"a service everywhere, and no more":                    {seen{kind: CauseSurge, services: "print", at: "zuid"}, ""},
		"a service everywhere, and users say so":               {seen{kind: CauseSurge, services: "print", at: "zuid", says: []string{"het papier kreukt steeds"}}, "KE-2 service+says"},
		"a service everywhere, and users say half of it":       {seen{kind: CauseSurge, services: "print", at: "zuid", says: []string{"het papier is op"}}, ""},
		"users say it in English":                              {seen{kind: CauseSurge, services: "print", at: "zuid", says: []string{"my paper creases"}}, "KE-2 service+says"},
		"users say it of another service":                      {seen{kind: CauseSurge, services: "mail", at: "zuid", says: []string{"papier kreukt"}}, ""},
		"the printer, by the check of the record":              {seen{cause: "prn-1", kind: CauseObserved, check: "jam", services: "print", at: "noord"}, "KE-4 asset+check"},
		"the printer, by another check":                        {seen{cause: "prn-1", kind: CauseObserved, check: "toner-low", services: "print", at: "noord"}, ""},
		"the printer, by another check, but users say it":      {seen{cause: "prn-1", kind: CauseObserved, check: "toner-low", services: "print", at: "noord", says: []string{"hij loopt weer vast"}}, "KE-4 asset+says"},
		"another printer, by the check of the record":          {seen{cause: "prn-2", kind: CauseObserved, check: "jam", services: "print", at: "noord"}, ""},
		"any printer, by the check of a record of the service": {seen{cause: "prn-2", kind: CauseObserved, check: "toner-empty", services: "print", at: "noord"}, "KE-5 service+check"},
		"the printer it did not help":                          {seen{cause: "prn-9", kind: CauseObserved, check: "jam", services: "print", at: "noord"}, ""},
		"mail, by the check of a record":                       {seen{cause: "mail", kind: CauseObserved, check: "queue", services: "mail", at: "noord zuid"}, "KE-7 service+check"},
		"mail, by another check":                               {seen{cause: "mail", kind: CauseObserved, check: "tls", services: "mail", at: "noord zuid"}, ""},
		"its server, by a check nobody noted":                  {seen{cause: "srv-mail", kind: CauseObserved, check: "queue", services: "mail", at: "noord"}, "KE-7 service+check, KE-8 asset"},
		"nothing of what is known":                             {seen{cause: "sw-z-1", kind: CauseObserved, check: "!HostDown", at: "zuid"}, ""},
		"an alert nobody could place":                          {seen{kind: CauseNone}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v, i := knownView(t, &c.seen)
			got := said(NewKnownFinder(v, wordsOf).For(i))
			if sortedFits(got) != sortedFits(c.want) {
				t.Errorf("it fits %q; want %q", got, c.want)
			}
		})
	}
}

// sortedFits compares without the order, which TestKnownFitsAreOrdered looks at.
func sortedFits(s string) string {
	list := strings.Split(s, ", ")
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// TestKnownFitsTickets is the same for one ticket: it must say a symptom, and be about
// the service or from the place; a confident guess from one common word is none.
func TestKnownFitsTickets(t *testing.T) {
	v, _ := knownView(t, &seen{})
	f := NewKnownFinder(v, wordsOf)
	print := []Mention{{ID: "print", Strength: 1}}
	for name, c := range map[string]struct {
		says      string
		about     []Mention
		requester string
		want      string
	}{
		"it says the symptom of the service":            {"papier kreukt", print, "zuid", "KE-2 says+service"},
		"it says so in English":                         {"paper creases", print, "", "KE-2 says+service"},
		"it says the symptom and names nothing":         {"papier kreukt", nil, "zuid", ""},
		"it names the service faintly":                  {"papier kreukt", []Mention{{ID: "print", Strength: .3}}, "zuid", ""},
		"it names the service and says something else":  {"scherm zwart", print, "zuid", ""},
		"it says half of it":                            {"papier op", print, "zuid", ""},
		"it names the printer and says its symptom":     {"loopt vast", []Mention{{ID: "prn-1", Strength: 1.1}}, "", "KE-4 says+asset"},
		"it names the printer and says another symptom": {"papier kreukt", []Mention{{ID: "prn-1", Strength: 1.1}}, "", ""},
	} {
		x := &TicketState{Ticket: Ticket{Evidence: &Evidence{Assets: c.about, Stems: slices.Sorted(strings.FieldsSeq(strings.ToLower(c.says)))}, Requester: Requester{Location: c.requester}}}
		if got := said(f.ForTicket(x)); got != c.want {
			t.Errorf("%s: it fits %q; want %q", name, got, c.want)
		}
	}
	if got := f.ForTicket(&TicketState{}); got != nil {
		t.Errorf("a ticket without evidence fits %v", got)
	}
}

// What helped comes before what did not, whatever its score; of an incident that nobody
// made a record of, the closing summary is offered when nothing else is.
func TestKnownFitsAreOrdered(t *testing.T) {
	v, i := knownView(t, &seen{cause: "srv-mail", kind: CauseObserved, check: "queue", services: "mail"})
	f := NewKnownFinder(v, wordsOf)
	if got := said(f.For(i)); got != "KE-7 service+check, KE-8 asset" {
		t.Errorf("as they stand: %q; want the better known number first", got)
	}
	doubted := knownRecords()[4]
	doubted.V, doubted.Own, doubted.Failed = 1, true, 1
	row, _ := json.Marshal(doubted)
	if err := v.Apply(Offset{Seq: 1}, FeedEntry{Rows: []FeedOp{{Table: TableKnown, Row: Row{Key: "KE-7", Val: row}}}}); err != nil {
		t.Fatal(err)
	}
	if got := said(f.For(i)); got != "KE-8 asset, KE-7 service+check" {
		t.Errorf("after KE-7 did not help: %q; want it last", got)
	}
	solved := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	before := Incident{V: 1, ID: "HS-3", Seq: 3, State: Closed, Cause: Cause{Asset: "sw-z-1"}, ResolvedAt: &solved, Summary: &Summary{Solution: "kabel vervangen"}}
	row, _ = json.Marshal(before)
	if err := v.Apply(Offset{Seq: 2}, FeedEntry{Rows: []FeedOp{{Table: TableIncidents, Row: Row{Key: "HS-3", Val: row}}}}); err != nil {
		t.Fatal(err)
	}
	i.Cause.Asset = "sw-z-1"
	i.Services = nil
	fits := f.For(i)
	if said(fits) != "HS-3 asset_before" || fits[0].Solution != "kabel vervangen" {
		t.Errorf("of an incident without a record: %q; want HS-3 with its solution", said(fits))
	}
}

// What stands in the catalog as confidential, or is about what is, is confidential.
func TestKnownErrorsOfConfidentialThings(t *testing.T) {
	v, i := knownView(t, &seen{kind: CauseSurge, services: "hr", at: "noord"})
	fits := NewKnownFinder(v, wordsOf).For(i)
	if said(fits) != "KE-9 place" || !fits[0].Confidential {
		t.Errorf("%q, confidential %v; want KE-9, confidential", said(fits), fits)
	}
}

// KE-9 stands before KE-10.
func TestCompareKnown(t *testing.T) {
	ids := []string{"KE-10", "KE-9", "ke-9", "KE-009", "printen", "KE-1", "KE-"}
	slices.SortFunc(ids, CompareKnown)
	if got := strings.Join(ids, " "); got != "KE- KE-1 KE-009 KE-9 KE-10 ke-9 printen" {
		t.Errorf("in order: %s", got)
	}
}

// BenchmarkKnownFits is the board: 500 incidents beside 500 known errors and 10,000
// tickets.
func BenchmarkKnownFits(b *testing.B) {
	v := NewView()
	cat := knownCatalog()
	for n := range 500 {
		cat.Devices = append(cat.Devices, Device{ID: fmt.Sprint("d", n)})
		cat.KnownErrors = append(cat.KnownErrors, KnownError{ID: fmt.Sprint("K-", n), Services: []string{"print"}, Assets: []string{fmt.Sprint("d", n)}, Symptoms: map[string][]string{"nl": {"papier kreukt"}}})
	}
	v.config = &LogConfig{Catalog: cat}
	for n := range 10_000 {
		v.tickets[fmt.Sprint(n)] = &TicketState{Ticket: Ticket{Evidence: &Evidence{Stems: []string{"kreukt", "papier"}}}, Links: []Link{{Group: GroupID(n % 500), Verdict: "linked"}}}
	}
	var list []Incident
	for n := range 500 {
		list = append(list, Incident{ID: IncidentID(fmt.Sprint("HS-", n)), Group: GroupID(n), Services: []string{"print"}, Cause: Cause{Asset: fmt.Sprint("d", n), Kind: CauseObserved}, Tickets: TicketCounts{Linked: 20}})
	}
	f := NewKnownFinder(v, wordsOf)
	for b.Loop() {
		f.ForAll(list)
	}
}
