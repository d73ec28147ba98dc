package web

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"headstart"
)

// apiBody says which keys of a Command a body may carry.
type apiBody struct {
	summary  string
	required []string
	optional []string

	// anyOf: at least one of these is needed, though each is optional.
	anyOf []string
}

// incidentCommands are the actions on one incident, POST /api/v1/incidents/{id}/...
var incidentCommands = []string{
	"ack", "assign", "note", "merge", "split", "resolve", "reopen", "link", "unlink", "confirm-link", "reject-link",
	"announce", "set-eta", "pin", "confidential", "confirm", "lead", "helped",
}

// commandBodies are the keys of each command (CONTRACT section 3).
var commandBodies = map[string]*apiBody{
	"open":         {summary: "Open an incident by hand", required: []string{"title"}, optional: []string{"ref", "asset", "services", "locations", "departments", "severity"}},
	"ack":          {summary: "Say that somebody is on it"},
	"assign":       {summary: "Give it an owner or a support group", optional: []string{"owner", "support_group"}, anyOf: []string{"owner", "support_group"}},
	"note":         {summary: "Write into the timeline", required: []string{"text"}},
	"merge":        {summary: "Merge it into another incident, where it ends; text is the reason", required: []string{"into"}, optional: []string{"text"}},
	"split":        {summary: "Take assets out into a new incident; text is the reason", required: []string{"assets"}, optional: []string{"text"}},
	"resolve":      {summary: "Close it with a summary; known_error names what it was, and record makes a known error of it, in which what is left out is what the incident says", optional: []string{"cause", "solution", "prevention", "known_error", "record", "summary"}},
	"reopen":       {summary: "Take it up again"},
	"link":         {summary: "Link a ticket", required: []string{"ticket"}, optional: []string{"source"}},
	"unlink":       {summary: "Unlink a ticket", required: []string{"ticket"}, optional: []string{"source"}},
	"confirm-link": {summary: "Confirm a suggested ticket", required: []string{"ticket"}, optional: []string{"source"}},
	"reject-link":  {summary: "Say that a ticket does not belong to it", required: []string{"ticket"}, optional: []string{"source"}},
	"announce":     {summary: "Tell users; all audiences if none is named", required: []string{"phase"}, optional: []string{"audience", "text", "variables", "due", "draft", "at"}},
	"set-eta":      {summary: "Tell users when it is expected to work again; text is the reason of a changed time", required: []string{"eta"}, optional: []string{"text"}},
	"pin":          {summary: "Keep its members as they are", optional: []string{"value"}},
	"confidential": {summary: "Hide it from users; value false shows it again", optional: []string{"value"}},
	"confirm":      {summary: "Count one more caller without a ticket, of channel phone or walk_in; value false takes one back. Of what is over, ticket names a linked one whose requester says that it does not work yet", optional: []string{"channel", "value", "ticket", "source"}},
	"lead":         {summary: "Leave its head start out of the figures: value false, with the reason as text; value true counts it again", required: []string{"value"}, optional: []string{"text"}},
	"helped":       {summary: "Say that a known error was the answer to it; value false: it did not help", required: []string{"known_error"}, optional: []string{"value"}},
	"handover":     {summary: "Write for whoever works after you, for somebody, until a time", required: []string{"text"}, optional: []string{"for", "due", "until", "incident"}},
	"todo":         {summary: "Write down what is to be done; kind owner, resolved or approved of an incident, or stock of the part named as asset, ends it by itself", required: []string{"text"}, optional: []string{"for", "due", "until", "kind", "incident", "asset"}},
	"notice":       {summary: "Tell colleagues something, until a time", required: []string{"text"}, optional: []string{"for", "due", "until", "incident"}},
	"todo-done":    {summary: "Tick off a note by its id, as ref; value false puts it back. Twice does no harm", required: []string{"ref"}, optional: []string{"value"}},
	"hush":         {summary: "Tell users nothing for a while: one incident, or all if none is named; text is the reason", optional: []string{"incident", "for", "text"}},
	"page-state":   {summary: "Set the headline of a public page by hand: kind is works, planned, partly or down, ref the id of the page, until when it ends, text the reason; value false takes it back", optional: []string{"ref", "kind", "until", "text", "value"}},
	"tell-work":    {summary: "Tell users of planned work; all audiences if none is named, what is next if no phase is, and until for when it ends now", optional: []string{"phase", "audience", "text", "variables", "until"}},
	"seen":         {summary: "Note how far this login has read the morning report; left out: until now", optional: []string{"at"}},
	"report":       {summary: "Send the morning report to report.to once more, as things stand now"},
	"approve":      {summary: "Send what waits; of planned work until says when it ends now", optional: []string{"until"}},
	"discard":      {summary: "Throw away what waits"},
	"resend":       {summary: "Send a message that was given up again, as things stand now", required: []string{"message"}},
	"dismiss":      {summary: "Leave a message that was given up as it is", required: []string{"message"}},
	"edit":         {summary: "Change the words of the draft; without one, or with published true, correct what users read. A text may be for one language, as NAME.nl", optional: []string{"text", "variables", "published"}, anyOf: []string{"text", "variables"}},
	"cover":        {summary: "Say that this announcement speaks for other incidents too: its readers get one message, and none of theirs", required: []string{"incidents"}},
	"uncover":      {summary: "Take that back: each of them is judged for itself again", required: []string{"incidents"}},
	"schedule":     {summary: "Approve the draft for a time, at; without one it is taken back and waits again", optional: []string{"at"}},
	"reject-alias": {summary: "Propose a word for an asset no more"},
	"withdraw":     {summary: "Say to everybody who got it that it was wrong", optional: []string{"variables"}},
}

