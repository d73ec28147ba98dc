package alerts

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/alertmanager/pkg/labels"

	"headstart"
)

// gettableSilence is a silence as GET answers it: Alertmanager's schema.
type gettableSilence struct {
	ID          string              `json:"id"`
	Status      silenceStatus       `json:"status"`
	UpdatedAt   stamp               `json:"updatedAt"`
	Annotations map[string]string   `json:"annotations,omitempty"`
	Comment     string              `json:"comment"`
	CreatedBy   string              `json:"createdBy"`
	StartsAt    stamp               `json:"startsAt"`
	EndsAt      stamp               `json:"endsAt"`
	Matchers    []headstart.Matcher `json:"matchers"`
}

type silenceStatus struct {
	State string `json:"state"` // active, pending, expired
}

// Annotations that say what Alertmanager's other fields have no room for.
const (
	annotatedBy     = "headstart_by"     // who was logged in, if createdBy says another
	annotatedSource = "headstart_source" // the Alertmanager the silence is from
	annotatedEvery  = "headstart_every"  // when it comes back; a client may set it
	annotatedUntil  = "headstart_until"  // when the last time of it is over
)

func gettableSilenceOf(s *headstart.Silence, now time.Time) gettableSilence {
	g := gettableSilence{
		ID: s.ID, Status: silenceStatus{s.Status(now)}, UpdatedAt: stamp(s.UpdatedAt), Comment: s.Comment, CreatedBy: s.CreatedBy,
		StartsAt: stamp(s.StartsAt), EndsAt: stamp(s.EndsAt), Matchers: slices.Concat([]headstart.Matcher{}, s.Matchers),
		Annotations: maps.Clone(s.Annotations),
	}
	if s.EndsAt.IsZero() { // only a log written by hand has such a one; the schema wants a time
		g.EndsAt = stamp(latest)
	}
	until := ""
	if s.Every != "" && !s.Until.IsZero() {
		until = s.Until.UTC().Format(time.RFC3339)
	}
	for name, value := range map[string]string{annotatedBy: s.By, annotatedSource: s.Source, annotatedEvery: s.Every, annotatedUntil: until} {
		if value != "" {
			if g.Annotations == nil {
				g.Annotations = map[string]string{}
			}
			g.Annotations[name] = value
		}
	}
	return g
}

// getSilences answers GET /api/v2/silences in Alertmanager's order. A filter
// keeps the silences that have each of its matchers. Inhibitions are not among
// them: nobody can end them here.
func (a *API) getSilences(w http.ResponseWriter, r *http.Request) {
	values := r.URL.Query()
	filter, err := parseFilter(values["filter"])
	if err != nil {
		writeJSON(w, http.StatusBadRequest, err.Error())
		return
	}
	now := a.now()
	out := []gettableSilence{}
	for _, s := range a.view.Silences() {
		if s.Inhibits() == "" && flag(values, s.Status(now)) && hasMatchers(&s, filter) {
			out = append(out, gettableSilenceOf(&s, now))
		}
	}
	slices.SortStableFunc(out, bySilenceState)
	answer(w, r, out)
}

// hasMatchers reports whether each matcher of filter is one of s.
func hasMatchers(s *headstart.Silence, filter []*labels.Matcher) bool {
	for _, f := range filter {
		want := headstart.Matcher{
			Name: f.Name, Value: f.Value,
			IsEqual: f.Type == labels.MatchEqual || f.Type == labels.MatchRegexp,
			IsRegex: f.Type == labels.MatchRegexp || f.Type == labels.MatchNotRegexp,
		}
		if !slices.Contains(s.Matchers, want) {
			return false
		}
	}
	return true
}

// bySilenceState puts active ones first, the next to end ahead; then pending
// ones, the next to begin ahead; then expired ones, the latest ahead.
func bySilenceState(x, y gettableSilence) int {
	order := map[string]int{"active": 0, "pending": 1, "expired": 2}
	if c := cmp.Compare(order[x.Status.State], order[y.Status.State]); c != 0 {
		return c
	}
	switch x.Status.State {
	case "active":
		return time.Time(x.EndsAt).Compare(time.Time(y.EndsAt))
	case "pending":
		return time.Time(x.StartsAt).Compare(time.Time(y.StartsAt))
	default:
		return time.Time(y.EndsAt).Compare(time.Time(x.EndsAt))
	}
}

// getSilence answers GET /api/v2/silence/{id}.
func (a *API) getSilence(w http.ResponseWriter, r *http.Request) {
	id, ok := a.silenceID(w, r)
	if !ok {
		return
	}
	s, known := a.view.Silence(id)
	if !known {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	writeJSON(w, http.StatusOK, gettableSilenceOf(&s, a.now()))
}

// deleteSilence answers DELETE /api/v2/silence/{id}: the silence ends now. One
// that is over already stays so. One of an Alertmanager ends there, not here: it
// answers as if it were unknown (ruling 17).
func (a *API) deleteSilence(w http.ResponseWriter, r *http.Request) {
	id, ok := a.silenceID(w, r)
	if !ok {
		return
	}
	now := a.now()
	s, known := a.view.Silence(id)
	switch {
	case !known || s.Source != "":
		w.WriteHeader(http.StatusNotFound)
	case s.Status(now) == "expired":
		w.WriteHeader(http.StatusOK)
	default:
		end := headstart.Silence{ID: id, Matchers: []headstart.Matcher{}, Deleted: true, By: headstart.IdentityFrom(r.Context()).Name}
		if a.command(w, r, id, now, end) {
			w.WriteHeader(http.StatusOK)
		}
	}
}

// silenceID reads the id of the path as Alertmanager does.
func (a *API) silenceID(w http.ResponseWriter, r *http.Request) (string, bool) {
	id := r.PathValue("id")
	if !isUUID(id) {
		writeSchemaError(w, &schemaError{codeFormat, "silenceID in path must be of type uuid: \"" + id + "\""})
		return "", false
	}
	return id, true
}
