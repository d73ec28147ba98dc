package systems

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
)

// TestIMAP is what a mailbox must do on a server of ours that refuses whatever would
// change it, and TestDovecot the same on a real one: with TLS from the first byte and
// by STARTTLS.
func TestIMAP(t *testing.T) { testIMAP(t, newIMAPFake) }

func testIMAP(t *testing.T, serve func(t *testing.T, starttls bool) *imapFake) {
	t.Run("imaps", func(t *testing.T) { testContract(t, serve(t, false).rig()) })
	t.Run("STARTTLS", func(t *testing.T) { testContract(t, serve(t, true).rig()) })
	t.Run("conversations", func(t *testing.T) { testConversations(t, serve(t, false)) })
	t.Run("folders are statuses", func(t *testing.T) { testFolders(t, serve(t, false)) })
	t.Run("texts", func(t *testing.T) { testTexts(t, serve(t, false)) })
	t.Run("reported at", func(t *testing.T) { testReportedAt(t, serve(t, false)) })
}

// all reads the box from the beginning, by ticket.
func all(t *testing.T, s System) map[string]Ticket {
	t.Helper()
	rows, _, _ := walk(t, s, Cursor{}.Begin(time.Now(), 0))
	out := map[string]Ticket{}
	for _, row := range rows {
		out[row.ID] = row
	}
	return out
}

func answers(ids ...string) string {
	return "In-Reply-To: <" + ids[len(ids)-1] + ">\nReferences: <" + strings.Join(ids, "> <") + ">\n"
}

// testConversations: what answers a mail is the same ticket, and only what a
// person wrote to the desk is one.
func testConversations(t *testing.T, f *imapFake) {
	const ours = "9f2c41aa03de7b51.0a1b2c3d.0@headstart.example"
	f.arrive("INBOX", userMail("a@x", "printer", "", "De printer is stuk"))
	f.arrive("Verzonden", "Message-ID: <desk@x>\nFrom: "+boxName+"\nSubject: Re: printer\n"+answers("a@x")+"\nWelke?\n")
	f.arrive("INBOX", userMail("b@x", "Re: printer", "In-Reply-To: <desk@x>\n", "Die van boven")) // its program names no References
	f.arrive("INBOX", userMail("late@x", "Re: mail", answers("never-seen@x"), "Nog steeds\n\nOp ma 23 nov 2026 schreef Servicedesk:\n> Uw mail is onderweg"))
	f.arrive("INBOX", userMail("c@x", "Re: Wifi in Noord", answers(ours), "Bij ons ook"))
	f.arrive("INBOX", userMail("d@x", "Re: Wifi in Noord", answers(ours), "Hier niet"))
	f.arrive("INBOX", userMail("e@x", "Automatisch antwoord: Wifi", "Auto-Submitted: auto-replied\n"+answers(ours), "Ik ben er niet"))
	f.arrive("INBOX", "Message-ID: <"+ours+">\nFrom: meldingen@voorbeeld.example\nX-Headstart-Incident: 9f2c41aa03de7b51\nSubject: Wifi in Noord\n\nLigt eruit\n")
	f.arrive("INBOX", userMail("a@x", "printer", "", "De printer is stuk")) // through another list, once more
	f.arrive("INBOX", "From: k.bakker@voorbeeld.example\nSubject: zonder id\n\nIk heb geen Message-ID\n")
	got := all(t, f.open(t, nil))
	if len(got) != 5 {
		t.Errorf("%d tickets, want 5: printer, mail, two answers to an announcement, and one without id: %+v", len(got), got)
	}
	printer := got[ticketOf("a@x")]
	if printer.Title != "printer" || printer.Body != "De printer is stuk" || printer.Status != "open" || printer.Channel != "mail" {
		t.Errorf("the printer is %+v", printer)
	}
	if want := printer.Created.Add(time.Second); !printer.FirstResponse.Equal(want) {
		t.Errorf("first answer of the desk at %v, want %v", printer.FirstResponse, want)
	}
	if mail := got[ticketOf("never-seen@x")]; mail.Body != "Nog steeds" || mail.Status != "new" {
		t.Errorf("a reply whose beginning we do not have is %+v, want its own words only", mail)
	}
	for id, body := range map[string]string{"c@x": "Bij ons ook", "d@x": "Hier niet"} {
		if got[ticketOf(id)].Body != body {
			t.Errorf("the answer %s to our announcement is %+v", id, got[ticketOf(id)])
		}
	}
}

