package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart"
	"headstart/notify/smtptest"
)

// services answers for a web hook and a chat, and keeps what they were told.
type services struct {
	url string

	mu     sync.Mutex
	bodies map[string][]string // path: bodies
	answer map[string]int      // path: status instead of 200
}

func startServices(t *testing.T) *services {
	s := &services{bodies: map[string][]string{}, answer: map[string]int{}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.bodies[r.URL.Path] = append(s.bodies[r.URL.Path], string(body))
		w.Header().Set("Content-Type", "text/plain")
		if code := s.answer[r.URL.Path]; code != 0 {
			w.WriteHeader(code)
			return
		}
		fmt.Fprint(w, "ok") // Slack wants exactly this
	}))
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

func (s *services) got(path string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies[path])
}

func (s *services) set(path string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer[path] = code
}

const threeWays = `
- name: net-team
  webhook_configs:
  - {url: '%[1]s/hook-s3cret'}
  slack_configs:
  - {api_url: '%[1]s/slack-s3cret', channel: '#storingen', send_resolved: true}
  email_configs:
  - {to: net@example.org, from: headstart@example.org, smarthost: '%[2]s', require_tls: false, send_resolved: true}
`

func loadOperators(t *testing.T, receivers string) *Operators {
	t.Helper()
	o, err := LoadOperators(OperatorsConfig{Receivers: receivers, ExternalURL: "https://headstart.example.org/"}, slog.New(slog.DiscardHandler), local())
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range o.receivers {
		for _, i := range list { // so that a test of a hang takes no half minute
			i.dog.limit, i.dog.grace = 2*time.Second, 100*time.Millisecond
		}
	}
	return o
}

func pageNotice(reason string) *headstart.Notice {
	start := time.Now().Add(-5 * time.Minute)
	n := &headstart.Notice{
		V: 1, Key: "9f2c/net-team/" + reason, Plane: headstart.PlaneOperators, At: start.Add(time.Minute), Incident: "HS-12", UID: "9f2c", Priority: "P2",
		Receiver: "net-team", Reason: reason, Title: "Wifi @channel <!here> <http://x|y>", Cause: "sw-n-2", Resolved: reason == "resolved",
		Alerts: []headstart.NoticeAlert{{
			Labels:      map[string]string{"alertname": "HostDown", "instance": "sw-n-2"},
			Annotations: map[string]string{"summary": "down <!channel> mail a@b.nl"},
			StartsAt:    start, Generator: "http://prometheus/graph",
		}},
	}
	if n.Resolved {
		n.Alerts[0].EndsAt = time.Now().Add(time.Hour) // the log clock may be ahead
	}
	return n
}

// A page reaches every integration of its receiver, threads by uid (ruling 6),
// leads to our board, and carries text from outside as text (ruling 45).
func TestPage(t *testing.T) {
	s, sink := startServices(t), smtptest.Start(t)
	o := loadOperators(t, fmt.Sprintf(threeWays, s.url, sink.Addr))
	for _, reason := range []string{"opened", "resolved"} {
		if _, err := o.page(t.Context(), "net-team", pageNotice(reason), nil); err != nil {
			t.Fatal(err)
		}
	}
	hooks, chats, mails := s.got("/hook-s3cret"), s.got("/slack-s3cret"), sink.Mails()
	if len(hooks) != 2 || len(chats) != 2 || len(mails) != 2 {
		t.Fatalf("%d hooks, %d chats, %d mails; want two of each", len(hooks), len(chats), len(mails))
	}
	var hook struct {
		GroupKey, Status string
		GroupLabels      map[string]string
	}
	for i, status := range []string{"firing", "resolved"} {
		if err := json.Unmarshal([]byte(hooks[i]), &hook); err != nil {
			t.Fatal(err)
		}
		if hook.GroupKey != "9f2c" || hook.Status != status || hook.GroupLabels["title"] != "Wifi @channel <!here> <http://x|y>" {
			t.Errorf("webhook %d: key %q, status %q, labels %v; want the uid, %s and the title unchanged", i, hook.GroupKey, hook.Status, hook.GroupLabels, status)
		}
	}
	var chat struct {
		Attachments []struct{ Title, TitleLink, Text, Fallback string } `json:"attachments"`
		Username    string
	}
	if err := json.Unmarshal([]byte(strings.ReplaceAll(chats[0], "title_link", "titlelink")), &chat); err != nil {
		t.Fatal(err)
	}
	a := chat.Attachments[0]
	if a.TitleLink != "https://headstart.example.org/i/HS-12" || chat.Username != "headstart" {
		t.Errorf("the chat links to %q as %q, want our board", a.TitleLink, chat.Username)
	}
	for _, text := range []string{a.Title, a.Text, a.Fallback} {
		if strings.ContainsAny(text, "<>") || strings.Contains(text, "@channel") {
			t.Errorf("the chat would act on %q", text)
		}
	}
	if !strings.Contains(a.Text, "a@b.nl") || !strings.Contains(a.Text, "&lt;!channel&gt;") {
		t.Errorf("the chat's text lost words: %q", a.Text)
	}
	if !strings.HasPrefix(mails[0].Subject, "[P2] HS-12: Wifi") || !strings.HasPrefix(mails[1].Subject, "[resolved] HS-12") {
		t.Errorf("subjects %q and %q", mails[0].Subject, mails[1].Subject)
	}
	if whole := mails[0].HTML + chats[0]; strings.Contains(whole, "Alertmanager") || !strings.Contains(mails[0].HTML, "/i/HS-12") {
		t.Error("mail or chat names Alertmanager, or the mail does not lead to the incident")
	}
}

