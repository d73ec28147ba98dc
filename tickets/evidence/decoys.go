package evidence

// decoys hold a word that names a service, and are not about it: how to reach
// somebody, what hangs on a mail, parts of one's own machine.
var decoys = decoyIndex(`
	harde schijf, harddisk, hard disk, hard drive, printscreen, print screen, screenshot, schermafdruk, afdruk van het scherm, schermprint,
	per mail, via mail, via de mail, per e-mail, via e-mail, per email, via email, mail mij, mail me, mailt mij, mail me even, stuur me een mail, stuur mij een mail, mailadres, mailadressen, mail adres, e-mailadres, e-mailadressen, emailadres, email adres,
	by mail, by e-mail, by email, via e-mail, email me, e-mail me, send me a mail, send me an email, send me an e-mail, mail address, email address, e-mail address, email addresses,
	telefoonnummer, telefoonnummers, telefoon nummer, telnr, tel nr, telefonisch bereikbaar op, telefonisch te bereiken op, telefonisch doorgegeven, bel mij, bel me, bel me even, bel maar, bel gerust, mij bellen, me bellen, terugbellen, terug bellen, teruggebeld, terugbelverzoek, bellen dat, bellen omdat, bellen met de vraag, bellen om te, belt dat, belde dat, belden dat, belt omdat,
	phone number, phone numbers, telephone number, call me, call me back, give me a call, phone me, reach me,
	zie bijlage, zie de bijlage, in bijlage, in de bijlage, als bijlage, bijgevoegd, see attachment, see attached, attached,
	netwerkborrel, netwerkbijeenkomst, netwerkevent, netwerkmoment, sociaal netwerk, sociale netwerken, social network, social networks, google maps, google chrome, internet explorer,
	mailing, nieuwsbrief, newsletter, kassalade, cash drawer, other teams, all teams, both teams, andere teams, alle teams
`)

func decoyIndex(phrases string) map[string][][]string {
	out := map[string][][]string{}
	for _, p := range list(phrases) {
		tokens := tokenize(p)
		out[tokens[0]] = append(out[tokens[0]], tokens)
	}
	return out
}

// plainly returns tokens without those of decoys: each of them is empty instead, so
// that the others stay where they are.
func plainly(tokens []string) []string {
	out := tokens
	copied := false
	for i, t := range tokens {
		for _, d := range decoys[t] {
			if !hasPrefix(tokens[i:], d) {
				continue
			}
			if !copied {
				out, copied = append([]string(nil), tokens...), true
			}
			for n := range d {
				out[i+n] = ""
			}
		}
	}
	return out
}
