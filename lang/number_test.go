package lang

import "testing"

func TestNumber(t *testing.T) {
	for n, want := range map[int][2]string{
		0: {"0", "0"}, 12: {"12", "12"}, 999: {"999", "999"}, 1000: {"1.000", "1,000"}, 1228: {"1.228", "1,228"},
		123456: {"123.456", "123,456"}, 1234567: {"1.234.567", "1,234,567"}, -1228: {"-1.228", "-1,228"}, -12: {"-12", "-12"},
	} {
		if nl, en := Number("nl", n), Number("en", n); nl != want[0] || en != want[1] {
			t.Errorf("%d is %q in Dutch and %q in English, want %q", n, nl, en, want)
		}
	}
}
