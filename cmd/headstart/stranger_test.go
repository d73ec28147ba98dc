package main

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"
	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// TestStranger is somebody's first hour: three buildings, a list of 40 printers and the
// desk's mailbox. It runs the commands of docs/start.md, as if in his folder, and prints how
// long each took; what is left of 45 minutes is his to read and to type in. The report at
// the end has to be right.
func TestStranger(t *testing.T) {
	t.Parallel()
	w := newStrangersWorld(t)
	began := time.Now()
	t.Logf("%-44s %8s", "step", "seconds")
	step := func(what string, do func()) {
		t.Helper()
		at := time.Now()
		do()
		t.Logf("%-44s %8.1f", what, time.Since(at).Seconds())
	}

	step("init: answers, list of printers, mailbox", func() {
		if code, out, errs := w.run("init"); code != 0 || !strings.Contains(out, "fine (locations 3, services 1, devices 40)") {
			t.Fatalf("exit code %d\n%s%s", code, out, errs)
		}
		w.hasten()
	})
	step("config check", func() {
		if code, out, errs := w.run("config check"); code != 0 {
			t.Fatalf("exit code %d\n%s%s", code, out, errs)
		}
	})
	step("check: every printer once", func() {
		// A printer has half a second to answer; on a machine as busy as this one may be,
		// those of the test take longer now and then, and he would look again.
		out := ""
		defer func() {
			if t.Failed() {
				t.Log(out)
			}
		}()
		waitFor(t, patience, "40 checked: 2 down, 38 ok; exit code 2", func() (right bool) {
			code, said, errs := w.run("check")
			out = said + errs
			return code == 2 && strings.Contains(out, "40 checked: 2 down, 38 ok")
		})
	})
	step("serve, until it is ready", func() {
		w.serve()
	})
	step("the mailbox and the printers are read", func() {
		report := ""
		defer func() {
			if t.Failed() {
				t.Log(report)
			}
		}()
		waitFor(t, 60*time.Second, "the first results and the mail", func() bool {
			_, report, _ = w.run("morning")
			return strings.Contains(report, "Controles: 38 goed") && strings.Contains(report, "Z1-01: ") && strings.Contains(report, "N0-00: ") && strings.Contains(report, "1 nieuw · 1 open")
		})
	})
	var report string
	step("the first morning report", func() { _, report, _ = w.run("morning") })
	took := time.Since(began) + round
	t.Logf("%-44s %8.1f", "one round of the printers, not waited for", round.Seconds())
	t.Logf("%-44s %8.1f  (of 2700)", "all of it, without typing", took.Seconds())
	for _, right := range []string{"Voorbeeld College", "Controles: 38 goed", "N0-00: antwoordt niet", "Z1-01 Gebouw Zuid, verdieping 1 · toner op", "Er loopt nu geen storing", "1 nieuw · 1 open", "Bronnen: meldingen mail"} {
		if !strings.Contains(report, right) {
			t.Errorf("the report does not say %q:\n%s", right, report)
		}
	}
	if took > 45*time.Minute {
		t.Errorf("it took %s; want at most 45 minutes", took)
	}
}

// strangersWorld is what a stranger has before he begins.
type strangersWorld struct {
	t       *testing.T
	dir     string
	command map[string][]string // of docs/start.md, by first word
}

func newStrangersWorld(t *testing.T) *strangersWorld {
	w := &strangersWorld{t: t, dir: t.TempDir(), command: map[string][]string{}}
	url, ca := startMailbox(t)
	write(t, filepath.Join(w.dir, "printers.csv"), w.printers())
	write(t, filepath.Join(w.dir, "mailbox.password"), boxPassword+"\n")
	copyFile(t, ca, filepath.Join(w.dir, "ca.pem"))
	write(t, filepath.Join(w.dir, "answers.yml"), strings.NewReplacer(
		"imaps://servicedesk@mail.example.org", strings.Replace(url, "imaps://", "imaps://servicedesk@voorbeeld.example@", 1),
		"printers.csv", filepath.Join(w.dir, "printers.csv"),
	).Replace(documented(t, "answers.yml")))
	for _, line := range documentedCommands(t, "operations") {
		words := strings.Fields(line)
		if words[0] != "headstart" {
			continue
		}
		name := words[1]
		if name == "--config" {
			name = words[3]
			if name == "config" {
				name += " " + words[4]
			}
		}
		w.command[name] = w.here(words[1:])
	}
	return w
}

// here makes the names of files in a command those of the stranger's folder.
func (w *strangersWorld) here(words []string) (out []string) {
	for _, word := range words {
		if strings.ContainsAny(word, "./") || len(out) > 0 && out[len(out)-1] == "--dir" {
			word = filepath.Join(w.dir, word)
		}
		out = append(out, word)
	}
	return out
}

