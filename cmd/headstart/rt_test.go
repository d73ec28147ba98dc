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
	"strings"
	"testing"
	"time"

	"headstart/tickets/systems/rttest"
)

// TestMain ends the Request Tracker that tests shared.
func TestMain(m *testing.M) {
	code := m.Run()
	rttest.Stop()
	os.Exit(code)
}

// reports makes a ticket in RT, as a user who writes from Gebouw Noord.
func reports(t *testing.T, server *rttest.Server, subject string, fields map[string]string) (id string) {
	t.Helper()
	custom := map[string]string{"Location": "Gebouw Noord"}
	maps.Copy(custom, fields)
	b, err := server.Call(http.MethodPost, "/ticket", map[string]any{
		"Queue": "Desk", "Subject": subject, "Requestor": "k.bakker@voorbeeld.example", "ContentType": "text/plain",
		"Content": "Ik kan niet meer afdrukken in gebouw Noord.", "CustomFields": custom,
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

// TestRequestTracker lets a switch fail while users write to a real Request
// Tracker, and follows their tickets from suggestion to close-out (rulings 32, 33).
func TestRequestTracker(t *testing.T) {
	server := rttest.Shared(t)
	first := reports(t, server, "Printer doet het niet", nil)

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
		"{name: rt, type: rt, url: %q, token_file: rt.token, hook_secret_file: rt.secret, queues: [Desk], create_in: Outages, write: {public_reply: on, create: ticket}}", server.URL), 1))
	r := start(t, config)
	to, err := url.Parse(r.base)
	if err != nil {
		t.Fatal(err)
	}
	server.Hook(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(to)
		p.Out.URL.Path = "/hooks/tickets/rt"
	}})
	t.Cleanup(func() { server.Hook(nil) })

	now := time.Now()
	r.opens(sent("prom", "HostDown", "sw-n-2", now, now.Add(time.Hour)), sent("prom", "PrinterOffline", "prn-n2-04", now, now.Add(time.Hour)))
	second := reports(t, server, "Afdrukken lukt niet", nil)                                                                             // a hook tells of it
	call := reports(t, server, "Mevrouw belt: printer stuk", map[string]string{"Channel": "Telefoon", "ReportedAt": "2026-11-20 08:00"}) // of days ago
	waitFor(t, 60*time.Second, "the tickets of first poll and hook to be suggested", func() bool { return r.only().Tickets.Suggested >= 2 })
	for _, id := range []string{first, second} {
		if code, out := r.cli("incidents", "link", string(r.only().ID), "rt/"+id); code != 0 {
			t.Fatalf("link: exit %d: %s", code, out)
		}
	}
	told := func(id, text string) func() bool {
		return func() bool {
			b, err := server.Call(http.MethodGet, "/ticket/"+id+"/attachments?fields=Content&per_page=100", nil)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(b), text); n > 1 {
				t.Fatalf("%q stands %d times in ticket %s", text, n, id)
			}
			return strings.Contains(string(b), text)
		}
	}
	name := string(r.only().ID)
	for _, id := range []string{first, second} {
		waitFor(t, 60*time.Second, "the note in ticket "+id, told(id, "Bekende storing "+name))
	}
	answers := func(n int, text string) func() bool {
		return func() bool {
			mails, err := server.Mails(text)
			if err != nil || len(mails) > n {
				t.Fatalf("%d mails with %q, want %d; %v", len(mails), text, n, err)
			}
			return len(mails) == n
		}
	}
	waitFor(t, 60*time.Second, "one reply to each user", answers(2, "/linked/reply]"))
	waitFor(t, 60*time.Second, "the tickets to hang under ours", func() bool {
		b, err := server.Call(http.MethodGet, "/ticket/"+first, nil)
		return err == nil && strings.Contains(string(b), `"parent"`)
	})
	if told(call, "Bekende storing")() {
		t.Error("a ticket that nobody linked was written to")
	}
	if i := r.only(); i.Tickets.Linked != 2 || i.LeadSeconds == nil {
		t.Errorf("tickets %+v lead %v, want two linked, and a head start", i.Tickets, i.LeadSeconds)
	}

	r.alert(sent("prom", "HostDown", "sw-n-2", now, time.Now()), sent("prom", "PrinterOffline", "prn-n2-04", now, time.Now()))
	waitFor(t, 90*time.Second, "the close-out note", told(first, "is voorbij sinds"))
	waitFor(t, 60*time.Second, "the last reply to each user", answers(2, "/resolved/reply]"))
	if _, log := r.cli("store", "export", "--raw"); strings.Contains(log, "afdrukken in gebouw") || strings.Contains(log, "Bakker") || strings.Contains(log, server.Token) {
		t.Error("the log holds the text of a ticket, a name, or the token")
	}
	for _, secret := range []string{server.Token, server.Secret, "afdrukken in gebouw", "k.bakker"} {
		if strings.Contains(r.stderr.String(), secret) {
			t.Errorf("the log of the service holds %q", secret)
		}
	}
	if code, out := r.cli("doctor"); !strings.Contains(out, "tickets rt (rt): answers, version 5.") || !strings.Contains(out, "our user also sees Outages") {
		t.Errorf("doctor ends with %d and says of Request Tracker:\n%s", code, out)
	}
}
