package evidence

import (
	"slices"
	"strconv"
	"strings"
)

// What people call a floor, and the numbers of floors in words. In Dutch, and in
// most of Europe's English, the first floor is one flight up.
var (
	floorWords = set("verdieping verdiep verd etage etages floor vloer bouwlaag")
	floorNames = map[string]int{
		"gelijkvloers": 0, "begane": 0, "parterre": 0, "ground": 0, "kelder": -1, "basement": -1,
	}
	ordinals = map[string]int{
		"eerste": 1, "tweede": 2, "derde": 3, "vierde": 4, "vijfde": 5, "zesde": 6, "zevende": 7, "achtste": 8, "negende": 9, "tiende": 10,
		"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
	}
)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// highest is the highest floor that is believed: a larger number is something else.
const highest = 60

// floors returns the floors a text names, lowest first: "3e verdieping", "floor 3",
// "op de derde", "gelijkvloers".
func floors(tokens []string) []int {
	var out []int
	for i, t := range tokens {
		next, before := at(tokens, i+1), at(tokens, i-1)
		if n, ok := floorNames[t]; ok {
			if t == "begane" && next != "grond" || t == "ground" && next != "floor" {
				continue
			}
			out = append(out, n)
			continue
		}
		n, ordinal, ok := floorNumber(t)
		switch {
		case !ok:
		case floorWords[next], !ordinal && floorWords[before]:
			out = append(out, n)
		case ordinal && (before == "de" || before == "het") && upThere[at(tokens, i-2)] && !numbered[next]:
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var (
	upThere  = set("op")                                                                   // op de derde
	numbered = set("keer maal dag week maand plaats poging rij lijn melding ticket ronde") // op de tweede plaats
)

func at(tokens []string, i int) string {
	if i < 0 || i >= len(tokens) {
		return ""
	}
	return tokens[i]
}

// floorNumber reads a number of a floor; ordinal: it says which one (3e, derde),
// not how many.
func floorNumber(t string) (n int, ordinal, ok bool) {
	if n, ok = ordinals[t]; ok {
		return n, true, true
	}
	digits := strings.TrimRight(t, "abcdefghijklmnopqrstuvwxyz")
	switch t[len(digits):] {
	case "e", "de", "ste", "st", "nd", "rd", "th":
		ordinal = true
	case "":
	default:
		return 0, false, false
	}
	n, err := strconv.Atoi(digits)
	return n, ordinal, err == nil && n <= highest
}
