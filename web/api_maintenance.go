package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"headstart"
)

// windowBody is the body of POST /api/v1/maintenance.
type windowBody struct {
	ID        string          `json:"id"` // empty: one is made
	Assets    []string        `json:"assets"`
	Services  []string        `json:"services"`
	Locations []string        `json:"locations"`
	StartsAt  time.Time       `json:"starts_at"`
	EndsAt    time.Time       `json:"ends_at"`
	Owner     string          `json:"owner"` // empty: the caller
	Summary   headstart.Names `json:"summary"`
}

var windowKeys = []string{"id", "assets", "services", "locations", "starts_at", "ends_at", "owner", "summary"}

// windowLetters are those of an id. Ids of windows that come again or from a
// calendar hold an @ as well, so no person's can meet theirs.
const windowLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

// farthest is how far ahead a time may lie: beyond, it is a typing mistake, and
// in the year 9999 no other zone can write it.
const farthest = 2 * 365 * 24 * time.Hour

// windowStates are the states a list may be asked for.
var windowStates = []string{"proposed", "coming", "running", "over", "cancelled"}

func (a *API) listMaintenance(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p, states, ok := pageOfStates(w, q, windowStates)
	if !ok {
		return
	}
	v, now := a.viewer(r), a.o.Now()
	told, out := toldOfWork(a.o.View), maintenanceList{Conflicts: []headstart.Conflict{}}
	var all []plannedWork
	for _, win := range a.o.View.Maintenance() {
		if !v.seesWindow(&win) || (q.Has("id") && win.ID != q.Get("id")) || (len(states) > 0 && !slices.Contains(states, win.State(now))) {
			continue
		}
		all = append(all, plannedWork{win, workNotices(told[win.ID], v)})
	}
	out.Maintenance, out.NextCursor = cut(all, p)
	listed := map[string]bool{}
	for n := range out.Maintenance {
		listed[out.Maintenance[n].ID] = true
	}
	for _, c := range conflictsFor(a.o.View, v, now) {
		if listed[c.Window] || listed[c.Other] {
			out.Conflicts = append(out.Conflicts, c)
		}
	}
	writeJSON(w, http.StatusOK, out)
}

// moveBody is the body of POST /api/v1/maintenance/{id}/move.
type moveBody struct {
	StartsAt time.Time `json:"starts_at,omitzero"` // left out: as it is
	EndsAt   time.Time `json:"ends_at,omitzero"`
}

func (a *API) moveMaintenance(w http.ResponseWriter, r *http.Request) {
	keys, err := decodeObject(r.Body)
	if err != nil {
		rejectBody(w, err)
		return
	}
	var b moveBody
	if wrong := readKeys(keys, []string{"starts_at", "ends_at"}, &b); len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the body does not say what move needs", wrong...)
		return
	}
	c := a.windowChange(r)
	win, why := c.move(r.PathValue("id"), b.StartsAt, b.EndsAt)
	a.planned(w, r, win, why)
}

func (a *API) planMaintenance(w http.ResponseWriter, r *http.Request) {
	keys, err := decodeObject(r.Body)
	if err != nil {
		rejectBody(w, err)
		return
	}
	var b windowBody
	wrong := readKeys(keys, windowKeys, &b)
	if wrong = append(wrong, a.checkWindow(&b)...); len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the body does not describe planned work", wrong...)
		return
	}
	c := a.windowChange(r)
	win := c.newWindow(headstart.MaintenanceWindow{
		ID: b.ID, Assets: b.Assets, Services: b.Services, Locations: b.Locations,
		StartsAt: b.StartsAt, EndsAt: b.EndsAt, Summary: b.Summary, Owner: b.Owner,
	})
	if !viewerOf(c.by, a.o.View).actsOnWindow(&win) {
		writeProblem(w, http.StatusForbidden, refusals[windowForbidden])
		return
	}
	if slices.ContainsFunc(a.o.View.Maintenance(), func(x headstart.MaintenanceWindow) bool { return x.ID == win.ID }) {
		writeProblem(w, http.StatusConflict, "planned work has this id already; leave the id out and one is made")
		return
	}
	a.plan(w, r, win, http.StatusCreated)
}

