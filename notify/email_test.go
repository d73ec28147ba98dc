package notify

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/notify/smtptest"
)

// local allows the loopback addresses the fakes of these tests listen on, as an
// operator who wrote them into the configuration would.
func local() *headstart.Dialer {
	return &headstart.Dialer{Allow: func(a netip.AddrPort) bool { return a.Addr().IsLoopback() }}
}

// notice is one update for users, n-th of its announcement.
func notice(n int, phase headstart.Phase) *headstart.Notice {
	return &headstart.Notice{
		V: 1, Key: "9f2c/noord/" + string(phase) + "/mail-all", Plane: headstart.PlaneUsers, Incident: "HS-12", UID: "9f2c",
		At:           time.Date(2026, 11, 23, 7, 15, 0, 0, time.UTC),
		Announcement: "9f2c.noord", Audience: "noord", Channel: "mail-all", N: n, Phase: phase,
		Languages: []string{"nl", "en"}, Severity: "major", SupportGroup: "netwerk",
		Services: []string{"print"}, Locations: []string{"noord"}, StatusURL: "https://storing.example.org/HS-12",
		Text: map[string]headstart.Text{
			"nl": {
				Title: "Kopiëren lukt niet", Subject: "Kopiëren lukt niet (HS-12)", Body: "Wat merkt u?\nU kunt niet kopiëren <hier>.",
				Lines: []headstart.TextLine{{Label: "Wat merkt u?", Text: "U kunt niet kopiëren <hier>."}, {Text: "Café één."}},
			},
			"en": {
				Title: "Copying does not work", Subject: "Copying does not work (HS-12)", Body: "What will you notice?\nYou cannot copy.",
				Lines: []headstart.TextLine{{Label: "What will you notice?", Text: "You cannot copy."}},
			},
		},
	}
}

func mailTo(t *testing.T, addr string, to ...string) *email {
	t.Helper()
	cfg := ChannelConfig{Name: "mail-all", Type: "email", Smarthost: addr, From: "Storingen <storing@example.org>", To: to}
	if err := (Config{Channels: []ChannelConfig{cfg}}).Validate(); err != nil {
		t.Fatal(err)
	}
	e, err := newEmail(cfg, ChannelOptions{ExternalURL: "https://headstart.example.org", Dialer: local()})
	if err != nil {
		t.Fatal(err)
	}
	return e.(*email)
}

// One announcement is one thread, in both languages, that no robot answers
// (rulings 6 and 31).
func TestMailThread(t *testing.T) {
	sink := smtptest.Start(t)
	e := mailTo(t, sink.Addr, "noord@example.org")
	handle, err := e.Post(t.Context(), notice(1, headstart.Investigating))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Reply(t.Context(), handle, notice(2, headstart.Solved)); err != nil {
		t.Fatal(err)
	}
	mails := sink.Mails()
	if len(mails) != 2 {
		t.Fatalf("%d mails arrived, want 2", len(mails))
	}
	first, last := mails[0], mails[1]
	const root = "<9f2c.f5e9334d.0@headstart.example.org>"
	for name, want := range map[string][2]string{
		"Message-ID":               {root, "<9f2c.f5e9334d.2@headstart.example.org>"},
		"In-Reply-To":              {"", root},
		"References":               {"", root},
		"Auto-Submitted":           {"auto-generated", "auto-generated"},
		"List-Id":                  {"<outages.headstart.example.org>", "<outages.headstart.example.org>"},
		"Precedence":               {"bulk", "bulk"},
		"X-Auto-Response-Suppress": {"All", "All"},
		"To":                       {"<noord@example.org>", "<noord@example.org>"},
		"From":                     {`"Storingen" <storing@example.org>`, `"Storingen" <storing@example.org>`},
		"Date":                     {"Mon, 23 Nov 2026 07:15:00 +0000", "Mon, 23 Nov 2026 07:15:00 +0000"},
	} {
		if got := [2]string{first.Get(name), last.Get(name)}; got != want {
			t.Errorf("%s: first mail %q, last %q; want %q and %q", name, got[0], got[1], want[0], want[1])
		}
	}
	if first.Subject != "Kopiëren lukt niet (HS-12)" || last.Subject != first.Subject {
		t.Errorf("subjects %q and %q, want one for the whole incident", first.Subject, last.Subject)
	}
	if nl, en := strings.Index(first.Text, "Kopiëren lukt niet"), strings.Index(first.Text, "Copying does not work"); nl < 0 || en < nl {
		t.Errorf("the text does not hold both languages, Dutch first:\n%s", first.Text)
	}
	for _, want := range []string{`<div lang="nl"`, `<div lang="en"`, "één", "&lt;hier&gt;", `href="https://storing.example.org/HS-12"`} {
		if !strings.Contains(first.HTML, want) {
			t.Errorf("the HTML part lacks %q:\n%s", want, first.HTML)
		}
	}
	for i, line := range strings.Split(string(first.Raw), "\r\n") {
		if len(line) > 998 {
			t.Errorf("line %d has %d octets, RFC 5322 allows 998", i, len(line))
		}
	}
	if strings.Contains(string(first.Raw), "User-Agent") {
		t.Error("the mail tells which program made it")
	}
}

