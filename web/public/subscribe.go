package public

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"headstart"
)

// Subscriptions is who wants mail about outages; see package subscriptions. A link
// that does not fit is headstart.ErrLinkOver.
type Subscriptions interface {
	Open() bool // whether anybody may subscribe
	Offer(page string) (services, locations []string)
	Ask(ctx context.Context, from netip.Addr, address string, w headstart.Wish) error
	Asked(ctx context.Context, token string) (headstart.Wish, error)
	Confirm(ctx context.Context, token string) (headstart.Wish, error)
	Subscribed(ctx context.Context, token string) ([]headstart.Wish, error)
	Leave(ctx context.Context, token string) error
}

// maxSubscribe bounds the body of a form, maxTyped what is read of an address.
const (
	maxSubscribe = 32 << 10
	maxTyped     = 1000
)

// subscribePage is what subscribe.html shows: a form, a question or an answer.
type subscribePage struct {
	frame
	Head   string
	Back   string // to the status page; empty: its readers have a link of their own
	Lines  []headstart.TextLine
	Action string // of the one button; empty: there is none
	Button string

	Form      bool // else a question or an answer
	Error     string
	Address   string // as it was typed
	Services  []choice
	Places    []choice
	Languages []choice
}

// linkRoutes are the links of mails about a page that asks for a log-in: their token is
// what lets people in, and mail programs press buttons too.
func (p *page) linkRoutes() (routes []headstart.Route) {
	for _, e := range p.editions {
		for _, below := range []string{"subscribe/{token}", "unsubscribe/{token}"} {
			for _, method := range []string{"GET ", "POST "} {
				routes = append(routes, headstart.Route{Pattern: method + e.path + below, Scope: headstart.ScopeOpen, Handler: secure(p), Public: true, MaxBody: maxSubscribe})
			}
		}
	}
	return routes
}

// mailed reports whether name is that of a link in a mail, which anybody may follow who
// has it.
func (p *page) mailed(name string) bool {
	head, token, _ := strings.Cut(name, "/")
	return p.site.o.Subscriptions != nil && (head == "subscribe" || head == "unsubscribe") && token != "" && !strings.Contains(token, "/")
}

