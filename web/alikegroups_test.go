package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"headstart"
)

// about stands in for package correlate: a ticket is about the first thing and the first
// place that its text names.
func about(t *headstart.TicketState) (service, location string, fails bool) {
	if e := t.Evidence; e != nil && e.Cues["malfunction"] > 0 {
		if len(e.Assets) > 0 {
			service = e.Assets[0].ID
		}
		if len(e.Locations) > 0 {
			location = e.Locations[0].ID
		}
	}
	return service, location, service != "" || location != ""
}

// lookAlikes is a Monday on which users report what no incident is about.
func lookAlikes(t *testing.T) *world {
	w := badMonday(t)
	ticket := func(id, service, location string, ago time.Duration, change ...func(*headstart.TicketState)) {
		x := headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "rt", ID: id, CreatedAt: w.now.Add(-ago), Evidence: &headstart.Evidence{Cues: map[string]int{"malfunction": 1}}}}
		if service != "" {
			x.Evidence.Assets = []headstart.Mention{{ID: service, Strength: 1}}
		}
		if location != "" {
			x.Evidence.Locations = []headstart.Mention{{ID: location, Strength: 1}}
		}
		for _, f := range change {
			f(&x)
		}
		w.put(headstart.TableTickets, "rt/"+id, x)
		w.titles["rt/"+id] = "Titel " + id
	}
	for n := range 3 {
		ticket(fmt.Sprintf("A-%d", n), "mail", "", time.Duration(n+1)*time.Hour)
	}
	for n := range 2 {
		ticket(fmt.Sprintf("B-%d", n), "print", "zuid", time.Duration(n+5)*time.Hour)
		ticket(fmt.Sprintf("C-%d", n), "", "noord", time.Duration(n+2)*time.Hour)
		ticket(fmt.Sprintf("S-%d", n), "salaris", "", time.Hour)
	}
	ticket("D-1", "login", "noord", time.Hour)                                                                                                   // alone
	ticket("E-1", "mail", "", 80*time.Hour)                                                                                                      // too old
	ticket("F-1", "mail", "", time.Hour, func(x *headstart.TicketState) { x.Evidence.Cues = nil })                                               // asks for something
	ticket("G-1", "mail", "", time.Hour, func(x *headstart.TicketState) { x.Status = "resolved" })                                               // done
	ticket("H-1", "mail", "", time.Hour, func(x *headstart.TicketState) { x.Links = []headstart.Link{{Group: 7, Band: headstart.BandSuggest}} }) // fits an incident
	return w.fill()
}

// What is alike stands together, the biggest first and of equals the oldest, and no
// longer among the rest; who may not read of a thing finds its tickets there, without
// what they have in common.
func TestLookAlikesStandTogether(t *testing.T) {
	w := lookAlikes(t)
	with := func(o *Options) { o.About = about }
	group := regexp.MustCompile(`<p><b><bdi>([^<]*)</bdi></b> <span class="mute small">([^<]*)</span>`)
	read := func(id headstart.Identity, path string) (out []string) {
		for _, m := range group.FindAllStringSubmatch(get(t, serve(w.site(with), id), path, http.StatusOK), -1) {
			out = append(out, m[1]+": "+m[2])
		}
		return out
	}
	want := []string{"Mail: 3 meldingen, sinds 05:24", "Printen · Gebouw Zuid: 2 meldingen, sinds 02:24", "Gebouw Noord: 2 meldingen, sinds 05:24"}
	if diff := cmp.Diff(want, read(desk, "/tickets")); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Mail: 3 tickets, since 05:24", "Printing · South building: 2 tickets, since 02:24", "North building: 2 tickets, since 05:24", "Salarisbestanden: 2 tickets, since 07:24"}, read(approver, "/tickets?lang=en")); diff != "" {
		t.Errorf("an approver's groups (-want +got):\n%s", diff)
	}
	noord := desk
	noord.Locations = []string{"noord"}
	if got := strings.Join(read(noord, "/tickets"), "; "); strings.Contains(got, "Zuid") {
		t.Errorf("an account of one place reads of another: %s", got)
	}
	page := get(t, serve(w.site(with), desk), "/tickets", http.StatusOK)
	_, rest, _ := strings.Cut(page, "Past nergens bij")
	for id, alone := range map[string]bool{"A-0": false, "B-1": false, "C-0": false, "D-1": true, "E-1": true, "F-1": true, "S-0": true} {
		if strings.Contains(rest, "Titel "+id) != alone {
			t.Errorf("%s stands among the rest: %v, want %v", id, !alone, alone)
		}
	}
	if strings.Contains(page, "Salarisbestanden") {
		t.Error("the desk reads what confidential tickets have in common")
	}
	if read := get(t, serve(w.site(with), looker), "/tickets", http.StatusOK); strings.Contains(read, `action="/tickets/open"`) {
		t.Error("a viewer is shown buttons")
	}
	if page := get(t, serve(w.site(), desk), "/tickets", http.StatusOK); strings.Contains(page, `id="alike"`) {
		t.Error("groups without anybody who knows what is alike")
	}
}

// One press makes an incident of a group, or gives it whole to one that runs.
func TestLookAlikesBecomeAnIncident(t *testing.T) {
	w := lookAlikes(t)
	w.do = func(c headstart.Command) (headstart.Outcome, bool, error) {
		return headstart.Outcome{Command: c.ID, Incident: "HS-1061"}, false, nil
	}
	noord := desk
	noord.Locations = []string{"noord"}
	link := func(id string) headstart.Command {
		return headstart.Command{By: "samira", Do: "link", Source: "rt", Ticket: id}
	}
	for name, c := range map[string]struct {
		as     headstart.Identity
		fields []string
		want   []headstart.Command // nil: refused
	}{
		"a service at a place": {desk, []string{"service", "print", "location", "zuid", "ticket", "rt/B-1", "ticket", "rt/B-0"}, []headstart.Command{{By: "samira", Do: "open", Services: []string{"print"}, Locations: []string{"zuid"}}, link("B-1"), link("B-0")}},
		"a place":              {desk, []string{"service", "", "location", "noord", "ticket", "rt/C-1"}, []headstart.Command{{By: "samira", Do: "open", Title: "1 melding: Gebouw Noord", Locations: []string{"noord"}}, link("C-1")}},
		"nothing":              {desk, []string{"ticket", "rt/B-1"}, nil},
		"no ticket":            {desk, []string{"service", "print"}, nil},
		"no such service":      {desk, []string{"service", "tv", "ticket", "rt/B-1"}, nil},
		"no such place":        {desk, []string{"location", "maan", "ticket", "rt/B-1"}, nil},
		"a confidential one":   {desk, []string{"service", "salaris", "ticket", "rt/S-1"}, nil},
		"another place":        {noord, []string{"service", "print", "location", "zuid", "ticket", "rt/C-1"}, nil},
	} {
		w.done = nil
		rec := post(serve(w.site(), c.as), "/tickets/open", c.fields...)
		if diff := cmp.Diff(c.want, w.done, cmpopts.IgnoreFields(headstart.Command{}, "ID", "Ref", "Incident"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s, %d: commands (-want +got):\n%s", name, rec.Code, diff)
		}
		if c.want != nil && (rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), "/i/HS-1061?did=") || w.done[0].Ref == "" || w.done[1].Incident != w.done[0].Ref) {
			t.Errorf("%s: %d to %s; opened as %q, linked to %q", name, rec.Code, rec.Header().Get("Location"), w.done[0].Ref, w.done[1].Incident)
		}
	}
}
