package evidence

import "strings"

// cues are expressions that say what a ticket wants, whatever it is about. A
// star stands for the rest of a word, a tilde for up to three words between.
var cues = map[string][]string{
	"malfunction": {
		"doet het niet", "doen het niet", "doet niks", "doet niets", "doet weer niks", "werkt niet", "werken niet", "werkt weer niet", "niet werkend", "lukt niet", "gaat niet", "niet meer",
		"kapot", "stuk", "defect", "storing*", "uitval", "ligt eruit", "ligt plat", "plat", "platliggen", "eruit", "valt uit", "valt weg", "vallen weg", "hapert", "hangt", "vastgelopen", "loopt vast",
		"bevroren", "crash*", "foutmelding*", "fout", "error*", "geen verbinding", "geen internet", "geen wifi", "geen netwerk", "geen toegang tot", "geen mail", "geen kiestoon", "geen geluid", "offline", "onbereikbaar", "niet bereikbaar",
		"komt niks", "komt niets", "niks door", "niets door", "komt niet", "krijg geen", "krijgen geen", "kan niet", "kan niks", "kan niets", "kan er niet", "kom er niet", "kunnen niet", "kunnen niks", "kunnen niets", "kan geen", "kunnen geen",
		"*storing", "*storingen", "kan ~ niet", "kunnen ~ niet", "kan ~ geen", "kunnen ~ geen", "kom ~ niet", "komen ~ niet", "komt ~ niet", "komt ~ niks", "komt ~ niets", "komen ~ niet", "doet ~ niet", "doen ~ niet", "doet ~ niks", "doet ~ niets", "werkt ~ niet", "werken ~ niet", "lukt ~ niet", "krijg ~ niet", "krijgen ~ niet", "gaat ~ niet", "wil ~ niet",
		"loopt ~ vast", "lopen ~ vast", "valt ~ uit", "vallen ~ uit", "valt ~ weg", "ligt ~ eruit", "liggen ~ eruit", "ligt ~ plat", "zegt ~ offline", "geen ~ meer", "weg", "leeg", "verdwenen", "witte pagina", "blanco", "blijft", "haperen", "haperingen", "gestoord", "onbruikbaar", "er mis", "probleem", "problemen", "problem", "problems", "issue", "issues",
		"laadt niet", "blijft laden", "blijft hangen", "blijft leeg", "blijft draaien", "draait maar", "start niet", "opent niet", "pakt niet", "print niet", "reageert niet", "reageren niet", "traag", "langzaam", "time out", "timeout", "verbroken", "weigert", "zwart scherm", "wit scherm", "storingsmelding",
		"not working", "does not work", "doesnt work", "isnt working", "dont work", "do not work", "stopped working", "broken", "down", "outage", "unreachable", "cannot", "cant", "can not", "unable to", "fails", "failed", "failing", "no connection", "no internet", "no signal", "no access to", "not responding", "keeps crashing", "disconnect*", "slow", "stuck", "frozen", "is dead", "nothing comes out", "nothing happens", "wont", "will not", "dood",
	},
	"several": {
		"collegas ook", "collegas hebben", "collegas idem", "ook bij collegas", "ook collegas", "ook anderen", "anderen ook", "anderen hier", "iedereen", "allemaal", "niemand", "hele afdeling", "hele team", "heel het team", "hele gebouw", "hele verdieping", "hele school", "hele boel", "meerdere", "wij allemaal", "we allemaal", "met zn allen", "alle collegas", "bij ons allemaal", "bij iedereen", "bij jou ook", "hele etage",
		"everyone", "everybody", "nobody", "whole team", "whole floor", "whole office", "whole department", "colleagues too", "colleagues as well", "my colleagues", "others too", "all of us", "several people", "same for others", "same here",
	},
	"howto": {
		"hoe kan ik", "hoe moet ik", "hoe stel ik", "hoe krijg ik", "hoe maak ik", "hoe vind ik", "hoe zet ik", "hoe werkt", "hoe doe ik", "hoe kom ik", "hoe voeg ik", "hoe verander ik", "hoe wijzig ik", "hoe vervang ik", "hoe deel ik", "hoe installeer ik", "waar vind ik", "waar kan ik", "waar staat", "uitleg", "handleiding", "instructie", "is er een manier", "kan je uitleggen", "kunt u uitleggen", "weet iemand hoe",
		"how do i", "how can i", "how to", "where do i", "where can i find", "manual", "could you explain", "instructions", "is there a way",
	},
	"request": {
		"aanvraag*", "aanvragen", "graag een", "graag nieuwe", "bestellen", "bestelling", "offerte", "nieuwe laptop", "nieuwe medewerker", "nieuwe collega", "nieuwe telefoon", "nieuw account", "account aanmaken", "kunnen wij een", "kan ik een", "mag ik een", "wil graag een", "willen graag", "zou graag", "toegang nodig", "rechten nodig", "rechten voor", "autorisatie*", "installeren", "verhuizing", "verhuizen", "uit dienst", "in dienst",
		"would like to request", "please order", "new laptop", "new employee", "new starter", "new account", "please install", "request for", "need access to", "need permission*", "could we get", "can we get", "can i get a",
	},
	"works_again": {
		"doet het weer", "doen het weer", "doet het inmiddels", "werkt weer", "werkt inmiddels", "werken weer", "werkt nu weer", "is opgelost", "al opgelost", "opgelost inmiddels", "mag dicht", "kan dicht", "kan gesloten", "mag gesloten", "melding sluiten", "is verholpen", "gaat weer goed", "weer normaal", "weer online", "terug in de lucht",
		"works again", "working again", "is working now", "back up", "back online", "is resolved", "is fixed", "can be closed", "please close", "solved now",
	},
	"supplies": {
		"toner*", "inkt", "inktpatro*", "cartridge*", "nietjes", "papier bestellen", "papier op", "papier is op", "nieuw papier", "kopieerpapier", "headset*", "muis", "toetsenbord", "batterij*", "usb stick", "oplader*", "adapter*", "verloopje",
		"ink", "out of paper", "keyboard", "mouse", "charger", "batteries", "staples", "usb cable",
	},
	"one_person": {
		"alleen bij mij", "alleen ik", "enkel bij mij", "ben de enige", "ik ben de enige", "bij collegas wel", "collegas wel", "collega wel", "bij collegas niet", "bij anderen wel", "anderen wel", "op een andere pc wel", "op andere pc wel", "op mijn pc", "op mijn laptop", "alleen mijn",
		"only me", "only for me", "just me", "colleagues can", "works for others", "works for my colleagues", "only my", "only on my",
	},
	"password": {
		"wachtwoord*", "wachtwoord vergeten", "wachtwoord verlopen", "password*", "passwort", "reset aub", "pincode vergeten", "account geblokkeerd", "account gelockt", "geblokkeerd account", "account locked", "ww vergeten", "mailwachtwoord",
	},
	"question": {
		"?", "vraag", "vraagje", "ik vroeg me af", "wondering", "question",
	},
}

