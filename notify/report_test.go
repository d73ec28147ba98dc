package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestSlackMarkup: Slack reads our headings, bold and links, and nothing of what people
// wrote (ruling 45).
func TestSlackMarkup(t *testing.T) {
	for markdown, want := range map[string]string{
		"## Ochtend\n":                           "*Ochtend*\n",
		"**nieuw** tekst":                        "*nieuw* tekst",
		"[HS\\-1](https://desk.example.org/i/1)": "<https://desk.example.org/i/1|HS-1>",
		"\\<!channel\\> & \\*x\\*":               "&lt;!channel&gt; &amp; *x*",
		"\\[x\\]\\(https://evil.example\\)":      "[x](https://evil.example)",
		"café → [boos](javascript:alert)":        "café → [boos](javascript:alert)",
	} {
		if got := slackMarkup(markdown); got != want {
			t.Errorf("%q becomes %q, want %q", markdown, got, want)
		}
	}
}

// TestReportReachesChannels: each type that report.to may name takes the report in its own
// form; one that cannot is given up with a reason.
func TestReportReachesChannels(t *testing.T) {
	var body []byte
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		_, _ = w.Write([]byte("ok"))
	}))
	defer srv.Close()
	made := headstart.Report{Subject: "Ochtend", Markdown: "## Ochtend\n\n**rustig**\n", Card: []byte(`{"type":"AdaptiveCard"}`), Text: "Ochtend", HTML: "<p>"}
	make := func(context.Context, *headstart.Notice) (headstart.Report, error) { return made, nil }
	for kind, want := range map[string]string{"slack-webhook": `"*Ochtend*\n\n*rustig*\n"`, "mattermost": `"## Ochtend\n\n**rustig**\n"`, "teams": `{"type":"AdaptiveCard"}`} {
		chans, err := Build(Config{Channels: []ChannelConfig{{Name: "desk", Type: kind, URL: srv.URL}}}, ChannelOptions{Dialer: local()})
		if err != nil {
			t.Fatal(err)
		}
		n := &headstart.Notice{V: 1, Key: "report/2026-11-24/morning/desk", Plane: headstart.PlaneDesk, At: time.Now(), Channel: "desk", Report: headstart.EditionMorning}
		if _, err := newReportPlace(chans[0], make).send(context.Background(), n, nil); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if !json.Valid(body) || !strings.Contains(string(body), want) {
			t.Errorf("%s got %s, want %s in it", kind, body, want)
		}
	}
	chans, err := Build(Config{Channels: []ChannelConfig{{Name: "push", Type: "ntfy", URL: srv.URL + "/topic"}}}, ChannelOptions{Dialer: local()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = newReportPlace(chans[0], make).send(context.Background(), &headstart.Notice{}, nil)
	if _, given := errors.AsType[*Permanent](err); !given {
		t.Errorf("ntfy: %v; want it given up", err)
	}
}
