package systems

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// glpiDesk is a fake that answers as apirest.md says: sessions, columns by number,
// times without a zone, texts stored with their tags escaped, 206 with more behind,
// errors as a pair.
type glpiDesk struct {
	sessions int
	open     map[string]bool
	zone     *time.Location
	links    []glpiRelation
	copies   map[string]string
	profile  map[string]any
	off      time.Duration // its clock, from ours
	moved    bool          // numbers of columns are others than usual
}

type glpiRelation struct{ id, from, to string }

const glpiAppToken = "token-of-the-tests" // the same file in these tests

func (d *glpiDesk) known(r *http.Request) bool {
	if r.Header.Get("App-Token") != glpiAppToken || r.Header.Get("Content-Type") != "application/json" {
		return false
	}
	if r.URL.Path == "/apirest.php/initSession" {
		return r.Header.Get("Authorization") == "user_token token-of-the-tests"
	}
	return r.Header.Get("Session-Token") != ""
}

func glpiError(f *fake, w http.ResponseWriter, status int, code string) {
	f.answer(w, status, []string{code, "in the user's language"})
}

func (d *glpiDesk) handle(f *fake, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", time.Now().Add(d.off).UTC().Format(http.TimeFormat))
	path := strings.TrimPrefix(r.URL.Path, "/apirest.php/")
	if path == "initSession" {
		d.sessions++
		token := fmt.Sprintf("session-%d", d.sessions)
		d.open[token] = true
		f.answer(w, http.StatusOK, map[string]string{"session_token": token})
		return
	}
	token := r.Header.Get("Session-Token")
	if !d.open[token] {
		glpiError(f, w, http.StatusUnauthorized, "ERROR_SESSION_TOKEN_INVALID")
		return
	}
	parts := strings.Split(path, "/")
	switch {
	case path == "killSession":
		delete(d.open, token)
		f.answer(w, http.StatusOK, true)
	case path == "getFullSession":
		f.answer(w, http.StatusOK, map[string]any{"session": map[string]any{"glpi_currenttime": time.Now().Add(d.off).In(d.zone).Format(wallClock), "glpiname": "robot", "glpiactiveprofile": d.profile}})
	case path == "getGlpiConfig":
		f.answer(w, http.StatusOK, map[string]any{"cfg_glpi": map[string]any{"version": "10.0.18"}})
	case path == "getMyEntities" && f.params(w, r, "is_recursive"):
		f.answer(w, http.StatusOK, map[string]any{"myentities": []map[string]any{{"id": 0, "name": "Root entity"}, {"id": 3, "name": "Root entity &#62; Noord"}}})
	case parts[0] == "listSearchOptions":
		f.answer(w, http.StatusOK, d.options(parts[1]))
	case parts[0] == "search":
		d.search(f, w, r, parts[1])
	case r.Method == http.MethodPost && len(parts) == 1:
		d.add(f, w, r, parts[0])
	case r.Method == http.MethodDelete && len(parts) == 1:
		d.remove(f, w, r)
	case r.Method == http.MethodGet:
		d.get(f, w, r, parts)
	default:
		glpiError(f, w, http.StatusBadRequest, "ERROR_METHOD_NOT_ALLOWED")
	}
}

// number is the number of a column of the fake.
func (d *glpiDesk) number(usual string) string {
	if d.moved && (usual == "19" || usual == "83") {
		return usual + "00"
	}
	return usual
}

func (d *glpiDesk) options(kind string) map[string]any {
	table := glpiTables[kind]
	out := map[string]any{"common": "Characteristics", "4242": map[string]any{"table": table, "field": "is_global"}}
	for _, c := range glpiWanted {
		o := map[string]any{"table": c.table, "field": c.field, "name": "a name"}
		if c.table == "" {
			o["table"] = table
		}
		out[d.number(c.number)] = o
	}
	out["66"] = map[string]any{"table": "glpi_users", "field": "name", "name": "Observer"}
	return out
}

var glpiParam = regexp.MustCompile(`^(criteria\[\d\](\[criteria\]\[\d\])?\[(link|field|searchtype|value)\]|forcedisplay\[\d+\]|sort|order|range|is_deleted)$`)

// search knows the criteria the connector uses, and refuses others.
func (d *glpiDesk) search(f *fake, w http.ResponseWriter, r *http.Request, kind string) {
	q := r.URL.Query()
	for name := range q {
		if !glpiParam.MatchString(name) {
			f.t.Errorf("search: parameter %q is not documented", name)
			glpiError(f, w, http.StatusBadRequest, "ERROR")
			return
		}
	}
	from, to := glpiRange(q)
	want := map[string]string{"Problem": "problem", "Ticket": ""}[kind]
	var rows []*fakeTicket
	for _, x := range f.tickets {
		binned := x.deleted || x.into != ""
		if x.kind == want && binned == (q.Get("is_deleted") == "1") && d.fits(f, x, q) {
			rows = append(rows, x)
		}
	}
	slices.SortStableFunc(rows, func(a, b *fakeTicket) int {
		return strings.Compare(a.updated.In(d.zone).Format(wallClock), b.updated.In(d.zone).Format(wallClock))
	})
	if q.Get("order") == "DESC" {
		slices.Reverse(rows)
	}
	if from > len(rows) {
		glpiError(f, w, http.StatusBadRequest, "ERROR_RANGE_EXCEED_TOTAL")
		return
	}
	out := map[string]any{"totalcount": len(rows), "count": min(to+1, len(rows)) - from, "sort": q.Get("sort"), "order": q.Get("order")}
	var data []map[string]any
	for _, x := range rows[from:min(to+1, len(rows))] {
		data = append(data, d.row(x))
	}
	status := http.StatusOK
	if len(data) > 0 {
		out["data"] = data // there is none where nothing is found
	}
	if len(data) < len(rows) {
		status = http.StatusPartialContent
	}
	f.answer(w, status, out)
}

