package web

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// knownAPI is the API of badMonday, and what it asks of the engine.
func knownAPI(t *testing.T, desk *apiDesk) (call func(id headstart.Identity, method, path, body string) (status int, answer string)) {
	t.Helper()
	w := badMonday(t)
	api := testAPI(t, desk, func(o *APIOptions) { o.View = w.view })
	return func(id headstart.Identity, method, path, body string) (int, string) {
		res := api(id, method, path, body)
		var b strings.Builder
		if _, err := io.Copy(&b, res.Body); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, b.String()
	}
}

// The list is filtered, paged and by rights; one is whole, with a draft.
func TestAPIKnownErrors(t *testing.T) {
	call := knownAPI(t, &apiDesk{})
	for name, c := range map[string]struct {
		id        headstart.Identity
		path      string
		status    int
		want, not []string
	}{
		"all":                 {as("desk"), "/api/v1/known-errors", 200, []string{`"KE-1"`, `"KE-2"`, `"review_due":true`, `"kb_gone":{`}, []string{"KE-3", "article_draft"}},
		"an approver":         {as("approver"), "/api/v1/known-errors", 200, []string{`"KE-3"`}, nil},
		"the first":           {as("desk"), "/api/v1/known-errors?limit=1", 200, []string{`"KE-1"`, `"next_cursor":"1"`}, []string{`"KE-2"`}},
		"the rest":            {as("desk"), "/api/v1/known-errors?limit=1&cursor=1", 200, []string{`"KE-2"`, `"next_cursor":""`}, []string{`"KE-1"`}},
		"due":                 {as("desk"), "/api/v1/known-errors?state=due", 200, []string{`"KE-1"`}, []string{`"KE-2"`}},
		"a state that is no":  {as("desk"), "/api/v1/known-errors?state=old", 422, []string{"?state"}, nil},
		"one":                 {as("desk"), "/api/v1/known-errors/ke-2?lang=en", 200, []string{`"helped":1`, `# No wifi in the North building`, `"HS-1021"`}, nil},
		"a confidential one":  {as("desk"), "/api/v1/known-errors/KE-3", 404, nil, []string{"Uitbetaling"}},
		"of another place":    {as("desk", "zuid"), "/api/v1/known-errors/KE-2", 404, nil, []string{"voeding"}},
		"an incident's":       {as("desk"), "/api/v1/incidents/HS-1042?lang=nl", 200, []string{`"known_error_fits":[{"known_error":"KE-2"`, "Vorige keer hielp: voeding vervangen"}, nil},
		"beside a reply":      {as("desk"), "/api/v1/incidents/HS-1042/reply?lang=nl", 200, []string{"Vorige keer hielp: voeding vervangen"}, nil},
		"none in the list":    {as("desk"), "/api/v1/incidents", 200, nil, []string{"known_error_fits"}},
		"the catalog's":       {as("desk"), "/api/v1/catalog", 200, []string{`"KE-1"`}, nil},
		"the catalog's, zuid": {as("desk", "zuid"), "/api/v1/catalog", 200, []string{`"KE-1"`}, nil},
	} {
		status, answer := call(c.id, "GET", c.path, "")
		if status != c.status {
			t.Errorf("%s: %d; want %d: %.200s", name, status, c.status, answer)
		}
		wants(t, answer, c.want, c.not)
	}
}

