package notify

import (
	"bytes"
	"encoding/json"
	"time"

	"headstart"
)

// What a Teams workflow takes: 28 KB with everything in it, and no more than four
// requests a second (learn.microsoft.com, Create incoming webhooks).
const (
	teamsMost = 28_000
	teamsGap  = 300 * time.Millisecond
)

// newTeams posts an Adaptive Card to a workflow of Teams. A workflow answers 202
// as soon as it was started: whether the card was posted it does not say.
func newTeams(cfg ChannelConfig, o ChannelOptions) (Channel, error) {
	p, err := newPoster(cfg, o, teamsGap)
	if err != nil {
		return nil, err
	}
	p.write = func(n *headstart.Notice) (any, error) {
		return teamsMessageOf(letterOf(n).within(teamsMost, teamsSize)), nil
	}
	p.present = func(r headstart.Report) any { return teamsAround(json.RawMessage(bytes.TrimSpace(r.Card))) }
	p.hint = "a workflow answers before it posts, so send a test message and look in Teams; it belongs to one person and ends with that account, so give it a co-owner"
	return p, nil
}

// teamsMessage is what the trigger "When a Teams webhook request is received" takes: one
// card, as such or as JSON already.
type teamsMessage[C any] struct {
	Type        string               `json:"type"` // message
	Attachments []teamsAttachment[C] `json:"attachments"`
}

type teamsAttachment[C any] struct {
	ContentType string `json:"contentType"` // application/vnd.microsoft.card.adaptive
	Content     C      `json:"content"`
}

// teamsAround is a card as a workflow takes it.
func teamsAround[C any](card C) teamsMessage[C] {
	return teamsMessage[C]{Type: "message", Attachments: []teamsAttachment[C]{{ContentType: "application/vnd.microsoft.card.adaptive", Content: card}}}
}

func teamsMessageOf(l letter) teamsMessage[*headstart.AdaptiveCard] {
	card := headstart.NewAdaptiveCard("", noMentions(l.title()))
	for i, part := range l.Parts {
		if i == 0 {
			card.Lang = part.Lang
		}
		card.Say("Large", headstart.CardRun{Text: noMentions(part.Text.Title), Size: "Large", Weight: "Bolder"}).Separator = i > 0
		for _, line := range part.Text.Lines {
			teamsLine(card, line)
		}
		if l.URL != "" {
			card.Open(part.More, l.URL)
		}
	}
	return teamsAround(card)
}

// teamsLine is a question in bold and its answer close below.
func teamsLine(card *headstart.AdaptiveCard, line headstart.TextLine) {
	spacing := ""
	if line.Label != "" {
		card.Say("", headstart.CardRun{Text: noMentions(line.Label), Weight: "Bolder"})
		spacing = "None"
	}
	if line.Text != "" {
		card.Say(spacing, headstart.CardRun{Text: noMentions(line.Text)})
	}
}

func teamsSize(l letter) int {
	b, err := json.Marshal(teamsMessageOf(l))
	if err != nil {
		return 0 // only strings: it can be written
	}
	return len(b)
}
