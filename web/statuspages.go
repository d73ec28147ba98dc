package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/lang"
	"headstart/web/public"
)

// PageLinks makes and ends signed links to public pages with access link.
type PageLinks interface {
	Make(page string, expires time.Time) (token string, err error)
	Revoke(page string) error
}

// linkLasts are how long a link to a page can be good for, in days.
var linkLasts = map[string]int{"30": 30, "90": 90, "365": 365}

// pageLasts are how long the state of a page can be set by hand.
var pageLasts = map[string]time.Duration{"1h": time.Hour, "4h": 4 * time.Hour, "24h": 24 * time.Hour, "168h": 7 * 24 * time.Hour}

// statusPage is one public page as the desk sees it.
type statusPage struct {
	ID, Name, Path string
	URL            string // where readers find it
	Linked         bool   // it is read by signed links
	State          string // a person set, in words; empty: it follows what goes on
	Until, By      string
	Level          string
}

// statusPages are the public pages, with what persons set them to.
func (s *Site) statusPages(say *lang.Words, now time.Time) []statusPage {
	set := s.o.View.PageStates()
	var out []statusPage
	for _, p := range s.o.Pages {
		page := statusPage{ID: p.ID, Name: p.Title, Path: public.Root(p.ID), URL: strings.TrimRight(s.o.PagesURL, "/") + public.Root(p.ID), Linked: p.Access == "link" && s.o.Links != nil}
		if n, ok := set[p.ID]; ok && now.Before(n.Until) {
			page.State, page.Until, page.By = say.SayOr("pages.state.", n.State, n.State), say.When(n.Until, now), n.By
			page.Level = map[string]string{"works": "green", "planned": "blue", "partly": "amber", "down": "red"}[n.State]
		}
		out = append(out, page)
	}
	return out
}

// pageOf finds the public page that a form names. One without an id is one too.
func (s *Site) pageOf(r *http.Request) (public.Page, bool) {
	n := slices.IndexFunc(s.o.Pages, func(p public.Page) bool { return p.ID == r.PostFormValue("page") })
	if n < 0 || !r.PostForm.Has("page") {
		return public.Page{}, false
	}
	return s.o.Pages[n], true
}

// servePageState sets the headline of a public page by hand, or lets it follow what
// goes on again.
func (s *Site) servePageState(w http.ResponseWriter, r *http.Request) {
	say := s.say(r)
	page, ok := s.pageOf(r)
	if !ok {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("pages.none"))
		return
	}
	f := form{r: r, say: say, zone: s.zone, now: s.now()}
	c := headstart.Command{Do: "page-state", Ref: page.ID}
	if f.text("release") != "" {
		c.Value = new(false)
	} else {
		lasts, known := pageLasts[f.text("for")]
		if c.Kind, c.Text = f.text("state"), f.required("reason"); !known || !slices.Contains(headstart.PageStates, c.Kind) {
			f.refuse("pages.refused")
		}
		c.Until = f.now.Add(lasts)
	}
	if f.err != nil {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), f.err.Error())
		return
	}
	s.do(w, r, "/announcements", c)
}

// servePageLink makes a signed link to a page, or ends all that were made. A link is
// shown once: it stands in no log and no address.
func (s *Site) servePageLink(w http.ResponseWriter, r *http.Request) {
	say := s.say(r)
	page, ok := s.pageOf(r)
	if !ok || page.Access != "link" || s.o.Links == nil {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("pages.nolink"))
		return
	}
	made := madeLink{Page: public.Root(page.ID)}
	var err error
	switch days, known := linkLasts[r.PostFormValue("days")]; {
	case r.PostFormValue("revoke") != "":
		err = s.o.Links.Revoke(page.ID)
		s.logger.Info("links to a status page revoked", "subject", made.Page, "err", err)
	case !known:
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), say.Say("pages.refused"))
		return
	default:
		until := s.now().AddDate(0, 0, days)
		var token string
		token, err = s.o.Links.Make(page.ID, until)
		made.URL, made.Until = strings.TrimRight(s.o.PagesURL, "/")+made.Page+"link/"+token+"/", say.Stamp(until)
		s.logger.Info("link to a status page made", "subject", made.Page, "err", err)
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.announcements(w, r, &made)
}

// madeLink is a link that was just made; without an address all links were ended.
type madeLink struct{ Page, URL, Until string }
