package alerts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"headstart"
)

// deciding lets the view follow what the log takes of silences, as the engine
// makes it. Off: readers never get to see what was written.
func (s *stand) deciding(on bool) {
	s.API.store = func(ctx context.Context, a headstart.Append) (headstart.Offset, error) {
		off, err := s.append(ctx, a)
		if err != nil || !on {
			return off, err
		}
		s.mu.Lock()
		rec, now := s.records[len(s.records)-1], s.now
		s.mu.Unlock()
		var rows []headstart.FeedOp
		for _, l := range rec.Lines {
			if l.Silence != nil {
				rows = append(rows, s.rowOf(*l.Silence, now))
			}
		}
		return off, s.view.Apply(off, headstart.FeedEntry{V: 1, Cursor: headstart.Cursor{Off: off}, At: now.UnixMilli(), Rows: rows})
	}
}

func (s *stand) rowOf(m headstart.Silence, now time.Time) headstart.FeedOp {
	if m.Deleted {
		old, _ := s.view.Silence(m.ID)
		old.EndsAt = now
		if old.StartsAt.After(now) {
			old.StartsAt = now
		}
		m = old
	}
	m.UpdatedAt = now
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return headstart.FeedOp{Table: headstart.TableSilences, Row: headstart.Row{Key: m.ID, Val: b}}
}

// rows puts silences into the view.
func (s *stand) rows(t *testing.T, silences ...headstart.Silence) {
	t.Helper()
	var rows []headstart.FeedOp
	for _, m := range silences {
		rows = append(rows, s.rowOf(m, t0))
	}
	if err := s.view.Apply(headstart.Offset{}, headstart.FeedEntry{V: 1, Rows: rows}); err != nil {
		t.Fatal(err)
	}
}

func (s *stand) send(t *testing.T, method, path, kind, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", cmp.Or(kind, "application/json"))
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	return w
}