// testFolders: where a mail lies tells how far it is.
func testFolders(t *testing.T, f *imapFake) {
	f.arrive("INBOX", userMail("a@x", "printer", "", "stuk"))
	box := f.open(t, nil)
	get := func() Ticket {
		t.Helper()
		got, err := box.Get(t.Context(), ticketOf("a@x"))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := get(); got.Status != "new" {
		t.Errorf("a new mail is %q", got.Status)
	}
	f.flag("INBOX", "a@x", imap.FlagAnswered)
	if got := get(); got.Status != "open" {
		t.Errorf("an answered mail is %q", got.Status)
	}
	_, next, _ := walk(t, box, Cursor{}.Begin(time.Now(), 0))
	f.move("INBOX", "a@x", "Afgehandeld")
	rows, next, _ := walk(t, box, next.Begin(time.Now(), 0))
	if len(rows) != 1 || rows[0].Status != "closed" || rows[0].ID != ticketOf("a@x") {
		t.Errorf("a mail moved to Afgehandeld is read as %+v", rows)
	}
	f.arrive("INBOX", userMail("b@x", "Re: printer", answers("a@x"), "weer stuk"))
	rows, _, _ = walk(t, box, next.Begin(time.Now(), 0))
	if len(rows) != 1 || rows[0].Status != "new" || rows[0].Body != "stuk" {
		t.Errorf("an answer to what was handled is read as %+v, want it open again", rows)
	}
	f.remove("Afgehandeld", "a@x")
	f.remove("INBOX", "b@x")
	if _, err := box.Get(t.Context(), ticketOf("a@x")); !errors.Is(err, ErrNotFound) {
		t.Errorf("a mail that was deleted: %v", err)
	}
}

// TestRestart: another process goes on where this one stopped, also with what was
// moved meanwhile; and when the server numbers anew, by time.
func TestRestart(t *testing.T) {
	f := newIMAPFake(t, false)
	f.arriveAt("INBOX", userMail("old@x", "oud", "", "van vorige week"), time.Now().Add(-8*24*time.Hour))
	f.arriveAt("INBOX", userMail("older@x", "ouder", "", "van eerder"), time.Now().Add(-20*24*time.Hour))
	for n := range 7 {
		f.arrive("INBOX", userMail(fmt.Sprintf("m%d@x", n), "vandaag", "", "stuk"))
	}
	rows, next, _ := walk(t, f.open(t, nil), Cursor{}.Begin(time.Now(), 0))
	if len(rows) != 8 {
		t.Errorf("the first read has %d tickets, want the 8 of 14 days", len(rows))
	}
	rows, next, _ = walk(t, f.open(t, nil), restarted(t, next).Begin(time.Now(), 0))
	if len(rows) > 1 {
		t.Errorf("%d tickets after a restart, want at most the one at the border", len(rows))
	}
	f.move("INBOX", "old@x", "Afgehandeld")
	f.arrive("INBOX", userMail("after@x", "later", "", "stuk"))
	rows, next, _ = walk(t, f.open(t, nil), restarted(t, next).Begin(time.Now(), 0))
	if moved, came := find(rows, ticketOf("old@x")), find(rows, ticketOf("after@x")); moved == nil || moved.Status != "closed" || came == nil || len(rows) > 3 {
		t.Errorf("after a restart: %+v; want what was moved, what came, and little else", rows)
	}
	first, err := f.open(t, nil).Changes(t.Context(), Cursor{}.Begin(time.Now(), 0))
	if err != nil || !first.More {
		t.Fatalf("no second page: %v", err)
	}
	rows, _, _ = walk(t, f.open(t, nil), restarted(t, first.Next)) // a restart in the middle of a walk
	for n := range 7 {
		if find(append(rows, first.Tickets...), ticketOf(fmt.Sprintf("m%d@x", n))) == nil {
			t.Errorf("mail %d was lost by a restart in the middle of a walk", n)
		}
	}
	if err := f.user.Rename("INBOX", "Oud", nil); err != nil { // another UIDVALIDITY, everything in another order
		t.Fatal(err)
	}
	if err := f.user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	f.arrive("INBOX", userMail("renumbered@x", "nieuw genummerd", "", "stuk"))
	rows, _, _ = walk(t, f.open(t, nil), restarted(t, next).Begin(time.Now(), 0))
	if find(rows, ticketOf("renumbered@x")) == nil {
		t.Errorf("after the server numbered anew, %+v was read", rows)
	}
}

// restarted is a place as the next process finds it written down.
func restarted(t *testing.T, c Cursor) (out Cursor) {
	t.Helper()
	b, err := json.Marshal(c)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOneFolderFails: what was learned of the others is told once it works again, and
// a look by Check changes nothing of that.
func TestOneFolderFails(t *testing.T) {
	f := newIMAPFake(t, false)
	box := f.open(t, nil)
	f.arrive("INBOX", userMail("a@x", "een", "", "stuk"))
	_, next, _ := walk(t, box, Cursor{}.Begin(time.Now(), 0))
	if err := f.user.Rename("Afgehandeld", "Elders", nil); err != nil {
		t.Fatal(err)
	}
	f.arrive("INBOX", userMail("b@x", "twee", "", "stuk"))
	if _, err := box.Changes(t.Context(), next.Begin(time.Now(), 0)); !errors.Is(err, ErrRefused) {
		t.Errorf("a folder that is gone: %v", err)
	}
	if err := f.user.Rename("Elders", "Afgehandeld", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := box.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, _, _ := walk(t, box, next.Begin(time.Now(), 0))
	if len(rows) != 1 || rows[0].ID != ticketOf("b@x") {
		t.Errorf("when the folder is back, %+v is read; want the mail that came meanwhile", rows)
	}
}

// TestOtherNumbers: the server numbers its folder anew while we run.
func TestOtherNumbers(t *testing.T) {
	f := newIMAPFake(t, false)
	f.arrive("INBOX", userMail("a@x", "een", "", "stuk"))
	box := f.open(t, nil)
	_, next, _ := walk(t, box, Cursor{}.Begin(time.Now(), 0))
	if err := errors.Join(f.user.Rename("INBOX", "Oud", nil), f.user.Create("INBOX", nil)); err != nil {
		t.Fatal(err)
	}
	f.arrive("INBOX", userMail("a@x", "een", "", "stuk"))
	f.arrive("INBOX", userMail("b@x", "twee", "", "stuk"))
	rows, _, _ := walk(t, box, next.Begin(time.Now(), 0))
	if find(rows, ticketOf("a@x")) == nil || find(rows, ticketOf("b@x")) == nil || len(rows) != 2 {
		t.Errorf("read %+v", rows)
	}
}

// testTexts: what a person reads of a mail, whatever it is packed in.
func testTexts(t *testing.T, f *imapFake) {
	big := strings.Repeat("bijlage ", 1<<20)
	for n, test := range []struct{ header, body, want string }{
		{"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n", "Caf=E9 =\ndicht", "Café dicht"},
		{"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n", base64.StdEncoding.EncodeToString([]byte("<style>p{}</style><p>Ik kan niet é <b>printen</b></p>")), "Ik kan niet é printen"},
		{"Content-Type: multipart/alternative; boundary=b\n", "--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/html\n\n<p>Alleen HTML</p>\n--b--\n", "Alleen HTML"},
		{"Content-Type: multipart/mixed; boundary=b\n", "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=log.txt\n\n" + big + "\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/plain\n\nDiep van binnen\n--c--\n--b--\n", "Diep van binnen"},
		{"Content-Type: text/plain\n", big, strings.TrimSpace(big[:maxBody])},
		{"Content-Type: image/png\nContent-Transfer-Encoding: base64\n", "AAAA", ""},
		{"", "Zonder Content-Type", "Zonder Content-Type"},
	} {
		id := fmt.Sprintf("text-%d@x", n)
		f.arrive("INBOX", "Message-ID: <"+id+">\nFrom: a@b.example\nSubject: =?utf-8?Q?caf=C3=A9?=\nMIME-Version: 1.0\n"+test.header+"\n"+test.body)
		got, err := f.open(t, nil).Get(t.Context(), ticketOf(id))
		if err != nil || strings.TrimSpace(got.Body) != test.want || got.Title != "café" {
			t.Errorf("mail %d: %q, %.60q, %v; want %.60q", n, got.Title, got.Body, err, test.want)
		}
	}
}

// testReportedAt: the sender's clock counts within what is possible, and who is
// not proved is nobody (ruling 24).
func testReportedAt(t *testing.T, f *imapFake) {
	received := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	if ago := time.Since(received); ago < 0 || ago > keepMails {
		received = time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	}
	for name, test := range map[string]struct{ written, want time.Time }{
		"written before":    {received.Add(-40 * time.Minute), received.Add(-40 * time.Minute)},
		"a clock ahead":     {received.Add(3 * time.Hour), received},
		"a clock of 1999":   {time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), received},
		"no Date":           {time.Time{}, received},
		"in a zone far off": {received.Add(-time.Minute).In(time.FixedZone("", 13*3600)), received.Add(-time.Minute)},
	} {
		id, date := strings.ReplaceAll(name, " ", "-")+"@x", ""
		if !test.written.IsZero() {
			date = "Date: " + test.written.Format(time.RFC1123Z) + "\n"
		}
		f.arriveAt("INBOX", "Message-ID: <"+id+">\nFrom: vreemde@elders.example\nSubject: x\n"+date+"\nx\n", received)
		got, err := f.open(t, nil).Get(t.Context(), ticketOf(id))
		if err != nil || !got.Reported.Equal(test.want) || !got.Created.Equal(received) {
			t.Errorf("%s: reported %v, created %v, %v; want %v", name, got.Reported, got.Created, err, test.want)
		}
		if got.Requester != "" {
			t.Errorf("%s: a stranger is requester %q", name, got.Requester)
		}
	}
}

// tokens hands out tokens as login.microsoftonline.com does, one after another.
func tokens(t *testing.T, lasts int) (url string, given *int) {
	given = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Form.Get("grant_type") != "client_credentials" || r.Form.Get("scope") != "https://outlook.office365.com/.default" || r.Form.Get("client_id") != "app" {
			t.Errorf("asked for a token with %v (%v)", r.Form, err)
		}
		if r.Form.Get("client_secret") != boxPassword {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"AADSTS7000222: planted-word","error_codes":[7000222]}`))
			return
		}
		*given++
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":%d,"access_token":"token-%d"}`, lasts, *given)
	}))
	t.Cleanup(server.Close)
	return server.URL, given
}

