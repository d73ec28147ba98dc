package web

import (
	"net/http"
	"time"

	"headstart"
)

// Guide is what stands on the pages of a demonstration: a line that says so on each of
// them, and a page with what to look at first and the messages that were sent.
type Guide struct {
	Speed int // how many times faster than the reader's the clock runs

	// Story is what happened last, newest first; Outbox the messages to users, oldest
	// first. Both in the language asked for.
	Story  func(language string) []GuideLine
	Outbox func(language string) []GuideMessage
}

// GuideLine is one thing that happened.
type GuideLine struct {
	At   time.Time
	Text string
}

// GuideMessage is one message, as a user would have read it.
type GuideMessage struct {
	At          time.Time
	To          string
	Title, Body string
}

// guidePage shows a Guide.
type guidePage struct {
	frame
	Speed  int
	Steps  []guideStep
	Story  []GuideLine
	Outbox []GuideMessage
}

type guideStep struct{ Text, Link string }

// guideSteps are what to look at first, by the end of a key of the words, and where.
var guideSteps = []struct{ key, link string }{
	{"board", "/"}, {"morning", "/morning"}, {"status", "/s/"}, {"tickets", "/tickets"}, {"map", "/map"},
}

// routes of a demonstration.
func (g *Guide) routes(s *Site) []headstart.Route {
	if g == nil {
		return nil
	}
	return []headstart.Route{{Pattern: "GET /demo", Scope: headstart.ScopeRead, Handler: secure(http.HandlerFunc(s.serveGuide))}}
}

func (s *Site) serveGuide(w http.ResponseWriter, r *http.Request) {
	say, g := s.say(r), s.o.Guide
	p := guidePage{frame: s.frame(r, "demo", say.Say("demo.title")), Speed: g.Speed, Story: g.Story(s.language(r)), Outbox: g.Outbox(s.language(r))}
	for _, step := range guideSteps {
		p.Steps = append(p.Steps, guideStep{say.Say("demo.step." + step.key), step.link})
	}
	s.render(w, r, http.StatusOK, "guide", p)
}
