package correlate

import (
	"os"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/correlate/scenario"
)

const floorCatalog = `-- catalog --
locations: [{id: noord, name: Noord}, {id: zuid, name: Zuid}]
services: [{id: print, name: Printen}]
devices:
  - {id: up-a, kind: switch, location: noord}
  - {id: up-b, kind: switch, location: noord}
  - {id: up-c, kind: switch, location: noord}
  - {id: sw-1, kind: switch, location: noord, depends_on: [[up-a, up-b]]}
  - {id: sw-2, kind: switch, location: noord}
  - {id: sw-3, kind: switch, location: noord, depends_on: [[up-a, up-b, up-c]]}
  - {id: prn-1, kind: printer, location: noord, services: [print], depends_on: [sw-1]}
  - {id: prn-2, kind: printer, location: noord, services: [print], depends_on: [sw-1]}
  - {id: prn-3, kind: printer, location: noord, services: [print], depends_on: [sw-1]}
  - {id: prn-4, kind: printer, location: noord, services: [print], depends_on: [sw-1]}
  - {id: prn-5, kind: printer, location: noord, services: [print], depends_on: [sw-1]}
  - {id: prn-6, kind: printer, location: noord, services: [print], depends_on: [sw-1]}
  - {id: prn-7, kind: printer, location: noord, services: [print], depends_on: [sw-1]}
  - {id: prn-8, kind: printer, location: noord, services: [print]}
  - {id: prn-9, kind: printer, location: noord, services: [print]}
  - {id: cam-1, kind: camera, location: zuid}
-- config --
correlation: {group: {assets: 9}}
`