// announcementCommands are the actions on one announcement. Of these, only approving
// needs the role, and approving for a time: an announcement of a person is its own
// approval.
var announcementCommands = []string{"approve", "discard", "withdraw", "edit", "schedule", "cover", "uncover"}

// approves reports whether a command lets out what waits.
func approves(do string) bool { return do == "approve" || do == "schedule" }

// doing are the commands of actions that are called otherwise.
var doing = map[string]string{"tell-work": "announce"}

// command answers one action.
func (a *API) command(do string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if approves(do) && !a.mayApprove(r) {
			writeProblem(w, http.StatusForbidden, "this needs the role approver or admin")
			return
		}
		c, fields, err := decodeCommand(r.Body, do)
		if err != nil {
			rejectBody(w, err)
			return
		}
		switch {
		case strings.HasPrefix(r.URL.Path, "/api/v1/incidents/"):
			c.Incident = r.PathValue("id")
		case strings.HasPrefix(r.URL.Path, "/api/v1/announcements/"):
			c.Announcement = r.PathValue("id")
		case strings.HasPrefix(r.URL.Path, "/api/v1/aliases/"):
			c.Ref = r.PathValue("id")
		case strings.HasPrefix(r.URL.Path, "/api/v1/maintenance/"):
			c.Window = r.PathValue("id")
		}
		c.Do = cmp.Or(doing[do], do)
		fields = append(fields, a.complete(&c)...)
		if do == "page-state" {
			fields = append(fields, a.wrongPageState(&c)...)
		}
		if len(fields) > 0 {
			writeProblem(w, http.StatusUnprocessableEntity, "the body does not say what "+do+" needs", fields...)
			return
		}
		if o, pending, ok := a.give(w, r, &c); ok {
			a.answer(w, r, c, o, pending)
		}
	}
}

// give gives a command that is complete, if the rights of the caller cover it; not ok: it
// was not given, and the caller knows why.
func (a *API) give(w http.ResponseWriter, r *http.Request, c *headstart.Command) (o headstart.Outcome, pending, ok bool) {
	who := headstart.IdentityFrom(r.Context()).Name
	if !a.mayAct(w, a.viewer(r), c) {
		return o, false, false
	}
	c.By = who
	if c.ID = commandID(r, who); c.ID == "" {
		writeProblem(w, http.StatusBadRequest, "Idempotency-Key is longer than 200 characters")
		return o, false, false
	}
	o, pending, err := a.o.Do(r.Context(), *c)
	if err != nil {
		a.failed(w, err)
		return o, false, false
	}
	return o, pending, true
}

