package systems

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// topdeskFake answers as the incident API documents: 206 with more behind, 204
// with nothing, FIQL in query.
func topdeskFake(f *fake, w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/tas/api")
	id, rest, _ := strings.Cut(strings.TrimPrefix(path, "/incidents/id/"), "/")
	switch {
	case path == "/version":
		f.answer(w, http.StatusOK, map[string]string{"version": "3.14.0"})
	case path == "/incidents" && r.Method == http.MethodGet:
		topdeskList(f, w, r)
	case path == "/incidents" && r.Method == http.MethodPost:
		topdeskMake(f, w, r)
	case f.get(id) == nil || f.get(id).deleted:
		f.missing(w, r)
	case rest == "progresstrail" && f.params(w, r, "start", "page_size"):
		list := []map[string]any{}
		for _, n := range f.get(id).notes {
			list = append(list, map[string]any{"memoText": n.text, "invisibleForCaller": !n.public})
		}
		if len(list) == 0 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		f.answer(w, http.StatusOK, list)
	case r.Method == http.MethodPatch:
		topdeskPatch(f, w, r, f.get(id))
	default:
		f.answer(w, http.StatusOK, f.get(id).topdesk())
	}
}

func (x *fakeTicket) topdesk() map[string]any {
	at := func(t time.Time) string { return t.Format("2006-01-02T15:04:05.000-0700") }
	out := map[string]any{
		"id": x.id, "number": "M 2611 001", "status": "firstLine", "processingStatus": map[string]string{"id": "1", "name": "Geregistreerd"},
		"briefDescription": x.title, "request": "22-11-2026 08:00 :<br>" + fakeBody, "callDate": at(x.created), "creationDate": at(x.created), "modificationDate": at(x.updated),
		"caller":       map[string]any{"id": "c-17", "dynamicName": "Bakker, Karin", "email": "k.bakker@voorbeeld.example", "department": map[string]string{"name": "Financiën"}},
		"callerBranch": map[string]string{"id": "b", "name": "Noord"}, "entryType": map[string]string{"id": "e", "name": "Telefoon"},
		"closed": false, "completed": false, "externalNumber": x.mark, "majorCall": x.mark != "", "timeSpent": 5,
	}
	if x.parent != "" {
		out["majorCallObject"] = map[string]string{"id": x.parent}
	}
	return out
}

func topdeskList(f *fake, w http.ResponseWriter, r *http.Request) {
	if !f.params(w, r, "query", "sort", "fields", "pageStart", "pageSize") {
		return
	}
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("pageSize"))
	start, _ := strconv.Atoi(q.Get("pageStart"))
	from, mark := time.Time{}, ""
	for part := range strings.SplitSeq(q.Get("query"), ";") {
		if at, ok := strings.CutPrefix(part, "modificationDate=ge="); ok {
			from, _ = time.Parse(time.RFC3339, at)
		}
		mark, _ = strings.CutPrefix(part, "externalNumber==")
		if mark == part {
			mark = ""
		}
	}
	list := []map[string]any{}
	more := false
	if size == f.rows {
		var rows []*fakeTicket
		rows, more = f.page("", from, start)
		for _, x := range rows {
			list = append(list, x.topdesk())
		}
	} else {
		for n := len(f.tickets) - 1; n >= 0 && len(list) < size; n-- {
			if x := f.tickets[n]; !x.updated.Before(from) && (mark == "" || x.mark == mark) {
				list = append(list, x.topdesk())
			}
		}
	}
	switch {
	case len(list) == 0:
		w.WriteHeader(http.StatusNoContent)
	case more:
		f.answer(w, http.StatusPartialContent, list)
	default:
		f.answer(w, http.StatusOK, list)
	}
}

func topdeskMake(f *fake, w http.ResponseWriter, r *http.Request) {
	var in struct {
		Status string            `json:"status"`
		Brief  string            `json:"briefDescription"`
		Text   string            `json:"request"`
		Number string            `json:"externalNumber"`
		Major  bool              `json:"majorCall"`
		Caller map[string]string `json:"callerLookup"`
	}
	if !f.body(w, r, &in) {
		return
	}
	if len([]rune(in.Brief)) > 80 || len(in.Number) > 60 || in.Caller["id"] == "" {
		f.answer(w, http.StatusBadRequest, []map[string]string{{"message": "too long"}})
		return
	}
	f.answer(w, http.StatusCreated, f.add(&fakeTicket{title: in.Brief, mark: in.Number}).topdesk())
}

func topdeskPatch(f *fake, w http.ResponseWriter, r *http.Request, x *fakeTicket) {
	var in struct {
		Action    string             `json:"action"`
		Invisible bool               `json:"actionInvisibleForCaller"`
		Major     *map[string]string `json:"majorCallObject"`
	}
	if !f.body(w, r, &in) {
		return
	}
	if in.Action != "" {
		x.notes = append(x.notes, fakeNote{text: in.Action, public: !in.Invisible})
	} else {
		x.parent = ""
		if in.Major != nil {
			x.parent = (*in.Major)["id"]
		}
	}
	x.updated = f.tick()
	f.answer(w, http.StatusOK, x.topdesk())
}

func TestTOPdesk(t *testing.T) {
	f := newFake(t, 5, basic("robot", "token-of-the-tests"), topdeskFake)
	testContract(t, f.rig(func(t *testing.T) System {
		s := mustOpen(t, "topdesk", f.settingsFor(func(s *Settings) {
			s.Username, s.PasswordFile, s.TokenFile, s.CreateIn = "robot", s.TokenFile, "", "p-headstart"
		}))
		s.(*topdesk).rows = f.rows
		return s
	}))
}

// TestTOPdeskWords: flags that TOPdesk keeps outrank words, and a call that was
// written down later keeps when it came.
func TestTOPdeskWords(t *testing.T) {
	d := &topdesk{opened: &opened{Options: Options{Requester: hashed, Zone: time.UTC}, client: &client{}, words: topdeskKind.words.with(Settings{Statuses: map[string]string{"Bij Onderhoud": "waiting_supplier"}})}}
	at := "2026-11-20T09:00:00.000+0100"
	in := topdeskTicket{ID: "a-1", CreationDate: at, ModificationDate: at, CallDate: "2026-11-20T08:10:00.000+0100", ProcessingStatus: &named{Name: "bij onderhoud"}}
	got, err := d.ticket(&in)
	if err != nil || got.Status != "waiting" || got.WaitingOn != "supplier" || !got.Reported.Equal(time.Date(2026, 11, 20, 7, 10, 0, 0, time.UTC)) {
		t.Errorf("read as %+v, %v", got, err)
	}
	in.Completed, in.CompletedDate, in.CallDate = true, at, at
	if got, _ := d.ticket(&in); got.Status != "resolved" || got.WaitingOn != "" || got.Solved.IsZero() || !got.Reported.IsZero() {
		t.Errorf("completed: read as %+v", got)
	}
	in.ProcessingStatus, in.Completed = &named{Name: "Nooit van gehoord"}, false
	if got, _ := d.ticket(&in); got.Status != "open" {
		t.Errorf("a status nobody knows is %q, want open", got.Status)
	}
}
