package web

import (
	"time"

	"headstart/lang"
)

// SiteAgent is how an agent that probes a site for us does.
type SiteAgent struct {
	Name    string
	Asset   string    // device it runs on
	State   string    // live, silent, or waiting: not heard since this process started
	HeardAt time.Time // its last sign of life; zero: none yet
	Since   time.Time // of silence
	Waiting int       // checks that waited there when it was last heard
}

// agentLine is one agent as the board lists it.
type agentLine struct {
	Level, Word string
	Name, Text  string
}

// agents lists the site agents with the age of what they say.
func (s *Site) agents(say *lang.Words, v viewer, now time.Time) []agentLine {
	var out []agentLine
	cat := s.o.View.Catalog()
	for _, a := range s.o.Agents() {
		if !v.seesAsset(a.Asset) {
			continue
		}
		l := agentLine{Level: "green", Word: say.Say("board.agents.live"), Name: assetName(cat, a.Asset, say.Lang)}
		switch {
		case a.State == "silent":
			l.Level, l.Word, l.Text = "amber", say.Say("board.agents.silent"), say.Say("board.agents.since", "when", say.When(a.Since, now))
		case a.HeardAt.IsZero():
			l.Level, l.Word = "grey", say.Say("board.agents.waiting")
		case a.Waiting > 0:
			l.Text = say.Say("board.agents.catching", "ago", say.Span(now.Sub(a.HeardAt)), "n", a.Waiting)
		default:
			l.Text = say.Say("board.agents.heard", "ago", say.Span(now.Sub(a.HeardAt)))
		}
		out = append(out, l)
	}
	return out
}
