package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"headstart"
)

// TestDueReadsOnce: while nothing changes what is owed, asking again makes no copies of
// hundreds of messages.
func TestDueReadsOnce(t *testing.T) {
	ctx := context.Background()
	st, err := OpenBolt(filepath.Join(t.TempDir(), "x.db"), BoltOptions{NoSync: true})
	must(t, err)
	defer st.Close()
	const messages, size = 200, 4000
	now := time.UnixMilli(1_795_295_378_324).UTC()
	batch := headstart.Batch{Token: acquire(t, st, "A"), Next: headstart.Cursor{Part: 1}}
	for n := range messages {
		batch.Out = append(batch.Out, headstart.Owed{ID: fmt.Sprintf("u/all/%d/mail/g", n), Due: now, Data: make([]byte, size)})
	}
	must(t, st.Commit(ctx, batch))
	allocs := testing.AllocsPerRun(20, func() {
		owed, err := st.Due(ctx, now, messages+1)
		must(t, err)
		want(t, "owed", len(owed), messages)
	})
	if allocs > messages/2 {
		t.Errorf("asking again allocates %.0f times", allocs)
	}
	must(t, st.Commit(ctx, headstart.Batch{Token: batch.Token, Prev: batch.Next, Next: headstart.Cursor{Part: 2}, Ack: []string{"u/all/7/mail/g"}}))
	owed, err := st.Due(ctx, now, messages+1)
	must(t, err)
	want(t, "owed once one was sent", len(owed), messages-1)
}
