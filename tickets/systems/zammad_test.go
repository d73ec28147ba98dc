package systems

import (
	"crypto/hmac"
	"crypto/sha1" // what Zammad signs hooks with
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// zammadFake answers as the REST API documents: a search index, articles, and
// links whose source goes by number and whose target by id.
func zammadFake(f *fake, w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/api/v1")
	last := path[strings.LastIndex(path, "/")+1:]
	switch {
	case path == "/users/me":
		f.answer(w, http.StatusOK, map[string]any{"id": 7, "login": "robot"})
	case path == "/user_access_token":
		f.answer(w, http.StatusOK, map[string]any{"tokens": []map[string]any{
			{"id": 1, "label": "headstart", "last_used_at": "2026-11-23T08:00:00.000Z", "expires_at": "2027-03-01"},
			{"id": 2, "label": "old", "last_used_at": nil, "expires_at": "2026-12-01"},
		}, "permissions": []any{}})
	case path == "/tickets/search" && f.params(w, r, "query", "sort_by", "order_by", "expand", "page", "limit"):
		zammadSearch(f, w, r)
	case path == "/tickets" && r.Method == http.MethodGet:
		list := []map[string]any{}
		for _, x := range slices.Backward(f.tickets) {
			list = append(list, x.zammad())
		}
		f.answer(w, http.StatusOK, list)
	case path == "/tickets":
		zammadMake(f, w, r)
	case path == "/ticket_articles":
		zammadNote(f, w, r)
	case strings.HasPrefix(path, "/links"):
		zammadLinks(f, w, r, path)
	case f.get(last) == nil || f.get(last).deleted:
		f.missing(w, r)
	case strings.HasPrefix(path, "/ticket_articles/by_ticket/"):
		list := []map[string]any{{"id": 1, "type": "phone", "content_type": "text/html", "body": "<p>" + fakeBody + "</p>", "from": "Karin Bakker <k.bakker@voorbeeld.example>"}}
		for _, n := range f.get(last).notes {
			list = append(list, map[string]any{"id": 2, "type": "note", "content_type": "text/plain", "body": n.text, "internal": !n.public})
		}
		f.answer(w, http.StatusOK, list)
	default:
		f.answer(w, http.StatusOK, f.get(last).zammad())
	}
}

func (x *fakeTicket) zammad() map[string]any {
	out := map[string]any{
		"id": jsonDigits(x.id), "number": "31" + x.id, "title": x.title, "state": "open", "priority": "2 normal", "group": "Servicedesk",
		"organization": "Financiën", "customer": "k.bakker@voorbeeld.example", "customer_id": 4711, "note": x.mark,
		"created_at": x.created.Format(time.RFC3339), "updated_at": x.updated.Format(time.RFC3339), "first_response_at": nil, "close_at": nil,
	}
	if x.into != "" {
		out["state"] = "merged"
	}
	return out
}

func zammadSearch(f *fake, w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	page, _ := strconv.Atoi(q.Get("page"))
	limit, _ := strconv.Atoi(q.Get("limit"))
	from := time.Time{}
	if rest, ok := strings.CutPrefix(q.Get("query"), "updated_at:["); ok {
		at, _, _ := strings.Cut(rest, " ")
		from, _ = time.Parse(time.RFC3339, at)
	}
	rows, more := f.page("", from, (page-1)*f.rows)
	for limit == 1 && more {
		var next []*fakeTicket
		next, more = f.page("", from, len(rows))
		rows = append(rows, next...)
	}
	if limit == 1 && len(rows) > 0 {
		one := rows[0]
		if q.Get("order_by") == "desc" {
			one = rows[len(rows)-1]
		}
		rows = []*fakeTicket{one}
	}
	list := []map[string]any{}
	for _, x := range rows {
		list = append(list, x.zammad())
	}
	f.answer(w, http.StatusOK, list)
}

func zammadMake(f *fake, w http.ResponseWriter, r *http.Request) {
	var in struct {
		Title    string         `json:"title"`
		Group    string         `json:"group"`
		Customer ident          `json:"customer_id"`
		Note     string         `json:"note"`
		Article  map[string]any `json:"article"`
	}
	if f.body(w, r, &in) {
		f.answer(w, http.StatusCreated, f.add(&fakeTicket{title: in.Title, mark: in.Note}).zammad())
	}
}

func zammadNote(f *fake, w http.ResponseWriter, r *http.Request) {
	var in struct {
		Ticket   ident  `json:"ticket_id"`
		Subject  string `json:"subject"`
		Body     string `json:"body"`
		Content  string `json:"content_type"`
		Type     string `json:"type"`
		Internal bool   `json:"internal"`
	}
	if !f.body(w, r, &in) {
		return
	}
	x := f.get(string(in.Ticket))
	x.notes = append(x.notes, fakeNote{in.Body, !in.Internal})
	x.updated = f.tick()
	f.answer(w, http.StatusCreated, map[string]any{"id": 3})
}

func zammadLinks(f *fake, w http.ResponseWriter, r *http.Request, path string) {
	if path == "/links" {
		links := []map[string]any{}
		if x := f.get(r.URL.Query().Get("link_object_value")); x != nil && x.parent+x.into != "" {
			links = append(links, map[string]any{"link_type": "parent", "link_object": "Ticket", "link_object_value": jsonDigits(x.parent + x.into)})
		}
		f.answer(w, http.StatusOK, map[string]any{"links": links})
		return
	}
	var in struct {
		Type   string `json:"link_type"`
		Source string `json:"link_object_source"`
		Number string `json:"link_object_source_number"`
		Value  ident  `json:"link_object_source_value"`
		Object string `json:"link_object_target"`
		Target ident  `json:"link_object_target_value"`
	}
	if !f.body(w, r, &in) {
		return
	}
	x := f.get(string(in.Target))
	if path == "/links/remove" {
		x.parent = ""
	} else {
		x.parent = strings.TrimPrefix(in.Number, "31")
	}
	f.answer(w, http.StatusCreated, map[string]any{})
}

func newZammad(t *testing.T) (*fake, func(t *testing.T) System) {
	t.Helper()
	f := newFake(t, 5, func(r *http.Request) bool { return r.Header.Get("Authorization") == "Token token=token-of-the-tests" }, zammadFake)
	return f, func(t *testing.T) System {
		s := mustOpen(t, "zammad", f.settingsFor(func(s *Settings) {
			s.CreateIn, s.HookSecretFile = "Storingen", secretFile(t, "a secret of sixteen bytes")
		}))
		s.(*zammad).rows = f.rows
		return s
	}
}

func TestZammad(t *testing.T) {
	f, open := newZammad(t)
	r := f.rig(open)
	r.merge = func(_ *testing.T, from, into string) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.get(from).into = into
	}
	testContract(t, r)
}

