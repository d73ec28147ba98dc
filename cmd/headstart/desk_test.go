package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"headstart"
	"headstart/lang"
)

// TestDeskCommands holds what the commands around tickets ask of the service, and what
// they refuse before anything is sent.
func TestDeskCommands(t *testing.T) {
	var got []string
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = append(got, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(b)))
		_, _ = io.WriteString(w, `{"id":"HS-3"}`)
	}))
	defer service.Close()
	file := configured(t, map[string]string{"headstart.yml": "data_dir: DIR\n"})
	act := func(args ...string) (int, string, string) {
		return command(t, append([]string{"--config", file, "incidents", "--url", service.URL}, args...)...)
	}
	for _, args := range [][]string{
		{"confirm", "HS-3"},
		{"confirm", "HS-3", "--channel", "walk_in"},
		{"confirm", "HS-3", "--undo"},
		{"lead", "HS-3", "--leave-out", "oefening"},
		{"lead", "HS-3", "--count"},
		{"confirm-link", "HS-3", "rt/101"},
		{"reject-link", "HS-3", "rt/101"},
		{"tickets", "HS-3"},
		{"reply", "HS-3", "--lang", "en", "--ticket", "rt/101"},
	} {
		if code, _, stderr := act(args...); code != 0 {
			t.Errorf("%v: exit code %d: %s", args, code, stderr)
		}
	}
	want := []string{
		`POST /api/v1/incidents/HS-3/confirm {"channel":"phone"}`,
		`POST /api/v1/incidents/HS-3/confirm {"channel":"walk_in"}`,
		`POST /api/v1/incidents/HS-3/confirm {"channel":"phone","value":false}`,
		`POST /api/v1/incidents/HS-3/lead {"text":"oefening","value":false}`,
		`POST /api/v1/incidents/HS-3/lead {"value":true}`,
		`POST /api/v1/incidents/HS-3/confirm-link {"source":"rt","ticket":"101"}`,
		`POST /api/v1/incidents/HS-3/reject-link {"source":"rt","ticket":"101"}`,
		`GET /api/v1/incidents/HS-3/tickets`,
		`GET /api/v1/incidents/HS-3/reply?lang=en&ticket=rt%2F101`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	for _, args := range [][]string{
		{"lead", "HS-3"},
		{"lead", "HS-3", "--leave-out", " "},
		{"lead", "HS-3", "--leave-out", "x", "--count"},
		{"reject-link", "HS-3", "101"},
		{"tickets", "HS-3", "--output", "xml"},
	} {
		if code, _, stderr := act(args...); code != 1 || len(got) != len(want) || stderr == "" {
			t.Errorf("%v: exit code %d, %q; want 1 and why before anything is sent", args, code, stderr)
		}
	}
}

// TestDeskReads: what a person reads of tickets and of a reply, in both languages, in 80
// columns, and with nothing in it that a terminal obeys.
func TestDeskReads(t *testing.T) {
	at := func(clock string) *time.Time {
		when, err := time.Parse(time.DateTime, "2026-11-23 "+clock+":00")
		if err != nil {
			t.Fatal(err)
		}
		return &when
	}
	seconds := int64(-9 * 60)
	found := incidentTickets{
		Incident: "HS-12", AnnouncedAt: at("08:01"), FirstAt: at("07:52"), LeadSeconds: &seconds, LeftOut: 1, Callers: 2, FirstCallerAt: at("08:03"),
		Linked: []incidentTicket{{Source: "rt", ID: "101", Title: "Printer doet het niet", Location: "noord", ReportedAt: *at("07:52"), Channel: "phone", By: "samira", At: at("08:06")}},
		LookAlikes: []incidentTicket{{
			Source: "rt", ID: "104", Title: "\x1b[2J\u202eafdrukken " + strings.Repeat("lukt niet ", 20), ReportedAt: *at("08:05"), Score: .8279,
			For: []string{"'print' genoemd: dienst Printen", "melder zit op Gebouw Noord, waar deze storing speelt"}, Against: []string{"geregistreerd na het einde"},
		}},
	}
	if got, want := found.text(lang.New("nl", time.UTC), *at("08:10")), `HS-12 · eerste bericht 08:01 · eerste melding 07:52 · eerste melding 9 min voor
  het bericht · 1 telefoontje zonder tijd telt niet mee voor de voorsprong · 2
  bellers zonder melding, de eerste om 08:03
Gekoppeld (1)
  rt/101  07:52  noord  telefoon  “Printer doet het niet”
    gekoppeld door samira, 08:06
Lijkt erop, nog nergens gekoppeld (1)
  rt/104  08:05  “[2Jafdrukken lukt niet lukt niet lukt ni… mogelijk, 83 van 100
    Voor: 'print' genoemd: dienst Printen; melder zit op Gebouw Noord, waar deze
      storing speelt
    Tegen: geregistreerd na het einde
Hoort hij erbij: headstart incidents link HS-12 rt/104
Hoort hij er niet bij: headstart incidents reject-link HS-12 rt/104
`; got != want {
		t.Errorf("tickets:\n%s", cmp.Diff(want, got))
	}
	reply := incidentReply{
		Incident: "HS-12", Phase: headstart.Identified, At: *at("08:01"), Title: "Printing does not work", NextUpdateBy: at("09:00"),
		Text: "What do you notice?\nYou cannot print.\n\nWhere?\n" + strings.Repeat("North building ", 9), Phone: "Printing does not work in the North building.",
	}
	if got, want := reply.text(lang.New("en", time.UTC), *at("08:10")), `HS-12 · Cause known · since 08:01 · next message by 09:00

Printing does not work

What do you notice?
You cannot print.

Where?
North building North building North building North building North building North
building North building North building North building

Say this on the telephone:
  Printing does not work in the North building.
`; got != want {
		t.Errorf("reply:\n%s", cmp.Diff(want, got))
	}
	for line := range strings.Lines(found.text(lang.New("en", time.UTC), *at("08:10"))) {
		if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > width {
			t.Errorf("%q is wider than %d columns", line, width)
		}
	}
}