// Who was told is not told again because another way of the same receiver failed.
func TestPageRetriesOnlyWhatFailed(t *testing.T) {
	s, sink := startServices(t), smtptest.Start(t)
	o := loadOperators(t, fmt.Sprintf(threeWays, s.url, sink.Addr))
	s.set("/slack-s3cret", http.StatusInternalServerError)
	h, err := o.page(t.Context(), "net-team", pageNotice("opened"), nil)
	var p *Permanent
	if err == nil || errors.As(err, &p) || strings.Contains(err.Error(), "s3cret") {
		t.Fatalf("with a chat that fails: %v, want an error to retry that shows no secret", err)
	}
	s.set("/slack-s3cret", 0)
	if _, err := o.page(t.Context(), "net-team", pageNotice("opened"), h); err != nil {
		t.Fatal(err)
	}
	if hooks, chats, mails := len(s.got("/hook-s3cret")), len(s.got("/slack-s3cret")), len(sink.Mails()); hooks != 1 || chats != 2 || mails != 1 {
		t.Errorf("%d hooks, %d chats, %d mails; want 1, 2, 1", hooks, chats, mails)
	}
}

// 429 is retried though the library does not ask for it; other refusals are not.
func TestPageAnswers(t *testing.T) {
	for code, want := range map[int]string{429: "limited", 503: "retry", 404: "dead"} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			s := startServices(t)
			o := loadOperators(t, fmt.Sprintf(`[{name: r, webhook_configs: [{url: '%[1]s/a'}], slack_configs: [{api_url: '%[1]s/a', channel: x}]}]`, s.url))
			s.set("/a", code)
			_, err := o.page(t.Context(), "r", pageNotice("opened"), nil)
			got := "retry"
			if _, ok := errors.AsType[*Permanent](err); ok {
				got = "dead"
			} else if _, ok := errors.AsType[*RateLimited](err); ok {
				got = "limited"
			}
			if err == nil || got != want {
				t.Errorf("%v is taken for %q, want %q", err, got, want)
			}
		})
	}
}

