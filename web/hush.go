package web

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"headstart"
	"headstart/lang"
)

// hushes are how long the panic switch holds messages (ruling 30); 0s ends it.
var hushes = []string{"30m", "2h", "8h", "24h", "0s"}

// serveHush holds all messages to users, or ends that.
func (s *Site) serveHush(w http.ResponseWriter, r *http.Request) {
	say := s.say(r)
	long := r.PostFormValue("for")
	if !s.viewer(r).everywhere() { // it holds those of all places
		s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("page.forbidden.text"))
		return
	}
	if !slices.Contains(hushes, long) {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), say.Say("form.empty", "field", say.Say("hush.for")))
		return
	}
	f := form{r: r, say: say, zone: s.zone, now: s.now()}
	c := headstart.Command{Do: "hush", For: long}
	if long != "0s" { // who finds it silent at eight must read why
		c.Text = f.required("reason")
	}
	if f.err != nil {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), f.err.Error())
		return
	}
	s.do(w, r, cmp.Or(backs[r.PostFormValue("back")], "/announcements"), c)
}

// hushedUntil is until when all messages are held, in words; empty: they are not.
func (s *Site) hushedUntil(say *lang.Words, now time.Time) string {
	until := s.o.View.HeldUntil()
	if !now.Before(until) {
		return ""
	}
	return say.Say("hush.until", "time", say.When(until, now))
}
