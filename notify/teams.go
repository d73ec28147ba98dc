package notify

import (
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
	p.present = teamsReport
	p.hint = "a workflow answers before it posts, so send a test message and look in Teams; it belongs to one person and ends with that account, so give it a co-owner"
	return p, nil
}

// teamsMessage is what the trigger "When a Teams webhook request is received" takes.
type teamsMessage struct {
	Type        string            `json:"type"` // message
	Attachments []teamsAttachment `json:"attachments"`
}

type teamsAttachment struct {
	ContentType string    `json:"contentType"` // application/vnd.microsoft.card.adaptive
	Content     teamsCard `json:"content"`
}

// teamsCard is an Adaptive Card of version 1.4.
type teamsCard struct {
	Schema   string        `json:"$schema"`
	Type     string        `json:"type"`
	Version  string        `json:"version"`
	Lang     string        `json:"lang"`
	Fallback string        `json:"fallbackText"`
	Body     []teamsBlock  `json:"body"`
	Actions  []teamsAction `json:"actions,omitempty"`
	MSTeams  teamsWidth    `json:"msteams"`
}

type teamsWidth struct {
	Width string `json:"width"`
}

// teamsBlock is a RichTextBlock. Unlike a TextBlock it shows its words letter by
// letter: no markup in them is followed (ruling 45).
type teamsBlock struct {
	Type      string     `json:"type"`
	Separator bool       `json:"separator,omitempty"`
	Spacing   string     `json:"spacing,omitempty"`
	Inlines   []teamsRun `json:"inlines"`
}

type teamsRun struct {
	Type   string `json:"type"` // TextRun
	Text   string `json:"text"`
	Size   string `json:"size,omitempty"`
	Weight string `json:"weight,omitempty"`
}

type teamsAction struct {
	Type  string `json:"type"` // Action.OpenUrl
	Title string `json:"title"`
	URL   string `json:"url"`
}

func teamsMessageOf(l letter) teamsMessage {
	card := teamsCard{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4",
		Fallback: noMentions(l.title()), MSTeams: teamsWidth{"Full"},
	}
	for i, part := range l.Parts {
		if i == 0 {
			card.Lang = part.Lang
		}
		card.Body = append(card.Body, teamsBlock{
			Type: "RichTextBlock", Separator: i > 0, Spacing: "Large", Inlines: []teamsRun{{Type: "TextRun", Text: noMentions(part.Text.Title), Size: "Large", Weight: "Bolder"}},
		})
		for _, line := range part.Text.Lines {
			card.Body = append(card.Body, teamsLine(line)...)
		}
		if l.URL != "" {
			card.Actions = append(card.Actions, teamsAction{Type: "Action.OpenUrl", Title: part.More, URL: l.URL})
		}
	}
	return teamsMessage{Type: "message", Attachments: []teamsAttachment{{ContentType: "application/vnd.microsoft.card.adaptive", Content: card}}}
}

// teamsLine is a question in bold and its answer close below.
func teamsLine(line headstart.TextLine) []teamsBlock {
	var out []teamsBlock
	spacing := ""
	if line.Label != "" {
		out = append(out, teamsBlock{Type: "RichTextBlock", Inlines: []teamsRun{{Type: "TextRun", Text: noMentions(line.Label), Weight: "Bolder"}}})
		spacing = "None"
	}
	if line.Text != "" {
		out = append(out, teamsBlock{Type: "RichTextBlock", Spacing: spacing, Inlines: []teamsRun{{Type: "TextRun", Text: noMentions(line.Text)}}})
	}
	return out
}

func teamsSize(l letter) int {
	b, err := json.Marshal(teamsMessageOf(l))
	if err != nil {
		return 0 // only strings: it can be written
	}
	return len(b)
}
