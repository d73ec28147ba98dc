package correlate

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headstart"
)

// campus is a network with two levels, a redundant part, services and people:
// small enough that random failures meet.
func campus() *headstart.Catalog {
	c := &headstart.Catalog{
		Locations:   []headstart.Location{{ID: "noord"}, {ID: "zuid"}},
		Departments: []headstart.Department{{ID: "fin", Locations: []string{"noord"}, Uses: []string{"print"}, People: 40}, {ID: "all", Uses: []string{"erp"}, People: 300}},
		Services:    []headstart.Service{{ID: "print"}, {ID: "erp", DependsOn: headstart.Dependencies{{"srv"}}}},
		Devices:     []headstart.Device{{ID: "core"}, {ID: "srv", DependsOn: headstart.Dependencies{{"core"}}}},
	}
	for i, at := range []string{"noord", "zuid"} {
		dist := fmt.Sprintf("dist-%d", i+1)
		c.Devices = append(c.Devices, headstart.Device{ID: dist, Location: at, DependsOn: headstart.Dependencies{{"core"}}})
		for j := range 3 {
			acc := fmt.Sprintf("acc-%d%d", i+1, j+1)
			up := headstart.Dependencies{{dist}}
			if j == 2 {
				up = headstart.Dependencies{{"dist-1", "dist-2"}}
			}
			c.Devices = append(c.Devices, headstart.Device{ID: acc, Location: at, DependsOn: up})
			for k := range 3 {
				c.Devices = append(c.Devices, headstart.Device{
					ID: fmt.Sprintf("prn-%d%d%d", i+1, j+1, k+1), Kind: "printer", Location: at, Services: []string{"print"}, People: 10,
					DependsOn: headstart.Dependencies{{acc}},
				})
			}
		}
	}
	return c
}

func campusIDs() []string {
	var ids []string
	for _, d := range campus().Devices {
		ids = append(ids, d.ID)
	}
	return ids
}

func configEvent(at time.Time, catalog *headstart.Catalog, correlation string) headstart.Event {
	c := &headstart.LogConfig{Engine: 1, Catalog: catalog}
	if correlation != "" {
		c.Correlation = []byte(correlation)
	}
	return headstart.Event{At: at, Received: at, Line: headstart.Line{Config: c}}
}

func alertOf(id, origin string, at, starts, ends time.Time) headstart.Event {
	a := &headstart.Alert{
		Source: "hook", Labels: map[string]string{"alertname": "DeviceDown", "instance": id + ":9100"}, StartsAt: starts, EndsAt: ends,
		GeneratorURL: "http://" + origin + "/graph",
	}
	return headstart.Event{At: at, Received: at, Line: headstart.Line{Alert: a}}
}

// act is one thing that happens in a random life.
type act struct {
	ev          headstart.Event
	group, into headstart.GroupID
	blind       time.Duration
}

