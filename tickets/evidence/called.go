package evidence

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"headstart"
)

// What is left of a name when a text has a part of it, or only what it is for.
const (
	partOfName = .9 // one word of several: Nexus, of "Nexus roosterplanning"
	purpose    = .6 // what stands before "systeem" and the like: poort, of Poortsysteem
)

// addService adds what people call a service: its names and aliases, its id, and
// what follows from them. Nobody types the whole of "Nexus roosterplanning".
func (x *index) addService(s *headstart.Service, taken map[string]bool) {
	x.addNames(s.ID, s.Name, s.Aliases)
	x.addID(s.ID)
	if len(s.ID) > maxID && !generalWords[s.ID] && stopwords[s.ID] == "" {
		x.add(s.ID, s.ID, purpose)
	}
	for _, lang := range slices.Sorted(maps.Keys(s.Name)) {
		x.addParts(s.ID, s.Name[lang], taken)
	}
	for _, name := range slices.Concat(slices.Sorted(maps.Values(s.Name)), s.Aliases) {
		x.addPurpose(s.ID, name, taken)
		x.addKernel(s.ID, name)
		x.addCapitals(s.ID, name)
		if apart := splitCapitals(name); apart != "" {
			x.add(s.ID, apart, ownName)
		}
	}
}

// addLocation adds what people call a place: its names and aliases, its id, and its
// name without what kind of place it is: Linde, of "Woonzorgcentrum De Linde".
func (x *index) addLocation(l *headstart.Location) {
	x.addNames(l.ID, l.Name, l.Aliases)
	x.addID(l.ID)
	for _, lang := range slices.Sorted(maps.Keys(l.Name)) {
		name := l.Name[lang]
		proper := slices.DeleteFunc(tokenize(name), func(t string) bool { return placeWords[t] || stopwords[t] != "" })
		if len(proper) == 0 || len(proper) == 1 && (len(proper[0]) < 3 || people[proper[0]]) {
			continue
		}
		x.add(l.ID, strings.Join(proper, " "), ownName)
	}
	for _, name := range slices.Concat(slices.Sorted(maps.Values(l.Name)), l.Aliases) {
		for _, t := range tokenize(name) {
			for _, other := range cities[t] {
				x.add(l.ID, other, ownName)
			}
		}
	}
}

// How long an id must be to be what people may say: an abbreviation, such as wms.
// Longer ones are words that a catalog's author chose, and mean other things too.
const minID, maxID = 3, 4

func (x *index) addID(id string) {
	if len(id) >= minID && len(id) <= maxID && stopwords[id] == "" && !generalWords[id] && !commonWords[id] && !placeWords[id] {
		x.add(id, id, groupName)
	}
}

// commonWords are short words of both languages that an id may be by chance.
var commonWords = set(`
	auth base bank best bill book bus busy call car card case cash chat city club code copy cost crew data date day days desk disk docs door drive file find fire fish flow food form free game gas gate goods
	help home host hour info item job jobs key kiosk law lift line link list load lock loan map menu mode move news note open page park pass path pay plan play pool port post push rate read rent road room sale save scan seat
	sign site size slot sms spot stop task tax team tech term text tick time tour tree trip type unit user view visa vote wall ward water wave week work year zone
	bouw brief geld gids hulp kas kast kern klas kunst les lijst loon maat mens munt naam nota open pas plek post prijs raad rest rit rol route taak tijd tuin vak veld vlak vorm weg wijk winst zaal zorg zaak
`)

// addParts adds the words of a name of several, without those that say nothing
// alone: general ones, and those of the organisation, its places and departments.
func (x *index) addParts(id, name string, taken map[string]bool) {
	tokens := tokenize(name)
	if len(tokens) < 2 {
		return
	}
	for _, t := range tokens {
		if len(t) >= minID && stopwords[t] == "" && !generalWords[t] && !taken[t] && !people[t] && strings.ContainsFunc(t, unicode.IsLetter) {
			x.add(id, t, partOfName)
		}
	}
}

// addPurpose adds what the words of a name are for, where they say so: etiketten,
// of Etikettenprint.
func (x *index) addPurpose(id, name string, taken map[string]bool) {
	for _, t := range tokenize(name) {
		for _, end := range endings {
			head, is := strings.CutSuffix(t, end)
			if is && len(head) >= minPart && !generalWords[head] && !taken[head] && stopwords[head] == "" {
				x.add(id, head, purpose)
			}
		}
	}
}

// addKernel adds the one word of a name of several that says what it is about, be it
// a department's name too: claims, of "claims system".
func (x *index) addKernel(id, name string) {
	tokens := tokenize(name)
	kernel := slices.DeleteFunc(slices.Clone(tokens), func(t string) bool { return generalWords[t] || placeWords[t] || stopwords[t] != "" })
	if len(tokens) > 1 && len(kernel) == 1 && len(kernel[0]) >= minPart {
		x.add(id, kernel[0], purpose)
	}
}

// addCapitals adds the capitals of a name of several words written as one: SP, of
// StockPilot.
func (x *index) addCapitals(id, name string) {
	if strings.ContainsAny(name, " -") || splitCapitals(name) == "" {
		return
	}
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	if c := b.String(); len(c) == 2 && !notCapitals[c] && stopwords[c] == "" {
		x.add(id, c, purpose)
	}
}

