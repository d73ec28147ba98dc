package announce

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// gsm7 is the basic alphabet of GSM 03.38: one septet each. One character
// outside it and its extension cuts a text message from 160 to 70 characters.
const gsm7 = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// gsm7Extension holds what takes an escape and so two septets.
const gsm7Extension = "^{}\\[~]|€"

// foldSMS writes s in GSM-7: typographic signs as plain ones, accents the
// alphabet lacks taken off, and what is left over as a question mark.
func (g gateWords) foldSMS(s string) string {
	for from, to := range g.Fold { // no replacement makes another possible, so the order does not matter
		s = strings.ReplaceAll(s, from, to)
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(gsm7, r) || strings.ContainsRune(gsm7Extension, r) {
			b.WriteRune(r)
			continue
		}
		for _, p := range norm.NFKD.String(string(r)) {
			switch {
			case strings.ContainsRune(gsm7, p) || strings.ContainsRune(gsm7Extension, p):
				b.WriteRune(p)
			case !unicode.Is(unicode.Mn, p):
				b.WriteByte('?')
			}
		}
	}
	return b.String()
}

// septets is the length of a text already in GSM-7.
func septets(s string) int {
	n := 0
	for _, r := range s {
		n++
		if strings.ContainsRune(gsm7Extension, r) {
			n++
		}
	}
	return n
}

// clean makes a value from outside one line of text: composed characters, single
// spaces, nothing that steers a terminal or turns the writing direction round.
func clean(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, ""))
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
