package headstart

import (
	"strings"
	"time"
)

// PageStates are what a person can say that the headline of a public page is, the best
// first. What is said holds until it ends or is taken back, whatever the checks say;
// a live announcement that is worse still shows.
var PageStates = []string{"works", "planned", "partly", "down"}

// LongestPageState is how long a page's state can be set by hand: nobody remembers
// next month why the page is green.
const LongestPageState = 7 * 24 * time.Hour

// pageStatePrefix begins the keys of rows of TableDesk that are states of pages.
const pageStatePrefix = "page-state/"

// PageStateKey is the key of the note that holds the state of a page, by the id of
// publish.pages; empty: the page at /s/.
func PageStateKey(page string) string { return pageStatePrefix + page }

// Page is which public page the note is the state of; ok is false of other notes.
func (n *DeskNote) Page() (id string, ok bool) { return strings.CutPrefix(n.ID, pageStatePrefix) }

// PageStates are the states of pages that persons set, by the id of the page; ended
// ones among them.
func (v *View) PageStates() map[string]DeskNote {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.pageStates()
}

// pageStates is PageStates under v.mu.
func (v *View) pageStates() map[string]DeskNote {
	out := map[string]DeskNote{}
	for _, n := range v.desk {
		if page, ok := n.Page(); ok {
			out[page] = *n
		}
	}
	return out
}
