package evidence

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// bound cuts text at maxText, between characters.
func bound(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// fold brings a text to lower case without accents: Één and een are one word.
func fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'ß':
			b.WriteString("ss")
		case r == 'ø' || r == 'Ø':
			b.WriteByte('o')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// apostrophe stands inside a word: collega's and can't are one word each.
var apostrophe = regexp.MustCompile(`(\pL)['’](\pL)`)

// tokenize folds text and cuts it into runs of letters and digits, and question
// marks; at most maxTokens.
func tokenize(text string) []string {
	var out []string
	folded := apostrophe.ReplaceAllString(fold(text), "$1$2")
	from := -1
	end := func(i int) {
		if from >= 0 && len(out) < maxTokens {
			out = append(out, folded[from:i])
		}
		from = -1
	}
	for i, r := range folded {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if from < 0 {
				from = i
			}
			continue
		}
		end(i)
		if r == '?' && len(out) < maxTokens {
			out = append(out, "?")
		}
	}
	end(len(folded))
	return out
}

func letterAt(s string, i int) bool {
	return i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] >= utf8.RuneSelf)
}

// ownWords leaves out what says nothing about the trouble: signatures and the
// header lines of quoted mail. The quoted text itself stays; a forward carries
// the symptom.
func ownWords(text string) string {
	var b strings.Builder
	signature := false
	for line := range strings.SplitSeq(text, "\n") {
		trimmed := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), ">"))
		folded := fold(trimmed)
		switch {
		case quoteHeader(folded):
			signature = false // what follows was written by somebody else
			continue
		case trimmed == "--" || trimmed == "__":
			signature = true
		}
		if signature {
			continue
		}
		folded = withoutDisclaimer(folded)
		if i := closing(folded); i >= 0 {
			signature = true
			folded = folded[:i]
		}
		b.WriteString(folded)
		b.WriteByte('\n')
	}
	return b.String()
}

// disclaimers begin what mail systems put under each mail: of printing, errors and
// attachments, and never of this one's.
var disclaimers = []string{
	"please consider the environment", "consider the environment", "consider environment", "received this email in error", "received this e-mail in error",
	"received this message in error", "received this mail in error", "intended recipient", "intended only for",
	"denk aan het milieu", "denk om het milieu", "uitsluitend bestemd voor", "ten onrechte ontvangen", "abusievelijk ontvangen",
}

// withoutDisclaimer cuts a folded line where such a text begins.
func withoutDisclaimer(line string) string {
	for _, d := range disclaimers {
		if i := strings.Index(line, d); i >= 0 {
			line = line[:i]
		}
	}
	return line
}

// quoteHeader reports whether a folded line heads quoted mail.
func quoteHeader(line string) bool {
	for _, p := range []string{
		"van:", "aan:", "cc:", "verzonden:", "datum:", "onderwerp:", "from:", "to:", "sent:", "date:", "subject:",
		"-----oorspronkelijk", "-----original", "---------- forwarded", "begin doorgestuurd", "begin forwarded",
	} {
		if strings.HasPrefix(line, p) {
			return true
		}
	}
	return strings.HasPrefix(line, "op ") && strings.HasSuffix(line, "schreef:") ||
		strings.HasPrefix(line, "on ") && strings.HasSuffix(line, "wrote:")
}

// closing returns where the formula that ends a mail begins, or -1. It counts
// only if at most six words follow on its line: a name and a function.
func closing(line string) int {
	for _, c := range []string{
		"met vriendelijke groet", "vriendelijke groet", "hartelijke groet", "met groet", "mvg", "m.v.g", "gr.", "groet", "groetjes", "alvast bedankt",
		"kind regards", "best regards", "with regards", "regards", "many thanks", "sincerely", "cheers",
	} {
		i := strings.Index(line, c)
		if i < 0 || i > 0 && letterAt(line, i-1) {
			continue
		}
		if len(strings.Fields(line[i+len(c):])) <= 6 {
			return i
		}
	}
	return -1
}
