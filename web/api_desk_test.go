package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// mondayAPI lets the API read the world of the picture.
func mondayAPI(w *world) func(*APIOptions) {
	return func(o *APIOptions) {
		o.View = w.view
		o.Titles = func(context.Context, []string) map[string]string { return w.titles }
	}
}

// TestAPITellsLookAlikes: of an incident the linked tickets, first reported first, and
// those that look like being about it with their reasons; what people rejected, or
// another incident has, is none.
func TestAPITellsLookAlikes(t *testing.T) {
	w := badMonday(t)
	for id, links := range map[string][]headstart.Link{
		"M-5": {{Group: 7, Score: .9, Band: headstart.BandSuggest, Verdict: "rejected", By: "samira"}},
		"M-6": {{Group: 8, Verdict: "linked", By: "joris"}, {Group: 7, Score: .9, Band: headstart.BandSuggest}},
		"M-7": {{Group: 7, Score: .2, Band: headstart.BandNone}},
		"M-8": {{Group: 7, Score: .91, Band: headstart.BandSuggest, For: []string{"noemt wifi"}}},
		"M-9": {{Group: 7, Score: .91, Band: headstart.BandAuto, Verdict: "linked", By: "rule", At: w.at("2026-11-23 08:10")}},
	} {
		w.put(headstart.TableTickets, "rt/"+id, headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "rt", ID: id, CreatedAt: w.at("2026-11-23 08:09"), Channel: "mail"}, Links: links})
	}
	w.fill()
	call := testAPI(t, &apiDesk{}, mondayAPI(w))
	got := decode[deskTickets](t, call(as("desk"), "GET", "/api/v1/incidents/hs-1042/tickets", ""))
	brief := func(list []deskTicket) (out []string) {
		for _, x := range list {
			out = append(out, strings.Join(strings.Fields(x.ID+" "+x.Title+" "+x.By+" "+strings.Join(x.For, ", ")), " "))
		}
		return out
	}
	if diff := cmp.Diff([]string{"M-3 Geen wifi noemt Teams, zelfde plek", "M-9 rule"}, brief(got.Linked)); diff != "" {
		t.Errorf("linked (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"M-8 noemt wifi", "M-1 Teams valt steeds weg noemt Teams, zelfde plek", "M-2 Kan niet bij mijn mail noemt Teams, zelfde plek"}, brief(got.LookAlikes)); diff != "" {
		t.Errorf("look-alikes (-want +got):\n%s", diff)
	}
	if got.LeadSeconds == nil || *got.LeadSeconds != 480 || got.FirstAt == nil || !got.Linked[0].LeftOut || got.Linked[1].LeftOut {
		t.Errorf("lead %v, first %v, left out %t and %t; want 480 s, and the call without a time left out", got.LeadSeconds, got.FirstAt, got.Linked[0].LeftOut, got.Linked[1].LeftOut)
	}
	for path, want := range map[string]int{"/api/v1/incidents/HS-9/tickets": 404, "/api/v1/incidents/HS-1042/tickets": 200} {
		if res := call(as("viewer"), "GET", path, ""); res.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, res.StatusCode, want)
		}
	}
	secret := testAPI(t, &apiDesk{})
	for _, of := range []string{"tickets", "reply"} {
		if res := secret(as("desk"), "GET", "/api/v1/incidents/HS-3/"+of, ""); res.StatusCode != 403 {
			t.Errorf("%s of a confidential incident: status %d, want 403", of, res.StatusCode)
		}
	}
}

// TestAPITellsReply: the words users read now, in the language of whoever asks or of
// their ticket; where users were told nothing there are none (ruling 28).
func TestAPITellsReply(t *testing.T) {
	w := badMonday(t)
	w.put(headstart.TableTickets, "rt/E-1", headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "rt", ID: "E-1", CreatedAt: w.now, Evidence: &headstart.Evidence{Language: "en"}}})
	w.put(headstart.TableIncidents, "HS-1050", headstart.Incident{V: 1, ID: "HS-1050", UID: "dd44", Seq: 1050, Group: 9, State: headstart.Open, Title: headstart.Names{"": "Muis"}})
	w.fill()
	call := testAPI(t, &apiDesk{}, mondayAPI(w))
	for query, want := range map[string]string{
		"HS-1042/reply":                    "nl identified Wifi en internet werken niet",
		"HS-1042/reply?lang=en":            "en identified Wifi and internet do not work",
		"HS-1042/reply?ticket=rt/E-1":      "en identified Wifi and internet do not work",
		"HS-1042/reply?ticket=E-1":         "en identified Wifi and internet do not work",
		"HS-1042/reply?ticket=E-1&lang=nl": "nl identified Wifi en internet werken niet",
		"HS-1043/reply?lang=en":            "nl investigating Roosterplanner is langzaam", // told in Dutch alone
		"HS-1021/reply?location=noord":     "nl resolved Wifi werkt weer",
	} {
		got := decode[replyText](t, call(as("desk"), "GET", "/api/v1/incidents/"+query, ""))
		if text := got.Language + " " + string(got.Phase) + " " + got.Title; text != want || got.Short == "" || got.Phone == "" {
			t.Errorf("%s: %q, short %q, to say %q; want %q", query, text, got.Short, got.Phone, want)
		}
	}
	for query, want := range map[string]int{"HS-1050/reply": 404, "HS-1042/reply?lang=de": 422, "HS-1042/reply?location=mars": 422, "HS-1042/reply?ticket=rt/none": 422} {
		res := call(as("desk"), "GET", "/api/v1/incidents/"+query, "")
		if p := decode[problem](t, res); res.StatusCode != want || p.Detail == "" {
			t.Errorf("%s: status %d with %q, want %d and why", query, res.StatusCode, p.Detail, want)
		}
	}
	if res := call(as("desk", "zuid"), "GET", "/api/v1/incidents/HS-1043/reply?ticket=rt/M-1", ""); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a ticket of another place answers %d; want 422, as for one that is not there", res.StatusCode)
	}
}

// TestAPIRepeats: with an Idempotency-Key a request and its repeat are one command; of
// another caller, or another incident, it is another.
func TestAPIRepeats(t *testing.T) {
	d := &apiDesk{}
	call := testAPI(t, d)
	with := func(name, path, key string) int {
		id := as("desk")
		id.Name = name
		return call(id, "POST", path, `{}`, func(r *http.Request) { r.Header.Set("Idempotency-Key", key) }).StatusCode
	}
	for _, try := range [][3]string{
		{"samira", "HS-2", "k1"},
		{"samira", "HS-2", "k1"},
		{"samira", "HS-2", "k2"},
		{"joris", "HS-2", "k1"},
		{"samira", "HS-1", "k1"},
	} {
		if code := with(try[0], "/api/v1/incidents/"+try[1]+"/confirm", try[2]); code != 200 {
			t.Fatalf("%v: status %d", try, code)
		}
	}
	var same []bool
	for _, c := range d.got {
		same = append(same, c.ID == d.got[0].ID)
	}
	if diff := cmp.Diff([]bool{true, true, false, false, false}, same); diff != "" {
		t.Errorf("the same command as the first (-want +got):\n%s", diff)
	}
	if code := with("samira", "/api/v1/incidents/HS-2/confirm", strings.Repeat("x", 201)); code != 400 {
		t.Errorf("a key of 201 characters: status %d, want 400", code)
	}
}
