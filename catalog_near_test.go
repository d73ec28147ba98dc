package headstart

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNearIsWhatLiesInAPlaceAndAroundIt(t *testing.T) {
	c := Catalog{Locations: []Location{
		{ID: "floor-2", Parent: "noord"},
		{ID: "noord", Parent: "campus"},
		{ID: "zuid", Parent: "campus"},
		{ID: "campus"},
		{ID: "room-2-04", Parent: "floor-2"},
		{ID: "depot"},
		{ID: "self", Parent: "self"},
	}}
	for name, tt := range map[string]struct{ of, want []string }{
		"a building has its floors, its rooms and the campus": {[]string{"noord"}, []string{"campus", "floor-2", "noord", "room-2-04"}},
		"a campus has all that lies in it":                    {[]string{"campus"}, []string{"campus", "floor-2", "noord", "room-2-04", "zuid"}},
		"two places, one inside the other":                    {[]string{"room-2-04", "noord"}, []string{"campus", "floor-2", "noord", "room-2-04"}},
		"a place alone":                                       {[]string{"depot"}, []string{"depot"}},
		"one the catalog does not know":                       {[]string{"west"}, []string{"west"}},
		"a circle ends":                                       {[]string{"self"}, []string{"self"}},
	} {
		if diff := cmp.Diff(tt.want, slices.Sorted(maps.Keys(c.Near(tt.of)))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}
