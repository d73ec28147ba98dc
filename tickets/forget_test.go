package tickets

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"headstart"
)

// A ticket its system deleted leaves no text: before the log says so, and again if the
// log could not.
func TestDeletedLeavesNoText(t *testing.T) {
	s := newStand(t)
	var dropped []string
	var fail error
	s.drop = func(_ context.Context, keys []string) error {
		dropped = append(dropped, keys...)
		return fail
	}
	const deleted = `{"ticket":{"id":"T-1","status":"deleted","title":"nog een titel","created_at":"2026-11-23T08:00:00Z"}}`
	fail = errors.New("the disk is gone")
	if w := s.post(t, "/hooks/tickets/portal", deleted); w.Code != 503 || len(s.taken(t)) > 0 {
		t.Errorf("answered %d; want 503 and nothing in the log while the text is there", w.Code)
	}
	fail, s.fail = nil, errors.New("the log is gone")
	if w := s.post(t, "/hooks/tickets/portal", deleted); w.Code != 503 {
		t.Errorf("answered %d; want 503", w.Code)
	}
	s.fail = nil
	s.post(t, "/hooks/tickets/portal", `[{"id":"T-2","title":"open","created_at":"2026-11-23T08:00:00Z"},{"id":"T-1","status":"deleted","created_at":"2026-11-23T08:00:00Z"}]`)
	if !slices.Equal(dropped, []string{"portal/T-1", "portal/T-1", "portal/T-1"}) {
		t.Errorf("dropped %v, want the deleted one each time", dropped)
	}
	for _, a := range s.appends {
		for _, x := range a.Text {
			if x.Key == "portal/T-1" {
				t.Errorf("a text of the deleted ticket was written: %s", x.Value)
			}
		}
	}
}

// What was forgotten on request is not read again: the sender hears that it was taken.
func TestForgottenIsNotReadAgain(t *testing.T) {
	s := newStand(t)
	val := `{"v":1,"at":"2026-11-23T08:00:00Z","by":"petra","do":"forget","marks":["` + Mark(s.key, "portal/T-1") + `"]}`
	if err := s.view.Apply(headstart.Offset{Ms: 1}, headstart.FeedEntry{Rows: []headstart.FeedOp{{Table: headstart.TableAudit, Row: headstart.Row{Key: "c1", Val: []byte(val)}}}}); err != nil {
		t.Fatal(err)
	}
	w := s.post(t, "/hooks/tickets/portal", `[{"id":"T-1","title":"weer ik","created_at":"2026-11-23T08:00:00Z"},{"id":"T-2","title":"iemand anders","created_at":"2026-11-23T08:00:00Z"}]`)
	got := s.taken(t)
	if w.Code != 202 || len(got) != 1 || got[0].ID != "T-2" {
		t.Errorf("answered %d, took %v; want 202 and the other one", w.Code, got)
	}
}

// Mistakes name the key and never the value: columns slip, and then it is a name.
func TestMistakesQuoteNothing(t *testing.T) {
	const name = "Wilhelmina Plantgoed"
	s := newStand(t)
	for _, key := range []string{"priority", "channel", "waiting_on", "source", "created_at", "line", "requester", "url", "status"} {
		body := strings.NewReplacer("KEY", key, "NAME", name+"\\u0007").Replace(`{"id":"T-1","title":"x","created_at":"2026-11-23T08:00:00Z","KEY":"NAME"}`)
		if w := s.post(t, "/hooks/tickets/portal", body); w.Code/100 == 2 || strings.Contains(w.Body.String(), name) {
			t.Errorf("%s: answered %d %s", key, w.Code, w.Body)
		}
	}
	if strings.Contains(s.logs.String(), name) {
		t.Errorf("the log quotes it:\n%s", s.logs)
	}
}
