package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart/notify/smtptest"
	"headstart/store/redistest"
)

// subscribing lets people of one domain subscribe, by mail of the test's server.
func subscribeBy(sink *smtptest.Sink) string {
	return fmt.Sprintf(`publish: {subscribe_domains: [Voorbeeld.example]}
channels:
  - {name: mail-subscribers, type: email, smarthost: %q, from: servicedesk@voorbeeld.example, subscribers: true}
`, sink.Addr)
}

// form sends a form in as a browser on the page does.
func (r *running) form(path string, values url.Values) (status int, answer string) {
	r.t.Helper()
	return r.try(attack{method: "POST", path: path, body: values.Encode(), header: map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://127.0.0.1:8480", "Sec-Fetch-Site": "same-origin",
	}})
}

// subscribe asks for mail about what the form of a language calls so.
func (r *running) subscribe(address, language string, places ...string) {
	r.t.Helper()
	values := url.Values{"address": {address}, "language": {language}}
	form := r.page("/s/" + language + "/subscribe")
	for _, place := range places {
		box := regexp.MustCompile(`name="location" value="([^"]+)"> ` + regexp.QuoteMeta(place)).FindStringSubmatch(form)
		if box == nil {
			r.t.Fatalf("the form does not offer %s:\n%s", place, form)
		}
		values.Add("location", box[1])
	}
	status, answer := r.form("/s/"+language+"/subscribe", values)
	if status != http.StatusOK {
		r.t.Fatalf("a form of %s got %d: %s", address, status, answer)
	}
}

var links = regexp.MustCompile(`http://127\.0\.0\.1:8480(/s/\S*subscribe/[A-Za-z0-9_-]+)`)

// linkIn is the path of the link of a mail that asks or unsubscribes.
func linkIn(t *testing.T, m smtptest.Mail) string {
	t.Helper()
	found := links.FindStringSubmatch(m.Text)
	if found == nil {
		t.Fatalf("the mail %q has no link:\n%s", m.Subject, m.Text)
	}
	return found[1]
}

// mailsTo are what arrived at one address.
func mailsTo(sink *smtptest.Sink, address string) (out []smtptest.Mail) {
	for _, m := range sink.Mails() {
		if slices.Contains(m.To, address) {
			out = append(out, m)
		}
	}
	return out
}

// alertNow lets the switch and the printer behind it fail.
func (r *running) alertNow() {
	r.t.Helper()
	now := time.Now().UTC()
	var alerts []map[string]any
	for name, device := range map[string]string{"HostDown": "sw-n-2", "PrinterOffline": "prn-n2-04"} {
		alerts = append(alerts, map[string]any{
			"labels": map[string]string{"alertname": name, "device": device}, "startsAt": now, "endsAt": now.Add(time.Hour),
		})
	}
	b, err := json.Marshal(alerts)
	if err != nil {
		r.t.Fatal(err)
	}
	if status, answer := r.post("/api/v2/alerts", string(b)); status/100 != 2 {
		r.t.Fatalf("alerts refused: %d %s", status, answer)
	}
}

// TestSubscribe follows people from the form to the last byte about them, on both
// stores: asked once, told of what touches them in their language, and forgotten when
// they press the button (rulings 29 and 42).
func TestSubscribe(t *testing.T) {
	t.Parallel()
	for _, store := range []string{"embedded", "redis"} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			sink, more, dirs := smtptest.Start(t), "", []string{}
			if store == "redis" {
				server := redistest.Start(t, "--maxmemory-policy", "noeviction")
				more, dirs = fmt.Sprintf("store: {mode: redis, addresses: [%q]}\n", server.Addr), []string{server.Dir}
			}
			r := start(t, prepare(t, more+subscribeBy(sink)))
			followSubscribers(t, r, sink, append(dirs, filepath.Join(r.dir, "data")))
		})
	}
}

