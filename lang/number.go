package lang

import "strconv"

// Number writes n as people of a language do: 1.228 in Dutch, 1,228 in English.
func Number(language string, n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	mark := byte('.')
	if language == "en" {
		mark = ','
	}
	out := make([]byte, 0, len(digits)+len(digits)/3)
	for k := range digits {
		if k > 0 && (len(digits)-k)%3 == 0 {
			out = append(out, mark)
		}
		out = append(out, digits[k])
	}
	return sign + string(out)
}
