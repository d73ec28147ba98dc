package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/lang"
	"headstart/report/column"
)

// reviewCommand lists the links made without a person of which one is asked whether
// they are right.
func (p *program) reviewCommand(flags *clientFlags) *cobra.Command {
	return p.shows(&cobra.Command{
		Use:     "review",
		Short:   "links made without a person to judge, one in twenty of them",
		Example: "  headstart incidents review\n  headstart incidents confirm-link HS-3 rt/101",
		Args:    cobra.NoArgs,
	}, flags, always("/api/v1/tickets?review=true&limit=200"), told(p, (*reviewList).text))
}

// reviewList is what the API tells of tickets to review.
type reviewList struct {
	Tickets []struct {
		headstart.TicketState
		Title string `json:"title"`
	} `json:"tickets"`
}

// text is a line for each ticket with its reasons below, and how to judge it.
func (f *reviewList) text(say *lang.Words) string {
	out := &column.Lines{Width: width, Cut: "…"}
	if len(f.Tickets) == 0 {
		out.Wrap("", "", say.Say("tickets.review.none"))
	}
	for i := range f.Tickets {
		t := &f.Tickets[i]
		l := t.ToReview()
		if l == nil {
			continue
		}
		out.Wrap("", "  ", strings.Join([]string{t.Key(), string(l.Incident), t.Title}, " "))
		if len(l.For) > 0 {
			out.Wrap("    ", "      ", say.Say("ticket.for")+" "+strings.Join(l.For, "; "))
		}
		out.Wrap("    ", "      ", fmt.Sprintf("headstart incidents confirm-link|reject-link %s %s", l.Incident, t.Key()))
	}
	return out.String()
}
