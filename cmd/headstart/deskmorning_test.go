package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"headstart"
	"headstart/notify/smtptest"
	"headstart/web/browsertest"
)

// TestDeskMorning is a morning of a helpdesk, in a browser, on the real service: she
// logs in, reads the report, links what came in, counts a caller, approves a message,
// gives the outage to somebody, hands over, ends it with what was learnt, and reads how
// far ahead the desk was. Nothing may stand on the console.
func TestDeskMorning(t *testing.T) {
	t.Parallel()
	sink := smtptest.Start(t)
	d := newDeskMorning(t, sink)
	d.breakSwitch()

	d.do("log in", chromedp.Navigate(d.base+"/morning"), chromedp.SendKeys("#name", "samira"), chromedp.SendKeys("#password", deskPassword+"\r"))
	d.reads("the report names what runs", "main", "HS-1")

	d.do("open the board", chromedp.Navigate(d.base+"/"))
	d.reads("the card counts three look-alikes", "#cards", "3")
	d.press("link all three", `#inc-HS-1 form[action="/i/HS-1/confirm-link"] button`)
	d.becomes("three tickets are linked", func(i *headstart.Incident) bool { return i.Tickets.Linked == 3 })
	d.do("open the board", chromedp.Navigate(d.base+"/"))
	d.press("count a caller", `#inc-HS-1 form[action="/i/HS-1/confirm"] button`)
	d.becomes("a caller is counted", func(i *headstart.Incident) bool { return i.Callers == 1 })

	if mails := sink.Mails(); len(mails) != 0 {
		t.Errorf("%d mails went out before anybody approved", len(mails))
	}
	d.do("open the board", chromedp.Navigate(d.base+"/"))
	d.press("approve", `#side form[action="/i/HS-1/approve"] button`)
	if mails := sink.Wait(1, 30*time.Second); len(mails) != 1 || !strings.Contains(mails[0].Text, "U kunt niet printen.") {
		t.Fatalf("%d mails after the approval; want the one that says that printing fails", len(mails))
	}

	d.do("name joris", chromedp.Navigate(d.base+"/i/HS-1"), chromedp.SendKeys("#owner", "joris"))
	d.press("assign", "#assign button")
	d.becomes("joris has it", func(i *headstart.Incident) bool { return i.Owner == "joris" })
	d.do("write a note", chromedp.Navigate(d.base+"/desk"), chromedp.SendKeys(`form[action="/desk/handover"] [name="text"]`, "reserveverdeler ligt in kast K3"))
	d.press("hand over", `form[action="/desk/handover"] button`)
	d.reads("the note is kept", "#desk-notes", "kast K3")
	d.do("open the board", chromedp.Navigate(d.base+"/"))
	d.reads("the note stands on the board", "#side", "kast K3")

	d.do("write what it was", chromedp.Navigate(d.base+"/i/HS-1"), chromedp.SendKeys("#cause", "voeding van de verdeler defect"), chromedp.SendKeys("#solution", "voeding vervangen"),
		chromedp.Click(`#resolve [name="make_known"]`))
	d.press("resolve", "#resolve form > button")
	d.becomes("it is over", func(i *headstart.Incident) bool { return !i.Live() })
	d.do("see what was learnt", chromedp.Navigate(d.base+"/known-errors"))
	d.reads("the known error stands in the list", "main", "voeding vervangen")
	d.do("see the head start", chromedp.Navigate(d.base+"/i/HS-1"))
	i := d.incident()
	if i.LeadSeconds == nil || *i.LeadSeconds <= 0 {
		t.Fatalf("the head start is %v; the first ticket came after the message", i.LeadSeconds)
	}
	d.reads("the page tells the head start", "main", "eerste bericht")
	for _, line := range d.console() {
		t.Errorf("console: %s", line)
	}
}

// TestNewOutageInSeconds: from the key to the message on the status page, with its words
// read first: those of the engine, while they are asked for nothing is opened.
func TestNewOutageInSeconds(t *testing.T) {
	t.Parallel()
	d := newDeskMorning(t, smtptest.Start(t))
	d.do("log in", chromedp.Navigate(d.base+"/"), chromedp.SendKeys("#name", "samira"), chromedp.SendKeys("#password", deskPassword+"\r"), chromedp.WaitVisible("#cards"))
	d.do("press n", chromedp.KeyEvent("n"), chromedp.WaitVisible("#service"), chromedp.SendKeys("#service", "Printen"))
	d.reads("the words that will go out", "#foretold", "Printen lukt niet")
	d.reads("in English too", "#foretold", "You cannot print")
	if i := d.incident(); i.ID != "" {
		t.Errorf("looking opened %s", i.ID)
	}
	d.press("publish", `form[action="/new"] button.pri`)
	waitFor(t, 20*time.Second, "the message on the status page", func() bool { return strings.Contains(d.page("/s/nl/"), "Printen lukt niet") })
	for _, line := range d.console() {
		t.Errorf("console: %s", line)
	}
}

