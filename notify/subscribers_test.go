package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/notify/smtptest"
)

// audience of subscribers for tests: who is untold, in order.
type people struct {
	list  []headstart.Subscriber
	told  []string
	lose  int    // so many reports fail, as when a process is killed
	after func() // of each report
}

func (p *people) Untold(context.Context, *headstart.Notice) ([]headstart.Subscriber, error) {
	return slices.Clone(p.list), nil
}

func (p *people) Told(_ context.Context, _ *headstart.Notice, s headstart.Subscriber) error {
	if p.lose > 0 {
		p.lose--
		return errors.New("killed")
	}
	p.told = append(p.told, s.Address)
	p.list = slices.DeleteFunc(p.list, func(x headstart.Subscriber) bool { return x.Key == s.Key })
	if p.after != nil {
		p.after()
	}
	return nil
}

func (p *people) add(language string, names ...string) {
	for _, name := range names {
		p.list = append(p.list, headstart.Subscriber{
			Key: "key-of-" + strings.ToUpper(name[:1]), Address: name + "@example.org", Language: language, Page: "https://status.example.org/s/" + language + "/",
			Unsubscribe: "https://status.example.org/s/" + language + "/unsubscribe/token-of-" + name,
		})
	}
}

func toPeople(t *testing.T, addr string, p SubscriberList) *subscribers {
	t.Helper()
	cfg := ChannelConfig{Name: "mail-subscribers", Type: "email", Smarthost: addr, From: "Storingen <storing@example.org>", Subscribers: true}
	c := Config{Channels: []ChannelConfig{cfg}}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	channels, err := Build(c, ChannelOptions{ExternalURL: "https://headstart.example.org", Dialer: local(), Subscribers: p})
	if err != nil {
		t.Fatal(err)
	}
	if ToSubscribers(channels) == nil {
		t.Fatal("the channel takes no letters")
	}
	return channels[0].(*subscribers)
}

// Each subscriber has a mail of his own, in his language alone, that any mail program
// can unsubscribe by (RFC 2369, RFC 8058); later ones answer the first he got.
func TestSubscribersAreMailedOneByOne(t *testing.T) {
	sink, p := smtptest.Start(t), &people{}
	p.add("nl", "anna")
	p.add("en", "bob")
	s := toPeople(t, sink.Addr, p)
	h, err := s.Post(t.Context(), notice(0, headstart.Investigating))
	if err != nil || string(h) != `{"mailed":2}` {
		t.Fatalf("handle %s, %v; want how many were mailed and nothing else", h, err)
	}
	p.list = nil
	p.add("nl", "anna")
	p.list[0].Heard = true
	if err := s.Reply(t.Context(), h, notice(3, headstart.Solved)); err != nil {
		t.Fatal(err)
	}
	mails := sink.Mails()
	if len(mails) != 3 {
		t.Fatalf("%d mails arrived, want 3", len(mails))
	}
	for n, m := range mails {
		name, language, words, others := "anna", "nl", "Kopiëren lukt niet", "Copying does not work"
		if n == 1 {
			name, language, words, others = "bob", "en", others, words
		}
		leave := "https://status.example.org/s/" + language + "/unsubscribe/token-of-" + name
		for header, want := range map[string]string{
			"To": "<" + name + "@example.org>", "List-Unsubscribe": "<" + leave + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
			"Auto-Submitted": "auto-generated", "List-Id": "<outages.headstart.example.org>", "Precedence": "bulk",
		} {
			if got := m.Get(header); got != want {
				t.Errorf("mail %d: %s is %q, want %q", n, header, got, want)
			}
		}
		if !slices.Equal(m.To, []string{name + "@example.org"}) {
			t.Errorf("mail %d went to %q", n, m.To)
		}
		if !strings.HasPrefix(m.Subject, words) || strings.Contains(m.Text, others) || strings.Contains(m.HTML, others) {
			t.Errorf("mail %d is not in %s alone: %q\n%s", n, language, m.Subject, m.Text)
		}
		for _, link := range []string{leave, "https://status.example.org/s/" + language + "/"} {
			if !strings.Contains(m.Text, link) || !strings.Contains(m.HTML, `href="`+link+`"`) {
				t.Errorf("mail %d has no link to %s", n, link)
			}
		}
	}
	first, last := mails[0].Get("Message-Id"), mails[2].Get("Message-Id")
	if mails[0].Get("In-Reply-To") != "" || mails[2].Get("In-Reply-To") != first || first == last || first == mails[1].Get("Message-Id") {
		t.Errorf("ids %q, %q and %q, which answers %q", first, mails[1].Get("Message-Id"), last, mails[2].Get("In-Reply-To"))
	}
}

