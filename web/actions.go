package web

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"headstart"
	"headstart/lang"
)

const (
	maxForm = 64 << 10 // bytes of a form
	maxText = 4000     // characters of a field

	mostAtOnce = 50 // tickets of one form
)

// notice says what became of the command the reader just gave. It is read from
// the outcome row in the view, so a page that is loaded again tells the truth
// as of then.
type notice struct {
	Level, Text string
	Pending     bool // not decided yet: the page looks again by itself
}

// noticeFor reads ?did=, the id of a command.
func (s *Site) noticeFor(r *http.Request) *notice {
	id := r.URL.Query().Get("did")
	if id == "" {
		return nil
	}
	say := s.say(r)
	o, ok := s.o.View.Outcome(id)
	switch {
	case !ok:
		return &notice{Level: "blue", Text: say.Say("did.pending"), Pending: true}
	case o.Refused != "":
		return &notice{Level: "red", Text: say.Say("did.refused", "why", o.Refused)}
	default:
		return &notice{Level: "green", Text: say.Say("did.done")}
	}
}

// serveAction does one thing to one incident and goes back to its page.
func (s *Site) serveAction(w http.ResponseWriter, r *http.Request) {
	s.act(w, r, r.PathValue("id"), r.PathValue("do"))
}

// serveLink links tickets to the incident that a form of the list of tickets names.
func (s *Site) serveLink(w http.ResponseWriter, r *http.Request) {
	s.act(w, r, r.PostFormValue("incident"), "link")
}

// backs are the pages that a form may name to go back to.
var backs = map[string]string{"board": "/", "desk": "/desk", "own": "/?own=1", "tickets": "/tickets", "announcements": "/announcements"}

// act does something to an incident: once, or for each ticket that a form names.
func (s *Site) act(w http.ResponseWriter, r *http.Request, id, do string) {
	say := s.say(r)
	i, ok := s.o.View.Find(id)
	if !ok {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.incident", "id", cutText(id, 40)))
		return
	}
	if !s.viewer(r).acts(&i) {
		s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("page.forbidden.text"))
		return
	}
	if approves(do) && !s.viewer(r).approves() {
		s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("page.forbidden.approve"))
		return
	}
	build, ok := actions[do]
	if !ok {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.action"))
		return
	}
	f := form{r: r, say: say, zone: s.zone, now: s.now()}
	back, ok := backs[r.PostFormValue("back")]
	if !ok {
		back = "/i/" + string(i.ID)
		if tab := tabOf(r.PostFormValue("tab")); tab != tabOverview {
			back += "?tab=" + tab
		}
	}
	var commands []headstart.Command
	for range max(1, min(len(r.PostForm["ticket"]), mostAtOnce)) {
		c := headstart.Command{Do: do, Incident: string(i.ID)}
		build(&f, &c)
		if c.Announcement != "" && do != "cover" && !s.tells(c.Announcement, &i) { // rights were asked for i
			s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.action"))
			return
		}
		commands = append(commands, c)
		f.nth++
	}
	if f.err != nil {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), f.err.Error())
		return
	}
	s.do(w, r, back, commands...)
}

// tells reports whether the announcement called id is one of i.
func (s *Site) tells(id string, i *headstart.Incident) bool {
	for a := range s.o.View.EachAnnouncement() {
		if a.ID == id {
			return a.About(i.ID)
		}
	}
	return false
}

// do carries out commands in order and answers with the page to go to. It gives none of
// them when the rights of the reader do not cover one.
func (s *Site) do(w http.ResponseWriter, r *http.Request, back string, commands ...headstart.Command) {
	var last headstart.Command
	v, say := s.viewer(r), s.say(r)
	for n := range commands {
		if v.bars(&commands[n]) != "" {
			s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("page.forbidden.text"))
			return
		}
	}
	for _, c := range commands {
		if c.By = headstart.IdentityFrom(r.Context()).Name; c.ID == "" {
			c.ID = newID()
		}
		o, pending, err := s.o.Do(r.Context(), c)
		if err != nil {
			s.failed(w, r, err)
			return
		}
		last, back = c, cmp.Or(madeBy(&c, &o), back)
		if o.Refused != "" && !pending {
			break // what follows would build on what was not done
		}
	}
	http.Redirect(w, r, withOutcome(back, last.ID), http.StatusSeeOther)
}

