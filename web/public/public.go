// Package public serves what anybody may read: the status pages, their feeds and
// figures, and the few things a reader may send back.
//
// A State is gathered from a View at one position of the log; every file of a page
// is rendered from it to bytes, once per change, and served from memory. What a
// State has no field for cannot become public: no owner, device, address or person
// (rulings 30, 35, 41). No page shares a template with the desk, depends on
// a Host header, or keeps a reader waiting for the engine.
package public

import (
	"context"
	"html/template"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"headstart"
	"headstart/lang"
)

// Options is what a Site needs. View, Config, Language, Timezone and Logger are
// required.
type Options struct {
	View *headstart.View

	// Checks returns the latest result of every probe; nil: there are none.
	Checks func() []headstart.CheckResult

	// Subscriptions is who wants mail; nil: nobody may.
	Subscriptions Subscriptions

	Config      Config
	ExternalURL string // of the desk: where pages are reached when publish.external_url is empty
	Language    string // of a page that names none
	Timezone    string // IANA name
	Contact     string // of the helpdesk, on a page that names none

	Now func() time.Time // nil: time.Now

	// Confirm keeps one "Ik heb dit ook"; it returns when that is durable. Nil: pages
	// have no such button.
	Confirm func(context.Context, headstart.Confirm) error

	// Key signs the names that browsers get for their answers to be counted by; with
	// Confirm it is required.
	Key []byte

	Links *Links // to pages with access link; nil: nobody reads such a page

	// Login is the path where readers of pages with access oidc log in, with next as the
	// way back; empty: there is none, and who is logged in at the desk reads them alone.
	Login string

	// Known is since when this installation watches; zero: for ever. A page says
	// nothing of the days before it, since nobody saw them (ruling 28).
	Known time.Time

	// Fresh is when what the View shows was last known to be true; nil: now. A page
	// older than five minutes says so to its reader.
	Fresh func() time.Time

	Logger *slog.Logger
}

// Site is all public pages. Make one with New; it is safe for concurrent use.
type Site struct {
	o      Options
	zone   *time.Location
	base   string // where readers reach /s/, without a slash at the end
	words  map[string]*lang.Words
	pages  map[string]*template.Template // by language
	static *Assets
	files  []file
	all    []*page
	caps   caps
	logger *slog.Logger
}

// New returns a Site. The configuration was validated: a time zone that does
// not load is a programmer's error.
func New(o Options) *Site {
	zone, err := time.LoadLocation(o.Timezone)
	if err != nil {
		panic("public: timezone was not validated: " + err.Error())
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Fresh == nil {
		o.Fresh = o.Now
	}
	if o.Checks == nil {
		o.Checks = func() []headstart.CheckResult { return nil }
	}
	s := &Site{
		o: o, zone: zone, base: strings.TrimRight(o.ExternalURL, "/"), words: map[string]*lang.Words{},
		static: NewAssets(staticFiles), files: files(o.Config.EmbedOrigins), logger: o.Logger.With("component", "public"),
	}
	if o.Config.ExternalURL != "" {
		s.base = strings.TrimRight(o.Config.ExternalURL, "/")
	}
	for _, l := range lang.Languages() {
		s.words[l] = lang.New(l, zone)
	}
	s.pages = parseTemplates(s.words, s.static)
	for _, p := range o.Config.Published(o.Language, o.Contact) {
		s.all = append(s.all, newPage(s, p))
	}
	return s
}

// Pages are the pages that are published, as configured.
func (s *Site) Pages() []Page {
	out := make([]Page, len(s.all))
	for n, p := range s.all {
		out[n] = p.Page
	}
	return out
}

// Base is where readers reach /s/, without a slash at the end.
func (s *Site) Base() string { return s.base }

// URL is where the first page is read; empty: none is published.
func (s *Site) URL() string {
	if len(s.all) == 0 {
		return ""
	}
	return s.base + s.all[0].root
}

// Routes returns the lines of the route table: all of /s/.
func (s *Site) Routes() []headstart.Route {
	icon := headstart.Route{Pattern: "GET /favicon.ico", Scope: headstart.ScopeOpen, Handler: secure(http.HandlerFunc(s.static.serveIcon)), Public: true}
	if len(s.all) == 0 {
		return []headstart.Route{icon}
	}
	routes := []headstart.Route{
		icon,
		{Pattern: "GET /s/", Scope: headstart.ScopePage, Handler: secure(s), Public: true},
		{Pattern: "POST /s/", Scope: headstart.ScopePage, Handler: secure(s), Public: true, MaxBody: maxSubscribe},
	}
	for _, p := range s.all {
		if p.Access == accessAccount && s.o.Login == "" { // else readers log in on the page, wherever it is served
			routes = append(routes,
				headstart.Route{Pattern: "GET " + p.root, Scope: headstart.ScopeRead, Handler: secure(p)},
				headstart.Route{Pattern: "POST " + p.root, Scope: headstart.ScopeRead, Handler: secure(p), MaxBody: maxSubscribe})
			if s.o.Subscriptions != nil {
				routes = append(routes, p.linkRoutes()...)
			}
		}
	}
	return routes
}

// ServeHTTP answers for every page, and for the files they load. Each page judges
// who may read it.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest := strings.TrimPrefix(r.URL.Path, "/s/")
	name, static := strings.CutPrefix(rest, "static/")
	p := s.pageOf(rest)
	switch {
	case static && r.Method != http.MethodPost:
		s.static.Serve(w, r, name)
	case p != nil:
		p.ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

// pageOf finds the page that a path below /s/ belongs to: the one whose id it
// begins with, else the page without an id.
func (s *Site) pageOf(rest string) *page {
	first, _, _ := strings.Cut(rest, "/")
	var bare *page
	for _, p := range s.all {
		switch p.ID {
		case "":
			bare = p
		case first:
			return p
		}
	}
	return bare
}

// policy is the content security policy of every page: our own files, and
// nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// secure sets the headers that every answer of this package carries.
func secure(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), always)
		h.ServeHTTP(w, r)
	})
}

var always = http.Header{
	"Content-Security-Policy":    {policy},
	"X-Content-Type-Options":     {"nosniff"},
	"Referrer-Policy":            {"same-origin"},
	"Cross-Origin-Opener-Policy": {"same-origin"},
}
