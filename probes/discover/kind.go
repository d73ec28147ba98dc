package discover

import (
	"slices"
	"strings"
	"unicode"
)

// kindWords are the words that give the kind of a device away, in Dutch and English,
// the more special kinds first: a "printserver" is a server.
var kindWords = []struct {
	kind  string
	words []string // beginnings of words; with a full stop: whole ones
}{
	{"server", []string{"printserver", "print-server", "fileserver", "mailserver", "webserver"}},
	{"printer", []string{"print", "mfp", "mfc", "multifunctional", "laserjet", "kopieer", "copier", "plotter", "labelprint"}},
	{"switch", []string{"switch"}},
	{"firewall", []string{"firewall", "fortigate"}},
	{"router", []string{"router", "gateway", "edge-router"}},
	{"accesspoint", []string{"accesspoint", "access-point", "wifi", "wi-fi", "ap.", "wlan", "wireless"}},
	{"camera", []string{"camera", "cctv"}},
	{"phone", []string{"telefoon", "phone", "voip", "handset"}},
	{"ups", []string{"ups.", "noodstroom"}},
	{"storage", []string{"nas.", "san.", "storage", "opslag"}},
	{"desktop", []string{"pc.", "desktop", "laptop", "werkplek", "workstation", "werkstation", "notebook", "chromebook"}},
	{"server", []string{"server", "hypervisor", "esx", "vm.", "host."}},
	{"screen", []string{"beamer", "scherm", "digibord", "projector", "narrowcast", "tv."}},
}

// kindOf returns the kind that a text names; ok is false where no word of it is one,
// and the text itself is the kind.
func kindOf(text string) (kind string, ok bool) {
	if strings.Contains(strings.ToLower(text), "access point") {
		return "accesspoint", true
	}
	words := kindsIn(text)
	for _, k := range kindWords {
		for _, begins := range k.words {
			whole, exact := strings.CutSuffix(begins, ".")
			if slices.ContainsFunc(words, func(w string) bool { return w == whole || !exact && strings.HasPrefix(w, begins) }) {
				return k.kind, true
			}
		}
	}
	return slug(text), false
}

// kindsIn returns the words of a text in lower case; of one with dashes its ends too:
// an old-print-server is a print-server.
func kindsIn(text string) (words []string) {
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '-' }) {
		for more := true; more; _, w, more = strings.Cut(w, "-") {
			words = append(words, w)
		}
	}
	return words
}

// asked is how a device of a kind is probed when nothing was seen of it: printers as
// printers, what people carry about not at all, the rest by a ping.
func asked(kind string) []Ask {
	switch kind {
	case "printer":
		return []Ask{{Kind: "printer"}}
	case "desktop", "phone", "screen":
		return nil
	}
	return []Ask{{Kind: "icmp"}}
}
