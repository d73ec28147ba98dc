package headstart

import (
	"encoding/json"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

// TestViewSharesWords: what rows say alike a view holds once, and every reader finds
// what the row said.
func TestViewSharesWords(t *testing.T) {
	v := NewView()
	set := func(table, key, val string) {
		t.Helper()
		if err := v.set(FeedOp{table, Row{key, json.RawMessage(val)}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, host := range []string{"sw-1", "sw-2"} {
		key := host + "/Down"
		set(TableProblems, key, `{"v":1,"key":"`+key+`","asset":"`+host+`","check":"Down","class":"reachability","state":"open","alerts":["`+host+`"]}`)
		set(TableAlerts, host, `{"v":1,"fingerprint":"`+host+`","labels":{"alertname":"Down","instance":"`+host+`","empty":""},"generator":"http://prom","origins":{"prom":"2026-11-23T08:00:00Z"},"problem":"`+key+`"}`)
		set(TableMembers, "000000000001/0000000"+host[3:], `{"v":1,"group":1,"n":`+host[3:]+`,"problem":"`+key+`","asset":"`+host+`","rule":"T-07"}`)
		set(TableTimeline, "00000001/00000000000"+host[3:], `{"v":1,"n":`+host[3:]+`,"rule":"T-07","outcome":"joined","subject":"`+key+`","facts":[{"name":"cause","value":"core"},{"name":"margin","value":"3s"}]}`)
	}
	one, two := v.alerts["sw-1"], v.alerts["sw-2"]
	if diff := cmp.Diff(map[string]string{"alertname": "Down", "instance": "sw-2", "empty": ""}, two.Labels); diff != "" {
		t.Errorf("the labels are otherwise:\n%s", diff)
	}
	d := v.timeline["00000001"]["00000001/000000000002"]
	if diff := cmp.Diff([]Fact{{"cause", "core"}, {"margin", "3s"}}, d.Facts); diff != "" || d.Subject != "sw-2/Down" || d.Rule != "T-07" {
		t.Errorf("the decision is otherwise: %+v", d)
	}
	p := v.problems["sw-2/Down"]
	for what, pair := range map[string][2]string{
		"the name of a check":       {one.Labels["alertname"], two.Labels["alertname"]},
		"a generator":               {one.Generator, two.Generator},
		"the problem of an alert":   {string(p.Key), string(two.Problem)},
		"the problem of a member":   {string(p.Key), string(v.members[1][2].Problem)},
		"the subject of a decision": {string(p.Key), d.Subject},
		"the asset of a problem":    {string(p.Key), p.Asset},
	} {
		if unsafe.StringData(pair[0]) != unsafe.StringData(pair[1]) {
			t.Errorf("%s is held twice", what)
		}
	}
	if p.Asset != "sw-2" || p.Check != "Down" || v.members[1][2].Asset != "sw-2" {
		t.Errorf("the problem is otherwise: %+v", p)
	}
}
