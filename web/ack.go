package web

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"net/url"

	"headstart"
)

// ackPage is what a link of a mail opens: the incident, as far as the mail told of it,
// and one button. Programs that look at links before people do only get it; what acts
// is the button (a POST).
type ackPage struct {
	Lang       string
	Head, Text string
	ID         headstart.IncidentID
	Title      string // empty: confidential, or there is no incident to show
	Since      string
	Owner      string // of whoever is on it already; empty: nobody
	Token      string // empty: nothing can be done
	As         string // who acts
	Done       bool
}

func (s *Site) serveAck(w http.ResponseWriter, r *http.Request) {
	p, _, status := s.ackPage(r)
	s.renderAck(w, r, status, p)
}

// serveAcknowledge takes the incident up: as who is logged in, if he may act on it, else
// for the address the mail went to.
func (s *Site) serveAcknowledge(w http.ResponseWriter, r *http.Request) {
	p, c, status := s.ackPage(r)
	if c == nil {
		s.renderAck(w, r, status, p)
		return
	}
	o, pending, err := s.o.Do(r.Context(), *c)
	say := s.say(r)
	switch {
	case err != nil:
		s.logger.Warn("command not accepted", "err", err)
		w.Header().Set("Retry-After", "5")
		p.Head, p.Text, status = say.Say("page.unavailable"), say.Say("page.unavailable.text"), http.StatusServiceUnavailable
	case pending:
		p.Head, p.Text, p.Token, status = say.Say("did.pending"), say.Say("ack.wait"), "", http.StatusAccepted
	case o.Refused != "":
		p.Head, p.Text, p.Token, status = say.Say("ack.refused"), o.Refused, "", http.StatusConflict
	default: // shown by GET, so that a page loaded again acts on nothing
		http.Redirect(w, r, "/ack/"+url.PathEscape(r.PathValue("token")), http.StatusSeeOther)
		return
	}
	s.renderAck(w, r, status, p)
}

// ackPage reads the link of a request and says what can be done; c is nil if nothing can.
func (s *Site) ackPage(r *http.Request) (p ackPage, c *headstart.Command, status int) {
	say, now := s.say(r), s.now()
	p = ackPage{Lang: say.Lang, Head: say.Say("ack.none"), Text: say.Say("ack.none.text")}
	if s.o.AckLinks == nil || !s.o.View.Ready() {
		return p, nil, http.StatusNotFound
	}
	claim, err := s.o.AckLinks.read(r.PathValue("token"), now)
	if errors.Is(err, errAckExpired) {
		p.Head, p.Text = say.Say("ack.expired"), say.Say("ack.expired.text")
		return p, nil, http.StatusGone
	}
	i, known := s.byUID(claim.UID)
	if err != nil || !known {
		return p, nil, http.StatusNotFound
	}
	p.ID, p.Since = i.ID, say.When(i.StartedAt, now)
	if !i.Confidential { // the mail said no more either (ruling 30)
		p.Title = i.Title.In(say.Lang)
	}
	taken := i.Owner
	if taken == "" && i.AcknowledgedAt != nil {
		taken = say.Say("ack.someone", "time", say.When(*i.AcknowledgedAt, now))
	}
	p.Owner = taken
	switch {
	case !i.Live():
		p.Head, p.Text = say.Say("ack.over"), say.Say("ack.over.text")
		return p, nil, http.StatusOK
	case i.UsedLink(claim.mark()):
		p.Head, p.Text, p.Done = say.Say("ack.done"), say.Say("ack.done.text"), true
		return p, nil, http.StatusOK
	}
	id := headstart.IdentityFrom(r.Context())
	by := headstart.MailLinkBy(claim.To)
	if v := s.viewer(r); id.Name != "" && id.Has(headstart.ScopeWrite) && v.acts(&i) {
		by = id.Name
	}
	p.Head, p.Text, p.Token = say.Say("ack.ask"), say.Say("ack.ask.text"), r.PathValue("token")
	p.As = say.Say("ack.as", "name", by)
	return p, &headstart.Command{ID: "ack-" + newID(), Do: "ack", Incident: string(i.ID), Ref: claim.mark(), By: by}, http.StatusOK
}

// byUID finds the incident of a uid; what it was merged into stands in for it.
func (s *Site) byUID(uid string) (headstart.Incident, bool) {
	for shared := range s.o.View.EachIncident() {
		if shared.UID != uid {
			continue
		}
		i := *shared
		for hops := 0; i.MergedInto != "" && hops < 20; hops++ {
			next, ok := s.o.View.Find(string(i.MergedInto))
			if !ok {
				break
			}
			i = next
		}
		return i, true
	}
	return headstart.Incident{}, false
}

// renderAck writes the page without the desk's frame: its reader may be nobody here.
func (s *Site) renderAck(w http.ResponseWriter, r *http.Request, status int, p ackPage) {
	var b bytes.Buffer
	if err := s.acks[s.language(r)].Execute(&b, p); err != nil {
		s.logger.Error("page not rendered", "page", "ack", "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader left
}

// parseAcks parses the page of a link, by language.
func parseAcks(pages map[string]template.FuncMap) map[string]*template.Template {
	out := map[string]*template.Template{}
	for l, funcs := range pages {
		out[l] = template.Must(template.New("ack.html").Funcs(funcs).ParseFS(templateFiles, "templates/ack.html"))
	}
	return out
}
