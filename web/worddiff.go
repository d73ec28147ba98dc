package web

import (
	"slices"
	"strings"
)

// piece is a run of words that both texts have, or one of them alone.
type piece struct {
	Text       string
	Added, Cut bool
}

// mostDiffed is how many words of a text are compared one by one: a message has about
// a hundred. Of longer texts the old one is cut whole and the new one added.
const mostDiffed = 400

// wordDiff says how the words of one text became those of another: a longest common
// subsequence, cut before added.
func wordDiff(was, is string) []piece {
	a, b := strings.Fields(was), strings.Fields(is)
	var out runs
	if len(a) > mostDiffed || len(b) > mostDiffed {
		out.put(piece{Text: strings.Join(a, " "), Cut: true})
		out.put(piece{Text: strings.Join(b, " "), Added: true})
		return out
	}
	common := commonLengths(a, b)
	n, m := 0, 0
	for n < len(a) || m < len(b) {
		switch {
		case n < len(a) && m < len(b) && a[n] == b[m]:
			out.put(piece{Text: a[n]})
			n, m = n+1, m+1
		case m == len(b) || n < len(a) && common[n+1][m] >= common[n][m+1]:
			out.put(piece{Text: a[n], Cut: true})
			n++
		default:
			out.put(piece{Text: b[m], Added: true})
			m++
		}
	}
	return out
}

// commonLengths holds the length of the longest common subsequence of a[n:] and b[m:].
func commonLengths(a, b []string) [][]int {
	out := make([][]int, len(a)+1)
	for n := range out {
		out[n] = make([]int, len(b)+1)
	}
	for n, x := range slices.Backward(a) {
		for m, y := range slices.Backward(b) {
			if x == y {
				out[n][m] = out[n+1][m+1] + 1
			} else {
				out[n][m] = max(out[n+1][m], out[n][m+1])
			}
		}
	}
	return out
}

// runs joins neighbours of one kind.
type runs []piece

func (r *runs) put(p piece) {
	if p.Text == "" {
		return
	}
	if n := len(*r); n > 0 && (*r)[n-1].Added == p.Added && (*r)[n-1].Cut == p.Cut {
		(*r)[n-1].Text += " " + p.Text
		return
	}
	*r = append(*r, p)
}