func followSubscribers(t *testing.T, r *running, sink *smtptest.Sink, dirs []string) {
	const samira, joris, zuid = "Samira.Plantgoed@voorbeeld.example", "joris@voorbeeld.example", "zuid@voorbeeld.example"
	people := []string{samira, joris, zuid}
	waitFor(t, 20*time.Second, "the page to know its places", func() bool { return strings.Contains(r.page("/s/en/subscribe"), "Gebouw Noord") })
	r.subscribe(samira, "nl")
	r.subscribe(joris, "en", "Gebouw Noord")
	r.subscribe(zuid, "nl", "Gebouw Zuid")
	asked := sink.Wait(3, 20*time.Second)
	if len(asked) != 3 {
		t.Fatalf("%d mails ask back, want 3", len(asked))
	}
	for _, m := range asked {
		link := linkIn(t, m)
		for range 2 { // programs that check mail follow links
			if page := r.page(link); !strings.Contains(page, `<form method="post"`) {
				t.Fatalf("the page behind the link has no button:\n%s", page)
			}
		}
		if code, out := r.cli("channels", "subscribers", "--url", r.base); code != 0 || strings.Contains(out, "@") {
			t.Fatalf("exit %d: %s", code, out)
		}
		if status, page := r.form(link, nil); status != http.StatusOK {
			t.Fatalf("confirming got %d:\n%s", status, page)
		}
		if status, _ := r.form(link, nil); status != http.StatusNotFound {
			t.Errorf("a link confirms twice: %d", status)
		}
	}
	if _, out := r.cli("channels", "subscribers", "--url", r.base); !strings.Contains(out, "3 aanmeldingen") {
		t.Errorf("the count says %s", out)
	}

	r.alertNow()
	waitFor(t, 60*time.Second, "the announcement to both", func() bool { return len(mailsTo(sink, samira)) == 2 && len(mailsTo(sink, joris)) == 2 })
	first := mailsTo(sink, samira)[1]
	if !strings.Contains(first.Text, "U kunt niet printen.") || strings.Contains(first.Text, "You cannot print") {
		t.Errorf("the mail in Dutch says:\n%s", first.Text)
	}
	if m := mailsTo(sink, joris)[1]; strings.Contains(m.Text, "U kunt niet printen.") || !strings.Contains(m.Text, "print") || !strings.Contains(m.HTML, `lang="en"`) {
		t.Errorf("the mail in English says:\n%s", m.Text)
	}
	if first.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.HasPrefix(first.Get("List-Unsubscribe"), "<http://127.0.0.1:8480/s/nl/unsubscribe/") {
		t.Errorf("unsubscribing is %q by %q", first.Get("List-Unsubscribe"), first.Get("List-Unsubscribe-Post"))
	}
	if first.Get("To") != "<"+samira+">" {
		t.Errorf("the mail is to %q", first.Get("To"))
	}
	id := string(r.incidents()[0].ID)
	announce := func(text string) {
		if code, out := r.cli("incidents", "announce", id, "--phase", "workaround", "--var", "Workaround="+text); code != 0 {
			t.Fatalf("announce: exit %d: %s", code, out)
		}
	}
	announce("Print in gebouw Zuid.")
	waitFor(t, 20*time.Second, "the way round to both", func() bool { return len(mailsTo(sink, samira)) == 3 && len(mailsTo(sink, joris)) == 3 })
	if m := mailsTo(sink, samira)[2]; m.Get("In-Reply-To") != first.Get("Message-Id") {
		t.Errorf("the second mail answers %q, want %q", m.Get("In-Reply-To"), first.Get("Message-Id"))
	}

	// One press, as a mail program makes it: no Origin, no cookie, no question.
	leave := strings.Trim(strings.TrimPrefix(first.Get("List-Unsubscribe"), "<http://127.0.0.1:8480"), ">")
	for n := range 2 {
		if status, page := r.try(attack{method: "POST", path: leave, body: "List-Unsubscribe=One-Click", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}); status != http.StatusOK {
			t.Fatalf("press %d got %d:\n%s", n+1, status, page)
		}
	}
	announce("Print in gebouw Zuid, op de begane grond.")
	waitFor(t, 20*time.Second, "the next to whoever stayed", func() bool { return len(mailsTo(sink, joris)) == 4 })
	if n := len(mailsTo(sink, samira)); n != 3 {
		t.Errorf("whoever unsubscribed got %d mails, want 3", n)
	}
	if n := len(mailsTo(sink, zuid)); n != 1 {
		t.Errorf("whoever chose another place got %d mails, want the question alone", n)
	}
	if code, out := r.cli("store", "export", "--raw"); code == 0 && len(found([]byte(out), people)) > 0 {
		t.Error("an export holds an address")
	}
	if code, out := r.cli("store", "forget", "--email", strings.ToUpper(joris), "--url", r.base); code != 0 || !strings.Contains(out, "mail from the status page") {
		t.Errorf("forget: exit %d: %s", code, out)
	}
	for path, page := range map[string]string{"metrics": r.page("/metrics"), "log": r.stderr.String(), "the announcement": r.page("/api/v1/announcements")} {
		if w := found([]byte(page), people); len(w) > 0 {
			t.Errorf("%s holds %v", path, w)
		}
	}
	if _, out := r.cli("channels", "subscribers", "--url", r.base); !strings.Contains(out, "1 aanmelding\n") {
		t.Errorf("the count says %s, want the one who chose another place", out)
	}
	for _, dir := range dirs {
		for _, w := range inFiles(t, dir, people) {
			t.Errorf("on disk: %s", w)
		}
	}
}
