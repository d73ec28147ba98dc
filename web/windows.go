package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"headstart"
)

// windowChange is what a person does to planned work. It holds what API and page
// share: who may, what is refused and why, what the log is told.
type windowChange struct {
	view *headstart.View
	now  time.Time
	by   headstart.Identity
}

// refusal is why a window was left as it is, for a status and a person.
type refusal int

// The reasons.
const (
	allowed refusal = iota
	windowUnknown
	windowForbidden
	windowOver
	windowNoProposal
	windowEmpty
	windowTimes
)

// refusals say in words of the API why.
var refusals = map[refusal]string{
	windowUnknown:    "no planned work has this id",
	windowForbidden:  "this work lies outside the locations of your account, or is confidential",
	windowOver:       "this work is over or cancelled already",
	windowNoProposal: "this work is no proposal; it counts already",
	windowTimes:      "the work must end after it begins and after now, last at most 31 days, and begin within two years; work that runs keeps its begin",
	windowEmpty:      "this proposal names nothing the catalog knows; plan the work by hand and say what it covers",
}

// find returns the window with id that the caller may change.
func (c *windowChange) find(id string) (headstart.MaintenanceWindow, refusal) {
	all := c.view.Maintenance()
	n := slices.IndexFunc(all, func(w headstart.MaintenanceWindow) bool { return w.ID == id })
	switch {
	case n < 0:
		return headstart.MaintenanceWindow{}, windowUnknown
	case !viewerOf(c.by, c.view).actsOnWindow(&all[n]):
		return headstart.MaintenanceWindow{}, windowForbidden
	case all[n].Over(c.now):
		return headstart.MaintenanceWindow{}, windowOver
	}
	return all[n], allowed
}

// end ends running work now, and cancels what has not begun.
func (c *windowChange) end(id string) (headstart.MaintenanceWindow, refusal) {
	w, why := c.find(id)
	if why != allowed {
		return w, why
	}
	if now := c.now.UTC().Truncate(time.Millisecond); now.After(w.StartsAt) {
		w.EndsAt = now
	} else {
		w.Cancelled = true
	}
	w.By = c.by.Name
	return w, allowed
}

// move gives work other times; zero leaves one as it is. Users who were told of it are
// told the new ones.
func (c *windowChange) move(id string, from, to time.Time) (headstart.MaintenanceWindow, refusal) {
	w, why := c.find(id)
	if why != allowed {
		return w, why
	}
	began := w.Running(c.now)
	if !from.IsZero() && !from.Equal(w.StartsAt) {
		if began {
			return w, windowTimes
		}
		w.StartsAt = from.UTC().Truncate(time.Millisecond)
	}
	if !to.IsZero() {
		w.EndsAt = to.UTC().Truncate(time.Millisecond)
	}
	if !w.EndsAt.After(w.StartsAt) || !w.EndsAt.After(c.now) || w.EndsAt.Sub(w.StartsAt) > longestWindow || w.StartsAt.After(c.now.Add(farthest)) {
		return w, windowTimes
	}
	w.By = c.by.Name
	return w, allowed
}

// approve makes a proposal count (ruling 44).
func (c *windowChange) approve(id string) (headstart.MaintenanceWindow, refusal) {
	w, why := c.find(id)
	switch {
	case why != allowed:
		return w, why
	case !w.Proposed:
		return w, windowNoProposal
	case w.Empty():
		return w, windowEmpty
	}
	w.Proposed, w.By = false, c.by.Name
	return w, allowed
}

// newWindow completes a window a person plans.
func (c *windowChange) newWindow(w headstart.MaintenanceWindow) headstart.MaintenanceWindow {
	w.ID = cmp.Or(w.ID, "W-"+strings.ToLower(rand.Text()[:10]))
	w.StartsAt, w.EndsAt = w.StartsAt.UTC(), w.EndsAt.UTC()
	w.By = c.by.Name
	w.Owner = cmp.Or(w.Owner, c.by.Name)
	return w
}

// planner appends a window; pending means that it is durable but the view has
// not passed it yet.
type planner func(ctx context.Context, w headstart.MaintenanceWindow) (pending bool, err error)

// longestWindow is where a typing mistake is likelier than a plan: a window
// silences what fails inside it.
const longestWindow = 31 * 24 * time.Hour

// windowPlaces are the locations of what w covers.
func windowPlaces(cat *headstart.Catalog, w *headstart.MaintenanceWindow) []string {
	places := slices.Clone(w.Locations)
	for _, id := range w.Assets {
		if d := cat.DeviceByID(id); d != nil && d.Location != "" {
			places = append(places, d.Location)
		}
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// windowConfidential reports whether w touches anything confidential.
func windowConfidential(cat *headstart.Catalog, w *headstart.MaintenanceWindow) bool {
	return cat.Confidential(slices.Concat(w.Assets, w.Services)...)
}