// TestXOAUTH2: a token is fetched, kept while it is good, and fetched anew when
// the server takes it no more; an ended secret is named.
func TestXOAUTH2(t *testing.T) {
	f := newIMAPFake(t, false)
	f.token = "token-1"
	url, given := tokens(t, 3600)
	withOAuth := func(s *Settings) {
		s.Username, s.PasswordFile, s.AuthservID = "", "", ""
		s.Mailbox, s.Tenant, s.ClientID, s.TokenURL, s.ClientSecretFile = boxName, "voorbeeld.example", "app", url, secretFile(t, boxPassword)
	}
	box := f.open(t, withOAuth)
	f.arrive("INBOX", userMail("a@x", "printer", "X-MS-Exchange-Organization-AuthAs: Internal\n", "stuk"))
	if got, err := box.Get(t.Context(), ticketOf("a@x")); err != nil || got.Requester == "" {
		t.Fatalf("%+v, %v", got, err)
	}
	f.hangUp() // the server ends the session with the token's time
	f.mu.Lock()
	f.token = "token-2"
	f.mu.Unlock()
	if _, err := box.Get(t.Context(), ticketOf("a@x")); !errors.Is(err, ErrAuth) {
		t.Errorf("a token that is taken no more: %v", err)
	}
	if _, err := box.Get(t.Context(), ticketOf("a@x")); err != nil || *given != 2 {
		t.Errorf("with a new token: %v, %d fetched", err, *given)
	}
	ended := f.open(t, func(s *Settings) { withOAuth(s); s.ClientSecretFile = secretFile(t, "the-old-one") })
	_, err := ended.Check(t.Context())
	if !errors.Is(err, ErrAuth) || !strings.Contains(err.Error(), "has ended") || strings.Contains(err.Error(), "planted-word") {
		t.Errorf("an ended secret: %v", err)
	}
}

