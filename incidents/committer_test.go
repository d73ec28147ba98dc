package incidents

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
	"headstart/correlate/generate"
)

// full fills a parcel up to the record at a time of seconds, and hands it over.
func full(t *testing.T, w *committer, seconds uint64) {
	t.Helper()
	p, err := w.parcel()
	if err != nil {
		t.Fatal(err)
	}
	p.next, p.correlation = headstart.Cursor{Off: headstart.Offset{Ms: 1000 * seconds}}, noRows{}
	w.hand(p)
}

// TestEngineCommitsInOrder: a slow store lets the fold be a few commits ahead and no further;
// they come in the order they were handed over, and settle waits for all.
func TestEngineCommitsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var came []uint64
		store := make(chan struct{})
		w := newCommitter(&chain{}, func(_ context.Context, b headstart.Batch) error {
			<-store
			came = append(came, b.Next.Off.Ms)
			return nil
		}, nil)
		go func() { _ = w.run(t.Context(), headstart.Token{}) }()
		var want []uint64
		for n := range uint64(parcels) {
			full(t, w, n)
			want = append(want, 1000*n)
		}
		further := false
		go func() { full(t, w, parcels); further = true }()
		if synctest.Wait(); further {
			t.Errorf("commit %d was filled while none was through", parcels+1)
		}
		close(store)
		synctest.Wait()
		if err := w.settle(); err != nil || !slices.Equal(came, append(want, 1000*parcels)) {
			t.Errorf("%v were committed (%v), want all in order", came, err)
		}
		w.close()
		<-w.ended
	})
}

// TestEngineFailedCommitIsTheLast: what was handed over behind it is never committed, and
// whoever hands over or waits hears why.
func TestEngineFailedCommitIsTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		commits, fail := 0, make(chan struct{})
		w := newCommitter(&chain{}, func(context.Context, headstart.Batch) error {
			<-fail
			commits++
			return headstart.ErrGap
		}, func(*parcel) { t.Error("it is told as committed") })
		ran := make(chan error, 1)
		go func() { ran <- w.run(t.Context(), headstart.Token{}) }()
		for n := range uint64(parcels) {
			full(t, w, n)
		}
		close(fail)
		_, next := w.parcel()
		for _, err := range []error{<-ran, next, w.settle()} {
			if !errors.Is(err, headstart.ErrGap) {
				t.Errorf("the error is %v, want that of the commit", err)
			}
		}
		if commits != 1 {
			t.Errorf("%d commits were tried, want the one that failed", commits)
		}
		w.close()
	})
}

// TestEngineCommitsBesideTheFold: what a storm commits while it is folded is, byte for byte,
// what it would if rows were written before the fold goes on.
func TestEngineCommitsBesideTheFold(t *testing.T) {
	o := generate.New(1, generate.Shape{Assets: 600, Pairs: 0.25, Unmonitored: 0.2})
	storm := o.Storm(monday, 45*time.Second)
	beside, atOnce := newWeather(o), newWeather(o)
	beside.sum, atOnce.sum, atOnce.waits = sha256.New(), sha256.New(), true
	beside.rage(storm)
	atOnce.rage(storm)
	if beside.commits < 10 || beside.commits != atOnce.commits {
		t.Errorf("%d commits beside the fold and %d before it goes on, want as many, and more than a few", beside.commits, atOnce.commits)
	}
	if !bytes.Equal(beside.sum.Sum(nil), atOnce.sum.Sum(nil)) {
		t.Error("the commits differ; something in a parcel changes with the fold")
	}
}

// TestRewrittenBeforeItIsWritten: the hash over all decisions is over what was decided,
// also where a name is taken out of a decision before its row was written.
func TestRewrittenBeforeItIsWritten(t *testing.T) {
	after := func(change func(*dirty)) (row string, hash string) {
		d := newDirty()
		for n := range uint64(3) {
			d.decided(int(n%2), headstart.Decision{V: 1, N: n + 1, Rule: "H-01", By: "samira"})
		}
		change(d)
		p, c := parcel{}, chain{}
		pending := d.pending()
		d.take(&p, nil)
		ops := p.write(nil, &c)
		if len(ops) != pending+1 { // and that of the place
			t.Errorf("%d rows were announced and %d written", pending, len(ops)-1)
		}
		for _, op := range ops[:len(ops)-1] {
			row += string(op.Val)
		}
		return row, string(c.hash)
	}
	whole, want := after(func(*dirty) {})
	role, got := after(func(d *dirty) {
		for range 2 {
			d.rewrite(entry{seq: 1, Decision: headstart.Decision{V: 1, N: 2, Rule: "H-01", By: role}})
		}
	})
	if got != want || role == whole || strings.Contains(role, "samira") {
		t.Errorf("rewritten, the row is %s under the hash %s, want none of %s under %s", role, got, whole, want)
	}
	if none, got := after(func(d *dirty) { d.forget(1) }); got != want || none != "" {
		t.Errorf("forgotten, rows are %q under the hash %s, want none under %s", none, got, want)
	}
}
