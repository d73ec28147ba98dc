package discover

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// slug turns a name into an id: lower case, without accents, a dash where there was
// anything but a letter, a digit, a dash or a full stop.
func slug(name string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case c < 128 && (unicode.IsLetter(c) || unicode.IsDigit(c)), c == '.', c == '_':
			b.WriteRune(c)
		case unicode.Is(unicode.Mn, c): // the accent of the letter before
		case unicode.IsLetter(c):
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(limit(b.String(), mostID), "-.")
}

// Bounds on what is written: an id is read aloud, a comment is one line.
const (
	mostID      = 60
	mostComment = 160
)

// limit returns the first most letters of s.
func limit(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// plain makes text from outside one line that can be shown (ruling 45).
func plain(text string) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(text, "?"), func(c rune) bool {
		return unicode.IsSpace(c) || !unicode.IsPrint(c)
	})
	out := strings.Join(words, " ")
	if short := limit(out, mostComment); short != out {
		return short + "…"
	}
	return out
}

// fold makes spellings of one name equal.
func fold(name string) string { return strings.ReplaceAll(slug(name), "-", " ") }

// short returns the host of a name with a domain; an address is its own.
func short(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	before, _, _ := strings.Cut(host, ".")
	return before
}

// natural orders texts as people do: N2-4 before N2-10.
func natural(a, b string) int {
	x, y := chunks(a), chunks(b)
	return cmp.Or(slices.CompareFunc(x, y, func(s, t string) int {
		m, errM := strconv.ParseUint(s, 10, 64)
		n, errN := strconv.ParseUint(t, 10, 64)
		if errM == nil && errN == nil {
			return cmp.Compare(m, n)
		}
		return strings.Compare(s, t)
	}), strings.Compare(a, b))
}

// chunks takes a text apart into numbers and the rest.
func chunks(s string) []string {
	var out []string
	start := 0
	for i := 1; i <= len(s); i++ {
		if i == len(s) || digit(s[i]) != digit(s[i-1]) {
			out = append(out, s[start:i])
			start = i
		}
	}
	return out
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

// add appends values that list does not hold yet and that are not empty.
func add(list []string, values ...string) []string {
	for _, v := range values {
		if v != "" && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}
