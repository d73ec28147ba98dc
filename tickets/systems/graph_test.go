package systems

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// newTokenServer hands out tokens for Graph, one after another.
func newTokenServer(t *testing.T, given *int) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Form.Get("grant_type") != "client_credentials" || !strings.HasSuffix(r.Form.Get("scope"), "/.default") || r.Form.Get("client_secret") != boxPassword {
			t.Errorf("asked for a token with %v (%v)", r.Form, err)
		}
		*given++
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"token-%d"}`, *given)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestGraph is the contract of all connectors; also where lists come without the
// headers of mails.
func TestGraph(t *testing.T) {
	t.Run("headers in lists", func(t *testing.T) { testContract(t, newGraphFake(t).rig()) })
	t.Run("headers by mail", func(t *testing.T) {
		g := newGraphFake(t)
		g.bare = true
		testContract(t, g.rig())
	})
}

// TestGraphFolders: a mail keeps its id when it is moved, and its folder is the
// status; what was deleted is gone; the desk's answer is the first response.
func TestGraphFolders(t *testing.T) {
	g := newGraphFake(t)
	g.arrive("a@x", "printer", "", "stuk")
	box := g.open(t, nil)
	_, next, _ := walk(t, box, Cursor{}.Begin(time.Now(), 0))
	g.with(func() {
		g.put(&graphFakeMail{folder: "sentitems", messageID: "desk@x", from: boxName, subject: "Re: printer", conversation: "c-a@x"})
	})
	rows, next, _ := walk(t, box, next.Begin(time.Now(), 0))
	if len(rows) != 1 || rows[0].Status != "open" || rows[0].FirstResponse.IsZero() {
		t.Errorf("an answered mail is read as %+v", rows)
	}
	g.move("a@x", "Afgehandeld")
	rows, next, _ = walk(t, box, next.Begin(time.Now(), 0))
	if len(rows) != 1 || rows[0].Status != "closed" || rows[0].ID != ticketOf("a@x") || !strings.HasPrefix(rows[0].URL, "https://outlook") {
		t.Errorf("a mail moved to Afgehandeld is read as %+v", rows)
	}
	g.move("a@x", "Inbox-of-somebody-else")
	if _, err := box.Get(t.Context(), ticketOf("a@x")); !errors.Is(err, ErrNotFound) {
		t.Errorf("a mail that was moved out of sight: %v", err)
	}
	g.move("a@x", "inbox") // while we do not run
	rows, _, _ = walk(t, g.open(t, nil), next.Begin(time.Now(), 0))
	if len(rows) != 1 || rows[0].Native != "Inbox" {
		t.Errorf("after a restart, what was moved meanwhile is read as %+v", rows)
	}
}

// TestGraphForgets: a place that Graph kept no longer (410) loses nothing.
func TestGraphForgets(t *testing.T) {
	g := newGraphFake(t)
	g.arrive("a@x", "een", "", "stuk")
	box := g.open(t, nil)
	_, next, _ := walk(t, box, Cursor{}.Begin(time.Now(), 0))
	g.arrive("b@x", "twee", "", "stuk")
	g.delete("a@x")
	g.with(func() { g.expired = true })
	rows, _, _ := walk(t, box, next.Begin(time.Now(), 0))
	if len(rows) != 1 || rows[0].ID != ticketOf("b@x") {
		t.Errorf("after 410, read %+v; want what is new", rows)
	}
	if _, err := box.Get(t.Context(), ticketOf("a@x")); !errors.Is(err, ErrNotFound) {
		t.Errorf("what was deleted meanwhile: %v", err)
	}
}

// TestGraphReply: a reply stays in its thread, is no user's mail, and no answer of a
// person; what it is sent for stands in no log of ours.
func TestGraphReply(t *testing.T) {
	g := newGraphFake(t)
	g.arrive("a@x", "Printer op de bégane grond", "", "stuk")
	box := g.open(t, nil)
	perform(t, box, Action{Do: "reply", Ticket: ticketOf("a@x"), Mark: uid + "/linked/reply", Title: "HS-12", Text: "Wij weten ervan.\nÉén storing."})
	again := g.open(t, nil) // another process
	if done := perform(t, again, Action{Do: "reply", Ticket: ticketOf("a@x"), Mark: uid + "/linked/reply", Text: "Wij weten ervan."}); !done.Already {
		t.Error("another process sent the reply again")
	}
	g.arrive("b@x", "Re: Printer", answers("a@x", again.messageID(ticketOf("a@x"), uid+"/linked/reply")), "Dank")
	got := all(t, again)
	if len(got) != 1 {
		t.Errorf("%d tickets, want the one: %+v", len(got), got)
	}
	if x := got[ticketOf("a@x")]; !x.FirstResponse.IsZero() || x.Status != "new" {
		t.Errorf("our own reply counts as an answer of the desk: %+v", x)
	}
	var raw strings.Builder
	g.with(func() {
		for _, m := range g.mails {
			raw.WriteString(m.raw)
		}
	})
	for _, want := range []string{"Subject: =?utf-8?q?Re:_Printer_op_de_b=C3=A9gane_grond?=\r\n", "In-Reply-To: <a@x>\r\n", "Message-ID: <" + uid + ".linked.reply."} {
		if !strings.Contains(raw.String(), want) {
			t.Errorf("the reply lacks %q:\n%s", want, raw.String())
		}
	}
	g.forge("c@x")
	if _, err := Perform(t.Context(), g.open(t, nil), Action{Do: "reply", Ticket: ticketOf("c@x"), Mark: uid + "/update-1", Text: "x"}); !errors.Is(err, ErrRefused) {
		t.Errorf("a reply to a sender nobody vouches for: %v", err)
	}
	if _, err := Perform(t.Context(), box, Action{Do: "reply", Ticket: "0000", Mark: uid + "/update-1", Text: "x"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a reply to a mail that is not there: %v", err)
	}
}

// TestGraphCheck: an application that reads everybody's mail is named.
func TestGraphCheck(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Settings)
		want   string
	}{
		"reads others":    {func(s *Settings) { s.ForbiddenMailbox = "andere@voorbeeld.example" }, "reads the mail of andere@voorbeeld.example"},
		"not tried":       {func(s *Settings) { s.ForbiddenMailbox = "" }, "set forbidden_mailbox"},
		"no such mailbox": {func(s *Settings) { s.ForbiddenMailbox = "niemand@voorbeeld.example" }, "is no mailbox"},
		"no such folder":  {func(s *Settings) { s.Queues = []string{"Inbox", "Bestaat niet", "Afgehandeld"} }, "Bestaat niet"},
		"nobody is ours":  {func(s *Settings) { s.Domains = nil }, "set domains"},
	} {
		g := newGraphFake(t)
		open := g.handle
		g.handle = func(f *fake, w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/v1.0/users/andere@") {
				f.answer(w, http.StatusOK, map[string]any{"id": "x"})
				return
			}
			open(f, w, r)
		}
		rep, err := g.open(t, test.change).Check(t.Context())
		if err != nil || len(rep.Lacks) != 1 || !strings.Contains(rep.Lacks[0], test.want) {
			t.Errorf("%s: %q, %v; want one that says %q", name, rep.Lacks, err, test.want)
		}
	}
}

// TestGraphTokenTakenBack: a token that is refused before its time is fetched anew.
func TestGraphTokenTakenBack(t *testing.T) {
	g := newGraphFake(t)
	g.arrive("a@x", "een", "", "stuk")
	box := g.open(t, nil)
	if len(all(t, box)) != 1 {
		t.Fatal("nothing was read")
	}
	g.with(func() {
		g.auth = func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer token-2" }
	})
	if _, err := box.Get(t.Context(), ticketOf("a@x")); !errors.Is(err, ErrAuth) {
		t.Errorf("with a token that is taken back: %v", err)
	}
	if _, err := box.Get(t.Context(), ticketOf("a@x")); err != nil || *g.given != 2 {
		t.Errorf("with a new token: %v, %d fetched", err, *g.given)
	}
}

// TestGraphStaysHome: an answer that names another host is not followed: our token
// would go there.
func TestGraphStaysHome(t *testing.T) {
	for _, link := range []string{"https://evil.example/v1.0/users/x", "//evil.example/", "@evil.example/v1.0/users/", ".evil.example/v1.0/users/"} {
		g := newGraphFake(t)
		g.handle = func(f *fake, w http.ResponseWriter, _ *http.Request) {
			at := link
			if !strings.Contains(link, "//") {
				at = f.server.URL + link
			}
			f.answer(w, http.StatusOK, map[string]any{"value": []any{}, "@odata.nextLink": at})
		}
		if _, err := g.open(t, func(s *Settings) { s.Queues = nil }).Changes(t.Context(), Cursor{}.Begin(time.Now(), 0)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", link, err)
		}
	}
}