// notCapitals are words or other abbreviations of two letters.
var notCapitals = set("ad af al am as at au be bv by da de do dr du eg en er eu ex go hb he hi hk hq hr id ie ik in is it iz ja je ms mr my nb nl no nr of oh ok om on op or os po pr ps re so st te to tv uk up us va vb we wo zo")

// splitCapitals writes StockPilot as "Stock Pilot"; "" if there is nothing to split.
func splitCapitals(name string) string {
	var b strings.Builder
	last := ' '
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(last) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	if b.Len() == len(name) {
		return ""
	}
	return b.String()
}

// taken are words that mean something else than a service: names of the
// organisation, of its places and departments.
func taken(cat *headstart.Catalog) map[string]bool {
	out := map[string]bool{}
	mark := func(names headstart.Names, aliases []string) {
		for _, name := range slices.Concat(slices.Collect(maps.Values(names)), aliases) {
			for _, t := range tokenize(name) {
				out[t] = true
			}
		}
	}
	mark(headstart.Names{"": cat.Organisation}, nil)
	for _, l := range cat.Locations {
		mark(l.Name, l.Aliases)
	}
	for _, d := range cat.Departments {
		mark(d.Name, d.Aliases)
	}
	return out
}

// generalWords say nothing of which service it is.
var generalWords = set(`
	access account accounts general systeem systemen system systems service services dienst diensten server servers software applicatie applicaties application app apps programma pakket portaal portal omgeving platform
	centraal centrale central algemeen algemene microsoft office google apple cloud online digitaal digitale digital elektronisch elektronische electronic intern interne internal extern externe external
	nieuw nieuwe new oud oude old beheer management module tool tools web site data database basis core hoofd main lokaal local nationaal team groep group afdeling department kantoor gebouw locatie
	access remote single sign cards card payments payment
	klant klanten patient patienten burger burgers gebruiker gebruikers medewerker medewerkers personeel student studenten leerling leerlingen bezoeker bezoekers gast gasten leverancier leveranciers customer customers client clients user users staff
	informatie information gegevens werk werken work test productie production net com org www overige other vast vaste mobiel mobiele lijn lijnen kaart balie pro plus one express connect link live hub desk
`)

// endings are what Dutch puts behind the purpose of a thing.
var endings = []string{
	"systeem", "systemen", "pakket", "programma", "applicatie", "app", "portaal", "portal", "omgeving", "platform", "verbinding", "koppeling", "koppelingen", "software", "server",
	"print", "terminal", "terminals", "automaat", "automaten", "lezer", "lezers", "scanner", "scanners", "registratie", "administratie", "planning", "beheer", "module", "plein", "centrale", "toestel", "toestellen", "system", "loket",
}

// placeWords say what kind of place it is.
var placeWords = set(`
	gebouw gebouwen locatie vestiging campus magazijn magazijnen kantoor hoofdkantoor hoofdzetel zetel bijkantoor filiaal winkel winkels school basisschool lyceum atheneum college universiteit hogeschool instituut
	woonzorgcentrum wzc zorgcentrum verpleeghuis verzorgingshuis rusthuis ziekenhuis hospitaal kliniek polikliniek poli gezondheidscentrum dagcentrum dienstencentrum huisartsenpost huis huize thuis residentie hospice apotheek
	centrum wijkcentrum buurthuis buurtcentrum bibliotheek gemeentehuis stadhuis stadskantoor raadhuis gemeentewerf werf kazerne brandweerkazerne sporthal zwembad museum theater depot terrein site hal toren vleugel blok unit paviljoen
	dc distributiecentrum crossdock terminal fabriek plant werkplaats garage showroom laboratorium lab boerderij kas kwekerij hotel restaurant hq headquarters office offices building warehouse store shop branch factory wing tower floor block
	hospital clinic centre center ward house library hall depot yard workshop home the van der den het aan bij
`)

// cities are other ways to write places of the Netherlands and Belgium.
var cities = map[string][]string{
	"amsterdam": {"a'dam", "asd"}, "rotterdam": {"r'dam", "rtm", "rdam"}, "eindhoven": {"ehv"}, "utrecht": {"utr"}, "groningen": {"gron"}, "maastricht": {"mtricht"},
	"hertogenbosch": {"den bosch"}, "bosch": {"'s hertogenbosch"}, "haag": {"'s gravenhage", "the hague", "dh"}, "gravenhage": {"den haag", "the hague"}, "vlissingen": {"flushing"},
	"brussel": {"bxl", "brussels", "bruxelles"}, "antwerpen": {"antw", "a'pen", "antwerp", "anvers"}, "gent": {"ghent", "gand"}, "brugge": {"bruges"}, "leuven": {"louvain"}, "mechelen": {"malines"},
	"kortrijk": {"courtrai"}, "luik": {"liege"}, "oostende": {"ostend"}, "aalst": {"alost"}, "ieper": {"ypres"}, "doornik": {"tournai"}, "bergen": {"mons"}, "namen": {"namur"}, "hasselt": {"hslt"},
}
