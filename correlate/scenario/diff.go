package scenario

import (
	"slices"
	"strings"
)

// Diff returns the lines in which two texts differ, in order: "- " for one that
// only want has, "+ " for one that only have has.
func Diff(want, have string) []string {
	a, b := splitLines(want), splitLines(have)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a)*len(b) > mostCells {
		return append(marked("- ", a), marked("+ ", b)...)
	}
	return walk(a, b, common(a, b))
}

// mostCells bounds the work of a comparison; texts that differ by more are
// told whole.
const mostCells = 4 << 20

// common returns for each pair of rests of a and b how many lines they share at
// most, in order.
func common(a, b []string) [][]int32 {
	n := make([][]int32, len(a)+1)
	for i := range n {
		n[i] = make([]int32, len(b)+1)
	}
	for i := range slices.Backward(a) {
		for j := range slices.Backward(b) {
			if a[i] == b[j] {
				n[i][j] = n[i+1][j+1] + 1
				continue
			}
			n[i][j] = max(n[i+1][j], n[i][j+1])
		}
	}
	return n
}

func walk(a, b []string, n [][]int32) []string {
	var out []string
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			i, j = i+1, j+1
		case n[i+1][j] >= n[i][j+1]:
			out = append(out, "- "+a[i])
			i++
		default:
			out = append(out, "+ "+b[j])
			j++
		}
	}
	return append(append(out, marked("- ", a[i:])...), marked("+ ", b[j:])...)
}

func marked(mark string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = mark + l
	}
	return out
}

func splitLines(s string) []string {
	if s = strings.TrimRight(s, "\n"); s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
