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
	rejections := 0
	for _, e := range st.f.book.audit {
		if e.Alias != "" {
			rejections++
		}
		if e.Alias != "" && e.Alias != "abc" || e.By != "samira" || e.Do != "reject-alias" || e.Refused != (e.On == "") && e.Alias == "" {
			t.Errorf("the audit says %+v", *e)
		}
	}
	if rejections != 1 {
		t.Errorf("the audit holds %d rejections, want one", rejections)
	}
}
