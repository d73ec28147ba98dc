package web

import (
	"net/http"
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
	MayApprove             bool // and approve what users are told of it

	// Held is what fails inside it and waits for its end.
	Held []string

	Told      []workMessage // what users are told of it, by audience
	Waiting   []string      // announcements among them that wait for a person
	From, End string        // of the form that moves it
	Begun     bool
}

const (
	comingMost = 60                 // windows that are to come, listed
	pastShown  = 7 * 24 * time.Hour // what is over
)

func (s *Site) serveMaintenance(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, v, cat := s.say(r), s.viewer(r), s.o.View.Catalog()
	p := maintenancePage{frame: s.frame(r, "maintenance", say.Say("nav.maintenance")), Offered: s.o.Plan != nil}
	if p.Notice = planNotice(r, say); p.Notice == nil {
		p.Notice = s.noticeFor(r)
	}
	held, told := s.held(v, cat, say.Lang), toldOfWork(s.o.View)
	for _, win := range s.o.View.Maintenance() {
		if !v.seesWindow(&win) {
			continue
		}
		l := s.windowLine(&win, say, p.Now)
		l.tell(told[win.ID], v, say, p.Now)
		l.May, l.Held = p.Write && p.Offered && v.actsOnWindow(&win), held[win.ID]
		l.MayApprove = l.May && v.approves()
		p.list(l, &win)
	}
	slices.Reverse(p.Past)
	p.Clashes = s.clashes(v, say, p.Now)
	p.Services, p.Locations = v.offered(say.Lang)
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
		From: w.StartsAt.In(s.zone).Format(formTime), End: w.EndsAt.In(s.zone).Format(formTime), Begun: !now.Before(w.StartsAt),
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
		if p.Suppressed == nil || (!v.seesAsset(p.Asset)) {
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
	n, now := 0, s.now()
	for _, w := range s.o.View.Maintenance() {
		if w.State(now) == "proposed" && !w.Empty() && v.seesWindow(&w) {
			n++
		}
	}
	return n
}
