package notify

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"headstart"
)

// teamsFake is a workflow with the trigger "When a Teams webhook request is
// received": it takes one card and answers 202 before it is posted.
type teamsFake struct {
	*strict
	cards []headstart.AdaptiveCard
}

func startTeams(t *testing.T) (*teamsFake, Channel) {
	f := &teamsFake{}
	f.strict = serve(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		var m teamsMessage[headstart.AdaptiveCard]
		switch {
		case r.URL.Query().Get("sig") != "s3cret":
			w.WriteHeader(http.StatusUnauthorized)
			return
		case len(body) > 28<<10:
			t.Errorf("a message of %d bytes; the trigger takes 28 KB", len(body))
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		case !takes(t, r, body, &m):
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if m.Type != "message" || len(m.Attachments) != 1 || m.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" {
			t.Errorf("%s; want a message with one Adaptive Card", body)
		}
		card := m.Attachments[0].Content
		if card.Type != "AdaptiveCard" || card.Version != "1.4" || len(card.Body) == 0 {
			t.Errorf("%+v is no card of version 1.4", card)
		}
		f.cards = append(f.cards, card)
		w.WriteHeader(http.StatusAccepted)
	})
	url := f.url + "/workflows/1/triggers/manual/paths/invoke?api-version=2016-06-01&sig=s3cret"
	return f, built(t, ChannelConfig{Type: "teams", URLFile: secretFile(t, url)})
}

// Each loud update is a card of its own, since nothing comes back to edit; silent
// ones are not sent.
func TestTeams(t *testing.T) {
	f, c := startTeams(t)
	talk(t, c, notice(1, headstart.Investigating), silently(notice(2, headstart.Progress)), notice(3, headstart.Solved))
	if len(f.cards) != 2 {
		t.Fatalf("%d cards, want the two loud ones", len(f.cards))
	}
	card := f.cards[0]
	if card.Lang != "nl" || card.Body[0].Inlines[0].Text != "Kopiëren lukt niet" || len(card.Actions) != 2 || card.Actions[1].Title != "Read more on the status page" || card.Actions[1].URL != "https://storing.example.org/HS-12" {
		t.Errorf("%+v; want Dutch first, and in both languages the way to the status page", card)
	}
	wantHTTPManners(t, f.strict, c)
}

// Nothing in a card is read as markup or as a mention (ruling 45); words that do
// not fit are cut with a mark.
func TestTeamsText(t *testing.T) {
	f, c := startTeams(t)
	talk(t, c, wild(), huge())
	for _, b := range f.cards[0].Body {
		if b.Type != "RichTextBlock" {
			t.Errorf("a block of type %s; only a RichTextBlock shows its words letter by letter", b.Type)
		}
		for _, run := range b.Inlines {
			if run.Type != "TextRun" || strings.Contains(run.Text, "@channel") || strings.Contains(run.Text, "@jan") {
				t.Errorf("%+v; want plain words without a mention", run)
			}
		}
	}
	b, err := json.Marshal(f.cards[1])
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), "…") || len(f.cards[1].Actions) != 2 {
		t.Error("the long card has no mark of the cut or lost its links")
	}
}

// The addresses of Office 365 connectors, which Microsoft has ended, are refused
// with what to do instead, and not shown.
func TestTeamsConnector(t *testing.T) {
	c := Config{Channels: []ChannelConfig{{Name: "a", Type: "teams", URL: "https://voorbeeld.webhook.office.com/webhookb2/s3cret"}}}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "make a workflow") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v, want the remedy and no address", err)
	}
}
