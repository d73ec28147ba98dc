package lang

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Month renders the month t lies in, "november 2026".
func (w *Words) Month(t time.Time) string {
	t = t.In(w.Zone)
	return fmt.Sprintf("%s %d", w.months()[t.Month()-1], t.Year())
}

// Weekday is the name of a day of the week.
func (w *Words) Weekday(d time.Weekday) string {
	if w.Lang == "nl" {
		return dutchDays[d]
	}
	return d.String()
}

// Decimal renders x with so many decimals as people of the language write it: 4,2 in
// Dutch, 4.2 in English. A zero at the end stays: 4,0 was measured as finely as 4,2.
func (w *Words) Decimal(x float64, decimals int) string {
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	whole, rest, _ := strings.Cut(s, ".")
	if n, err := strconv.Atoi(whole); err == nil && n != 0 {
		whole = Number(w.Lang, n)
	}
	switch {
	case rest == "":
		return whole
	case w.Lang == "nl":
		return whole + "," + rest
	default:
		return whole + "." + rest
	}
}
