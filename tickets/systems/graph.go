package systems

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"headstart/tickets/systems/letters"
)

// Microsoft Graph, mail of version 1.0 (learn.microsoft.com/graph/api): folders are
// followed by delta queries, which tell what came, changed and went. Ids are asked
// for that stay when a mail is moved.

var graphCaps = Caps{Reply: true, Find: true, Deleted: true}

var graphKind = kind{
	caps: graphCaps, secret: "oauth", mail: true, hosted: "https://graph.microsoft.com", open: openGraph, words: mailWords,
}

// graphBox is a mailbox of Microsoft 365.
type graphBox struct {
	*mailbox
	onlyRead // of links, and of what is made
	graph    *graphServer
}

func (graphBox) Caps() Caps { return graphCaps }

// graphServer keeps where each folder's changes go on.
type graphServer struct {
	box     *mailbox
	client  *client
	path    string // of the mailbox
	folders map[string]*graphFolder
	sent    map[string]bool // what was accepted, by Message-ID, and may not be in Sent Items yet
}

// graphFolder is a folder by its id, and the address of its next changes.
type graphFolder struct{ id, next string }

func openGraph(o *opened) (System, error) {
	g := &graphServer{client: o.client, path: "/v1.0/users/" + mailAddress(o.Settings), folders: map[string]*graphFolder{}, sent: map[string]bool{}}
	o.client.use(o.client.oauthClient(o.ClientID, o.secret, o.tokenURL(), o.client.base+"/.default"))
	g.box = newMailbox(o, mailAddress(o.Settings), true)
	g.box.server = g
	return graphBox{mailbox: g.box, graph: g}, nil
}

// rest implements mailServer: HTTP holds no session.
func (g *graphServer) rest() {}

// marks implements mailServer. Where changes go on is not written down: after a
// restart the headers of a month are read once, and times say what is new.
func (g *graphServer) marks() map[string]string { return nil }

func (g *graphServer) later(string, *mail) bool { return false }

// gone implements mailServer: news told of the mails that went.
func (g *graphServer) gone(context.Context, []*mail) (map[*mail]bool, error) { return nil, nil }

