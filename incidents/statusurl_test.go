package incidents

import (
	"testing"

	"headstart"
)

// A message links to the first page that covers what it is about.
func TestStatusURL(t *testing.T) {
	b := newStory(t, nil).f.book
	b.log.Pages = []headstart.StatusPage{{URL: "noord", Locations: []string{"noord"}}, {URL: "print", Services: []string{"print"}}}
	for _, tc := range []struct {
		services, locations []string
		want                string
	}{
		{[]string{"mail"}, []string{"noord"}, "noord"},
		{[]string{"print"}, []string{"zuid"}, "print"},
		{[]string{"mail"}, []string{"zuid"}, ""},
		{nil, nil, "noord"},
	} {
		if got := b.statusURL(tc.services, tc.locations); got != tc.want {
			t.Errorf("%v at %v: %q, want %q", tc.services, tc.locations, got, tc.want)
		}
	}
}
