package notify

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// talk brings notices to a channel one after the other, keeping the handle, and
// fails on any error.
func talk(t *testing.T, c Channel, notices ...*headstart.Notice) Handle {
	t.Helper()
	var h Handle
	for _, n := range notices {
		var err error
		if h, err = tell(t.Context(), c, n, h); err != nil {
			t.Fatalf("%s: %v", n.Phase, err)
		}
	}
	return h
}

func wantSeen(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("users see %q, want %q", got, want)
	}
}

// One message per announcement: edited at every update, answered in its thread
// when people are to be notified.
func TestSlackEditsAndAnswers(t *testing.T) {
	f := startSlack(t)
	talk(t, f.channel(t), notice(1, headstart.Investigating), silently(notice(2, headstart.Identified)), notice(3, headstart.Solved))
	wantSeen(t, f.seen(), "Kopiëren lukt niet, edited 2", "in thread: Kopiëren lukt niet")
	m := f.posts[0]
	if m.Blocks[0].Text.Text != "Kopiëren lukt niet" || m.Blocks[2].Text.Text != "Copying does not work" {
		t.Errorf("blocks %+v, want the audience's first language first", m.Blocks)
	}
	link := m.Blocks[1].Elements[0].Elements
	if last := link[len(link)-1]; last.URL != "https://storing.example.org/HS-12" || last.Text != "Lees verder op de statuspagina" {
		t.Errorf("the text ends with %+v, want the link to the status page", last)
	}
}

// A message that was deleted is posted anew, once, and the new one is edited from
// then on; one that may not be edited any more is answered in its thread.
func TestSlackMessageGoneOrFixed(t *testing.T) {
	f := startSlack(t)
	c := f.channel(t)
	h := talk(t, c, notice(1, headstart.Investigating))
	f.posts[0].deleted = true
	h, err := tell(t.Context(), c, notice(2, headstart.WorkaroundFound), h)
	if err != nil {
		t.Fatal(err)
	}
	f.refuse["chat.update"] = []string{"edit_window_closed", "cant_update_message"}
	for n, phase := range []headstart.Phase{headstart.ETAChanged, headstart.Solved} {
		if h, err = tell(t.Context(), c, notice(3+n, phase), h); err != nil {
			t.Fatal(err)
		}
	}
	wantSeen(t, f.seen(), "Kopiëren lukt niet, deleted", "Kopiëren lukt niet", "in thread: Kopiëren lukt niet", "in thread: Kopiëren lukt niet")
	if !strings.Contains(string(h), f.posts[1].ts) {
		t.Errorf("handle %s, want that of the message posted anew, %s", h, f.posts[1].ts)
	}
}

// The answer to a post is lost: the next attempt finds the message by its key and
// posts no second one. A bot that may not read posts again rather than not at all.
func TestSlackLostAnswer(t *testing.T) {
	f := startSlack(t)
	c := f.channel(t)
	f.next(trouble{lost: true})
	if _, err := tell(t.Context(), c, notice(1, headstart.Investigating), nil); err == nil || !strings.Contains(err.Error(), "may have arrived") {
		t.Fatalf("%v, want an error that says the message may have arrived", err)
	}
	h, err := tell(t.Context(), c, again(notice(1, headstart.Investigating)), nil)
	if err != nil {
		t.Fatal(err)
	}
	f.next(trouble{}, trouble{lost: true}) // the edit comes through, the answer to the reply does not
	if _, err = tell(t.Context(), c, notice(2, headstart.Solved), h); err == nil {
		t.Fatal("no error; want one that says the answer was lost")
	}
	if _, err = tell(t.Context(), c, again(notice(2, headstart.Solved)), h); err != nil {
		t.Fatal(err)
	}
	wantSeen(t, f.seen(), "Kopiëren lukt niet, edited 2", "in thread: Kopiëren lukt niet")

	f.noReads = true
	talk(t, c, again(notice(1, headstart.Investigating)))
	if len(f.seen()) != 3 {
		t.Errorf("users see %q, want the message again: without the right to read nobody knows it is there", f.seen())
	}
}

// Refusals: what a person can undo is tried again and says what to do; what is
// wrong with the message is given up; being asked to wait is neither.
func TestSlackRefusals(t *testing.T) {
	for word, want := range map[string]struct{ kind, says string }{
		"token_revoked":     {"again", "write a new one to token_file"},
		"not_in_channel":    {"again", "invite the bot"},
		"missing_scope":     {"again", "chat:write"},
		"channel_not_found": {"again", "correct channel"},
		"internal_error":    {"again", "internal_error"},
		"ratelimited":       {"wait", "ratelimited"},
		"invalid_blocks":    {"give up", "invalid_blocks"},
		"msg_too_long":      {"give up", "msg_too_long"},
	} {
		f := startSlack(t)
		f.refuse["chat.postMessage"] = []string{word}
		_, err := f.channel(t).Post(t.Context(), notice(1, headstart.Investigating))
		if got := sortOf(err); got != want.kind || !strings.Contains(err.Error(), want.says) {
			t.Errorf("%s: %s, %v; want %s and %q", word, got, err, want.kind, want.says)
		}
	}
}