// TestRefusedMailbox: what goes wrong is told apart, and no secret is shown.
func TestRefusedMailbox(t *testing.T) {
	f := newIMAPFake(t, false)
	wrong := f.open(t, func(s *Settings) { s.PasswordFile = secretFile(t, "not-the-password") })
	if _, err := wrong.Check(t.Context()); !errors.Is(err, ErrAuth) || strings.Contains(err.Error(), "not-the") {
		t.Errorf("a wrong password: %v", err)
	}
	folder := f.open(t, func(s *Settings) {
		s.Queues = []string{"INBOX", "Bestaat niet"}
		s.Statuses = map[string]string{"Elders": "closed"}
		s.Domains = nil
	})
	rep, err := folder.Check(t.Context())
	if err != nil || len(rep.Lacks) != 3 {
		t.Errorf("a folder that is not there, a status of no folder, no domains: %q, %v", rep.Lacks, err)
	}
	if _, err := folder.Get(t.Context(), "1"); !errors.Is(err, ErrRefused) || errors.Is(err, ErrNotFound) {
		t.Errorf("with a folder that cannot be opened, a ticket is %v; it must not count as deleted", err)
	}
	untrusted := f.open(t, func(s *Settings) { s.CAFile = "" })
	if _, err := untrusted.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody: %v", err)
	}
	if f.logins != 2 {
		t.Errorf("%d log-ins, want those of the wrong password and of the folder", f.logins)
	}
}

// TestDroppedConnection: a connection that the server closed is made again, at
// once if it was held, else by the next turn; nothing is lost.
func TestDroppedConnection(t *testing.T) {
	f := newIMAPFake(t, false)
	f.arrive("INBOX", userMail("a@x", "printer", "", "stuk"))
	box := f.open(t, nil)
	if len(all(t, box)) != 1 {
		t.Fatal("nothing was read")
	}
	f.hangUp()
	if len(all(t, box)) != 1 {
		t.Error("nothing was read after the server closed the connection")
	}
	f.arrive("INBOX", userMail("b@x", "wifi", "", "stuk"))
	f.mu.Lock()
	f.drop = true
	f.mu.Unlock()
	if got := all(t, box); len(got) != 2 {
		t.Errorf("%d tickets after a connection that broke off in an answer, want 2", len(got))
	}
}
