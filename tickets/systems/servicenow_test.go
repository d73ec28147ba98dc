package systems

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// snowFake answers as the Table API documents: the limit applies before rights,
// unknown parts of a query are dropped, journal entries are rows of their own.
func snowFake(f *fake, w http.ResponseWriter, r *http.Request) {
	if !f.params(w, r, "sysparm_query", "sysparm_fields", "sysparm_limit", "sysparm_offset", "sysparm_display_value", "sysparm_exclude_reference_link") {
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/api/now/v2/table/")
	if !ok {
		f.missing(w, r)
		return
	}
	table, id, one := strings.Cut(path, "/")
	switch {
	case r.Method == http.MethodGet && one:
		snowOne(f, w, r, id)
	case r.Method == http.MethodGet:
		snowRows(f, w, r, table)
	case r.Method == http.MethodPost:
		snowInsert(f, w, r, table)
	case r.Method == http.MethodPatch && one:
		snowPatch(f, w, r, id)
	default:
		f.missing(w, r)
	}
}

func (x *fakeTicket) snow() map[string]string {
	row := map[string]string{
		"sys_id": x.id, "number": "INC" + x.id[12:], "short_description": x.title, "description": fakeBody, "caller_id": x.person,
		"caller_id.user_name": "k.bakker", "hold_reason": "", "caller_id.department.name": "Financiën", "caller_id.location.name": "Utrecht", "category": "", "priority": "3", "state": cmp.Or(x.state, "1"), "contact_type": "phone",
		"opened_at": x.created.Format(snowTime), "sys_created_on": x.created.Format(snowTime), "sys_updated_on": x.updated.Format(snowTime),
		"name": x.title, "resolved_at": "", "closed_at": "", "assignment_group.name": "Servicedesk", "reopen_count": "0", "correlation_id": x.mark,
		"correlation_display": "", "parent_incident": "", "problem_id": "",
	}
	if x.mark != "" {
		row["correlation_display"] = "headstart"
	}
	row["parent_incident"] = x.parent
	return row
}

func only(row map[string]string, r *http.Request) map[string]string {
	out := map[string]string{}
	for name := range strings.SplitSeq(r.URL.Query().Get("sysparm_fields"), ",") {
		if v, has := row[name]; has { // unknown fields are ignored
			out[name] = v
		}
	}
	return out
}

func snowOne(f *fake, w http.ResponseWriter, r *http.Request, id string) {
	x := f.get(id)
	if x == nil || x.deleted {
		f.answer(w, http.StatusNotFound, map[string]any{"error": map[string]string{"message": "No Record found"}, "status": "failure"})
		return
	}
	f.answer(w, http.StatusOK, map[string]any{"result": only(x.snow(), r)})
}

func snowRows(f *fake, w http.ResponseWriter, r *http.Request, table string) {
	limit, _ := strconv.Atoi(r.URL.Query().Get("sysparm_limit"))
	offset, _ := strconv.Atoi(r.URL.Query().Get("sysparm_offset"))
	want := map[string]string{}
	for part := range strings.SplitSeq(r.URL.Query().Get("sysparm_query"), "^") {
		for _, op := range []string{">=", ">", "LIKE", "IN", "="} {
			if name, value, ok := strings.Cut(part, op); ok {
				want[name+op] = value
				break
			}
		}
	}
	out := []map[string]string{}
	if ids, asked := want["element_idIN"]; asked && table == "sys_journal_field" {
		for id := range strings.SplitSeq(ids, ",") {
			for n, note := range f.get(id).notes {
				if note.public {
					out = append(out, only(map[string]string{
						"element_id": id, "element": "comments", "value": strings.TrimPrefix(note.text, "k.bakker:"), "sys_created_on": f0.Add(time.Duration(n) * time.Minute).Format(snowTime),
						"sys_created_by": map[bool]string{true: "k.bakker", false: "agent"}[strings.HasPrefix(note.text, "k.bakker:")],
					}, r))
				}
			}
		}
		f.answer(w, http.StatusOK, map[string]any{"result": out})
		return
	}
	if table == "sys_journal_field" {
		if x := f.get(want["element_id="]); x != nil {
			for _, n := range x.notes {
				if strings.Contains(n.text, want["valueLIKE"]) {
					out = append(out, only(map[string]string{"element_id": x.id, "value": n.text}, r))
				}
			}
		}
		f.answer(w, http.StatusOK, map[string]any{"result": out})
		return
	}
	kind := map[string]string{"incident": "", "problem": "problem", "cmdb_ci": "ci", "cmdb_ci_outage": "outage"}[table]
	from, _ := time.Parse(snowTime, want["sys_updated_on>="])
	rows, more := f.page(kind, from, offset)
	if limit != f.rows {
		rows, more = f.page(kind, from, 0)
		for more { // small limits are of questions, not of walks
			var next []*fakeTicket
			next, more = f.page(kind, from, len(rows))
			rows = append(rows, next...)
		}
		if strings.HasPrefix(r.URL.Query().Get("sysparm_query"), "ORDERBYDESC") {
			rows = rows[max(0, len(rows)-1):]
		}
	}
	for _, x := range rows {
		if id, has := want["sys_id="]; has && x.id != id {
			continue
		}
		if mark, has := want["correlation_id="]; has && x.mark != mark {
			continue
		}
		if at, err := time.Parse(snowTime, want["sys_updated_on>"]); err == nil && !x.updated.After(at) {
			continue
		}
		out = append(out, only(x.snow(), r))
	}
	if more {
		w.Header().Add("Link", `<https://x.service-now.com/next>;rel="next"`)
	}
	f.answer(w, http.StatusOK, map[string]any{"result": out})
}

func snowInsert(f *fake, w http.ResponseWriter, r *http.Request, table string) {
	var in struct {
		Short   string `json:"short_description"`
		Text    string `json:"description"`
		Mark    string `json:"correlation_id"`
		Display string `json:"correlation_display"`
		Impact  string `json:"impact"`
		Urgency string `json:"urgency"`
		Item    string `json:"cmdb_ci"`
		Type    string `json:"type"`
		Begin   string `json:"begin"`
	}
	if !f.body(w, r, &in) {
		return
	}
	x := f.add(&fakeTicket{title: in.Short, mark: in.Mark, kind: map[string]string{"problem": "problem", "cmdb_ci_outage": "outage"}[table]})
	x.parent = in.Item
	f.answer(w, http.StatusCreated, map[string]any{"result": map[string]string{"sys_id": x.id}})
}

func snowPatch(f *fake, w http.ResponseWriter, r *http.Request, id string) {
	var in struct {
		Notes    string  `json:"work_notes"`
		Comments string  `json:"comments"`
		Parent   *string `json:"parent_incident"`
		End      string  `json:"end"`
	}
	if !f.body(w, r, &in) {
		return
	}
	x := f.get(id)
	if x == nil {
		f.missing(w, r)
		return
	}
	if strings.Contains(strings.ToLower(in.Notes+in.Comments), "[code]") {
		f.t.Error("what we were given as text would be shown as HTML")
	}
	if in.Notes != "" {
		x.notes = append(x.notes, fakeNote{text: in.Notes})
	}
	if in.Comments != "" {
		x.notes = append(x.notes, fakeNote{text: in.Comments, public: true})
	}
	if in.Parent != nil {
		x.parent = *in.Parent
	}
	if in.End != "" {
		x.mark = in.End
	}
	x.updated = f.tick()
	f.answer(w, http.StatusOK, map[string]any{"result": map[string]string{"sys_id": id}})
}

func newSnow(t *testing.T) (*fake, func(t *testing.T) System) {
	t.Helper()
	f := newFake(t, 5, basic("robot", "token-of-the-tests"), snowFake)
	return f, func(t *testing.T) System {
		s := mustOpen(t, "servicenow", f.settingsFor(func(s *Settings) { s.Username, s.PasswordFile, s.TokenFile = "robot", s.TokenFile, "" }))
		s.(*snow).rows = f.rows
		return s
	}
}

func TestServiceNow(t *testing.T) {
	f, open := newSnow(t)
	testContract(t, f.rig(open))
}

// TestServiceNowKeepsAnothersParent: what a person hung a ticket under stays.
func TestServiceNowKeepsAnothersParent(t *testing.T) {
	f, open := newSnow(t)
	x := f.add(&fakeTicket{title: "wifi", parent: "aaaa"})
	_, err := Perform(t.Context(), open(t), Action{Do: "link", Ticket: x.id, To: Target{Ticket: "bbbb"}})
	f.with(func() {
		if !errors.Is(err, ErrRefused) || x.parent != "aaaa" {
			t.Errorf("parent %q, %v; want it kept", x.parent, err)
		}
	})
}

// TestServiceNowReportedAt: opened_at counts only where somebody wrote it down.
func TestServiceNowReportedAt(t *testing.T) {
	_, open := newSnow(t)
	s := open(t).(*snow)
	row := (&fakeTicket{id: "9007199254740993", created: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), updated: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}).snow()
	for opened, want := range map[string]time.Time{"2026-11-20 09:00:00": {}, "2026-11-20 08:10:00": time.Date(2026, 11, 20, 8, 10, 0, 0, time.UTC)} {
		row["opened_at"] = opened
		if got, err := s.ticket(row); err != nil || !got.Reported.Equal(want) || got.Channel != "phone" || got.Priority != "P3" {
			t.Errorf("opened %s: read as %+v, %v", opened, got, err)
		}
	}
}