// sortOf says what the sender does after err.
func sortOf(err error) string {
	if err == nil {
		return "fine"
	}
	if _, ok := errors.AsType[*Permanent](err); ok {
		return "give up"
	}
	if _, ok := errors.AsType[*RateLimited](err); ok {
		return "wait"
	}
	return "again"
}

// What every type that speaks HTTP makes of trouble on the way.
func wantHTTPManners(t *testing.T, f *strict, c Channel) {
	t.Helper()
	for _, tc := range []struct {
		name   string
		answer trouble
		want   string
		after  time.Duration
	}{
		{"429 with seconds", status(429, "30"), "wait", 30 * time.Second},
		{"429 with a date", status(429, time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)), "wait", time.Hour},
		{"429 with nothing", status(429, ""), "wait", 0},
		{"503", status(503, ""), "wait", 0},
		{"500", status(500, ""), "again", 0},
		{"400", status(400, ""), "give up", 0},
		{"413", status(413, ""), "give up", 0},
		{"302", status(302, ""), "give up", 0},
	} {
		f.next(tc.answer)
		_, err := c.Post(t.Context(), notice(1, headstart.Investigating))
		if got := sortOf(err); got != tc.want {
			t.Errorf("%s: %s, %v; want %s", tc.name, got, err, tc.want)
		}
		if limited, ok := errors.AsType[*RateLimited](err); ok && (limited.After > tc.after || limited.After < tc.after-2*time.Second) {
			t.Errorf("%s: wait %s, want %s", tc.name, limited.After, tc.after)
		}
		if err != nil && (strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "127.0.0.1")) {
			t.Errorf("%s: the error shows the address or a secret: %v", tc.name, err)
		}
	}
}

func TestSlackManners(t *testing.T) {
	f := startSlack(t)
	wantHTTPManners(t, f.strict, f.channel(t))
}

// Text from outside is data: nothing in it becomes a mention, a link or markup
// (ruling 45). Only the text for notifications is read as markup at all.
func TestSlackText(t *testing.T) {
	f := startSlack(t)
	talk(t, f.channel(t), wild())
	m := f.posts[0]
	for _, bad := range []string{"<", ">", "@channel", "@all"} {
		if strings.Contains(m.Text, bad) {
			t.Errorf("the text for notifications holds %q: %s", bad, m.Text)
		}
	}
	for _, b := range m.Blocks {
		for _, s := range b.Elements {
			for _, run := range s.Elements {
				if run.Type != "text" && run.URL != "https://storing.example.org/HS-12" {
					t.Errorf("%+v, want letters only beside our own link", run)
				}
			}
		}
	}
}

// Words no message can hold are cut, with a mark; the link stays.
func TestSlackCuts(t *testing.T) {
	f := startSlack(t)
	talk(t, f.channel(t), huge())
	b, err := json.Marshal(f.posts[0].Blocks)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), "…") || strings.Count(string(b), "https://storing.example.org/HS-12") != 2 {
		t.Errorf("want a mark of the cut and a link in each language: %.300s", b)
	}
}

// An incoming webhook posts each loud update anew and no silent one.
func TestSlackWebhook(t *testing.T) {
	f := &slackFake{}
	var got []slackMessage
	f.strict = serve(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		var m slackMessage
		if r.URL.Path != "/services/T0/B0/s3cret" || !takes(t, r, body, &m) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if m.Channel != "" || m.Metadata != nil {
			t.Errorf("%+v; a webhook has its own channel and carries no metadata", m)
		}
		got = append(got, m)
		_, _ = w.Write([]byte("ok"))
	})
	c := built(t, ChannelConfig{Type: "slack-webhook", URL: f.url + "/services/T0/B0/s3cret"})
	talk(t, c, notice(1, headstart.Investigating), silently(notice(2, headstart.Progress)), notice(3, headstart.Solved), huge(), wild())
	if len(got) != 4 {
		t.Errorf("%d messages, want four: the silent one is not sent", len(got))
	}
	wantHTTPManners(t, f.strict, c)
	f.next(trouble{answer: func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>log in</html>")) }})
	if _, err := c.Post(t.Context(), notice(1, headstart.Investigating)); sortOf(err) != "give up" {
		t.Errorf("%v, want a page that is no answer of Slack refused", err)
	}
}

func FuzzSlackAnswer(f *testing.F) {
	f.Add([]byte(`{"ok":true,"channel":"C1","ts":"1.2"}`))
	f.Add([]byte(`{"ok":false,"error":"not_in_channel"}`))
	f.Add([]byte(`{"ok":true,"messages":[{"ts":"1","metadata":{"event_type":"x","event_payload":{"key":"k"}}}]}`))
	f.Fuzz(func(t *testing.T, reply []byte) {
		a, err := readSlack("chat.update", reply)
		if (err == nil) != a.OK {
			t.Errorf("%q: ok %t and %v; want an error exactly when it is not ok", reply, a.OK, err)
		}
		if err != nil && len(err.Error()) > 400 {
			t.Errorf("an error of %d bytes; want what comes from outside cut", len(err.Error()))
		}
	})
}