// silenced posts a silence that must be taken, and returns its id.
func (s *stand) silenced(t *testing.T, body string) string {
	t.Helper()
	w := s.post(t, "/api/v2/silences", body)
	var answer struct{ SilenceID string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 || !isUUID(answer.SilenceID) {
		t.Fatalf("answered %d %s, want 200 with an id", w.Code, w.Body)
	}
	return answer.SilenceID
}

// wantStates checks which silences the list has, and in which state.
func (s *stand) wantStates(t *testing.T, want map[string]string) {
	t.Helper()
	var list []struct {
		ID     string
		Status silenceStatus
	}
	if err := json.Unmarshal(s.get(t, "/api/v2/silences").Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, m := range list {
		got[m.ID] = m.Status.State
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("silences differ (-want +got):\n%s", diff)
	}
}

func quoted(id string) string { return `"` + id + `"` }

// silence makes a body; more replaces whole keys, "" takes one away.
func silence(now time.Time, more ...string) string {
	keys := map[string]string{
		"matchers": `[{"name":"alertname","value":"HostDown","isRegex":false}]`, "createdBy": `"joris"`, "comment": `"new switch"`,
		"startsAt": fmt.Sprintf("%q", now.Format(time.RFC3339Nano)), "endsAt": fmt.Sprintf("%q", now.Add(time.Hour).Format(time.RFC3339Nano)),
	}
	for i := 0; i+1 < len(more); i += 2 {
		if keys[more[i]] = more[i+1]; more[i+1] == "" {
			delete(keys, more[i])
		}
	}
	var parts []string
	for k, v := range keys {
		parts = append(parts, fmt.Sprintf("%q:%s", k, v))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// silenceAnswers are bodies, and what 0.34 answers them.
var silenceAnswers = map[string]struct {
	more   []string
	body   string // instead of more
	kind   string // "": application/json; "-": none
	status int
	text   string
}{
	"a silence":                         {status: 200, text: `"silenceID":"`},
	"isEqual false":                     {more: []string{"matchers", `[{"name":"a","value":"b","isRegex":false,"isEqual":false}]`}, status: 200},
	"a regex":                           {more: []string{"matchers", `[{"name":"a","value":"b.*","isRegex":true,"isEqual":true}]`}, status: 200},
	"an empty comment":                  {more: []string{"comment", `""`}, status: 200},
	"unknown keys":                      {more: []string{"more", `1`}, status: 200},
	"zero start":                        {more: []string{"startsAt", `"0001-01-01T00:00:00.000Z"`}, status: 200},
	"no comment":                        {more: []string{"comment", ""}, status: 422, text: "comment in body is required"},
	"no author":                         {more: []string{"createdBy", ""}, status: 422, text: "createdBy in body is required"},
	"no end":                            {more: []string{"endsAt", ""}, status: 422, text: "endsAt in body is required"},
	"no start":                          {more: []string{"startsAt", ""}, status: 422, text: "startsAt in body is required"},
	"no matchers":                       {more: []string{"matchers", ""}, status: 422, text: "matchers in body is required"},
	"matchers are null":                 {more: []string{"matchers", "null"}, status: 422, text: "matchers in body is required"},
	"empty matchers":                    {more: []string{"matchers", "[]"}, status: 422, text: `"code":612`},
	"a matcher without a name":          {more: []string{"matchers", `[{"value":"b","isRegex":false}]`}, status: 422, text: "matchers.0.name in body is required"},
	"a matcher without a value":         {more: []string{"matchers", `[{"name":"b","isRegex":false}]`}, status: 422, text: "matchers.0.value in body is required"},
	"a matcher without isRegex":         {more: []string{"matchers", `[{"name":"b","value":"x"}]`}, status: 422, text: "matchers.0.isRegex in body is required"},
	"a matcher that matches no label":   {more: []string{"matchers", `[{"name":"a","value":"","isRegex":false}]`}, status: 400, text: "at least one matcher must not match the empty string"},
	"a regex that matches no label":     {more: []string{"matchers", `[{"name":"a","value":".*","isRegex":true}]`}, status: 400, text: "at least one matcher must not match the empty string"},
	"a matcher without a label name":    {more: []string{"matchers", `[{"name":"","value":"x","isRegex":false}]`}, status: 400, text: "invalid label name"},
	"a bad regex":                       {more: []string{"matchers", `[{"name":"a","value":"(","isRegex":true}]`}, status: 400, text: "invalid regular expression"},
	"a regex that breaks out":           {more: []string{"matchers", `[{"name":"a","value":"a)|(b","isRegex":true}]`}, status: 400, text: "invalid regular expression"},
	"it ends before it begins":          {more: []string{"endsAt", `"2020-01-01T00:00:00Z"`, "startsAt", `"2021-01-01T00:00:00Z"`}, status: 400, text: "start time must be before end time"},
	"it ended long ago":                 {more: []string{"endsAt", `"2021-01-01T00:00:00Z"`, "startsAt", `"2020-01-01T00:00:00Z"`}, status: 400, text: "end time can't be in the past"},
	"it never ends":                     {more: []string{"endsAt", `"9999-01-01T00:00:00Z"`}, status: 400, text: "before 2200"},
	"an id nobody knows":                {more: []string{"id", `"8a1d4a52-6a63-4a5c-8d5c-2f4b5b9f0a11"`}, status: 404, text: `"silence not found"`},
	"a comment of a megabyte":           {more: []string{"comment", `"` + strings.Repeat("x", 1<<20) + `"`}, status: 400, text: "send at most"},
	"a time that is none":               {more: []string{"endsAt", `"tomorrow"`}, status: 400, text: "parsing silence body"},
	"a list":                            {body: "[]", status: 400, text: "parsing silence body"},
	"broken JSON":                       {body: "{", status: 400, text: "parsing silence body"},
	"no body":                           {body: " ", status: 422, text: "silence in body is required"},
	"null":                              {body: "null", status: 422, text: "silence in body is required"},
	"no UTF-8":                          {body: "{\"comment\":\"\xff\"}", status: 400, text: "UTF-8"},
	"another content type":              {kind: "text/plain", status: 415},
	"more matchers than a person types": {more: []string{"matchers", "[" + strings.TrimSuffix(strings.Repeat(`{"name":"a","value":"b","isRegex":false},`, 101), ",") + "]"}, status: 400, text: "send at most 100"},
}

// What is refused and how is what 0.34 does; amtool and karma show it to people.
func TestPostSilence(t *testing.T) {
	for name, tt := range silenceAnswers {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			s.deciding(true)
			w := s.send(t, "POST", "/api/v2/silences", tt.kind, cmp.Or(tt.body, silence(t0, tt.more...)))
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.text) {
				t.Errorf("answered %d %s, want %d with %q", w.Code, w.Body, tt.status, tt.text)
			}
		})
	}
}

// notAlike are bodies the real program answers otherwise, and why.
var notAlike = map[string]string{
	"it never ends":                     "taken there; the log has a last year",
	"a comment of a megabyte":           "taken there",
	"more matchers than a person types": "taken there",
	"no UTF-8":                          "replaced there",
	"null":                              "a crash of the handler there",
	"no body":                           "a body of blanks is broken JSON there",
	"a regex that breaks out":           "checked inside its anchors there since 0.25",
}

// The real program answers the same status, and the same kind of error.
func TestSilenceAnswersAreRealAlertmanagers(t *testing.T) {
	real := startAlertmanager(t)
	for name, tt := range silenceAnswers {
		if notAlike[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequest("POST", real+"/api/v2/silences", strings.NewReader(cmp.Or(tt.body, silence(time.Now(), tt.more...))))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", cmp.Or(tt.kind, "application/json"))
			theirs, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer theirs.Body.Close()
			body, err := io.ReadAll(theirs.Body)
			if err != nil {
				t.Fatal(err)
			}
			if theirs.StatusCode != tt.status || strings.HasPrefix(string(body), "{") != (tt.status != 400 && tt.status != 404 || strings.Contains(tt.text, "parsing")) {
				t.Errorf("they answer %d %s, we %d", theirs.StatusCode, body, tt.status)
			}
		})
	}
}

