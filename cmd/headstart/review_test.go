package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/lang"
)

// The list of links to judge says of each which ticket, which incident, why, and how
// to answer; an empty one says so.
func TestReviewListIsRead(t *testing.T) {
	asked := headstart.TicketState{Links: []headstart.Link{{Incident: "HS-3", Verdict: "linked", By: headstart.LinkedByRule, For: []string{"noemt Wifi"}}}}
	asked.Source = "rt"
	for n := 0; asked.ToReview() == nil; n++ {
		asked.ID = fmt.Sprint(n)
	}
	answer, err := json.Marshal(map[string]any{"tickets": []any{asked}})
	if err != nil {
		t.Fatal(err)
	}
	var found reviewList
	if err := json.Unmarshal(answer, &found); err != nil {
		t.Fatal(err)
	}
	text := found.text(lang.New("en", time.UTC))
	for _, says := range []string{"rt/" + asked.ID + " HS-3", "noemt Wifi", "confirm-link|reject-link HS-3 rt/" + asked.ID} {
		if !strings.Contains(text, says) {
			t.Errorf("the list does not say %q:\n%s", says, text)
		}
	}
	if text := new(reviewList).text(lang.New("en", time.UTC)); !strings.Contains(text, "no link to judge") {
		t.Errorf("an empty list says %q", text)
	}
}
