package systems

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// freshFake answers as the two products document; wrapped is Freshservice.
func freshFake(wrapped bool) func(*fake, http.ResponseWriter, *http.Request) {
	return func(f *fake, w http.ResponseWriter, r *http.Request) {
		path := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v2/"), "/")
		w.Header().Set("X-Ratelimit-Total", "4000")
		w.Header().Set("X-Ratelimit-Remaining", "3999")
		switch {
		case len(path) == 1 && r.Method == http.MethodGet:
			freshList(f, w, r, wrapped, path[0])
		case len(path) == 1 && r.Method == http.MethodPost:
			freshMake(f, w, r, wrapped, path[0])
		case f.get(path[1]) == nil:
			f.missing(w, r)
		case len(path) == 2 && r.Method == http.MethodGet:
			if f.params(w, r, "include") {
				f.answer(w, http.StatusOK, wrap(wrapped, "ticket", f.get(path[1]).fresh()))
			}
		case len(path) == 2 && r.Method == http.MethodPut:
			freshRelate(f, w, r, f.get(path[1]))
		case path[2] == "conversations" && f.params(w, r, "page", "per_page"):
			list := []map[string]any{}
			for _, n := range f.get(path[1]).notes {
				list = append(list, map[string]any{"body_text": plainText(n.text), "body": n.text, "private": !n.public, "incoming": false, "created_at": f.now.Format(time.RFC3339)})
			}
			f.answer(w, http.StatusOK, wrap(wrapped, "conversations", list))
		case path[2] == "notes" || path[2] == "reply":
			freshNote(f, w, r, f.get(path[1]), path[2])
		default:
			f.missing(w, r)
		}
	}
}

func wrap(wrapped bool, key string, v any) any {
	if !wrapped {
		return v
	}
	return map[string]any{key: v}
}

func (x *fakeTicket) fresh() map[string]any {
	out := map[string]any{
		"id": jsonDigits(x.id), "subject": x.title, "description": "<div>" + fakeBody + "</div>", "description_text": fakeBody, "status": 2, "priority": 3, "source": 3,
		"requester_id": 21004158707, "group_id": nil, "created_at": x.created.Format(time.RFC3339), "updated_at": x.updated.Format(time.RFC3339),
		"requester":     map[string]string{"name": "Karin Bakker", "email": "k.bakker@voorbeeld.example"}, // some plans send it unasked
		"custom_fields": map[string]any{"cf_location": "Gebouw Noord", "cf_headstart_id": nil}, "deleted": x.deleted,
		"stats": map[string]any{"first_responded_at": x.created.Add(time.Minute).Format(time.RFC3339), "resolved_at": nil, "closed_at": nil},
	}
	if x.mark != "" {
		out["custom_fields"] = map[string]any{"cf_headstart_id": x.mark}
	}
	if x.parent != "" {
		out["problem"] = map[string]any{"display_id": jsonDigits(x.parent)}
		out["association_type"], out["associated_tickets_list"] = 4, []any{jsonDigits(x.parent)}
	}
	if len(x.related) > 0 {
		list := []any{}
		for _, id := range x.related {
			list = append(list, jsonDigits(id))
		}
		out["association_type"], out["associated_tickets_list"] = 3, list
	}
	return out
}

func freshList(f *fake, w http.ResponseWriter, r *http.Request, wrapped bool, what string) {
	if !f.params(w, r, "updated_since", "order_by", "order_type", "per_page", "page", "include", "filter") {
		return
	}
	q := r.URL.Query()
	if wrapped && q.Has("order_by") {
		f.t.Error("Freshservice documents no order_by")
	}
	list := []map[string]any{}
	from, _ := time.Parse(time.RFC3339, q.Get("updated_since"))
	page, _ := strconv.Atoi(q.Get("page"))
	size, _ := strconv.Atoi(q.Get("per_page"))
	switch {
	case what == "problems":
		for _, x := range f.tickets {
			if x.kind == "problem" {
				list = append(list, map[string]any{"id": jsonDigits(x.id), "subject": x.title, "description": x.mark})
			}
		}
	case q.Get("filter") == "deleted":
		for _, x := range f.tickets {
			if x.deleted && !x.updated.Before(from) {
				list = append(list, x.fresh())
			}
		}
	case q.Get("order_type") == "desc" || size != f.rows:
		for _, x := range slices.Backward(f.tickets) {
			if x.kind == "" && !x.deleted && !x.updated.Before(from) && len(list) < size {
				list = append(list, x.fresh())
			}
		}
	default:
		rows, more := f.page("", from, (max(page, 1)-1)*f.rows)
		for _, x := range rows {
			list = append(list, x.fresh())
		}
		if more {
			w.Header().Set("Link", `<https://x.freshdesk.com/api/v2/tickets?page=2>; rel="next"`)
		}
	}
	f.answer(w, http.StatusOK, wrap(wrapped, what, list))
}

