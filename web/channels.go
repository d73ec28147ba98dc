package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"headstart"
	"headstart/lang"
)

// TryChannel sends one message that says it is a test to everybody a channel reaches.
// It returns ErrNoChannel if none has that name; other errors hold no secret.
type TryChannel func(ctx context.Context, name string) error

// ErrNoChannel says that no channel of the configuration has that name.
var ErrNoChannel = errors.New("no channel has that name; GET /api/v1/channels lists them")

// channelList is what GET /api/v1/channels answers.
type channelList struct {
	Channels []headstart.ChannelInfo `json:"channels"`
}

func channelsOf(view *headstart.View) []headstart.ChannelInfo {
	if c := view.Config(); c != nil && c.Channels != nil {
		return c.Channels
	}
	return []headstart.ChannelInfo{}
}

func (a *API) listChannels(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, channelList{channelsOf(a.o.View)})
}

// testChannel answers POST /api/v1/channels/{name}/test.
func (a *API) testChannel(w http.ResponseWriter, r *http.Request) {
	if a.o.TryChannel == nil {
		writeProblem(w, http.StatusNotFound, "this process sends nothing")
		return
	}
	name := r.PathValue("name")
	err := a.o.TryChannel(r.Context(), name)
	a.logger.Info("test message", "channel", name, "by", headstart.IdentityFrom(r.Context()).Name, "sent", err == nil)
	switch {
	case errors.Is(err, ErrNoChannel):
		writeProblem(w, http.StatusNotFound, err.Error())
	case err != nil:
		writeProblem(w, http.StatusBadGateway, err.Error())
	default:
		writeJSON(w, http.StatusOK, channelTested{name})
	}
}

// channelTested is the answer when a channel took a test message.
type channelTested struct {
	Channel string `json:"channel"`
}

// channelsPage is how people are told: each channel, and what none of them took.
type channelsPage struct {
	frame
	Channels []channelLine
	Places   []deadPlace // with what they did not take, by name
	Count    int         // of all that was given up
	Admin    bool        // the reader may try a channel
	Tried    *notice
}

type channelLine struct {
	Name, Type, Can, Audiences string
}

// deadPlace is a place with what it did not take.
type deadPlace struct {
	Name    string
	Letters []letterLine
}

type letterLine struct {
	deadLetter
	When, What, Name string
}

func (s *Site) serveChannels(w http.ResponseWriter, r *http.Request) {
	if s.ready(w, r) {
		s.render(w, r, http.StatusOK, "channels", s.channelsPage(r))
	}
}

func (s *Site) channelsPage(r *http.Request) channelsPage {
	say := s.say(r)
	p := channelsPage{frame: s.frame(r, "announcements", say.Say("channels.head"))}
	p.Admin = p.Settings && s.o.TryChannel != nil
	for _, ch := range channelsOf(s.o.View) {
		p.Channels = append(p.Channels, channelLine{
			Name: ch.Name, Type: ch.Type, Can: abilities(ch, say), Audiences: strings.Join(ch.Audiences, ", "),
		})
	}
	for _, d := range deadLettersFor(s.viewer(r)) {
		l := letterLine{deadLetter: d, When: say.When(d.At, p.Now), What: say.SayOr("channels.plane.", string(d.Plane), ""), Name: nameOf(d.Title, "", say.Lang)}
		if d.Phase != "" {
			l.What += ": " + say.SayOr("phase.", string(d.Phase), string(d.Phase))
		}
		at := slices.IndexFunc(p.Places, func(x deadPlace) bool { return x.Name == d.Place })
		if at < 0 {
			at = len(p.Places)
			p.Places = append(p.Places, deadPlace{Name: d.Place})
		}
		if p.Count++; len(p.Places[at].Letters) < listMost {
			p.Places[at].Letters = append(p.Places[at].Letters, l)
		}
	}
	return p
}

func abilities(ch headstart.ChannelInfo, say *lang.Words) string {
	can := []string{say.Say("channels.posts")}
	if ch.Update {
		can = append(can, say.Say("channels.edits"))
	}
	if ch.Reply {
		can = append(can, say.Say("channels.answers"))
	}
	return strings.Join(can, ", ")
}

// serveLetters sends again, or dismisses, the messages that a form names.
func (s *Site) serveLetters(w http.ResponseWriter, r *http.Request) {
	say, v := s.say(r), s.viewer(r)
	do := r.PathValue("do")
	if do != "resend" && do != "dismiss" {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.action"))
		return
	}
	_ = r.PostFormValue("message") // reads the form
	var commands []headstart.Command
	for _, key := range r.PostForm["message"] {
		if !v.mayResend(key) {
			s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("page.forbidden.text"))
			return
		}
		if len(commands) < mostAtOnce {
			commands = append(commands, headstart.Command{Do: do, Message: cutText(key, maxText)})
		}
	}
	if len(commands) == 0 {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), say.Say("channels.none.chosen"))
		return
	}
	s.do(w, r, "/channels", commands...)
}

// serveTest sends a test message and shows what came of it: it is no announcement, so
// nothing of it is kept.
func (s *Site) serveTest(w http.ResponseWriter, r *http.Request) {
	say, name := s.say(r), r.PathValue("name")
	if s.o.TryChannel == nil {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.action"))
		return
	}
	err := s.o.TryChannel(r.Context(), name)
	s.logger.Info("test message", "channel", name, "by", headstart.IdentityFrom(r.Context()).Name, "sent", err == nil)
	p := s.channelsPage(r)
	p.Path = "/channels"
	p.Tried = &notice{Level: "green", Text: say.Say("channels.tried", "name", name)}
	if err != nil {
		p.Tried = &notice{Level: "red", Text: say.Say("channels.failed", "name", cutText(name, 60), "why", err.Error())}
	}
	s.render(w, r, http.StatusOK, "channels", p)
}

// Path is where the test of a channel is asked for.
func (c channelLine) Path() string { return "/channels/" + url.PathEscape(c.Name) + "/test" }
