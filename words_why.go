package headstart

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Why says in lang what would have made a decision turn out otherwise, with the
// margin by which it did not; "" where nothing short of another event would have.
// Words says what was decided and from what.
//
// Both are made of the decision's facts, which are stored and hashed where the
// texts are not. A fact has one meaning wherever it stands:
//
//	since     when what explains it went down, or fell silent
//	answered  the last healthy answer of the subject; absent: it never gave one
//	until     up to when, or from when on, it would have been the other way
//	margin    by how much time it was not
//	age       how old the incident was
//	settled   how long the failure had been waiting to be judged
//	cause     the assets that explain it
//	above     the assets it hangs on
//	was       what it was before
//	need,have a number that was needed, and the one there was
//	of        out of how many
//	hold, recover, reopen, late_cause  the setting of that name
//
// and, made of the others where they are missing: {asset}, of the subject; {at},
// when it was decided; {margin}, from since to then.
func (d *Decision) Why(lang string, zone *time.Location) string {
	for _, t := range whyWords[d.Rule+" "+d.Outcome] {
		text := t[0]
		if lang == "en" {
			text = t[1]
		}
		if said, whole := d.fill(text, lang, zone); whole {
			return said
		}
	}
	return ""
}

var braces = regexp.MustCompile(`\{(\w+)\}`)

// fill puts facts into a text, moments to the second; whole: none was missing.
func (d *Decision) fill(text, lang string, zone *time.Location) (said string, whole bool) {
	whole = true
	said = braces.ReplaceAllStringFunc(text, func(name string) string {
		v := d.derived(name[1:len(name)-1], lang, zone)
		whole = whole && v != ""
		return v
	})
	return said, whole
}

// derived is a fact as people say it, or what follows from others.
func (d *Decision) derived(name, lang string, zone *time.Location) string {
	v := d.Fact(name)
	switch {
	case name == "at":
		return d.moment(d.At, zone)
	case name == "by":
		return d.By
	case name == "subject":
		return d.Subject
	case name == "asset" && v == "":
		v, _, _ = strings.Cut(d.Subject, "/")
	case name == "margin" && v == "":
		since, err := time.Parse(time.RFC3339Nano, d.Fact("since"))
		if err != nil {
			return ""
		}
		return short(d.At.Sub(since))
	case v == "":
		return ""
	}
	if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
		return d.moment(t, zone)
	}
	return d.value(Fact{name, v}, lang, zone)
}

// moment tells a time to the second, with its day if that is not the decision's.
func (d *Decision) moment(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	if y, day := t.Year(), t.YearDay(); y != d.At.In(zone).Year() || day != d.At.In(zone).YearDay() {
		return t.Format("02-01 15:04:05")
	}
	return t.Format("15:04:05")
}

// short writes a duration as people do: "11 s", "2 min", "1 h 5 min".
func short(d time.Duration) string {
	d = d.Abs().Round(time.Second)
	var out []string
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / u.size; n > 0 {
			out = append(out, strconv.Itoa(int(n))+" "+u.name)
			d -= n * u.size
		}
	}
	if len(out) == 0 {
		return "0 s"
	}
	return strings.Join(out, " ")
}

