package subscriptions

import (
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// Whom an update concerns: service by place, places within places, the page's own
// bounds, and the audience it is for.
func TestTouches(t *testing.T) {
	inBubble(t, nil, func(d *desk) {
		d.join("alles@voorbeeld.example", headstart.Wish{})
		d.join("print.noord@voorbeeld.example", headstart.Wish{Services: []string{"print"}, Locations: []string{"noord"}})
		d.join("campus@voorbeeld.example", headstart.Wish{Locations: []string{"campus"}})
		d.join("mail@voorbeeld.example", headstart.Wish{Services: []string{"mail"}, Language: "en"})
		d.join("haven@voorbeeld.example", headstart.Wish{Page: "haven"})
		for _, c := range []struct {
			name                string
			services, locations []string
			forWhom             []string // locations of the audience
			want                string
		}{
			{"printing at noord", []string{"print"}, []string{"noord"}, nil, "alles campus print.noord"},
			{"printing at zuid", []string{"print"}, []string{"zuid"}, nil, "alles campus"},
			{"printing on the campus", []string{"print"}, []string{"campus"}, nil, "alles campus print.noord"},
			{"mail at haven", []string{"mail"}, []string{"haven"}, nil, "alles haven mail"},
			{"everything everywhere", nil, nil, nil, "alles campus haven mail print.noord"},
			{"printing everywhere, for zuid", []string{"print"}, nil, []string{"zuid"}, "alles campus"},
		} {
			n := notice(1, c.services, c.locations)
			n.UID, n.Announcement, n.AudienceLocations = c.name, c.name, c.forWhom
			d.want(c.name, d.told(n), strings.Fields(c.want)...)
			d.want(c.name+", again", d.told(n))
		}
	})
}

// Ruling 29: the end reaches whoever got the first, and nobody else; later subscribers
// get what is later; an incident with two audiences is one message to each.
func TestFollowsOneIncident(t *testing.T) {
	inBubble(t, nil, func(d *desk) {
		d.join("vroeg@voorbeeld.example", headstart.Wish{})
		first := notice(0, []string{"print"}, []string{"noord"})
		d.want("first", d.told(first), "vroeg")
		time.Sleep(time.Minute)
		d.join("laat@voorbeeld.example", headstart.Wish{})
		d.join("later@voorbeeld.example", headstart.Wish{Services: []string{"mail"}})
		d.want("the first, to whoever came after it", d.told(first))

		beside := notice(0, []string{"print"}, []string{"noord", "zuid"})
		beside.Announcement, beside.Audience = "9f2c.zuid", "zuid"
		d.want("another audience of the same incident", d.told(beside), "laat")

		second := notice(1, []string{"print"}, []string{"noord"})
		list, err := d.Untold(t.Context(), second)
		if err != nil || len(list) != 1 || !list[0].Heard || list[0].First != 0 {
			t.Fatalf("the second goes to %+v, %v", list, err)
		}
		d.want("second", d.told(second), "vroeg")
		end := notice(2, []string{"print"}, []string{"noord"})
		end.Final, end.Phase = true, headstart.Solved
		d.want("the end of the first audience", d.told(end), "vroeg")
		again := notice(3, []string{"print"}, []string{"noord"})
		again.Phase = headstart.Reopened
		d.want("it is back", d.told(again), "vroeg")
		other := notice(1, []string{"print"}, nil)
		other.Announcement, other.Final = "9f2c.zuid", true
		d.want("the end of the other audience", d.told(other), "laat")
	})
}

// Who left, whose domain is no longer listed and who hears of it anyway gets nothing;
// whoever chose another language is told in it.
func TestWhoIsLeftOut(t *testing.T) {
	leave := ""
	elsewhere := func(o *Options) {
		o.Elsewhere = func(audience, address string) bool {
			return audience == "noord" && strings.HasPrefix(address, "lijst@")
		}
	}
	inBubble(t, elsewhere, func(d *desk) {
		d.join("weg@voorbeeld.example", headstart.Wish{Language: "en"})
		d.join("blijft@voorbeeld.example", headstart.Wish{Language: "en"})
		d.join("lijst@voorbeeld.example", headstart.Wish{})
		list, err := d.Untold(t.Context(), notice(0, nil, nil))
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		for _, s := range list {
			if s.Language != "en" || s.Page != "https://storing.voorbeeld.example/s/en/" {
				t.Errorf("%+v", s)
			}
			if strings.HasPrefix(s.Address, "weg@") {
				leave = tokenOf(t, s.Unsubscribe)
			}
		}
		if err := d.Leave(t.Context(), leave); err != nil {
			t.Fatal(err)
		}
		for _, s := range list { // mailed a moment before they left: nothing comes back
			if err := d.Told(t.Context(), notice(0, nil, nil), s); err != nil {
				t.Error(err)
			}
		}
		if n := d.shelf.people(); n != 2 {
			t.Errorf("%d addresses kept, want two", n)
		}
		d.want("the next", d.told(notice(1, nil, nil)), "blijft")
		d.o.Domains = []string{"elders.example"}
		d.want("their domain is not listed", d.told(notice(2, nil, nil)))
	})
}

// What was told is forgotten in time, and is bounded.
func TestToldIsBounded(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	w := &row{Told: map[string]told{
		"over long ago": {Final: true, At: now.Add(-8 * 24 * time.Hour)}, "over": {Final: true, At: now.Add(-6 * 24 * time.Hour)},
		"runs": {At: now.Add(-100 * 24 * time.Hour)}, "nobody ended it": {At: now.Add(-200 * 24 * time.Hour)},
	}}
	w.prune(now)
	var left []string
	for uid := range w.Told {
		left = append(left, uid)
	}
	slices.Sort(left)
	if !slices.Equal(left, []string{"over", "runs"}) {
		t.Errorf("left are %q", left)
	}
	for n := range 2 * mostTold {
		w.Told[strings.Repeat("x", n)] = told{At: now.Add(time.Duration(n) * time.Second)}
	}
	if w.prune(now); len(w.Told) != mostTold {
		t.Errorf("%d incidents are remembered, want %d", len(w.Told), mostTold)
	}
}