// graphMail is a mail of a list, or what became of it.
type graphMail struct {
	ID             string `json:"id"`
	Removed        any    `json:"@removed"`
	Draft          bool   `json:"isDraft"`
	MessageID      string `json:"internetMessageId"`
	ConversationID string `json:"conversationId"`
	Received       string `json:"receivedDateTime"`
	Sent           string `json:"sentDateTime"`
	Changed        string `json:"lastModifiedDateTime"`
	WebLink        string `json:"webLink"`
	Subject        string `json:"subject"`
	From           graphPerson
	Headers        []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"internetMessageHeaders"`
	Body struct {
		ContentType string `json:"contentType"`
		Content     string `json:"content"`
	} `json:"body"`
}

type graphPerson struct {
	EmailAddress struct {
		Address string `json:"address"`
	} `json:"emailAddress"`
}

type graphPage struct {
	Value []graphMail `json:"value"`
	Next  string      `json:"@odata.nextLink"`
	Delta string      `json:"@odata.deltaLink"`
}

const (
	graphPrefer = `IdType="ImmutableId"`
	graphFields = "id,internetMessageId,conversationId,receivedDateTime,sentDateTime,lastModifiedDateTime,from,isDraft,webLink,internetMessageHeaders"
	graphPages  = 500 // of a folder at a time
)

func (g *graphServer) get(ctx context.Context, path string, q url.Values, prefer string, out any) (*answer, error) {
	a, err := g.client.do(ctx, call{method: http.MethodGet, path: path, query: q, header: map[string]string{"Prefer": graphPrefer + prefer}})
	if err != nil {
		return nil, err
	}
	return a, a.into(out)
}

// news implements mailServer.
func (g *graphServer) news(ctx context.Context, folder string, since time.Time) (list []arrival, gone map[string]bool, anew bool, err error) {
	known, err := g.folder(ctx, folder)
	if err != nil {
		return nil, nil, false, err
	}
	anew = known.next == ""
	rows, next, err := g.changes(ctx, known, since)
	if !anew && errors.Is(err, ErrNotFound) { // 410: the server kept its place no longer
		anew = true
		rows, next, err = g.changes(ctx, &graphFolder{id: known.id}, since)
	}
	if errors.Is(err, ErrNotFound) {
		delete(g.folders, folder) // made anew, it has another id
	}
	if err != nil {
		return nil, nil, false, fmt.Errorf("folder %q: %w", folder, err)
	}
	gone = map[string]bool{}
	for i := range rows {
		if rows[i].Removed != nil {
			gone[rows[i].ID] = true
			continue
		}
		a, ok, err := g.arrival(ctx, folder, &rows[i])
		if err != nil {
			return nil, nil, false, err
		}
		if ok && !a.received.Before(since) {
			list = append(list, a)
		}
	}
	g.folders[folder] = &graphFolder{id: known.id, next: next}
	return list, gone, anew, nil
}

// changes reads all pages of a folder's changes, and the address of the next ones.
func (g *graphServer) changes(ctx context.Context, f *graphFolder, since time.Time) (rows []graphMail, next string, err error) {
	path := f.next
	var q url.Values
	if path == "" {
		path = g.path + "/mailFolders/" + url.PathEscape(f.id) + "/messages/delta"
		q = url.Values{"$select": {graphFields}, "$filter": {"receivedDateTime ge " + since.UTC().Format(time.RFC3339)}}
	}
	for range graphPages {
		var page graphPage
		if _, err := g.get(ctx, path, q, ", odata.maxpagesize=100", &page); err != nil {
			return nil, "", err
		}
		rows = append(rows, page.Value...)
		link := page.Next + page.Delta
		if page.Next != "" && page.Delta != "" || !g.leadsHome(link) {
			return nil, "", fmt.Errorf("%w: a page that leads elsewhere", ErrMalformed)
		}
		path, q = strings.TrimPrefix(link, g.client.base), nil
		if page.Delta != "" {
			return rows, path, nil
		}
	}
	return nil, "", fmt.Errorf("%w: a list without end", ErrMalformed)
}

// leadsHome reports whether an address that an answer names is Graph's own: it is
// followed with our token.
func (g *graphServer) leadsHome(link string) bool {
	return strings.HasPrefix(link, g.client.base+"/v1.0/users/") || strings.HasPrefix(link, g.client.base+"/v1.0/users(")
}

// arrival reads the header of a mail; ok: it is one.
func (g *graphServer) arrival(ctx context.Context, folder string, in *graphMail) (a arrival, ok bool, err error) {
	received := moment(in.Received, time.UTC)
	if in.ID == "" || len(in.ID) > 512 || received.IsZero() || in.Draft {
		return a, false, nil
	}
	from := strings.ToLower(in.From.EmailAddress.Address)
	if in.Headers == nil && from != g.box.address { // not every list has them
		var whole graphMail
		_, err := g.get(ctx, g.path+"/messages/"+url.PathEscape(in.ID), url.Values{"$select": {"internetMessageHeaders"}}, "", &whole)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return a, false, err
		}
		in.Headers = whole.Headers
	}
	a = g.box.arrivalOf(folder, in.ID, received, in.head())
	a.changed = moment(in.Changed, time.UTC)
	if in.ConversationID != "" {
		a.alias = "conversation\x00" + in.ConversationID
	}
	if a.desk && len(a.refs) == 0 && a.alias != "" {
		a.refs = []string{a.alias} // what was sent has no header of its own
	}
	if u, err := url.Parse(in.WebLink); err == nil && u.Scheme == "https" && len(in.WebLink) <= 1024 {
		a.url = in.WebLink
	}
	return a, true, nil
}

// head is the header of a mail, as far as letters looks at it; of names and
// addresses of others nothing is kept.
func (in *graphMail) head() letters.Head {
	var b strings.Builder
	has := map[string]bool{}
	put := func(name, value string) {
		b.WriteString(name + ": " + strings.Join(strings.Fields(value), " ") + "\n")
		has[strings.ToLower(name)] = true
	}
	for _, h := range in.Headers {
		if slices.ContainsFunc(letters.Fields, func(f string) bool { return strings.EqualFold(f, h.Name) }) && b.Len() < letters.MaxHead {
			put(h.Name, h.Value)
		}
	}
	for _, own := range []struct{ name, value string }{
		{"Message-ID", in.MessageID},
		{"From", in.From.EmailAddress.Address},
		{"Subject", in.Subject},
	} {
		if !has[strings.ToLower(own.name)] && own.value != "" {
			put(own.name, own.value)
		}
	}
	if at := moment(in.Sent, time.UTC); !has["date"] && !at.IsZero() {
		put("Date", at.Format(time.RFC1123Z))
	}
	return letters.ReadHead([]byte(b.String()))
}

// read implements mailServer. A mail too large to be read has no text.
func (g *graphServer) read(ctx context.Context, m *mail) (title, body string, err error) {
	var in graphMail
	_, err = g.get(ctx, g.path+"/messages/"+url.PathEscape(m.place), url.Values{"$select": {"subject,body"}}, `, outlook.body-content-type="text"`, &in)
	if errors.Is(err, ErrMalformed) {
		return "", "", nil
	}
	body = in.Body.Content
	if strings.EqualFold(in.Body.ContentType, "html") {
		body = plainText(body)
	}
	return strings.Join(strings.Fields(in.Subject), " "), strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n")), err
}
