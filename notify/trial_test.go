package notify

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// A test message says in every language that it is one, and nothing may follow it.
func TestTry(t *testing.T) {
	var got WebhookBody
	f := serve(t, func(_ http.ResponseWriter, r *http.Request, body []byte) { takes(t, r, body, &got) })
	cfg := ChannelConfig{Name: "hook", Type: "webhook", URL: f.url + "/s3cret", SecretFile: secretFile(t, hookSecret)}
	if err := Try(t.Context(), cfg, ChannelOptions{Dialer: local()}, []string{"nl", "en"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"nl", "en"} {
		if text := got.Text[lang]; !strings.HasPrefix(text.Title, "TEST: ") || !strings.HasPrefix(text.Short, "TEST: ") || len(text.Short) > 160 || !got.Final || got.Incident != "TEST" {
			t.Errorf("%s: %+v of %s; want a message that says it is a test and is the last", lang, text, got.Incident)
		}
	}
	f.next(status(404, ""))
	if err := Try(t.Context(), cfg, ChannelOptions{Dialer: local()}, nil, time.Now()); err == nil || !strings.Contains(err.Error(), "channel hook: webhook: answered 404") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v, want the channel and its answer, and no address", err)
	}
}
