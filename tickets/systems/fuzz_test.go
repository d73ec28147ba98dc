package systems

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-imap/v2/imapclient"
)

// decoded checks what a decoder made of bytes from outside: an error, or tickets
// that the rest can use.
func decoded(t *testing.T, rows []Ticket, err error) {
	t.Helper()
	if err != nil {
		return
	}
	for _, x := range rows {
		switch {
		case !nativeID.MatchString(x.ID) && len(x.ID) > 40:
			t.Fatalf("id %q", x.ID)
		case x.Created.IsZero() || x.Updated.IsZero() || x.Status == "":
			t.Fatalf("no times or no status: %+v", x)
		case len(x.Title) > maxTitle || len(x.Body) > maxBody || len(x.Location) > maxWord || len(x.Department) > maxWord || len(x.Category) > maxWord || len(x.SupportGroup) > maxWord:
			t.Fatalf("a field is larger than its bound: %+v", x)
		case !utf8.ValidString(x.Title + x.Body + x.Location + x.Category):
			t.Fatalf("not UTF-8: %+v", x)
		case x.Requester != "" && len(x.Requester) != 16:
			t.Fatalf("requester %q is no hash", x.Requester)
		}
		for _, at := range []time.Time{x.Created, x.Updated, x.Reported, x.Solved, x.FirstResponse} {
			if _, err := at.MarshalJSON(); err != nil {
				t.Fatalf("a time that cannot be written: %v", err)
			}
		}
	}
}

// bare is a connector without a server.
func bare(k kind) *opened {
	return &opened{Options: Options{Requester: hashed, Zone: time.UTC}, client: &client{}, words: k.words.with(Settings{}), hook: []byte("a secret of sixteen bytes")}
}

var fuzzed = fakeTicket{id: "9007199254740993", title: "wifi weg", person: "k.bakker", created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), updated: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}

// seed is v as JSON.
func seed(f *testing.F, v any) []byte {
	f.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		f.Fatal(err)
	}
	return b
}

