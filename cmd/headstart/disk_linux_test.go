package main

import (
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestDiskFull lets the embedded file of a real service come to its end under load, as a
// disk or a quota that is full does: what finds no room is answered 503 and nothing else
// happens to it; pages answer, and /-/ready says that alerts cannot be stored. When there
// is room again it goes on by itself: nothing acknowledged is lost (I1), the state is the
// fold of the log (I2), no message is missing and none is made up (I5).
func TestDiskFull(t *testing.T) {
	t.Parallel()
	hook := startHook(t)
	config := prepareLoaded(t, "store: {mode: embedded}", hook.URL)
	// In blocks of 512 bytes, for the soft limit only: the test takes it away again.
	p := launchAs(t, exec.Command("sh", "-c", `ulimit -S -f 8192; exec "$0" serve --config "$1"`, build(t), config), config)
	load := newLoad()
	for until := time.Now().Add(60 * time.Second); load.refused < 20; load.run(t, p.base, 500*time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("the file has no end: %d alerts were acknowledged", len(load.acked))
		}
	}
	for _, path := range []string{"/-/healthy", "/-/ready", "/s/nl/"} {
		if err := get(p.base+path, nil); err != nil {
			t.Errorf("with a full disk %s: %v", path, err)
		}
	}
	waitFor(t, 10*time.Second, "it to say that alerts cannot be stored", func() bool {
		load.run(t, p.base, 50*time.Millisecond)
		return get(p.base+"/-/ready?for=ingest", nil) != nil
	})
	atFull := len(load.acked)
	if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}, nil); err != nil {
		t.Fatal(err)
	}
	after := goesOn(t, p, load, config, hook)
	t.Logf("%d alerts acknowledged, %d of them after it was full; %d requests refused; %d notifications, %d duplicates",
		len(load.acked), len(load.acked)-atFull, load.refused, after.implied, after.duplicates)
}

// goesOn holds that a service whose files can be written again takes alerts by itself, and
// judges what it leaves behind.
func goesOn(t *testing.T, p *process, sent *load, config string, hook *hook) aftermath {
	t.Helper()
	before := len(sent.acked)
	waitFor(t, 20*time.Second, "alerts to be taken again", func() bool {
		sent.run(t, p.base, 100*time.Millisecond)
		return len(sent.acked) > before+100
	})
	p.finish()
	after := judge(t, config, sent.acked, hook)
	if after.duplicates > 20 { // one in flight for each time it could not say what was sent
		t.Errorf("%d notifications came twice", after.duplicates)
	}
	return after
}
