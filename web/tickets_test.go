package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// TestTicketsByImpact: the list of tickets puts those that may be about the worst
// incident first, the likeliest of them on top, and what fits nothing last, with who
// waits longest on top of each priority.
func TestTicketsByImpact(t *testing.T) {
	w := badMonday(t)
	for id, x := range map[string]headstart.TicketState{
		"N-1": {Ticket: headstart.Ticket{Priority: "P1", CreatedAt: w.at("2026-11-23 08:10")}, Links: []headstart.Link{{Group: 8, Score: .95, Band: headstart.BandSuggest}}},
		"N-2": {Ticket: headstart.Ticket{CreatedAt: w.at("2026-11-23 08:11")}, Links: []headstart.Link{{Group: 7, Score: .9, Band: headstart.BandSuggest, For: []string{"noemt wifi"}}}},
		"N-3": {Ticket: headstart.Ticket{Priority: "P2", CreatedAt: w.at("2026-11-23 08:12")}},
		"N-4": {Ticket: headstart.Ticket{CreatedAt: w.at("2026-11-19 08:00")}},
		"N-5": {Ticket: headstart.Ticket{Priority: "P3", CreatedAt: w.at("2026-11-19 09:00")}},
		"N-6": {Ticket: headstart.Ticket{Priority: "P1", CreatedAt: w.at("2026-11-19 09:00"), Status: "resolved"}},
	} {
		x.V, x.Source, x.ID = 1, "rt", id
		w.put(headstart.TableTickets, "rt/"+id, x)
	}
	w.fill()
	page := get(t, serve(w.site(), desk), "/tickets", 200)
	var order []string
	for _, m := range regexp.MustCompile(`<h2>(?:<a href="/i/(HS-\d+)\?tab=tickets">|(Past nergens bij))|name="ticket" value="rt/([MN]-\d)"><button class="btn" data-key="l">Koppel<span|value="rt/([MN]-\d)"><select`).FindAllStringSubmatch(page, -1) {
		order = append(order, strings.Join(m[1:], ""))
	}
	want := []string{"HS-1042", "N-2", "M-1", "M-2", "HS-1043", "N-1", "Past nergens bij", "N-3", "N-5", "M-4", "N-4"}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("the order (-want +got):\n%s", diff)
	}
	for _, says := range []string{"Voor:</span> noemt wifi", "P1 · 180 mensen", "Koppel alle 3", "tijd van bellen onbekend", `<option value="HS-1043">`} {
		if !strings.Contains(page, says) {
			t.Errorf("the page does not say %q", says)
		}
	}
	if read := get(t, serve(w.site(), looker), "/tickets", 200); strings.Contains(read, `action="/i/`) {
		t.Error("a viewer is shown buttons")
	}
}

// TestTicketButtons: one press links all that look alike, or one that fits nothing, and
// leads back to the list; a caller is counted once however hasty the press; a head
// start is left out with a reason only.
func TestTicketButtons(t *testing.T) {
	w := badMonday(t)
	h := serve(w.site(), desk)
	for _, press := range []struct {
		path   string
		fields []string
		back   string // empty: refused
		want   []headstart.Command
	}{
		{"/i/HS-1042/confirm-link", []string{"ticket", "rt/M-1", "ticket", "rt/M-2", "back", "tickets"}, "/tickets?did=", []headstart.Command{
			{Do: "confirm-link", Source: "rt", Ticket: "M-1", Incident: "HS-1042"}, {Do: "confirm-link", Source: "rt", Ticket: "M-2", Incident: "HS-1042"},
		}},
		{"/tickets/link", []string{"ticket", "rt/M-4", "incident", "HS-1043", "back", "tickets"}, "/tickets?did=", []headstart.Command{
			{Do: "link", Source: "rt", Ticket: "M-4", Incident: "HS-1043"},
		}},
		{"/tickets/link", []string{"ticket", "rt/M-4", "back", "tickets"}, "", nil},
		{"/i/HS-1042/confirm-link", []string{"ticket", "rt/M-1", "ticket", "nonsense"}, "", nil},
		{"/i/HS-1042/confirm", []string{"once", "abc"}, "/i/HS-1042?did=", []headstart.Command{{Do: "confirm", Incident: "HS-1042"}}},
		{"/i/HS-1042/confirm", []string{"undo", "1"}, "/i/HS-1042?did=", []headstart.Command{{Do: "confirm", Incident: "HS-1042", Value: new(false)}}},
		{"/i/HS-1042/lead", []string{"reason", "oefening"}, "/i/HS-1042?did=", []headstart.Command{{Do: "lead", Incident: "HS-1042", Value: new(false), Text: "oefening"}}},
		{"/i/HS-1042/lead", []string{"reason", " "}, "", nil},
		{"/i/HS-1042/lead", []string{"count", "1"}, "/i/HS-1042?did=", []headstart.Command{{Do: "lead", Incident: "HS-1042", Value: new(true)}}},
	} {
		w.done = nil
		rec := post(h, press.path, press.fields...)
		if back := rec.Header().Get("Location"); !strings.HasPrefix(back, press.back) || (rec.Code == http.StatusSeeOther) != (press.back != "") {
			t.Errorf("%s %q: status %d, back to %q; want %q", press.path, press.fields, rec.Code, back, press.back)
		}
		got := append([]headstart.Command(nil), w.done...)
		for n := range got {
			if got[n].By != "samira" || got[n].ID == "" {
				t.Errorf("%s: command %q of %q", press.path, got[n].ID, got[n].By)
			}
			got[n].ID, got[n].By = "", ""
		}
		if diff := cmp.Diff(press.want, got); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", press.path, press.fields, diff)
		}
	}
	w.done = nil
	for range 2 {
		post(h, "/i/HS-1042/confirm", "once", "abc")
	}
	if len(w.done) != 2 || w.done[0].ID != w.done[1].ID {
		t.Errorf("a button pressed twice sent %+v, want one command twice", w.done)
	}
	if rec := post(serve(w.site(), looker), "/tickets/link", "ticket", "rt/M-4", "incident", "HS-404"); rec.Code != http.StatusNotFound {
		t.Errorf("an incident that is none: status %d", rec.Code)
	}
}

