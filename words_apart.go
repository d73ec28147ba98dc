package headstart

import (
	"slices"
	"time"
)

// apartWords say why two incidents are not one: the first condition of the rule
// nearest to joining them that did not hold (correlate's WhyNot). Keys and
// languages are those of decisionWords.
var apartWords = map[string][2]string{
	"L-12 one":      {"Ze zijn al één storing, met oorzaak {cause}.", "They are one incident already, with the cause {cause}."},
	"H-20 apart":    {"Iemand heeft ze gesplitst: geen regel voegt ze in deze storing weer samen.", "A person split them: no rule joins them again in this episode."},
	"H-20 apart_by": {"{by} heeft ze om {since} gesplitst: geen regel voegt ze in deze storing weer samen.", "{by} split them at {since}: no rule joins them again in this episode."},
	"H-20 fixed_by": {"{by} heeft om {since} oorzaak en omvang van de storing door {cause} vastgezet: geen regel verandert die.", "{by} pinned cause and extent of the incident caused by {cause} at {since}: no rule changes them."},
	"H-20 fixed":    {"Iemand heeft oorzaak en omvang van de storing door {cause} vastgezet: geen regel verandert die.", "A person pinned cause and extent of the incident caused by {cause}: no rule changes them."},
	"H-20 manual":   {"Iemand heeft de storing over {cause} zelf geopend: alleen een mens voegt haar samen.", "A person opened the incident about {cause}: only a person merges it."},
	"R-09 over":     {"De storing door {cause} was om {until} voorbij; de andere begon om {since}, {margin} later.", "The incident caused by {cause} was over at {until}; the other began at {since}, {margin} later."},
	"R-10 too_late": {
		"{cause} faalde opnieuw na {until}, later dan de heropentijd van {reopen} (marge {margin}): een nieuwe storing die naar de oude verwijst.",
		"{cause} failed again after {until}, later than the reopen time of {reopen} (margin {margin}): a new incident that points to the old one.",
	},
	"P-16 nowhere": {"{asset} staat niet in de catalogus: niets zegt waar het bij hoort.", "{asset} is not in the catalog: nothing says what it belongs to."},

	"T-07 unrelated": {"Niets verbindt ze: geen van beide hangt achter de ander, en ze hangen niet aan hetzelfde.", "Nothing connects them: neither is behind the other, and they do not hang on the same thing."},
	"T-07 back":      {"{cause} is om {until} hersteld; wat hersteld is verklaart niets meer.", "{cause} was back at {until}; what is back explains nothing any more."},
	"T-07 answers":   {"{cause} antwoordde om {answered}, nadat het om {since} uitviel: de weg erheen is open.", "{cause} answered at {answered}, after it failed at {since}: the way to it is open."},
	"T-07 not_down":  {"{check} zegt niet dat {asset} onbereikbaar is; alleen wat onbereikbaar is verklaart iets anders.", "{check} does not say that {asset} cannot be reached; only what cannot be reached explains something else."},
	"T-07 redundant": {"{asset} heeft nog een weg omhoog: {works} werkt. {cause} alleen sluit niets af.", "{asset} has another way up: {works} works. {cause} alone cuts nothing off."},
	"T-07 answered": {
		"{asset} antwoordde om {answered}, {margin} nadat {cause} om {since} uitviel: het hangt er niet achter.",
		"{asset} answered at {answered}, {margin} after {cause} went down at {since}: it is not behind it.",
	},
	"T-07 other_cause": {"{asset} is afgesloten door {cause}, niet door dit.", "{asset} is cut off by {cause}, not by this."},
	"T-07 not_again":   {"Sinds {since} is er niets beoordeeld waarbij {cause} haar had kunnen verklaren: een regel kijkt als er iets faalt.", "Since {since} nothing was judged at which {cause} could have explained it: a rule looks when something fails."},
	"T-07 way_left":    {"{asset} heeft nog een weg: {works} werkt. Pas als alle wegen weg zijn hebben ze samen één oorzaak.", "{asset} has a way left: {works} works. Only when all ways are gone are they one cause together."},
	"L-12 too_old": {
		"Toen {cause} bleek uitgevallen was de andere storing {age} oud; na {late_cause} verandert geen regel de oorzaak meer (marge {margin}).",
		"When {cause} turned out to be down the other incident was {age} old; after {late_cause} no rule changes a cause any more (margin {margin}).",
	},
	"M-06 held_back": {
		"Werk {window} hield {cause} achter; toen dat voorbij was, was de andere storing {age} oud, ouder dan {late_cause} (marge {margin}).",
		"Planned work {window} kept {cause} back; when it was over the other incident was {age} old, older than {late_cause} (margin {margin}).",
	},

	"C-08 back":       {"{asset} is sinds {until} hersteld; een vermoeden tegen {cause} vraagt wat nu zwijgt.", "{asset} has been back since {until}; a suspicion of {cause} needs what is silent now."},
	"C-08 not_silent": {"{check} zegt niet dat {asset} zwijgt; alleen zwijgen maakt {cause} verdacht.", "{check} does not say that {asset} is silent; only silence makes {cause} suspect."},
	"C-08 outside":    {"Beide hangen aan {cause}, maar zwegen {gap} na elkaar; binnen {limit} is één gebeurtenis (marge {margin}).", "Both hang on {cause}, but fell silent {gap} apart; within {limit} is one event (margin {margin})."},
	"C-08 few":        {"Beide hangen aan {cause}, maar daarvan zwijgen er {have} van {of}; {need} maken het verdacht.", "Both hang on {cause}, but {have} of the {of} there are silent; {need} make it suspect."},
	"C-08 share":      {"Beide hangen aan {cause}, maar daarvan zwijgen er {have} van {of}; {need} zijn het vereiste deel.", "Both hang on {cause}, but {have} of the {of} there are silent; {need} are the share it takes."},
	"C-08 heard":      {"{cause} antwoordde om {answered}, {margin} nadat het eerste om {since} zweeg: het is niet verdacht.", "{cause} answered at {answered}, {margin} after the first fell silent at {since}: it is not suspect."},
	"C-08 not_again":  {"{cause} is verdacht genoeg, maar sindsdien is er niets beoordeeld.", "{cause} is suspect enough, but nothing was judged since."},

	"G-09 location":  {"Ze staan op verschillende plaatsen: {where} en {other_where}.", "They are in different places: {where} and {other_where}."},
	"G-09 class":     {"Ze falen op verschillende manieren: {class} en {other_class}.", "They fail in different ways: {class} and {other_class}."},
	"G-09 service":   {"Ze raken verschillende diensten: {service} en {other_service}.", "They hit different services: {service} and {other_service}."},
	"G-09 gap":       {"Ze begonnen {gap} na elkaar; gelijksoortige storingen horen bij elkaar binnen {limit} (marge {margin}).", "They began {gap} apart; failures alike are one thing within {limit} (margin {margin})."},
	"G-09 few":       {"Ze lijken op elkaar, maar op {where} falen er {have} van {of}; {need} zijn er nodig.", "They are alike, but {have} of {of} fail at {where}; {need} are needed."},
	"G-09 not_again": {"Ze lijken genoeg op elkaar, maar sindsdien is er niets beoordeeld.", "They are alike enough, but nothing was judged since."},

	"K-11 elsewhere": {"Gebruikers melden {service}; de storing door {cause} raakt die dienst op die plaats niet.", "Users report {service}; the incident caused by {cause} does not hit that service in that place."},
	"K-11 not_again": {"De storing door {cause} raakt wat gebruikers melden, maar sindsdien viel er niets meer uit: een regel kijkt als er iets faalt.", "The incident caused by {cause} hits what users report, but nothing failed since: a rule looks when something fails."},
	"U-10 own":       {"{asset} opent ook in een storm een eigen storing: er hangt iets achter, het is vitaal, of het valt onder page_at_once.", "{asset} opens its own incident even in a storm: something hangs on it, it is vital, or it matches page_at_once."},
	"U-10 calm":      {"{asset} viel buiten de storm: die duurt zolang er genoeg losse oorzaken bij komen.", "{asset} failed outside the storm, which lasts while enough separate causes come."},
}

// Blame adds who keeps two incidents apart, and since when, from their timelines:
// what correlation stores of a person's word is only that it holds.
func (d *Decision) Blame(timelines ...[]TimelineEntry) {
	did := map[string][]string{"apart": {"split", "split_off"}, "fixed": {"pinned", "split", "split_off", "merged"}}[d.Outcome]
	if d.Rule != "H-20" {
		return
	}
	var last *TimelineEntry
	for _, timeline := range timelines {
		for n := range timeline {
			e := &timeline[n]
			if e.Rule == "H-20" && e.By != "rule" && slices.Contains(did, e.Outcome) && (last == nil || e.At.After(last.At)) {
				last = e
			}
		}
	}
	if last == nil {
		return
	}
	d.By, d.Outcome = last.By, d.Outcome+"_by"
	d.Facts = append(d.Facts, Fact{Name: "since", Value: last.At.UTC().Format(time.RFC3339Nano)})
}
