package headstart

import (
	"fmt"
	"testing"
)

// One in twenty of the tickets linked without a person is put before one, the same
// ones whoever asks; what a person linked, or ruled on, is not.
func TestToReview(t *testing.T) {
	const all = 20_000
	chosen := 0
	for n := range all {
		x := TicketState{Ticket: Ticket{Source: "rt", ID: fmt.Sprint(n)}, Links: []Link{{Group: 1}, {Group: 2, Verdict: "linked", By: LinkedByRule}}}
		l := x.ToReview()
		if l == nil {
			continue
		}
		chosen++
		if l.Group != 2 || x.ToReview() != l {
			t.Fatalf("ticket %d: chosen %+v; want the link that was made, each time", n, l)
		}
		x.Links[1].By = "samira"
		if x.ToReview() != nil {
			t.Fatalf("ticket %d: a link of a person is to be reviewed", n)
		}
		x.Links[1].Verdict, x.Links[1].By = "", ""
		if x.ToReview() != nil {
			t.Fatalf("ticket %d: a suggestion is to be reviewed", n)
		}
	}
	if chosen < all*45/1000 || chosen > all*55/1000 {
		t.Errorf("%d of %d are to be reviewed; want about one in twenty", chosen, all)
	}
}
