package web

import (
	"context"
	"errors"
	"strings"
	"testing"

	"headstart"
)

// apartRows are HS-2 as apiRows has it, with decisions that can be told, and a
// confidential one that names the same asset.
func apartRows(o *APIOptions, t *testing.T) {
	t.Helper()
	joined := headstart.Decision{
		V: 1, N: 2, At: apiNow, Rule: "T-07", Outcome: "joined", Subject: "prn-1/ping", Incident: "HS-2",
		Facts: []headstart.Fact{{Name: "cause", Value: "sw-n-2"}, {Name: "since", Value: "2026-11-23T08:59:49Z"}, {Name: "margin", Value: "11s"}},
	}
	hidden := joined
	hidden.N, hidden.Incident = 3, "HS-3"
	split := headstart.Decision{V: 1, N: 4, At: apiNow, Rule: "H-20", Outcome: "split", By: "samira", Subject: "sw-n-2", Incident: "HS-2", Facts: []headstart.Fact{{Name: "assets", Value: "prn-1"}}}
	rows := append(apiRows(t),
		feedRow(t, headstart.TableMembers, headstart.MemberKey(2, 2), headstart.Member{V: 1, Group: 2, N: 2, Problem: "prn-1/ping", Asset: "prn-1", Joined: apiNow, Rule: "T-07"}),
		feedRow(t, headstart.TableTimeline, headstart.TimelineKey(2, 2), joined),
		feedRow(t, headstart.TableTimeline, headstart.TimelineKey(3, 3), hidden),
		feedRow(t, headstart.TableTimeline, headstart.TimelineKey(2, 4), split),
	)
	if err := o.View.Reset(headstart.Cursor{Off: headstart.Offset{Ms: uint64(apiNow.UnixMilli())}}, headstart.Offset{Ms: 5}, rows); err != nil {
		t.Fatal(err)
	}
}

// The same text in timeline, members and explanation, in either language, with
// what would have made it otherwise.
func TestAPIExplains(t *testing.T) {
	call := testAPI(t, &apiDesk{}, func(o *APIOptions) { apartRows(o, t) })
	for lang, want := range map[string][2]string{
		"en": {"prn-1/ping is behind sw-n-2, down since 09:59, and has not answered since.", "It would stand alone if prn-1 had answered after 09:59:49, or if its settle had ended before that (margin 11 s)."},
		"nl": {"prn-1/ping hangt achter sw-n-2, uitgevallen sinds 09:59, en heeft sindsdien niet geantwoord.", "Het zou apart staan als prn-1 na 09:59:49 had geantwoord, of als de wachttijd vóór die tijd voorbij was geweest (marge 11 s)."},
	} {
		e := decode[explanation](t, call(as("desk"), "GET", "/api/v1/incidents/HS-2/explain?lang="+lang, ""))
		if m := e.Members[1]; m.Text != want[0] || m.Why != want[1] {
			t.Errorf("%s: the member says %q and %q", lang, m.Text, m.Why)
		}
		if x := e.Timeline[1]; x.Rule != "T-07" || x.Text != want[0] || x.Why != want[1] {
			t.Errorf("%s: the timeline says %+v", lang, x)
		}
		for _, l := range e.Tickets { // CONTRACT section 3: lists, never null
			if l.For == nil || l.Against == nil {
				t.Errorf("%s: a link says for %v, against %v; want lists", lang, l.For, l.Against)
			}
		}
		if e.Against != nil {
			t.Errorf("%s: against %+v, want null where nobody asked", lang, e.Against)
		}
		one := decode[concern](t, call(as("desk"), "GET", "/api/v1/explain?of=prn-1&lang="+lang, ""))
		if len(one.Timeline) != 2 || one.Timeline[0].Text != want[0] || one.Timeline[0].Incident != "HS-2" {
			t.Errorf("%s: of prn-1 it says %+v, want the two decisions of HS-2 and none of a confidential incident", lang, one.Timeline)
		}
	}
	for path, want := range map[string]int{"/api/v1/explain": 422, "/api/v1/explain?of=nobody": 404} {
		if res := call(as("desk"), "GET", path, ""); res.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, res.StatusCode, want)
		}
	}
}

// Why two incidents are not one is asked of what decides, and says who keeps them
// apart; a confidential one tells nothing (ruling 30).
func TestAPIExplainsAgainst(t *testing.T) {
	asked := [2]headstart.GroupID{}
	answer := headstart.Decision{V: 1, At: apiNow, Rule: "H-20", Outcome: "apart", Facts: []headstart.Fact{{Name: "cause", Value: "sw-n-2"}}}
	known, broken := true, error(nil)
	call := testAPI(t, &apiDesk{}, func(o *APIOptions) {
		apartRows(o, t)
		o.WhyNot = func(_ context.Context, a, b headstart.GroupID) (headstart.Decision, bool, error) {
			asked = [2]headstart.GroupID{a, b}
			return answer, known, broken
		}
	})
	e := decode[explanation](t, call(as("desk"), "GET", "/api/v1/incidents/HS-2/explain?against=hs-1&lang=en", ""))
	if asked != [2]headstart.GroupID{2, 1} {
		t.Errorf("asked about groups %v, want 2 and 1", asked)
	}
	if x := e.Against; x == nil || x.Incident != "HS-1" || x.One || x.Outcome != "apart_by" || x.Text != "samira split them at 10:00:00: no rule joins them again in this episode." {
		t.Errorf("against %+v", x)
	}
	for path, want := range map[string]int{"HS-2/explain?against=HS-9": 404, "HS-2/explain?against=HS-3": 403, "HS-3/explain?against=HS-2": 403} {
		if res := call(as("desk"), "GET", "/api/v1/incidents/"+path, ""); res.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, res.StatusCode, want)
		}
	}
	known = false
	if res := call(as("desk"), "GET", "/api/v1/incidents/HS-2/explain?against=HS-1", ""); res.StatusCode != 404 {
		t.Errorf("a group nobody knows: status %d, want 404", res.StatusCode)
	}
	broken = errors.New("the store does not answer")
	if res := call(as("desk"), "GET", "/api/v1/incidents/HS-2/explain?against=HS-1", ""); res.StatusCode != 503 {
		t.Errorf("a store that does not answer: status %d, want 503", res.StatusCode)
	}
	without := testAPI(t, &apiDesk{})
	if res := without(as("desk"), "GET", "/api/v1/incidents/HS-2/explain?against=HS-1", ""); res.StatusCode != 404 {
		t.Errorf("an installation without it: status %d, want 404", res.StatusCode)
	}
	var b strings.Builder
	if err := without(as("desk"), "GET", "/api/v1/openapi.json", "").Write(&b); err != nil || !strings.Contains(b.String(), `"against"`) {
		t.Errorf("openapi.json does not tell of against: %v", err)
	}
}
