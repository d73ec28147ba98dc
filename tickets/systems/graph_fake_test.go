package systems

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	stdmail "net/mail"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"headstart/tickets/systems/letters"
)

// graphFake answers as learn.microsoft.com documents: delta queries whose places
// are tokens, ids that stay when a mail is moved, MIME that is sent.
type graphFake struct {
	*fake
	tokenURL string
	given    *int
	expired  bool // the places of delta queries
	bare     bool // lists come without internetMessageHeaders

	folders []string // beside the well-known, each id is "id-" and the name
	mails   []*graphFakeMail
	log     []graphChange
	roots   map[string]string
	asked   []string
}

type graphFakeMail struct {
	id, folder, messageID, from, subject, body, conversation, refs, headers string
	received, changed                                                       time.Time
	raw                                                                     string // of what we sent
}

type graphChange struct {
	folder  string
	mail    *graphFakeMail
	removed bool
}

const graphUser = "/v1.0/users/" + boxName

func newGraphFake(t *testing.T) *graphFake {
	t.Helper()
	g := &graphFake{folders: []string{"Afgehandeld"}, roots: map[string]string{}}
	g.tokenURL, g.given = graphTokens(t)
	g.fake = newFake(t, 5, func(r *http.Request) bool {
		return strings.HasPrefix(r.Header.Get("Authorization"), "Bearer token-")
	}, func(_ *fake, w http.ResponseWriter, r *http.Request) { g.answerTo(w, r) })
	return g
}

func graphTokens(t *testing.T) (string, *int) {
	t.Helper()
	given := new(int)
	server := newTokenServer(t, given)
	return server, given
}

func (g *graphFake) answerTo(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, graphUser)
	switch {
	case path == r.URL.Path && strings.HasPrefix(r.URL.Path, "/v1.0/users/directie@"):
		g.refuse(w, http.StatusForbidden, "ErrorAccessDenied")
		return
	case path == r.URL.Path:
		g.refuse(w, http.StatusNotFound, "ErrorInvalidUser")
		return
	case r.Method == http.MethodGet && !strings.Contains(r.Header.Get("Prefer"), `IdType="ImmutableId"`):
		g.t.Errorf("GET %s without immutable ids", path)
	}
	g.asked = append(g.asked, path)
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case path == "/sendMail" && r.Method == http.MethodPost:
		g.send(w, r)
	case path == "/mailFolders" && g.params(w, r, "$filter", "$select"):
		g.find(w, r)
	case len(parts) == 2 && parts[0] == "mailFolders" && g.params(w, r, "$select"):
		if g.nameOf(parts[1]) == "" {
			g.refuse(w, http.StatusNotFound, "ErrorItemNotFound")
			return
		}
		g.answer(w, http.StatusOK, map[string]any{"id": parts[1]})
	case len(parts) == 4 && parts[3] == "delta" && g.params(w, r, "$select", "$filter", "$skiptoken", "$deltatoken"):
		g.delta(w, r, g.nameOf(parts[1]))
	case path == "/mailFolders/sentitems/messages" && g.params(w, r, "$select", "$filter"):
		g.sentItems(w, r)
	case len(parts) == 2 && parts[0] == "messages" && g.params(w, r, "$select"):
		g.message(w, r, parts[1])
	default:
		g.missing(w, r)
	}
}

func (g *graphFake) refuse(w http.ResponseWriter, status int, code string) {
	g.answer(w, status, map[string]any{"error": map[string]any{"code": code, "message": "planted-word"}})
}

// nameOf is the folder of an id, empty if there is none.
func (g *graphFake) nameOf(id string) string {
	if slices.Contains(wellKnown, id) {
		return id
	}
	if name, ok := strings.CutPrefix(id, "id-"); ok && slices.Contains(g.folders, name) {
		return name
	}
	return ""
}

func (g *graphFake) find(w http.ResponseWriter, r *http.Request) {
	list := []map[string]any{}
	for _, name := range g.folders {
		if r.URL.Query().Get("$filter") == "displayName eq '"+name+"'" {
			list = append(list, map[string]any{"id": "id-" + name})
		}
	}
	g.answer(w, http.StatusOK, map[string]any{"value": list})
}