func freshMake(f *fake, w http.ResponseWriter, r *http.Request, wrapped bool, what string) {
	var in struct {
		Subject     string            `json:"subject"`
		Description string            `json:"description"`
		Status      int               `json:"status"`
		Priority    int               `json:"priority"`
		Impact      int               `json:"impact"`
		Due         string            `json:"due_by"`
		Email       string            `json:"email"`
		Custom      map[string]string `json:"custom_fields"`
	}
	if !f.body(w, r, &in) {
		return
	}
	if in.Email == "" || in.Status == 0 || in.Priority == 0 {
		f.answer(w, http.StatusBadRequest, map[string]string{"description": "Validation failed"})
		return
	}
	x := &fakeTicket{title: in.Subject, mark: in.Custom["cf_headstart_id"]}
	if what == "problems" {
		x.kind, x.mark = "problem", in.Description
		f.answer(w, http.StatusCreated, map[string]any{"problem": map[string]any{"id": jsonDigits(f.add(x).id)}})
		return
	}
	f.answer(w, http.StatusCreated, wrap(wrapped, "ticket", f.add(x).fresh()))
}

func freshRelate(f *fake, w http.ResponseWriter, r *http.Request, x *fakeTicket) {
	var in struct {
		Kind    int     `json:"association_type"`
		Related []ident `json:"related_ticket_ids"`
		Problem *struct {
			ID ident `json:"display_id"`
		} `json:"problem"`
	}
	if !f.body(w, r, &in) {
		return
	}
	if in.Kind == 3 { // the list is replaced
		for _, id := range x.related {
			f.get(id).parent = ""
		}
		x.related = nil
		for _, id := range in.Related {
			x.related = append(x.related, string(id))
			f.get(string(id)).parent = x.id
		}
	} else {
		x.parent = ""
		if in.Problem != nil {
			x.parent = string(in.Problem.ID)
		}
	}
	x.updated = f.tick()
	f.answer(w, http.StatusOK, map[string]any{})
}

func freshNote(f *fake, w http.ResponseWriter, r *http.Request, x *fakeTicket, what string) {
	var in struct {
		Body    string `json:"body"`
		Private bool   `json:"private"`
	}
	if !f.body(w, r, &in) {
		return
	}
	if strings.Contains(in.Body, "<b>") {
		f.t.Error("what we were given as text arrived as a tag")
	}
	x.notes = append(x.notes, fakeNote{text: in.Body, public: what == "reply" || !in.Private})
	x.updated = f.tick()
	f.answer(w, http.StatusCreated, map[string]any{"id": 1})
}

func newFresh(t *testing.T, kind string, wrapped bool) (*fake, func(t *testing.T) System) {
	t.Helper()
	f := newFake(t, 5, basic("token-of-the-tests", "X"), freshFake(wrapped))
	f.byCreation = wrapped
	return f, func(t *testing.T) System {
		s := mustOpen(t, kind, f.settingsFor(func(s *Settings) {
			s.Username = "headstart@voorbeeld.example"
			if wrapped {
				s.Write.Create = "problem"
			}
		}))
		s.(*fresh).rows = f.rows
		return s
	}
}

func TestFreshdesk(t *testing.T) {
	f, open := newFresh(t, "freshdesk", false)
	testContract(t, f.rig(open))
}

func TestFreshservice(t *testing.T) {
	f, open := newFresh(t, "freshservice", true)
	r := f.rig(open)
	r.makes = "problem"
	testContract(t, r)
}

// TestFreshdeskDeleted: what was deleted is told, with every fifth walk.
func TestFreshdeskDeleted(t *testing.T) {
	f, open := newFresh(t, "freshdesk", false)
	s := open(t)
	x := f.add(&fakeTicket{title: "per ongeluk"})
	_, c, _ := walk(t, s, Cursor{}.Begin(time.Now(), 0))
	f.with(func() { x.deleted, x.updated = true, f.tick() })
	told := 0
	for range 2 * askDeleted {
		var rows []Ticket
		rows, c, _ = walk(t, s, c.Begin(time.Now(), 0))
		if got := find(rows, x.id); got != nil && got.Status == "deleted" {
			told++
		}
	}
	if told != 2 {
		t.Errorf("told %d times in %d walks, want each fifth", told, 2*askDeleted)
	}
}

// TestFreshFirstAnswer: where our reply was the first answer, the next one counts;
// without one of ours the system's own word does.
func TestFreshFirstAnswer(t *testing.T) {
	told := f0.Add(-time.Hour)
	entry := func(minute int, text string, private, incoming bool) freshEntry {
		return freshEntry{Text: text, Private: private, Incoming: incoming, Created: f0.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339)}
	}
	ours := entry(1, "Wij weten ervan. ["+uid+"/linked/reply]", false, false)
	for name, test := range map[string]struct {
		said []freshEntry
		want time.Time
	}{
		"none of ours":   {[]freshEntry{entry(5, "Welke printer?", false, false)}, told},
		"ours only":      {[]freshEntry{ours, entry(2, "intern", true, false), entry(3, "nog iets", false, true)}, time.Time{}},
		"another's then": {[]freshEntry{ours, entry(9, "Welke printer?", false, false)}, f0.Add(9 * time.Minute)},
	} {
		x := Ticket{FirstResponse: told}
		if firstOf(&x, test.said); !x.FirstResponse.Equal(test.want) {
			t.Errorf("%s: %v, want %v", name, x.FirstResponse, test.want)
		}
	}
}

// TestFreshReopened: Freshdesk tells when, not how often.
func TestFreshReopened(t *testing.T) {
	x := &fresh{opened: bare(freshdeskKind)}
	got, err := x.ticket(&freshTicket{ID: "7", Created: f0.Format(time.RFC3339), Updated: f0.Format(time.RFC3339), Status: "2", Stats: freshStats{Again: f0.Format(time.RFC3339)}})
	if err != nil || got.Reopens != 1 {
		t.Errorf("reopened %d, %v", got.Reopens, err)
	}
}
