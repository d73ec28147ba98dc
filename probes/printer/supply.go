package printer

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tray is a place for paper.
type tray struct {
	name        string
	most, level int // negative: the printer does not know
}

// byHand finds trays that stand empty until somebody puts a sheet in.
var byHand = regexp.MustCompile(`(?i)by.?pass|multi.?purpose|\bMP ?TRAY|manual|envelope|handinvoer`)

// smallTray is what a tray by hand holds at most.
const smallTray = 200

// main reports whether people expect paper in t.
func (t tray) main() bool {
	if t.name == "" {
		return t.most > smallTray
	}
	return !byHand.MatchString(t.name)
}

func (t tray) empty() bool { return t.level == 0 && t.most > 0 && t.main() }

// kindOf supply.
type kindOf int

const (
	ink   kindOf = iota + 1 // toner, ink: what runs out
	waste                   // its level may be what is left or what is in it
	part                    // drum, fuser, roller: what wears out
)

// Types of prtMarkerSuppliesType.
var supplyTypes = map[int]kindOf{
	3: ink, 4: waste, 5: ink, 6: ink, 7: ink, 8: waste, 9: part, 10: part, 11: part, 12: ink, 13: ink, 14: waste, 15: part,
	16: part, 17: part, 18: part, 19: part, 20: part, 21: ink, 22: part, 24: waste,
}

var (
	wasteWords = regexp.MustCompile(`(?i)waste|resttoner|afval|collector`)
	partWords  = regexp.MustCompile(`(?i)drum|opc|photoconduct|imaging unit|fus(er|ing)|belt|roller|transfer|filter|kit|developer|cleaner|\broll\b`)
	inkWords   = regexp.MustCompile(`(?i)toner|ink|cartridge`)
)

// supply is something the printer uses up.
type supply struct {
	name        string
	kind        kindOf
	most, level int // as the printer counts; negative: it does not know
	inPages     bool
}

// Units of prtMarkerSuppliesSupplyUnit that are pages.
const (
	unitImpressions = 7
	unitSheets      = 8
)

func newSupply(name string, kind, unit, most, level int) supply {
	s := supply{name: shortened(name), kind: supplyTypes[kind], most: most, level: level}
	s.inPages = unit == unitImpressions || unit == unitSheets
	if s.kind == 0 {
		switch {
		case wasteWords.MatchString(name):
			s.kind = waste
		case partWords.MatchString(name) || !inkWords.MatchString(name):
			s.kind = part
		default:
			s.kind = ink
		}
	}
	return s
}

// percent is what is left; ok is false where the printer does not know, or what it
// counts in makes no sense: never compute with its negative numbers.
func (s supply) percent() (left float64, ok bool) {
	if s.most <= 0 || s.level < 0 || s.level > s.most {
		return 0, false
	}
	return 100 * float64(s.level) / float64(s.most), true
}

// lowPercent is where somebody should order.
const lowPercent = 10

// low returns the condition a low level is; empty if it is not low. A waste
// container's level is not judged: some count what is in it, others what fits.
func (s supply) low() string {
	left, ok := s.percent()
	switch {
	case !ok || left > lowPercent || s.kind == waste:
		return ""
	case s.kind == part:
		return partWorn
	}
	return tonerLow
}

func (s supply) words() string {
	left, _ := s.percent()
	return fmt.Sprintf("%s %.0f %%", s.name, left)
}

// serials are what names of supplies carry and nobody orders by.
var serials = regexp.MustCompile(`(?i)[,;]?\s*(S/N|SN|Serial)\s*[:#]?\s*\S*$|[,;]\s*SN\S*`)

// shortened leaves serial numbers out: a new cartridge of the same kind is the same
// supply.
func shortened(name string) string {
	short := strings.TrimRight(serials.ReplaceAllString(name, ""), " ,;")
	if short == "" {
		return "supply"
	}
	return short
}

// mostText is how much of a device's own text is taken over.
const mostText = 80

// clean makes text of a device fit for one line: no control characters, at most 80
// bytes, valid UTF-8. Printers send hex dumps, line ends and NULs.
func clean(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))), " ")
	if len(s) <= mostText {
		return s
	}
	cut := mostText - len("…")
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
