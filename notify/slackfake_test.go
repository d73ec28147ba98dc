package notify

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

// slackFake is a workspace with one channel, C0123456789 (docs.slack.dev, methods
// chat.postMessage, chat.update, conversations.history and .replies).
type slackFake struct {
	*strict
	posts   []*slackPost
	refuse  map[string][]string // by method: the words of the next refusals
	noReads bool                // the bot lacks channels:history
}

type slackPost struct {
	slackMessage
	ts      string
	edits   int
	deleted bool
}

const slackToken = "xoxb-1234-s3cret"

func startSlack(t *testing.T) *slackFake {
	f := &slackFake{refuse: map[string][]string{}}
	f.strict = serve(t, f.answer)
	return f
}

func (f *slackFake) channel(t *testing.T) Channel {
	t.Helper()
	return built(t, ChannelConfig{Type: "slack", URL: f.url + "/api", TokenFile: secretFile(t, slackToken), Channel: "C0123456789"})
}

func (f *slackFake) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	say := func(format string, args ...any) { fmt.Fprintf(w, format, args...) }
	if r.Header.Get("Authorization") != "Bearer "+slackToken {
		say(`{"ok":false,"error":"invalid_auth"}`)
		return
	}
	if words := f.refuse[method]; len(words) > 0 {
		f.refuse[method] = words[1:]
		say(`{"ok":false,"error":%q}`, words[0])
		return
	}
	switch method {
	case "chat.postMessage", "chat.update":
		var m slackMessage
		if !takes(f.t, r, body, &m) {
			say(`{"ok":false,"error":"invalid_arguments"}`)
			return
		}
		if word := f.unfit(m); word != "" {
			say(`{"ok":false,"error":%q}`, word)
			return
		}
		p := f.put(method, m)
		if p == nil {
			say(`{"ok":false,"error":"message_not_found"}`)
			return
		}
		say(`{"ok":true,"channel":"C0123456789","ts":%q,"message":{}}`, p.ts)
	case "conversations.history", "conversations.replies":
		q := r.URL.Query()
		if f.noReads {
			say(`{"ok":false,"error":"missing_scope","needed":"channels:history"}`)
			return
		}
		var out []string
		for _, p := range f.posts {
			if p.Thread == q.Get("ts") && !p.deleted && p.Metadata != nil && q.Get("include_all_metadata") == "true" {
				out = append(out, fmt.Sprintf(`{"type":"message","ts":%q,"metadata":{"event_type":%q,"event_payload":{"key":%q}}}`, p.ts, p.Metadata.Type, p.Metadata.Payload.Key))
			}
		}
		say(`{"ok":true,"messages":[%s],"has_more":false}`, strings.Join(out, ","))
	case "auth.test":
		say(`{"ok":true,"url":"https://voorbeeld.slack.com/","team":"Voorbeeld","user":"storingen"}`)
	default:
		say(`{"ok":false,"error":"unknown_method"}`)
	}
}

// unfit is the word Slack refuses m with.
func (f *slackFake) unfit(m slackMessage) string {
	total := 0
	for _, b := range m.Blocks {
		if b.Text != nil {
			if n := utf8.RuneCountInString(b.Text.Text); n > 150 || n == 0 || b.Type != "header" || b.Text.Type != "plain_text" {
				return "invalid_blocks"
			}
			total += utf8.RuneCountInString(b.Text.Text)
		}
		for _, s := range b.Elements {
			for _, run := range s.Elements {
				if run.Text == "" || run.Type == "link" && run.URL == "" || b.Type != "rich_text" || s.Type != "rich_text_section" {
					return "invalid_blocks"
				}
				total += utf8.RuneCountInString(run.Text) + len(run.URL)
			}
		}
	}
	switch {
	case m.Channel != "C0123456789":
		return "channel_not_found"
	case m.Text == "" || len(m.Blocks) == 0:
		return "no_text"
	case len(m.Blocks) > 50 || total > 12_000:
		return "msg_blocks_too_long"
	case utf8.RuneCountInString(m.Text) > 4000:
		return "msg_too_long"
	}
	return ""
}

// put posts or edits; nil: there is no such message.
func (f *slackFake) put(method string, m slackMessage) *slackPost {
	if method == "chat.postMessage" {
		p := &slackPost{slackMessage: m, ts: fmt.Sprintf("1763880000.%06d", len(f.posts)+1)}
		f.posts = append(f.posts, p)
		return p
	}
	for _, p := range f.posts {
		if p.ts == m.TS && !p.deleted {
			p.Text, p.Blocks = m.Text, m.Blocks
			p.edits++
			return p
		}
	}
	return nil
}

// seen are the messages of the channel, one a line: its thread, edits and title.
func (f *slackFake) seen() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, p := range f.posts {
		line := p.Blocks[0].Text.Text
		if p.Thread != "" {
			line = "in thread: " + line
		}
		if p.edits > 0 {
			line += fmt.Sprintf(", edited %d", p.edits)
		}
		if p.deleted {
			line += ", deleted"
		}
		out = append(out, line)
	}
	return out
}
