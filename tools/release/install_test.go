package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInstall: the package installs on a bare Debian, its service starts as its unit
// says, stops cleanly, an installation over it keeps settings and state, a removal too,
// and a purge leaves nothing. It needs root, debootstrap and a Debian mirror; make long runs it.
func TestInstall(t *testing.T) {
	d := newDebian(t)
	deb := d.made()
	d.run("dpkg", "-i", deb)
	for path, want := range map[string]string{
		"/etc/headstart": "root:headstart 750", "/etc/headstart/headstart.yml": "root:headstart 640", "/var/lib/headstart": "headstart:headstart 750",
		"/usr/bin/headstart": "root:root 755", "/usr/lib/systemd/system/headstart.service": "root:root 644", "/usr/share/man/man1/headstart-serve.1.gz": "root:root 644",
		"/usr/share/bash-completion/completions/headstart": "root:root 644",
	} {
		if got := d.run("stat", "-c", "%U:%G %a", path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	address := d.listen()
	stop := d.start(address)
	stop()
	token := d.run("cat", "/var/lib/headstart/admin-token")
	if mode := d.run("stat", "-c", "%U %a", "/var/lib/headstart/admin-token"); mode != "headstart 600" {
		t.Errorf("the admin's token is %s", mode)
	}

	d.run("dpkg", "-i", deb)
	if text := d.run("cat", "/etc/headstart/headstart.yml"); !strings.Contains(text, address) {
		t.Errorf("an installation over it took the settings:\n%s", text)
	}
	stop = d.start(address)
	stop()
	d.run("dpkg", "-r", "headstart")
	if again := d.run("cat", "/var/lib/headstart/admin-token"); again != token {
		t.Error("a removal took the state")
	}
	d.run("dpkg", "-P", "headstart")
	for _, path := range []string{"/etc/headstart", "/var/lib/headstart", "/usr/bin/headstart", "/usr/share/doc/headstart"} {
		if _, err := os.Lstat(filepath.Join(d.root, path)); err == nil {
			t.Errorf("%s is still there after a purge", path)
		}
	}
	if users := d.run("cut", "-d:", "-f1", "/etc/passwd"); strings.Contains(users, "headstart") {
		t.Error("the account is still there after a purge")
	}
}

// debian is a bare Debian in a folder.
type debian struct {
	t    *testing.T
	root string
}

func newDebian(t *testing.T) *debian {
	d := &debian{t, filepath.Join(t.TempDir(), "root")}
	if out, err := exec.CommandContext(t.Context(), "debootstrap", "--variant=minbase", "bookworm", d.root).CombinedOutput(); err != nil {
		t.Fatalf("debootstrap: %v; run as root, with tools/parts.sh debootstrap:debootstrap installed\n%s", err, tailOf(out))
	}
	return d
}

// made makes the release of this commit and puts its package into the Debian.
func (d *debian) made() string {
	d.t.Helper()
	out := d.t.TempDir()
	r := release{out: out, arches: []string{runtime.GOARCH}, say: d.t.Logf}
	if err := r.make(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(out, "*.deb"))
	if err != nil || len(found) != 1 {
		d.t.Fatalf("packages %v, %v", found, err)
	}
	b, err := os.ReadFile(found[0])
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.root, "headstart.deb"), b, 0o644); err != nil {
		d.t.Fatal(err)
	}
	return "/headstart.deb"
}

// run runs a command there and returns what it printed.
func (d *debian) run(args ...string) string {
	d.t.Helper()
	out, err := exec.CommandContext(d.t.Context(), "chroot", append([]string{d.root}, args...)...).CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, tailOf(out))
	}
	return strings.TrimSpace(string(out))
}

// listen gives the service a free port, by hand, as an operator would.
func (d *debian) listen() string {
	d.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(d.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	defer l.Close()
	address := l.Addr().String()
	d.run("sed", "-i", "s/127.0.0.1:8480/"+address+"/", "/etc/headstart/headstart.yml")
	return address
}

var started = regexp.MustCompile(`(?m)^(User|ExecStartPre|ExecStart)=(.+)$`)

// start does what systemd does with the unit, the account and the capability included,
// and waits until the service is ready. The Debian has no systemd of its own: nothing
// boots there. stop ends it as systemd does.
func (d *debian) start(address string) (stop func()) {
	d.t.Helper()
	unit := map[string]string{}
	for _, m := range started.FindAllStringSubmatch(d.run("cat", "/usr/lib/systemd/system/headstart.service"), -1) {
		unit[m[1]] = m[2]
	}
	as := []string{
		"setpriv", "--reuid", unit["User"], "--regid", unit["User"], "--init-groups", "--no-new-privs",
		"--inh-caps=-all,+net_raw", "--ambient-caps=-all,+net_raw", "--bounding-set=-all,+net_raw",
	}
	d.run(append(as, strings.Fields(unit["ExecStartPre"])...)...)

	ctx, cancel := context.WithCancel(d.t.Context())
	cmd := exec.CommandContext(ctx, "chroot", append([]string{d.root}, append(as, strings.Fields(unit["ExecStart"])...)...)...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		cancel()
		d.t.Fatal(err)
	}
	d.t.Cleanup(cancel)
	if err := ready(ctx, address); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		d.t.Fatalf("%v; it said:\n%s", err, said.String())
	}
	return func() {
		d.t.Helper()
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			d.t.Errorf("stopped with %v, want exit code 0; it said:\n%s", err, said.String())
		}
	}
}

// ready waits until a service says that it is.
func ready(ctx context.Context, address string) error {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/-/ready", nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("/-/ready answers %s", res.Status)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready within a minute: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func tailOf(out []byte) string { return string(out[max(0, len(out)-4000):]) }
