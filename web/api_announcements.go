package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"headstart"
)

// announcementList is a page of them.
type announcementList struct {
	Announcements []shownAnnouncement `json:"announcements"`
	NextCursor    string              `json:"next_cursor"`
}

// shownAnnouncement is an announcement with what follows from it.
type shownAnnouncement struct {
	headstart.Announcement
	Waiting  headstart.UpdateState   `json:"waiting"`  // draft, waiting, approved or scheduled; empty: no draft
	Standing []headstart.UpdateState `json:"standing"` // of each update
}

func shown(a headstart.Announcement) shownAnnouncement {
	s := shownAnnouncement{Announcement: a, Waiting: a.Waiting(), Standing: make([]headstart.UpdateState, len(a.Updates))}
	for n := range a.Updates {
		s.Standing[n] = a.Standing(n)
	}
	return s
}

// announcementStates are those a list may be asked for: of an announcement, or of its
// draft.
var announcementStates = []string{
	"draft", "published", "final", "withdrawn", "discarded",
	string(headstart.UpdateWaiting), string(headstart.UpdateApproved), string(headstart.UpdateScheduled),
}

func (a *API) listAnnouncements(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p, states, ok := pageOfStates(w, q, announcementStates)
	if !ok {
		return
	}
	v, incident := a.viewer(r), strings.ToUpper(q.Get("incident"))
	var all []shownAnnouncement
	for _, an := range a.all() {
		wanted := len(states) == 0 || slices.Contains(states, string(an.State)) || slices.Contains(states, string(an.Waiting()))
		if wanted && v.seesAnnouncement(&an) && (incident == "" || an.About(headstart.IncidentID(incident))) {
			all = append(all, shown(an))
		}
	}
	var out announcementList
	out.Announcements, out.NextCursor = cut(all, p)
	writeJSON(w, http.StatusOK, out)
}

// all are the announcements of incidents, then those of planned work.
func (a *API) all() []headstart.Announcement {
	return slices.Concat(a.o.View.Announcements(), a.o.View.PlannedAnnouncements())
}

func (a *API) showAnnouncement(w http.ResponseWriter, r *http.Request) {
	if an, ok := a.announcement(w, r); ok {
		writeJSON(w, http.StatusOK, shown(an))
	}
}

// announcement finds the one a request names, if its caller may see it.
func (a *API) announcement(w http.ResponseWriter, r *http.Request) (headstart.Announcement, bool) {
	id := r.PathValue("id")
	for _, an := range a.all() {
		switch {
		case an.ID != id:
		case !a.viewer(r).seesAnnouncement(&an):
			writeProblem(w, http.StatusForbidden, "this announcement is confidential; an approver or admin may read it")
			return an, false
		default:
			return an, true
		}
	}
	writeProblem(w, http.StatusNotFound, fmt.Sprintf("no announcement %.80q; GET /api/v1/announcements lists them", id))
	return headstart.Announcement{}, false
}
