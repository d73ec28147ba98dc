// Package web serves the desk's pages: the board, its incidents and lists. Public
// pages are package web/public.
//
// Everything shown is read from a View and nothing else, so every replica shows
// the same; everything done is a Command, answered when the View has passed it.
// A page is complete without JavaScript.
package web

import (
	"context"
	"html/template"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"headstart"
	"headstart/lang"
	"headstart/web/public"
)

// Options is what a Site needs. View, Do, Config and Logger are required.
type Options struct {
	View *headstart.View

	// Do appends a command and waits for its outcome; pending means that it is
	// durable but the view has not passed it yet (ruling 9).
	Do func(ctx context.Context, c headstart.Command) (o headstart.Outcome, pending bool, err error)

	// Plan appends planned work; nil: none can be planned here.
	Plan planner

	// Checks returns the latest result of every probe; nil: there are none.
	Checks func() []headstart.CheckResult

	// Trend returns the latest runs of a probe, oldest first; nil: nobody keeps them.
	Trend func(probe, asset string) []headstart.CheckSample

	// Agents returns how the agents of sites do; nil: there are none.
	Agents func() []SiteAgent

	// WhyNot says why two groups are not one incident, from the state the engine holds;
	// known is false when one of them is not kept. Nil: nobody can ask.
	WhyNot func(ctx context.Context, a, b headstart.GroupID) (d headstart.Decision, known bool, err error)

	// WhatIf says what would happen if assets went down together; nil: nobody knows.
	WhatIf WhatIf

	// About is what a ticket counts for when it tells of something that fails: a service
	// and a place, each empty if it names none. Nil: nobody can say.
	About func(t *headstart.TicketState) (service, location string, fails bool)

	// Fresh is when the store last answered: nothing shown is older; nil: now.
	Fresh func() time.Time

	// Health is how this process does, Examine lets it look at everything anew, Reload
	// reads the configuration again; nil: this process does not.
	Health  func(ctx context.Context) Health
	Examine func(ctx context.Context)
	Reload  func(ctx context.Context) error

	// Titles returns the titles of tickets by Ticket.Key, which lie beside the
	// log (ruling 7); nil, or a title that is gone: the number stands in.
	Titles func(ctx context.Context, keys []string) map[string]string

	// Aliases returns words that users have for an asset and the catalog lacks; nil:
	// nobody looks for them.
	Aliases func(ctx context.Context) []headstart.AliasProposal

	// Known finds the known errors that incidents and tickets look like; nil: by what
	// machines see of them alone.
	Known *headstart.KnownFinder

	// Subscribers counts who is mailed about outages, of all status pages; nil: nobody can
	// subscribe.
	Subscribers func(ctx context.Context) (int, error)

	// TryChannel sends a test message; nil: this process sends nothing.
	TryChannel TryChannel

	// Editor is how messages are worded for a preview.
	Editor Editor

	// Rehearse says what commands would do if they were given now, in the words that
	// would go out; nil: nobody can say.
	Rehearse func(ctx context.Context, commands ...headstart.Command) (headstart.Rehearsal, error)

	// Morning makes the morning report; nil: the page says that there is none. SendReport
	// says that report.to names channels it can be sent to, and Tick whether the address of
	// the page that ticks off a to-do was signed by us; nil: there is no such page.
	Morning    headstart.MakeReport
	SendReport bool
	Tick       func(todo, signature string) bool

	Figures Figures // nil: this process keeps none
	// AckLinks are those of mails, by which somebody takes an incident up; nil: mails
	// have none.
	AckLinks *AckLinks

	// Pages are the public pages, and PagesURL where readers reach /s/. Links makes
	// links to those with access link; nil: nobody can make one here.
	Pages    []public.Page
	PagesURL string
	Links    PageLinks

	Config Config
	Now    func() time.Time // nil: time.Now

	// Guide stands on every page of a demonstration; nil: this is the real thing.
	Guide *Guide

	// StatusPage is where readers find the public page; empty: none is published.
	StatusPage string

	Logger *slog.Logger
}

// Site serves pages. Make one with New; it is safe for concurrent use.
type Site struct {
	o       Options
	zone    *time.Location
	words   map[string]*lang.Words
	pages   pageTemplates
	buffers sync.Pool                     // of *bytes.Buffer
	acks    map[string]*template.Template // of links in mails, by language
	static  *public.Assets
	logger  *slog.Logger

	streams sync.Mutex
	open    map[string]int // event streams by user
	regions regionCache
	sights  sights
}

