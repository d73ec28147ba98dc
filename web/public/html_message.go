package public

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"headstart"
)

// messagePage is what message.html shows: one message with all its updates, and
// what a reader may answer.
type messagePage struct {
	frame
	Message  htmlMessage
	Answers  bool // somebody counts them, and it stands now
	Services []choice
	Places   []choice
	Live     string // of a copy: the live page, which takes answers
	Ticket   string // where "I have another problem" leads; empty: nowhere
}

// noticePage is a page of one sentence: thanks, or who may read a page.
type noticePage struct {
	frame
	Head, Text string
	Back       string // empty: nowhere
	Login      string // where to log in; empty: not here
}

type choice struct {
	ID, Name string
	Chosen   bool
}

// serveMessage answers below a message's path: its own page, thanks for an answer.
func (e *edition) serveMessage(w http.ResponseWriter, r *http.Request, s *State, id, rest string) {
	m := s.Message(id)
	switch {
	case m == nil || (rest != "" && rest != "thanks" && rest != "confirm"):
		e.say(w, r, http.StatusNotFound, e.words.Say("pub.gone"), e.words.Say("pub.gone.text"))
	case r.Method == http.MethodPost && rest == "confirm" && e.page.site.o.Confirm != nil:
		e.serveConfirm(w, r, s, m)
	case r.Method == http.MethodPost || rest == "confirm":
		e.say(w, r, http.StatusNotFound, e.words.Say("pub.gone"), e.words.Say("pub.gone.text"))
	case rest == "thanks":
		e.write(w, r, s, &file{name: id + "/thanks", kind: htmlType, render: (*edition).thanks})
	default:
		e.write(w, r, s, messageFile(m, e.readerAt(w, r, s, m)))
	}
}

// messageFile is the page of a message, for a reader at a place.
func messageFile(m *Message, place string) *file {
	f := &file{name: m.ID + "/", kind: htmlType, private: true, render: func(e *edition, s *State) ([]byte, error) {
		return e.messageHTML(s, m, place)
	}}
	if place != "" {
		f.name += "?" + place
	}
	return f
}

// readerAt is where the reader most likely sits: where he said last, else by his
// network. A reader we have not met gets a name for his answer to be counted by.
func (e *edition) readerAt(w http.ResponseWriter, r *http.Request, s *State, m *Message) string {
	site := e.page.site
	if site.o.Confirm == nil || !m.Live {
		return ""
	}
	d, known := site.deviceOf(r)
	if !known {
		site.keep(w, site.newDevice())
	}
	if s.placeBy(d.place) != "" {
		return d.place
	}
	if place := placeOf(s.catalog, headstart.ClientFrom(r.Context())); place != "" {
		return publicID("location", place)
	}
	return ""
}

func (e *edition) messageHTML(s *State, m *Message, place string) ([]byte, error) {
	p := messagePage{frame: e.frame(s, 1), Message: e.message(s, m), Ticket: e.page.site.o.Config.TicketURL}
	p.Message.Path, p.Message.Have = "", ""
	for i := range p.Others {
		p.Others[i].Href = "../" + p.Others[i].Href + m.ID + "/"
	}
	if p.Canonical != "" {
		p.Canonical += m.ID + "/"
	}
	p.Answers = m.Live && e.page.site.o.Confirm != nil
	if e.copy {
		p.Live = e.url() + m.ID + "/"
	}
	for i := range s.Services {
		svc := &s.Services[i]
		p.Services = append(p.Services, choice{svc.ID, s.catalog.ServiceName(svc.Catalog, e.words.Lang), slices.Contains(m.Services, svc.Catalog)})
	}
	slices.SortStableFunc(p.Services, func(a, b choice) int { return cmp.Compare(rank(a.Chosen), rank(b.Chosen)) })
	for i := range p.Services { // a form chooses one
		p.Services[i].Chosen = i == 0
	}
	for _, l := range s.catalog.Locations {
		if e.page.covers(nil, []string{l.ID}) {
			id := publicID("location", l.ID)
			p.Places = append(p.Places, choice{id, s.catalog.LocationName(l.ID, e.words.Lang), id == place})
		}
	}
	return e.execute("message.html", p)
}

func (e *edition) thanks(s *State) ([]byte, error) {
	f := e.frame(s, 1)
	f.Others, f.Canonical = nil, ""
	return e.execute("notice.html", noticePage{frame: f, Head: e.words.Say("pub.thanks"), Text: e.words.Say("pub.thanks.text"), Back: "./"})
}

// refuse says who may read the page.
func (e *edition) refuse(w http.ResponseWriter, r *http.Request) {
	head, text := e.words.Say("pub.closed.oidc"), e.words.Say("pub.closed.oidc.text")
	switch e.page.Access {
	case accessNetwork:
		head, text = e.words.Say("pub.closed.network"), e.words.Say("pub.closed.network.text")
	case accessLink:
		head, text = e.words.Say("pub.closed.link"), e.words.Say("pub.closed.link.text")
	}
	login := ""
	if e.page.Access == accessAccount && e.page.site.o.Login != "" {
		text = e.words.Say("pub.closed.account.text")
		login = e.page.site.o.Login + "?" + url.Values{"next": {r.URL.Path}}.Encode()
	}
	e.tell(w, r, http.StatusForbidden, noticePage{Head: head, Text: text, Login: login})
}

// say answers with a page of one sentence and what to do.
func (e *edition) say(w http.ResponseWriter, r *http.Request, status int, head, text string) {
	e.tell(w, r, status, noticePage{Head: head, Text: text})
}

func (e *edition) tell(w http.ResponseWriter, r *http.Request, status int, p noticePage) {
	p.frame = frame{Lang: e.words.Lang, Title: e.words.Say("pub.title"), Root: upToRoot(r.URL.Path), Contact: e.page.Contact}
	b, err := e.execute("notice.html", p)
	if err != nil {
		e.page.site.logger.Error("page not rendered", "page", e.path, "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", htmlType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b) // the reader left
}