// A silence is changed in place while that does not rewrite what it silenced;
// else it ends and another takes its place, as in Alertmanager.
func TestChangeSilence(t *testing.T) {
	s := newStand(t)
	s.deciding(true)
	id := s.silenced(t, silence(t0))
	s.at(10 * time.Minute)
	if again := s.silenced(t, silence(t0, "id", quoted(id), "endsAt", `"2026-11-23T12:00:00Z"`, "comment", `"longer"`)); again != id {
		t.Errorf("a longer end made %s, want the same silence", again)
	}
	other := s.silenced(t, silence(t0, "id", quoted(id), "matchers", `[{"name":"alertname","value":"SwitchDown","isRegex":false}]`))
	if other == id {
		t.Error("other matchers changed the silence in place; want a new one")
	}
	s.wantStates(t, map[string]string{id: "expired", other: "active"})
	third := s.silenced(t, silence(t0, "id", quoted(id), "endsAt", `"2026-11-23T12:00:00Z"`))
	if third == id {
		t.Error("an expired silence was changed; want a new one")
	}
	if got, _ := s.view.Silence(third); got.StartsAt.Before(s.API.now()) {
		t.Errorf("the new silence begins %s, want not before now", got.StartsAt)
	}
	pending := s.silenced(t, silence(t0.Add(2*time.Hour)))
	if again := s.silenced(t, silence(t0.Add(3*time.Hour), "id", quoted(pending))); again != pending {
		t.Error("moving one that has not begun made another")
	}
	if w := s.send(t, "DELETE", "/api/v2/silence/"+pending, "", ""); w.Code != 200 || w.Body.Len() > 0 {
		t.Errorf("DELETE answered %d %q, want 200 and nothing", w.Code, w.Body)
	}
	if w := s.send(t, "DELETE", "/api/v2/silence/"+pending, "", ""); w.Code != 200 {
		t.Errorf("a second DELETE answered %d, want 200", w.Code)
	}
	s.wantStates(t, map[string]string{id: "expired", other: "active", third: "active", pending: "expired"})
}

// A silence of an Alertmanager is to be read here and changed there (ruling 17);
// an inhibition is no silence at all.
func TestSilencesOfTheSource(t *testing.T) {
	const theirs = "6e33aa00-54f5-4df0-a3e7-5ea4b33b0a52"
	s := newStand(t)
	s.deciding(true)
	s.rows(t, headstart.Silence{ID: theirs, Source: "am-1:9093", StartsAt: t0, EndsAt: t0.Add(time.Hour), Matchers: []headstart.Matcher{{Name: "a", Value: "b", IsEqual: true}}},
		headstart.Silence{ID: headstart.InhibitionID("0102030405060708"), StartsAt: t0, EndsAt: t0.Add(time.Hour)})
	if w := s.get(t, "/api/v2/silence/"+theirs); w.Code != 200 || !strings.Contains(w.Body.String(), `"headstart_source":"am-1:9093"`) {
		t.Errorf("GET answered %d %s, want the silence and where it is from", w.Code, w.Body)
	}
	if w := s.send(t, "DELETE", "/api/v2/silence/"+theirs, "", ""); w.Code != 404 || w.Body.Len() > 0 {
		t.Errorf("DELETE answered %d %q, want 404 and nothing", w.Code, w.Body)
	}
	if w := s.send(t, "POST", "/api/v2/silences", "", silence(t0, "id", quoted(theirs))); w.Code != 404 {
		t.Errorf("POST answered %d, want 404", w.Code)
	}
	s.wantStates(t, map[string]string{theirs: "active"})
}