// For each pair that a person might think is one incident, the first condition
// that does not hold is named, with its margin, in words of both languages.
func TestWhyNot(t *testing.T) {
	for name, c := range map[string]struct {
		events string
		want   string // rule and outcome
		facts  string // some of them
		en     string
	}{
		"two printers on one floor": {
			"08:00:00 firing PrinterDown instance=prn-1\n08:00:01 firing PrinterDown instance=prn-2\n08:05:00 tick",
			"C-08 few", "cause=sw-1 have=2 of=7 need=3",
			"Both hang on sw-1, but 2 of the 7 there are silent; 3 make it suspect.",
		},
		"too small a share of the floor": {
			"08:00:00 firing PrinterDown instance=prn-[1..3] every=1s\n08:05:00 tick",
			"C-08 share", "cause=sw-1 have=3 of=7 need=4",
			"Both hang on sw-1, but 3 of the 7 there are silent; 4 are the share it takes.",
		},
		"a symptom outside the window": {
			"08:00:00 firing PrinterDown instance=prn-1\n08:02:30 firing PrinterDown instance=prn-2\n08:05:00 tick",
			"C-08 outside", "cause=sw-1 gap=2m30s limit=2m0s margin=30s",
			"Both hang on sw-1, but fell silent 2 min 30 s apart; within 2 min is one event (margin 30 s).",
		},
		"the switch between them answered": {
			"08:00:00 firing PrinterDown instance=prn-[1..4] every=1s\n08:00:30 check sw-1 ping ok kind=icmp\n08:05:00 tick",
			"C-08 heard", "cause=sw-1 answered=2026-11-23T08:00:30Z since=2026-11-23T08:00:00Z margin=30s",
			"sw-1 answered at 08:00:30, 30 s after the first fell silent at 08:00:00: it is not suspect.",
		},
		"one is out of paper, not out of reach": {
			"08:00:00 firing PaperOut instance=prn-1 headstart_class=service\n08:00:01 firing PrinterDown instance=prn-2\n08:05:00 tick",
			"C-08 not_silent", "asset=prn-1 cause=sw-1 check=PaperOut",
			"PaperOut does not say that prn-1 is silent; only silence makes sw-1 suspect.",
		},
		"same switch, but one answered": {
			"08:00:00 firing SwitchDown instance=sw-1\n08:00:30 check prn-1 ipp ok kind=printer\n08:01:30 firing PaperOut instance=prn-1 headstart_class=service\n08:05:00 tick",
			"T-07 answered", "asset=prn-1 answered=2026-11-23T08:00:30Z cause=sw-1 since=2026-11-23T08:00:00Z margin=30s",
			"prn-1 answered at 08:00:30, 30 s after sw-1 went down at 08:00:00: it is not behind it.",
		},
		"one of two uplinks": {
			"08:00:00 firing SwitchDown instance=up-a\n08:00:10 firing PrinterDown instance=prn-1\n08:05:00 tick",
			"T-07 redundant", "asset=sw-1 works=up-b cause=up-a",
			"sw-1 has another way up: up-b works. up-a alone cuts nothing off.",
		},
		"two of three uplinks": {
			"08:00:00 firing SwitchDown instance=up-a\n08:00:10 firing SwitchDown instance=up-c\n08:05:00 tick",
			"T-07 way_left", "asset=sw-3 works=up-b",
			"sw-3 has a way left: up-b works. Only when all ways are gone are they one cause together.",
		},
		"a late cause, too late": {
			"08:00:00 firing PrinterDown instance=prn-1\n08:20:00 firing SwitchDown instance=sw-1\n08:25:00 tick",
			"L-12 too_old", "cause=sw-1 age=20m0s late_cause=15m margin=5m0s",
			"When sw-1 turned out to be down the other incident was 20 min old; after 15 min no rule changes a cause any more (margin 5 min).",
		},
		"a cause that planned work kept back": {
			"08:00:00 firing PrinterDown instance=prn-1\n08:02:00 maintenance W-1 on=sw-1 from=08:02:00 until=09:00:00 owner=joris\n08:03:00 firing SwitchDown instance=sw-1\n09:05:00 tick",
			"M-06 held_back", "cause=sw-1 window=W-1 age=1h0m0s late_cause=15m margin=45m0s",
			"Planned work W-1 kept sw-1 back; when it was over the other incident was 1 h old, older than 15 min (margin 45 min).",
		},
		"what is down says another thing of itself": {
			"08:00:00 firing DiskFull instance=sw-1 headstart_class=capacity\n08:00:10 firing PrinterDown instance=prn-1\n08:05:00 tick",
			"T-07 not_down", "asset=sw-1 check=DiskFull",
			"DiskFull does not say that sw-1 cannot be reached; only what cannot be reached explains something else.",
		},
		"the cause is back": {
			"08:00:00 firing SwitchDown instance=sw-1\n08:00:10 check prn-1 ipp ok kind=printer\n08:01:30 firing PaperOut instance=prn-1 headstart_class=service\n08:03:00 resolved SwitchDown instance=sw-1\n08:04:00 tick",
			"T-07 back", "cause=sw-1 until=2026-11-23T08:03:00Z",
			"sw-1 was back at 08:03:00; what is back explains nothing any more.",
		},
		"pinned": {
			"08:00:00 firing PrinterDown instance=prn-1\n08:02:00 pin #1\n08:03:00 firing SwitchDown instance=sw-1\n08:05:00 tick",
			"H-20 fixed", "cause=prn-1",
			"A person pinned cause and extent of the incident caused by prn-1: no rule changes them.",
		},
		"split by hand": {
			"08:00:00 firing SwitchDown instance=sw-1\n08:00:05 firing PrinterDown instance=prn-[1..2]\n08:05:00 split #1 prn-1\n08:06:00 tick",
			"H-20 apart", "cause=sw-1",
			"A person split them: no rule joins them again in this episode.",
		},
		"opened by hand": {
			"08:00:00 open print at=noord\n08:01:00 firing PrinterDown instance=prn-1\n08:05:00 tick",
			"H-20 manual", "cause=hand:c-080000",
			"A person opened the incident about hand:c-080000: only a person merges it.",
		},
		"merged already": {
			"08:00:00 firing PrinterDown instance=prn-1\n08:00:01 firing PrinterDown instance=prn-2\n08:05:00 merge #1 #2\n08:06:00 tick",
			"L-12 one", "cause=prn-2",
			"They are one incident already, with the cause prn-2.",
		},
		"over before the other began": {
			"08:00:00 firing PrinterDown instance=prn-1\n08:05:00 resolved PrinterDown instance=prn-1\n1+09:00:00 firing PrinterDown instance=prn-2\n1+09:05:00 tick",
			"R-09 over", "cause=prn-1 until=2026-11-23T08:07:00Z since=2026-11-24T09:00:00Z margin=24h53m0s",
			"The incident caused by prn-1 was over at 23-11 08:07:00; the other began at 09:00:00, 1 d 53 min later.",
		},
		"the same cause after reopen": {
			"08:00:00 firing PrinterDown instance=prn-1\n08:05:00 resolved PrinterDown instance=prn-1\n08:40:00 firing PrinterDown instance=prn-1\n08:45:00 tick",
			"R-10 too_late", "cause=prn-1 until=2026-11-23T08:37:00Z margin=4m0s reopen=30m",
			"prn-1 failed again after 08:37:00, later than the reopen time of 30 min (margin 4 min): a new incident that points to the old one.",
		},
		"two places": {
			"08:00:00 firing PrinterDown instance=prn-8\n08:00:01 firing CameraDown instance=cam-1 headstart_class=reachability\n08:05:00 tick",
			"G-09 location", "where=noord other_where=zuid",
			"They are in different places: noord and zuid.",
		},
		"alike, but too few": {
			"08:00:00 firing PrinterDown instance=prn-8\n08:00:01 firing PrinterDown instance=prn-9\n08:05:00 tick",
			"G-09 few", "where=noord have=2 of=11 need=9",
			"They are alike, but 2 of 11 fail at noord; 9 are needed.",
		},
		"alike, but far apart": {
			"08:00:00 firing PrinterDown instance=prn-8\n08:07:00 firing PrinterDown instance=prn-9\n08:10:00 tick",
			"G-09 gap", "gap=7m0s limit=5m0s margin=2m0s",
			"They began 7 min apart; failures alike are one thing within 5 min (margin 2 min).",
		},
		"different ways to fail": {
			"08:00:00 firing PrinterDown instance=prn-8\n08:00:01 firing PaperOut instance=prn-9 headstart_class=service\n08:05:00 tick",
			"G-09 class", "class=PrinterDown other_class=PaperOut",
			"They fail in different ways: PrinterDown and PaperOut.",
		},
		"not in the catalog": {
			"08:00:00 firing PrinterDown instance=prn-8\n08:00:01 firing HostDown instance=nas-7\n08:05:00 tick",
			"P-16 nowhere", "",
			"",
		},
		"two switches": {
			"08:00:00 firing SwitchDown instance=sw-2\n08:00:01 firing SwitchDown instance=sw-1\n08:05:00 tick",
			"T-07 unrelated", "other_above=up-a/up-b",
			"Nothing connects them: neither is behind the other, and they do not hang on the same thing.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, at := playText(t, floorCatalog+"-- events --\n"+c.events+"\n")
			d, known := p.s.WhyNot(at, 1, 2)
			if !known {
				t.Fatalf("there are %d groups, want two", p.s.clock.Groups)
			}
			if got := d.Rule + " " + d.Outcome; got != c.want {
				t.Fatalf("the condition is %q of %+v, want %q", got, d.Facts, c.want)
			}
			for f := range strings.FieldsSeq(c.facts) {
				name, value, _ := strings.Cut(f, "=")
				if d.Fact(name) != value {
					t.Errorf("fact %s is %q, want %q", name, d.Fact(name), value)
				}
			}
			if got := d.Words("en", time.UTC); c.en != "" && got != c.en {
				t.Errorf("it says %q\nwant        %q", got, c.en)
			}
			for _, lang := range []string{"nl", "en"} {
				if text := d.Words(lang, time.UTC); text == "" || strings.Contains(text, "  ") || strings.Contains(text, "( ") {
					t.Errorf("in %s it says %q: a fact is missing", lang, text)
				}
			}
			if b, _ := p.s.WhyNot(at, 2, 1); b.Rule != d.Rule || b.Outcome != d.Outcome {
				t.Errorf("asked the other way round it is %s %s", b.Rule, b.Outcome)
			}
			if len(p.s.Take()) != 0 {
				t.Error("to ask changed rows")
			}
			p.compareLoaded()
		})
	}
}

