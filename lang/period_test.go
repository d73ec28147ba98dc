package lang

import (
	"testing"
	"time"
)

func TestPeriodsAndDecimals(t *testing.T) {
	nl, en := New("nl", time.UTC), New("en", time.UTC)
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct{ got, want string }{
		"month nl":      {nl.Month(at), "maart 2026"},
		"month en":      {en.Month(at), "March 2026"},
		"weekday nl":    {nl.Weekday(time.Monday), "maandag"},
		"weekday en":    {en.Weekday(time.Sunday), "Sunday"},
		"decimal nl":    {nl.Decimal(4.25, 1), "4,2"},
		"decimal en":    {en.Decimal(12345.6, 1), "12,345.6"},
		"no decimals":   {nl.Decimal(1234.4, 0), "1.234"},
		"a zero stays":  {nl.Decimal(4, 1), "4,0"},
		"below zero":    {nl.Decimal(-0.5, 1), "-0,5"},
		"less than one": {en.Decimal(0.25, 2), "0.25"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}
