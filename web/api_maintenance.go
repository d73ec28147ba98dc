package web

import (
	"cmp"
	"crypto/rand"
	"net/http"
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

// longestWindow is where a typing mistake is likelier than a plan: a window
// silences what fails inside it.
const longestWindow = 31 * 24 * time.Hour

// farthest is how far ahead a time may lie: beyond, it is a typing mistake, and
// in the year 9999 no other zone can write it.
const farthest = 2 * 365 * 24 * time.Hour

func (a *API) listMaintenance(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, maintenanceList{Maintenance: append([]headstart.MaintenanceWindow{}, a.o.View.Maintenance()...)})
}

func (a *API) planMaintenance(w http.ResponseWriter, r *http.Request) {
	if a.o.Plan == nil {
		writeProblem(w, http.StatusNotFound, "this installation does not offer it")
		return
	}
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
	win := headstart.MaintenanceWindow{
		ID: cmp.Or(b.ID, "W-"+strings.ToLower(rand.Text()[:10])), Assets: b.Assets, Services: b.Services, Locations: b.Locations,
		StartsAt: b.StartsAt.UTC(), EndsAt: b.EndsAt.UTC(), Summary: b.Summary,
		Owner: cmp.Or(b.Owner, headstart.IdentityFrom(r.Context()).Name),
	}
	pending, err := a.o.Plan(r.Context(), win)
	switch {
	case err != nil:
		a.failed(w, err)
	case pending:
		w.Header().Set("Location", "/api/v1/maintenance")
		writeJSON(w, http.StatusAccepted, win)
	default:
		w.Header().Set("Location", "/api/v1/maintenance")
		writeJSON(w, http.StatusCreated, win)
	}
}

func (a *API) checkWindow(b *windowBody) (wrong []fieldError) {
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