// TestOAuthClient: tokens are fetched with the client's own credentials, kept, and
// renewed before they end; refused ones say so and show no secret.
func TestOAuthClient(t *testing.T) {
	fetched, takenBack := 0, 0
	f := newFake(t, 5, func(r *http.Request) bool {
		return r.URL.Path == "/oauth_token.do" || fetched > takenBack && r.Header.Get("Authorization") == fmt.Sprintf("Bearer issued-%d", fetched)
	}, func(f *fake, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/oauth_token.do" {
			snowFake(f, w, r)
			return
		}
		if r.FormValue("grant_type") != "client_credentials" || r.FormValue("client_secret") != "token-of-the-tests" {
			f.answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
			return
		}
		fetched++
		f.answer(w, http.StatusOK, map[string]any{"access_token": fmt.Sprintf("issued-%d", fetched), "expires_in": 1800})
	})
	f.add(&fakeTicket{title: "x"})
	s := mustOpen(t, "servicenow", f.settingsFor(func(s *Settings) { s.ClientID, s.ClientSecretFile, s.TokenFile = "hs", s.TokenFile, "" }))
	for range 3 {
		if _, err := s.Changes(t.Context(), Cursor{}.Begin(time.Now(), 0)); err != nil {
			t.Fatal(err)
		}
	}
	if fetched != 1 {
		t.Errorf("%d tokens fetched for three calls, want one", fetched)
	}
	takenBack = 1
	if _, err := s.Changes(t.Context(), Cursor{}.Begin(time.Now(), 0)); !errors.Is(err, ErrAuth) {
		t.Errorf("with a token that is taken back: %v", err)
	}
	if _, err := s.Changes(t.Context(), Cursor{}.Begin(time.Now(), 0)); err != nil || fetched != 2 {
		t.Errorf("after a token that was taken back: %v, %d fetched, want a second", err, fetched)
	}
}