// whyWords maps "RULE outcome" to Dutch and English, the fullest text first: the
// first of which all facts are there is said.
var whyWords = map[string][][2]string{
	// topology
	"T-07 opened": {
		{"Het zou bij een andere storing horen als {above} vóór {at} was uitgevallen.", "It would belong to another incident if {above} had been down before {at}."},
		{"In de catalogus staat niets boven {asset}: alleen een regel in depends_on of een mens had het ergens bij gezet.", "Nothing in the catalog stands above {asset}: only a line in depends_on, or a person, would have joined it to another incident."},
	},
	"T-07 joined": {
		{"Het zou apart staan als {asset} na {since} had geantwoord, of als de wachttijd vóór die tijd voorbij was geweest (marge {margin}).", "It would stand alone if {asset} had answered after {since}, or if its settle had ended before that (margin {margin})."},
		{"Het zou apart staan als {asset} had geantwoord nadat {cause} uitviel.", "It would stand alone if {asset} had answered after {cause} went down."},
	},
	"T-07 silent": {
		{"Het zou apart staan als {asset} of {cause} na {since} had geantwoord (marge {margin}).", "It would stand alone if {asset} or {cause} had answered after {since} (margin {margin})."},
	},
	"T-07 joint": {
		{"Het zou een eigen storing zijn als een van {cause} nog werkte: dan was er nog een weg omhoog.", "It would be an incident of its own if one of {cause} still worked: there would be a way up."},
	},
	"T-07 cause": {
		{"De oorzaak zou {was} gebleven zijn als een van {subject} nog werkte.", "The cause would have stayed {was} if one of {subject} still worked."},
	},
	"T-07 late": {
		{"Het zou een eigen storing zijn als deze ouder was dan {late_cause} (marge {margin}).", "It would be an incident of its own if this one had been older than {late_cause} (margin {margin})."},
	},
	"T-07 manual": {
		{"Zonder de storing die iemand over {cause} opende zou het een eigen storing zijn.", "Without the incident a person opened about {cause} it would be one of its own."},
	},
	"L-12 merged": {
		{"Ze zouden apart gebleven zijn als {subject} ouder was dan {late_cause} (marge {margin}), of als iemand een van beide had vastgezet of gesplitst.", "They would have stayed apart if {subject} had been older than {late_cause} (margin {margin}), or if a person had pinned or split one of them."},
		{"Ze zouden apart gebleven zijn als iemand een van beide had vastgezet of gesplitst.", "They would have stayed apart if a person had pinned or split one of them."},
	},
	"L-12 joint": {
		{"Ze zouden apart gebleven zijn als een van {cause}, {subject} nog werkte.", "They would have stayed apart if one of {cause}, {subject} still worked."},
	},
	"L-12 cause": {
		{"De oorzaak zou {was} gebleven zijn als iemand die had vastgezet, of als de storing ouder was dan {late_cause} (marge {margin}).", "The cause would have stayed {was} if a person had pinned it, or if the incident had been older than {late_cause} (margin {margin})."},
		{"De oorzaak zou {was} gebleven zijn als iemand die had vastgezet.", "The cause would have stayed {was} if a person had pinned it."},
	},

	// suspicion
	"C-08 suspected": {
		{"Er zou geen vermoeden zijn als {asset} na {since} had geantwoord, of als het laatste van de {silent} meer dan {margin} later was uitgevallen.", "There would be no suspicion if {asset} had answered after {since}, or if the last of the {silent} had fallen silent more than {margin} later."},
	},
	"C-08 confirmed": {
		{"Het zou een eigen storing zijn als {asset} niet verdacht was.", "It would be an incident of its own if {asset} had not been suspected."},
	},
	"C-08 dropped": {
		{"Het vermoeden zou zijn gebleven als {asset} na {since} niet had geantwoord.", "The suspicion would have stayed if {asset} had not answered after {since}."},
	},
	"C-08 ended": {
		{"Het vermoeden zou zijn gebleven zolang er iets achter {asset} faalde.", "The suspicion would have stayed as long as anything behind {asset} failed."},
	},

	// liveness and settle
	"D-02 expired": {
		{"Het zou hersteld heten als de bron dat zei of onze eigen controle het goed vond, en nog levend als het signaal vóór {at} was herhaald.", "It would count as back if its source said so or a probe of ours found it well, and as alive if the alert had been repeated before {at}."},
	},
	"D-02 stale": {
		{"Het zou meetellen als het na {ended} was begonnen of nog een einde in de toekomst had.", "It would count if it had begun after {ended}, or had an end that is still to come."},
	},
	"D-02 unlisted": {
		{"Het zou nog leven als een van de Alertmanagers het noemde.", "It would be alive if one of the Alertmanagers listed it."},
	},
	"D-14 blind": {
		{"Zonder {margin} stilte van de bron zou dit er niet zijn: één signaal van haar watchdog had volstaan.", "Without {margin} of silence of the source this would not be here: one alert of its watchdog would have sufficed."},
	},
	"S-05 blip": {
		{"Het zou een storing zijn geworden als het tot {until} had gefaald (marge {margin}).", "It would have become an incident if it had failed until {until} (margin {margin})."},
	},
	"P-16 unplaced": {
		{"Het zou de wachttijd krijgen en bij andere kunnen horen als een regel onder alerts.map of een label er een ding uit de catalogus van maakte; zie headstart config test-mapping.", "It would settle and could belong with others if a rule of alerts.map or a label named an asset of the catalog; see headstart config test-mapping."},
	},
	"P-16 at_once": {
		{"Het zou eerst de wachttijd krijgen als het niet onder alerts.page_at_once viel.", "It would settle first if it did not match alerts.page_at_once."},
	},
	"P-17 silenced": {
		{"Er zou gewaarschuwd worden als één ding dat faalt niet gedempt was.", "Operators would be paged if one thing that fails were not silenced."},
	},

	// life
	"R-03 holding": {
		{"Om {until} geldt het als opgelost, tenzij er vóór die tijd iets opnieuw faalt.", "At {until} it counts as resolved, unless something fails again before."},
	},
	"R-04 recovering": {
		{"Wat om {until} niet is gevolgd wordt apart beoordeeld; faalt {asset} eerder weer, dan blijft alles bij elkaar.", "What has not followed by {until} is judged by itself; if {asset} fails again before, all stays together."},
	},
	"R-05 returned": {
		{"Nog {margin} langer goed, en het was opgelost of gesplitst.", "{margin} longer without a failure, and it would have been resolved or split."},
	},
	"R-06 resolved": {
		{"Het zou nog open zijn als er vóór {at} iets opnieuw had gefaald.", "It would still be open if anything had failed again before {at}."},
	},
	"R-07 reopened": {
		{"Na {until} zou het een nieuwe storing zijn geweest (marge {margin}).", "After {until} it would have been a new incident (margin {margin})."},
	},
	"R-07 worsened": {
		{"Zonder wat er nu bij kwam zou de storing gesloten zijn gebleven.", "Without what fails in addition now the incident would have stayed closed."},
	},
	"R-08 split": {
		{"Wat vóór {at} had geantwoord zou bij deze storing zijn gebleven.", "What had answered before {at} would have stayed with this incident."},
	},
	"R-09 closed": {
		{"Faalt dezelfde oorzaak later, dan is dat een nieuwe storing die hierheen verwijst.", "If the same cause fails later, it is a new incident that points here."},
	},
	"R-10 recurred": {
		{"Vóór {until} zou het dezelfde storing zijn geweest (marge {margin}).", "Before {until} it would have been the same incident (margin {margin})."},
	},

	// people, incidents
	"H-20 merged":  {{"Geen regel haalt ze in deze storing weer uit elkaar; een mens kan splitsen.", "No rule takes them apart again in this episode; a person can split them."}},
	"H-20 split":   {{"Geen regel voegt ze in deze storing weer samen; een mens kan dat.", "No rule joins them again in this episode; a person can."}},
	"H-20 pinned":  {{"Geen regel verandert oorzaak of omvang tot iemand ze loslaat.", "No rule changes cause or extent until a person releases them."}},
	"P-13 raised":  {{"Het zou {from} zijn gebleven bij minder gevolg (locatie: 25 mensen of een hele locatie; organisatie: 250 mensen, twee locaties of een vitale dienst) of minder urgentie.", "It would have stayed {from} with less impact (location: 25 people or one whole location; organisation: 250 people, two locations or a vital service) or less urgency."}},
	"P-13 lowered": {{"Het zou {from} zijn gebleven als gevolg of urgentie binnen de wachttijd weer was gestegen.", "It would have stayed {from} if impact or urgency had risen again within the hold."}},
	"A-25 held":    {{"Buiten de stille uren zou het meteen verstuurd zijn.", "Outside quiet hours it would have been sent at once."}},
}
