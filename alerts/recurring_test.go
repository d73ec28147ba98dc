package alerts

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"headstart"
)

// A silence that comes back is asked for by an annotation and shown as the time of it that
// runs; a client that sends back what it read keeps it.
func TestRecurringSilence(t *testing.T) {
	s := newStand(t)
	s.deciding(true)
	last := func() []headstart.Line {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.records[len(s.records)-1].Lines
	}
	if w := s.post(t, "/api/v2/silences", silence(t0, "annotations", `{"headstart_every":"each day"}`)); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "mon-fri or sat,sun") {
		t.Errorf("an annotation nobody can read: %d %s; want 400 with an example", w.Code, w.Body)
	}
	later := strings.ToLower(t0.UTC().AddDate(0, 0, 2).Format("Mon")) + " 10:00-11:00 UTC"
	if w := s.post(t, "/api/v2/silences", silence(t0, "annotations", `{"headstart_every":"`+later+`"}`)); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "send a later endsAt") {
		t.Errorf("one that comes in two days and ends within the hour: %d %s; want 400, not a silence that holds now", w.Code, w.Body)
	}
	id := s.silenced(t, silence(t0, "annotations", `{"headstart_every":"daily 00:00-24:00 UTC"}`))
	asked := *last()[0].Silence
	if asked.Every != "daily 00:00-24:00 UTC" || asked.Annotations != nil {
		t.Errorf("the log has %+v; want when it comes back, and no annotation of ours", asked)
	}
	until := t0.Add(30 * 24 * time.Hour)
	asked.Until = until // as the engine keeps it
	s.rows(t, asked)
	got := s.get(t, "/api/v2/silence/"+id).Body.String()
	for _, want := range []string{`"headstart_every":"daily 00:00-24:00 UTC"`, `"headstart_until":"` + until.UTC().Format(time.RFC3339) + `"`, `"state":"active"`} {
		if !strings.Contains(got, want) {
			t.Errorf("GET says %s; want %s in it", got, want)
		}
	}
	s.silenced(t, got)
	lines := last()
	if n := len(lines); n != 2 || !lines[0].Silence.Deleted || lines[1].Silence.Every != asked.Every || !lines[1].Silence.EndsAt.Equal(until) {
		t.Errorf("sent back it becomes %d lines, the last %+v; want the old one ended, and a new one until %s", n, lines[n-1].Silence, until)
	}
}
