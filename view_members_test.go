package headstart

import (
	"encoding/json"
	"fmt"
	"testing"
)

// TestMemberRows: members are told in their order, in whichever they came, and a group whose
// members are gone is gone.
func TestMemberRows(t *testing.T) {
	v := NewView()
	put := func(n int, problem string) {
		t.Helper()
		op := FeedOp{TableMembers, Row{Key: fmt.Sprintf("7/%d", n)}}
		if problem != "" {
			op.Val = json.RawMessage(fmt.Sprintf(`{"v":1,"group":7,"n":%d,"problem":%q,"joined":"2026-11-23T08:00:00Z","rule":"G-01"}`, n, problem))
		}
		if err := v.set(op); err != nil {
			t.Fatal(err)
		}
	}
	want := func(when string, problems ...string) {
		t.Helper()
		var got, ranged []string
		for _, m := range v.sortedMembers(7) {
			got = append(got, fmt.Sprint(m.N, " ", m.Problem))
		}
		for m := range v.eachMember(7) {
			ranged = append(ranged, fmt.Sprint(m.N, " ", m.Problem))
		}
		if fmt.Sprint(got) != fmt.Sprint(problems) || fmt.Sprint(ranged) != fmt.Sprint(problems) {
			t.Errorf("%s: the members are %v, ranged over %v; want %v", when, got, ranged, problems)
		}
	}
	want("nobody joined")
	put(3, "c/Down")
	put(1, "a/Down")
	want("the second is not read yet", "1 a/Down", "3 c/Down")
	put(2, "b/Down")
	put(1, "a/Down")
	put(1, "a/Slow")
	want("all are", "1 a/Slow", "2 b/Down", "3 c/Down")
	put(2, "")
	put(2, "")
	put(9, "")
	want("one is gone", "1 a/Slow", "3 c/Down")
	put(1, "")
	put(3, "")
	want("all are gone")
	if len(v.members) != 0 || len(v.lexicon.numbers) != 0 {
		t.Errorf("%d groups and %d words are left", len(v.members), len(v.lexicon.numbers))
	}
	for _, key := range []string{"7/0", "7/-1", "7/99999999"} {
		if err := v.set(FeedOp{TableMembers, Row{Key: key, Val: json.RawMessage(`{"v":1}`)}}); err == nil {
			t.Errorf("%s is a member", key)
		}
	}
}
