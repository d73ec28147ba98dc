package notify

import (
	"encoding/json"
	"errors"
	"fmt"
)

// slackAnswer is what Slack's API answers, with status 200 also when it refuses.
type slackAnswer struct {
	OK       bool   `json:"ok"`
	Error    string `json:"error"`
	Channel  string `json:"channel"`
	TS       string `json:"ts"`
	URL      string `json:"url"`  // of auth.test: the workspace
	User     string `json:"user"` // of auth.test: the bot
	Messages []struct {
		TS       string        `json:"ts"`
		Metadata slackMetadata `json:"metadata"`
	} `json:"messages"`
	Next struct {
		Cursor string `json:"next_cursor"`
	} `json:"response_metadata"`
}

// bearing is the id of the message with a key; empty: none has it.
func (a slackAnswer) bearing(key string) string {
	for _, m := range a.Messages {
		if m.Metadata.Type == slackEvent && m.Metadata.Payload.Key == key {
			return m.TS
		}
	}
	return ""
}

// slackRefusal is an answer that says ok: false.
type slackRefusal struct{ word, remedy string }

func (e *slackRefusal) Error() string {
	if e.remedy == "" {
		return "slack: refused: " + e.word
	}
	return "slack: refused: " + e.word + "; " + e.remedy
}

// slackRemedies are refusals a person can undo. The message waits for that: it
// is tried again until it is too old.
var slackRemedies = map[string]string{
	"channel_not_found":       "correct channel, or invite the bot if it is private",
	"not_in_channel":          "invite the bot to the channel",
	"is_archived":             "the channel is archived; correct channel",
	"invalid_auth":            "write a new bot token to token_file",
	"not_authed":              "write a new bot token to token_file",
	"token_revoked":           "the token was withdrawn; write a new one to token_file",
	"token_expired":           "the token has ended; write a new one to token_file",
	"account_inactive":        "the app was removed from the workspace; install it again and write its new token to token_file",
	"missing_scope":           "give the app the scope chat:write and install it again",
	"restricted_action":       "a setting of the workspace forbids it; let an administrator allow the app to post",
	"ekm_access_denied":       "an administrator has suspended posting",
	"org_login_required":      "the workspace is being moved",
	"team_access_not_granted": "let an administrator give the app access to this workspace",
}

// slackPasses are refusals of a bad moment.
var slackPasses = map[string]bool{
	"internal_error": true, "fatal_error": true, "service_unavailable": true, "request_timeout": true, "update_failed": true, "team_added_to_org": true,
}

// slackWords bounds the word of a refusal that is shown: it comes from outside.
const slackWords = 60

// readSlack reads an answer of method and sorts what it refuses (docs.slack.dev,
// chat.postMessage and chat.update).
func readSlack(method string, reply []byte) (slackAnswer, error) {
	var a slackAnswer
	if err := json.Unmarshal(reply, &a); err != nil {
		return slackAnswer{}, errors.New("slack: the answer cannot be read; is url the address of its API?")
	}
	if a.OK {
		return a, nil
	}
	refusal := &slackRefusal{word: shorten(a.Error, slackWords), remedy: slackRemedies[a.Error]}
	switch a.Error {
	case "message_not_found", "thread_not_found":
		return a, ErrGone
	case "ratelimited", "rate_limited":
		return a, &RateLimited{Err: refusal}
	case "cant_update_message", "edit_window_closed", "msg_too_long":
		if method == "chat.update" {
			return a, ErrFixed
		}
	}
	if refusal.remedy != "" || slackPasses[a.Error] || a.Error == "" {
		return a, fmt.Errorf("%s: %w", method, refusal)
	}
	return a, &Permanent{refusal}
}