// One address that is refused, or not taken now, keeps nobody else uninformed, and is
// in no error that goes into the log.
func TestSubscriberIsRefused(t *testing.T) {
	sink, p := smtptest.Start(t), &people{}
	p.add("nl", "anna", "gone", "full", "zoe")
	sink.Refuse("RCPT gone@example.org", "550 5.1.1 <gone@example.org> no such user")
	sink.Refuse("RCPT full@example.org", "452 4.2.2 <full@example.org> is full")
	s := toPeople(t, sink.Addr, p)
	_, err := s.Post(t.Context(), notice(0, headstart.Investigating))
	if err == nil || strings.Contains(err.Error(), "@") {
		t.Errorf("error %v, want one without an address", err)
	}
	if _, permanent := errors.AsType[*Permanent](err); permanent {
		t.Errorf("%v is permanent, and one mailbox is only full", err)
	}
	if !slices.Equal(p.told, []string{"anna@example.org", "gone@example.org", "zoe@example.org"}) {
		t.Errorf("done with %q", p.told)
	}
	sink.Refuse("RCPT full@example.org", "")
	h, err := s.Post(t.Context(), notice(0, headstart.Investigating))
	if err != nil || string(h) != `{"mailed":1}` || len(sink.Mails()) != 3 {
		t.Errorf("%s, %v, %d mails; want the one that was left", h, err, len(sink.Mails()))
	}
}

// A server that takes nothing is not asked once for each subscriber.
func TestSubscribersWaitForTheServer(t *testing.T) {
	sink, p := smtptest.Start(t), &people{}
	p.add("nl", "anna", "bob", "cor")
	s := toPeople(t, sink.Addr, p)
	for verb, answer := range map[string]string{"MAIL": "451 4.3.0 later", "DATA": "421 4.3.2 closing"} {
		sink.Refuse(verb, answer)
		if _, err := s.Post(t.Context(), notice(0, headstart.Investigating)); err == nil || len(p.told) > 0 {
			t.Errorf("%s %s: %v, told %q", verb, answer, err, p.told)
		}
		sink.Refuse(verb, "")
	}
	if _, err := s.Post(t.Context(), notice(0, headstart.Investigating)); err != nil || len(p.told) != 3 {
		t.Errorf("%v, told %q", err, p.told)
	}
}

// Killed between the mail and the note of it: one repeat, under the same id, and the
// others once.
func TestSubscriberIsRepeatedAtMostOnce(t *testing.T) {
	sink, p := smtptest.Start(t), &people{lose: 1}
	p.add("nl", "anna", "bob")
	s := toPeople(t, sink.Addr, p)
	if _, err := s.Post(t.Context(), notice(0, headstart.Investigating)); err == nil {
		t.Fatal("a note that is lost is no error")
	}
	if _, err := s.Post(t.Context(), notice(0, headstart.Investigating)); err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	for _, m := range sink.Mails() {
		ids[m.Get("Message-Id")]++
	}
	if len(sink.Mails()) > 4 || len(ids) != 2 {
		t.Errorf("%d mails under the ids %v, want each its own and at most one twice", len(sink.Mails()), ids)
	}
}

