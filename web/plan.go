package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/lang"
)

// formTime is how browsers write a day and a clock time.
const formTime = "2006-01-02T15:04"

// servePlan plans work.
func (s *Site) servePlan(w http.ResponseWriter, r *http.Request) {
	say, cat := s.say(r), s.o.View.Catalog()
	f := form{r: r, say: say, zone: s.zone, now: s.now()}
	win := headstart.MaintenanceWindow{StartsAt: f.day("from"), EndsAt: f.day("until"), Owner: f.text("owner"), Summary: headstart.Names{}}
	for _, l := range lang.Languages() {
		if text := f.text("summary_" + l); text != "" {
			win.Summary[l] = text
		}
	}
	win.Assets = f.known(strings.FieldsFunc(f.text("assets"), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }), func(id string) bool {
		return cat.DeviceByID(id) != nil || cat.ServiceByID(id) != nil
	})
	win.Services = f.known(r.PostForm["service"], func(id string) bool { return cat.ServiceByID(id) != nil })
	win.Locations = f.known(r.PostForm["location"], func(id string) bool { return cat.LocationByID(id) != nil })
	switch {
	case f.err != nil:
	case win.Empty():
		f.refuse("form.window.empty")
	case !win.EndsAt.After(win.StartsAt):
		f.refuse("form.window.order")
	case !win.EndsAt.After(f.now):
		f.refuse("form.window.past")
	case win.EndsAt.Sub(win.StartsAt) > longestWindow || win.StartsAt.After(f.now.Add(farthest)):
		f.refuse("form.window.long")
	}
	c := s.windowChange(r)
	if f.err == nil && !s.viewer(r).actsOnWindow(&win) {
		f.refuse("plan.refused.forbidden")
	}
	if f.err != nil {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), f.err.Error())
		return
	}
	s.plan(w, r, c.newWindow(win), "planned")
}

// day reads a day and a clock time.
func (f *form) day(name string) time.Time {
	v := f.required(name)
	t, err := time.ParseInLocation(formTime, v, f.zone)
	if err != nil {
		f.refuse("form.day", "value", cutText(v, 20))
	}
	return t
}

// known keeps each id once and refuses one the catalog does not have.
func (f *form) known(ids []string, known func(string) bool) []string {
	var out []string
	for _, id := range ids {
		switch {
		case !known(id):
			f.refuse("form.unknown", "id", cutText(id, 60))
		case !slices.Contains(out, id):
			out = append(out, id)
		}
	}
	return out
}

// serveWindowAction ends or approves the window named in the form.
func (s *Site) serveWindowAction(w http.ResponseWriter, r *http.Request) {
	say, c := s.say(r), s.windowChange(r)
	id := r.PostFormValue("id")
	var win headstart.MaintenanceWindow
	var why refusal
	switch r.PathValue("do") {
	case "tell", "approve-message", "discard-message":
		s.serveWorkMessage(w, r)
		return
	case "move":
		f := form{r: r, say: say, zone: s.zone, now: s.now()}
		var from time.Time
		if r.PostFormValue("from") != "" {
			from = f.day("from")
		}
		until := f.day("until")
		if f.err != nil {
			s.message(w, r, http.StatusBadRequest, say.Say("page.form"), f.err.Error())
			return
		}
		win, why = c.move(id, from, until)
	case "end":
		win, why = c.end(id)
	case "approve":
		win, why = c.approve(id)
	default:
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.action"))
		return
	}
	switch why {
	case allowed:
		s.plan(w, r, win, r.PathValue("do"))
	case windowUnknown:
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("plan.refused.unknown"))
	case windowForbidden:
		s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("plan.refused.forbidden"))
	case windowOver:
		s.message(w, r, http.StatusConflict, say.Say("nav.maintenance"), say.Say("plan.refused.over"))
	case windowNoProposal:
		s.message(w, r, http.StatusConflict, say.Say("nav.maintenance"), say.Say("plan.refused.counts"))
	case windowTimes:
		s.message(w, r, http.StatusConflict, say.Say("nav.maintenance"), say.Say("plan.refused.times"))
	case windowEmpty:
		s.message(w, r, http.StatusConflict, say.Say("nav.maintenance"), say.Say("plan.unknown"))
	}
}

// serveWorkMessage approves or throws away what waits to be told of planned work, or
// tells users what is next, in all audiences that the form names.
func (s *Site) serveWorkMessage(w http.ResponseWriter, r *http.Request) {
	say, do := s.say(r), r.PathValue("do")
	if do == "approve-message" && !s.viewer(r).approves() {
		s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("page.forbidden.approve"))
		return
	}
	f := form{r: r, say: say, zone: s.zone, now: s.now()}
	var commands []headstart.Command
	if do == "tell" {
		commands = []headstart.Command{{Do: "announce", Window: r.PostFormValue("id"), Text: f.text("text")}}
	}
	var until time.Time
	if r.PostFormValue("until") != "" {
		until = f.day("until")
	}
	for _, id := range r.PostForm["announcement"] {
		if do != "tell" && len(commands) < mostAtOnce {
			commands = append(commands, headstart.Command{Do: strings.TrimSuffix(do, "-message"), Announcement: cutText(id, 400), Until: until})
		}
	}
	for n := range commands {
		win, known := workOf(s.o.View, &commands[n])
		if !known || !s.viewer(r).actsOnWindow(&win) {
			s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("plan.refused.forbidden"))
			return
		}
	}
	if f.err != nil || len(commands) == 0 {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), cmp.Or(errText(f.err), say.Say("plan.refused.unknown")))
		return
	}
	s.do(w, r, "/maintenance", commands...)
}

// errText is what an error says; nothing if there is none.
func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (s *Site) windowChange(r *http.Request) windowChange {
	return windowChange{view: s.o.View, now: s.o.Now(), by: headstart.IdentityFrom(r.Context())}
}

// plan records a window and goes back to the list.
func (s *Site) plan(w http.ResponseWriter, r *http.Request, win headstart.MaintenanceWindow, did string) {
	if s.o.Plan == nil {
		say := s.say(r)
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.action"))
		return
	}
	pending, err := s.o.Plan(r.Context(), win)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if pending {
		did = "pending"
	}
	http.Redirect(w, r, "/maintenance?"+url.Values{"did": {did}}.Encode(), http.StatusSeeOther)
}

// planNotice says what became of what the reader just did.
func planNotice(r *http.Request, say *lang.Words) *notice {
	switch did := r.URL.Query().Get("did"); did {
	case "planned", "end", "approve", "move":
		return &notice{Level: "green", Text: say.Say("plan.did." + did)}
	case "pending":
		return &notice{Level: "blue", Text: say.Say("did.pending")}
	default:
		return nil
	}
}
