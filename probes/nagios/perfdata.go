package nagios

import (
	"math"
	"strconv"
	"strings"
)

// Datum is one measurement of a plugin: 'label'=value[UOM];[warn];[crit];[min];[max].
type Datum struct {
	Label string
	Value float64 // in Unit
	Unit  string  // "", s, ms, us, %, B, KB, MB, TB, c
}

// mostData bounds how many measurements of one run are kept.
const mostData = 50

// perfdata reads measurements; what is none is left out, since plugins get this
// wrong more often than right and their verdict counts all the same.
func perfdata(s string) []Datum {
	var out []Datum
	for s = strings.TrimSpace(s); s != "" && len(out) < mostData; s = strings.TrimSpace(s) {
		var label, value string
		var ok bool
		if label, s, ok = cutLabel(s); !ok {
			return out
		}
		value, s, _ = strings.Cut(s, " ")
		value, _, _ = strings.Cut(value, ";")
		n := len(value)
		for n > 0 && !strings.ContainsRune("0123456789.", rune(value[n-1])) {
			n--
		}
		v, err := strconv.ParseFloat(value[:n], 64)
		label = plain(label)
		if label == "" || err != nil || math.IsInf(v, 0) {
			continue
		}
		out = append(out, Datum{Label: label, Value: v, Unit: plain(value[n:])})
	}
	return out
}

// cutLabel takes a label, in single quotes if it holds blanks, and its "=".
func cutLabel(s string) (label, rest string, ok bool) {
	if !strings.HasPrefix(s, "'") {
		n := strings.IndexAny(s, "= ")
		if n < 0 {
			return "", "", false
		}
		if s[n] == ' ' { // a word that belongs to nothing
			return cutLabel(strings.TrimLeft(s[n:], " "))
		}
		return s[:n], s[n+1:], true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] != '\'':
			b.WriteByte(s[i])
		case i+1 < len(s) && s[i+1] == '\'': // two quotes are one
			b.WriteByte('\'')
			i++
		default:
			rest, ok = strings.CutPrefix(s[i+1:], "=")
			return b.String(), rest, ok
		}
	}
	return "", "", false
}
