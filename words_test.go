package headstart

import (
	"testing"
	"time"
)

// What the timeline says is read by people: times on their clock, no keywords,
// no braces of a fact that is not there.
func TestDecisionsAreSaidAsPeopleDo(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	at := time.Date(2026, 11, 22, 0, 46, 4, 0, time.UTC)
	d := func(rule, outcome, subject string, kv ...string) *Decision {
		out := &Decision{At: at, Rule: rule, Outcome: outcome, Subject: subject, By: "samira"}
		for n := 0; n < len(kv); n += 2 {
			out.Facts = append(out.Facts, Fact{Name: kv[n], Value: kv[n+1]})
		}
		return out
	}
	for name, c := range map[string]struct {
		d          *Decision
		lang, want string
	}{
		"a time of the same day": {
			d("T-07", "joined", "prn-1/Down", "cause", "sw-1", "since", "2026-11-22T00:46:01.349Z"), "nl",
			"prn-1/Down hangt achter sw-1, uitgevallen sinds 01:46, en heeft sindsdien niet geantwoord.",
		},
		"a time of the day before, there": {
			d("T-07", "joined", "prn-1/Down", "cause", "sw-1", "since", "2026-11-21T22:59:01Z"), "en",
			"prn-1/Down is behind sw-1, down since 21-11 23:59, and has not answered since.",
		},
		"a time that is none":   {d("H-01", "eta_set", "", "eta", "soon"), "en", "samira expects it to work at soon."},
		"a phase":               {d("A-25", "published", "noord", "phase", "investigating", "title", "Printen lukt niet"), "nl", "Bericht voor noord geplaatst (wij zoeken het uit): Printen lukt niet"},
		"people nobody counted": {d("A-25", "pushed", "zuid", "phase", "resolved", "people", "0"), "nl", "Bericht verstuurd naar zuid (opgelost; mensen: onbekend)."},
		"an owner alone":        {d("H-01", "assigned", "", "owner", "joris"), "nl", "samira geeft dit aan joris."},
		"a group alone":         {d("H-01", "assigned", "", "support_group", "netwerk"), "nl", "samira geeft dit aan netwerk."},
		"owner and group":       {d("H-01", "assigned", "", "owner", "joris", "support_group", "netwerk"), "en", "samira gives this to joris netwerk."},
		"a caller":              {d("H-01", "confirmed", "", "channel", "phone"), "nl", "Nog iemand heeft hier last van (telefoon)."},
		"a caller from nowhere": {
			d("H-01", "confirmed", ""), "en", "One more person has this.",
		},
	} {
		if got := c.d.Words(c.lang, zone); got != c.want {
			t.Errorf("%s: %q; want %q", name, got, c.want)
		}
	}
}
