package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"headstart"
)

// deskNotes puts three notes on the desk, one of them about something confidential, and
// a duty list.
func (w *world) deskNotes() {
	w.put(headstart.TableConfig, "current", headstart.LogConfig{
		Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: &w.cat, Calendar: &headstart.Calendar{},
		Desk: &headstart.Desk{Duty: []headstart.Duty{{Name: "samira", Absent: []string{w.now.Format(time.DateOnly)}, Substitute: "joris"}, {Name: "joris"}}},
	})
	due := w.now.Add(-time.Minute)
	w.put(headstart.TableDesk, "handover:HS-1043", headstart.DeskNote{
		V: 1, ID: "handover:HS-1043", Kind: "todo", By: "rule", At: w.now.Add(-time.Hour), Incident: "HS-1043", To: "joris", Due: due, Closes: headstart.ClosesOwner, Text: "x",
		Said: &headstart.Decision{At: w.now, Rule: "O-28", Outcome: "handover_offered", Facts: []headstart.Fact{{Name: "incident", Value: "HS-1043"}, {Name: "owner", Value: "samira"}, {Name: "next", Value: "joris"}, {Name: "until", Value: due.UTC().Format(time.RFC3339)}}},
	})
	w.put(headstart.TableDesk, "n1", headstart.DeskNote{V: 1, ID: "n1", Kind: "handover", By: "anna", At: w.now.AddDate(0, 0, -4), Text: "<b>let op</b> de balie"})
	w.put(headstart.TableDesk, "n2", headstart.DeskNote{V: 1, ID: "n2", Kind: "todo", By: "anna", At: w.now.AddDate(0, 0, -4), Text: "toner bestellen"})
	w.put(headstart.TableDesk, "n3", headstart.DeskNote{V: 1, ID: "n3", Kind: "todo", By: "anna", At: w.now, Text: "salaris bellen", Incident: "HS-9"})
	w.put(headstart.TableDesk, "n4", headstart.DeskNote{V: 1, ID: "n4", Kind: "todo", By: "anna", At: w.now, Done: w.now.Add(-time.Minute), DoneBy: "joris", Text: "papier halen"})
	w.put(headstart.TableIncidents, "HS-9", headstart.Incident{V: 1, ID: "HS-9", UID: "9", Seq: 9, State: headstart.Open, Priority: "P3", Confidential: true, Title: headstart.Names{"": "Salaris"}})
	w.fill()
}

// TestDeskNotes: board and page say who works and what is to be done, in the reader's
// language, with how long it was carried over; text of people is text.
func TestDeskNotes(t *testing.T) {
	w := badMonday(t)
	w.deskNotes()
	h := serve(w.site(), desk)
	for _, path := range []string{"/", "/desk"} {
		body := get(t, h, path, http.StatusOK)
		for _, want := range []string{"joris tot 17:30 (ook voor samira)", "HS-1043 overdragen vóór", "Geef aan joris", "&lt;b&gt;let op", "toner bestellen", "3e dag", "Zet terug"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
		if strings.Contains(body, "salaris bellen") {
			t.Errorf("%s tells the desk of what is confidential", path)
		}
	}
	if body := get(t, h, "/desk?lang=en", http.StatusOK); !strings.Contains(body, "Hand over HS-1043 before") {
		t.Error("in English the to-do of a rule is not")
	}
	if body := get(t, serve(w.site(), approver), "/desk", http.StatusOK); !strings.Contains(body, "salaris bellen") {
		t.Error("an approver does not read it")
	}
}

// TestDeskNotesByForm: what people press becomes a command; what is not theirs to tick
// off stays.
func TestDeskNotesByForm(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		fields []string
		status int
		want   headstart.Command
	}{
		"a to-do":       {"/desk/todo", []string{"text", " bellen ", "for", "joris", "incident", "HS-1043"}, 303, headstart.Command{Do: "todo", Text: "bellen", For: "joris", Incident: "HS-1043", Kind: "resolved"}},
		"a notice":      {"/desk/notice", []string{"text", "balie dicht", "until", "2099-01-02"}, 303, headstart.Command{Do: "notice", Text: "balie dicht"}},
		"done":          {"/desk/done", []string{"note", "n2", "back", "board"}, 303, headstart.Command{Do: "todo-done", Ref: "n2"}},
		"not after all": {"/desk/undo", []string{"note", "n4"}, 303, headstart.Command{Do: "todo-done", Ref: "n4"}},
		"no text":       {"/desk/todo", nil, 400, headstart.Command{}},
		"too long":      {"/desk/todo", []string{"text", strings.Repeat("é", 2001)}, 400, headstart.Command{}},
		"no day":        {"/desk/notice", []string{"text", "x", "until", "morgen"}, 400, headstart.Command{}},
		"no act":        {"/desk/burn", nil, 404, headstart.Command{}},
		"not his":       {"/desk/done", []string{"note", "n3"}, 403, headstart.Command{}},
	} {
		w := badMonday(t)
		w.deskNotes()
		rec := post(serve(w.site(), desk), c.path, c.fields...)
		if rec.Code != c.status {
			t.Errorf("%s: %d, want %d", name, rec.Code, c.status)
		}
		if c.status != 303 {
			if len(w.done) > 0 {
				t.Errorf("%s: did %+v", name, w.done)
			}
			continue
		}
		if len(w.done) != 1 {
			t.Fatalf("%s: %d commands", name, len(w.done))
		}
		got := w.done[0]
		if got.Do != c.want.Do || got.Text != c.want.Text || got.For != c.want.For || got.Ref != c.want.Ref || got.Incident != c.want.Incident || got.Kind != c.want.Kind || got.By != desk.Name {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if undone := got.Value != nil && !*got.Value; undone != (name == "not after all") {
			t.Errorf("%s: value %v", name, got.Value)
		}
	}
}
