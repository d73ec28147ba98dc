package headstart

// AdaptiveCard is a card of version 1.4, as a workflow of Teams shows it.
type AdaptiveCard struct {
	Schema   string       `json:"$schema"`
	Type     string       `json:"type"` // AdaptiveCard
	Version  string       `json:"version"`
	Lang     string       `json:"lang"`
	Fallback string       `json:"fallbackText"`
	Body     []CardBlock  `json:"body"`
	Actions  []CardAction `json:"actions,omitempty"`
	MSTeams  CardWidth    `json:"msteams"`
}

// CardWidth is how wide Teams shows a card.
type CardWidth struct {
	Width string `json:"width"`
}

// CardBlock is a RichTextBlock. Unlike a TextBlock it shows its words letter by letter:
// no markup in them is followed (ruling 45).
type CardBlock struct {
	Type      string    `json:"type"` // RichTextBlock
	Separator bool      `json:"separator,omitempty"`
	Spacing   string    `json:"spacing,omitempty"` // to the block above; empty: the usual
	Inlines   []CardRun `json:"inlines"`
}

// CardRun is words that look alike.
type CardRun struct {
	Type   string `json:"type"` // TextRun
	Text   string `json:"text"`
	Size   string `json:"size,omitempty"`
	Weight string `json:"weight,omitempty"`
	Subtle bool   `json:"isSubtle,omitempty"`
	Color  string `json:"color,omitempty"`
}

// CardAction is a button that opens an address.
type CardAction struct {
	Type  string `json:"type"` // Action.OpenUrl
	Title string `json:"title"`
	URL   string `json:"url"`
}

// NewAdaptiveCard returns a card without words. fallback is what a program says that
// shows no cards.
func NewAdaptiveCard(lang, fallback string) *AdaptiveCard {
	return &AdaptiveCard{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4",
		Lang: lang, Fallback: fallback, MSTeams: CardWidth{"Full"},
	}
}

// Say adds a block of the words of run, so far below the one above.
func (c *AdaptiveCard) Say(spacing string, run CardRun) *CardBlock {
	run.Type = "TextRun"
	c.Body = append(c.Body, CardBlock{Type: "RichTextBlock", Spacing: spacing, Inlines: []CardRun{run}})
	return &c.Body[len(c.Body)-1]
}

// Open adds a button.
func (c *AdaptiveCard) Open(title, url string) {
	c.Actions = append(c.Actions, CardAction{Type: "Action.OpenUrl", Title: title, URL: url})
}
