package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"headstart"
	"headstart/chart"
	"headstart/lang"
	"headstart/web/public"
)

//go:embed templates
var templateFiles embed.FS

// deskPages are the pages made of layout.html and a template of their name.
var deskPages = []string{"board", "incident", "new", "tickets", "search", "map", "asset", "settings", "announcements", "editor", "channels", "maintenance", "known", "knownerror", "morning", "desk", "tick", "reports", "audit", "message", "guide"}

// templateFuncs are what templates of pages may call, by language.
func templateFuncs(words map[string]*lang.Words, static *public.Assets, place func(id, language string) string) map[string]template.FuncMap {
	out := map[string]template.FuncMap{}
	for l, w := range words {
		out[l] = template.FuncMap{
			"t": w.Say, "clock": w.Clock, "when": w.When, "stamp": w.Stamp, "span": w.Span, "brief": w.Brief, "day": w.Day,
			"audience": func(id string) string { return place(id, l) }, // most are a place, under its id
			"asset":    static.Name, "icon": chart.Icon, "levelIcon": chart.LevelIcon,
			"key": func(l string) template.HTML { return chart.Key(chart.Level(l)) },
			"part": func(n deskLine, write bool, now time.Time, back string) deskItem {
				return deskItem{n, write, now, back}
			},
			"iso": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		}
	}
	return out
}

// pageTemplates are the templates of pages by language and name. Each is parsed when it
// is shown first: each holds the layout once more, and of most installations nobody
// reads a page in the other language.
type pageTemplates map[string]map[string]func() *template.Template

func newTemplates(all map[string]template.FuncMap) pageTemplates {
	out := pageTemplates{}
	for l, funcs := range all {
		out[l] = map[string]func() *template.Template{}
		for _, p := range deskPages {
			out[l][p] = parsedOnce("layout.html", funcs, "templates/layout.html", "templates/parts.html", "templates/desknotes.html", "templates/knownparts.html", "templates/"+p+".html")
		}
		out[l]["wall"] = parsedOnce("wall.html", funcs, "templates/wall.html")
	}
	return out
}

func parsedOnce(name string, funcs template.FuncMap, files ...string) func() *template.Template {
	return sync.OnceValue(func() *template.Template {
		return template.Must(template.New(name).Funcs(funcs).ParseFS(templateFiles, files...))
	})
}

// frame is what every desk page shows around its content.
type frame struct {
	Lang        string
	Theme       string // light, dark, or empty: as the device is set
	Title       string
	Page        string // which entry of the menu is current
	Path        string
	Query       string // what was searched for
	Topics      string // of the event stream; empty: none
	Interactive bool   // parts of the page are fetched anew while its reader writes
	Now         time.Time
	Zone        string // of Now
	Old         string // since when nothing shown is new, in words; empty: it is of now
	User        string
	Write       bool
	Settings    bool // an administrator of all places, who may see them
	Reports     bool // the figures, which are of all places
	Contact     string
	Status      string // link to the status page; empty: none
	TicketCount int    // open and not linked
	DraftCount  int

	Demo int // how fast the clock of a demonstration runs; zero: this is the real thing

	ProposalCount int // planned work of calendars that waits for approval
	Notice        *notice
}

// frame fills in the frame of a request.
func (s *Site) frame(r *http.Request, page, title string) frame {
	id, v := headstart.IdentityFrom(r.Context()), s.viewer(r)
	f := frame{
		Lang: s.language(r), Theme: theme(r), Title: title, Page: page, Path: r.URL.RequestURI(), Now: s.now(),
		User: id.Name, Write: id.Has(headstart.ScopeWrite), Settings: id.Has(headstart.ScopeAdmin) && v.everywhere(), Reports: v.everywhere(), Contact: s.o.Config.Contact,
		TicketCount: len(v.tickets(s.looseTickets())), DraftCount: s.draftCount(v), Notice: s.noticeFor(r), Status: s.o.StatusPage,
		ProposalCount: s.proposals(v), Zone: s.zone.String(),
	}
	if fresh := s.fresh(); f.Now.Sub(fresh) > staleAfter {
		f.Old = s.say(r).Say("live.old", "time", s.say(r).When(fresh, f.Now))
	}
	if g := s.o.Guide; g != nil {
		f.Demo = g.Speed
	}
	return f
}