// The author a client names stays; who was logged in stands beside it.
func TestSilenceAuthor(t *testing.T) {
	s := newStand(t)
	s.deciding(true)
	r := httptest.NewRequest("POST", "/api/v2/silences", strings.NewReader(silence(t0)))
	r.Header.Set("Content-Type", "application/json")
	r = r.WithContext(headstart.WithIdentity(r.Context(), headstart.Identity{Name: "karma-token"}))
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	list := s.get(t, "/api/v2/silences").Body.String()
	if !strings.Contains(list, `"createdBy":"joris"`) || !strings.Contains(list, `"headstart_by":"karma-token"`) {
		t.Errorf("the list is %s; want joris as author, and karma-token beside it", list)
	}
}

// 200 stands for durable and seen; what is not stored is 503, what nobody has
// seen yet 202 (ruling 9).
func TestSilenceIsDurable(t *testing.T) {
	s := newStand(t)
	s.deciding(true)
	s.fail = errors.New("disk full")
	if w := s.post(t, "/api/v2/silences", silence(t0)); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("answered %d, want 503 with Retry-After", w.Code)
	}
	s.fail = nil
	s.deciding(false)
	r := httptest.NewRequest("POST", "/api/v2/silences", strings.NewReader(silence(t0)))
	r.Header.Set("Content-Type", "application/json")
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Millisecond)
	defer cancel()
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r.WithContext(ctx))
	if w.Code != 202 || !isUUID(strings.TrimPrefix(w.Header().Get("Location"), "/api/v2/silence/")) {
		t.Errorf("answered %d with Location %q, want 202 and where the silence will be", w.Code, w.Header().Get("Location"))
	}
}

func TestSilenceQueries(t *testing.T) {
	s := newStand(t)
	s.deciding(true)
	s.silenced(t, silence(t0, "matchers", `[{"name":"alertname","value":"HostDown","isRegex":false},{"name":"site","value":"n.*","isRegex":true,"isEqual":false}]`))
	for query, want := range map[string]int{
		"":                                   1,
		"?filter=alertname%3D%22HostDown%22": 1,
		"?filter=alertname%3D~%22Host.*%22":  0, // the same matcher, not one that would match it
		"?filter=site!~%22n.*%22":            1,
		"?filter=site%3D~%22n.*%22":          0,
		"?active=false":                      0,
		"?expired=false&pending=false":       1,
	} {
		w := s.get(t, "/api/v2/silences"+query)
		if err := json.Unmarshal(w.Body.Bytes(), &[]any{}); err != nil || strings.Count(w.Body.String(), `"id"`) != want {
			t.Errorf("%q gives %s, want %d silences", query, w.Body, want)
		}
	}
	for path, want := range map[string]int{"/api/v2/silence/x": 422, "/api/v2/silence/8a1d4a52-6a63-4a5c-8d5c-2f4b5b9f0a11": 404, "/api/v2/silences?filter=%3D": 400} {
		if w := s.get(t, path); w.Code != want {
			t.Errorf("GET %s answered %d %s, want %d", path, w.Code, w.Body, want)
		}
	}
	if w := s.send(t, "PUT", "/api/v2/silence/x", "", "{}"); w.Code != 405 {
		t.Errorf("PUT answered %d, want 405", w.Code)
	}
}

// Nothing a client posts as a silence breaks the decoder, and what it lets
// through can be compiled, stored and read back.
func FuzzSilence(f *testing.F) {
	for _, tt := range silenceAnswers {
		f.Add(cmp.Or(tt.body, silence(t0, tt.more...)))
		f.Add(silence(t0, "annotations", `{"headstart_every":"daily 00:00-24:00 UTC"}`))
	}
	f.Fuzz(func(t *testing.T, body string) {
		s, serr := decodeSilence(body)
		if serr != nil {
			if serr.status() < 400 || serr.status() > 499 || serr.Message == "" {
				t.Fatalf("refused with %d %q, want a 4xx that says why", serr.status(), serr.Message)
			}
			return
		}
		if errors.Join(checkTimes(&s, t0), checkSilence(&s), checkRecurrence(&s, t0, time.UTC)) != nil {
			return
		}
		s.ID = newUUID()
		rec, err := headstart.DecodeRecord(headstart.NewRecord(t0, headstart.Line{Silence: &s}).Encode())
		if err != nil {
			t.Fatal(err)
		}
		back := rec.Lines[0].Silence
		if back.Every != s.Every || s.Every == "" && !inPlace(back, &s, s.StartsAt) || !hasMatchers(back, nil) || back.Comment != s.Comment {
			t.Fatalf("%+v was read back as %+v", s, back)
		}
	})
}
