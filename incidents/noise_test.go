package incidents

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/announce"
	"headstart/correlate"
	"headstart/notify"
)

// noise is a month of an organisation in which nearly nothing is an outage, generated
// from a seed: what comes and goes, reboots of the night, single checks that fail, alerts
// that arrive three times, reports of all sorts, people who press "I have this too".
type noise struct {
	rng   *rand.Rand
	cat   *headstart.Catalog
	lines []headstart.FileLine
	kinds map[string]int
	true  []outage
}

// outage is one of the few that are real.
type outage struct {
	cause    string // its asset, or service
	from, to time.Time
}

const noiseDays = 30

func newNoise(seed uint64) *noise {
	n := &noise{rng: rand.New(rand.NewPCG(seed, 30)), kinds: map[string]int{}, cat: &headstart.Catalog{}}
	places := []string{"noord", "zuid", "west"}
	for _, p := range places {
		n.cat.Locations = append(n.cat.Locations, headstart.Location{ID: p, Name: headstart.Names{"": "Gebouw " + strings.ToUpper(p[:1]) + p[1:]}})
		for k := range 4 {
			sw := fmt.Sprintf("sw-%s-%d", p, k)
			n.cat.Devices = append(n.cat.Devices, headstart.Device{ID: sw, Kind: "switch", Location: p, DependsOn: headstart.Dependencies{{"core"}}})
			for m := range 5 {
				n.cat.Devices = append(n.cat.Devices, headstart.Device{
					ID: fmt.Sprintf("prn-%s-%d%d", p, k, m), Kind: "printer", Name: headstart.Names{"": fmt.Sprintf("%s%d-0%d", strings.ToUpper(p[:1]), k, m)},
					Location: p, Services: []string{"print"}, People: 10, DependsOn: headstart.Dependencies{{sw}},
				})
			}
		}
	}
	n.cat.Devices = append(n.cat.Devices, headstart.Device{ID: "core", Kind: "switch", Location: "noord"})
	n.cat.Services = append(n.cat.Services, headstart.Service{ID: "print", Name: headstart.Names{"": "Printen"}, Kind: headstart.KindPrinter})
	for k := range 15 {
		srv, svc := fmt.Sprintf("srv-%d", k), fmt.Sprintf("app-%d", k)
		n.cat.Devices = append(n.cat.Devices, headstart.Device{ID: srv, Kind: "server", Location: "noord"})
		n.cat.Services = append(n.cat.Services, headstart.Service{ID: svc, Name: headstart.Names{"": "Programma " + itoa(k)}, Kind: headstart.KindApplication, DependsOn: headstart.Dependencies{{srv}}})
		n.cat.Departments = append(n.cat.Departments, headstart.Department{ID: "dep-" + itoa(k), Name: headstart.Names{"": "Afdeling " + itoa(k)}, Locations: []string{places[k%3]}, Uses: []string{svc, "print"}, People: 30})
	}
	return n
}

func (n *noise) at(day int, hour, minute float64) time.Time {
	return monday.Truncate(24 * time.Hour).Add(time.Duration(day)*24*time.Hour + time.Duration(hour*float64(time.Hour)) + time.Duration(minute*float64(time.Minute)))
}

func (n *noise) say(kind string, at time.Time, l headstart.Line) {
	n.kinds[kind]++
	n.lines = append(n.lines, headstart.FileLine{At: at.Truncate(time.Millisecond), Line: l})
}

func (n *noise) check(kind string, at time.Time, asset, probe string, v headstart.Verdict) {
	c := &headstart.Check{Probe: probe, Kind: "icmp", Asset: asset, Verdict: v}
	if strings.HasPrefix(asset, "app-") {
		c.Asset, c.Service, c.Kind = "", asset, "http"
	}
	n.say(kind, at, headstart.Line{Check: c})
}

// device picks one of a kind, at a place unless that is empty.
func (n *noise) device(kind, place string) string {
	for {
		if d := n.cat.Devices[n.rng.IntN(len(n.cat.Devices))]; d.Kind == kind && (place == "" || d.Location == place) {
			return d.ID
		}
	}
}

// month fills the log, oldest line first.
func (n *noise) month() {
	n.rush()
	for day := range noiseDays {
		n.flapping(day)
		n.reboots(day)
		n.single(day)
		n.thrice(day)
		n.people(day)
	}
	slices.SortStableFunc(n.lines, func(a, b headstart.FileLine) int { return a.At.Compare(b.At) })
}