// delta answers a round: first what is there, later what changed. A token names
// where the next round begins, and the place within this one.
func (g *graphFake) delta(w http.ResponseWriter, r *http.Request, folder string) {
	q := r.URL.Query()
	token := q.Get("$skiptoken") + q.Get("$deltatoken")
	if folder == "" {
		g.refuse(w, http.StatusNotFound, "ErrorItemNotFound")
		return
	}
	if g.expired && token != "" {
		g.expired = false
		g.refuse(w, http.StatusGone, "SyncStateNotFound")
		return
	}
	from, until, offset := -1, len(g.log), 0
	if token == "" {
		if _, err := time.Parse(time.RFC3339, strings.TrimPrefix(q.Get("$filter"), "receivedDateTime ge ")); err != nil || q.Get("$select") == "" {
			g.t.Errorf("the first delta query is %v", q)
		}
		token = fmt.Sprintf("-1.%d.0", until)
	}
	if _, err := fmt.Sscanf(token, "%d.%d.%d", &from, &until, &offset); err != nil {
		g.refuse(w, http.StatusBadRequest, "InvalidToken")
		return
	}
	if from >= 0 && offset == 0 {
		until = len(g.log)
	}
	rows := g.round(folder, from, until)
	page := map[string]any{}
	rest := rows[min(offset, len(rows)):]
	link := g.server.URL + graphUser + "/mailFolders/" + folder + "/messages/delta?"
	if folder == "Afgehandeld" {
		link = strings.Replace(link, "/Afgehandeld/", "/id-Afgehandeld/", 1)
	}
	if len(rest) > g.rows {
		rest = rest[:g.rows]
		page["@odata.nextLink"] = link + fmt.Sprintf("$skiptoken=%d.%d.%d", from, until, offset+g.rows)
	} else {
		page["@odata.deltaLink"] = link + fmt.Sprintf("$deltatoken=%d.%d.0", until, until)
	}
	page["value"] = append([]any{}, rest...)
	g.answer(w, http.StatusOK, page)
}

func (g *graphFake) round(folder string, from, until int) []any {
	var out []any
	if from < 0 {
		for _, m := range g.mails {
			if m.folder == folder {
				out = append(out, m.json(!g.bare))
			}
		}
		return out
	}
	for _, c := range g.log[from:until] {
		switch {
		case c.folder == folder && c.removed:
			out = append(out, map[string]any{"id": c.mail.id, "@removed": map[string]any{"reason": "deleted"}})
		case c.folder == folder:
			out = append(out, c.mail.json(!g.bare))
		}
	}
	return out
}

func (m *graphFakeMail) json(headers bool) map[string]any {
	out := map[string]any{
		"id": m.id, "internetMessageId": "<" + m.messageID + ">", "conversationId": m.conversation, "isDraft": false,
		"receivedDateTime": m.received.Format(time.RFC3339), "sentDateTime": m.received.Format(time.RFC3339), "lastModifiedDateTime": m.changed.Format(time.RFC3339),
		"webLink": "https://outlook.office365.com/owa/?ItemID=" + m.id, "from": person(m.from), "replyTo": []any{}, "subject": m.subject,
	}
	if headers && m.headers != "" {
		var list []any
		for l := range strings.Lines(m.headers) {
			name, value, _ := strings.Cut(strings.TrimSpace(l), ": ")
			list = append(list, map[string]any{"name": name, "value": value})
		}
		out["internetMessageHeaders"] = append(list, map[string]any{"name": "To", "value": "Piet Jansen <p.jansen@voorbeeld.example>"})
	}
	return out
}

func person(address string) map[string]any {
	return map[string]any{"emailAddress": map[string]any{"name": "Karin Bakker", "address": address}}
}

func (g *graphFake) byID(id string) *graphFakeMail {
	for _, m := range g.mails {
		if m.id == id {
			return m
		}
	}
	return nil
}

func (g *graphFake) message(w http.ResponseWriter, r *http.Request, id string) {
	m := g.byID(id)
	if m == nil {
		g.refuse(w, http.StatusNotFound, "ErrorItemNotFound")
		return
	}
	out := m.json(true)
	kind := "html"
	body := "<html><body><p>" + m.body + "</p></body></html>"
	if strings.Contains(r.Header.Get("Prefer"), `outlook.body-content-type="text"`) {
		kind, body = "text", m.body+"\r\n"
	}
	out["body"] = map[string]any{"contentType": kind, "content": body}
	fields := strings.Split(r.URL.Query().Get("$select"), ",")
	for key := range out {
		if key != "id" && !slices.Contains(fields, key) {
			delete(out, key)
		}
	}
	g.answer(w, http.StatusOK, out)
}

func (g *graphFake) sentItems(w http.ResponseWriter, r *http.Request) {
	list := []any{}
	for _, m := range g.mails {
		if m.folder == "sentitems" && r.URL.Query().Get("$filter") == "internetMessageId eq '<"+m.messageID+">'" {
			list = append(list, map[string]any{"id": m.id})
		}
	}
	g.answer(w, http.StatusOK, map[string]any{"value": list})
}

// send takes MIME in base64 and answers 202 with nothing.
func (g *graphFake) send(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err == nil {
		b, err = base64.StdEncoding.DecodeString(string(b))
	}
	var m *stdmail.Message
	if err == nil {
		m, err = stdmail.ReadMessage(bytes.NewReader(b))
	}
	if err == nil && (r.Header.Get("Content-Type") != "text/plain" || m.Header.Get("From") != boxName || m.Header.Get("Auto-Submitted") != "auto-replied" || len(b) > 4<<20) {
		err = errors.New("no reply of the mailbox")
	}
	if err != nil {
		g.t.Errorf("sendMail: %v: %s", err, b)
		g.refuse(w, http.StatusBadRequest, "ErrorMimeContentInvalid")
		return
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		g.t.Error(err)
	}
	h := letters.ReadHead(b)
	g.put(&graphFakeMail{
		folder: "sentitems", messageID: h.ID, from: boxName, subject: h.Subject, body: letters.Decode(body, "base64", "utf-8"), raw: string(b),
		refs: strings.Join(h.Refs, " "), conversation: "c",
	})
	w.WriteHeader(http.StatusAccepted)
}

