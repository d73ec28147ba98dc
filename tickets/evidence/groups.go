package evidence

import (
	"maps"
	"slices"
	"strings"

	"headstart"
)

// group is what people call one kind of service, in Dutch and English, whatever
// the organisation named its own. A service belongs to a group when one of the
// anchors occurs in its id, name or aliases.
type group struct {
	anchors []string
	names   []string // 1: names the service
	strong  []string // .6: a symptom, or what people take for it
	weak    []string // .3: could be much else
}

const (
	strongWord = .6
	weakWord   = .3
)

// groups are general helpdesk language; words of one organisation belong in its
// catalog.
var groups = []group{
	{
		anchors: []string{"wifi", "wlan", "draadloos", "wireless", "eduroam"},
		names:   []string{"wifi", "wi-fi", "wlan", "draadloos", "draadloze", "wireless", "eduroam", "accesspoint", "access point"},
		strong:  []string{"netwerk", "network", "internet", "geen bereik", "no signal", "hotspot"},
		weak:    []string{"verbinding", "connection", "offline"},
	}, {
		anchors: []string{"netwerk", "network", "lan", "internet", "wan", "bekabeld"},
		names:   []string{"netwerk", "network", "internet", "internetverbinding", "lan", "wan", "netwerkkabel", "ethernet", "bekabeld"},
		strong:  []string{"wifi", "wlan", "geen verbinding", "no connection", "niet verbonden", "not connected", "geel driehoekje", "uitroepteken", "websites", "alles ligt plat", "niets doet het", "niks doet het", "nothing works"},
		weak:    []string{"verbinding", "connection", "offline", "plat", "traag", "slow"},
	}, {
		anchors: []string{"print", "printer", "printen", "afdruk", "afdrukken", "mfp", "followme", "printing", "kopieer"},
		names:   []string{"printer", "printers", "printen", "print", "prints", "printje", "geprint", "uitprinten", "afdrukken", "afgedrukt", "afdruk", "afdrukken lukt", "printing", "mfp", "multifunctional", "kopieerapparaat", "kopieren", "copier", "plotter", "printserver"},
		strong:  []string{"printopdracht", "afdruktaak", "afdruktaken", "print job", "print queue", "uit de printer", "papierstoring", "paper jam"},
		weak:    []string{"wachtrij", "opdrachten", "queue", "papier", "paper", "lade", "toner"},
	}, {
		anchors: []string{"scan", "scanner", "scannen"},
		names:   []string{"scanner", "scannen", "gescand", "scan", "scan to mail", "scanning"},
		weak:    []string{"pdf"},
	}, {
		anchors: []string{"inloggen", "aanmelden", "login", "sso", "mfa", "authenticator", "identity", "entra", "activedirectory", "active directory"},
		names:   []string{"inloggen", "ingelogd", "inlog", "aanmelden", "aanmelding", "login", "log in", "logon", "sign in", "signing in", "mfa", "2fa", "authenticator", "sso", "single sign-on"},
		strong:  []string{"verificatiecode", "code klopt niet", "verification code", "kom er niet in", "kom er niet meer in", "log ik in", "cannot get in", "locked out", "aanmeldscherm", "pushmelding"},
		weak:    []string{"account", "sessie", "session", "code"},
	}, {
		anchors: []string{"mail", "outlook", "exchange", "email", "webmail"},
		names:   []string{"mail", "mails", "e-mail", "e-mails", "mailen", "gemaild", "outlook", "exchange", "mailbox", "postvak", "webmail", "email", "emails"},
		strong:  []string{"inbox", "postvak in", "outbox", "postvak uit", "verzenden", "bounce", "undeliverable", "bijlage"},
		weak:    []string{"berichten", "versturen", "verstuurd", "ontvangen", "messages", "send"},
	}, {
		anchors: []string{"agenda", "calendar"},
		names:   []string{"agenda", "calendar", "vergaderverzoek", "afspraken"},
		weak:    []string{"afspraak", "vergadering", "meeting"},
	}, {
		anchors: []string{"teams", "zoom", "webex", "chat", "slack"},
		names:   []string{"teams", "zoom", "webex", "videobellen", "videovergadering", "video call", "chat"},
		strong:  []string{"chatten", "online vergadering", "online meeting", "beeldbellen"},
		weak:    []string{"vergadering", "meeting", "camera", "microfoon"},
	}, {
		anchors: []string{"telefoon", "telefonie", "telephony", "phone", "voip", "bellen", "callcenter", "telefooncentrale"},
		names:   []string{"telefoon", "telefoons", "telefonie", "telefooncentrale", "voip", "toestel", "toestellen", "phone", "phones", "telephony", "bellen"},
		strong:  []string{"kiestoon", "dial tone", "gebeld", "belt", "niet bereikbaar", "doorverbinden", "calls", "opnemen", "lijn dood"},
		weak:    []string{"gesprek", "gesprekken", "headset"},
	}, {
		anchors: []string{"vpn", "citrix", "vdi", "thuiswerk", "thuiswerken", "remote", "horizon", "rdp", "avd"},
		names:   []string{"vpn", "citrix", "vdi", "thuiswerken", "thuiswerkplek", "thuiswerkportaal", "remote desktop", "rdp", "virtuele werkplek", "thuis werken", "telewerken"},
		strong:  []string{"van huis uit", "vanuit huis", "from home", "thuis inloggen", "werk thuis", "working from home"},
		weak:    []string{"thuis", "home", "sessie", "session"},
	}, {
		anchors: []string{"schijf", "netwerkschijf", "files", "fileshare", "bestanden", "share", "onedrive", "sharepoint", "gedeelde"},
		names:   []string{"netwerkschijf", "schijf", "gedeelde map", "gedeelde mappen", "afdelingsmap", "fileshare", "file share", "shared drive", "network drive", "sharepoint", "onedrive", "g schijf", "h schijf", "drive"},
		strong:  []string{"bestanden", "mappen", "files", "folder", "folders", "map openen", "bestand openen"},
		weak:    []string{"bestand", "map", "file", "document", "documenten", "opslaan"},
	}, {
		anchors: []string{"fin", "financ", "financien", "facturen", "factuur", "boekhoud", "crediteuren", "afas", "exact", "invoice", "erp"},
		names:   []string{"facturen", "factuur", "boekhouding", "financieel systeem", "invoice", "invoices", "inkooporder", "boekingen"},
		strong:  []string{"accorderen", "betaling", "betalingen", "boeken"},
		weak:    []string{"bestelling", "goedkeuren"},
	}, {
		anchors: []string{"hr", "personeel", "verlof", "salaris", "payroll"},
		names:   []string{"verlof", "salarisstrook", "salarisstroken", "loonstrook", "personeelssysteem", "declaratie", "declaraties", "payslip", "leave request"},
		strong:  []string{"vakantiedagen", "verlofuren", "ziekmelding"},
		weak:    []string{"uren", "rooster"},
	}, {
		anchors: []string{"zaak", "zaaksysteem", "dossier", "crm", "case"},
		names:   []string{"zaaksysteem", "zaken", "dossiers", "crm", "case system"},
		strong:  []string{"zaak openen", "dossier", "zaak"},
		weak:    []string{"aanvraag", "case"},
	}, {
		anchors: []string{"website", "site", "formulier", "formulieren", "webshop", "portal", "portaal"},
		names:   []string{"website", "webformulier", "e-formulier", "webpagina", "onze site", "homepage", "webshop"},
		strong:  []string{"formulier", "form", "bezoekers", "online aanvraag"},
		weak:    []string{"pagina", "page", "site", "portaal", "portal"},
	}, {
		anchors: []string{"intranet", "plein", "sociaal intranet"},
		names:   []string{"intranet", "startpagina"},
		weak:    []string{"nieuwsbericht", "pagina"},
	}, {
		anchors: []string{"pin", "kassa", "betaal", "payment", "pos"},
		names:   []string{"pin", "pinnen", "pinautomaat", "pinapparaat", "betaalautomaat", "kassa", "kassas", "card reader", "payment terminal", "betalen"},
		strong:  []string{"contant", "afrekenen", "transactie", "card payments"},
		weak:    []string{"klanten", "balie"},
	}, {
		anchors: []string{"toegang", "toegangspas", "pas", "pasjes", "badge", "access"},
		names:   []string{"toegangspas", "pasje", "pasjes", "paslezer", "badge", "toegangspoort", "slagboom", "access card"},
		strong:  []string{"deur", "deuren", "poortje", "door"},
		weak:    []string{"toegang", "pas"},
	}, {
		anchors: []string{"kaart", "gis", "geo", "maps"},
		names:   []string{"gis", "kaartviewer", "kaarten", "kaartlagen", "geodata"},
		strong:  []string{"kaart", "luchtfoto", "percelen", "map layers"},
	}, {
		anchors: []string{"queue", "klantgeleiding", "volgnummer", "volgnummers", "nummer", "bonnenzuil"},
		names:   []string{"volgnummer", "volgnummers", "bonnetje", "bonnenzuil", "oproepscherm", "ticket machine"},
		strong:  []string{"zuil", "nummertje", "wachtkamer", "oproepen"},
	}, {
		anchors: []string{"elo", "leeromgeving", "moodle", "magister", "somtoday", "canvas", "brightspace", "lms"},
		names:   []string{"elo", "leeromgeving", "moodle", "magister", "somtoday", "canvas", "brightspace", "its learning"},
		strong:  []string{"cijfers", "rooster", "opdracht inleveren", "grades"},
		weak:    []string{"leerlingen", "studenten", "toets"},
	}, {
		anchors: []string{"epd", "ehr", "patient", "hix", "zorgdossier", "ecd"},
		names:   []string{"epd", "ecd", "patientendossier", "zorgdossier", "hix", "medical record", "medical records"},
		strong:  []string{"patient", "patienten", "medicatie"},
		weak:    []string{"dossier", "spreekuur"},
	},
}

// addGroups gives id the words of every group it belongs to.
func (x *index) addGroups(id string, names headstart.Names, aliases []string) {
	called := []string{id}
	for _, lang := range slices.Sorted(maps.Keys(names)) {
		called = append(called, names[lang])
	}
	var tokens []string
	for _, c := range append(called, aliases...) {
		tokens = append(tokens, tokenize(c)...)
	}
	for i := range groups {
		g := &groups[i]
		if !g.holds(tokens) {
			continue
		}
		for _, w := range g.names {
			x.add(id, w, 1)
		}
		for _, w := range g.strong {
			x.add(id, w, strongWord)
		}
		for _, w := range g.weak {
			x.add(id, w, weakWord)
		}
	}
}

// holds reports whether an anchor occurs; a long one also inside a word, since
// organisations call things WaterWifi.
func (g *group) holds(tokens []string) bool {
	for _, a := range g.anchors {
		for _, t := range tokens {
			if t == a || len(a) >= 4 && strings.Contains(t, a) {
				return true
			}
		}
	}
	return false
}
