package headstart

import (
	"maps"
	"slices"
	"strings"
)

// Rule is one of the numbers that decisions carry: what it decides, and everything it can
// come to. `headstart explain rule` and docs/rules.md show it.
type Rule struct {
	Number   string        `json:"rule"`    // T-07
	Decides  string        `json:"decides"` // in one sentence
	Outcomes []RuleOutcome `json:"outcomes"`
}

// RuleOutcome is one thing a rule can come to. A word in braces is a fact of the decision.
type RuleOutcome struct {
	Outcome string   `json:"outcome"`         // joined; of a rule that says why two things are not one, its condition
	Text    string   `json:"text"`            // what the timeline says
	Apart   bool     `json:"apart,omitempty"` // said by explain why-not alone
	Why     []string `json:"why,omitempty"`   // what would have made it otherwise; the first whose facts are all there is said
}

// Rules are all rules in lang, nl or en, by number.
func Rules(lang string) []Rule {
	book := map[string]*Rule{}
	for number, name := range ruleNames {
		book[number] = &Rule{Number: number, Decides: inLang(name, lang)}
	}
	for _, words := range []map[string][2]string{decisionWords, promiseWords, dutyWords, reportWords, sharedWords()} {
		addOutcomes(book, words, lang, false)
	}
	addOutcomes(book, apartWords, lang, true)
	var out []Rule
	for _, number := range slices.Sorted(maps.Keys(book)) {
		rule := book[number]
		slices.SortFunc(rule.Outcomes, RuleOutcome.compare)
		out = append(out, *rule)
	}
	return out
}

func inLang(text [2]string, lang string) string {
	if lang == "en" {
		return text[1]
	}
	return text[0]
}

// addOutcomes adds what words say of the rules in book.
func addOutcomes(book map[string]*Rule, words map[string][2]string, lang string, apart bool) {
	for key, text := range words {
		number, outcome, _ := strings.Cut(key, " ")
		rule := book[number]
		if rule == nil {
			continue // words of every rule
		}
		o := RuleOutcome{Outcome: outcome, Text: inLang(text, lang), Apart: apart}
		for _, why := range whyWords[key] {
			o.Why = append(o.Why, inLang(why, lang))
		}
		rule.Outcomes = append(rule.Outcomes, o)
	}
}

// compare puts what keeps two things apart last.
func (o RuleOutcome) compare(p RuleOutcome) int {
	if o.Apart != p.Apart {
		return map[bool]int{true: 1, false: -1}[o.Apart]
	}
	return strings.Compare(o.Outcome, p.Outcome)
}

// sharedWords are the outcomes that have the same words under every rule, by the rules
// that come to them.
func sharedWords() map[string][2]string {
	out := map[string][2]string{}
	for outcome, rules := range map[string][]string{
		"opened":     {"T-07"},
		"published":  {"A-23", "A-25", "A-27", "A-28", "H-01", "M-07"},
		"push_waits": {"A-11", "A-25", "M-07"},
		"pushed":     {"A-25", "H-01", "M-07"},
	} {
		for _, rule := range rules {
			if _, own := decisionWords[rule+" "+outcome]; !own {
				out[rule+" "+outcome] = decisionWords[outcome]
			}
		}
	}
	return out
}