// commandID names a command. With a header Idempotency-Key it is the same for every
// repeat of a request, so that who lost the answer may ask again: what was done once
// within the hour is not done twice.
func commandID(r *http.Request, who string) string {
	key := r.Header.Get("Idempotency-Key")
	switch {
	case key == "":
		return "api-" + rand.Text()
	case len(key) > 200:
		return ""
	}
	sum := sha256.Sum256([]byte(who + "\x00" + r.URL.Path + "\x00" + key))
	return "api-" + hex.EncodeToString(sum[:16])
}

// mayApprove reports whether the caller may send to users what waits for approval. Where
// nobody has a role, whoever may write may.
func (a *API) mayApprove(r *http.Request) bool {
	return a.viewer(r).approves() || !a.o.HasUsers() && headstart.IdentityFrom(r.Context()).Role == ""
}

// complete checks what keys alone cannot say, and fills in what follows.
func (a *API) complete(c *headstart.Command) (wrong []fieldError) {
	switch c.Severity {
	case "", "critical", "major", "minor":
	default:
		wrong = append(wrong, fieldError{"/severity", "write critical, major or minor"})
	}
	if c.For != "" && c.Do == "hush" {
		d, err := model.ParseDuration(c.For)
		if err != nil || d < 0 || time.Duration(d) > 7*24*time.Hour {
			wrong = append(wrong, fieldError{"/for", "write a duration such as 2h, at most 7d; 0s ends it"})
		}
		c.For = time.Duration(d).String()
	}
	phases := headstart.Tellable
	if c.Window != "" {
		phases = headstart.TellableOfWork
	}
	if c.Phase != "" && !slices.Contains(phases, c.Phase) {
		wrong = append(wrong, fieldError{"/phase", fmt.Sprintf("write one of %s", strings.Trim(fmt.Sprint(phases), "[]"))})
	}
	wrong = append(wrong, wrongTimes(c, a.o.Now())...)
	wrong = append(wrong, a.wrongRecord(c)...)
	wrong = append(wrong, a.wrongWords(c)...)
	wrong = append(wrong, a.unknown(c)...)
	return append(wrong, a.completeSource(c)...)
}

// wrongTimes names the times that no command can mean.
func wrongTimes(c *headstart.Command, now time.Time) (wrong []fieldError) {
	if c.Do == "todo" && c.Due.After(now.Add(farthest)) {
		wrong = append(wrong, fieldError{"/due", "write a time within two years"})
	}
	for _, x := range []struct {
		pointer string
		at      time.Time
		ahead   time.Duration
		within  string
	}{{"/eta", c.ETA, headstart.LongestAhead, "a year"}, {"/until", c.Until, farthest, "two years"}} {
		if !x.at.IsZero() && (!x.at.After(now) || x.at.After(now.Add(x.ahead))) {
			wrong = append(wrong, fieldError{x.pointer, "write a time still to come, within " + x.within})
		}
	}
	return wrong
}

// wrongRecord names what is wrong with the known error that a resolve makes; what it
// leaves out the incident says.
func (a *API) wrongRecord(c *headstart.Command) (wrong []fieldError) {
	if c.Record == nil {
		return nil
	}
	for _, m := range c.Record.Mistakes(a.o.View.Catalog()) {
		if m.Kind != "empty" {
			wrong = append(wrong, fieldError{"/record" + pointer(m.Key), m.Error()})
		}
	}
	return wrong
}

// wrongWords names what is wrong with the words of a message, and when it goes out.
func (a *API) wrongWords(c *headstart.Command) (wrong []fieldError) {
	if c.Do != "seen" && !c.At.IsZero() && (!c.At.After(a.o.Now()) || c.At.After(a.o.Now().Add(headstart.LongestAhead))) {
		wrong = append(wrong, fieldError{"/at", "write a time still to come, within a year"})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Variables)) {
		if name != "effect" && !headstart.TypedName(name) {
			wrong = append(wrong, fieldError{"/variables" + pointer(name), fmt.Sprintf("write effect, or one of %s, as NAME or for one language NAME.nl", strings.Join(headstart.Typable, ", "))})
		}
	}
	return wrong
}

