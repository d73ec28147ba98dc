package public

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"

	"headstart/chart"
)

// badgeStyle dresses the badge for light and dark surroundings: the colours of the
// page, 4.5:1 against their ground.
const badgeStyle = `text{font:600 13px "Segoe UI",system-ui,sans-serif;fill:#1d2329}rect{fill:#fff;stroke:#8a929b}` +
	`.ic{fill:none;stroke:currentColor;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}` +
	`.red{color:#b3261e}.amber{color:#855600}.blue{color:#1f5fa8}.grey{color:#565f69}.green{color:#256b45}` +
	`@media(prefers-color-scheme:dark){text{fill:#e9ecef}rect{fill:#1c2127;stroke:#6d7883}` +
	`.red{color:#ff8a80}.amber{color:#f2c14e}.blue{color:#8ab8f0}.grey{color:#a3adb8}.green{color:#7fcf9f}}`

// badgePolicy allows the badge its own style and nothing else.
var badgePolicy = "default-src 'none'; style-src 'sha256-" + base64Hash(badgeStyle) + "'; frame-ancestors 'none'; base-uri 'none'"

func base64Hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// badge is the page's headline as a picture for other pages: a shape, a colour and
// the words, and the words once more for who cannot see it.
func (e *edition) badge(s *State) ([]byte, error) {
	head, _ := e.headline(s)
	const height, pad, sign = 28, 8, 16
	text := utf8.RuneCountInString(head) * 15 / 2 // 7.5 px a letter; textLength makes it so in any font
	width := pad + sign + 6 + text + pad
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="t" lang="%s" class="%s">`,
		width, height, width, height, e.words.Lang, s.Level)
	fmt.Fprintf(&b, `<title id="t">%s</title><style>%s</style>`, xmlText(e.title(s)+": "+head), badgeStyle)
	fmt.Fprintf(&b, `<rect x=".5" y=".5" width="%d" height="%d" rx="6"/>`, width-1, height-1)
	fmt.Fprintf(&b, `<svg x="%d" y="%d" width="%d" height="%d">%s</svg>`, pad, (height-sign)/2, sign, sign, chart.LevelIcon(string(s.Level)))
	fmt.Fprintf(&b, `<text x="%d" y="%d" textLength="%d" lengthAdjust="spacingAndGlyphs" aria-hidden="true">%s</text></svg>`+"\n", pad+sign+6, 19, text, xmlText(head))
	return []byte(b.String()), nil
}

// xmlText makes s safe between tags and in attributes; what XML cannot carry
// becomes U+FFFD.
func xmlText(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err) // a Builder takes everything
	}
	return b.String()
}
