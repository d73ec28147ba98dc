package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"headstart/report/column"
	"headstart/tickets/systems/rttest"
)

// TestMain ends what tests shared: the Request Tracker and the program they built.
func TestMain(m *testing.M) {
	code := m.Run()
	rttest.Stop()
	if ourProgram.dir != "" {
		_ = os.RemoveAll(ourProgram.dir)
	}
	os.Exit(code)
}

// helpdesk is a running service that reads and writes a real Request Tracker.
type helpdesk struct {
	*running
	server *rttest.Server
}

// openHelpdesk starts one: with everything switched on, and open at all hours.
func openHelpdesk(t *testing.T) *helpdesk {
	t.Helper()
	server := rttest.Shared(t)
	config := prepare(t, `calendar: {hours: {monday: "00:00-24:00", tuesday: "00:00-24:00", wednesday: "00:00-24:00", thursday: "00:00-24:00", friday: "00:00-24:00", saturday: "00:00-24:00", sunday: "00:00-24:00"}}
external_url: https://headstart.voorbeeld.example
`)
	dir := filepath.Dir(config)
	write(t, filepath.Join(dir, "rt.token"), server.Token)
	write(t, filepath.Join(dir, "rt.secret"), server.Secret)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, config, strings.Replace(string(text), "{name: portal, type: webhook}", fmt.Sprintf(
		"{name: rt, type: rt, url: %q, token_file: rt.token, hook_secret_file: rt.secret, queues: [Desk], create_in: Outages, shared: [balie], write: {public_reply: on, question: on, create: ticket}}", server.URL), 1))
	h := &helpdesk{running: start(t, config), server: server}
	to, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	server.Hook(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(to)
		p.Out.URL.Path = "/hooks/tickets/rt"
	}})
	t.Cleanup(func() { server.Hook(nil) })
	return h
}

// reports makes a ticket in RT, as a user who writes from Gebouw Noord.
func reports(t *testing.T, server *rttest.Server, who, subject, text string, fields map[string]string) (id string) {
	t.Helper()
	custom := map[string]string{"Location": "Gebouw Noord"}
	maps.Copy(custom, fields)
	b, err := server.Call(http.MethodPost, "/ticket", map[string]any{
		"Queue": "Desk", "Subject": subject, "Requestor": who + "@voorbeeld.example", "ContentType": "text/plain",
		"Content": text, "CustomFields": custom,
	})
	var made struct{ ID json.Number }
	if err == nil {
		err = json.Unmarshal(b, &made)
	}
	if err != nil {
		t.Fatal(err)
	}
	return made.ID.String()
}

// called is how the desk notes a call: when it came, in its own clock and to the minute.
func called(at time.Time) map[string]string {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		panic(err)
	}
	return map[string]string{"Channel": "Telefoon", "ReportedAt": at.In(zone).Format("2006-01-02 15:04")}
}

// told reports whether a text stands in a ticket; twice is once too often.
func (h *helpdesk) told(id, text string) func() bool {
	return func() bool {
		h.t.Helper()
		b, err := h.server.Call(http.MethodGet, "/ticket/"+id+"/attachments?fields=Content&per_page=100", nil)
		if err != nil {
			h.t.Fatal(err)
		}
		if n := strings.Count(string(b), text); n > 1 {
			h.t.Fatalf("%q stands %d times in ticket %s", text, n, id)
		}
		return strings.Contains(string(b), text)
	}
}

// answers reports whether n mails with a text went out, and fails when there are more.
func (h *helpdesk) answers(n int, text string) func() bool {
	return func() bool {
		h.t.Helper()
		mails, err := h.server.Mails(text)
		if err != nil || len(mails) > n {
			h.t.Fatalf("%d mails with %q, want %d; %v", len(mails), text, n, err)
		}
		return len(mails) == n
	}
}

// desk runs a command of the desk that must succeed.
func (h *helpdesk) desk(args ...string) string {
	h.t.Helper()
	code, out := h.cli(append([]string{"incidents"}, args...)...)
	if code != 0 {
		h.t.Fatalf("incidents %q: exit %d: %s", args, code, out)
	}
	return out
}

// wantLead: the head start counts from a moment to the first message, to the second.
func (h *helpdesk) wantLead(what string, from time.Time) {
	h.t.Helper()
	i := h.only()
	if i.AnnouncedAt == nil || i.LeadSeconds == nil {
		h.t.Fatalf("%s: announced %v, lead %v", what, i.AnnouncedAt, i.LeadSeconds)
	}
	if want := int64(from.Sub(*i.AnnouncedAt) / time.Second); *i.LeadSeconds != want {
		h.t.Errorf("%s: the head start is %d s, want %d from %s to %s", what, *i.LeadSeconds, want, from, *i.AnnouncedAt)
	}
}