// ruleNames say in one sentence, Dutch and English, what each rule decides. Its letter
// says about what: A announcements, C causes and the catalog, D what is heard, E tickets,
// F flapping, G groups, H people, K reports of users, L links between incidents, M planned
// work, O operators, P priority and paging, Q the quality of data, R recovery and reports,
// S settling, T topology, U storms, W what is written to ticket systems.
var ruleNames = map[string][2]string{
	"A-11": {"Na terugzetten of een onderbreking gaat niets ouds vanzelf naar gebruikers.", "After a restore or a stop nothing old goes to users by itself."},
	"A-23": {"Wat er met het bericht gebeurt als storingen worden samengevoegd of gesplitst.", "What becomes of the message when incidents are merged or split."},
	"A-24": {"Wanneer een bericht genoeg bewijs heeft om op de statuspagina te staan, en wanneer het op een mens wacht.", "When a message has evidence enough to stand on the status page, and when it waits for a person."},
	"A-25": {"Wanneer een bericht verstuurd wordt: na de wachttijd, buiten stille uren, als genoeg mensen het merken.", "When a message is pushed: after the wait, outside quiet hours, if enough people are hit."},
	"A-26": {"Kleine storingen van één dag gaan samen in een overzicht.", "Minor disruptions of one day go into one digest."},
	"A-27": {"Of 'opgelost' vanzelf verteld wordt of op een mens wacht.", "Whether 'resolved' is told by itself or waits for a person."},
	"A-28": {"Beloften aan gebruikers: de tijd van het volgende bericht en van herstel.", "Promises to users: the time of the next message, and of recovery."},
	"A-30": {"Wat vertrouwelijk is of stilgezet, wordt niet verteld.", "What is confidential or held is not told."},
	"C-01": {"Een nieuwe configuratie of catalogus wordt overgenomen, of niet.", "A new configuration or catalog is taken over, or not."},
	"C-08": {"Een apparaat dat niemand meldt wordt verdacht als genoeg erachter tegelijk zwijgt.", "A thing that nobody reports is suspected when enough behind it falls silent together."},
	"D-02": {"Wat een signaal betekent dat herhaald wordt, te laat komt of niet meer gemeld wordt.", "What an alert means that is repeated, comes late or is no longer reported."},
	"D-05": {"Heeft niemand gekeken, dan schuiven termijnen op.", "When nobody was looking, deadlines are moved."},
	"D-14": {"Een bron van signalen die zwijgt is zelf een storing, voor beheerders.", "A source of alerts that falls silent is an incident itself, for operators."},
	"D-15": {"Een meetpost die zwijgt: de locatie is afgesneden of de meetpost staat uit.", "A site agent that falls silent: the site is cut off, or the agent is off."},
	"D-16": {"Wie zelf afgesneden is, telt niet als getuige.", "A prober that is cut off itself is no witness."},
	"E-21": {"Over welke storing een melding gaat.", "Which incident a ticket is about."},
	"E-22": {"Wat het herkennen van meldingen bijleert, en of dat wordt overgenomen.", "What the matcher of tickets learns, and whether that is taken over."},
	"E-23": {"Een melding wordt zonder mens gekoppeld, of niet meer.", "A ticket is linked without a person, or no longer is."},
	"E-24": {"Of meldingen vanzelf gekoppeld mogen worden, naar wat mensen van koppelingen vonden.", "Whether tickets may be linked by themselves, by what people thought of links."},
	"F-04": {"Wat op en neer gaat is instabiel: één storing tot het rustig is.", "What comes and goes is unstable: one incident until it is quiet."},
	"G-09": {"Wat op één plaats tegelijk op dezelfde manier faalt is één storing, ook zonder bekende oorzaak.", "What fails at one place, at one time and in one way is one incident, even without a known cause."},
	"H-01": {"Wat een mens deed.", "What a person did."},
	"H-02": {"Een opdracht van een mens die geweigerd is, met de reden.", "An act of a person that was refused, with the reason."},
	"H-20": {"Mensen gaan voor regels: openen, samenvoegen, splitsen, vastzetten, oplossen.", "People outrank rules: opening, merging, splitting, pinning, resolving."},
	"H-21": {"Een mens koppelt een melding of maakt haar los.", "A person links a ticket or takes it off."},
	"H-35": {"Wat beheerders met persoonsgegevens deden.", "What administrators did with personal data."},
	"K-11": {"Meer meldingen dan toeval verklaart, terwijl de bewaking niets ziet.", "More tickets than chance explains, while monitoring sees nothing."},
	"K-12": {"Genoeg lezers van de statuspagina zeggen dat iets niet werkt: een vermoeden.", "Enough readers of the status page say that something fails: a suspicion."},
	"L-12": {"Twee lopende storingen blijken één: een oorzaak verklaart beide.", "Two running incidents turn out to be one: a cause explains both."},
	"L-32": {"De voorsprong: eerste bericht tegenover eerste melding.", "The head start: first message against first ticket."},
	"M-06": {"Wat binnen gepland werk of een gesloten periode faalt, en wat er daarna nog faalt.", "What fails inside planned work or a closed period, and what still fails after it."},
	"M-07": {"Berichten over gepland werk.", "Messages about planned work."},
	"O-16": {"Beheerders worden gewaarschuwd volgens hun eigen route.", "Operators are paged by their own route."},
	"O-28": {"Dienst, overdracht en escalatie: van wie een storing is en wie erbij geroepen wordt.", "Duty, hand-over and escalation: whose an incident is, and who is called."},
	"P-13": {"Prioriteit uit gevolg en urgentie.", "Priority from impact and urgency."},
	"P-16": {"Wat meteen een storing is: wat we niet kunnen plaatsen, en wat page_at_once noemt.", "What is an incident at once: what cannot be placed, and what page_at_once names."},
	"P-17": {"Wat gedempt is, hier of bij de bron, waarschuwt niemand.", "What is silenced, here or at its source, pages nobody."},
	"Q-01": {"Een klok die afwijkt: zijn tijden tellen alleen als kenmerk.", "A clock that is off: its times count as a mark only."},
	"Q-02": {"Wat de catalogus zegt en wat er gebeurt spreken elkaar tegen.", "What the catalog says and what happens contradict each other."},
	"R-01": {"Een onderdeel van een storing faalt weer.", "A member of an incident fails again."},
	"R-02": {"Een onderdeel van een storing is hersteld.", "A member of an incident is back."},
	"R-03": {"Alles is hersteld: afwachten of het zo blijft.", "All is back: wait to see that it stays so."},
	"R-04": {"De oorzaak is hersteld: wat erachter hangt krijgt tijd om te volgen.", "The cause is back: what is behind it gets time to follow."},
	"R-05": {"Tijdens het afwachten faalt er weer iets.", "Something fails again during that wait."},
	"R-06": {"Lang genoeg goed gebleven: opgelost.", "Well for long enough: resolved."},
	"R-07": {"Dezelfde oorzaak faalt weer binnen de heropentijd: dezelfde storing.", "The same cause fails again within the reopen time: the same incident."},
	"R-08": {"Wat niet met de oorzaak herstelde wordt apart beoordeeld; en het ochtendrapport: wanneer het verstuurd wordt en wat er misging.", "What did not recover with the cause is judged by itself; and the morning report: when it is sent, and what went wrong."},
	"R-09": {"Na de heropentijd is een storing gesloten.", "After the reopen time an incident is closed."},
	"R-10": {"Dezelfde oorzaak faalt later dan de heropentijd: een nieuwe storing die naar de oude verwijst.", "The same cause fails later than the reopen time: a new incident that points to the old one."},
	"R-11": {"Een oorzaak die te vaak terugkomt is kandidaat voor een probleemonderzoek.", "A cause that comes back too often is a problem candidate."},
	"R-12": {"Van alles wat faalt is lang niets gehoord: mensen wordt gevraagd of het over is.", "Nothing was heard for long of all that fails: people are asked whether it is over."},
	"R-13": {"Een storing eindigt zonder bewijs van herstel, en zegt dat ook.", "An incident ends without proof of recovery, and says so."},
	"S-05": {"Een storing wacht even, en vraagt intussen na: misschien is het zo over, of komt de oorzaak nog.", "A failure waits a little, and asks meanwhile: it may be over, or its cause may still show."},
	"T-07": {"Wat achter een uitgevallen oorzaak hangt hoort bij die storing; wat nergens achter hangt is een eigen storing.", "What hangs behind a cause that is down belongs to its incident; what hangs behind nothing is one of its own."},
	"U-10": {"Bij te veel losse oorzaken tegelijk komt de rest onder één paraplu.", "With too many separate causes at once one umbrella collects the rest."},
	"W-11": {"Antwoorden die na een onderbreking te oud zijn gaan niet meer uit.", "Replies that are too old after a stop no longer go out."},
	"W-33": {"Wat in het ticketsysteem geschreven en teruggenomen wordt.", "What is written into the ticket system, and taken back."},
}