// A mail whose report was lost is sent again under the same id; a later one
// without a handle never takes the id of the first, or it would be dropped.
func TestMailIDs(t *testing.T) {
	sink := smtptest.Start(t)
	e := mailTo(t, sink.Addr, "noord@example.org")
	for _, n := range []*headstart.Notice{notice(1, headstart.Investigating), notice(1, headstart.Investigating), notice(3, headstart.Solved)} {
		if _, err := e.Post(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	for _, m := range sink.Mails() {
		ids = append(ids, m.Get("Message-ID"))
	}
	if len(ids) != 3 || ids[0] != ids[1] || ids[2] == ids[0] {
		t.Errorf("ids %q, want the repeat alike and the later one different", ids)
	}
}

// Several addresses do not learn of each other, and one that does not exist any
// more keeps nobody uninformed (ruling 29).
func TestMailToMany(t *testing.T) {
	sink := smtptest.Start(t)
	sink.Refuse("RCPT gone@example.org", "550 no such user")
	e := mailTo(t, sink.Addr, "a@example.org", "gone@example.org", "b@example.org")
	if _, err := e.Post(t.Context(), notice(1, headstart.Investigating)); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, m := range sink.Mails() {
		for _, to := range m.To {
			got[to] = true
		}
		if raw := string(m.Raw); strings.Contains(raw, "a@example.org") || m.Get("To") != "undisclosed-recipients:;" {
			t.Errorf("the mail shows who else is told:\n%s", raw)
		}
	}
	if !got["a@example.org"] || !got["b@example.org"] || len(got) != 2 {
		t.Errorf("delivered to %v, want a and b", got)
	}
}

// One of several whose box is full for now is tried again alone.
func TestMailToManyOneLater(t *testing.T) {
	sink := smtptest.Start(t)
	sink.Refuse("RCPT full@example.org", "452 box full")
	e := mailTo(t, sink.Addr, "a@example.org", "full@example.org", "b@example.org")
	var permanent *Permanent
	for range 2 {
		if _, err := e.Post(t.Context(), notice(1, headstart.Investigating)); err == nil || errors.As(err, &permanent) {
			t.Fatalf("while a box is full: %v, want an error to retry", err)
		}
	}
	sink.Refuse("RCPT full@example.org", "")
	if _, err := e.Post(t.Context(), notice(1, headstart.Investigating)); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, m := range sink.Mails() {
		for _, to := range m.To {
			got[to]++
		}
	}
	if got["a@example.org"] != 1 || got["b@example.org"] != 1 || got["full@example.org"] != 1 {
		t.Errorf("mails by recipient %v, want one each", got)
	}
	if len(e.progress.partial) != 0 {
		t.Errorf("%d mails are still remembered", len(e.progress.partial))
	}
}

// What a mail server says decides whether trying again can help.
func TestMailRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		what, answer string
		permanent    bool
	}{
		"unknown user":      {"RCPT noord@example.org", "550 no such user", true},
		"greylisted":        {"RCPT noord@example.org", "450 come back later", false},
		"full":              {"MAIL", "452 no room", false},
		"refused as spam":   {".", "554 spam", true},
		"busy after taking": {".", "451 try again", false},
	} {
		t.Run(name, func(t *testing.T) {
			sink := smtptest.Start(t)
			sink.Refuse(tc.what, tc.answer)
			_, err := mailTo(t, sink.Addr, "noord@example.org").Post(t.Context(), notice(1, headstart.Investigating))
			var p *Permanent
			if err == nil || errors.As(err, &p) != tc.permanent {
				t.Errorf("after %q: %v, permanent %t; want permanent %t", tc.answer, err, errors.As(err, &p), tc.permanent)
			}
		})
	}
}