const deskPassword = "een-lang-wachtwoord-van-samira"

// deskMorning is a service with a log-in, and a browser before it.
type deskMorning struct {
	*running
	browser context.Context
	console func() []string
	admin   map[string]string
}

func newDeskMorning(t *testing.T, sink *smtptest.Sink) *deskMorning {
	config := prepare(t, mailTo(sink)+"auth: {users: [{name: samira, password_file: samira-password, role: approver}, {name: joris, password_file: samira-password, role: desk}]}\n")
	write(t, filepath.Join(filepath.Dir(config), "samira-password"), deskPassword)
	auto, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, config, strings.Replace(string(auto), "push: {mode: auto,", "push: {mode: approve,", 1))
	d := &deskMorning{running: start(t, config)}
	d.admin = map[string]string{"Authorization": "Bearer " + d.token}
	d.browser, d.console = browsertest.Start(t)
	return d
}

// breakSwitch takes the switch of the office away, and three users write a ticket once
// the page says so.
func (d *deskMorning) breakSwitch() {
	d.t.Helper()
	d.ask("/api/v2/alerts", `[{"labels":{"alertname":"HostDown","device":"sw-n-2","severity":"critical"}},{"labels":{"alertname":"PrinterOffline","device":"prn-n2-04","severity":"warning"}}]`)
	waitFor(d.t, 30*time.Second, "the message on the status page", func() bool { return strings.Contains(d.page("/s/nl/"), "Printen lukt niet") })
	for n := range 3 {
		d.ask("/hooks/tickets/portal", fmt.Sprintf(
			`{"ticket":{"id":"T-%d","title":"Printer doet het niet","body":"Ik kan niet meer afdrukken in gebouw Noord.","requester":{"id":"u%d@voorbeeld.example","location":"noord"},"channel":"portal","created_at":%q}}`,
			n+1, n, time.Now().Add(time.Second).UTC().Format(time.RFC3339Nano)))
	}
	d.becomes("three look-alikes are found", func(i *headstart.Incident) bool { return i.Tickets.Suggested == 3 })
}

func (d *deskMorning) ask(path, body string) {
	d.t.Helper()
	if status, answer := d.try(attack{method: http.MethodPost, path: path, body: body, header: d.admin}); status/100 != 2 {
		d.t.Fatalf("%s: %d %s", path, status, answer)
	}
}

// do acts as a person would, and fails with the step's name.
func (d *deskMorning) do(step string, actions ...chromedp.Action[chromedp.Void]) {
	d.t.Helper()
	ctx, stop := context.WithTimeout(d.browser, 2*patience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		d.t.Fatalf("%s: %v; the page shows:\n%s", step, err, d.shown("body"))
	}
}

// press clicks a button of a form and waits for the page that answers: whoever goes
// elsewhere before it came breaks it off. The page that was there is marked; the one
// that comes has no mark. The browser's own events may be of the page before.
func (d *deskMorning) press(step, button string) {
	d.t.Helper()
	d.do(step, evaluates("window.pressed = true"), chromedp.Click(button))
	waitFor(d.t, 30*time.Second, "the page that answers "+step, func() bool {
		ctx, stop := context.WithTimeout(d.browser, 10*time.Second)
		defer stop()
		came, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!window.pressed && document.readyState === 'complete'"))
		return err == nil && came
	})
}

// evaluates is a script whose value nobody asks for.
func evaluates(script string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Evaluate[bool](script)(ctx, tab)
		return chromedp.Void{}, err
	}
}

// reads waits until a part of the page shows words.
func (d *deskMorning) reads(what, part, words string) {
	d.t.Helper()
	text := ""
	defer func() {
		if d.t.Failed() {
			d.t.Logf("%s shows:\n%s", part, tail(text, 4000))
		}
	}()
	waitFor(d.t, 20*time.Second, what, func() bool {
		text = d.shown(part)
		return strings.Contains(strings.ToLower(text), strings.ToLower(words))
	})
}

func (d *deskMorning) shown(part string) string {
	ctx, stop := context.WithTimeout(d.browser, 10*time.Second)
	defer stop()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ''`, part)))
	if err != nil {
		return err.Error()
	}
	return text
}

// becomes waits until the incident is so.
func (d *deskMorning) becomes(what string, so func(*headstart.Incident) bool) {
	d.t.Helper()
	waitFor(d.t, 20*time.Second, what, func() bool { i := d.incident(); return i.ID != "" && so(&i) })
}

// incident is HS-1, or nothing before it stands.
func (d *deskMorning) incident() (i headstart.Incident) {
	d.t.Helper()
	status, answer := d.try(attack{method: http.MethodGet, path: "/api/v1/incidents/HS-1", header: d.admin})
	if status == http.StatusOK {
		if err := json.Unmarshal([]byte(answer), &i); err != nil {
			d.t.Fatal(err)
		}
	}
	return i
}