func FuzzRT(f *testing.F) {
	f.Add([]byte(`{"items":[{"id":"1","type":"ticket","Type":"ticket","Subject":"x","Status":"open","Queue":{"id":"3","Name":"Desk"},"Requestor":[{"id":"k.bakker","City":"Utrecht"}],"Created":"2026-11-22T05:36:02Z","LastUpdated":"2026-11-22T05:36:04Z","TimeWorked":"5","CustomFields":[{"name":"Location","values":["Noord"]}]}],"page":1,"pages":2.0}`))
	f.Add([]byte(`{"items":[{"Type":"Correspond","type":"transaction","Created":"2026-11-22T05:36:04Z","Creator":{"id":"robot"},"OldValue":"resolved","NewValue":"open","Content":"x","ContentType":"text/html"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := &rt{opened: bare(rtKind)}
		rows, _, err := r.decodeList(body)
		decoded(t, rows, err)
		if x, _, err := r.decodeOne(body); err == nil {
			decoded(t, []Ticket{x}, nil)
			_ = r.history(&x, body)
		}
		if s, err := rtBody(body); err == nil && len(s) > maxBody {
			t.Fatalf("a text of %d bytes", len(s))
		}
	})
}

func FuzzServiceNow(f *testing.F) {
	f.Add(seed(f, map[string]any{"result": []any{fuzzed.snow()}}))
	f.Add(seed(f, map[string]any{"result": fuzzed.snow()}))
	f.Fuzz(func(t *testing.T, body []byte) {
		s := &snow{opened: bare(snowKind)}
		if rows, err := rowsOf(body); err == nil {
			tickets, err := s.tickets(rows)
			decoded(t, tickets, err)
		}
		if row, err := rowOf(body); err == nil {
			x, err := s.ticket(row)
			decoded(t, []Ticket{x}, err)
		}
	})
}

func FuzzFresh(f *testing.F) {
	f.Add(true, seed(f, map[string]any{"tickets": []any{fuzzed.fresh()}}))
	f.Add(false, seed(f, []any{fuzzed.fresh()}))
	f.Add(false, seed(f, fuzzed.fresh()))
	f.Add(true, []byte(`{"conversations":[{"body":"<div>x</div>"}]}`))
	f.Fuzz(func(t *testing.T, wrapped bool, body []byte) {
		x := &fresh{opened: bare(freshdeskKind), style: freshStyle{wrapped: wrapped}}
		rows, err := x.decodeList(body)
		decoded(t, rows, err)
		if one, err := x.decodeOne(body); err == nil {
			decoded(t, []Ticket{one}, nil)
		}
		if said, err := x.conversations(body); err == nil {
			one := Ticket{ID: "1", Status: "open", Created: fuzzed.created, Updated: fuzzed.updated}
			firstOf(&one, said)
			decoded(t, []Ticket{one}, nil)
		}
	})
}

func FuzzTOPdesk(f *testing.F) {
	f.Add(seed(f, []any{fuzzed.topdesk()}))
	f.Fuzz(func(t *testing.T, body []byte) {
		rows, err := (&topdesk{opened: bare(topdeskKind)}).decodeList(body)
		decoded(t, rows, err)
	})
}

// FuzzGraph: a page of mails becomes mails that stand in a conversation, and paths.
func FuzzGraph(f *testing.F) {
	f.Add(seed(f, map[string]any{"value": []any{(&graphFakeMail{id: "AAk_1", messageID: "a@x", from: "k@x.example", headers: "References: <b@x>\n", received: fuzzed.created}).json(true)}, "@odata.deltaLink": "x"}))
	f.Add([]byte(`{"value":[{"id":"1","@removed":{"reason":"deleted"}},{"id":"2","receivedDateTime":"2026-11-23T08:00:00Z","internetMessageHeaders":[{"name":"From","value":"a\r\nSubject: x"}]}],"@odata.nextLink":"http://[::1"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		o := bare(graphKind)
		o.client.base = "https://graph.microsoft.com"
		g := &graphServer{client: o.client, box: newMailbox(o, "desk@x.example", true)}
		var page graphPage
		if (&answer{body: body}).into(&page) != nil {
			return
		}
		var list []arrival
		for i := range page.Value {
			in := &page.Value[i]
			if in.Headers == nil { // or they would be asked for
				in.From.EmailAddress.Address = "desk@x.example"
			}
			a, ok, err := g.arrival(t.Context(), "inbox", in)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				continue
			}
			if a.received.IsZero() || a.place == "" || len(a.place) > 512 || len(a.refs) > 30 || len(a.url) > 1024 {
				t.Fatalf("%+v", a)
			}
			list = append(list, a)
		}
		g.box.read.add(list)
		for id := range g.box.read.threads {
			if !nativeID.MatchString(id) {
				t.Fatalf("id %q", id)
			}
		}
		_ = g.leadsHome(page.Next)
	})
}

// scripted is a connection to a server that answers each command with the next of
// its lines, up to one that ends a command.
type scripted struct {
	net.Conn
	mu     sync.Mutex
	turn   *sync.Cond
	rest   []byte
	ready  []byte
	closed bool
}

func script(says []byte) *scripted {
	s := &scripted{rest: says}
	s.turn = sync.NewCond(&s.mu)
	s.say('*')
	return s
}

// say lets lines be read, up to one that begins with last.
func (s *scripted) say(last byte) {
	for len(s.rest) > 0 {
		n := bytes.IndexByte(s.rest, '\n') + 1
		if n == 0 {
			n = len(s.rest)
		}
		line := s.rest[:n]
		s.ready, s.rest = append(s.ready, line...), s.rest[n:]
		if line[0] == last {
			break
		}
	}
	s.turn.Broadcast()
}

func (s *scripted) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.ready) == 0 && len(s.rest) > 0 && !s.closed {
		s.turn.Wait()
	}
	if len(s.ready) == 0 || s.closed {
		return 0, io.EOF
	}
	n := copy(p, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

func (s *scripted) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, net.ErrClosed
	}
	s.say('T')
	return len(p), nil
}

func (s *scripted) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.turn.Broadcast()
	return nil
}

func (*scripted) SetReadDeadline(time.Time) error  { return nil }
func (*scripted) SetWriteDeadline(time.Time) error { return nil }

