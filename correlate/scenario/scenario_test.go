package scenario

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
)

// The whole language in one file is read as it is written.
func TestParse(t *testing.T) {
	s, err := Parse("night.txtar", []byte(`Two printers and their switch.
-- catalog --
devices:
  - {id: sw-1, kind: switch}
-- config --
correlation: {settle: 30s}
timezone: Europe/Amsterdam
-- events --
# a remark
08:00:00 firing PrinterDown instance=prn-[1..2] every=2s @prom-a ends=+5m
08:01:00 check sw-1 ping down asked kind=icmp
08:02:00 ticket rt/T-1 names=print:0.6 at=noord from=zuid cues=several,several
08:03:00 silence S-1 until=09:00:00 instance=sw-1
08:04:00 merge #2 #1
08:04:00 merge #3 #1
08:05:00 blind 8h
1+08:00:00 tick
-- want --
08:00:30 #1 opened T-07 prn-1/PrinterDown
-- expect --
incidents 1
messages 2 of HS-1
HS-1 state=open cause=sw-1
ticket rt/T-1 HS-1 suggest
`))
	if err != nil {
		t.Fatal(err)
	}
	lines := s.Lines()
	if len(lines) != 10 || len(s.Steps) != 9 {
		t.Fatalf("%d lines and %d steps, want the configuration and 9 events", len(lines), len(s.Steps))
	}
	c := lines[0].Config
	if c == nil || c.Ticks || c.Engine != headstart.EngineVersion || c.Timezone != "Europe/Amsterdam" || string(c.Correlation) != `{"settle":"30s"}` || c.Catalog.DeviceByID("sw-1") == nil {
		t.Errorf("the first line is %+v, want the configuration of the file without ticks", c)
	}
	at := func(clock string) time.Time {
		t.Helper()
		x, err := time.Parse(time.DateTime, "2026-11-23 "+clock)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	if a := lines[2].Alert; !lines[2].At.Equal(at("08:00:02")) || a.Labels["instance"] != "prn-2" || a.Origin() != "prom-a" || !a.EndsAt.Equal(at("08:05:02")) {
		t.Errorf("the second printer is %+v at %s, want it 2 s later and alive for 5 min", a, lines[2].At)
	}
	if x := lines[4].Ticket; x.Key() != "rt/T-1" || x.Evidence.Assets[0].Strength != 0.6 || x.Evidence.Cues["several"] != 2 || x.Requester.Location != "zuid" {
		t.Errorf("the ticket is %+v", x)
	}
	if a, b := lines[6].Command, lines[7].Command; a.Incident != "HS-2" || a.Into != "HS-1" || b.Incident != "HS-3" || a.ID == b.ID || s.Steps[6].Group != 3 {
		t.Errorf("the merges are %+v and %+v, want the incidents of their groups and an id each", a, b)
	}
	if time.Duration(lines[8].Blind) != 8*time.Hour || lines[8].Kind() != "tick" {
		t.Errorf("the blind hours are %+v", lines[8])
	}
	if !lines[9].At.Equal(at("08:00:00").AddDate(0, 0, 1)) {
		t.Errorf("the last tick is at %s, want the day after", lines[9].At)
	}
	if len(s.Expect) != 6 || s.Expect[1] != (Expectation{Line: 22, Of: "HS-1", What: "messages", Want: "2"}) || s.Expect[5].What != "band" {
		t.Errorf("expected is %+v", s.Expect)
	}
}

// A mistake names file and line, and what to write instead; all come at once.
func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"no events":            {"story\n", "a.txtar:1: no events; write"},
		"unknown part":         {"x\n-- evnts --\n-- events --\n", `a.txtar:2: part "evnts" is none`},
		"twice":                {"-- events --\n-- events --\n", "a.txtar:2: a second part events; put"},
		"time":                 {"-- events --\n8:00 tick\n", `a.txtar:2: time "8:00"; write such as 08:00:00`},
		"day":                  {"-- events --\n999+08:00:00 tick\n", `a.txtar:2: day "999"; write`},
		"backwards":            {"-- events --\n08:00:00 tick\n07:00:00 tick\n", "a.txtar:3: 07:00:00 lies before"},
		"word":                 {"-- events --\n08:00:00 frring X\n", `a.txtar:2: unknown word "frring"; write firing`},
		"too little":           {"-- events --\n08:00:00 firing\n", "a.txtar:2: firing says too little; write firing HostDown"},
		"verdict":              {"-- events --\n08:00:00 check a ping dwn\n", `a.txtar:2: verdict "dwn"; write ok`},
		"check word":           {"-- events --\n08:00:00 check a ping down at=x\n", `a.txtar:2: unknown word "at=x" of a check`},
		"strength":             {"-- events --\n08:00:00 ticket rt/1 names=a:NaN\n", "a.txtar:2: names=a:NaN has no strength"},
		"duration":             {"-- events --\n08:00:00 blind long\n", `a.txtar:2: duration "long"; write such as`},
		"no blind at all":      {"-- events --\n08:00:00 blind 0s\n", "a.txtar:2: blind 0s; write how long"},
		"every backwards":      {"-- events --\n08:00:00 firing X i=a-[1..2] every=-1s\n", "a.txtar:2: every=-1s is before"},
		"every too far":        {"-- events --\n08:00:00 firing X i=a-[1..1000] every=24h\n", "a.txtar:2: every=24h0m0s puts the last of 1000 names beyond a year; write at most 8h47m2.4s"},
		"names":                {"-- events --\n08:00:00 firing X i=a-[9..1]\n", `a.txtar:2: "i=a-[9..1]" stands for no names`},
		"too many names":       {"-- events --\n08:00:00 firing X i=a-[1..99999999]\n", "stands for no names"},
		"group":                {"-- events --\n08:00:00 resolve #x\n", `a.txtar:2: "#x" is no incident; write #`},
		"catalog key":          {"x\ny\n-- catalog --\ndevices:\n  - {id: a, knd: b}\n-- events --\n", `a.txtar:5: unknown key "knd"; take it out`},
		"catalog no yaml":      {"-- catalog --\ndevices: [\n-- events --\n", "a.txtar:"},
		"matcher":              {"-- config --\ninhibit_rules: [{target_matchers: [severity]}]\n-- events --\n", `a.txtar:1: inhibit_rules[0]: "severity" matches nothing; write such as severity=critical`},
		"expression":           {"-- config --\ninhibit_rules: [{}, {source_matchers: ['a=~(']}]\n-- events --\n", `a.txtar:1: inhibit_rules[1]: "a=~(": error parsing regexp`},
		"inhibit key":          {"-- config --\ninhibit_rules: [{target: [a=b]}]\n-- events --\n", `a.txtar:2: unknown key "target"`},
		"config key":           {"-- config --\ncorelation: {}\n-- events --\n", `a.txtar:2: unknown key "corelation"`},
		"expected word":        {"-- events --\n-- expect --\nHS-1 stat=open\n", `a.txtar:3: unknown word "stat=open" of an incident`},
		"expected of nobody":   {"-- events --\n-- expect --\nincidnts 1\n", `a.txtar:3: unknown word "incidnts"`},
		"expected nothing":     {"-- events --\n-- expect --\nHS-1\n", "a.txtar:3: nothing is expected of HS-1"},
		"expected no number":   {"-- events --\n-- expect --\nmessages many\n", `a.txtar:3: "many" is no number`},
		"expected of a ticket": {"-- events --\n-- expect --\nticket rt/T-1\n", "a.txtar:3: a ticket names its best candidate"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("a.txtar", []byte(c.file))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the mistake is %v\nwant it to say %q", err, c.want)
			}
		})
	}
	_, err := Parse("a.txtar", []byte("-- events --\n08:00 tick\n09:00 tick\n"))
	if n := strings.Count(err.Error(), "a.txtar:"); n != 2 {
		t.Errorf("%d mistakes are told, want both: %v", n, err)
	}
}