// randomLife draws a log: alerts of two origins, late copies, checks, asked
// answers, refreshes, tickets, silences, commands, catalog edits, blind hours,
// planned work, closed buildings, and things that come and go.
func randomLife(t *rapid.T, n int) []act {
	ids := campusIDs()
	at := day.Add(8 * time.Hour)
	acts := []act{{ev: configEvent(at, campus(), rapid.SampledFrom([]string{"", `{"settle":"0s"}`, `{"hold":"0s","recover":"30s","reopen":"5m"}`}).Draw(t, "config"))}}
	if rapid.Bool().Draw(t, "closed") {
		acts[0].ev.Config.Calendar = closedNoord()
	}
	for range rapid.IntRange(1, n).Draw(t, "events") {
		at = at.Add(time.Duration(rapid.IntRange(0, 90_000).Draw(t, "ms")) * time.Millisecond)
		id := rapid.SampledFrom(ids).Draw(t, "asset")
		origin := rapid.SampledFrom([]string{"prom-a", "prom-b"}).Draw(t, "origin")
		x := act{}
		switch rapid.IntRange(0, 23).Draw(t, "what") {
		case 0, 1, 2, 3:
			x.ev = alertOf(id, origin, at, at, at.Add(5*time.Minute))
		case 4, 5, 6:
			x.ev = alertOf(id, origin, at, at.Add(-time.Minute), at)
		case 7:
			x.ev = alertOf(id, origin, at, at, time.Time{})
		case 8, 9:
			x.ev = checkOf(id, at, headstart.Down, false)
		case 10, 11:
			x.ev = checkOf(id, at, headstart.OK, false)
		case 12:
			x.ev = checkOf(id, at, rapid.SampledFrom([]headstart.Verdict{headstart.OK, headstart.Down}).Draw(t, "answer"), true)
		case 13: // a late copy of something before
			x = rapid.SampledFrom(acts).Draw(t, "copy")
			x.ev.At, x.ev.Received = at, at
		case 14:
			a := alertOf(id, origin, at, at, at)
			x.ev = headstart.Event{At: at, Received: at, Line: headstart.Line{Refresh: []headstart.Refresh{{Fingerprint: a.Alert.Fingerprint(), Source: origin, EndsAt: at.Add(5 * time.Minute)}}}}
		case 15:
			x.ev = headstart.Event{At: at, Received: at, Line: headstart.Line{Ticket: &headstart.Ticket{
				Source: "rt", ID: fmt.Sprint(rapid.IntRange(1, 5).Draw(t, "ticket")), CreatedAt: at, UpdatedAt: at,
				Requester: headstart.Requester{Location: "noord"},
				Evidence:  &headstart.Evidence{Version: 1, Assets: []headstart.Mention{{ID: "print", Strength: 1, Word: "printen"}}, Cues: map[string]int{"malfunction": 2}},
			}}}
		case 16:
			x.ev = randomSilence(t, at, id)
		case 17:
			x = randomCommand(t, at, id)
		case 18:
			x.blind = time.Duration(rapid.IntRange(1, 120).Draw(t, "blind")) * time.Minute
			x.ev.At = at
		case 19:
			x.ev = watchdogOf("hook", "http://"+origin+"/graph", at, at.Add(4*time.Minute))
			if rapid.Bool().Draw(t, "isolated") {
				x.ev = checkOf("", at, rapid.SampledFrom([]headstart.Verdict{headstart.OK, headstart.Down, headstart.Down}).Draw(t, "eyes"), false)
				x.ev.Check.Probe = headstart.ProberIsolated
			}
		case 20, 21:
			x.ev = randomWindow(t, at, id)
		case 22:
			acts = append(acts, randomFlapping(t, at, id)...)
			at = acts[len(acts)-1].ev.At
			continue
		default:
			x.ev = configEvent(at, campus(), "")
			x.ev.Config.Calendar = acts[0].ev.Config.Calendar
			if rapid.Bool().Draw(t, "edited") {
				x.ev.Config.Catalog.Devices = x.ev.Config.Catalog.Devices[:15]
			}
		}
		acts = append(acts, x)
	}
	return acts
}

// randomSilence draws a silence of a person or of the source that begins and
// ends around at, one that is deleted, or an alert no Alertmanager lists.
func randomSilence(t *rapid.T, at time.Time, id string) headstart.Event {
	ev := headstart.Event{At: at, Received: at}
	fp := alertOf(id, "", at, at, at).Alert.Fingerprint()
	m := &headstart.Silence{
		ID: fmt.Sprint("S-", rapid.IntRange(1, 3).Draw(t, "silence")), StartsAt: at.Add(time.Duration(rapid.IntRange(-5, 5).Draw(t, "from")) * time.Minute),
		EndsAt: at.Add(10 * time.Minute), CreatedBy: rapid.SampledFrom([]string{"joris", "marie"}).Draw(t, "by"),
		Matchers: []headstart.Matcher{{Name: "instance", Value: rapid.SampledFrom([]string{"prn-1.*", ".*"}).Draw(t, "what"), IsRegex: true, IsEqual: true}},
	}
	switch rapid.IntRange(0, 5).Draw(t, "silencing") {
	case 0:
		m.Deleted = true
	case 1:
		m.ID, m.Matchers, m.StartsAt = headstart.InhibitionID(fp), nil, at
	case 2:
		ev.Refresh = []headstart.Refresh{{Fingerprint: fp, Gone: true}}
		return ev
	}
	ev.Silence = m
	return ev
}