// TestFirstCallerInTheHeadline: who calls without a ticket was there all the same.
func TestFirstCallerInTheHeadline(t *testing.T) {
	w := badMonday(t)
	i, _ := w.view.Find("HS-1042")
	i.FirstCallerAt, i.Callers = w.ptr("2026-11-23 07:47"), 1
	w.put(headstart.TableIncidents, "HS-1042", i)
	w.fill()
	if page := get(t, serve(w.site(), desk), "/", 200); !strings.Contains(page, "07:47") {
		t.Error("the board does not tell of the caller of 07:47")
	}
	if page := get(t, serve(w.site(), desk), "/i/HS-1042", 200); !strings.Contains(page, "1 beller zonder melding, om 07:47") || !strings.Contains(page, "1 beller: neem terug") {
		t.Error("the incident's page does not tell of the caller, or has no way to take them back")
	}
}

// TestTicketsToReview: of the links made without a person those that one is asked about
// stand on the list of tickets and in the API with a button for either answer, until
// somebody gave it; the other links are shown nowhere among them.
func TestTicketsToReview(t *testing.T) {
	w := badMonday(t)
	var asked, other string
	put := func(id, by string) {
		w.put(headstart.TableTickets, "rt/"+id, headstart.TicketState{
			V: 1, Ticket: headstart.Ticket{Source: "rt", ID: id, CreatedAt: w.at("2026-11-23 08:10")},
			Links: []headstart.Link{{Ticket: id, Source: "rt", Group: 7, Score: .95, Band: headstart.BandAuto, For: []string{"noemt wifi"}, Verdict: "linked", By: by}},
		})
	}
	for n := 0; asked == "" || other == ""; n++ {
		x := headstart.TicketState{Ticket: headstart.Ticket{Source: "rt", ID: fmt.Sprint("V-", n)}, Links: []headstart.Link{{Verdict: "linked", By: headstart.LinkedByRule}}}
		if x.ToReview() != nil {
			asked = x.ID
		} else {
			other = x.ID
		}
	}
	put(asked, headstart.LinkedByRule)
	put(other, headstart.LinkedByRule)
	w.fill()
	page := get(t, serve(w.site(), desk), "/tickets", 200)
	for _, says := range []string{`id="review"`, "Klopt deze koppeling?", `action="/i/HS-1042/confirm-link"`, `value="rt/` + asked + `"><button class="btn" data-key="l">Klopt<`, `value="rt/` + asked + `"><button class="btn quiet" data-key="x">Niet dit<`} {
		if !strings.Contains(page, says) {
			t.Errorf("the page does not say %q", says)
		}
	}
	if strings.Contains(page, "rt/"+other) {
		t.Error("a link that nobody is asked about is shown to be judged")
	}
	if read := get(t, serve(w.site(), looker), "/tickets", 200); strings.Contains(read, "<button class=\"btn\" data-key=\"l\">Klopt<") {
		t.Error("a viewer is shown buttons")
	}
	put(asked, "samira")
	w.fill()
	if page := get(t, serve(w.site(), desk), "/tickets", 200); strings.Contains(page, `id="review"`) {
		t.Error("a link that somebody judged is still to be judged")
	}
}
