package column

import (
	"strings"
	"testing"
	"unicode"
)

// FuzzLines: whatever stands in a ticket, no line is wider than said, and nothing
// reaches the terminal that it would obey.
func FuzzLines(f *testing.F) {
	f.Add("Printer doet het niet", "rt/101", 80)
	f.Add("\x1b[2J\u202eneppo\u0007", strings.Repeat("x", 300), 40)
	f.Add("een…twee\tdrie\nvier", "", 41)
	f.Fuzz(func(t *testing.T, text, right string, width int) {
		if width < 40 || width > 200 {
			return
		}
		right = Clean(right)
		if Count(right) > width-10 {
			right = string([]rune(right)[:width-10])
		}
		p := &Lines{Width: width, Cut: "..."}
		p.Ends(text, right)
		p.Wrap(" ", "   ", text)
		p.Rule("-")
		for line := range strings.Lines(p.String()) {
			line = strings.TrimSuffix(line, "\n")
			if Count(line) > width {
				t.Errorf("a line of %d columns, want at most %d: %q", Count(line), width, line)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
				t.Errorf("a line holds what a terminal obeys: %q", line)
			}
		}
	})
}