// A long list is looked at again on the way: whoever unsubscribed meanwhile gets none.
func TestSubscriberLeavesMeanwhile(t *testing.T) {
	sink, p := smtptest.Start(t), &people{}
	for n := range fanLook + 20 {
		p.list = append(p.list, headstart.Subscriber{Key: fmt.Sprintf("%03d", n), Address: fmt.Sprintf("p%03d@example.org", n), Language: "nl"})
	}
	p.after = func() {
		if len(p.told) == 1 {
			p.list = p.list[:len(p.list)-10]
		}
	}
	s := toPeople(t, sink.Addr, p)
	h, err := s.Post(t.Context(), notice(0, headstart.Investigating))
	if err != nil || string(h) != fmt.Sprintf(`{"mailed":%d}`, fanLook+10) || len(sink.Mails()) != fanLook+10 {
		t.Errorf("%s, %v, %d mails; want %d", h, err, len(sink.Mails()), fanLook+10)
	}
}

// A channel for subscribers has no addresses of its own, and there is one.
func TestSubscriberChannelIsChecked(t *testing.T) {
	mail := func(name string, to ...string) ChannelConfig {
		return ChannelConfig{Name: name, Type: "email", Smarthost: "mail.example.org:25", From: "a@example.org", To: to, Subscribers: true}
	}
	for want, c := range map[string]Config{
		"mails nobody else":     {Channels: []ChannelConfig{mail("a", "b@example.org")}},
		"keep it on one":        {Channels: []ChannelConfig{mail("a"), mail("b")}},
		"subscribers is no key": {Channels: []ChannelConfig{{Name: "a", Type: "ntfy", URL: "https://ntfy.example.org/x", Subscribers: true}}},
	} {
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	err := Try(t.Context(), mail("a"), ChannelOptions{Dialer: local()}, []string{"nl"}, time.Now())
	if err == nil || !strings.Contains(err.Error(), "status page") {
		t.Errorf("a test message to a list nobody knows: %v", err)
	}
}

// A letter to one person goes past every queue, with its own words and link.
func TestLetter(t *testing.T) {
	sink := smtptest.Start(t)
	s := toPeople(t, sink.Addr, &people{})
	err := s.Mail(t.Context(), headstart.Letter{
		To: "anna@example.org", Language: "nl", ID: "ask.1", Link: "https://status.example.org/s/nl/subscribe/x", LinkText: "Ja <graag>",
		Text: headstart.Text{Title: "Wilt u mail?", Subject: "Wilt u mail?", Lines: []headstart.TextLine{{Text: "Iemand vroeg erom."}, {Label: "Niet u?", Text: "Doe niets."}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m := sink.Mails()[0]
	if m.Get("Message-Id") != "<ask.1@headstart.example.org>" || m.Get("Auto-Submitted") != "auto-generated" || m.Subject != "Wilt u mail?" || m.Get("List-Unsubscribe") != "" {
		t.Errorf("headers %v", m.Header)
	}
	for _, want := range []string{"Iemand vroeg erom.\r\n\r\nNiet u?\r\nDoe niets.", "Ja <graag>:\r\nhttps://status.example.org/s/nl/subscribe/x"} {
		if !strings.Contains(m.Text, want) && !strings.Contains(m.Text, strings.ReplaceAll(want, "\r\n", "\n")) {
			t.Errorf("the text lacks %q:\n%q", want, m.Text)
		}
	}
	if !strings.Contains(m.HTML, "Ja &lt;graag&gt;") {
		t.Errorf("the words of the link are not escaped:\n%s", m.HTML)
	}
	sink.Refuse("RCPT gone@example.org", "550 no such user")
	err = s.Mail(t.Context(), headstart.Letter{To: "gone@example.org", Language: "nl", ID: "ask.2", Text: headstart.Text{Subject: "x"}})
	var refused interface{ Refused() bool }
	if !errors.As(err, &refused) || !refused.Refused() {
		t.Errorf("a mailbox that does not exist: %v", err)
	}
}