// nasty is what a user may write in a subject: text that would run, end a header, call
// everybody, turn a line round, or be taken for a template.
const nasty = "Printer stuk <script>alert(1)</script> \"]}\u202e @channel {{.Secret}} %s \x1b[2J"

// TestRequestTracker is a morning of a desk with a real Request Tracker (rulings 32, 33):
// a switch dies, three users write before and after, one call is logged an hour late.
// The desk sees them with reasons and links them, notes appear, the users are answered,
// the end is told, and the head start is right, also when calls turn up after it.
func TestRequestTracker(t *testing.T) {
	t.Parallel()
	server := rttest.Shared(t)
	first := reports(t, server, "k.bakker", "Printer doet het niet", "Ik kan niet meer afdrukken in gebouw Noord.", nil)
	h := openHelpdesk(t)
	now := time.Now()
	h.opens(sent("prom", "HostDown", "sw-n-2", now, now.Add(time.Hour)), sent("prom", "PrinterOffline", "prn-n2-04", now, now.Add(time.Hour)))
	second := reports(t, server, "m.elamrani", "Printing does not work", "Hello, I cannot print any more, the printer gives an error.", nil) // a hook tells of it
	third := reports(t, server, "balie", nasty, "Bij ons kan niemand meer afdrukken, de printer doet het niet.", nil)
	hour := now.Add(-time.Hour).Truncate(time.Minute)
	call := reports(t, server, "k.bakker", "Meneer belt: printer stuk", "Hij kan niet meer afdrukken.", called(hour))

	waitFor(t, 60*time.Second, "the tickets of first poll and hook to be suggested", func() bool { return h.only().Tickets.Suggested >= 3 })
	name := string(h.only().ID)
	h.seesReasons(name, first, second, third)
	for _, id := range []string{first, second, third} {
		h.desk("link", name, "rt/"+id)
	}
	for _, id := range []string{first, second, third} {
		waitFor(t, 60*time.Second, "the note in ticket "+id, h.told(id, "Bekende storing "+name))
	}
	waitFor(t, 60*time.Second, "one reply to each user", h.answers(3, "/linked/reply]"))
	waitFor(t, 60*time.Second, "the tickets to hang under ours", func() bool {
		b, err := server.Call(http.MethodGet, "/ticket/"+first, nil)
		return err == nil && strings.Contains(string(b), `"parent"`)
	})
	if h.told(call, "Bekende storing")() {
		t.Error("a ticket that nobody linked was written to")
	}
	h.wantLead("the ticket of before the outage", h.reported(first))
	h.desk("link", name, "rt/"+call)
	h.wantLead("the call of an hour ago", hour)
	waitFor(t, 60*time.Second, "the note in the ticket of the call", h.told(call, "Bekende storing "+name))
	h.seesLinks(name, first, second, third, call)

	h.alert(sent("prom", "HostDown", "sw-n-2", now, time.Now()), sent("prom", "PrinterOffline", "prn-n2-04", now, time.Now()))
	waitFor(t, 90*time.Second, "the close-out note", h.told(first, "is voorbij sinds"))
	waitFor(t, 60*time.Second, "the last reply to each user", h.answers(4, "/resolved/reply]"))
	waitFor(t, 60*time.Second, "the question in Dutch", h.told(first, "Werkt het weer bij u?"))
	waitFor(t, 60*time.Second, "the question in English", h.told(second, "Does it work again for you?"))
	for _, id := range []string{third, call} { // a shared requester, and a call
		if h.told(id, "Werkt het weer bij u?")() {
			t.Errorf("ticket %s was asked whether it works again", id)
		}
	}
	h.callsAfterTheEnd(name, hour)
	h.keepsSecrets()
	if code, out := h.cli("doctor"); !strings.Contains(out, "tickets rt (rt): answers, version 5.") || !strings.Contains(out, "our user also sees Outages") {
		t.Errorf("doctor ends with %d and says of Request Tracker:\n%s", code, out)
	}
}

// reported is when a ticket came, as the service knows it.
func (h *helpdesk) reported(id string) time.Time {
	h.t.Helper()
	var found incidentTickets
	h.get("/api/v1/incidents/"+string(h.only().ID)+"/tickets", &found)
	for _, x := range append(found.Linked, found.LookAlikes...) {
		if x.ID == id {
			return x.ReportedAt
		}
	}
	h.t.Fatalf("ticket %s is no candidate: %+v", id, found)
	return time.Time{}
}

