package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/lang"
)

// knownList is one page of known errors, by id.
type knownList struct {
	KnownErrors []listedRecord `json:"known_errors"`
	NextCursor  string         `json:"next_cursor"` // empty: that was all
}

// listedRecord is a known error as the API tells it.
type listedRecord struct {
	headstart.KnownRecord
	Due    bool                `json:"review_due"`
	KBGone *headstart.DeadLink `json:"kb_gone"`                 // its article is not there any more; null: it is, or nobody looked
	Draft  string              `json:"article_draft,omitempty"` // made of what the record says; of one alone
}

// knownKeys are the keys of a known error that a body may carry.
var knownKeys = []string{
	"title", "services", "assets", "locations", "checks", "symptoms", "cause", "fix", "prevention", "workaround",
	"kb", "supplier_case", "problem", "review_by", "article", "confidential",
}

// knownBody is what a body of a known error may hold, for openapi.json.
type knownBody struct {
	Incident     string              `json:"incident"` // it is made of: what the body leaves out is what that one says
	Title        headstart.Names     `json:"title"`
	Services     []string            `json:"services"`
	Assets       []string            `json:"assets"`
	Locations    []string            `json:"locations"`
	Checks       []string            `json:"checks"`
	Symptoms     map[string][]string `json:"symptoms"`
	Cause        string              `json:"cause"`
	Fix          string              `json:"fix"`
	Prevention   string              `json:"prevention"`
	Workaround   headstart.Names     `json:"workaround"`
	KB           string              `json:"kb"`
	SupplierCase string              `json:"supplier_case"`
	Problem      string              `json:"problem"`
	ReviewBy     string              `json:"review_by"`
	Article      string              `json:"article"`
	Confidential bool                `json:"confidential"`
}

// retireBody is the body of retiring a known error.
type retireBody struct {
	Why   string `json:"why"`
	Value *bool  `json:"value"` // false takes it back into use
}

// knownRoutes are the lines of the table about known errors.
func (a *API) knownRoutes(page []apiParam) []apiRoute {
	return []apiRoute{
		{pattern: "GET /api/v1/known-errors", scope: headstart.ScopeRead, handler: a.listKnown, summary: "Known errors of catalog and desk, by id, with what was learned of each", answers: knownList{}, query: append([]apiParam{
			{"q", "words that must all be found"},
			{"service", "id of a service it is about"},
			{"state", "due: to be looked at again; retired; all; without it those in use"},
			{"lang", "nl or en: language of the draft"},
		}, page...)},
		{pattern: "GET /api/v1/known-errors/{id}", scope: headstart.ScopeRead, handler: a.showKnown, summary: "One known error, with the incidents it was the answer to and a draft of an article", answers: listedRecord{}},
		{pattern: "POST /api/v1/known-errors", scope: headstart.ScopeWrite, handler: a.makeKnown, summary: "Make a known error; of an incident, what the body leaves out is what that one says", sends: knownBody{}, answers: listedRecord{}, created: true},
		{pattern: "POST /api/v1/known-errors/{id}/edit", scope: headstart.ScopeWrite, handler: a.editKnown, summary: "Change a known error of the desk; a key left out stays as it is, an empty one is taken out", sends: knownBody{}, answers: listedRecord{}},
		{pattern: "POST /api/v1/known-errors/{id}/retire", scope: headstart.ScopeWrite, handler: a.retireKnown, summary: "Retire a known error of the desk; value false takes it back into use", sends: retireBody{}, answers: listedRecord{}},
	}
}

func (a *API) listKnown(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p, wrong := pageOf(q.Get("limit"), q.Get("cursor"))
	f := recordFilter{words: searchWords(q.Get("q")), service: q.Get("service"), state: q.Get("state")}
	if f.state != "" && !slices.Contains(recordStates, f.state) {
		wrong = append(wrong, fieldError{"?state", "write due, retired or all, or leave it out"})
	}
	if len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", wrong...)
		return
	}
	due := func(k *headstart.KnownRecord) bool { return k.ReviewDue(a.today()) }
	var all []listedRecord
	for _, k := range f.filter(a.viewer(r).records(a.o.View.KnownErrors()), due) {
		all = append(all, a.listed(k))
	}
	var out knownList
	out.KnownErrors, out.NextCursor = cut(all, p)
	writeJSON(w, http.StatusOK, out)
}

// today is now in the zone that the organisation tells times in.
func (a *API) today() time.Time { return a.o.Now().In(a.o.View.Zone()) }

func (a *API) listed(k headstart.KnownRecord) listedRecord {
	l := listedRecord{KnownRecord: k, Due: k.ReviewDue(a.today())}
	if dead, gone := a.o.View.DeadLink(k.KB); gone {
		l.KBGone = &dead
	}
	return l
}

func (a *API) showKnown(w http.ResponseWriter, r *http.Request) {
	if k, ok := a.recordOf(w, r); ok {
		writeJSON(w, http.StatusOK, a.drafted(r, k))
	}
}

