package headstart

import (
	"maps"
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
		"impact and urgency":    {d("P-13", "raised", "", "from", "P4", "to", "P2", "impact", "location", "urgency", "high"), "nl", "Prioriteit van P4 naar P2: gevolg locatie, urgentie hoog."},
		"one of a kind":         {d("P-13", "impact", "", "services", "3", "locations", "1", "people", "60"), "nl", "Omvang gewijzigd (diensten: 3, locaties: 1, mensen: 60)."},
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

// What would have made it otherwise is said with its margin, in both languages,
// and never with a hole where a fact is missing (correlation: explaining).
func TestWhy(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	at := time.Date(2026, 11, 22, 7, 41, 18, 0, time.UTC)
	joined := Decision{At: at, Rule: "T-07", Outcome: "joined", Subject: "prn-3-12/ping", Facts: []Fact{
		{Name: "cause", Value: "sw-3-2"}, {Name: "since", Value: "2026-11-22T07:41:07Z"}, {Name: "answered", Value: ""}, {Name: "margin", Value: "11s"},
	}}
	for name, c := range map[string]struct {
		d      Decision
		nl, en string
	}{
		"behind a cause": {
			joined,
			"Het zou apart staan als prn-3-12 na 08:41:07 had geantwoord, of als de wachttijd vóór die tijd voorbij was geweest (marge 11 s).",
			"It would stand alone if prn-3-12 had answered after 08:41:07, or if its settle had ended before that (margin 11 s).",
		},
		"the margin follows from since": {
			Decision{At: at, Rule: "T-07", Outcome: "joined", Subject: "prn-3-12/ping", Facts: []Fact{{Name: "since", Value: "2026-11-21T07:41:07Z"}}},
			"Het zou apart staan als prn-3-12 na 21-11 08:41:07 had geantwoord, of als de wachttijd vóór die tijd voorbij was geweest (marge 1 d 11 s).",
			"It would stand alone if prn-3-12 had answered after 21-11 08:41:07, or if its settle had ended before that (margin 1 d 11 s).",
		},
		"without since a text that needs none": {
			Decision{At: at, Rule: "T-07", Outcome: "joined", Subject: "prn-3-12/ping", Facts: []Fact{{Name: "cause", Value: "sw-3-2"}}},
			"Het zou apart staan als prn-3-12 had geantwoord nadat sw-3-2 uitviel.",
			"It would stand alone if prn-3-12 had answered after sw-3-2 went down.",
		},
		"nothing is known of it": {Decision{At: at, Rule: "T-07", Outcome: "late"}, "", ""},
		"nothing would have":     {Decision{At: at, Rule: "R-02", Outcome: "cleared"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.d.Why("nl", zone); got != c.nl {
				t.Errorf("nl: %q\nwant %q", got, c.nl)
			}
			if got := c.d.Why("en", zone); got != c.en {
				t.Errorf("en: %q\nwant %q", got, c.en)
			}
		})
	}
}

// Both languages of a text name the same facts: one would be said where the
// other is not.
func TestWhyNamesTheSameFacts(t *testing.T) {
	for key, texts := range whyWords {
		for _, x := range texts {
			nl, en := map[string]bool{}, map[string]bool{}
			for _, name := range braces.FindAllString(x[0], -1) {
				nl[name] = true
			}
			for _, name := range braces.FindAllString(x[1], -1) {
				en[name] = true
			}
			if !maps.Equal(nl, en) {
				t.Errorf("%s: Dutch names %v, English %v", key, nl, en)
			}
		}
	}
}

// A decision concerns an asset when it is about it, about a problem of it, or
// names it as cause.
func TestConcerns(t *testing.T) {
	d := Decision{Subject: "prn-1/PrinterDown", Facts: []Fact{{Name: "cause", Value: "sw-1, sw-2"}, {Name: "reopen", Value: "core"}}}
	for of, want := range map[string]bool{"prn-1": true, "prn-1/PrinterDown": true, "sw-2": true, "prn": false, "prn-1/TonerLow": false, "core": false, "": false} {
		if got := d.Concerns(of); got != want {
			t.Errorf("concerns %q: %t, want %t", of, got, want)
		}
	}
}

// What a text asks for and a decision lacks goes with what leads to it; any other
// brace stays as it stands, and what a fact says is not read again.
func TestWordsWithoutFacts(t *testing.T) {
	for _, c := range []struct {
		text  string
		facts []Fact
		want  string
	}{
		{"assigned to {owner} {support_group}", []Fact{{"owner", "joris"}}, "assigned to joris"},
		{"assigned to {owner} {support_group}", []Fact{{"support_group", "lan"}}, "assigned to lan"},
		{"opened by {by}: {title}", nil, "opened by samira."},
		{"opened by {by}: {title}", []Fact{{"title", "{by}"}}, "opened by samira: {by}"},
		{"{cause} of {subject}", nil, "{cause} of sw-1"},
		{"a { b } and {", nil, "a { b } and {"},
	} {
		d := Decision{Subject: "sw-1", By: "samira", Facts: c.facts}
		if got := d.put(c.text, "en", time.UTC); got != c.want {
			t.Errorf("%q with %v: %q, want %q", c.text, c.facts, got, c.want)
		}
	}
}
