package subscriptions

import (
	"fmt"
	"testing"
	"time"

	"headstart"
)

// BenchmarkUntold is what one announcement costs with 5,000 subscribers, without the
// store's own reading.
func BenchmarkUntold(b *testing.B) {
	s := &shelfInMemory{rows: map[string][]byte{}}
	r := New(options(b, s, &mails{}))
	for n := range 5000 {
		a, err := parseAddress(fmt.Sprintf("p%d@voorbeeld.example", n))
		if err != nil {
			b.Fatal(err)
		}
		id := randomSecret()
		err = r.change(b.Context(), r.o.Keys.row(a), func(w *row) error {
			w.Address, w.ID = a.to, id[:]
			w.Subs = []subscription{{Wish: headstart.Wish{Language: "nl", Locations: []string{"noord"}}, Renewed: time.Now()}}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if list, err := r.Untold(b.Context(), notice(0, nil, []string{"noord"})); err != nil || len(list) != 5000 {
			b.Fatal(len(list), err)
		}
	}
}
