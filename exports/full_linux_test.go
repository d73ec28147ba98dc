package exports

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"headstart"
)

// TestDiskFull lets files come to their end, as on a full disk: nothing is said, what was
// begun is taken away, and it goes on when there is room.
func TestDiskFull(t *testing.T) {
	x := newEngine(t.TempDir())
	for n := range 20 {
		x.incident(n+1, 11, 40)
	}
	e := x.exporter()
	var was unix.Rlimit
	limit := func(to, old *unix.Rlimit) {
		if err := unix.Prlimit(0, unix.RLIMIT_FSIZE, to, old); err != nil {
			t.Fatal(err)
		}
	}
	limit(nil, &was)
	limit(&unix.Rlimit{Cur: 8 << 10, Max: was.Max}, nil) // enough for Examine
	err := e.turn(t.Context())
	limit(&was, nil)
	if err == nil || !strings.Contains(err.Error(), "is the disk full") || !strings.Contains(err.Error(), x.dir) || len(x.said) > 0 {
		t.Errorf("%v, said %v; want place and remedy, and nothing said", err, x.said)
	}
	if left, err := os.ReadDir(x.dir); err != nil || len(left) > 0 {
		t.Errorf("left are %v (%v), want no file", left, err)
	}
	if err := e.turn(t.Context()); err != nil || len(x.left(headstart.TableIncidents)) > 0 {
		t.Errorf("with room again: %v, left %v", err, x.left(headstart.TableIncidents))
	}
}
