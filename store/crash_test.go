package store

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart"
	"headstart/store/redistest"
)

const (
	serviceKills = 20
	serverKills  = 5
)

// seen is what the world was told by all children.
type seen struct {
	mu    sync.Mutex
	acked []int
	sent  map[string]int
}

// Kill -9 of the service, and of Redis under it, at any moment: nothing that was
// acknowledged is lost, state is what the log says, every message the log calls
// for was sent or is still owed, and none that it does not (invariants 1, 2, 5).
func TestCrashLoop(t *testing.T) {
	t.Run("bbolt", func(t *testing.T) {
		crashLoop(t, "bolt", filepath.Join(t.TempDir(), "x.db"), nil)
	})
	t.Run("redis", func(t *testing.T) {
		srv := redistest.Start(t)
		crashLoop(t, "redis", srv.Addr, srv)
	})
}

func crashLoop(t *testing.T, kind, where string, srv *redistest.Server) {
	v := &seen{sent: map[string]int{}}
	for i := range serviceKills {
		stop := v.start(t, fmt.Sprintf("%s %s %d", kind, where, (i+1)*1_000_000))
		v.busy(t, 10*(i+1))
		time.Sleep(time.Duration(50+rand.IntN(150)) * time.Millisecond)
		if srv != nil && i%(serviceKills/serverKills) == 1 {
			srv.Kill()
			srv.Restart(t)
			time.Sleep(100 * time.Millisecond)
		}
		stop()
	}
	st, err := openSpec(kind, where)
	must(t, err)
	defer st.Close()
	v.check(t, st)
}

// start runs a child; stop kills it and waits until all it said is heard.
func (v *seen) start(t *testing.T, spec string) (stop func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashEnv+"="+spec)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		for sc := bufio.NewScanner(out); sc.Scan(); {
			v.hear(sc.Text())
		}
	}()
	return func() {
		must(t, cmd.Process.Kill())
		<-heard
		_ = cmd.Wait() // says "killed"
	}
}

// busy waits until so many records were acknowledged in all, so that a machine
// under load, or a race build, kills what works and not what still starts.
func (v *seen) busy(t *testing.T, acked int) {
	t.Helper()
	for range 3000 {
		v.mu.Lock()
		n := len(v.acked)
		v.mu.Unlock()
		if n >= acked {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no child acknowledged %d records within 30 s", acked)
}

func (v *seen) hear(line string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if n, ok := strings.CutPrefix(line, "A "); ok {
		if n, err := strconv.Atoi(n); err == nil {
			v.acked = append(v.acked, n)
		}
	}
	if id, ok := strings.CutPrefix(line, "S "); ok {
		v.sent[id]++
	}
}

func (v *seen) check(t *testing.T, st Store) {
	t.Helper()
	ctx := t.Context()
	head, err := st.Head(ctx)
	must(t, err)
	inLog, counts, owed := map[int]bool{}, map[string]string{}, map[string]bool{}
	fold := map[string]int{}
	for e, err := range entries(ctx, st, headstart.Offset{}) {
		must(t, err)
		rec, err := headstart.DecodeRecord(e.Data)
		must(t, err)
		for i, l := range rec.Lines {
			n, err := strconv.Atoi(l.Check.Probe)
			must(t, err)
			inLog[n] = true
			// Part 1 of the record after the cursor is its first line.
			if head.Off.Before(e.Off) && (head.Part != 1 || i > 0 || !firstAfter(t, st, head, e)) {
				continue
			}
			row := crashRow(n)
			fold[row]++
			counts[row] = strconv.Itoa(fold[row])
			if id, yes := crashID(row, fold[row]); yes {
				owed[id] = true
			}
		}
	}
	for _, n := range v.acked {
		for i := range 3 {
			if !inLog[n+i] {
				t.Errorf("line %d was acknowledged and is gone", n+i)
			}
		}
	}
	rows := map[string]string{}
	must(t, st.Scan(ctx, "counts", func(r headstart.Row) error { rows[r.Key] = string(r.Val); return nil }))
	want(t, "state, against the log folded up to the cursor", rows, counts)

	pending := map[string]bool{}
	due, err := st.Due(ctx, time.Now().Add(time.Hour), 1<<30)
	must(t, err)
	for _, m := range due {
		pending[m.ID] = true
	}
	twice := 0
	for id := range owed {
		if v.sent[id] == 0 && !pending[id] {
			t.Errorf("message %s is owed, was not sent, and is not in the outbox", id)
		}
	}
	for id, n := range v.sent {
		twice += n - 1
		if !owed[id] {
			t.Errorf("message %s was sent, and the log does not call for it", id)
		}
	}
	if len(v.acked) == 0 || len(v.sent) == 0 || len(fold) != crashKeys {
		t.Fatalf("nothing was put to the test: %d records acknowledged, %d messages sent, %d rows", len(v.acked), len(v.sent), len(fold))
	}
	found, err := Verify(ctx, st)
	must(t, err)
	want(t, "findings", found, []string(nil))
	t.Logf("%d records acknowledged, %d messages sent, %d of them again", len(v.acked), len(v.sent), twice)
}

// firstAfter reports whether e is the record right after head.
func firstAfter(t *testing.T, st Store, head headstart.Cursor, e headstart.Entry) bool {
	t.Helper()
	next, err := st.Read(t.Context(), head.Off, 1, 0)
	must(t, err)
	return len(next) == 1 && next[0].Off == e.Off
}