// What is asked becomes one command; an edit changes the keys it names and says which
// edition it saw; what is wrong is told key by key.
func TestAPIKnownErrorCommands(t *testing.T) {
	desk := &apiDesk{outcome: headstart.Outcome{Known: "KE-2"}}
	call := knownAPI(t, desk)
	last := func() headstart.Command { return desk.got[len(desk.got)-1] }
	if status, answer := call(as("desk"), "POST", "/api/v1/known-errors", `{"title":{"nl":"Papier kreukt"},"services":["print"],"incident":"HS-1042"}`); status != 201 || !strings.Contains(answer, `"KE-2"`) {
		t.Errorf("made: %d %.200s", status, answer)
	}
	if c := last(); c.Do != "make-known" || c.Incident != "HS-1042" || c.Record.Title["nl"] != "Papier kreukt" || c.By != "samira" {
		t.Errorf("made by %+v", c)
	}
	if status, _ := call(as("desk"), "POST", "/api/v1/known-errors/KE-2/edit", `{"fix":"kabel vervangen","symptoms":{"en":["no wifi"]},"checks":[]}`); status != 200 {
		t.Errorf("edited: %d", status)
	}
	want := headstart.KnownError{
		ID: "KE-2", Title: headstart.Names{"nl": "Wifi weg in Noord", "en": "No wifi in the North building"}, Services: []string{"wifi"}, Assets: []string{"nrd-sw-02"}, Locations: []string{"noord"}, Checks: []string{},
		Cause: "voeding van de verdeler", Fix: "kabel vervangen", Prevention: "reserve op de plank", Workaround: headstart.Names{"nl": "Ga naar Zuid.", "en": "Go to the South building."},
		KB: "https://kb.example.org/wifi-noord", ReviewBy: "2027-06-01", Symptoms: map[string][]string{"en": {"no wifi"}},
	}
	if c := last(); c.Do != "edit-known" || c.Edition != 3 || c.KnownError != "KE-2" {
		t.Errorf("edited by %+v", c)
	}
	if diff := cmp.Diff(&want, last().Record); diff != "" {
		t.Errorf("the record says otherwise (-want +got):\n%s", diff)
	}
	if status, _ := call(as("desk"), "POST", "/api/v1/known-errors/KE-2/retire", `{"why":"weg","value":false}`); status != 200 || last().Text != "weg" || *last().Value {
		t.Errorf("retired: %d by %+v", status, last())
	}
	if status, _ := call(as("desk"), "POST", "/api/v1/incidents/HS-1042/helped", `{"known_error":"KE-2"}`); status != 200 || last().Do != "helped" {
		t.Errorf("helped: %d by %+v", status, last())
	}
	given := len(desk.got)
	for name, c := range map[string]struct {
		id         headstart.Identity
		path, body string
		status     int
		says       string
	}{
		"nothing":             {as("desk"), "", `{}`, 422, `"/title"`},
		"a service unknown":   {as("desk"), "", `{"title":"x","services":["koffie"]}`, 422, "koffie"},
		"a key unknown":       {as("desk"), "", `{"title":"x","id":"KE-9"}`, 422, `"/id"`},
		"no object":           {as("desk"), "", `[]`, 400, "no JSON object"},
		"a script":            {as("desk"), "/KE-2/edit", `{"kb":"javascript:alert(1)"}`, 422, `"/kb"`},
		"a confidential one":  {as("desk"), "/KE-3/edit", `{"fix":"x"}`, 404, "no known error"},
		"one of other places": {as("desk", "zuid"), "/KE-2/retire", `{}`, 404, "no known error"},
		"for other places":    {as("desk", "zuid"), "", `{"title":"x","locations":["noord"]}`, 403, "outside"},
	} {
		status, answer := call(c.id, "POST", "/api/v1/known-errors"+c.path, c.body)
		if status != c.status || !strings.Contains(answer, c.says) {
			t.Errorf("%s: %d %.200s; want %d with %s", name, status, answer, c.status, c.says)
		}
	}
	if status, answer := call(as("desk"), "POST", "/api/v1/incidents/HS-1042/helped", `{"known_error":"KE-3"}`); status != 403 {
		t.Errorf("a confidential one helped: %d %s", status, answer)
	}
	if status, answer := call(as("desk"), "POST", "/api/v1/incidents/HS-1042/resolve", `{"solution":"x","record":{"kb":"x"}}`); status != 422 || !strings.Contains(answer, "/record/kb") {
		t.Errorf("resolved with a record that is none: %d %s", status, answer)
	}
	if len(desk.got) != given {
		t.Errorf("%d commands were given that are wrong", len(desk.got)-given)
	}
}
