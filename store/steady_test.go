package store

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
)

// A clock that is set back by an hour keeps the log in order and stops no deadline; one
// that jumps ahead is followed.
func TestBoltClockJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		path, shift := filepath.Join(t.TempDir(), "x.db"), time.Duration(0)
		open := func() *Bolt {
			st, err := OpenBolt(path, BoltOptions{NoSync: true, Now: func() time.Time { return time.Now().Add(shift) }, Logger: slog.New(slog.NewTextHandler(&said, nil))})
			must(t, err)
			return st
		}
		st := open()
		var last headstart.Offset
		stamp := func() time.Time {
			offs, err := st.Append(t.Context(), recs("x"))
			must(t, err)
			if !last.Before(offs[0]) {
				t.Fatalf("%s was stamped after %s", offs[0], last)
			}
			last = offs[0]
			now, err := st.Now(t.Context())
			must(t, err)
			if d := now.Sub(last.At()); d < 0 || d > time.Millisecond {
				t.Errorf("the clock is %s off what it stamps", d)
			}
			return last.At()
		}
		began := stamp()
		shift = -time.Hour
		time.Sleep(time.Minute)
		if went := stamp().Sub(began); went != 30*time.Second {
			t.Errorf("in a minute after the clock was set back the log's went on by %s, want half of it", went)
		}
		must(t, st.Close())
		st = open() // a restart changes nothing of that
		defer func() { must(t, st.Close()) }()
		time.Sleep(time.Minute)
		if went := stamp().Sub(began); went != time.Minute {
			t.Errorf("after a restart the log's clock went on by %s in two minutes, want one", went)
		}
		time.Sleep(3 * time.Hour)
		if off := stamp().Sub(time.Now().Add(shift)).Abs(); off > time.Millisecond {
			t.Errorf("the clocks are %s apart after three hours", off)
		}
		shift = 24 * time.Hour
		if off := stamp().Sub(time.Now().Add(shift)).Abs(); off > time.Millisecond {
			t.Errorf("the log's clock is %s off one that jumped ahead", off)
		}
		if n := strings.Count(said.String(), "was set back"); n != 2 { // and once more after the restart
			t.Errorf("that the clock was set back was said %d times:\n%s", n, said.String())
		}
	})
}