// completeSource finds the ticket system of a ticket named by its number alone,
// or as SOURCE/NUMBER.
func (a *API) completeSource(c *headstart.Command) []fieldError {
	if c.Ticket == "" || c.Source != "" {
		return nil
	}
	c.Source = a.sourceOf(c.Ticket)
	if source, id, ok := strings.Cut(c.Ticket, "/"); c.Source == "" && ok {
		c.Source, c.Ticket = source, id
	}
	if c.Source == "" {
		return []fieldError{{"/source", "no ticket system is named, and the number alone does not tell which; write the name of its source"}}
	}
	return nil
}

// unknown names what c opens an incident about and the catalog does not know: an
// id misspelt here would tell nobody, for nobody is hit by it.
func (a *API) unknown(c *headstart.Command) (wrong []fieldError) {
	cat := a.o.View.Catalog()
	for _, list := range []struct {
		pointer string
		ids     []string
		known   func(id string) bool
	}{
		{"/services", c.Services, func(id string) bool { return cat.ServiceByID(id) != nil }},
		{"/locations", c.Locations, func(id string) bool { return cat.LocationByID(id) != nil }},
		{"/departments", c.Departments, func(id string) bool { return cat.DepartmentByID(id) != nil }},
		{"/asset", oneOrNone(c.Asset), func(id string) bool { return cat.DeviceByID(id) != nil || cat.ServiceByID(id) != nil }},
	} {
		for _, id := range list.ids {
			if !list.known(id) {
				wrong = append(wrong, fieldError{list.pointer, fmt.Sprintf("the catalog has no %q; GET /api/v1/catalog lists what it has", id)})
			}
		}
	}
	return wrong
}

func oneOrNone(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// sourceOf finds the one source that has a ticket of this number.
func (a *API) sourceOf(ticket string) string {
	found := ""
	for _, t := range a.o.View.Tickets() {
		if t.ID == ticket {
			if found != "" && found != t.Source {
				return ""
			}
			found = t.Source
		}
	}
	return found
}

// mayAct refuses what the rights of the caller do not cover, and names incidents as the
// engine knows them.
func (a *API) mayAct(w http.ResponseWriter, v viewer, c *headstart.Command) bool {
	if why := v.bars(c); why != "" {
		writeProblem(w, http.StatusForbidden, why)
		return false
	}
	for _, name := range []*string{&c.Incident, &c.Into} {
		if i, ok := a.o.View.Find(*name); ok {
			*name = string(i.ID)
		}
	}
	return true
}

// answer says what became of c: done, refused, or not decided yet.
func (a *API) answer(w http.ResponseWriter, r *http.Request, c headstart.Command, o headstart.Outcome, pending bool) {
	switch {
	case pending:
		w.Header().Set("Location", "/api/v1/commands/"+c.ID)
		writeJSON(w, http.StatusAccepted, pendingCommand{c.ID, "pending"})
	case o.Missing:
		writeProblem(w, http.StatusNotFound, o.Refused)
	case o.Refused != "":
		writeProblem(w, http.StatusConflict, o.Refused)
	default:
		i, ok := a.whole(r, o.Incident)
		if !ok { // hush of everything
			writeJSON(w, http.StatusOK, o)
			return
		}
		if c.Do == "open" {
			w.Header().Set("Location", "/api/v1/incidents/"+string(i.ID))
		}
		writeJSON(w, http.StatusOK, i)
	}
}

// pendingCommand is the answer of a command that the log has and nobody decided yet.
type pendingCommand struct {
	Command string `json:"command"` // its id
	State   string `json:"state"`   // pending
}

func (a *API) showOutcome(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	o, ok := a.o.View.Outcome(id)
	if !ok || !a.viewer(r).seesID(o.Incident) {
		w.Header().Set("Retry-After", "1")
		writeProblem(w, http.StatusNotFound, "no outcome of this command is known: it is not decided yet, or was more than an hour ago")
		return
	}
	writeJSON(w, http.StatusOK, o)
}

// language is the caller's: ?lang=, else Accept-Language, else the installation's.
func (a *API) language(r *http.Request) string {
	for _, l := range []string{r.URL.Query().Get("lang"), firstLanguage(r.Header.Get("Accept-Language"))} {
		if l == "nl" || l == "en" {
			return l
		}
	}
	return cmp.Or(a.o.Language, "nl")
}

func firstLanguage(accept string) string {
	for part := range strings.SplitSeq(accept, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if base == "nl" || base == "en" {
			return base
		}
	}
	return ""
}