// words are those of the caller's language.
func (a *API) words(r *http.Request) *lang.Words { return lang.New(a.language(r), a.o.View.Zone()) }

// drafted is a record with a draft of an article.
func (a *API) drafted(r *http.Request, k headstart.KnownRecord) listedRecord {
	l := a.listed(k)
	l.Draft = articleDraft(&k, a.words(r), a.o.View.Catalog())
	return l
}

// recordOf finds the known error a request names. One that its caller may not read is
// not there.
func (a *API) recordOf(w http.ResponseWriter, r *http.Request) (headstart.KnownRecord, bool) {
	k, ok := a.viewer(r).record(r.PathValue("id"))
	if !ok {
		writeProblem(w, http.StatusNotFound, fmt.Sprintf("no known error %.40q; GET /api/v1/known-errors lists them", r.PathValue("id")))
	}
	return k, ok
}

func (a *API) makeKnown(w http.ResponseWriter, r *http.Request) {
	keys, err := decodeObject(r.Body)
	if err != nil {
		rejectBody(w, err)
		return
	}
	c := headstart.Command{Do: "make-known", Record: &headstart.KnownError{}}
	wrong := readKeys(only(keys, "incident"), []string{"incident"}, &c)
	delete(keys, "incident")
	wrong = append(wrong, readKeys(keys, knownKeys, c.Record)...)
	for _, m := range c.Record.Mistakes(a.o.View.Catalog()) {
		if m.Kind != "empty" || c.Incident == "" {
			wrong = append(wrong, fieldError{pointer(m.Key), m.Error()})
		}
	}
	a.giveKnown(w, r, c, wrong)
}

// only is the part of keys with one name.
func only(keys map[string]json.RawMessage, name string) map[string]json.RawMessage {
	out := maps.Clone(keys)
	maps.DeleteFunc(out, func(k string, _ json.RawMessage) bool { return k != name })
	return out
}

// editKnown changes the keys of the body and leaves the others: of what its caller saw,
// so that nobody's words are lost that were written meanwhile.
func (a *API) editKnown(w http.ResponseWriter, r *http.Request) {
	k, ok := a.recordOf(w, r)
	if !ok {
		return
	}
	keys, err := decodeObject(r.Body)
	if err != nil {
		rejectBody(w, err)
		return
	}
	said := withoutSaid(k.KnownError, keys)
	wrong := readKeys(keys, knownKeys, &said)
	for _, m := range said.Mistakes(a.o.View.Catalog()) {
		wrong = append(wrong, fieldError{pointer(m.Key), m.Error()})
	}
	a.giveKnown(w, r, headstart.Command{Do: "edit-known", KnownError: k.ID, Edition: k.Edition, Record: &said}, wrong)
}

// withoutSaid takes out of k the maps that a body says anew: JSON would add to them, and
// they belong to the view.
func withoutSaid(k headstart.KnownError, keys map[string]json.RawMessage) headstart.KnownError {
	k.Symptoms, k.Title, k.Workaround = maps.Clone(k.Symptoms), maps.Clone(k.Title), maps.Clone(k.Workaround)
	for _, list := range []*[]string{&k.Services, &k.Assets, &k.Locations, &k.Checks} {
		*list = slices.Clone(*list)
	}
	if _, said := keys["symptoms"]; said {
		k.Symptoms = nil
	}
	if _, said := keys["title"]; said {
		k.Title = nil
	}
	if _, said := keys["workaround"]; said {
		k.Workaround = nil
	}
	return k
}

func (a *API) retireKnown(w http.ResponseWriter, r *http.Request) {
	k, ok := a.recordOf(w, r)
	if !ok {
		return
	}
	keys, err := decodeObject(r.Body)
	if err != nil {
		rejectBody(w, err)
		return
	}
	var body retireBody
	wrong := readKeys(keys, []string{"why", "value"}, &body)
	a.giveKnown(w, r, headstart.Command{Do: "retire-known", KnownError: k.ID, Text: strings.TrimSpace(body.Why), Value: body.Value}, wrong)
}

// giveKnown gives a command about a known error and answers with the record.
func (a *API) giveKnown(w http.ResponseWriter, r *http.Request, c headstart.Command, wrong []fieldError) {
	if len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the known error is not as it must be", wrong...)
		return
	}
	o, pending, ok := a.give(w, r, &c)
	k, known := a.viewer(r).record(o.Known)
	switch {
	case !ok:
	case pending || o.Refused != "" || !known:
		a.answer(w, r, c, o, pending)
	case c.Do == "make-known":
		w.Header().Set("Location", "/api/v1/known-errors/"+k.ID)
		writeJSON(w, http.StatusCreated, a.drafted(r, k))
	default:
		writeJSON(w, http.StatusOK, a.drafted(r, k))
	}
}