func (g *graphFake) put(m *graphFakeMail) {
	m.received = g.tick()
	m.changed = m.received
	m.id = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A_" + strconv.Itoa(len(g.log))
	g.mails = append(g.mails, m)
	g.log = append(g.log, graphChange{m.folder, m, false})
}

// arrive puts a user's mail into the inbox.
func (g *graphFake) arrive(id, subject, more, body string) {
	g.with(func() {
		g.put(&graphFakeMail{
			folder: "inbox", messageID: id, from: "K.Bakker@voorbeeld.example", subject: subject, body: body, conversation: "c-" + id,
			headers: "Message-ID: <" + id + ">\nFrom: Karin Bakker <k.bakker@voorbeeld.example>\nSubject: " + subject + "\nX-MS-Exchange-Organization-AuthAs: Internal\n" + more,
		})
	})
}

// forge lets a mail arrive that somebody outside wrote in the name of one of ours.
func (g *graphFake) forge(id string) {
	g.with(func() {
		g.put(&graphFakeMail{
			folder: "inbox", messageID: id, from: "k.bakker@voorbeeld.example", subject: "x", body: "x", conversation: "c-" + id,
			headers: "Message-ID: <" + id + ">\nFrom: k.bakker@voorbeeld.example\nSubject: x\nX-MS-Exchange-Organization-AuthAs: Anonymous\n",
		})
	})
}

func (g *graphFake) move(id, to string) {
	g.with(func() {
		for _, m := range g.mails {
			if m.messageID == id {
				g.log = append(g.log, graphChange{m.folder, m, true}, graphChange{to, m, false})
				m.folder, m.changed = to, g.tick()
			}
		}
	})
}

func (g *graphFake) delete(id string) {
	g.with(func() {
		g.mails = slices.DeleteFunc(g.mails, func(m *graphFakeMail) bool {
			if m.messageID == id {
				g.log = append(g.log, graphChange{m.folder, m, true})
			}
			return m.messageID == id
		})
	})
}

func (g *graphFake) open(t *testing.T, change func(*Settings)) graphBox {
	t.Helper()
	s := Settings{
		URL: g.server.URL, Mailbox: boxName, Tenant: "voorbeeld.example", TokenURL: g.tokenURL, ClientID: "app", ClientSecretFile: secretFile(t, boxPassword),
		Queues: []string{"Inbox", "Afgehandeld", "sentitems"}, Statuses: map[string]string{"Afgehandeld": "closed"},
		Domains: []string{"voorbeeld.example"}, ForbiddenMailbox: "directie@voorbeeld.example",
	}
	if change != nil {
		change(&s)
	}
	if err := s.Validate("graph"); err != nil {
		t.Fatal(err)
	}
	box := mustOpen(t, "graph", s).(graphBox)
	box.mailbox.rows = 5
	return box
}

// rig is the fake as the contract suite wants it.
func (g *graphFake) rig() rig {
	seen := 0
	return rig{
		open: func(t *testing.T) System { return g.open(t, nil) },
		rows: 5,
		report: func(_ *testing.T, title string) string {
			seen++
			id := fmt.Sprintf("report-%d@voorbeeld.example", seen)
			g.arrive(id, title, "", fakeBody)
			g.roots[ticketOf(id)] = id
			return ticketOf(id)
		},
		touch: func(_ *testing.T, ticket string) {
			seen++
			g.arrive(fmt.Sprintf("answer-%d@voorbeeld.example", seen), "Re: nog steeds", answers(g.roots[ticket]), "Nog steeds")
		},
		remove: func(_ *testing.T, ticket string) { g.delete(g.roots[ticket]) },
		notes:  func(*testing.T, string, string) int { return 0 },
		replies: func(t *testing.T, ticket, text string) (n int) {
			g.with(func() {
				for _, m := range g.mails {
					if m.folder != "sentitems" || m.refs != g.roots[ticket] || !strings.Contains(m.body, text) {
						continue
					}
					if !strings.Contains(m.raw, "\r\nTo: k.bakker@voorbeeld.example\r\n") && !strings.Contains(m.raw, "\r\nTo: K.Bakker@voorbeeld.example\r\n") {
						t.Errorf("the reply goes to somebody else:\n%s", m.raw)
					}
					n++
				}
			})
			return n
		},
		loseAnswer: func() { g.with(func() { g.lose = true }) },
	}
}
