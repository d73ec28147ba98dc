package notify

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"headstart"
)

// outageFake is an instance with two items in its CMDB (Table API v2). As a real
// one it takes fields it does not know; this one complains of them.
type outageFake struct {
	*strict
	records []map[string]string
}

func startOutage(t *testing.T) (*outageFake, Channel) {
	f := &outageFake{}
	f.strict = serve(t, f.answer)
	return f, built(t, ChannelConfig{
		Type: "servicenow-outage", URL: f.url, Username: "headstart", PasswordFile: secretFile(t, "pw s3cret"),
		Items: map[string]string{"print": "Printing Service", "mail": "Mail"},
	})
}

func (f *outageFake) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	if user, password, _ := r.BasicAuth(); user != "headstart" || password != "pw s3cret" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	say := func(result any) {
		if err := json.NewEncoder(w).Encode(map[string]any{"result": result}); err != nil {
			f.t.Error(err)
		}
	}
	query := r.URL.Query().Get("sysparm_query")
	path := strings.TrimPrefix(r.URL.Path, "/api/now/table/")
	switch {
	case r.Method == http.MethodGet && path == "cmdb_ci":
		name := strings.TrimPrefix(query, "name=")
		if name != "Printing Service" && name != "Mail" {
			say([]any{})
			return
		}
		say([]any{map[string]any{"sys_id": "ci-" + name, "name": name}})
	case r.Method == http.MethodGet && path == "cmdb_ci_outage":
		rows := []any{}
		for _, rec := range f.records {
			if strings.Contains(rec["short_description"], strings.TrimPrefix(query, "short_descriptionLIKE")) {
				rows = append(rows, rec)
			}
		}
		say(rows)
	case r.Method == http.MethodPost && path == "cmdb_ci_outage":
		rec := f.fields(r, body)
		rec["sys_id"] = fmt.Sprintf("rec%d", len(f.records)+1)
		f.records = append(f.records, rec)
		w.WriteHeader(http.StatusCreated)
		say(rec)
	case r.Method == http.MethodPatch && strings.HasPrefix(path, "cmdb_ci_outage/"):
		for _, rec := range f.records {
			if "cmdb_ci_outage/"+rec["sys_id"] == path {
				maps.Copy(rec, f.fields(r, body))
				say(rec)
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}

func (f *outageFake) fields(r *http.Request, body []byte) map[string]string {
	rec := map[string]string{}
	if !takes(f.t, r, body, &rec) {
		return rec
	}
	for k, v := range rec {
		if !strings.Contains(" cmdb_ci type begin end short_description details ", " "+k+" ") || k == "short_description" && len([]rune(v)) > 160 {
			f.t.Errorf("the table has no field %s of %q", k, v)
		}
	}
	return rec
}

// One record for each mapped service: made, edited at every update, ended at the
// end. A service that has no item has none.
func TestOutage(t *testing.T) {
	f, c := startOutage(t)
	first, more, last := notice(1, headstart.Investigating), silently(notice(2, headstart.Progress)), notice(3, headstart.Solved)
	first.Services = []string{"lan", "print"}
	more.Services = []string{"lan", "mail", "print"}
	talk(t, c, first, more)
	if len(f.records) != 2 || f.records[0]["cmdb_ci"] != "ci-Printing Service" || f.records[0]["begin"] != "2026-11-23 07:15:00" || f.records[0]["end"] != "" || f.records[0]["type"] != "outage" {
		t.Fatalf("%+v, want a record for print and one for mail, both open", f.records)
	}
	if d := f.records[0]["details"]; strings.Contains(d, "<hier>") || !strings.Contains(d, "&lt;hier&gt;") || !strings.Contains(d, "<br>") {
		t.Errorf("details %q, want the words as HTML that nothing of outside is read in", d)
	}
	f2, c2 := startOutage(t)
	talk(t, c2, first, last)
	if len(f2.records) != 1 || f2.records[0]["end"] != "2026-11-23 07:15:00" {
		t.Errorf("%+v, want the record ended", f2.records)
	}
}

// The answer to what was made is lost: the next attempt finds the record by its
// mark. One that was deleted is made anew.
func TestOutageLostAndGone(t *testing.T) {
	f, c := startOutage(t)
	f.next(trouble{}, trouble{lost: true})
	h, err := c.Post(t.Context(), notice(1, headstart.Investigating))
	if sortOf(err) != "again" {
		t.Fatalf("%v, want another attempt", err)
	}
	if h, err = tell(t.Context(), c, again(notice(1, headstart.Investigating)), h); err != nil || len(f.records) != 1 {
		t.Fatalf("%v, %d records; want one", err, len(f.records))
	}
	f.records[0]["sys_id"] = "elsewhere"
	if _, err = tell(t.Context(), c, notice(2, headstart.Progress), h); err != nil || len(f.records) != 2 {
		t.Errorf("%v, %d records; want it made anew", err, len(f.records))
	}
	wantHTTPManners(t, f.strict, c)
}

// What a person can put right is waited for, and named.
func TestOutageMistakes(t *testing.T) {
	f, c := startOutage(t)
	c.(*outage).items["print"] = "Nobody's"
	if _, err := c.Post(t.Context(), notice(1, headstart.Investigating)); sortOf(err) != "again" || !strings.Contains(err.Error(), `item named "Nobody's"; correct items`) {
		t.Errorf("%v, want the item named", err)
	}
	f.next(status(403, ""))
	if _, err := c.Post(t.Context(), notice(1, headstart.Investigating)); sortOf(err) != "again" || !strings.Contains(err.Error(), "write on cmdb_ci_outage") {
		t.Errorf("%v, want the right that lacks", err)
	}
	err := Config{Channels: []ChannelConfig{{Name: "a", Type: "servicenow-outage", URL: "https://x.service-now.com"}}}.Validate()
	for _, want := range []string{"items is empty", "set username and password_file, or client_id"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q among them", err, want)
		}
	}
}

func FuzzOutageRows(f *testing.F) {
	f.Add([]byte(`{"result":{"sys_id":"a","cmdb_ci":{"link":"x"}}}`))
	f.Add([]byte(`{"result":[{"sys_id":"a"}]}`))
	f.Fuzz(func(t *testing.T, reply []byte) {
		if rows, err := readRows(reply); err != nil && rows != nil {
			t.Errorf("%q: rows and %v", reply, err)
		}
	})
}
