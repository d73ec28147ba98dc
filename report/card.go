package report

import (
	"encoding/json"
	"fmt"

	"headstart"
)

// cardMost is how much a workflow of Teams takes, 28 KB, less the envelope around the
// card (learn.microsoft.com, Create incoming webhooks).
const cardMost = 24_000

// Card renders page one as an Adaptive Card of Teams; the page has the rest.
func (m *Morning) Card() ([]byte, error) {
	var b []byte
	for _, most := range mailLines {
		var err error
		if b, err = json.Marshal(m.card(most)); err != nil {
			return nil, fmt.Errorf("write the card: %w", err)
		}
		if len(b) < cardMost {
			break
		}
	}
	return b, nil
}

func (m *Morning) card(most int) *headstart.AdaptiveCard {
	c := headstart.NewAdaptiveCard(m.say.Lang, m.Verdict())
	say := func(text, spacing string, run headstart.CardRun) {
		if run.Text = m.cutText(text, 2*mailText); run.Text != "" {
			c.Say(spacing, run)
		}
	}
	title, subtle := headstart.CardRun{Weight: "Bolder"}, headstart.CardRun{Subtle: true}
	say(m.say.Say("report.title."+string(m.Edition))+" · "+m.Title(), "", subtle)
	say(m.Sentence, "Small", headstart.CardRun{Size: "Medium", Weight: "Bolder"})
	say(m.DutyWords(), "Small", subtle)
	f := m.First()
	for _, b := range []block{{m.say.Say("report.part.running"), f.Running}, {m.say.Say("report.part.urgent"), f.Urgent}, {m.say.Say("report.first"), f.Decisions}} {
		if len(b.lines) == 0 {
			continue
		}
		say(b.title, "Medium", title)
		for _, l := range b.lines[:min(len(b.lines), most)] {
			say(join("  ", []string{l.Sign, l.Key, l.Text, l.Right}), "None", headstart.CardRun{Color: map[string]string{"red": "Attention"}[l.Level]})
		}
		if rest := len(b.lines) - most; rest > 0 {
			say(m.more(rest), "None", subtle)
		}
	}
	say(join(" · ", f.Counts), "Medium", headstart.CardRun{})
	say(f.Ages, "Small", subtle)
	if m.in.URL != "" {
		c.Open(m.say.Say("report.open"), m.in.URL+"/morning")
	}
	return c
}
