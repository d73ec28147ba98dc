package incidents

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/announce"
	"headstart/correlate"
	"headstart/correlate/scenario"
	"headstart/notify"
)

// school is the organisation of the policy table: two buildings, a core switch, a
// switch with printers in Noord, mail for everybody, a confidential server.
const school = `
locations:
  - {id: noord, name: Gebouw Noord, networks: [10.1.0.0/16]}
  - {id: zuid, name: Gebouw Zuid}
departments:
  - {id: fin, name: Financien, locations: [noord], uses: [mail, print, a1, a2, a3, a4, portal], people: 40}
  - {id: zorg, name: Zorg, locations: [zuid], uses: [mail], people: 60}
services:
  - {id: mail, name: Mail, kind: mail, depends_on: [srv-mail], criticality: high}
  - {id: print, name: Printen, kind: printer}
  - {id: wifi, name: Wifi, kind: network}
  - {id: a1, name: Rooster, kind: application, criticality: low}
  - {id: a2, name: Verlof, kind: application, criticality: low}
  - {id: a3, name: Zalen, kind: application, criticality: low}
  - {id: a4, name: Bestellen, kind: application, criticality: low}
  - {id: portal, name: Portaal, kind: application, criticality: vital}
  - {id: dossier, name: Dossiers, kind: application, confidential: true, depends_on: [srv-dossier]}
devices:
  - {id: core, kind: switch, location: noord}
  - {id: sw-n, kind: switch, location: noord, depends_on: [core]}
  - {id: srv-mail, kind: server, location: noord}
  - {id: srv-web, kind: server, location: noord}
  - {id: srv-dossier, kind: server, location: noord, confidential: true}
  - {id: prn-1, kind: printer, name: N1-01, location: noord, services: [print], people: 10, depends_on: [sw-n]}
  - {id: prn-2, kind: printer, name: N1-02, location: noord, services: [print], people: 10, depends_on: [sw-n]}
  - {id: prn-3, kind: printer, name: N1-03, location: noord, services: [print], people: 10, depends_on: [sw-n]}
  - {id: prn-y, kind: printer, name: Z1-02, location: zuid, services: [print], people: 2}
  - {id: prn-z, kind: printer, name: Z1-01, location: zuid, services: [print], people: 10}
`

// play tells what users of the school are told in a story, a line each: when (UTC),
// how far it went, which phase, whom, and of what waits why. The configuration is
// that of a desk which trusts the machine (push.mode auto), unless it says otherwise.
func play(t *testing.T, config, events string) string {
	t.Helper()
	p := playing(t, config, events)
	return p.told.String()
}

// played is a story told, and the state it left.
type played struct {
	*replay
	told strings.Builder
}

func playing(t *testing.T, config, events string) *played {
	t.Helper()
	if !strings.Contains(config, "mode:") {
		config = strings.TrimSpace(config + "\nannounce: {push: {mode: auto}}")
	}
	text := "-- catalog --" + school + "-- config --\nlanguage: en\n" + config + "\n-- events --\n" + events + "\n"
	x, err := scenario.Parse("policy", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	x.Config.Channels = []headstart.ChannelInfo{{Name: "mail", Type: "email", Reply: true}}
	p := &played{replay: &replay{fold: newFold(correlate.NewState(), Makers{
		Composer: func(c *headstart.Catalog, address string, own map[string]string) Composer {
			return announce.New(c, address, own)
		},
		Router: func(route string) (Router, error) { return notify.NewRouter(route) },
	})}}
	p.fold.trusted = true
	p.fold.observe = p.listen
	for _, l := range x.Lines() {
		if l.Blind > 0 {
			p.blind(l.At, time.Duration(l.Blind))
			continue
		}
		p.step(l.At, l.Received, l.Line)
	}
	return p
}

// listen writes down what a decision means for users.
func (p *played) listen(d headstart.Decision) {
	at := scenario.Clock(d.At, scenario.Day)
	to := strings.TrimSpace(string(d.Incident) + " " + d.Subject)
	switch d.Outcome {
	case "published":
		fmt.Fprintf(&p.told, "%s page %s %s\n", at, d.Fact("phase"), to)
	case "pushed":
		fmt.Fprintf(&p.told, "%s push %s %s\n", at, d.Fact("phase"), to)
	case "drafted":
		fmt.Fprintf(&p.told, "%s draft %s: %s\n", at, to, d.Fact("why"))
	case "closing_drafted":
		fmt.Fprintf(&p.told, "%s draft resolved %s: %s\n", at, to, d.Fact("why"))
	case "push_waits":
		fmt.Fprintf(&p.told, "%s push waits %s: %s\n", at, to, d.Fact("why"))
	case "digest":
		fmt.Fprintf(&p.told, "%s in the digest %s of %s\n", at, to, d.Fact("until")[11:16])
	case "digest_sent":
		fmt.Fprintf(&p.told, "%s digest %s\n", at, to)
	case "digest_ended":
		fmt.Fprintf(&p.told, "%s digest over %s\n", at, to)
	case "no_audience":
		fmt.Fprintf(&p.told, "%s draft: no audience\n", at)
	case "held":
		fmt.Fprintf(&p.told, "%s push held %s until %s\n", at, to, d.Fact("until"))
	case "refused":
		fmt.Fprintf(&p.told, "%s refused: %s\n", at, d.Fact("why"))
	case "discarded":
		fmt.Fprintf(&p.told, "%s discarded %s: %s\n", at, to, d.Fact("why"))
	}
}