// phrase is one expression, ready to compare.
type phrase struct {
	cue    string
	tokens []string // a last star is kept on its token
}

var cuePhrases = indexCues()

// indexCues orders the expressions by their first token; those that begin with
// an open word stand under "*".
func indexCues() map[string][]phrase {
	out := map[string][]phrase{}
	for cue, expressions := range cues {
		for _, e := range expressions {
			p := phrase{cue: cue, tokens: strings.Fields(e)}
			first := p.tokens[0]
			if strings.Contains(first, "*") {
				first = "*"
			}
			out[first] = append(out[first], p)
		}
	}
	return out
}

// maxCue is where counting stops: more of the same says no more.
const maxCue = 9

// countCues counts expressions by cue; those that overlap count once.
func countCues(tokens []string) map[string]int {
	counts := map[string]int{}
	upTo := map[string]int{} // by cue: the first token not yet counted
	for i := range tokens {
		for cue, n := range longestCues(tokens[i:]) {
			if i >= upTo[cue] && counts[cue] < maxCue {
				counts[cue]++
			}
			upTo[cue] = max(upTo[cue], i+n)
		}
	}
	if len(counts) == 0 {
		return nil
	}
	return counts
}

// longestCues returns the cues that tokens begin with, and how many of them the
// longest expression of each takes. There is at least one token.
func longestCues(tokens []string) map[string]int {
	longest := map[string]int{}
	for _, candidates := range [2][]phrase{cuePhrases[tokens[0]], cuePhrases["*"]} {
		for _, p := range candidates {
			if n := span(tokens, p.tokens); n > longest[p.cue] {
				longest[p.cue] = n
			}
		}
	}
	return longest
}

// maxGap is how many words a tilde stands for at most.
const maxGap = 3

// span returns how many tokens the expression want takes at the start of tokens,
// or 0 if they do not begin with it.
func span(tokens, want []string) int {
	if len(tokens) == 0 || !same(tokens[0], want[0]) {
		return 0
	}
	if len(want) == 1 {
		return 1
	}
	if want[1] != "~" {
		return plus(span(tokens[1:], want[1:]), 1)
	}
	for gap := 0; gap <= maxGap && 1+gap < len(tokens); gap++ {
		if n := span(tokens[1+gap:], want[2:]); n > 0 {
			return plus(n, 1+gap)
		}
		if tokens[1+gap] == "?" {
			break
		}
	}
	return 0
}

// plus adds the tokens before a rest that matched.
func plus(n, more int) int {
	if n == 0 {
		return 0
	}
	return n + more
}

// same compares a token with one of an expression.
func same(token, want string) bool {
	if open, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(token, open)
	}
	if open, ok := strings.CutPrefix(want, "*"); ok {
		return strings.HasSuffix(token, open)
	}
	return token == want
}