// flapping: two printers come and go for hours.
func (n *noise) flapping(day int) {
	for k := range 2 {
		prn := n.device("printer", "west") // elsewhere single checks fail: two ways at once would be evidence
		for m := range 20 {
			at := n.at(day, 8+float64(4*k), float64(m)*8+n.rng.Float64())
			n.check("flapping", at, prn, "ipp", headstart.Down)
			n.check("flapping", at.Add(time.Duration(60+n.rng.IntN(120))*time.Second), prn, "ipp", headstart.OK)
		}
	}
}

// reboots: servers by night, for some minutes; switches with what hangs on them, inside
// planned work; and some so short that hardly a check sees it.
func (n *noise) reboots(day int) {
	for k := range 4 {
		at := n.at(day, 2+float64(k)*0.5, n.rng.Float64()*10)
		srv := n.device("server", "")
		n.check("reboot", at, srv, "ping", headstart.Down)
		n.check("reboot", at.Add(4*time.Minute), srv, "ping", headstart.OK)
	}
	at, sw := n.at(day, 5, 0), n.device("switch", "")
	n.say("planned", at.Add(-time.Hour), headstart.Line{Maintenance: &headstart.MaintenanceWindow{
		ID: "W-" + itoa(day), Assets: []string{sw}, StartsAt: at.Add(-time.Minute), EndsAt: at.Add(30 * time.Minute),
	}})
	n.fall("planned", at, 10*time.Minute, sw)
	n.fall("short", n.at(day, 12, n.rng.Float64()*20), 8*time.Second, n.device("switch", ""))
}

// fall lets an asset and all that hangs on it go, and come back.
func (n *noise) fall(kind string, at time.Time, length time.Duration, asset string) {
	n.check(kind, at, asset, "ping", headstart.Down)
	n.check(kind, at.Add(length), asset, "ping", headstart.OK)
	for _, d := range n.cat.Devices {
		if len(d.DependsOn) > 0 && d.DependsOn[0][0] == asset {
			n.fall(kind, at.Add(time.Second), length, d.ID)
		}
	}
}

// single: one way of looking at one thing fails, for minutes to an hour; sometimes two
// probes look that way.
func (n *noise) single(day int) {
	for k := range 15 {
		at := n.at(day, 6+float64(k), n.rng.Float64()*60)
		asset := n.device("printer", "noord")
		if k%2 == 0 {
			asset = "srv-" + itoa(n.rng.IntN(8))
		}
		n.check("single", at, asset, "ping-"+itoa(k), headstart.Down)
		n.check("single", at.Add(time.Duration(5+n.rng.IntN(40))*time.Minute), asset, "ping-"+itoa(k), headstart.OK)
	}
}

// thrice: an alert about a server by two Prometheus and the webhook.
func (n *noise) thrice(day int) {
	for k := range 8 {
		at, srv := n.at(day, 7+float64(k), 20+n.rng.Float64()*10), "srv-"+itoa(8+n.rng.IntN(7))
		end := at.Add(time.Duration(3+n.rng.IntN(20)) * time.Minute)
		for o, origin := range []string{"prom-a", "prom-b", "webhook"} {
			lag := time.Duration(o) * time.Second
			a := headstart.Alert{
				Source: origin, GeneratorURL: "http://" + origin + ":9090/graph", StartsAt: at,
				Labels: map[string]string{"alertname": "ServiceErrors", "instance": srv, "severity": "warning"},
			}
			n.say("thrice", at.Add(lag), headstart.Line{Alert: &a})
			over := a
			over.EndsAt = end
			n.say("thrice", end.Add(lag), headstart.Line{Alert: &over})
		}
	}
}