// seesReasons: the desk finds the tickets that look like being about an incident, each
// with what speaks for it, on the command line and on its pages, where no text of a
// user does any harm.
func (h *helpdesk) seesReasons(name string, ids ...string) {
	h.t.Helper()
	var found incidentTickets
	h.get("/api/v1/incidents/"+name+"/tickets", &found)
	for _, id := range ids {
		n := slices.IndexFunc(found.LookAlikes, func(x incidentTicket) bool { return x.ID == id })
		if n < 0 || len(found.LookAlikes[n].For) == 0 {
			h.t.Errorf("ticket %s is not shown as a look-alike with reasons: %+v", id, found.LookAlikes)
		}
	}
	out := h.desk("tickets", name)
	for line := range strings.Lines(out) {
		if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > 80 || column.Clean(line) != line {
			h.t.Errorf("a line is wider than 80 columns, or holds what a terminal obeys: %q", line)
		}
	}
	if !strings.Contains(out, "Voor: ") || !strings.Contains(out, "Printer doet het niet") {
		h.t.Errorf("incidents tickets says\n%s", out)
	}
	for _, path := range []string{"/tickets", "/i/" + name, "/"} {
		if page := h.page(path); strings.Contains(page, "<script>alert") {
			h.t.Errorf("%s holds the script of a subject", path)
		}
	}
	if page := h.page("/i/" + name); !strings.Contains(page, "&lt;script&gt;alert(1)") {
		h.t.Error("the incident's page does not show the subject as it was written")
	}
}

// seesLinks: the linked tickets, each with who linked it and what speaks for it.
func (h *helpdesk) seesLinks(name string, ids ...string) {
	h.t.Helper()
	var found incidentTickets
	h.get("/api/v1/incidents/"+name+"/tickets", &found)
	if len(found.Linked) != len(ids) || found.LeftOut != 0 {
		h.t.Errorf("%d tickets are linked, %d left out; want %d and none", len(found.Linked), found.LeftOut, len(ids))
	}
	for _, x := range found.Linked {
		if !slices.Contains(ids, x.ID) || len(x.For) == 0 || x.By == "" || x.At == nil {
			h.t.Errorf("linked: %+v, want one of %v with reasons, and who linked it", x, ids)
		}
	}
}

// callsAfterTheEnd: a call turns up when all is over, and nobody noted when it came. It
// is left out of the head start until somebody does, and hears that it is over.
func (h *helpdesk) callsAfterTheEnd(name string, hour time.Time) {
	h.t.Helper()
	late := reports(h.t, h.server, "m.elamrani", "Belt: afdrukken lukte niet", "De printer deed het niet, afdrukken lukte niet.", map[string]string{"Channel": "Telefoon"})
	waitFor(h.t, 60*time.Second, "the late call to be suggested", func() bool { return h.only().Tickets.Suggested == 1 })
	h.desk("link", name, "rt/"+late)
	h.wantLead("a call that nobody noted the time of", hour)
	if n := h.only().Tickets.LeftOut; n != 1 {
		h.t.Errorf("%d tickets are left out, want one", n)
	}
	waitFor(h.t, 60*time.Second, "the late call to hear that it is over", h.told(late, "is voorbij sinds"))
	earlier := hour.Add(-10 * time.Minute)
	if _, err := h.server.Call(http.MethodPut, "/ticket/"+late, map[string]any{"CustomFields": called(earlier)}); err != nil {
		h.t.Fatal(err)
	}
	waitFor(h.t, 60*time.Second, "the time of the late call to be known", func() bool { return h.only().Tickets.LeftOut == 0 })
	h.wantLead("its time is noted", earlier)
	if code, out := h.cli("morning", "--format", "text", "--lang", "nl"); code > 2 || !strings.Contains(out, "eerste melding 1 u 1") {
		h.t.Errorf("the morning report ends with %d and does not tell that users were first:\n%s", code, out)
	}
	h.desk("lead", name, "--leave-out", "oefening")
	if i := h.only(); i.LeadSeconds != nil || i.LeadLeftOut == nil || i.LeadLeftOut.Reason != "oefening" {
		h.t.Errorf("lead %v, left out %+v; want it left out as a drill", i.LeadSeconds, i.LeadLeftOut)
	}
	h.desk("lead", name, "--count")
	h.wantLead("counted again", earlier)
}

// keepsSecrets: neither log holds a text, a name or a secret.
func (h *helpdesk) keepsSecrets() {
	h.t.Helper()
	_, log := h.cli("store", "export", "--raw")
	for _, secret := range []string{h.server.Token, h.server.Secret, "afdrukken in gebouw", "k.bakker", "Bakker", "alert(1)"} {
		if strings.Contains(log, secret) {
			h.t.Errorf("the log holds %q", secret)
		}
		if strings.Contains(h.stderr.String(), secret) {
			h.t.Errorf("the log of the service holds %q", secret)
		}
	}
}
