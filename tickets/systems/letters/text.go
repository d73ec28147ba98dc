package letters

import (
	"encoding/base64"
	"regexp"
	"strings"
)

// Decode returns what a text part says. encoding is its Content-Transfer-Encoding
// (RFC 2045 section 6), charset that of its Content-Type. Only the beginning of a
// part may be at hand: it may end anywhere.
func Decode(raw []byte, encoding, charset string) string {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		raw = unbase64(raw)
	case "quoted-printable":
		raw = unquote(raw)
	}
	s := strings.TrimPrefix(toUTF8(raw, charset), "\uFEFF")
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\x00", "")
}

// unbase64 decodes as much as there is.
func unbase64(raw []byte) []byte {
	kept := make([]byte, 0, len(raw))
	for _, c := range raw {
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
			kept = append(kept, c)
		}
	}
	if len(kept)%4 == 1 {
		kept = kept[:len(kept)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(kept)))
	n, _ := base64.RawStdEncoding.Decode(out, kept) // trailing bits that are not zero end it; what came before counts
	return out[:n]
}

// unquote decodes quoted-printable. What is none stays as it stands: readers want
// the rest of the text more than an error.
func unquote(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '=' {
			out = append(out, raw[i])
			continue
		}
		if n := softBreak(raw[i+1:]); n > 0 {
			i += n
			continue
		}
		if i+2 < len(raw) && hex(raw[i+1]) >= 0 && hex(raw[i+2]) >= 0 {
			out = append(out, byte(hex(raw[i+1])<<4|hex(raw[i+2])))
			i += 2
			continue
		}
		if rest := raw[i+1:]; len(rest) == 1 && hex(rest[0]) >= 0 {
			break // cut in the middle
		}
		out = append(out, '=')
	}
	return out
}

// softBreak is how many bytes of rest belong to a line break that is none.
func softBreak(rest []byte) int {
	for i, c := range rest {
		switch c {
		case ' ', '\t', '\r':
		case '\n':
			return i + 1
		default:
			return 0
		}
	}
	return len(rest)
}

func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// OwnWords leaves out of a reply what it quotes: somebody else wrote that, perhaps
// we did. If nothing else is left, the text stays whole. A forward is no reply: its
// quoted text carries the symptom, and the reader of evidence knows its headers.
func OwnWords(text string) string {
	var out []string
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if quoteBegins(lines[i:]) {
			break
		}
		if !strings.HasPrefix(strings.TrimSpace(l), ">") {
			out = append(out, l)
		}
	}
	if own := strings.TrimSpace(strings.Join(out, "\n")); own != "" {
		return own
	}
	return strings.TrimSpace(text)
}

var (
	wrote   = regexp.MustCompile(`(?i)^(op|on|le|am) .*\b(schreef|wrote|a écrit|schrieb)\b.*:$`)
	divider = regexp.MustCompile(`(?i)^-{2,} ?(oorspronkelijk|original|ursprüngliche|message d'origine).*-{2,}$`)
	sender  = regexp.MustCompile(`(?i)^\*?(van|from|von|de) ?:`)
	sent    = regexp.MustCompile(`(?i)^\*?(verzonden|datum|sent|date|gesendet|envoyé) ?:`)
)

// longestHeading is how long a line that heads quoted mail may be, in bytes.
const longestHeading = 300

// quoteBegins reports whether a mail quoted by a mail program begins here.
func quoteBegins(lines []string) bool {
	first := strings.TrimSpace(lines[0])
	if first == "" || len(first) > longestHeading {
		return false
	}
	if divider.MatchString(first) || wrote.MatchString(first) {
		return true
	}
	if len(lines) > 1 && len(lines[1]) <= longestHeading && wrote.MatchString(first+" "+strings.TrimSpace(lines[1])) { // broken in two
		return true
	}
	if !sender.MatchString(first) {
		return false
	}
	for _, l := range lines[1:min(len(lines), 5)] {
		if sent.MatchString(strings.TrimSpace(l)) {
			return true
		}
	}
	return false
}

// forwards begin the subject of a mail passed on.
var forwards = regexp.MustCompile(`(?i)^(fw|fwd|doorst|doorgestuurd|wg|tr) ?:`)

// Forward reports whether the mail passes another on.
func (h *Head) Forward() bool { return forwards.MatchString(h.Subject) }
