package agents

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"headstart"
)

const goodPost = `{"v":1,"spool":"0123456789abcdef","sent_at":"2026-11-23T08:00:00Z","events":[{"seq":3,"check":{"probe":"ping","kind":"icmp","asset":"prn-1","verdict":"down","reason":"no reply","observed_at":"2026-11-23T07:59:00Z"}}],"status":{"probes":1,"spooled":1}}`

// A post is refused whole only when it is no agent's.
func TestDecodePost(t *testing.T) {
	for name, bad := range map[string]string{
		"no JSON":          `{`,
		"another version":  strings.Replace(goodPost, `"v":1`, `"v":2`, 1),
		"no spool":         strings.Replace(goodPost, "0123456789abcdef", "../../etc", 1),
		"no time":          strings.Replace(goodPost, "2026-11-23T08:00:00Z", "0001-01-01T00:00:00Z", 1),
		"number zero":      strings.Replace(goodPost, `"seq":3`, `"seq":0`, 1),
		"a negative one":   strings.Replace(goodPost, `"seq":3`, `"seq":-1`, 1),
		"numbers go back":  strings.Replace(goodPost, `"events":[`, `"events":[{"seq":9,"check":{}},`, 1),
		"too many at once": strings.Replace(goodPost, `"events":[`, `"events":[`+many(mostEvents), 1),
		"an array":         `[]`,
	} {
		if p, err := decodePost([]byte(bad)); err == nil {
			t.Errorf("%s: taken as %+v", name, p)
		}
	}
	p, err := decodePost([]byte(goodPost))
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.check(p.Events[0], "noord")
	if err != nil || c.Probe != "ping@noord" || c.Agent != "noord" || c.Seq != 3 || c.Spool != p.Spool || !c.SentAt.Equal(p.SentAt) {
		t.Errorf("%v: %+v; want it marked as noord's", err, c)
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"seq":%d,"check":{}},`, i-n+3)
	}
	return b.String()
}

// What one check may not say, whoever sends it: that it is of another agent, or that an
// agent lives; and no text that breaks a page or fills a disk.
func TestCheckOfAnAgent(t *testing.T) {
	p := &Post{Spool: "0123456789abcdef"}
	for name, bad := range map[string]string{
		"a sign of life":    `{"probe":"agent/zuid","kind":"agent","asset":"srv-zuid","verdict":"down"}`,
		"no kind":           `{"probe":"x","asset":"a","verdict":"ok"}`,
		"no subject":        `{"probe":"x","kind":"icmp","verdict":"ok"}`,
		"a line break":      `{"probe":"x\ny","kind":"icmp","asset":"a","verdict":"ok"}`,
		"a long name":       `{"probe":"` + strings.Repeat("x", mostID+1) + `","kind":"icmp","asset":"a","verdict":"ok"}`,
		"another verdict":   `{"probe":"x","kind":"icmp","asset":"a","verdict":"fine"}`,
		"another effect":    `{"probe":"x","kind":"icmp","asset":"a","verdict":"ok","conditions":[{"name":"jam","effect":"panic"}]}`,
		"conditions enough": `{"probe":"x","kind":"icmp","asset":"a","verdict":"ok","conditions":[` + strings.Repeat(`{"name":"jam","effect":"none"},`, mostFound) + `{"name":"jam","effect":"none"}]}`,
	} {
		if c, err := p.check(Numbered{Seq: 1, Check: json.RawMessage(bad)}, "noord"); err == nil {
			t.Errorf("%s: taken as %+v", name, c)
		}
	}
	if c, err := p.check(Numbered{Seq: 1, Check: json.RawMessage(`{"probe":"prober-isolated","verdict":"down","agent":"zuid","kind":"agent"}`)}, "noord"); err != nil || c.Agent != "noord" || c.Kind != "" || !c.IsIsolation() {
		t.Errorf("that it is isolated: %v, %+v", err, c)
	}
	c, err := p.check(Numbered{Seq: 1, Check: json.RawMessage(`{"probe":"x","kind":"icmp","asset":"a","verdict":"ok","agent":"zuid","seq":99,"spool":"zz","sent_at":"2026-01-01T00:00:00Z","reason":"a\u0000b` + strings.Repeat("é", mostReason) + `"}`)}, "noord")
	if err != nil || c.Agent != "noord" || c.Seq != 1 || c.Spool != p.Spool || c.SentAt.Year() == 2026 || len(c.Reason) > mostReason || !utf8.ValidString(c.Reason) || strings.Contains(c.Reason, "\x00") {
		t.Errorf("%v: %+v", err, c)
	}
}

// FuzzPost: whatever is posted is refused, or becomes a record the engine can read, which
// says nothing of another agent.
func FuzzPost(f *testing.F) {
	f.Add([]byte(goodPost))
	f.Add([]byte(strings.Replace(goodPost, `"down"`, `7`, 1)))
	f.Add([]byte(`{"v":1,"spool":"0123456789abcdef","sent_at":"2026-11-23T08:00:00Z"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > mostBody {
			return
		}
		p, err := decodePost(data)
		if err != nil {
			return
		}
		var lines []headstart.Line
		for _, e := range p.Events {
			if c, err := p.check(e, "noord"); err == nil {
				lines = append(lines, headstart.Line{Check: c})
			}
		}
		rec, err := headstart.DecodeRecord(headstart.NewRecord(p.SentAt, lines...).Encode())
		if err != nil || len(rec.Lines) != len(lines) {
			t.Fatalf("%d lines, read back as %d: %v", len(lines), len(rec.Lines), err)
		}
		for _, l := range rec.Lines {
			if c := l.Check; c.Agent != "noord" || c.Kind == headstart.KindAgent || !strings.HasSuffix(c.Probe, "@noord") && !c.IsIsolation() || len(c.Reason) > mostReason {
				t.Fatalf("%+v", c)
			}
		}
	})
}

// Only an agent's own token speaks for it (ruling 39: the door has checked the scope),
// and only for agents there are.
func TestWhoSpeaks(t *testing.T) {
	log := &memlog{}
	line := newWire(newHub(log))
	for name, x := range map[string]struct {
		who, path string
		want      int
	}{
		"its own":         {"agent/noord", "noord", 200},
		"another agent":   {"agent/zuid", "noord", 403},
		"a Prometheus":    {"prometheus", "noord", 403},
		"nobody":          {"", "noord", 403},
		"a lookalike":     {"agent/noord/x", "noord", 403},
		"one that is not": {"agent/west", "west", 404},
	} {
		line.who = x.who
		for _, r := range []*http.Request{
			httptest.NewRequest(http.MethodPost, "/api/v1/agents/"+x.path+"/events", strings.NewReader(goodPost)),
			httptest.NewRequest(http.MethodGet, "/api/v1/agents/"+x.path+"/asks?wait=0s", nil),
		} {
			res, err := line.RoundTrip(r)
			if err != nil || res.StatusCode != x.want {
				t.Errorf("%s, %s: %d, %v; want %d", name, r.URL, res.StatusCode, err, x.want)
			}
		}
	}
	checks, _ := log.checks(t)
	if len(checks) != 1 {
		t.Errorf("%d checks in the log, want the one that was let in", len(checks))
	}
	line.who = "agent/noord"
	long := httptest.NewRequest(http.MethodPost, "/api/v1/agents/noord/events", strings.NewReader(strings.Repeat(" ", mostBody)+goodPost))
	if res, err := line.RoundTrip(long); err != nil || res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a post without end: %d, %v", res.StatusCode, err)
	}
}