// New returns a Site. The configuration was validated: a time zone that does
// not load is a programmer's error.
func New(o Options) *Site {
	zone, err := time.LoadLocation(o.Config.Timezone)
	if err != nil {
		panic("web: timezone was not validated: " + err.Error())
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Checks == nil {
		o.Checks = func() []headstart.CheckResult { return nil }
	}
	if o.Trend == nil {
		o.Trend = func(string, string) []headstart.CheckSample { return nil }
	}
	if o.Agents == nil {
		o.Agents = func() []SiteAgent { return nil }
	}
	if o.Aliases == nil {
		o.Aliases = func(context.Context) []headstart.AliasProposal { return nil }
	}
	if o.Titles == nil {
		o.Titles = func(context.Context, []string) map[string]string { return nil }
	}
	if o.Known == nil {
		o.Known = headstart.NewKnownFinder(o.View, nil)
	}
	s := &Site{
		o: o, zone: zone, words: map[string]*lang.Words{}, open: map[string]int{},
		static: public.NewAssets(staticFiles, public.Shared...), logger: o.Logger.With("component", "web"),
	}
	for _, l := range lang.Languages() {
		s.words[l] = lang.New(l, zone)
	}
	funcs := templateFuncs(s.words, s.static, func(id, language string) string { return locationName(s.o.View.Catalog(), id, language) })
	s.pages, s.acks = newTemplates(funcs), parseAcks(funcs)
	return s
}

// Routes returns the lines of the route table that are pages.
func (s *Site) Routes() []headstart.Route {
	read := func(pattern string, h func(http.ResponseWriter, *http.Request)) headstart.Route {
		return headstart.Route{Pattern: pattern, Scope: headstart.ScopeRead, Handler: secure(http.HandlerFunc(h))}
	}
	return append([]headstart.Route{
		read("GET /{$}", s.serveBoard),
		read("GET /i/{id}", s.serveIncident),
		read("GET /new", s.serveNew),
		read("GET /tickets", s.serveTickets),
		read("GET /search", s.serveSearch),
		read("GET /announcements", s.serveAnnouncements),
		read("GET /announcements/{id}", s.serveEditor),
		read("GET /channels", s.serveChannels),
		read("GET /maintenance", s.serveMaintenance),
		read("GET /known-errors", s.serveKnown),
		read("GET /known-errors/{id}", s.serveRecord),
		{Pattern: "GET /reports", Scope: headstart.ScopeRead, Handler: secure(http.HandlerFunc(s.serveReports)), Everywhere: true},
		read("GET /morning", s.serveMorning),
		read("GET /morning/tick", s.serveTick),
		read("POST /morning/seen", s.serveMorningSeen),
		{Pattern: "POST /morning/send", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveMorningSend)), MaxBody: maxForm, Everywhere: true},
		{Pattern: "POST /morning/tick", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveTicked)), MaxBody: maxForm},
		read("GET /map", s.serveMap),
		read("GET /a/{id}", s.serveAsset),
		read("GET /wall", s.serveWall),
		{Pattern: "GET /settings", Scope: headstart.ScopeAdmin, Handler: secure(http.HandlerFunc(s.serveSettings)), Everywhere: true},
		{Pattern: "POST /settings/reload", Scope: headstart.ScopeAdmin, Handler: secure(http.HandlerFunc(s.serveReload)), MaxBody: maxForm, Everywhere: true},
		{Pattern: "POST /settings/examine", Scope: headstart.ScopeAdmin, Handler: secure(http.HandlerFunc(s.serveExamine)), MaxBody: maxForm, Stream: true, Everywhere: true},
		read("POST /preferences", s.servePreferences),
		{Pattern: "GET /audit", Scope: headstart.ScopeAdmin, Handler: secure(http.HandlerFunc(s.serveAudit)), Everywhere: true},
		{Pattern: "GET /events", Scope: headstart.ScopeRead, Handler: secure(http.HandlerFunc(s.serveEvents)), Stream: true},
		{Pattern: "POST /new", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveOpen)), MaxBody: maxForm},
		{Pattern: "POST /new/preview", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveForetell)), MaxBody: maxForm},
		{Pattern: "POST /maintenance", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.servePlan)), MaxBody: maxForm},
		{Pattern: "POST /maintenance/{do}", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveWindowAction)), MaxBody: maxForm},
		{Pattern: "POST /known-errors", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveMakeKnown)), MaxBody: maxForm},
		{Pattern: "POST /known-errors/{id}/{do}", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveRecordAction)), MaxBody: maxForm},
		{Pattern: "POST /tickets/link", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveLink)), MaxBody: maxForm},
		{Pattern: "POST /tickets/open", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveOpenAlike)), MaxBody: maxForm},
		{Pattern: "POST /aliases/{id}/reject", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveRejectAlias)), MaxBody: maxForm, Everywhere: true},
		{Pattern: "POST /dead-letters/{do}", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveLetters)), MaxBody: maxForm},
		{Pattern: "POST /channels/{name}/test", Scope: headstart.ScopeAdmin, Handler: secure(http.HandlerFunc(s.serveTest)), MaxBody: maxForm, Stream: true, Everywhere: true, Act: "channel-test"},
		{Pattern: "POST /announcements/{id}/{do}", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveEdit)), MaxBody: maxForm},
		{Pattern: "POST /pages/state", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.servePageState)), MaxBody: maxForm, Everywhere: true},
		{Pattern: "POST /pages/link", Scope: headstart.ScopeAdmin, Handler: secure(http.HandlerFunc(s.servePageLink)), MaxBody: maxForm, Everywhere: true},
		read("GET /desk", s.serveDesk),
		{Pattern: "POST /desk/{do}", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveDeskNote)), MaxBody: maxForm},
		{Pattern: "GET /ack/{token}", Scope: headstart.ScopeOpen, Handler: secure(http.HandlerFunc(s.serveAck))},
		{Pattern: "POST /ack/{token}", Scope: headstart.ScopeOpen, Handler: secure(http.HandlerFunc(s.serveAcknowledge)), MaxBody: maxForm},
		{Pattern: "POST /hush", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveHush)), MaxBody: maxForm},
		{Pattern: "POST /i/{id}/{do}", Scope: headstart.ScopeWrite, Handler: secure(http.HandlerFunc(s.serveAction)), MaxBody: maxForm},
		{Pattern: "GET /static/{name}", Scope: headstart.ScopeOpen, Handler: secure(http.HandlerFunc(s.serveStatic))},
	}, s.o.Guide.routes(s)...)
}

// policy is the content security policy of every page: our own files, and
// nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// secure sets the headers that every answer of this package carries.
func secure(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.ServeHTTP(w, r)
	})
}