// FuzzIMAP: whatever a mail server says, opening a folder and reading a mail of it
// ends, with an error or with text that is bounded.
func FuzzIMAP(f *testing.F) {
	f.Add([]byte("* OK [CAPABILITY IMAP4rev1] hi\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\nT1 OK\r\n* 1 FETCH (UID 8 BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"8bit\" 3 1 NIL NIL NIL NIL))\r\nT2 OK\r\n* 1 FETCH (UID 8 BODY[1]<0> {3}\r\nabc)\r\nT3 OK\r\n"))
	f.Add([]byte("* OK [CAPABILITY IMAP4rev1] hi\r\nT1 OK [UIDVALIDITY 7] x\r\n* 1 FETCH (UID 8 BODYSTRUCTURE ((\"text\" \"html\" NIL NIL NIL \"base64\" 3 1)(\"a\" \"b\" NIL NIL NIL \"7bit\" 1) \"mixed\"))\r\nT2 OK\r\n"))
	f.Fuzz(func(t *testing.T, says []byte) {
		said := script(says)
		defer time.AfterFunc(100*time.Millisecond, func() { _ = said.Close() }).Stop() // as the context's end does: it may leave a command unanswered
		conn := &bounded{Conn: said, in: said}
		conn.allow(allowLogin)
		session := &imapSession{client: imapclient.New(conn, nil), conn: conn}
		defer session.client.Close()
		if session.client.WaitGreeting() != nil {
			return
		}
		if _, err := session.examine("INBOX"); err != nil {
			return
		}
		if text, err := session.text(&mail{folder: "INBOX", place: placeIn(session.validity, 8)}); err == nil && !utf8.ValidString(text) {
			t.Fatalf("%q", text)
		}
	})
}

func FuzzJira(f *testing.F) {
	f.Add(true, seed(f, map[string]any{"issues": []any{fuzzed.jira()}, "nextPageToken": "x"}))
	f.Add(false, seed(f, map[string]any{"issues": []any{fuzzed.jira()}, "startAt": 0, "total": 9}))
	f.Add(true, seed(f, fuzzed.jira()))
	f.Add(true, []byte(`{"values":[{"body":"x","public":true,"author":{"accountId":"5b"},"created":{"iso8601":"2026-11-23T08:00:00+0100"}}],"isLastPage":true}`))
	f.Fuzz(func(t *testing.T, cloud bool, body []byte) {
		rows, _, _, err := (&jira{opened: bare(jiraKind), cloud: cloud}).decodeList(body)
		decoded(t, rows, err)
		_, _, _, _ = jiraComments(body, uid) // an error, or comments
		x := Ticket{ID: "1", Status: "open", Created: fuzzed.created, Updated: fuzzed.updated}
		if n, err := jiraReopens(body); err == nil && n < 0 {
			t.Fatalf("%d reopenings", n)
		}
		if (&jira{opened: bare(jiraKind)}).firstAnswer(&x, body) == nil {
			decoded(t, []Ticket{x}, nil)
		}
	})
}

func FuzzZammad(f *testing.F) {
	f.Add(seed(f, []any{fuzzed.zammad()}))
	f.Add([]byte(`[{"id":1,"type":"email","content_type":"text/html","body":"<p>x</p>"}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		rows, err := (&zammad{opened: bare(zammadKind)}).decodeList(body)
		decoded(t, rows, err)
		_, _ = zammadArticles(body) // an error, or articles
	})
}

func FuzzGLPI(f *testing.F) {
	d := &glpiDesk{zone: time.UTC}
	columns := glpiColumns{}
	for _, c := range glpiWanted {
		columns[c.key] = c.number
	}
	f.Add(seed(f, map[string]any{"totalcount": 1, "data": []any{d.row(&fuzzed)}}))
	f.Add(seed(f, d.options("Ticket")))
	f.Add([]byte(`[{"users_id":7,"is_private":0,"content":"<p>x</p>","date":"2026-11-23 08:09:00"}]`))
	f.Add([]byte(`["ERROR_RIGHT_MISSING","nee"]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		g := &glpi{opened: bare(glpiKind)}
		if rows, _, err := glpiRows(body); err == nil {
			out, err := g.tickets(rows, columns)
			decoded(t, out, err)
		}
		if said, err := glpiItems(body); err == nil {
			x := Ticket{ID: "1", Status: "open", Created: fuzzed.created, Updated: fuzzed.updated}
			g.conversation(&x, said, said)
			decoded(t, []Ticket{x}, nil)
		}
		if got, err := g.options(body, "glpi_tickets"); err == nil && got["id"] == "" {
			t.Fatal("columns without one for ids")
		}
		_ = judgeGLPI(http.StatusBadRequest, body) // an error of ours, or none
	})
}

