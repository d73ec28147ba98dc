package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"headstart"
)

// APIOptions is what the JSON API needs. View, Do and Logger are required; what
// else is nil answers 404, as if the part were not there.
type APIOptions struct {
	View *headstart.View

	// Do appends a command and waits for its outcome; pending means that it is
	// durable but the view has not passed it yet (ruling 9).
	Do func(ctx context.Context, c headstart.Command) (o headstart.Outcome, pending bool, err error)

	// Plan appends a maintenance window; pending as with Do.
	Plan planner

	// WhyNot says why two groups are not one incident; false: one of them is not
	// known to correlation any more.
	WhyNot func(ctx context.Context, a, b headstart.GroupID) (headstart.Decision, bool, error)

	// Checks returns the latest result of every probe.
	Checks func() []headstart.CheckResult

	RunChecks RunChecks // nil: this process runs no checks

	// Trend returns the latest runs of a probe, oldest first; nil: nobody keeps them.
	Trend func(probe, asset string) []headstart.CheckSample

	// WhatIf says what would happen if assets went down together; nil: nobody knows.
	WhatIf WhatIf

	Health func(ctx context.Context) Health // how this process does; nil: it does not know
	Agents func() []SiteAgent               // how the agents of sites do; nil: there are none

	// Titles returns the titles of tickets by Ticket.Key, which lie beside the
	// log (ruling 7).
	Titles func(ctx context.Context, keys []string) map[string]string

	// Aliases returns words that users have for an asset and the catalog lacks; nil:
	// nobody looks for them.
	Aliases func(ctx context.Context) []headstart.AliasProposal

	// Editor is how messages are worded for a preview, in Zone; nil: UTC.
	Editor Editor
	Zone   *time.Location

	// HasUsers reports whether people have roles: then approving needs one.
	HasUsers func() bool

	// Beside are lines of /api/v1 that other parts answer, for openapi.json.
	Beside []Described

	TryChannel TryChannel // nil: this process sends nothing

	Figures Figures              // nil: this process keeps none
	Morning headstart.MakeReport // nil: none is made here
	Metrics http.Handler

	// Ready reports why this process is not ready for what: "" (serving),
	// "ingest" or "engine" (ruling 20); nil error: it is.
	Ready  func(ctx context.Context, what string) error
	Reload func(ctx context.Context) error

	// Known finds the known errors that incidents and tickets look like; nil: by what
	// machines see of them alone.
	Known *headstart.KnownFinder

	// Forget carries out a person's request to forget; nil: this process cannot.
	Forget func(ctx context.Context, f ForgetRequest) (Forgotten, error)

	// Pages are the ids of the public pages; nil: none is known here.
	Pages []string

	Language string           // of timelines for callers that ask for none; empty: nl
	Version  string           // of the program, for openapi.json
	Now      func() time.Time // nil: time.Now
	Logger   *slog.Logger
}

// API is our own JSON API, /api/v1, and the operating endpoints under /-/. It
// reads the View only; everything it does is a Command.
type API struct {
	o      APIOptions
	logger *slog.Logger

	events apiEvents
	sights sights

	once    sync.Once
	openapi []byte
}

