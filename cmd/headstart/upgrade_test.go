package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/store/redistest"
)

// older is the commit that the drill goes back to; make long names the last one whose
// rules have the version before ours.
var older = flag.String("older", "", "commit of the older program in TestUpgrade; empty: the program of now, so that it is a rolling restart")

// TestUpgrade replaces the older program by this one under load, and goes back again
// (docs/upgrade.md): on the embedded file with the backup it tells to make, on Redis with
// two replicas of which one at a time is replaced, so that both versions run side by side
// and each leads. Nothing that was accepted is lost, nobody is told twice or wrongly, no
// incident is there twice, and this program's replay of the whole log makes the same
// incidents; where both have the same rules, by the same decisions (ruling 12, invariants
// I1, I2, I5 to I7).
func TestUpgrade(t *testing.T) {
	t.Parallel()
	ours := build(t)
	before := ours
	if *older != "" {
		before = buildCommit(t, *older)
	}
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		upgradeFile(t, before, ours)
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		upgradeReplicas(t, before, ours, redistest.Start(t, "--maxmemory-policy", "noeviction"))
	})
}

// judgeUpgrade is judge, or judgeAcross where the rules of both programs differ.
func judgeUpgrade(t *testing.T, config string, acked map[string]bool, hook *hook) aftermath {
	t.Helper()
	if *older != "" {
		return judgeAcross(t, config, acked, hook)
	}
	return judge(t, config, acked, hook)
}

// drillStage is how long the senders go on in each stage; with an older program longer,
// so that it decides what the other one reads.
func drillStage() time.Duration {
	if *older == "" {
		return 300 * time.Millisecond
	}
	return 5 * time.Second
}

// upgradeFile goes there and back on one file. The way back is taken after kill -9, as
// it is when the new program will not do.
func upgradeFile(t *testing.T, before, ours string) {
	hook := startHook(t)
	o := &operator{t: t, guide: upgradeGuide(t, "One machine, embedded store"), config: prepareCrash(t, nil, hook.URL), program: before, older: before, next: ours}
	s, desk := startStream(t), newDeskwork(t)
	stage := func() {
		s.to(o.runs.base)
		time.Sleep(drillStage())
		desk.at(o.runs)
	}
	o.start()
	stage()
	o.do("Before.")
	o.do("Upgrade.")
	stage()
	o.runs.kill()
	o.do("Back.")
	stage()
	o.stop()
	o.do("Upgrade.")
	stage()
	s.stop()

	settled(t, o.runs, desk)
	succeed(t, ours, "store", "verify", "--config", o.config)
	after := judgeUpgrade(t, o.config, s.acked, hook)
	s.report(t, after, 1)
	once(t, after.incidents)
	desk.kept(o.config, after.incidents)

	o.do("Restore.")
	if status := o.runs.note("HS-1"); status/100 != 2 {
		t.Errorf("a note on the restored store is answered %d", status)
	}
	o.stop()
	succeed(t, ours, "store", "verify", "--config", o.config)
}

// upgradeReplicas goes there and back with two replicas on one Redis, one at a time.
// Senders try both, as a load balancer does: no batch may be refused twice.
func upgradeReplicas(t *testing.T, before, ours string, redis *redistest.Server) {
	hook, guide := startHook(t), upgradeGuide(t, "Replicas on Redis")
	var both []*operator
	for range 2 {
		both = append(both, &operator{t: t, guide: guide, config: prepareCrash(t, redis, hook.URL), program: before, older: before})
	}
	s, desk := startStream(t), newDeskwork(t)
	stage := func(o *operator) {
		s.to(both[0].runs.base, both[1].runs.base)
		time.Sleep(drillStage())
		desk.at(o.runs)
	}
	both[0].start()
	shareKeys(t, both[0].config, both[1].config)
	both[1].start()
	stage(both[1])
	for _, next := range []string{ours, before, ours} {
		for n, o := range both {
			o.next = next
			s.to(both[1-n].runs.base) // as the load balancer does before it stops one
			o.do("")
			stage(o)
		}
	}
	s.stop()
	both[0].stop()
	settled(t, both[1].runs, desk)
	succeed(t, ours, "store", "verify", "--config", both[1].config)
	after := judgeUpgrade(t, both[1].config, s.acked, hook)
	s.report(t, after, 7)
	once(t, after.incidents)
	desk.kept(both[1].config, after.incidents)
	if s.refused > 0 {
		t.Errorf("%d batches were refused by both replicas", s.refused)
	}
	if said := changesOfRules(slices.Concat(both[0].all, both[1].all)); *older != "" && len(said) != 3 {
		t.Errorf("there, back and there again are three changes of the rules; the logs tell of\n%s", strings.Join(said, ""))
	}
}