func glpiRange(q url.Values) (from, to int) {
	a, b, _ := strings.Cut(q.Get("range"), "-")
	from, _ = strconv.Atoi(a)
	to, _ = strconv.Atoi(b)
	return from, to
}

func (d *glpiDesk) fits(f *fake, x *fakeTicket, q url.Values) bool {
	for n := range 5 {
		at := fmt.Sprintf("criteria[%d]", n)
		value := q.Get(at + "[value]")
		switch field, kind := q.Get(at+"[field]"), q.Get(at+"[searchtype]"); {
		case q.Get(at+"[link]") == "":
			return true
		case field == "" && q.Get(at+"[criteria][0][field]") == "80": // the entities in queues
		case field == d.number("19") && kind == "morethan":
			if x.updated.In(d.zone).Format(wallClock) <= value {
				return false
			}
		case field == "12" && kind == "equals" && value == "notold":
		case field == "2" && kind == "equals":
			if x.id != value {
				return false
			}
		case field == "21" && kind == "contains":
			if !strings.Contains(x.mark, value) {
				return false
			}
		default:
			f.t.Errorf("a criterion %s %s %q", field, kind, value)
		}
	}
	return true
}

// row is a row of a search: everything a string or a number, HTML escaped.
func (d *glpiDesk) row(x *fakeTicket) map[string]any {
	content := "&#60;p&#62;" + fakeBody + "&#60;/p&#62;"
	if x.mark != "" {
		content = x.mark
	}
	return map[string]any{
		"1": x.title, "2": jsonDigits(x.id), "3": 3, "4": "4711", "7": "&nbsp;", "8": []string{"Servicedesk"}, "9": "Phone", "12": 2, "15": x.created.In(d.zone).Format(wallClock),
		"16": nil, "17": nil, d.number("19"): x.updated.In(d.zone).Format(wallClock), "21": content, "45": 300, "71": "Financi&#235;n", "80": "Root entity",
		d.number("83"): "Gebouw Noord &#62; 2", "121": x.created.In(d.zone).Format(wallClock), "34": "Bakker", "66": "Karin",
	}
}

func (d *glpiDesk) get(f *fake, w http.ResponseWriter, r *http.Request, parts []string) {
	if !f.params(w, r, "range", "get_hateoas", "searchText[sourceitems_id]", "searchText[tickets_id_1]", "searchText[tickets_id_2]") {
		return
	}
	q := r.URL.Query()
	exact := func(name string) string { return strings.Trim(q.Get("searchText["+name+"]"), "^$") }
	rows := []map[string]any{}
	switch {
	case len(parts) == 2:
		x := f.get(parts[1])
		if x == nil {
			glpiError(f, w, http.StatusNotFound, "ERROR_ITEM_NOT_FOUND")
			return
		}
		f.answer(w, http.StatusOK, map[string]any{"id": jsonDigits(x.id), "is_deleted": map[bool]int{true: 1}[x.deleted || x.into != ""]})
		return
	case len(parts) == 3 && f.get(parts[1]) == nil:
		glpiError(f, w, http.StatusNotFound, "ERROR_ITEM_NOT_FOUND")
		return
	case len(parts) == 3 && parts[2] == "ITILFollowup":
		for n, note := range f.get(parts[1]).notes {
			rows = append(rows, map[string]any{
				"id": n + 1, "itemtype": "Ticket", "items_id": jsonDigits(parts[1]), "content": note.text, "is_private": map[bool]int{false: 1}[note.public],
				"users_id": 7, "date": f.now.In(d.zone).Format(wallClock), "sourceitems_id": 0,
			})
		}
	case len(parts) == 3 && parts[2] == "ITILSolution":
	case parts[0] == "ITILFollowup":
		for from, to := range d.copies {
			if from == exact("sourceitems_id") {
				rows = append(rows, map[string]any{"id": 99, "itemtype": "Ticket", "items_id": jsonDigits(to), "sourceitems_id": jsonDigits(from)})
			}
		}
	case parts[0] == "Ticket_Ticket" || len(parts) == 3 && parts[2] == "Problem_Ticket":
		for _, l := range d.links {
			row := map[string]any{"id": jsonDigits(l.id), "tickets_id_1": jsonDigits(l.from), "tickets_id_2": jsonDigits(l.to), "link": 3}
			if len(parts) == 3 {
				row = map[string]any{"id": jsonDigits(l.id), "tickets_id": jsonDigits(l.from), "problems_id": jsonDigits(l.to)}
			}
			rows = append(rows, row)
		}
	default:
		glpiError(f, w, http.StatusBadRequest, "ERROR_ITEMTYPE_NOT_FOUND_NOR_COMMONDBTM")
		return
	}
	from, to := glpiRange(q)
	status := http.StatusOK
	if to+1 < len(rows) {
		status = http.StatusPartialContent
	}
	f.answer(w, status, rows[min(from, len(rows)):min(to+1, len(rows))])
}

