package notify

import (
	"net/http"
	"strings"
	"testing"
)

// What doctor sees of each type, without a message to anybody.
func TestExamine(t *testing.T) {
	s := startSlack(t)
	hook := serve(t, func(http.ResponseWriter, *http.Request, []byte) { t.Error("a place for messages was sent something") })
	server := serve(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
		if r.URL.Path == "/v1/health" {
			_, _ = w.Write([]byte(`{"healthy":true}`))
		}
	})
	bot := ChannelConfig{Name: "a", Type: "slack", URL: s.url + "/api", TokenFile: secretFile(t, slackToken), Channel: "C0123456789"}
	for _, tc := range []struct {
		cfg    ChannelConfig
		fine   bool
		before func()
		says   string
	}{
		{bot, true, func() {}, "is the bot storingen of https://voorbeeld.slack.com/"},
		{bot, true, func() { s.noReads = true }, "without the scope channels:history"},
		{bot, false, func() { s.refuse["auth.test"] = []string{"token_revoked"} }, "write a new one to token_file"},
		{bot, false, func() { s.refuse["conversations.history"] = []string{"not_in_channel"} }, "invite the bot"},
		{ChannelConfig{Name: "a", Type: "teams", URL: hook.url + "/s3cret"}, true, func() {}, "give it a co-owner"},
		{ChannelConfig{Name: "a", Type: "mattermost", URL: hook.url + "/s3cret"}, true, func() {}, "only a message shows"},
		{ChannelConfig{Name: "a", Type: "teams", URL: "http://127.0.0.1:1/s3cret"}, false, func() {}, "refused"},
		{ChannelConfig{Name: "a", Type: "sms", URL: hook.url + "/?k={{.Secret}}", To: []string{"+31612345678"}, Body: "x"}, true, func() {}, "only a message shows"},
		{ChannelConfig{Name: "a", Type: "webhook", URL: hook.url, SecretFile: secretFile(t, hookSecret)}, true, func() {}, "takes connections"},
		{ChannelConfig{Name: "a", Type: "ntfy", URL: server.url + "/storingen"}, true, func() {}, "the server is healthy"},
		{ChannelConfig{Name: "a", Type: "slack", TokenFile: "/nowhere"}, false, func() {}, "token_file"},
	} {
		tc.before()
		found := Examine(t.Context(), tc.cfg, ChannelOptions{Dialer: local()})
		if len(found) != 1 || (found[0].Remedy == "") != tc.fine || !strings.Contains(found[0].What, tc.says) || strings.Contains(found[0].What, "s3cret") {
			t.Errorf("%s: %+v; want %q, fine %t", tc.cfg.Type, found, tc.says, tc.fine)
		}
	}
	if found := Examine(t.Context(), ChannelConfig{Name: "a", Type: "email", Smarthost: "127.0.0.1:25", From: "a@b.nl", To: []string{"b@b.nl"}}, ChannelOptions{Dialer: local()}); len(found) != 0 {
		t.Errorf("%+v of plain mail, want nothing: its server is greeted elsewhere", found)
	}
}
