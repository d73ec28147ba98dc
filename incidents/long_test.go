package incidents

import (
	"fmt"
	"testing"

	"headstart"
)

// TestLongRowsAreJSON: rows of an incident with many places are, byte for byte, what
// encoding/json makes of them, before and after what is long changed.
func TestLongRowsAreJSON(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	b, i := st.f.book, st.incident()
	for n := range manyPlaces + 3 {
		i.Locations = append(i.Locations, fmt.Sprintf(`at "%d", "title":null`, n))
		i.Services = append(i.Services, fmt.Sprintf("<%d>", n))
		i.Title = headstart.Names{"nl": fmt.Sprintf("é %d", n), "en": `"services":null`}
		a := b.told[i.ID][0]
		a.Services, a.Locations = i.Services, i.Locations
		for _, row := range []any{i, a} {
			if got, want := string(b.appendRow(nil, row)), string(encode(row)); got != want {
				t.Fatalf("%d places: the row is\n%s\nwant\n%s", len(i.Locations), got, want)
			}
		}
	}
	if b.scope(i).long.locations.written == nil {
		t.Error("nothing was kept")
	}
}