func (d *glpiDesk) add(f *fake, w http.ResponseWriter, r *http.Request, kind string) {
	var in struct {
		Input struct {
			Itemtype string `json:"itemtype"`
			Items    ident  `json:"items_id"`
			Content  string `json:"content"`
			Private  int    `json:"is_private"`
			Name     string `json:"name"`
			Type     int    `json:"type"`
			Urgency  int    `json:"urgency"`
			Impact   int    `json:"impact"`
			Entity   ident  `json:"entities_id"`
			One      ident  `json:"tickets_id_1"`
			Two      ident  `json:"tickets_id_2"`
			Link     ident  `json:"link"`
			Ticket   ident  `json:"tickets_id"`
			Problem  ident  `json:"problems_id"`
			NoStat   int    `json:"_do_not_compute_takeintoaccount"`
			NoReopen int    `json:"_no_reopen"`
			Quiet    bool   `json:"_disablenotif"`
		} `json:"input"`
	}
	if !f.body(w, r, &in) {
		return
	}
	id := "55"
	switch kind {
	case "ITILFollowup":
		x := f.get(string(in.Input.Items))
		if x == nil || in.Input.Itemtype != "Ticket" {
			glpiError(f, w, http.StatusBadRequest, "ERROR_GLPI_ADD")
			return
		}
		if strings.Contains(in.Input.Content, "<b>") {
			f.t.Error("text became HTML")
		}
		if in.Input.NoStat != 1 || in.Input.NoReopen != 1 {
			f.t.Error("a note that ends the time to own, or opens a solved ticket again")
		}
		x.notes = append(x.notes, fakeNote{in.Input.Content, in.Input.Private == 0})
		x.updated = f.tick()
	case "Ticket", "Problem":
		if in.Input.Entity != "3" {
			f.t.Errorf("made in entity %q", in.Input.Entity)
		}
		id = f.add(&fakeTicket{title: in.Input.Name, mark: in.Input.Content, kind: map[string]string{"Problem": "problem"}[kind]}).id
	case "Ticket_Ticket", "Problem_Ticket":
		if !in.Input.Quiet {
			f.t.Error("a link of which requesters are mailed")
		}
		id = strconv.Itoa(700 + len(d.links))
		d.links = append(d.links, glpiRelation{id, string(in.Input.One + in.Input.Ticket), string(in.Input.Two + in.Input.Problem)})
	}
	f.answer(w, http.StatusCreated, map[string]any{"id": jsonDigits(id), "message": ""})
}

// remove deletes a relation, named in the body.
func (d *glpiDesk) remove(f *fake, w http.ResponseWriter, r *http.Request) {
	var in struct {
		Input struct {
			ID    ident `json:"id"`
			Quiet bool  `json:"_disablenotif"`
		} `json:"input"`
		Purge bool `json:"force_purge"`
	}
	if !f.body(w, r, &in) {
		return
	}
	if !in.Input.Quiet {
		f.t.Error("an unlinking of which requesters are mailed")
	}
	d.links = slices.DeleteFunc(d.links, func(l glpiRelation) bool { return l.id == string(in.Input.ID) })
	f.answer(w, http.StatusOK, []map[string]any{{string(in.Input.ID): true, "message": ""}})
}

func newGLPI(t *testing.T, change func(*Settings)) (*fake, *glpiDesk, func(t *testing.T) System) {
	t.Helper()
	d := &glpiDesk{
		open: map[string]bool{}, zone: time.UTC, copies: map[string]string{},
		profile: map[string]any{"name": "headstart", "interface": "central", "ticket": 1 | glpiUpdate | glpiCreate | glpiReadAll, "followup": fmt.Sprint(glpiAnswerAll | glpiReadPrivate), "problem": glpiCreate | glpiReadAll},
	}
	f := newFake(t, 5, d.known, d.handle)
	return f, d, func(t *testing.T) System {
		s := mustOpen(t, "glpi", f.settingsFor(func(s *Settings) {
			s.CreateIn, s.AppTokenFile, s.HookSecretFile = "Root entity > Noord", s.TokenFile, secretFile(t, "a secret of sixteen bytes")
			if change != nil {
				change(s)
			}
		}))
		s.(*glpi).rows = f.rows
		s.(*glpi).Zone = d.zone
		return s
	}
}