func FuzzZnuny(f *testing.F) {
	d := newZnunyDesk()
	f.Add(seed(f, map[string]any{"Ticket": []any{d.ticket(&fuzzed, map[string]any{"AllArticles": 1.0, "ArticleLimit": 1.0})}}))
	f.Add([]byte(`{"TicketHistory":[{"TicketID":"9007199254740993","History":[{"HistoryType":"StateUpdate","Name":"%%open%%closed successful%%","CreateTime":"2026-11-23 08:09:00"},{"HistoryType":"Merged","Name":"Merged Ticket (1/2) to (3/4)"}]}]}`))
	f.Add([]byte(`{"TicketID":["1","2"]}`))
	f.Add([]byte(`{"Error":{"ErrorCode":"TicketGet.AccessDenied"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		z := &znuny{opened: bare(znunyKind)}
		if raw, err := znunyTickets(body); err == nil {
			for i := range raw {
				if x, err := z.ticket(&raw[i]); err == nil {
					decoded(t, []Ticket{x}, nil)
				}
			}
		}
		if histories, err := znunyHistories(body); err == nil {
			for id := range histories {
				x := Ticket{ID: "1", Status: "closed", Created: fuzzed.created, Updated: fuzzed.updated}
				z.history(&x, histories[id])
				decoded(t, []Ticket{x}, nil)
			}
		}
		if ids, err := znunyIDs(body); err == nil {
			for _, id := range ids {
				if digits(id) != id {
					t.Fatalf("id %q", id)
				}
			}
		}
		_ = judgeZnuny(body) // an error of ours, or none
	})
}

// FuzzHint: what nobody proved names no ticket; what somebody proved names ids
// that may stand in a path.
func FuzzHint(f *testing.F) {
	f.Add([]byte(`{"id":"12"}`), "sha256=00", "1790000000")
	f.Add([]byte(`{"issue":{"id":10042}}`), "sha1=00", "")
	f.Fuzz(func(t *testing.T, body []byte, signature, stamp string) {
		h := http.Header{"X-Hub-Signature": {signature}, headerSignature: {signature}, headerStamp: {stamp}, headerSecret: {signature}, glpiSignature: {signature}, glpiStamp: {stamp}}
		for _, s := range []System{
			&rt{opened: bare(rtKind)}, &snow{opened: bare(snowKind)}, &fresh{opened: bare(freshdeskKind)}, &topdesk{opened: bare(topdeskKind)},
			&jira{opened: bare(jiraKind)}, &zammad{opened: bare(zammadKind)}, &glpi{opened: bare(glpiKind)}, &znuny{opened: bare(znunyKind)},
		} {
			if ids, err := s.Hint(h, body, time.Unix(1_790_000_000, 0), false); err == nil && signature != "a secret of sixteen bytes" {
				t.Fatalf("%T believes %q", s, ids)
			}
			ids, err := s.Hint(h, body, time.Unix(1_790_000_000, 0), true)
			for _, id := range ids {
				if err == nil && !nativeID.MatchString(id) {
					t.Fatalf("%T: id %q", s, id)
				}
			}
		}
	})
}

// FuzzPlainText: what a person reads of HTML has no tags left that run.
func FuzzPlainText(f *testing.F) {
	f.Add("<div>Ik kan niet <b>printen</b><br>&eacute;<script>x</script></div>")
	f.Fuzz(func(t *testing.T, s string) {
		if out := plainText(s); len(out) > maxBody || !utf8.ValidString(out) {
			t.Fatalf("%d bytes of %q", len(out), s)
		}
	})
}
