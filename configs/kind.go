package configs

import (
	"strings"
	"unicode"

	"headstart"
)

// guesses are words that give a service's kind away, in the order of trust: a
// word of a more special kind wins, "wifi-printen" is about printing.
var guesses = []struct {
	kind  headstart.ServiceKind
	words []string // beginnings of words; with a full stop: the whole word
}{
	{headstart.KindPrinter, []string{"print", "afdruk", "followme", "follow-me", "mfp.", "mfps.", "multifunctional", "kopieer", "scan"}},
	{headstart.KindM365, []string{"m365.", "o365.", "office365", "microsoft365", "365.", "teams.", "sharepoint", "onedrive"}},
	{headstart.KindVPN, []string{"vpn", "thuiswerk", "anyconnect", "forticlient", "globalprotect"}},
	{headstart.KindTelephony, []string{"telefon", "telephon", "voip", "phone", "bellen.", "sip.", "pbx", "centrale."}},
	{headstart.KindMail, []string{"mail", "email", "e-mail", "outlook", "exchange", "imap", "smtp", "postvak", "agenda."}},
	{headstart.KindLogin, []string{"login", "inlog", "aanmeld", "sso.", "adfs", "ldap", "wachtwoord", "password", "radius", "kerberos", "signin"}},
	{headstart.KindFileshare, []string{"fileshare", "share.", "shares.", "bestand", "netwerkschij", "schijf", "homedir", "nas.", "smb.", "files."}},
	{headstart.KindNetwork, []string{"lan.", "wlan.", "wifi", "wi-fi", "wan.", "netwerk", "network", "internet", "eduroam", "dns.", "dhcp", "vlan"}},
	{headstart.KindApplication, []string{"app.", "apps.", "applicat", "erp", "crm", "intranet", "portal", "website", "webshop", "sis.", "elo.", "lms.", "software", "systeem", "system"}},
}

// guessKind tells the kind of a service by its id, else its names, else its
// aliases; KindOther if none of them says.
func guessKind(s *headstart.Service) headstart.ServiceKind {
	var names []string
	for _, n := range sortedMap(s.Name) {
		names = append(names, n)
	}
	for _, texts := range [][]string{{s.ID}, names, s.Aliases} {
		words := wordsOf(texts)
		for _, g := range guesses {
			if anyBegins(words, g.words) {
				return g.kind
			}
		}
	}
	return headstart.KindOther
}

// wordsOf returns the words of texts in lower case; of a word with dashes its
// parts as well.
func wordsOf(texts []string) map[string]bool {
	words := map[string]bool{}
	for _, t := range texts {
		for _, w := range strings.FieldsFunc(strings.ToLower(t), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' }) {
			words[w] = true
			for part := range strings.SplitSeq(w, "-") {
				words[part] = true
			}
		}
	}
	return words
}

func anyBegins(words map[string]bool, beginnings []string) bool {
	for _, b := range beginnings {
		if whole, ok := strings.CutSuffix(b, "."); ok {
			if words[whole] {
				return true
			}
			continue
		}
		for w := range words {
			if strings.HasPrefix(w, b) {
				return true
			}
		}
	}
	return false
}
