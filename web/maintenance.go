package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/lang"
)

// maintenancePage lists planned work and takes more.
type maintenancePage struct {
	frame
	Running, Coming, Proposed, Past []windowLine
	More                            int // coming, beyond those shown
	Clashes                         []clash

	Services, Locations []choice
	From, Until         string // of the form, as the browser writes times
	Offered             bool   // work can be planned here
}

// windowLine is one window.
type windowLine struct {
	ID, Text, When, Covers string
	Owner, Source          string
	Cancelled, Unknown     bool // Unknown: it names nothing of the catalog
	May                    bool // the reader may end or approve it

	// Held is what fails inside it and waits for its end.
	Held []string
}

const (
	comingMost = 60                 // windows that are to come, listed
	pastShown  = 7 * 24 * time.Hour // what is over
)

func (s *Site) serveMaintenance(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, v, cat := s.say(r), viewerOf(headstart.IdentityFrom(r.Context())), s.o.View.Catalog()
	p := maintenancePage{frame: s.frame(r, "maintenance", say.Say("nav.maintenance")), Offered: s.o.Plan != nil}
	p.Notice = planNotice(r, say)
	held := s.held(v, cat, say.Lang)
	var ahead []headstart.MaintenanceWindow
	for _, win := range s.o.View.Maintenance() {
		if !maySee(cat, v, &win) {
			continue
		}
		if !win.Over(p.Now) {
			ahead = append(ahead, win)
		}
		l := s.windowLine(&win, say, p.Now)
		l.May, l.Held = p.Write && p.Offered && mayChange(cat, v, &win), held[win.ID]
		p.list(l, &win)
	}
	slices.Reverse(p.Past)
	p.Clashes = clashes(cat, ahead, say)
	for _, svc := range cat.Services {
		if svc.Confidential && !v.confidential {
			continue
		}
		p.Services = append(p.Services, choice{svc.ID, nameOf(svc.Name, svc.ID, say.Lang)})
	}
	for _, l := range cat.Locations {
		p.Locations = append(p.Locations, choice{l.ID, nameOf(l.Name, l.ID, say.Lang)})
	}
	next := p.Now.Truncate(time.Hour).Add(time.Hour)
	p.From, p.Until = next.Format(formTime), next.Add(time.Hour).Format(formTime)
	s.render(w, r, http.StatusOK, "maintenance", p)
}

// list puts a window where it belongs.
func (p *maintenancePage) list(l windowLine, w *headstart.MaintenanceWindow) {
	switch w.State(p.Now) {
	case "running":
		p.Running = append(p.Running, l)
	case "proposed":
		p.Proposed = append(p.Proposed, l)
	case "coming":
		if len(p.Coming) < comingMost {
			p.Coming = append(p.Coming, l)
		} else {
			p.More++
		}
	default:
		ended := w.EndsAt
		if w.Cancelled && w.StartsAt.Before(ended) {
			ended = w.StartsAt
		}
		if ended.Before(p.Now.Add(pastShown)) && p.Now.Sub(ended) < pastShown && len(p.Past) < listMost {
			p.Past = append(p.Past, l)
		}
	}
}

func (s *Site) windowLine(w *headstart.MaintenanceWindow, say *lang.Words, now time.Time) windowLine {
	cat := s.o.View.Catalog()
	covers := joined(slices.Concat(w.Assets, w.Services), func(id string) string { return assetName(cat, id, say.Lang) })
	if places := joined(w.Locations, func(id string) string { return locationName(cat, id, say.Lang) }); places != "" {
		covers = strings.TrimPrefix(covers+", "+places, ", ")
	}
	l := windowLine{
		ID: w.ID, Text: w.Summary.In(say.Lang), When: stretch(w.StartsAt, w.EndsAt, say), Covers: covers, Owner: w.Owner,
		Cancelled: w.Cancelled, Unknown: w.Empty(),
	}
	if l.Text == "" {
		l.Text = covers
	}
	source, _, _ := strings.Cut(w.Source, "/")
	if source != "" {
		l.Source = say.Say("plan.source." + source)
	}
	return l
}

// stretch is from when to when, naming the day once if it is one.
func stretch(from, to time.Time, say *lang.Words) string {
	end := say.Clock(to)
	if say.Day(from) != say.Day(to) || to.Sub(from) > 36*time.Hour {
		end = say.Stamp(to)
	}
	return say.Stamp(from) + " – " + end
}

// held is what planned work keeps from becoming an incident, by window.
func (s *Site) held(v viewer, cat *headstart.Catalog, language string) map[string][]string {
	out := map[string][]string{}
	for _, p := range s.o.View.Problems() {
		d := cat.DeviceByID(p.Asset)
		if p.Suppressed == nil || (d != nil && d.Confidential && !v.confidential) {
			continue
		}
		name := assetName(cat, p.Asset, language)
		if list := out[p.Suppressed.By]; len(list) < listMost && !slices.Contains(list, name) {
			out[p.Suppressed.By] = append(list, name)
		}
	}
	return out
}

// proposals counts what waits for a person.
func (s *Site) proposals(v viewer) int {
	n, now, cat := 0, s.now(), s.o.View.Catalog()
	for _, w := range s.o.View.Maintenance() {
		if w.State(now) == "proposed" && !w.Empty() && maySee(cat, v, &w) {
			n++
		}
	}
	return n
}

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
	if f.err == nil && !mayChange(cat, viewerOf(c.by), &win) {
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
	case windowEmpty:
		s.message(w, r, http.StatusConflict, say.Say("nav.maintenance"), say.Say("plan.unknown"))
	}
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
	case "planned", "end", "approve":
		return &notice{Level: "green", Text: say.Say("plan.did." + did)}
	case "pending":
		return &notice{Level: "blue", Text: say.Say("did.pending")}
	default:
		return nil
	}
}