// The library's mail ignores its deadline; the watchdog lets go, the other ways
// of the receiver are told, and what hangs stays bounded.
func TestPageMailServerHangs(t *testing.T) {
	s, sink := startServices(t), smtptest.Start(t)
	sink.Silent(true)
	o := loadOperators(t, fmt.Sprintf(threeWays, s.url, sink.Addr))
	for _, i := range o.receivers["net-team"] {
		i.dog.limit = 100 * time.Millisecond
		if i.mailTo == "" {
			i.dog.limit = 5 * time.Second
		}
	}
	start := time.Now()
	var h Handle
	var err error
	for range maxAbandoned + 2 {
		if h, err = o.page(t.Context(), "net-team", pageNotice("opened"), h); err == nil {
			t.Fatal("a mail server that never answers counted as told")
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %s to let go", took)
	}
	if n := len(s.got("/slack-s3cret")); n != 1 {
		t.Errorf("the chat was told %d times, want once", n)
	}
	if !strings.Contains(err.Error(), "still hang") {
		t.Errorf("the last error is %v, want that no further call is started", err)
	}
}

// send_resolved: false is honoured.
func TestPageSendResolvedFalse(t *testing.T) {
	s := startServices(t)
	o := loadOperators(t, fmt.Sprintf(`[{name: r, slack_configs: [{api_url: '%s/a', channel: x}]}]`, s.url))
	if _, err := o.page(t.Context(), "r", pageNotice("resolved"), nil); err != nil || len(s.got("/a")) != 0 {
		t.Errorf("%v, told %d times; want no error and nothing said", err, len(s.got("/a")))
	}
}

// Pages leave through the egress dialer, mail too (ruling 40).
func TestPageStaysOut(t *testing.T) {
	sink := smtptest.Start(t)
	o, err := LoadOperators(OperatorsConfig{
		Receivers:   fmt.Sprintf(`[{name: r, webhook_configs: [{url: 'http://169.254.169.254/latest'}]}, {name: m, email_configs: [{to: a@example.org, from: b@example.org, smarthost: '%s', require_tls: false}]}]`, sink.Addr),
		ExternalURL: "http://localhost",
	}, slog.New(slog.DiscardHandler), &headstart.Dialer{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range o.Names() {
		if _, err := o.page(t.Context(), name, pageNotice("opened"), nil); err == nil || !strings.Contains(err.Error(), "internal address") {
			t.Errorf("receiver %s: %v, want a refusal of the address", name, err)
		}
	}
	if len(sink.Mails()) != 0 {
		t.Error("a mail went to an address that nobody allowed")
	}
}

// A mistake in receivers or templates shows when the configuration loads.
func TestLoadOperatorsMistakes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	ok := `[{name: r, webhook_configs: [{url: 'http://h/x'}]}]`
	for name, tc := range map[string]struct {
		c    OperatorsConfig
		want string
	}{
		"unknown key":             {OperatorsConfig{Receivers: `[{name: r, slak_configs: []}]`}, "slak_configs"},
		"not a list":              {OperatorsConfig{Receivers: `name: r`}, "list of receivers"},
		"template that is absent": {OperatorsConfig{Receivers: `[{name: r, email_configs: [{to: a@b.nl, from: a@b.nl, smarthost: 'h:25', text: '{{ template "nope" . }}'}]}]`}, "nope"},
		"broken only if resolved": {OperatorsConfig{Receivers: `[{name: r, webhook_configs: [{url: 'http://h/{{ if eq .Status "resolved" }}{{ template "nope" . }}{{ end }}'}]}]`}, "nope"},
		"route to nobody":         {OperatorsConfig{Receivers: ok, Route: `{receiver: x}`}, `no receiver is named "x"`},
		"route without receivers": {OperatorsConfig{Route: `{receiver: x}`}, `no receiver is named "x"`},
		"call":                    {OperatorsConfig{Receivers: ok, Templates: []string{write("call.tmpl", `{{ define "a" }}{{ if true }}{{ call .F }}{{ end }}{{ end }}`)}}, "call"},
		"too big":                 {OperatorsConfig{Receivers: ok, Templates: []string{write("big.tmpl", strings.Repeat("x", maxTemplateBytes+1))}}, "at most"},
		"no such file":            {OperatorsConfig{Receivers: ok, Templates: []string{filepath.Join(dir, "none-*.tmpl")}}, "matches no file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := LoadOperators(tc.c, slog.New(slog.DiscardHandler), local())
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want an error about %q", err, tc.want)
			}
		})
	}
}

// The operator's own templates win over ours.
func TestOwnTemplatesOfOperator(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.tmpl")
	if err := os.WriteFile(file, []byte(`{{ define "__subject" }}mine {{ .GroupLabels.incident }}, call me{{ end }}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startServices(t)
	o, err := LoadOperators(OperatorsConfig{
		Receivers: fmt.Sprintf(`[{name: r, slack_configs: [{api_url: '%s/a', channel: x}]}]`, s.url), Templates: []string{file},
	}, slog.New(slog.DiscardHandler), local())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.page(t.Context(), "r", pageNotice("opened"), nil); err != nil {
		t.Fatal(err)
	}
	if got := s.got("/a"); len(got) != 1 || !strings.Contains(got[0], "mine HS-12, call me") {
		t.Errorf("the chat was told %q", got)
	}
}

// An incident without alerts, opened by hand, can be paged too.
func TestPageWithoutAlerts(t *testing.T) {
	s := startServices(t)
	o := loadOperators(t, fmt.Sprintf(`[{name: r, webhook_configs: [{url: '%s/a'}]}]`, s.url))
	n := pageNotice("opened")
	n.Alerts = nil
	if _, err := o.page(t.Context(), "r", n, nil); err != nil || len(s.got("/a")) != 1 {
		t.Errorf("%v, told %d times; want once", err, len(s.got("/a")))
	}
}

func TestScrub(t *testing.T) {
	for in, want := range map[string]string{
		`Post "https://hooks.slack.com/services/T0/s3cret": EOF`: `Post "https://hooks.slack.com/…": EOF`,
		`dial smtp://user:s3cret@mail:25 refused`:                `dial smtp://…/… refused`,
		`https://h?token=s3cret`:                                 `https://h/…`,
		`no address here`:                                        `no address here`,
	} {
		if got := scrub(in); got != want {
			t.Errorf("scrub(%q) = %q, want %q", in, got, want)
		}
	}
	if got := scrub(strings.Repeat("é", 500)); len([]rune(got)) != 301 {
		t.Errorf("%d characters remain, want 300 and a mark", len([]rune(got)))
	}
}

func TestNeutral(t *testing.T) {
	const in = `@here <@U1> [click](http://x) & a@b.nl`
	for kind, want := range map[string]string{
		"slack":   "@\u200bhere &lt;@\u200bU1&gt; [click](http://x) &amp; a@b.nl",
		"discord": "@\u200bhere ‹@\u200bU1› [click] (http://x) & a@b.nl",
		"webhook": in,
		"email":   in,
	} {
		if got := neutral(in, kind); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}
