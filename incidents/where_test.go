package incidents

import (
	"fmt"
	"slices"
	"testing"

	"headstart"
)

// doors are n places called P1, P2 and so on.
func doors(n int) (out []*headstart.Location) {
	for k := range n {
		out = append(out, &headstart.Location{ID: fmt.Sprintf("p-%d", k+1), Name: headstart.Names{"": fmt.Sprintf("P%d", k+1)}})
	}
	return out
}

// TestPlacesAreFew: of many places a text names the first, and how many others there
// are; an audience reads its own among them.
func TestPlacesAreFew(t *testing.T) {
	var floors []*headstart.Location
	for n := range 4 {
		floors = append(floors, &headstart.Location{ID: fmt.Sprintf("f-%d", n), Name: headstart.Names{"nl": fmt.Sprintf("Vestiging 12, etage %d", n), "en": fmt.Sprintf("Site 12, floor %d", n)}})
	}
	long := &headstart.Location{ID: "long", Name: headstart.Names{"": "het lange gebouw aan de overkant van het water bij de brug"}}
	for name, c := range map[string]struct {
		places []*headstart.Location
		own    []int // of places, from 1
		nl, en string
	}{
		"none":                                 {nil, nil, "", ""},
		"one":                                  {doors(1), nil, "P1", "P1"},
		"one more than are named is named too": {doors(6), nil, "P1, P2, P3, P4, P5 en P6", "P1, P2, P3, P4, P5 and P6"},
		"seven":                                {doors(7), nil, "P1, P2, P3, P4, P5 en 2 andere plekken", "P1, P2, P3, P4, P5 and 2 other places"},
		"a core of a thousand sites":           {doors(1233), nil, "P1, P2, P3, P4, P5 en 1.228 andere plekken", "P1, P2, P3, P4, P5 and 1,228 other places"},
		"its own goes first":                   {doors(20), []int{17}, "P17, P1, P2, P3, P4 en 15 andere plekken", "P17, P1, P2, P3, P4 and 15 other places"},
		"its own among the first":              {doors(7), []int{2}, "P2, P1, P3, P4, P5 en 2 andere plekken", "P2, P1, P3, P4, P5 and 2 other places"},
		"own places of few stay in order":      {doors(3), []int{3}, "P1, P2 en P3", "P1, P2 and P3"},
		"names of many words are fewer":        {floors, nil, "Vestiging 12, etage 0, Vestiging 12, etage 1 en 2 andere plekken", "Site 12, floor 0, Site 12, floor 1 and 2 other places"},
		"and its own goes first there too":     {floors, []int{4}, "Vestiging 12, etage 3, Vestiging 12, etage 0 en 2 andere plekken", "Site 12, floor 3, Site 12, floor 0 and 2 other places"},
		"one is named however long":            {[]*headstart.Location{long, floors[0]}, nil, long.Name.In("nl") + " en 1 andere plek", long.Name.In("en") + " and 1 other place"},
		"more of its own than are named":       {doors(9), []int{4, 5, 6, 7, 8}, "P4, P5, P6, P7, P8 en 4 andere plekken", "P4, P5, P6, P7, P8 and 4 other places"},
	} {
		t.Run(name, func(t *testing.T) {
			var own []*headstart.Location
			for _, n := range c.own {
				own = append(own, c.places[n-1])
			}
			if nl, en := where(c.places, own, "nl"), where(c.places, own, "en"); nl != c.nl || en != c.en {
				t.Errorf("the places are %q and %q, want %q and %q", nl, en, c.nl, c.en)
			}
		})
	}
}

// TestAudienceReadsItsOwnPlace: of an outage of many places the message to each is
// headed by the one it knows, whether or not the configuration lists audiences.
func TestAudienceReadsItsOwnPlace(t *testing.T) {
	for name, c := range map[string]struct {
		listed []headstart.Audience
		want   string
	}{
		"they follow from the catalog": {nil, "P9, P1, P10, P2, P3 and 5 other places"},
		"listed":                       {[]headstart.Audience{{ID: "p-9", Locations: []string{"p-10"}}}, "P10, P1, P2, P3, P4 and 5 other places"},
		"listed for all places":        {[]headstart.Audience{{ID: "p-9"}}, "P1, P10, P2, P3, P4 and 5 other places"},
		"another is listed":            {[]headstart.Audience{{ID: "staff"}}, "P1, P10, P2, P3, P4 and 5 other places"},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, nil)
			b := st.f.book
			log := b.log
			catalog := *log.Catalog
			log.Catalog, log.Audiences = &catalog, c.listed
			catalog.Locations = nil
			st.outage(0)
			i := st.incident()
			i.Locations = nil
			for _, l := range doors(10) {
				catalog.Locations = append(catalog.Locations, *l)
				i.Locations = append(i.Locations, l.ID)
			}
			slices.Sort(i.Locations)
			i.Locations = append(i.Locations, "unknown to the catalog")
			b.configure(log)
			if got := b.wording(i, "p-9", headstart.Investigating, "en").Vars["Where"]; got != c.want {
				t.Errorf("it reads %q, want %q", got, c.want)
			}
		})
	}
}