// TestServiceNowOutage: the outage of an item that the CMDB knows by the catalog's
// name is recorded once, and ended.
func TestServiceNowOutage(t *testing.T) {
	f, open := newSnow(t)
	item := f.add(&fakeTicket{title: "sw-n-2", kind: "ci"})
	s := open(t)
	begin := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	record := Action{Do: "make", Kind: "outage", Mark: uid, Title: "HS-12: Printen", Since: begin, Asset: "sw-n-2"}
	made := perform(t, s, record)
	if again := perform(t, s, record); again.ID != made.ID || !again.Already {
		t.Errorf("recorded as %+v, then %+v; want once", made, again)
	}
	perform(t, s, Action{Do: "end", Kind: "outage", Mark: uid, Since: begin.Add(time.Hour)})
	f.with(func() {
		if x := f.get(made.ID); x.parent != item.id || x.mark != "2026-11-23 08:00:00" {
			t.Errorf("the record is of item %q until %q", x.parent, x.mark)
		}
	})
	record.Asset, record.Mark = "sw-unknown", uid[:12]+"0009"
	if _, err := Perform(t.Context(), s, record); !errors.Is(err, ErrRefused) {
		t.Errorf("an item nobody knows: %v", err)
	}
}

// TestServiceNowFirstAnswer: the first comment of somebody else than the caller that
// is not ours; nothing of it, nor of who wrote it, leaves the connector.
func TestServiceNowFirstAnswer(t *testing.T) {
	f, open := newSnow(t)
	var id string
	f.with(func() {
		id = f.add(&fakeTicket{title: "wifi", state: "2", person: "caller", notes: []fakeNote{
			{"k.bakker:nog iets", true}, {"intern", false}, {"Wij weten ervan. [" + uid + "/linked/reply]", true}, {"Welke printer?", true},
		}}).id
	})
	rows, _, _ := walk(t, open(t), Cursor{}.Begin(time.Now(), 0))
	if got := find(rows, id); got == nil || !got.FirstResponse.Equal(f0.Add(3*time.Minute)) {
		t.Errorf("read as %+v, want the first answer at %v", got, f0.Add(3*time.Minute))
	}
}

// TestServiceNowOnHold: whom an incident waits for.
func TestServiceNowOnHold(t *testing.T) {
	s := &snow{opened: bare(snowKind)}
	for reason, want := range map[string]string{"": "user", "1": "user", "3": "us", "4": "supplier", "5": "us"} {
		row := (&fakeTicket{id: "9007199254740993", created: f0, updated: f0, state: "3"}).snow()
		row["hold_reason"] = reason
		if got, err := s.ticket(row); err != nil || got.Status != "waiting" || got.WaitingOn != want {
			t.Errorf("on hold for %q: %s on %q, %v", reason, got.Status, got.WaitingOn, err)
		}
	}
}
