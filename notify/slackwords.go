package notify

import (
	"strings"

	"headstart"
)

// slackMessage is what chat.postMessage, chat.update and an incoming webhook
// take. Text is what notifications and screen readers say; Blocks is what is
// seen, and must be given at an update too, or the old ones stay.
type slackMessage struct {
	Channel  string         `json:"channel,omitempty"`
	TS       string         `json:"ts,omitempty"`        // of the message to edit
	Thread   string         `json:"thread_ts,omitempty"` // of the message to answer
	Text     string         `json:"text"`
	Blocks   []slackBlock   `json:"blocks"`
	Metadata *slackMetadata `json:"metadata,omitempty"`
	Unfurl   *bool          `json:"unfurl_links,omitempty"`
}

// slackMetadata is data that people do not see and a bot finds again.
type slackMetadata struct {
	Type    string       `json:"event_type"`
	Payload slackPayload `json:"event_payload"`
}

type slackPayload struct {
	Key string `json:"key"`
}

const slackEvent = "headstart_update"

// slackBlock is a header or a rich text. Its strings are shown letter by letter:
// no markup and no mention in them is followed (ruling 45).
type slackBlock struct {
	Type     string         `json:"type"`
	Text     *slackPlain    `json:"text,omitempty"`     // of header
	Elements []slackSection `json:"elements,omitempty"` // of rich_text
}

type slackPlain struct {
	Type  string `json:"type"` // plain_text
	Text  string `json:"text"`
	Emoji bool   `json:"emoji"`
}

type slackSection struct {
	Type     string     `json:"type"` // rich_text_section
	Elements []slackRun `json:"elements"`
}

type slackRun struct {
	Type  string      `json:"type"` // text link
	Text  string      `json:"text"`
	URL   string      `json:"url,omitempty"`
	Style *slackStyle `json:"style,omitempty"`
}

type slackStyle struct {
	Bold bool `json:"bold"`
}

// What a message may hold: a header 150 characters; of all blocks together Slack
// refuses what comes near 13,000, which it does not document.
const (
	slackHeader = 150
	slackTotal  = 9000
	slackText   = 3000
)

func slackMessageOf(n *headstart.Notice) slackMessage {
	l := letterOf(n).within(slackTotal, slackSize)
	m := slackMessage{Text: slackEscape(shorten(slackFallback(l), slackText)), Unfurl: new(bool)}
	for _, part := range l.Parts {
		m.Blocks = append(m.Blocks, slackBlock{Type: "header", Text: &slackPlain{Type: "plain_text", Text: shorten(part.Text.Title, slackHeader)}})
		runs := slackRuns(part, l.URL)
		if len(runs) > 0 {
			m.Blocks = append(m.Blocks, slackBlock{Type: "rich_text", Elements: []slackSection{{Type: "rich_text_section", Elements: runs}}})
		}
	}
	return m
}

// slackRuns are the lines of one language, and the link.
func slackRuns(part letterPart, link string) []slackRun {
	var runs []slackRun
	text := func(s string, style *slackStyle) {
		if s != "" {
			runs = append(runs, slackRun{Type: "text", Text: s, Style: style})
		}
	}
	for i, line := range part.Text.Lines {
		if i > 0 {
			text("\n", nil)
		}
		if line.Label != "" {
			text(line.Label, &slackStyle{Bold: true})
			text("\n", nil)
		}
		text(line.Text, nil)
	}
	if link != "" {
		if len(runs) > 0 {
			text("\n", nil)
		}
		runs = append(runs, slackRun{Type: "link", URL: link, Text: part.More})
	}
	return runs
}

// slackSize counts the characters people see.
func slackSize(l letter) int {
	size := 0
	for _, p := range l.Parts {
		size += len([]rune(p.Text.Title)) + len([]rune(l.URL)) + len([]rune(p.More))
		for _, line := range p.Text.Lines {
			size += len([]rune(line.Label)) + len([]rune(line.Text)) + 2
		}
	}
	return size
}

// slackFallback is the titles and the short forms, for a lock screen.
func slackFallback(l letter) string {
	var out []string
	for _, p := range l.Parts {
		out = append(out, p.Text.Title)
		if p.Text.Short != "" {
			out = append(out, p.Text.Short)
		}
	}
	return strings.Join(out, "\n")
}

// slackEscape makes text of outside harmless where Slack reads markup: no link,
// no mention, no command such as <!channel>.
func slackEscape(s string) string { return neutral(s, "slack") }