// changeMaintenance answers what do makes of the window in the path.
func (a *API) changeMaintenance(do func(*windowChange, string) (headstart.MaintenanceWindow, refusal)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if keys, err := decodeObject(r.Body); err != nil {
			rejectBody(w, err)
			return
		} else if wrong := readKeys(keys, nil, nil); len(wrong) > 0 {
			writeProblem(w, http.StatusUnprocessableEntity, "this takes no keys", wrong...)
			return
		}
		c := a.windowChange(r)
		win, why := do(&c, r.PathValue("id"))
		a.planned(w, r, win, why)
	}
}

// planned records a window that was changed, or answers why it was not.
func (a *API) planned(w http.ResponseWriter, r *http.Request, win headstart.MaintenanceWindow, why refusal) {
	switch why {
	case allowed:
		a.plan(w, r, win, http.StatusOK)
	case windowUnknown:
		writeProblem(w, http.StatusNotFound, refusals[why])
	case windowForbidden:
		writeProblem(w, http.StatusForbidden, refusals[why])
	case windowTimes:
		writeProblem(w, http.StatusUnprocessableEntity, refusals[why])
	default:
		writeProblem(w, http.StatusConflict, refusals[why])
	}
}

func (a *API) windowChange(r *http.Request) windowChange {
	return windowChange{view: a.o.View, now: a.o.Now(), by: headstart.IdentityFrom(r.Context())}
}

// plan records a window and answers with it.
func (a *API) plan(w http.ResponseWriter, r *http.Request, win headstart.MaintenanceWindow, status int) {
	if a.o.Plan == nil {
		writeProblem(w, http.StatusNotFound, "this installation does not offer it")
		return
	}
	pending, err := a.o.Plan(r.Context(), win)
	if err != nil {
		a.failed(w, err)
		return
	}
	if pending {
		status = http.StatusAccepted
	}
	w.Header().Set("Location", "/api/v1/maintenance?id="+url.QueryEscape(win.ID))
	writeJSON(w, status, win)
}

func (a *API) checkWindow(b *windowBody) (wrong []fieldError) {
	if len(b.ID) > 64 || strings.Trim(b.ID, windowLetters) != "" {
		wrong = append(wrong, fieldError{"/id", "write at most 64 letters, digits, dashes and dots, or leave it out"})
	}
	switch {
	case b.StartsAt.IsZero():
		wrong = append(wrong, fieldError{"/starts_at", "is needed"})
	case b.StartsAt.After(a.o.Now().Add(farthest)):
		wrong = append(wrong, fieldError{"/starts_at", "is more than two years away"})
	}
	switch {
	case b.EndsAt.IsZero():
		wrong = append(wrong, fieldError{"/ends_at", "is needed"})
	case !b.EndsAt.After(b.StartsAt):
		wrong = append(wrong, fieldError{"/ends_at", "lies before starts_at"})
	case b.EndsAt.Sub(b.StartsAt) > longestWindow:
		wrong = append(wrong, fieldError{"/ends_at", "is more than 31 days after starts_at; plan shorter windows"})
	case !b.EndsAt.After(a.o.Now()):
		wrong = append(wrong, fieldError{"/ends_at", "lies in the past"})
	}
	if len(b.Assets)+len(b.Services)+len(b.Locations) == 0 {
		wrong = append(wrong, fieldError{"", "one of assets, services, locations is needed"})
	}
	cat := a.o.View.Catalog()
	unknown := func(key string, ids []string, known func(string) bool) {
		for _, id := range ids {
			if !known(id) {
				wrong = append(wrong, fieldError{pointer(key), "the catalog has no " + cutText(id, 64)})
			}
		}
	}
	service := func(id string) bool { return cat.ServiceByID(id) != nil }
	unknown("assets", b.Assets, func(id string) bool { return cat.DeviceByID(id) != nil || service(id) })
	unknown("services", b.Services, service)
	unknown("locations", b.Locations, func(id string) bool { return cat.LocationByID(id) != nil })
	return wrong
}
