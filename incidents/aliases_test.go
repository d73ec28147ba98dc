package incidents

import (
	"testing"
	"time"

	"headstart"
)

// That a person rejected a proposed alias is taken down once, by its hash; a command
// that names none is refused.
func TestRejectedAliasIsRemembered(t *testing.T) {
	st := newStory(t, nil)
	if _, o := st.command(time.Minute, headstart.Command{By: "samira", Do: "reject-alias"}); o.Refused == "" {
		t.Error("rejecting nothing was not refused")
	}
	for range 2 {
		if _, o := st.command(time.Minute, headstart.Command{By: "samira", Do: "reject-alias", Ref: "abc"}); o.Refused != "" {
			t.Errorf("refused: %s", o.Refused)
		}
	}
	audit := st.f.book.audit
	if len(audit) != 1 {
		t.Fatalf("the audit holds %d entries, want one rejection", len(audit))
	}
	for _, e := range audit {
		if e.Alias != "abc" || e.By != "samira" || e.Do != "reject-alias" {
			t.Errorf("the audit says %+v", *e)
		}
	}
}
