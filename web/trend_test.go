package web

import (
	"strings"
	"testing"

	"headstart"
	"headstart/lang"
)

// A check that warns stands on the board with its latest runs, drawn and said.
func TestSpark(t *testing.T) {
	got := string(spark([]headstart.CheckSample{
		{Verdict: headstart.OK, DurationSeconds: .1}, {Verdict: headstart.Down, DurationSeconds: 5}, {Verdict: headstart.Unknown},
	}, lang.New("nl", nil)))
	for _, want := range []string{`aria-label="de laatste 3 keer; mislukt: 1"`, "c-ok", "c-down", "c-unseen"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if got := spark(nil, lang.New("en", nil)); got != "" {
		t.Errorf("nobody remembers, and it draws %s", got)
	}
}