// serveSubscribe answers what subscribing has below an edition's path, and reports
// whether name is that. Nobody keeps the answers or learns their addresses.
func (e *edition) serveSubscribe(w http.ResponseWriter, r *http.Request, s *State, name string) bool {
	sub := e.page.site.o.Subscriptions
	if name != "subscribe" && !e.page.mailed(name) || sub == nil || name == "subscribe" && !sub.Open() {
		return false
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("X-Robots-Tag", "noindex")
	r.Body = http.MaxBytesReader(w, r.Body, maxSubscribe)
	head, token, _ := strings.Cut(name, "/")
	a := &asking{e: e, w: w, r: r, s: s, sub: sub, token: token}
	switch post := r.Method == http.MethodPost; {
	case token == "" && post:
		a.subscribe()
	case token == "":
		a.form(http.StatusOK, "")
	case head == "subscribe" && post:
		a.confirm()
	case head == "subscribe":
		a.question()
	case post:
		a.leave()
	default:
		a.leaving()
	}
	return true
}

// asking is one request about subscribing.
type asking struct {
	e     *edition
	w     http.ResponseWriter
	r     *http.Request
	s     *State
	sub   Subscriptions
	token string
}

// subscribe takes a form in. Its answer depends on what was typed only as far as that
// could be read.
func (a *asking) subscribe() {
	if err := a.r.ParseForm(); err != nil {
		a.form(http.StatusBadRequest, "sub.error.form")
		return
	}
	form := a.r.PostForm
	services, locations := a.sub.Offer(a.e.page.ID)
	wish := headstart.Wish{
		Page: a.e.page.ID, Language: form.Get("language"),
		Services: chosen("service", services, form["service"]), Locations: chosen("location", locations, form["location"]),
	}
	if wish.Language == "" {
		wish.Language = a.e.words.Lang
	}
	err := headstart.ErrNoAddress
	if address := form.Get("address"); len(address) <= maxTyped {
		err = a.sub.Ask(a.r.Context(), headstart.ClientFrom(a.r.Context()), address, wish)
	}
	switch {
	case err == nil:
		a.answer(http.StatusOK, "sub.sent.heading", "sub.sent.text", "sub.sent.none")
	case errors.Is(err, headstart.ErrNoAddress):
		a.form(http.StatusUnprocessableEntity, "sub.error.address")
	case errors.Is(err, headstart.ErrNoWish):
		a.form(http.StatusUnprocessableEntity, "sub.error.form")
	case errors.Is(err, headstart.ErrTooMany):
		a.w.Header().Set("Retry-After", "3600")
		a.form(http.StatusTooManyRequests, "sub.error.many")
	default:
		a.broken(err)
	}
}

// chosen are the ids of the catalog that a form names by their public ids. One that is
// not offered stands for itself, and is refused.
func chosen(kind string, offered, named []string) []string {
	if len(named) > len(offered) {
		return named
	}
	of := map[string]string{}
	for _, id := range offered {
		of[publicID(kind, id)] = id
	}
	var out []string
	for _, n := range named {
		out = append(out, cmp.Or(of[n], "no "+n))
	}
	return out
}

// question shows what a link of a mail would confirm. It changes nothing.
func (a *asking) question() {
	wish, err := a.sub.Asked(a.r.Context(), a.token)
	if err != nil {
		a.refuse(err, "sub.over.heading", "sub.over.text")
		return
	}
	d := a.page("sub.confirm.heading")
	d.Lines, d.Action, d.Button = a.wish(wish), a.token, a.e.words.Say("sub.confirm.button")
	a.show(http.StatusOK, d)
}

func (a *asking) confirm() {
	wish, err := a.sub.Confirm(a.r.Context(), a.token)
	if err != nil {
		a.refuse(err, "sub.over.heading", "sub.over.text")
		return
	}
	d := a.page("sub.confirmed.heading")
	d.Lines = append(a.wish(wish), headstart.TextLine{Text: a.e.words.Say("sub.confirmed.text")})
	a.show(http.StatusOK, d)
}

// leaving shows what would end. It changes nothing: programs that check mail follow
// links too.
func (a *asking) leaving() {
	wishes, err := a.sub.Subscribed(a.r.Context(), a.token)
	if err != nil {
		a.refuse(err, "sub.unknown.heading", "sub.unknown.text")
		return
	}
	d := a.page("sub.leave.heading")
	for _, wish := range wishes {
		d.Lines = append(d.Lines, a.wish(wish)...)
	}
	d.Action, d.Button = a.token, a.e.words.Say("sub.leave.button")
	a.show(http.StatusOK, d)
}

// leave ends it, at once and without a question: mail programs press this button for
// their users (RFC 8058), and may do so twice.
func (a *asking) leave() {
	switch err := a.sub.Leave(a.r.Context(), a.token); {
	case err == nil:
		a.answer(http.StatusOK, "sub.left.heading", "sub.left.text")
	case errors.Is(err, headstart.ErrLinkOver):
		a.answer(http.StatusOK, "sub.unknown.heading", "sub.unknown.text")
	default:
		a.broken(err)
	}
}

// form shows the form, with what was sent in and what was wrong with it.
func (a *asking) form(status int, wrong string) {
	d, form := a.page("sub.form.heading"), a.r.PostForm
	d.Form, d.Button = true, a.e.words.Say("sub.form.button")
	if wrong != "" {
		d.Error = a.e.words.Say(wrong)
	}
	if address := form.Get("address"); len(address) <= maxTyped {
		d.Address = address
	}
	language, say := a.e.words.Lang, a.e.words.Lang
	if sent := form.Get("language"); slices.Contains(a.e.page.Languages, sent) {
		language = sent
	}
	services, locations := a.sub.Offer(a.e.page.ID)
	for _, id := range services {
		public := publicID("service", id)
		d.Services = append(d.Services, choice{public, a.s.catalog.ServiceName(id, say), slices.Contains(form["service"], public)})
	}
	for _, id := range locations {
		public := publicID("location", id)
		d.Places = append(d.Places, choice{public, a.s.catalog.LocationName(id, say), slices.Contains(form["location"], public)})
	}
	for _, l := range a.e.page.Languages {
		d.Languages = append(d.Languages, choice{l, a.e.page.site.words[l].Say("language.name"), l == language})
	}
	a.show(status, d)
}

// wish says what somebody is mailed about.
func (a *asking) wish(w headstart.Wish) []headstart.TextLine {
	say := a.e.words
	services, locations := say.Say("sub.all.services"), say.Say("sub.all.locations")
	if len(w.Services) > 0 {
		services = a.s.ServiceNames(w.Services, say.Lang)
	}
	if len(w.Locations) > 0 {
		locations = a.s.LocationNames(w.Locations, say.Lang)
	}
	return []headstart.TextLine{{Label: say.Say("sub.services"), Text: services}, {Label: say.Say("sub.locations"), Text: locations}}
}

// answer says a heading and sentences, by their keys.
func (a *asking) answer(status int, heading string, sentences ...string) {
	d := a.page(heading)
	for _, key := range sentences {
		d.Lines = append(d.Lines, headstart.TextLine{Text: a.e.words.Say(key)})
	}
	a.show(status, d)
}

// refuse answers a link that is of no use, all of them alike.
func (a *asking) refuse(err error, heading, text string) {
	if !errors.Is(err, headstart.ErrLinkOver) {
		a.broken(err)
		return
	}
	a.answer(http.StatusNotFound, heading, text)
}

// broken answers when the store does not.
func (a *asking) broken(err error) {
	a.e.page.site.logger.Error("subscriptions do not answer", "err", err)
	a.w.Header().Set("Retry-After", "60")
	a.answer(http.StatusServiceUnavailable, "sub.broken.heading", "sub.broken.text")
}

// page is one with nothing but its heading.
func (a *asking) page(heading string) subscribePage {
	d := subscribePage{frame: a.e.frame(a.s, 0), Head: a.e.words.Say(heading), Back: "./"}
	d.Root, d.Canonical, d.Others = upToRoot(a.r.URL.Path), "", nil
	switch {
	case a.token != "" && a.e.page.Access == accessLink:
		d.Back = ""
	case a.token != "":
		d.Back = "../"
	}
	return d
}

func (a *asking) show(status int, d subscribePage) {
	b, err := a.e.execute("subscribe.html", d)
	if err != nil {
		a.e.page.site.logger.Error("page not rendered", "page", a.e.path+"subscribe", "err", err)
		http.Error(a.w, "internal error", http.StatusInternalServerError)
		return
	}
	a.w.Header().Set("Content-Type", htmlType)
	a.w.Header().Set("Content-Language", a.e.words.Lang)
	a.w.WriteHeader(status)
	_, _ = a.w.Write(b) // the reader left
}