// people: reports of all sorts, and confirmations from everywhere.
func (n *noise) people(day int) {
	for k := range 40 {
		at := n.at(day, 7, n.rng.Float64()*600)
		svc, place := n.cat.Services[n.rng.IntN(len(n.cat.Services))].ID, n.cat.Locations[n.rng.IntN(3)].ID
		t := &headstart.Ticket{
			Source: "rt", ID: fmt.Sprintf("%d-%d", day, k), CreatedAt: at, UpdatedAt: at, Requester: headstart.Requester{ID: fmt.Sprintf("u-%d", n.rng.IntN(400)), Location: place},
			Evidence: &headstart.Evidence{Version: 1, Cues: map[string]int{"question": 1}, Assets: []headstart.Mention{{ID: svc, Strength: 1}}},
		}
		n.say("ticket", at, headstart.Line{Ticket: t})
		n.say("confirm", n.at(day, 7, n.rng.Float64()*600), headstart.Line{Confirm: &headstart.Confirm{
			Incident: fmt.Sprintf("HS-%d", 1+n.rng.IntN(40*(day+1))), Location: place, Service: svc, Device: fmt.Sprintf("d-%d", n.rng.IntN(200)), Inside: n.rng.IntN(2) == 0,
		}})
	}
}

// rush adds the real outages: five, in working hours.
func (n *noise) rush() {
	for k, cause := range []string{"app-3", "sw-zuid-1", "app-11", "core", "sw-west-2"} {
		day := []int{1, 8, 10, 17, 24}[k]
		at := n.at(day, 10, n.rng.Float64()*20)
		length := 40 * time.Minute
		n.true = append(n.true, outage{cause, at, at.Add(length)})
		n.fall("outage", at, length, cause)
	}
}

// TestMonthOfNoise: in thirty days of noise users are told of the real outages and of
// nothing else, on the page or by a push (announcements section 13, DESIGN section 6).
// That the real ones are told of shows that the silence is no accident.
func TestMonthOfNoise(t *testing.T) {
	t.Parallel()
	n := newNoise(20261123)
	n.month()
	c := DefaultConfig().Announce
	c.Push.Mode = auto
	r := &replay{fold: newFold(correlate.NewState(), Makers{
		Composer: func(c *headstart.Catalog, address string, own map[string]string) Composer {
			return announce.New(c, address, own)
		},
		Router: func(route string) (Router, error) { return notify.NewRouter(route) },
	})}
	r.fold.trusted = true
	r.step(n.at(0, 0, 0), time.Time{}, headstart.Line{Config: &headstart.LogConfig{
		Engine: headstart.EngineVersion, Installation: "noise", Language: "en", Timezone: "UTC", Announce: encode(c), Catalog: n.cat,
		Channels: []headstart.ChannelInfo{{Name: "mail", Type: "email"}},
	}})
	for _, l := range n.lines {
		r.step(l.At, l.Received, l.Line)
		if r.fold.pending() > 10*headstart.MaxOps {
			r.fold.take()
		}
	}
	r.step(n.at(noiseDays, 12, 0), time.Time{}, headstart.Line{})
	pages, pushes := map[string]int{}, map[string]int{}
	for _, m := range r.messages {
		if m.Plane != headstart.PlaneUsers || m.How == headstart.HowDraft || strings.HasPrefix(string(m.Phase), "maintenance_") {
			continue
		}
		cause := n.real(r.fold.book.incidents[m.Incident])
		switch {
		case cause == "":
			t.Errorf("%s: users were told of %s, which is no outage: %s %s: %s", m.At, m.Incident, m.Phase, m.How, m.Text["en"].Title)
		case m.Phase == headstart.Investigating && m.How == headstart.HowPage:
			pages[cause]++
		case m.Phase == headstart.Investigating && m.How == headstart.HowPush:
			pushes[cause]++
		}
	}
	for _, o := range n.true {
		if pages[o.cause] == 0 || pushes[o.cause] == 0 {
			t.Errorf("the outage of %s at %s: %d pages, %d pushes; want users told of it", o.cause, o.from, pages[o.cause], pushes[o.cause])
		}
	}
	t.Logf("%d events in %d days (%v), %d incidents; told of the %d real outages (pages %v, pushes %v) and of nothing else",
		len(n.lines), noiseDays, n.kinds, len(r.fold.book.incidents), len(n.true), pages, pushes)
	if len(n.lines) < 5000 || len(r.fold.book.incidents) < 300 {
		t.Errorf("%d events made %d incidents; too little noise to show anything", len(n.lines), len(r.fold.book.incidents))
	}
}

// real returns the cause of the real outage an incident is about; empty: of none.
func (n *noise) real(i *incident) string {
	for _, o := range n.true {
		if i != nil && i.Cause.Asset == o.cause && !i.OpenedAt.Before(o.from) && i.OpenedAt.Before(o.to) {
			return o.cause
		}
	}
	return ""
}