// madeBy is the page of what a command made; empty: it made nothing.
func madeBy(c *headstart.Command, o *headstart.Outcome) string {
	switch {
	case c.Do == "open" && o.Incident != "":
		return "/i/" + string(o.Incident)
	case c.Do == "make-known" && o.Known != "":
		return "/known-errors/" + o.Known
	default:
		return ""
	}
}

// withOutcome is the address of a page that says what became of a command.
func withOutcome(page, command string) string {
	sign := "?"
	if strings.Contains(page, "?") {
		sign = "&"
	}
	return page + sign + "did=" + url.QueryEscape(command)
}

// failed says that nothing was kept: the reader must know that pressing again
// is safe.
func (s *Site) failed(w http.ResponseWriter, r *http.Request, err error) {
	s.logger.Warn("command not accepted", "err", err)
	say := s.say(r)
	w.Header().Set("Retry-After", "5")
	s.message(w, r, http.StatusServiceUnavailable, say.Say("page.unavailable"), say.Say("page.unavailable.text"))
}

func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return "web-" + hex.EncodeToString(b[:])
}

// actions are what a person may do to an incident: each fills in a command from
// the form that was sent.
var actions = map[string]func(*form, *headstart.Command){
	"ack":          func(*form, *headstart.Command) {},
	"reopen":       func(*form, *headstart.Command) {},
	"note":         func(f *form, c *headstart.Command) { c.Text = f.required("text") },
	"link":         ticketAction,
	"unlink":       ticketAction,
	"confirm-link": ticketAction,
	"reject-link":  ticketAction,
	"approve":      announcementAction,
	"discard":      announcementAction,
	"withdraw":     announcementAction,
	"assign": func(f *form, c *headstart.Command) {
		c.Owner, c.SupportGroup = f.text("owner"), f.text("support_group")
		if c.Owner == "" && c.SupportGroup == "" {
			f.refuse("form.assign")
		}
	},
	"set-eta": func(f *form, c *headstart.Command) { c.ETA, c.Text = f.clock("eta", true), f.text("reason") },
	"announce": func(f *form, c *headstart.Command) {
		c.Phase = headstart.Phase(f.required("phase"))
		c.Audience, c.Draft = f.text("audience"), f.text("draft") != ""
		c.Variables = f.variables()
	},
	"confirm": callerAction,
	"lead": func(f *form, c *headstart.Command) {
		if c.Value = new(f.text("count") != ""); !*c.Value {
			c.Text = f.required("reason")
		}
	},
	"resolve": func(f *form, c *headstart.Command) {
		c.Cause, c.Solution, c.Prevention, c.Summary = f.text("cause"), f.text("solution"), f.text("prevention"), f.text("summary")
		switch c.KnownError = f.text("known_error"); {
		case f.text("make_known") == "":
		case c.KnownError != "":
			f.refuse("form.known")
		default:
			c.Record = &headstart.KnownError{} // what the incident says stands in
		}
	},
	"helped": func(f *form, c *headstart.Command) {
		c.KnownError = f.required("known_error")
		c.Value = new(f.text("no") == "")
	},
	"cover": func(f *form, c *headstart.Command) {
		c.Announcement, c.Incidents = f.required("announcement"), []string{c.Incident}
	},
	"merge": func(f *form, c *headstart.Command) { c.Into, c.Text = f.required("into"), f.required("reason") },
	"split": func(f *form, c *headstart.Command) {
		if c.Assets, c.Text = f.r.PostForm["asset"], f.required("reason"); len(c.Assets) == 0 {
			f.refuse("form.empty", "field", f.say.Say("field.assets"))
		}
	},
	"hush": func(f *form, c *headstart.Command) {
		if c.For, c.Text = f.text("for"), f.required("reason"); !slices.Contains(hushes, c.For) {
			f.refuse("form.empty", "field", f.say.Say("hush.for"))
		}
	},
}

