package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"headstart"
)

// pageStates is what GET /api/v1/page-state answers.
type pageStates struct {
	States []pageState `json:"states"` // by page
}

// pageState is the headline of a public page that a person set.
type pageState struct {
	Page  string    `json:"page"`  // id of publish.pages; empty: the page at /s/
	State string    `json:"state"` // works planned partly down
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Until time.Time `json:"until"`
	Text  string    `json:"text"` // as the desk reads it
}

func (a *API) showPageStates(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, pageStates{States: pageStatesAt(a.o.View, a.o.Now())})
}

// pageStatesAt are those that hold at now.
func pageStatesAt(view *headstart.View, now time.Time) []pageState {
	out := []pageState{}
	for page, n := range view.PageStates() {
		if now.Before(n.Until) {
			out = append(out, pageState{Page: page, State: n.State, By: n.By, At: n.At, Until: n.Until, Text: n.Text})
		}
	}
	slices.SortFunc(out, func(a, b pageState) int { return cmp.Compare(a.Page, b.Page) })
	return out
}

// wrongPageState names what keeps a page from being set by hand: an id misspelt here
// would change no page.
func (a *API) wrongPageState(c *headstart.Command) (wrong []fieldError) {
	if !slices.Contains(a.o.Pages, c.Ref) {
		wrong = append(wrong, fieldError{"/ref", fmt.Sprintf("no public page has the id %.64q; write one of publish.pages, or leave it out for the page at /s/", c.Ref)})
	}
	if c.Value != nil && !*c.Value {
		return wrong
	}
	if !slices.Contains(headstart.PageStates, c.Kind) {
		wrong = append(wrong, fieldError{"/kind", "write one of " + strings.Join(headstart.PageStates, ", ")})
	}
	if strings.TrimSpace(c.Text) == "" {
		wrong = append(wrong, fieldError{"/text", "is needed: why, for the colleague who finds the page so"})
	}
	if until := c.Until.Sub(a.o.Now()); c.Until.IsZero() || until > headstart.LongestPageState {
		wrong = append(wrong, fieldError{"/until", "write when it ends, within a week"})
	}
	return wrong
}
