package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestHostileCommands: no command a person can write stops the engine, or makes
// a row that a store refuses.
func TestHostileCommands(t *testing.T) {
	far := time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -23*3600))
	huge := strings.Repeat("x", 100_000)
	for name, c := range map[string]headstart.Command{
		"an expected time beyond all calendars": {Do: "set-eta", Incident: "HS-1", ETA: far},
		"a huge ref of an incident":             {Do: "open", Ref: huge},
		"a huge ref of a to-do":                 {Do: "todo", Ref: huge, Text: "x"},
		"an audience nobody knows":              {Do: "announce", Incident: "HS-1", Audience: huge, Text: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, nil)
			st.outage(0)
			_, o := st.command(time.Minute, c)
			if o.Refused == "" {
				t.Error("accepted, want a refusal")
			}
			for _, op := range st.f.take() { // encodes every row
				if len(op.Key) > 1000 || op.Key == "" {
					t.Errorf("a row of %s has a key of %d bytes", op.Table, len(op.Key))
				}
			}
		})
	}
}

// TestNoteWithoutID: a command of a log file has no id; its note still has a key.
func TestNoteWithoutID(t *testing.T) {
	st := newStory(t, nil)
	st.line(time.Minute, headstart.Line{Command: &headstart.Command{By: "samira", Do: "todo", Text: "x"}})
	for _, op := range st.f.take() {
		if op.Key == "" {
			t.Errorf("a row of %s has no key", op.Table)
		}
	}
}

// TestCommandTwice: a command that stands in the log twice, because a reply was
// lost and it was appended again, is done once.
func TestCommandTwice(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	for range 2 {
		st.line(time.Minute, headstart.Line{Command: &headstart.Command{ID: "same", By: "samira", Do: "confirm", Incident: "HS-1"}})
	}
	if n := st.incident().Callers; n != 1 {
		t.Errorf("%d callers, want 1", n)
	}
}

// TestTitleOfAnyAlert: a title is one line that says something, whatever the alert is called.
func TestTitleOfAnyAlert(t *testing.T) {
	for check, want := range map[string]string{"DiskFull": "Signaal DiskFull", "Disk\x00 \r\nFull\u202e": "Signaal Disk Full", "": "Signaal zonder naam", "\x00": "Signaal zonder naam"} {
		st := newStory(t, nil)
		st.f.book.composer = nil
		st.s.problems["p"] = &headstart.Problem{V: 1, Key: "p", Check: check}
		st.s.groups[5] = &headstart.Group{V: 1, ID: 5, State: headstart.Open, Opener: "p", Top: "p", Cause: headstart.Cause{Kind: headstart.CauseNone}, StartedAt: monday, OpenedAt: monday}
		st.change(time.Minute, headstart.Change{Kind: headstart.GroupOpened, Group: 5})
		if got := st.incident().Title.In("nl"); got != want {
			t.Errorf("the title of %q is %q, want %q", check, got, want)
		}
	}
}

// TestTitleByHandStays: an incident opened by hand keeps the person's words, also
// when no service is named.
func TestTitleByHandStays(t *testing.T) {
	st := newStory(t, nil)
	st.s.groups[5] = &headstart.Group{V: 1, ID: 5, State: headstart.Open, Opener: "hand:c", Cause: headstart.Cause{Kind: headstart.CauseManual}, StartedAt: monday, OpenedAt: monday}
	st.s.next = []headstart.Change{{Kind: headstart.GroupOpened, Group: 5, Decision: headstart.Decision{Rule: "H-20", Outcome: "opened"}}}
	st.command(0, headstart.Command{Do: "open", Title: "Lift zit vast"})
	st.change(time.Minute, headstart.Change{Kind: headstart.ImpactChanged, Group: 5})
	if got := st.incident().Title.In("nl"); got != "Lift zit vast" {
		t.Errorf("the title is %q, want the person's", got)
	}
}

// TestReasonsSpeakDutch: what stands against a message is told in Dutch.
func TestReasonsSpeakDutch(t *testing.T) {
	st := newStory(t, nil)
	st.f.book.log.Language = "nl"
	for _, word := range []string{string(headstart.CauseSurge), string(headstart.CauseManual), "no_longer_heard", "no_longer_reported", "by_hand"} {
		if got := st.f.book.inWords(word); got == word {
			t.Errorf("%q has no Dutch word", word)
		}
	}
}
