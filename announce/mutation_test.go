package announce

import (
	"testing"

	"headstart"
)

// mutants are words of our trade, names of machines, addresses and people who
// stand in the catalog, as a hurried person types them; by language.
var mutants = map[string][]string{
	"nl": {
		"De switch in de kelder is kapot.", "DNS geeft geen antwoord.", "De uplink naar Noord is weg.", "Node 3 van het cluster is uit.",
		"Pagina's geven HTTP 502.", "Wij lossen het zo spoedig mogelijk op.", "Storing op nl-sw-04.", "10.20.1.4 antwoordt niet.",
		"Dit is een prio 1.", "Uw ticket is geëscaleerd.", "Er is sprake van latency.", "De tweede lijn kijkt mee.", "Hier dient u in te loggen.",
		"Gelieve niet te bellen.", "Het certificaat is verlopen.", "Momenteel is er downtime.", "De vertraging is 250 ms.",
		"00:1b:44:11:3a:b7 is weg.", "Kijk op fs01.intern.", "Wacht op core7.", "Kern-7.noord.example is stuk.", "Het ligt aan mx9.", "fd00::4 doet niets.",
		"Bel Samira de Wit.", "Joris.Bakker weet ervan.",
	},
	"je": {
		"De server is weer aan.", "De firewall hield je tegen.", "Je krijgt een time-out.", "Dien je wachtwoord opnieuw in: dien je dat niet te doen?", "Je DHCP is weg.",
		"Wij doen een rollback.", "De spooler staat stil.", "Je VLAN is anders.", "Er is pakketverlies.", "Je client is oud.", "De proxy is traag.", "Je moet je MFA opnieuw instellen.",
		"Dit incident is bekend.", "Je tenant is geblokkeerd.", "Onze monitoring zag het.", "De backend is uit.", "De root cause is bekend.", "Een load balancer valt uit.", "Je LDAP is weg.",
		"Het ligt aan core7.", "Wacht op mx9.", "Kern-7.noord.example is stuk.", "fd00::4 doet niets.", "Vraag het Samira de Wit.",
	},
	"en": {
		"The switches are down.", "DNS fails.", "Uplink lost.", "A node died.", "You get HTTP 502.", "We will fix it as soon as possible.", "fs01.corp is down.",
		"Latency is 250 ms.", "SEV1 outage.", "We apologise for any inconvenience.", "The certificate expired.", "Packet loss everywhere.", "We rolled back the deployment.",
		"Your ticket is escalated.", "The firewall is full.", "Root cause unknown.", "The proxy timed out: timeout.", "Mitigated shortly.", "Connectivity is intermittent.",
		"Wait for core7.", "mx9 is broken.", "Kern-7.noord.example fails.", "fd00::4 is gone.", "Ask Samira de Wit.", "Joris.Bakker knows.",
	},
}

// staffed is office with people in it.
func staffed() *headstart.Catalog {
	cat := office()
	cat.Services[0].SupportGroup = "Samira de Wit"
	cat.Services = append(cat.Services, headstart.Service{ID: "mail-service", Kind: headstart.KindMail, SupportGroup: "joris.bakker"}, headstart.Service{ID: "desk", SupportGroup: "Servicedesk"})
	return cat
}

// Whatever stands in any value that people or the catalog fill in, every mutant is
// caught there: at least 20 in each language and form of address.
func TestMutantsAreCaught(t *testing.T) {
	for name, texts := range mutants {
		v := voice{name, "u"}
		if name == "je" {
			v = voice{"nl", "je"}
		}
		w := New(staffed(), v.address, nil)
		caught := 0
		for i, text := range texts {
			in := headstart.Wording{Phase: headstart.Identified, Kind: headstart.KindMail, Lang: v.lang, Vars: map[string]string{"Ref": "HS-1", freeNames[i%len(freeNames)]: text}}
			if len(w.Compose(in).Hits) == 0 {
				t.Errorf("%s: %s = %q goes out", name, freeNames[i%len(freeNames)], text)
				continue
			}
			caught++
		}
		t.Logf("%s: %d of %d caught", name, caught, len(texts))
		if len(texts) < 20 {
			t.Errorf("%s: %d mutants, want at least 20", name, len(texts))
		}
	}
}