// TestZammadHook: signed with SHA-1 over the body.
func TestZammadHook(t *testing.T) {
	_, open := newZammad(t)
	s := open(t)
	body := []byte(`{"id":"42"}`)
	mac := hmac.New(sha1.New, []byte("a secret of sixteen bytes"))
	mac.Write(body)
	h := http.Header{"X-Hub-Signature": {"sha1=" + hex.EncodeToString(mac.Sum(nil))}}
	if ids, err := s.Hint(h, body, time.Now(), false); err != nil || !slices.Equal(ids, []string{"42"}) {
		t.Errorf("%v, %v", ids, err)
	}
	h.Set("X-Hub-Signature", "sha1=00")
	if _, err := s.Hint(h, body, time.Now(), false); !errors.Is(err, ErrHook) {
		t.Errorf("a wrong signature: %v", err)
	}
}

// TestZammadReopened: close_at is the first closing, last_close_at the last one.
func TestZammadReopened(t *testing.T) {
	z := &zammad{opened: bare(zammadKind)}
	first, last := f0.Format(time.RFC3339), f0.Add(time.Hour).Format(time.RFC3339)
	for name, test := range map[string]struct {
		state, last string
		solved      time.Time
		reopens     int
	}{
		"closed once":         {"closed", first, f0, 0},
		"closed again":        {"closed", last, f0.Add(time.Hour), 1},
		"open again":          {"open", first, time.Time{}, 1},
		"an older version":    {"closed", "", f0, 0},
		"open, older version": {"open", "", time.Time{}, 1},
	} {
		in := (&fakeTicket{id: "7", created: f0, updated: f0}).zammad()
		in["id"], in["state"], in["close_at"], in["last_close_at"] = "7", test.state, first, test.last
		if got, err := z.ticket(in); err != nil || !got.Solved.Equal(test.solved) || got.Reopens != test.reopens {
			t.Errorf("%s: solved %v, reopened %d, %v", name, got.Solved, got.Reopens, err)
		}
	}
}
