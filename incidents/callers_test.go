package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestCallers: whoever told the desk and made no ticket is counted with when the first
// of them came, by whom; a mistake is taken back, and long after the end nobody counts.
func TestCallers(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	confirm := func(d time.Duration, c headstart.Command) string {
		c.Do, c.Incident = "confirm", "HS-1"
		_, o := st.command(d, c)
		return o.Refused
	}
	no := false
	want := func(when string, callers int, first *time.Time) {
		t.Helper()
		i := st.incident()
		if i.Callers != callers || (i.FirstCallerAt == nil) != (first == nil) || first != nil && !first.Equal(*i.FirstCallerAt) {
			t.Errorf("%s: %d callers, the first at %v; want %d and %v", when, i.Callers, i.FirstCallerAt, callers, first)
		}
	}
	if why := confirm(time.Minute, headstart.Command{Value: &no}); !strings.Contains(why, "none can be taken back") {
		t.Errorf("taking back a caller who was not counted: refused %q", why)
	}
	if why := confirm(time.Minute, headstart.Command{Channel: "mail"}); !strings.Contains(why, "write phone or walk_in") {
		t.Errorf("a caller by mail: refused %q", why)
	}
	confirm(2*time.Minute, headstart.Command{})
	confirm(3*time.Minute, headstart.Command{Channel: "walk_in"})
	first := monday.Add(2 * time.Minute)
	want("two came", 2, &first)
	confirm(4*time.Minute, headstart.Command{Value: &no})
	want("one was a mistake", 1, &first)
	confirm(5*time.Minute, headstart.Command{Value: &no})
	want("so was the other", 0, nil)

	c := headstart.Command{ID: "one", By: "samira", Do: "confirm", Incident: "HS-1"}
	for range 2 { // appended again after a lost reply
		st.line(6*time.Minute, headstart.Line{Command: &c})
	}
	first = monday.Add(6 * time.Minute)
	want("one command, twice in the log", 1, &first)
	if i := st.incident(); i.LeadSeconds != nil || i.Confirmations != 0 {
		t.Errorf("lead %v, %d confirmations; a caller is neither a ticket nor a reader of the page", deref(i.LeadSeconds), i.Confirmations)
	}

	st.recovered(10 * time.Minute)
	if why := confirm(4*time.Hour, headstart.Command{}); why != "" {
		t.Errorf("a late caller was refused: %s", why)
	}
	if why := confirm(12*time.Minute+afterEnd, headstart.Command{}); !strings.Contains(why, "HS-1 is over since 09:12") {
		t.Errorf("four hours after the end: refused %q", why)
	}
	want("after the end", 2, &first)
}
