package report

import (
	"encoding/json"
	"fmt"
)

// cardMost is how much a workflow of Teams takes, 28 KB, less the envelope around the
// card (learn.microsoft.com, Create incoming webhooks).
const cardMost = 24_000

// card is an Adaptive Card of version 1.4. Its texts are RichTextBlocks, which show
// their words letter by letter: no markup in them is followed (ruling 45).
type card struct {
	Schema   string       `json:"$schema"`
	Type     string       `json:"type"`
	Version  string       `json:"version"`
	Lang     string       `json:"lang"`
	Fallback string       `json:"fallbackText"`
	Body     []cardBlock  `json:"body"`
	Actions  []cardAction `json:"actions,omitempty"`
	MSTeams  cardWidth    `json:"msteams"`
}

type cardWidth struct {
	Width string `json:"width"`
}

type cardBlock struct {
	Type      string    `json:"type"`
	Separator bool      `json:"separator,omitempty"`
	Spacing   string    `json:"spacing,omitempty"`
	Inlines   []cardRun `json:"inlines"`
}

type cardRun struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Size   string `json:"size,omitempty"`
	Weight string `json:"weight,omitempty"`
	Subtle bool   `json:"isSubtle,omitempty"`
	Color  string `json:"color,omitempty"`
}

type cardAction struct {
	Type  string `json:"type"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Card renders page one as an Adaptive Card of Teams; the page has the rest.
func (m *Morning) Card() ([]byte, error) {
	var b []byte
	for _, most := range mailLines {
		var err error
		if b, err = json.Marshal(m.card(most)); err != nil {
			return nil, fmt.Errorf("write the card: %w", err)
		}
		if len(b) < cardMost {
			break
		}
	}
	return b, nil
}

func (m *Morning) card(most int) card {
	c := card{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4", Lang: m.say.Lang,
		Fallback: m.Verdict(), MSTeams: cardWidth{"Full"},
	}
	say := func(text, spacing string, run cardRun) {
		if text != "" {
			run.Type, run.Text = "TextRun", m.cutText(text, 2*mailText)
			c.Body = append(c.Body, cardBlock{Type: "RichTextBlock", Spacing: spacing, Inlines: []cardRun{run}})
		}
	}
	say(m.say.Say("report.title."+string(m.Edition))+" · "+m.Title(), "", cardRun{Subtle: true})
	say(m.Sentence, "Small", cardRun{Size: "Medium", Weight: "Bolder"})
	say(m.DutyWords(), "Small", cardRun{Subtle: true})
	f := m.First()
	for _, b := range []block{{m.say.Say("report.part.running"), f.Running}, {m.say.Say("report.part.urgent"), f.Urgent}, {m.say.Say("report.first"), f.Decisions}} {
		if len(b.lines) == 0 {
			continue
		}
		say(b.title, "Medium", cardRun{Weight: "Bolder"})
		for _, l := range b.lines[:min(len(b.lines), most)] {
			say(join("  ", []string{l.Sign, l.Key, l.Text, l.Right}), "None", cardRun{Color: map[string]string{"red": "Attention"}[l.Level]})
		}
		if rest := len(b.lines) - most; rest > 0 {
			say(m.more(rest), "None", cardRun{Subtle: true})
		}
	}
	say(join(" · ", m.counts()), "Medium", cardRun{})
	say(m.Ages(), "Small", cardRun{Subtle: true})
	if m.in.URL != "" {
		c.Actions = []cardAction{{Type: "Action.OpenUrl", Title: m.say.Say("report.open"), URL: m.in.URL + "/morning"}}
	}
	return c
}