// Whatever a person writes is an error that says where, or a log the engine can
// read: in order, one thing a line, as its own file again.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no scenarios to start from: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("-- config --\ncalendar: {holidays: [2026-12-25]}\n-- events --\n08:00:00 silence S until=1+00:00:00\n-- expect --\nHS-1 state=open\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse("x", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "x:") {
				t.Fatalf("a mistake without its place: %v", err)
			}
			return
		}
		last := Day
		for _, l := range s.Lines() {
			if l.At.Before(last) {
				t.Fatalf("%s comes after %s", l.At, last)
			}
			last = l.At
			b, err := json.Marshal(l)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := headstart.DecodeFileLine(b); err != nil {
				t.Fatalf("the line %s cannot be read again: %v", b, err)
			}
		}
	})
}

// TestEveryIsNoLabel: every= puts time between the lines one stands for, whatever
// their kind; a silence does not take it for a label that no alert has.
func TestEveryIsNoLabel(t *testing.T) {
	s, err := Parse("night.txtar", []byte("-- events --\n"+
		"08:00:00 silence S-[1..2] until=09:00:00 instance=sw-1 every=1s\n"+
		"08:01:00 maintenance W-[1..2] on=sw-1 until=09:00:00 every=1s\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Steps) != 4 || len(s.Steps[1].Silence.Matchers) != 1 || s.Steps[3].Maintenance.ID != "W-2" {
		t.Errorf("the steps are %+v, want two silences of one matcher each and two windows", s.Steps)
	}
	_, err = Parse("night.txtar", []byte("-- events --\n08:00:00 edit without prn-1\n"))
	if err == nil || !strings.Contains(err.Error(), "catalog") {
		t.Errorf("an unknown word gives %v, want a list of all there are", err)
	}
}
