package incidents

import (
	"slices"
	"testing"
	"time"

	"headstart"
)

// A channel of subscribers carries every audience of an incident, whichever channels
// those name, and is told of whom each is: it looks after each reader itself.
func TestSubscribersOfEveryAudience(t *testing.T) {
	st := newStory(t, nil)
	log := st.f.book.log
	log.Audiences = []headstart.Audience{
		{ID: "a", Locations: []string{"noord"}, Channels: []string{"mail"}},
		{ID: "b", Locations: []string{"zuid"}, Services: []string{"print"}, Channels: []string{"mail"}},
	}
	log.Channels = []headstart.ChannelInfo{{Name: "mail", Type: "email", Reply: true}, {Name: "mail-subscribers", Type: "email", Reply: true, Subscribers: true}}
	st.line(0, headstart.Line{Config: &log})
	st.outage(0)
	st.s.groups[1].Locations = []string{"noord", "zuid"}
	st.change(time.Second, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})
	st.tick(3 * time.Minute)

	got := map[string][]*headstart.Notice{}
	for _, n := range st.f.book.owed {
		if n.Plane == headstart.PlaneUsers {
			got[n.Channel] = append(got[n.Channel], n)
		}
	}
	if len(got["mail"]) != 1 {
		t.Errorf("the list of everybody is owed %d messages, want the first audience's", len(got["mail"]))
	}
	of := got["mail-subscribers"]
	slices.SortFunc(of, func(a, b *headstart.Notice) int { return len(a.AudienceServices) - len(b.AudienceServices) })
	if len(of) != 2 {
		t.Fatalf("subscribers are owed %d messages, want one of each audience", len(of))
	}
	if !slices.Equal(of[0].AudienceLocations, []string{"noord"}) || !slices.Equal(of[1].AudienceLocations, []string{"zuid"}) || !slices.Equal(of[1].AudienceServices, []string{"print"}) {
		t.Errorf("the messages say they are for %q and %q in %q", of[0].AudienceLocations, of[1].AudienceServices, of[1].AudienceLocations)
	}
	if n := got["mail"][0]; len(n.AudienceLocations) > 0 {
		t.Error("another channel's message says who the audience is")
	}
}