func checkOf(id string, at time.Time, v headstart.Verdict, asked bool) headstart.Event {
	return headstart.Event{At: at, Received: at, Line: headstart.Line{Check: &headstart.Check{Probe: "ping", Kind: "icmp", Asset: id, Verdict: v, Asked: asked}}}
}

func randomCommand(t *rapid.T, at time.Time, id string) act {
	do := rapid.SampledFrom([]string{"open", "merge", "split", "resolve", "reopen", "pin", "link", "unlink", "confirm-link", "reject-link"}).Draw(t, "do")
	c := &headstart.Command{ID: at.String(), By: "samira", Do: do, Assets: []string{id}, Source: "rt", Ticket: "1", Services: []string{"print"}}
	x := act{ev: headstart.Event{At: at, Received: at, Line: headstart.Line{Command: c}}}
	x.group = headstart.GroupID(rapid.Uint64Range(1, 6).Draw(t, "group"))
	x.into = headstart.GroupID(rapid.Uint64Range(1, 6).Draw(t, "into"))
	return x
}

func (p *player) play(acts []act) {
	p.tb.Helper()
	for _, x := range acts {
		switch {
		case x.blind > 0:
			p.s.Blind(x.blind)
			p.unit(nil)
		case x.ev.Command != nil:
			_ = p.do(x.ev, x.group, x.into) // refused or not, the invariants hold
		default:
			p.apply(x.ev)
		}
	}
}

// After every unit of any life the rows are the whole state and counts agree
// (ruling 2), and a state loaded in the middle decides the rest alike.
func TestRowsAreTheState(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		acts := randomLife(rt, 40)
		whole := newPlayer(rt, true)
		whole.play(acts)
		decidesOnAlike(rt, acts, newPlayer(rt, false), whole)
	})
}

// decidesOnAlike lets first live acts up to anywhere, and wants a state loaded from
// its rows to decide the rest as whole did.
func decidesOnAlike(rt *rapid.T, acts []act, first, whole *player) {
	rt.Helper()
	cut := rapid.IntRange(0, len(acts)).Draw(rt, "cut")
	first.play(acts[:cut])
	second := first.resumed()
	second.play(acts[cut:])
	if got, want := canonical(second.all), canonical(whole.all); got != want {
		rt.Fatalf("a state loaded after %d events decides otherwise:\n%s\nwant\n%s", cut, got, want)
	}
}

// The same log gives the same decisions, whatever order maps have.
func TestReplayDecidesAlike(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		acts := randomLife(rt, 120)
		var want string
		for i := range 3 {
			p := newPlayer(rt, false)
			p.play(acts)
			if got := canonical(p.all); i == 0 {
				want = got
			} else if got != want {
				rt.Fatalf("replay %d decides otherwise:\n%s\nwant\n%s", i, got, want)
			}
		}
	})
}

// Delivering an event again at once changes nothing and decides nothing (D-01).
func TestRepeatsDecideNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		acts := slices.DeleteFunc(randomLife(rt, 60), func(x act) bool {
			return x.ev.Command != nil || x.ev.Config != nil && x.ev.At != day.Add(8*time.Hour)
		})
		once, twice := newPlayer(rt, false), newPlayer(rt, false)
		for _, x := range acts {
			for _, p := range []*player{once, twice} {
				p.play([]act{x})
				// What goes on in parts is no matter of the repeat; nor may a gap come
				// between for one and not for the other.
				p.fireUntil(x.ev.At)
			}
			if x.blind > 0 || x.ev.Config != nil {
				continue
			}
			before := len(twice.all)
			twice.play([]act{x})
			for _, c := range twice.all[before:] {
				if c.Kind != headstart.Noted { // a stale copy is noted as stale
					rt.Fatalf("a repeat of %+v decided %s %s %s", x.ev.Line, c.Rule, c.Outcome, c.Subject)
				}
			}
		}
		if want, got := failures(once.s), failures(twice.s); !slices.Equal(want, got) {
			rt.Fatalf("with repeats %v, without %v", got, want)
		}
	})
}

