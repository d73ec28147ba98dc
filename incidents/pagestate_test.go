package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestPageStateByHand: who sets a page by hand says what, why and until when; it is a
// row that loads again, and goes when it is taken back.
func TestPageStateByHand(t *testing.T) {
	st := newStory(t, nil)
	good := headstart.Command{Do: "page-state", Kind: "partly", Text: "telefonie wordt hersteld", Until: monday.Add(4 * time.Hour)}
	for name, wrong := range map[string]func(*headstart.Command){
		"no state":       func(c *headstart.Command) { c.Kind = "" },
		"another state":  func(c *headstart.Command) { c.Kind = "green" },
		"no reason":      func(c *headstart.Command) { c.Text = " " },
		"no end":         func(c *headstart.Command) { c.Until = time.Time{} },
		"an end behind":  func(c *headstart.Command) { c.Until = monday.Add(-time.Minute) },
		"an end too far": func(c *headstart.Command) { c.Until = monday.Add(8 * 24 * time.Hour) },
	} {
		c := good
		wrong(&c)
		if _, o := st.command(time.Minute, c); o.Refused == "" {
			t.Errorf("%s was taken", name)
		}
	}
	if _, o := st.command(time.Minute, good); o.Refused != "" {
		t.Fatalf("refused: %s", o.Refused)
	}
	n := st.f.book.desk[headstart.PageStateKey("")]
	if n == nil || n.State != "partly" || n.By != "samira" || !n.Until.Equal(good.Until) || !strings.Contains(n.Text, "not all works (telefonie wordt hersteld)") {
		t.Fatalf("the row is %+v", n)
	}
	if _, o := st.command(2*time.Minute, headstart.Command{Do: "todo", Ref: headstart.PageStateKey(""), Text: "x"}); o.Refused == "" {
		t.Error("a to-do took the place of the state")
	}
	release := headstart.Command{Do: "page-state", Value: new(false)}
	if _, o := st.command(3*time.Minute, release); o.Refused != "" || st.f.book.desk[headstart.PageStateKey("")] != nil {
		t.Errorf("not taken back: %+v", o)
	}
	if _, o := st.command(4*time.Minute, release); !o.Missing {
		t.Error("what is not set was taken back")
	}
}