// NewAPI returns an API.
func NewAPI(o APIOptions) *API {
	if o.View == nil || o.Do == nil || o.Logger == nil {
		panic("web: the API needs View, Do and Logger")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Language == "" {
		o.Language = "nl"
	}
	if o.Titles == nil {
		o.Titles = func(context.Context, []string) map[string]string { return nil }
	}
	if o.Aliases == nil {
		o.Aliases = func(context.Context) []headstart.AliasProposal { return []headstart.AliasProposal{} }
	}
	if o.Known == nil {
		o.Known = headstart.NewKnownFinder(o.View, nil)
	}
	if o.HasUsers == nil {
		o.HasUsers = func() bool { return false }
	}
	return &API{o: o, logger: o.Logger.With("component", "api")}
}

// Described is what openapi.json says of a line of /api/v1 that another part answers.
type Described struct {
	Pattern string
	Scope   headstart.Scope
	Summary string
	Sends   any    // zero value of the body; nil: none
	Answers any    // zero value of what is answered with 200; nil: anything
	Example string // of a body: JSON; empty: it takes none
}

// apiRoute is one line of the API: what is mounted, and what openapi.json says
// of it. Both come from here, so they cannot differ.
type apiRoute struct {
	pattern string
	scope   headstart.Scope
	handler http.HandlerFunc
	summary string
	query   []apiParam
	body    *apiBody // of a command; nil: none, or sends is set
	sends   any      // zero value of what the body holds, when it is no command
	answers any      // zero value of what is answered with 200; nil: any JSON, or texts
	orElse  any      // zero value of what is answered with 200 instead, when an act is about no incident; nil: nothing
	texts   []string // media types of answers that are no JSON, by what the query asks for
	created bool     // it is answered with 201
	stream  bool
	hidden  bool // not of /api/v1

	everywhere bool // these two as headstart.Route has them
	act        string

	takes   string // media type of a body that is no JSON
	example string // empty: as examples has it
	maxBody int64  // bytes; 0: maxCommand
}

// Routes returns the lines of the route table.
func (a *API) Routes() []headstart.Route {
	table := a.table()
	out := make([]headstart.Route, len(table))
	for i, rt := range table {
		out[i] = headstart.Route{Pattern: rt.pattern, Scope: rt.scope, Handler: rt.handler, Stream: rt.stream, MaxBody: cmp.Or(rt.maxBody, maxCommand), Everywhere: rt.everywhere, Act: rt.act}
	}
	return out
}

// table lists every endpoint once.
func (a *API) table() []apiRoute {
	page := []apiParam{
		{"limit", "how many at most, 1 to 1000; default 100"},
		{"cursor", "next_cursor of the answer before"},
	}
	t := []apiRoute{
		{pattern: "GET /api/v1/incidents", scope: headstart.ScopeRead, handler: a.listIncidents, summary: "Incidents, newest first", answers: incidentList{}, query: append([]apiParam{
			{"state", "open, recovering, holding, resolved, closed, merged, or live for the first three; several with commas"},
			{"service", "id of a service it hits"},
			{"location", "id of a location it hits"},
			{"since", "RFC 3339 time: opened, or still live, after it"},
			{"lang", "nl or en: language of the timeline"},
		}, page...)},
		{pattern: "GET /api/v1/incidents/{id}", scope: headstart.ScopeRead, handler: a.showIncident, summary: "One incident with its announcements and timeline", answers: headstart.Incident{}},
		{pattern: "GET /api/v1/incidents/{id}/explain", scope: headstart.ScopeRead, handler: a.explain, summary: "Why an incident looks as it does", answers: explanation{}, query: []apiParam{
			{"lang", "nl or en: language of the texts"},
			{"against", "id of another incident: also why the two are not one"},
		}},
		{pattern: "GET /api/v1/incidents/{id}/tickets", scope: headstart.ScopeRead, handler: a.showTickets, summary: "The tickets of an incident, and those that look like being about it, with reasons", answers: deskTickets{}},
		{pattern: "GET /api/v1/incidents/{id}/reply", scope: headstart.ScopeRead, handler: a.showReply, summary: "What to tell somebody who reports it, as it stands now", answers: replyText{}, query: []apiParam{
			{"lang", "nl or en; default the ticket's, else the caller's"},
			{"location", "id of the place of whoever asks"},
			{"ticket", "SOURCE/NUMBER of a ticket: its language and place"},
		}},
		{pattern: "GET /api/v1/explain", scope: headstart.ScopeRead, handler: a.explainOne, summary: "What was decided about one asset or problem, in all incidents", answers: concern{}, query: []apiParam{
			{"of", "id of an asset, or a problem such as prn-1/PrinterDown"},
			{"lang", "nl or en: language of the texts"},
		}},
		{pattern: "POST /api/v1/incidents", scope: headstart.ScopeWrite, handler: a.command("open"), summary: "Open an incident by hand", body: commandBodies["open"], answers: headstart.Incident{}},
	}
	for _, do := range incidentCommands {
		t = append(t, apiRoute{
			pattern: "POST /api/v1/incidents/{id}/" + do, scope: headstart.ScopeWrite, handler: a.command(do),
			summary: commandBodies[do].summary, body: commandBodies[do], answers: headstart.Incident{},
		})
	}
	t = append(t,
		apiRoute{pattern: "GET /api/v1/page-state", scope: headstart.ScopeRead, handler: a.showPageStates, summary: "Public pages whose headline a person set", answers: pageStates{}},
		apiRoute{pattern: "POST /api/v1/page-state", scope: headstart.ScopeWrite, handler: a.command("page-state"), summary: commandBodies["page-state"].summary, body: commandBodies["page-state"], answers: headstart.Outcome{}, everywhere: true},
		apiRoute{pattern: "POST /api/v1/hush", scope: headstart.ScopeWrite, handler: a.command("hush"), summary: commandBodies["hush"].summary, body: commandBodies["hush"], answers: headstart.Incident{}, orElse: headstart.Outcome{}},
		apiRoute{pattern: "GET /api/v1/commands/{id}", scope: headstart.ScopeRead, handler: a.showOutcome, summary: "What became of a command that was answered with 202", answers: headstart.Outcome{}},
		apiRoute{pattern: "GET /api/v1/announcements", scope: headstart.ScopeRead, handler: a.listAnnouncements, summary: "Announcements with all their updates", answers: announcementList{}, query: append([]apiParam{
			{"state", strings.Join(announcementStates, ", ") + "; several with commas"}, {"incident", "id of an incident it is about"},
		}, page...)},
		apiRoute{pattern: "GET /api/v1/announcements/{id}", scope: headstart.ScopeRead, handler: a.showAnnouncement, summary: "One announcement with all its updates and where each stands", answers: shownAnnouncement{}},
		apiRoute{pattern: "POST /api/v1/announcements/{id}/preview", scope: headstart.ScopeRead, handler: a.preview, summary: "How the draft, or what users read, would read with other words, and who gets it; nothing is kept", sends: previewBody{}, answers: preview{}},
	)
	for _, do := range announcementCommands {
		t = append(t, apiRoute{
			pattern: "POST /api/v1/announcements/{id}/" + do, scope: headstart.ScopeWrite, handler: a.command(do),
			summary: commandBodies[do].summary, body: commandBodies[do], answers: headstart.Incident{}, orElse: headstart.Outcome{},
		})
	}
	t = append(t, a.knownRoutes(page)...)
	t = append(t, a.deskRoutes()...)
	t = append(t,
		apiRoute{pattern: "GET /api/v1/dead-letters", scope: headstart.ScopeRead, handler: a.listDeadLetters, summary: "Messages that were given up, newest first, until they are sent again or dismissed", answers: deadLetterList{}},
		apiRoute{pattern: "POST /api/v1/dead-letters/resend", scope: headstart.ScopeWrite, handler: a.command("resend"), summary: commandBodies["resend"].summary, body: commandBodies["resend"], answers: headstart.Incident{}, orElse: headstart.Outcome{}},
		apiRoute{pattern: "POST /api/v1/dead-letters/dismiss", scope: headstart.ScopeWrite, handler: a.command("dismiss"), summary: commandBodies["dismiss"].summary, body: commandBodies["dismiss"], answers: headstart.Incident{}, orElse: headstart.Outcome{}},
		apiRoute{pattern: "GET /api/v1/channels", scope: headstart.ScopeRead, handler: a.listChannels, summary: "How users are told", answers: channelList{}},
		apiRoute{pattern: "POST /api/v1/channels/{name}/test", scope: headstart.ScopeAdmin, handler: a.testChannel, summary: "Send one message that says it is a test", answers: channelTested{}, stream: true, everywhere: true, act: "channel-test"},
		apiRoute{pattern: "GET /api/v1/tickets", scope: headstart.ScopeRead, handler: a.listTickets, summary: "Tickets, newest first, with the incidents they may belong to", answers: ticketList{}, query: append([]apiParam{{"linked", "true or false"}, {"incident", "id of an incident it is linked to or suggested for"}, {"review", "true: those linked without a person of which one is asked whether that is right"}}, page...)},
		apiRoute{pattern: "GET /api/v1/checks", scope: headstart.ScopeRead, handler: a.listChecks, summary: "Latest result of every check", answers: checkList{}, query: checkParams},
		apiRoute{pattern: "POST /api/v1/checks/run", scope: headstart.ScopeWrite, handler: a.runChecks, summary: "Run checks now", sends: CheckFilter{}, answers: checkList{}, stream: true},
		apiRoute{pattern: "GET /api/v1/catalog", scope: headstart.ScopeRead, handler: a.showCatalog, summary: "The catalog the engine decides with, the failing alerts it has no place for, and words of users it lacks", answers: wholeCatalog{}},
		apiRoute{pattern: "GET /api/v1/map", scope: headstart.ScopeRead, handler: a.showMap, summary: "What hangs on what and how it does, folded to about sixty boxes", answers: mapAnswer{}, query: []apiParam{
			{"layer", "now: what is wrong; all: everything; default now while anything is wrong"}, {"at", "id of a location"}, {"asset", "id of a device or service: what is around it"},
		}},
		apiRoute{pattern: "GET /api/v1/health", scope: headstart.ScopeRead, handler: a.showHealth, summary: "How the service itself does: one sentence, what needs attention with its remedy, sources, queue, engine, configuration", answers: healthAnswer{}, query: []apiParam{{"lang", "nl or en: language of the texts"}}, everywhere: true},
		apiRoute{pattern: "GET /api/v1/whatif", scope: headstart.ScopeRead, handler: a.showWhatIf, summary: "What would happen if assets went down together", answers: WhatIfAnswer{}, query: []apiParam{{"asset", "ids of devices and services, several with commas"}}},
		apiRoute{pattern: "POST /api/v1/aliases/{id}/reject", scope: headstart.ScopeWrite, handler: a.command("reject-alias"), summary: commandBodies["reject-alias"].summary, body: commandBodies["reject-alias"], answers: headstart.Outcome{}, everywhere: true},
		apiRoute{pattern: "GET /api/v1/maintenance", scope: headstart.ScopeRead, handler: a.listMaintenance, summary: "Planned work, by start, with what users are told of it and what it meets", answers: maintenanceList{}, query: append([]apiParam{
			{"state", "proposed, coming, running, over, cancelled; several with commas"}, {"id", "of one window"},
		}, page...)},
		apiRoute{pattern: "POST /api/v1/maintenance", scope: headstart.ScopeWrite, handler: a.planMaintenance, summary: "Plan work", sends: windowBody{}, answers: headstart.MaintenanceWindow{}, created: true},
		apiRoute{pattern: "POST /api/v1/maintenance/{id}/end", scope: headstart.ScopeWrite, handler: a.changeMaintenance((*windowChange).end), summary: "End work that runs; cancel what has not begun", answers: headstart.MaintenanceWindow{}},
		apiRoute{pattern: "POST /api/v1/maintenance/{id}/move", scope: headstart.ScopeWrite, handler: a.moveMaintenance, summary: "Move, lengthen or shorten work that is not over; a time left out stays", sends: moveBody{}, answers: headstart.MaintenanceWindow{}},
		apiRoute{pattern: "POST /api/v1/maintenance/{id}/announce", scope: headstart.ScopeWrite, handler: a.command("tell-work"), summary: commandBodies["tell-work"].summary, body: commandBodies["tell-work"], answers: headstart.Outcome{}},
		apiRoute{pattern: "POST /api/v1/maintenance/{id}/approve", scope: headstart.ScopeWrite, handler: a.changeMaintenance((*windowChange).approve), summary: "Let a proposal of a calendar count", answers: headstart.MaintenanceWindow{}},
		apiRoute{pattern: "GET /api/v1/morning", scope: headstart.ScopeRead, handler: a.showMorning, summary: "The morning report, of what the caller may read", answers: json.RawMessage{}, texts: []string{"text/plain", "text/html", "text/markdown"}, query: morningParams},
		apiRoute{pattern: "POST /api/v1/morning/seen", scope: headstart.ScopeRead, handler: a.command("seen"), summary: commandBodies["seen"].summary, body: commandBodies["seen"], answers: headstart.Outcome{}},
		apiRoute{pattern: "POST /api/v1/morning/send", scope: headstart.ScopeWrite, handler: a.command("report"), summary: commandBodies["report"].summary, body: commandBodies["report"], answers: headstart.Outcome{}, everywhere: true},
		apiRoute{pattern: "GET /api/v1/events", scope: headstart.ScopeRead, handler: a.serveEvents, summary: "Changes as server-sent events: incident and announcement, each whole", stream: true},
		apiRoute{pattern: "POST /api/v1/forget", scope: headstart.ScopeAdmin, handler: a.forget, summary: "Forget a ticket, or what somebody reported, in state, log and archive", sends: ForgetRequest{}, answers: Forgotten{}, stream: true, everywhere: true},
		apiRoute{pattern: "GET /api/v1/audit", scope: headstart.ScopeAdmin, handler: a.listAudit, summary: "What people did, newest first: every command, and log-ins, reloads and test messages", answers: auditList{}, texts: []string{"text/csv"}, everywhere: true, query: append(append([]apiParam{}, auditParams...), page...)},
		apiRoute{pattern: "GET /api/v1/openapi.json", scope: headstart.ScopeOpen, handler: a.showOpenAPI, summary: "This description"},
		apiRoute{pattern: "GET /metrics", scope: headstart.ScopeRead, handler: a.pass(a.o.Metrics), hidden: true, everywhere: true},
		apiRoute{pattern: "GET /-/healthy", scope: headstart.ScopeOpen, handler: a.healthy, hidden: true},
		apiRoute{pattern: "GET /-/ready", scope: headstart.ScopeOpen, handler: a.ready, hidden: true},
		apiRoute{pattern: "POST /-/reload", scope: headstart.ScopeAdmin, handler: a.reload, hidden: true, everywhere: true, act: "reload"},
	)
	return append(t, a.figuresRoutes()...)
}

func (a *API) pass(h http.Handler) http.HandlerFunc {
	if h == nil {
		return func(w http.ResponseWriter, _ *http.Request) {
			writeProblem(w, http.StatusNotFound, "this installation does not offer it")
		}
	}
	return h.ServeHTTP
}

// healthy says that the process is alive, and nothing about anything else.
func (a *API) healthy(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "OK") }

// ready is for load balancers and container health checks (ruling 20).
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	what := r.URL.Query().Get("for")
	if what != "" && what != "ingest" && what != "engine" {
		plain(w, http.StatusBadRequest, "for is neither ingest nor engine")
		return
	}
	var err error
	switch {
	case a.o.Ready != nil:
		err = a.o.Ready(r.Context(), what)
	case !a.o.View.Ready():
		err = errors.New("the state is not loaded yet")
	}
	if err != nil {
		plain(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
		return
	}
	plain(w, http.StatusOK, "OK")
}

func (a *API) reload(w http.ResponseWriter, r *http.Request) {
	if a.o.Reload == nil {
		plain(w, http.StatusNotFound, "this process reloads nothing")
		return
	}
	if err := a.o.Reload(r.Context()); err != nil {
		plain(w, http.StatusUnprocessableEntity, "the configuration before stays:\n"+err.Error())
		return
	}
	plain(w, http.StatusOK, "reloaded")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
