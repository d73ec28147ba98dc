package store

import (
	"bytes"
	"context"
	"path/filepath"
	"sync"
	"testing"

	"headstart"
)

// TestRestLosesNothing: what is read while the pages of the file are given back, and
// after it, is what was written.
func TestRestLosesNothing(t *testing.T) {
	ctx := context.Background()
	st, err := OpenBolt(filepath.Join(t.TempDir(), "x.db"), BoltOptions{NoSync: true})
	must(t, err)
	defer st.Close()
	val := bytes.Repeat([]byte("7"), 30_000)
	batch := headstart.Batch{Token: acquire(t, st, "A"), Next: headstart.Cursor{Part: 1}}
	for _, key := range []string{"a", "b", "c"} {
		batch.Ops = append(batch.Ops, headstart.Op{Kind: headstart.Put, Table: headstart.TableTickets, Key: key, Val: val})
	}
	must(t, st.Commit(ctx, batch))
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for range 50 {
				rows := 0
				if err := st.Scan(ctx, headstart.TableTickets, func(r headstart.Row) error {
					if bytes.Equal(r.Val, val) {
						rows++
					}
					return nil
				}); err != nil || rows != 3 {
					t.Errorf("%d rows are as written, %v", rows, err)
				}
			}
		})
	}
	for range 50 {
		must(t, st.Rest())
	}
	readers.Wait()
	must(t, st.Close())
	if err := st.Rest(); err == nil {
		t.Error("a store that is closed rested")
	}
}
