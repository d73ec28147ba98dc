package incidents

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"headstart"
)

// mostPageStates bounds the rows one may make: the engine does not know which pages
// there are.
const mostPageStates = 100

// stateWords are the states of a page as the desk reads them: Dutch, English.
var stateWords = map[string][2]string{
	"works":   {"alles werkt", "all works"},
	"planned": {"gepland werk", "planned work"},
	"partly":  {"niet alles werkt", "not all works"},
	"down":    {"grote storing", "major outage"},
}

// setPageState sets the headline of a public page by hand, or with value false takes
// that back. It ends by itself: a person who forgot it is no reason for a page that
// never turns green, or red, again.
func (b *book) setPageState(c *headstart.Command) error {
	key := headstart.PageStateKey(c.Ref)
	if c.Value != nil && !*c.Value {
		if b.desk[key] == nil {
			return missing(fmt.Sprintf("the state of page /s/%s is not set by hand", c.Ref))
		}
		delete(b.desk, key)
		b.dirty.del(headstart.TableDesk, key)
		b.note(headstart.Decision{Rule: "H-01", Outcome: "page_state_released", By: c.By, Subject: pagePath(c.Ref)})
		return nil
	}
	switch {
	case !slices.Contains(headstart.PageStates, c.Kind):
		return fmt.Errorf("kind is %.20q; write one of %s", c.Kind, strings.Join(headstart.PageStates, ", "))
	case strings.TrimSpace(c.Text) == "":
		return errors.New("text is empty; write why the page is set by hand, for the colleague who finds it so")
	case !c.Until.After(b.now) || c.Until.Sub(b.now) > headstart.LongestPageState:
		return errors.New("until is not within a week from now; write when it ends")
	case b.desk[key] == nil && b.pageStates() >= mostPageStates:
		return fmt.Errorf("the states of %d pages are set by hand; take one back first", mostPageStates)
	}
	words := stateWords[c.Kind]
	b.desk[key] = &headstart.DeskNote{
		V: 1, ID: key, Kind: "notice", By: c.By, At: b.now, Until: c.Until, State: c.Kind,
		Text: fmt.Sprintf(b.because("statuspagina %s staat met de hand op: %s (%s)", "status page %s is set by hand to: %s (%s)"), pagePath(c.Ref), b.because(words[0], words[1]), c.Text),
	}
	b.dirty.put(headstart.TableDesk, key, b.desk[key])
	b.fadeLater()
	b.note(headstart.Decision{Rule: "H-01", Outcome: "page_state", By: c.By, Subject: pagePath(c.Ref), Facts: facts("state", c.Kind, "until", stamp(&c.Until), "because", c.Text)})
	return nil
}

func (b *book) pageStates() (n int) {
	for _, note := range b.desk {
		if _, ok := note.Page(); ok {
			n++
		}
	}
	return n
}

// pagePath is where readers find a page.
func pagePath(page string) string {
	if page == "" {
		return "/s/"
	}
	return "/s/" + page + "/"
}
