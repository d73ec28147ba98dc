package web

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"headstart"
)

// previewBody is what a person would write, as edit takes it.
type previewBody struct {
	Variables map[string]string `json:"variables"`
}

// preview is a message as it would read, and who gets it (ruling 29).
type preview struct {
	Announcement string                `json:"announcement"`
	State        headstart.UpdateState `json:"state"` // of what is shown
	Phase        headstart.Phase       `json:"phase"`
	NextUpdateBy *time.Time            `json:"next_update_by"`
	Texts        []proof               `json:"texts"`
	Reach        reach                 `json:"reach"`
}

func (a *API) preview(w http.ResponseWriter, r *http.Request) {
	an, ok := a.announcement(w, r)
	if !ok {
		return
	}
	keys, err := decodeObject(http.MaxBytesReader(w, r.Body, maxCommand))
	if err != nil {
		rejectBody(w, err)
		return
	}
	var body previewBody
	wrong := readKeys(keys, []string{"variables"}, &body)
	for _, name := range slices.Sorted(maps.Keys(body.Variables)) {
		if !headstart.TypedName(name) {
			wrong = append(wrong, fieldError{"/variables" + pointer(name), "write one of " + strings.Join(headstart.Typable, ", ") + ", or for one language NAME.nl"})
		}
	}
	if len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the body does not say what preview needs", wrong...)
		return
	}
	u := edited(&an)
	if u == nil {
		writeProblem(w, http.StatusConflict, fmt.Sprintf("%s has no draft and nothing that users read", an.ID))
		return
	}
	typed := map[string]string{}
	if u.Basis != nil {
		maps.Copy(typed, u.Basis.Typed)
	}
	maps.Copy(typed, body.Variables)
	maps.DeleteFunc(typed, func(_, text string) bool { return strings.TrimSpace(text) == "" })
	if len(body.Variables) == 0 {
		typed = nil // as it is kept
	}
	i, _ := a.o.View.Find(string(an.Incident))
	state := an.Waiting()
	if an.Draft == nil {
		state = an.Standing(len(an.Updates) - 1)
	}
	writeJSON(w, http.StatusOK, preview{
		Announcement: an.ID, State: state, Phase: u.Phase, NextUpdateBy: u.NextUpdateBy,
		Texts: a.o.Editor.proofs(&an, u, typed, cmp.Or(a.o.Zone, time.UTC)), Reach: a.o.Editor.reachOf(a.o.View, &an, &i),
	})
}