// A server that takes the connection and never speaks is left in time.
func TestMailServerNeverAnswers(t *testing.T) {
	sink := smtptest.Start(t)
	sink.Silent(true)
	e := mailTo(t, sink.Addr, "noord@example.org")
	e.cfg.Timeout = 200e6 // 200 ms
	start := time.Now()
	_, err := e.Post(t.Context(), notice(1, headstart.Investigating))
	if took := time.Since(start); err == nil || took > 5*time.Second {
		t.Fatalf("gave up after %s with %v, want an error after 200 ms", took, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	e.cfg.Timeout = 0
	if _, err := e.Post(ctx, notice(1, headstart.Investigating)); err == nil || time.Since(start) > 10*time.Second {
		t.Errorf("a cancelled send ended with %v after %s", err, time.Since(start))
	}
}

// A password never leaves over a connection that is not encrypted.
func TestMailPasswordNeedsTLS(t *testing.T) {
	sink := smtptest.Start(t)
	file := secretFile(t, "s3cret-password")
	e, err := newEmail(ChannelConfig{Name: "m", Smarthost: sink.Addr, From: "a@example.org", To: []string{"b@example.org"}, Username: "u", PasswordFile: file},
		ChannelOptions{Dialer: local()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Post(t.Context(), notice(1, headstart.Investigating))
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("sending with a password over plain text: %v, want a refusal without the password", err)
	}
	if n := len(sink.Mails()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
}

// With a password the connection is encrypted and the certificate verified;
// without one, encryption is taken where it is offered, whoever signed it.
func TestMailTLS(t *testing.T) {
	sink := smtptest.Start(t)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, sink.Secure(t, "u", "s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	password := secretFile(t, "s3cret")
	for name, tc := range map[string]struct {
		cfg  ChannelConfig
		user string
		fail bool
	}{
		"password, verified":            {ChannelConfig{Username: "u", PasswordFile: password, CAFile: ca}, "u", false},
		"password, nobody vouches":      {ChannelConfig{Username: "u", PasswordFile: password}, "", true},
		"wrong password":                {ChannelConfig{Username: "u", PasswordFile: secretFile(t, "wr0ng"), CAFile: ca}, "", true},
		"no password, nobody vouches":   {ChannelConfig{}, "", false},
		"require_tls, nobody vouches":   {ChannelConfig{RequireTLS: new(true)}, "", true},
		"require_tls, somebody vouches": {ChannelConfig{RequireTLS: new(true), CAFile: ca}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(sink.Mails())
			tc.cfg.Smarthost, tc.cfg.From, tc.cfg.To = sink.Addr, "a@example.org", []string{"b@example.org"}
			e, err := newEmail(tc.cfg, ChannelOptions{Dialer: local()})
			if err != nil {
				t.Fatal(err)
			}
			_, err = e.Post(t.Context(), notice(1, headstart.Investigating))
			if (err != nil) != tc.fail || (err != nil && strings.Contains(err.Error(), "wr0ng")) {
				t.Fatalf("%v, want failure %t, and no password in it", err, tc.fail)
			}
			if mails := sink.Mails()[before:]; !tc.fail && (len(mails) != 1 || !mails[0].Encrypted || mails[0].User != tc.user) {
				t.Errorf("%d mails, %+v; want one, encrypted, by %q", len(mails), mails, tc.user)
			}
		})
	}
}

// A server that keeps the mail and answers too late gets it again under the same
// id, which readers see once.
func TestMailLostAnswer(t *testing.T) {
	sink := smtptest.Start(t)
	sink.Delay(300 * time.Millisecond)
	e := mailTo(t, sink.Addr, "noord@example.org")
	e.cfg.Timeout = 100e6 // 100 ms
	if _, err := e.Post(t.Context(), notice(1, headstart.Investigating)); err == nil {
		t.Fatal("an answer that never came counted as a delivery")
	}
	sink.Delay(0)
	e.cfg.Timeout = 0
	if _, err := e.Post(t.Context(), notice(1, headstart.Investigating)); err != nil {
		t.Fatal(err)
	}
	mails := sink.Wait(2, 5*time.Second)
	if len(mails) != 2 || mails[0].Get("Message-ID") != mails[1].Get("Message-ID") {
		t.Errorf("%d mails; want the same one twice", len(mails))
	}
}