// ticketAction names the ticket: as "source/id" in one field. Of several fields it is
// the one whose turn it is.
func ticketAction(f *form, c *headstart.Command) {
	key := f.required("ticket")
	if all := f.r.PostForm["ticket"]; f.nth > 0 && f.nth < len(all) {
		key = all[f.nth]
	}
	source, id, ok := strings.Cut(key, "/")
	if !ok || !utf8.ValidString(key) || len(key) > 250 {
		f.refuse("form.ticket")
	}
	c.Source, c.Ticket = source, id
}

// callerAction counts somebody who told the desk. A button pressed twice in haste sends
// the same form twice: that is one caller.
func callerAction(f *form, c *headstart.Command) {
	if f.text("ticket") != "" { // it is over, and somebody who reported it says no
		ticketAction(f, c)
		return
	}
	c.Channel = f.text("channel")
	if f.text("undo") != "" {
		c.Value = new(false)
	}
	if once := f.text("once"); once != "" && len(once) < 64 {
		c.ID = "web-once-" + c.Incident + "-" + headstart.IdentityFrom(f.r.Context()).Name + "-" + once
	}
}

func announcementAction(f *form, c *headstart.Command) { c.Announcement = f.required("announcement") }

// form reads fields and keeps the first mistake, in words for the reader.
type form struct {
	r    *http.Request
	say  *lang.Words
	zone *time.Location
	now  time.Time
	nth  int // which of several tickets it is about
	err  error
}

func (f *form) refuse(key string, vars ...any) {
	if f.err == nil {
		f.err = errors.New(f.say.Say(key, vars...))
	}
}

// text reads a field: valid UTF-8, no control characters, bounded.
func (f *form) text(name string) string { return f.textUpTo(name, maxText) }

// textUpTo is text with a bound of its own, in characters.
func (f *form) textUpTo(name string, most int) string {
	v := strings.TrimSpace(f.r.PostFormValue(name))
	switch {
	case !utf8.ValidString(v):
		f.refuse("form.characters", "field", name)
	case utf8.RuneCountInString(strings.ReplaceAll(v, "\r", "")) > most:
		f.refuse("form.long", "field", name, "max", most)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, v)
}

func (f *form) required(name string) string {
	v := f.text(name)
	if v == "" {
		f.refuse("form.empty", "field", f.say.SayOr("field.", name, name))
	}
	return v
}

// clock reads a time of day, "09:15": today, or tomorrow when that has passed.
func (f *form) clock(name string, required bool) time.Time {
	v := f.text(name)
	if v == "" {
		if required {
			f.refuse("form.empty", "field", f.say.SayOr("field.", name, name))
		}
		return time.Time{}
	}
	var h, m int
	if n, err := fmt.Sscanf(v, "%d:%d", &h, &m); n != 2 || err != nil || h < 0 || h > 23 || m < 0 || m > 59 {
		f.refuse("form.clock", "value", cutText(v, 20))
		return time.Time{}
	}
	y, mo, d := f.now.In(f.zone).Date()
	t := time.Date(y, mo, d, h, m, 0, 0, f.zone)
	if !t.After(f.now) {
		t = time.Date(y, mo, d+1, h, m, 0, 0, f.zone)
	}
	return t
}

// wordVariables are the free texts of a message a person may fill in.
var wordVariables = []string{"Progress", "Workaround", "Cause", "Reason"}

func (f *form) variables() map[string]string {
	out := map[string]string{}
	for _, name := range wordVariables {
		if v := f.text("var_" + name); v != "" {
			out[name] = v
		}
	}
	return out
}