// staleAfter is how long the store may be silent before pages say that they are old.
const staleAfter = 30 * time.Second

func (s *Site) now() time.Time { return s.o.Now().In(s.zone) }

// say speaks the language of a request.
func (s *Site) say(r *http.Request) *lang.Words { return s.words[s.language(r)] }

// language is the one in the address, in the cookie, or the installation's.
func (s *Site) language(r *http.Request) string {
	for _, l := range []string{r.URL.Query().Get("lang"), cookie(r, "headstart_lang"), s.o.Config.Language} {
		if l == "nl" || l == "en" {
			return l
		}
	}
	return "nl"
}

func theme(r *http.Request) string {
	if t := cookie(r, "headstart_theme"); t == "light" || t == "dark" {
		return t
	}
	return ""
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// render writes a page whole or not at all, so that no reader sees half of one.
func (s *Site) render(w http.ResponseWriter, r *http.Request, status int, page string, data any) {
	s.renderAround(w, r, status, page, data, nil)
}

// reportSlot is where a template leaves room for something large that was written
// already. Nobody's words can be taken for it: in them < is &lt;.
const reportSlot = `<slot name="report"></slot>`

// renderAround is render of a page with body, which its maker escaped, in the place of its
// slot: as a value of the template it would be copied three times.
func (s *Site) renderAround(w http.ResponseWriter, r *http.Request, status int, page string, data any, body []byte) {
	b := s.buffer()
	defer s.buffers.Put(b)
	if err := s.pages[s.language(r)][page]().Execute(b, data); err != nil {
		s.logger.Error("page not rendered", "page", page, "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	before, after, _ := bytes.Cut(b.Bytes(), []byte(reportSlot))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	for _, part := range [][]byte{before, body, after} {
		if len(part) > 0 {
			_, _ = w.Write(part) // the reader left
		}
	}
}

// buffer is room for a page. Large ones are written all day, and as garbage they would be
// most of what the service makes.
func (s *Site) buffer() *bytes.Buffer {
	b, used := s.buffers.Get().(*bytes.Buffer)
	if !used {
		return &bytes.Buffer{}
	}
	b.Reset()
	return b
}

// renderPart writes one template of a page, for a page that is open already.
func (s *Site) renderPart(w http.ResponseWriter, r *http.Request, page, part string, data any) {
	var b bytes.Buffer
	if err := s.pages[s.language(r)][page]().ExecuteTemplate(&b, part, data); err != nil {
		s.logger.Error("part of a page not rendered", "page", page, "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes()) // the reader left
}

// messagePage is a page of one sentence: not found, not ready, refused.
type messagePage struct {
	frame
	Head, Text string
}

// message answers with one sentence and what to do about it.
func (s *Site) message(w http.ResponseWriter, r *http.Request, status int, head, text string) {
	s.render(w, r, status, "message", messagePage{frame: s.frame(r, "", head), Head: head, Text: text})
}

// ready answers for a view that was never filled: a page of an empty state
// would say that all is well.
func (s *Site) ready(w http.ResponseWriter, r *http.Request) bool {
	if s.o.View.Ready() {
		return true
	}
	w.Header().Set("Retry-After", "2")
	say := s.say(r)
	s.message(w, r, http.StatusServiceUnavailable, say.Say("page.notready"), say.Say("page.notready.text"))
	return false
}

// servePreferences keeps the language and the theme of this browser and goes
// back to the page it came from.
func (s *Site) servePreferences(w http.ResponseWriter, r *http.Request) {
	set := func(name, value string) {
		http.SetCookie(w, &http.Cookie{
			Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil,
		})
	}
	if l := r.PostFormValue("lang"); l == "nl" || l == "en" {
		set("headstart_lang", l)
	}
	if t := r.PostFormValue("theme"); t == "light" || t == "dark" || t == "auto" {
		set("headstart_theme", t)
	}
	back := r.PostFormValue("back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\r\n") {
		back = "/" // never to another site
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}