// changesOfRules are the lines of the logs that tell of a leader with rules of another
// version than the one before.
func changesOfRules(all []*process) (said []string) {
	for _, p := range all {
		for line := range strings.Lines(p.errs.String()) {
			if strings.Contains(line, "another version of the rules takes over") {
				said = append(said, line)
			}
		}
	}
	return said
}

// shareKeys copies what every replica of an installation has to have alike.
func shareKeys(t *testing.T, from, to string) {
	t.Helper()
	target := filepath.Join(filepath.Dir(to), "data")
	if err := os.MkdirAll(target, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hash-key", "admin-token"} {
		succeed(t, "cp", "-p", filepath.Join(filepath.Dir(from), "data", name), target)
	}
}

// settled waits until the last incidents settled and everything owed was sent, then
// stops p.
func settled(t *testing.T, p *process, desk *deskwork) {
	t.Helper()
	desk.at(p)
	time.Sleep(3 * time.Second) // what settles last
	waitFor(t, 60*time.Second, "the outbox to drain", func() bool { return metric(p.base, p.token, "headstart_outbox_pending") == 0 })
	p.end()
}

// once fails when one thing is in two open incidents, or a number or uid stands twice.
func once(t *testing.T, all []headstart.Incident) {
	t.Helper()
	ids, causes := map[string]bool{}, map[string]headstart.IncidentID{}
	for _, i := range all {
		if ids[string(i.ID)] || ids[i.UID] {
			t.Errorf("%s (%s) is there twice", i.ID, i.UID)
		}
		ids[string(i.ID)], ids[i.UID] = true, true
		if !i.Live() || i.Cause.Asset == "" {
			continue
		}
		if other, ok := causes[i.Cause.Asset]; ok {
			t.Errorf("%s and %s are both open because of %s", other, i.ID, i.Cause.Asset)
		}
		causes[i.Cause.Asset] = i.ID
	}
	if len(all) == 0 {
		t.Error("no incident at all; the test proves nothing")
	}
}

// buildCommit makes the program of an earlier commit, from its sources in a folder of
// their own.
func buildCommit(t *testing.T, commit string) string {
	t.Helper()
	dir := t.TempDir()
	top, err := exec.Command("git", "rev-parse", "--show-toplevel").Output()
	if err != nil {
		t.Fatalf("the older program is built from git's history, and there is none: %v", err)
	}
	script := `git -C "$1" archive "$2" | tar -x -C "$3"`
	if out, err := exec.Command("bash", "-o", "pipefail", "-c", script, "-", strings.TrimSpace(string(top)), commit, dir).CombinedOutput(); err != nil {
		t.Fatalf("take %s out of git: %v; in a shallow clone run git fetch --unshallow\n%s", commit, err, out)
	}
	path := filepath.Join(t.TempDir(), "headstart")
	build := exec.Command("go", "build", "-trimpath", "-o", path, "./cmd/headstart")
	build.Dir, build.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build of %s: %v\n%s", commit, err, out)
	}
	return path
}

// succeed runs a command that has to succeed.
func succeed(t *testing.T, name string, args ...string) string {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", filepath.Base(name), strings.Join(args, " "), err, out, errs.String())
	}
	return string(out)
}