// A storm's umbrella takes what nothing else explains; what opens its own in any
// storm says why.
func TestWhyNotStorm(t *testing.T) {
	p, at := playText(t, "-- catalog --\ndevices:\n  - {id: sw-1, location: noord}\n  - {id: prn-1, depends_on: [sw-1]}\n-- config --\ncorrelation: {storm: {causes: 3}}\n-- events --\n"+
		"08:00:00 firing Odd instance=x-[1..9] page=no\n08:00:10 firing SwitchDown instance=sw-1\n08:02:00 tick\n")
	var umbrella, own headstart.GroupID
	for id, g := range p.s.groups {
		switch {
		case g.Cause.Kind == headstart.CauseStorm:
			umbrella = id
		case g.Cause.Asset == "sw-1":
			own = id
		}
	}
	if umbrella == 0 || own == 0 {
		t.Fatalf("no umbrella, or the switch is under it: %d, %d", umbrella, own)
	}
	if d, _ := p.s.WhyNot(at, umbrella, own); d.Rule != "U-10" || d.Outcome != "own" || d.Fact("asset") != "sw-1" {
		t.Errorf("the condition is %s %s %v, want that a switch opens its own", d.Rule, d.Outcome, d.Facts)
	}
}

// What users report meets only what hits that service in that place (K-11).
func TestWhyNotSurge(t *testing.T) {
	b, err := os.ReadFile("testdata/73-surge-before-the-probe.txtar")
	if err != nil {
		t.Fatal(err)
	}
	story, _, found := strings.Cut(string(b), "44+09:03:00 ")
	if !found {
		t.Fatal("the story has no probe at 09:03 any more")
	}
	p, at := playText(t, story+"44+09:03:00 firing Odd instance=nowhere-1\n44+09:20:00 tick\n")
	d, known := p.s.WhyNot(at, 1, 2)
	if !known || d.Rule != "K-11" || d.Outcome != "elsewhere" || d.Fact("service") != "print" {
		t.Errorf("the condition is %s %s %v, want that the other hits nothing that is reported", d.Rule, d.Outcome, d.Facts)
	}
	if text := d.Words("en", time.UTC); !strings.HasPrefix(text, "Users report print; the incident caused by ") {
		t.Errorf("it says %q", text)
	}
}

// playText plays a scenario and returns the time of its last event.
func playText(t *testing.T, text string) (*player, time.Time) {
	t.Helper()
	x, err := scenario.Parse("story", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p := newPlayer(t, false)
	playInto(p, x)
	return p, x.Steps[len(x.Steps)-1].At
}