// Within the settle time the order of arrival does not change which failure has
// which cause.
func TestOrderWithinSettle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.SampledFrom(campusIDs()), 1, 20, rapid.ID[string]).Draw(rt, "down")
		var want []string
		for n := range 3 {
			order := slices.Clone(ids)
			if n > 0 {
				order = rapid.Permutation(ids).Draw(rt, "order")
			}
			p := newPlayer(rt, false)
			at := day.Add(8 * time.Hour)
			p.apply(configEvent(at, campus(), ""))
			for _, id := range order {
				at = at.Add(time.Second)
				p.apply(alertOf(id, "prom-a", at, at, at.Add(time.Hour)))
			}
			p.fireUntil(at.Add(10 * time.Minute))
			if got := failures(p.s); n == 0 {
				want = got
			} else if !slices.Equal(got, want) {
				rt.Fatalf("order %v gives\n%v, order %v gives\n%v", order, got, ids, want)
			}
		}
	})
}

// failures is the picture that matters to people: what fails, and why.
func failures(s *State) []string {
	var out []string
	for key, p := range s.problems {
		if p.State != problemHealthy {
			g := s.follow(p.Group)
			if g == nil {
				out = append(out, fmt.Sprintf("%s %s", key, p.State.word()))
				continue
			}
			out = append(out, fmt.Sprintf("%s %s %s%v", key, p.State.word(), g.Cause.Asset, g.Cause.Also))
		}
	}
	slices.Sort(out)
	return out
}

// When everything is clear and every wait is over, nothing is left open but what
// a person must end.
func TestAllClearEndsAll(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := newPlayer(rt, false)
		// Without catalog edits: what is no longer in the catalog has no probe that
		// could prove it over. Without watchdogs: days of silence follow.
		acts := slices.DeleteFunc(randomLife(rt, 80), func(x act) bool {
			return x.ev.Config != nil && len(x.ev.Config.Catalog.Devices) < 20 || x.ev.Alert != nil && x.ev.Alert.Labels["alertname"] == "Watchdog"
		})
		p.play(acts)
		p.allClear(p.latest(acts))
	})
}

// allClear lets everything answer well from at on, and wants nothing left open.
func (p *player) allClear(at time.Time) {
	p.tb.Helper()
	eyes := checkOf("", at, headstart.OK, false)
	eyes.Check.Probe = headstart.ProberIsolated
	p.apply(eyes)
	for _, id := range campusIDs() {
		p.apply(checkOf(id, at, headstart.OK, false))
		for _, origin := range []string{"prom-a", "prom-b", "hook"} {
			a := alertOf(id, origin, at, at.Add(-time.Minute), at.Add(-time.Second))
			a.Alert.EndsAt = at
			p.apply(a)
		}
	}
	p.fireUntil(at.Add(24 * time.Hour))
	for _, id := range campusIDs() {
		p.apply(checkOf(id, at.Add(24*time.Hour), headstart.OK, true))
	}
	p.fireUntil(at.Add(48 * time.Hour))
	for id, g := range p.s.groups {
		if p.s.isLive(g) && !g.Own.ByHand {
			p.tb.Fatalf("group %d is %s with %d failing: %v", id, g.State, g.Firing, p.s.OpenMembers(id))
		}
	}
	if left := failures(p.s); len(left) > 0 {
		p.tb.Fatalf("left failing: %v", left)
	}
}

// latest is a time after all of a life, waits that were moved included.
func (p *player) latest(acts []act) time.Time {
	at := acts[0].ev.At
	for _, x := range acts {
		if x.ev.At.After(at) {
			at = x.ev.At
		}
	}
	return at.Add(time.Second)
}
