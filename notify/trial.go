package notify

import (
	"context"
	"fmt"
	"time"

	"headstart"
)

// trialText is what a test message says: that it is one, before all else.
var trialText = map[string]headstart.Text{
	"nl": {
		Title: "TEST: dit is geen storing", Subject: "TEST: dit is geen storing", Short: "TEST: dit is geen storing. U hoeft niets te doen.",
		Lines: []headstart.TextLine{{Text: "Met dit bericht kijken wij of berichten over storingen hier aankomen."}, {Label: "Wat moet u doen?", Text: "Niets."}},
		Body:  "Met dit bericht kijken wij of berichten over storingen hier aankomen.\n\nWat moet u doen?\nNiets.",
	},
	"en": {
		Title: "TEST: this is not an outage", Subject: "TEST: this is not an outage", Short: "TEST: this is not an outage. You need not do anything.",
		Lines: []headstart.TextLine{{Text: "With this message we check whether messages about outages arrive here."}, {Label: "What should you do?", Text: "Nothing."}},
		Body:  "With this message we check whether messages about outages arrive here.\n\nWhat should you do?\nNothing.",
	},
}

// Try sends one message that says it is a test to one channel, past queue, quiet
// hours and approval. It is no announcement: nothing follows it, and no log knows it.
func Try(ctx context.Context, cfg ChannelConfig, o ChannelOptions, languages []string, now time.Time) error {
	built, err := Build(Config{Channels: []ChannelConfig{cfg}}, o)
	if err != nil {
		return err
	}
	uid := fmt.Sprintf("test-%d", now.UnixMilli())
	_, err = built[0].Post(ctx, &headstart.Notice{
		V: 1, Key: uid + "/test/1/" + cfg.Name, Plane: headstart.PlaneUsers, At: now, Incident: "TEST", UID: uid, Announcement: uid + ".test", Audience: "test",
		Channel: cfg.Name, N: 1, Phase: headstart.Investigating, Final: true, Severity: "minor", Languages: languages, Text: trialText,
	})
	if err != nil {
		return fmt.Errorf("channel %s: %s", cfg.Name, scrub(err.Error()))
	}
	return nil
}