// run runs a documented command.
func (w *strangersWorld) run(name string) (code int, stdout, stderr string) {
	w.t.Helper()
	args := w.command[name]
	if args == nil {
		w.t.Fatalf("docs/start.md has no command %s", name)
	}
	if name == "init" {
		args = append(args, "--tickets-ca-file", filepath.Join(w.dir, "ca.pem"))
	}
	return command(w.t, args...)
}

// round is how often the printers are asked, which init leaves as it is: the stranger
// waits that long for his first results. The test adds it to what it measures instead.
const round = 2 * time.Minute

// hasten gives the service a port of its own, since other tests run beside this one, and
// shortens the round of the printers. Nothing else of what init wrote is touched.
func (w *strangersWorld) hasten() {
	file := filepath.Join(w.dir, "headstart", "headstart.yml")
	text := readAll(w.t, file)
	if !strings.Contains(text, "interval: 2m}") {
		w.t.Fatalf("the printers are not asked every %s:\n%s", round, text)
	}
	write(w.t, file, strings.NewReplacer("127.0.0.1:8480", freePort(w.t), "interval: 2m}", "interval: 1s}").Replace(text))
}

// serve starts the service until the test ends.
func (w *strangersWorld) serve() {
	ctx, stop := context.WithCancel(context.Background())
	var out, errs lines
	done := make(chan int, 1)
	go func() { done <- execute(ctx, w.command["serve"], &out, &errs) }()
	w.t.Cleanup(func() {
		stop()
		if code := <-done; code != 0 {
			w.t.Errorf("serve ended with %d", code)
		}
		if w.t.Failed() {
			w.t.Logf("service:\n%s", tail(errs.String(), 5000))
		}
	})
	waitFor(w.t, 30*time.Second, "the service to be ready", func() bool { code, _, _ := w.run("ready"); return code == 0 })
}

// printers is a list of 40 in three buildings; all but one answer, and one of those is
// out of toner. Each has an address of its own on loopback and IPP's port.
func (w *strangersWorld) printers() string {
	var list strings.Builder
	list.WriteString("Printernaam;IP-adres;Gebouw;Verdieping\r\n")
	for i := range 40 {
		building := []string{"Noord", "Zuid", "Midden"}[i%3]
		name, address := fmt.Sprintf("%c%d-%02d", building[0], i%4, i), fmt.Sprintf("127.78.%d.%d", i%3, i+1)
		fmt.Fprintf(&list, "%s;%s;Gebouw %s;%d\r\n", name, address, building, i%4)
		if i == 0 {
			continue
		}
		l, err := net.Listen("tcp", address+":631")
		if err != nil {
			w.t.Fatal(err)
		}
		server := httptest.NewUnstartedServer(printsIPP(i == 1))
		_ = server.Listener.Close()
		server.Listener = l
		server.Start()
		w.t.Cleanup(server.Close)
	}
	return list.String()
}

// printsIPP is a printer that is idle, or stopped for want of toner (RFC 8011, 5.4.11 and 5.4.12).
func printsIPP(empty bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q goipp.Message
		if err := q.Decode(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		state, reason := 3, "none"
		if empty {
			state, reason = 5, "toner-empty-error"
		}
		m := goipp.NewResponse(q.Version, goipp.StatusOk, q.RequestID)
		m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
		m.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
		m.Printer.Add(goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(state)))
		m.Printer.Add(goipp.MakeAttribute("printer-state-reasons", goipp.TagKeyword, goipp.String(reason)))
		m.Printer.Add(goipp.MakeAttribute("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(true)))
		w.Header().Set("Content-Type", goipp.ContentType)
		_ = m.Encode(w)
	})
}

const boxPassword = "het-wachtwoord-van-de-servicedesk"

// startMailbox is a mail server with the desk's mailbox, in which one mail waits.
func startMailbox(t *testing.T) (url, ca string) {
	t.Helper()
	user := imapmemserver.NewUser("servicedesk@voorbeeld.example", boxPassword)
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	certified := httptest.NewTLSServer(nil)
	t.Cleanup(certified.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certified.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	box := imapmemserver.New()
	box.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return box.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}},
	})
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certified.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-served })

	letter := "From: Eva <eva@voorbeeld.example>\r\nTo: servicedesk@voorbeeld.example\r\nSubject: Printer Z1-01 doet het niet\r\n" +
		"Date: " + time.Now().Add(-20*time.Minute).Format(time.RFC1123Z) + "\r\nMessage-ID: <een@voorbeeld.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nEr komt niets op papier.\r\n"
	if _, err := user.Append("INBOX", mailLiteral{strings.NewReader(letter)}, &imap.AppendOptions{}); err != nil {
		t.Fatal(err)
	}
	return "imaps://" + l.Addr().String(), ca
}

// mailLiteral is a mail as IMAP takes it.
type mailLiteral struct{ *strings.Reader }

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	write(t, to, readAll(t, from))
}
