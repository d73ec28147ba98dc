package printer

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"headstart"
	"headstart/probes/snmp/session"
	"headstart/store/redistest/ports"
)

// These tests drive real parts on loopback (ruling 22): cupsd, ippeveprinter and
// snmpd. An absent part is a failure.

// freePort returns a port nobody listens on now.
func freePort(t *testing.T, network string) int {
	t.Helper()
	if network == "udp" {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.LocalAddr().(*net.UDPAddr).Port
	}
	return ports.Hold(t)
}

// daemon runs a program until the test ends, in its own process group.
func daemon(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	path := installed(t, name)
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	logs := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = logs, logs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		gone := make(chan struct{})
		go func() { _ = cmd.Wait(); close(gone) }()
		select {
		case <-gone:
		case <-time.After(3 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-gone
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", name, logs)
		}
	})
}

// installed finds a program that Debian keeps where users have no path to.
func installed(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{"/usr/sbin", "/usr/bin", "/sbin"} {
		if path := filepath.Join(dir, name); executable(path) {
			return path
		}
	}
	t.Fatalf("%s is not installed; tools/parts.sh names its package", name)
	return ""
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&0o111 != 0
}

func command(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(installed(t, name), args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

func write(t *testing.T, file, text string) string {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

// until asks p until its conditions are want.
func until(t *testing.T, p *Printer, out Network, want string) Finding {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		f := p.Ask(ctx, out)
		cancel()
		if got := strings.Join(lines(f.Conditions), "; "); got == want && f.Verdict != headstart.Unknown {
			return f
		} else if time.Now().After(deadline) {
			t.Fatalf("%s %q: %s; want %q", f.Verdict, got, f.Reason, want)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// A real print queue: idle, paused with a message, rejecting, and with jobs waiting.
func TestCups(t *testing.T) {
	dir, port := t.TempDir(), freePort(t, "tcp")
	for _, d := range []string{"spool/tmp", "cache", "state", "root", "ppd", "log"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "cups-files.conf"), fmt.Sprintf(`FileDevice Yes
ServerRoot %[1]s/root
RequestRoot %[1]s/spool
TempDir %[1]s/spool/tmp
CacheDir %[1]s/cache
StateDir %[1]s/state
AccessLog %[1]s/log/access
ErrorLog %[1]s/log/error
PageLog %[1]s/log/page
SystemGroup root
`, dir))
	write(t, filepath.Join(dir, "cupsd.conf"), fmt.Sprintf(`Listen 127.0.0.1:%d
Browsing Off
DefaultAuthType None
WebInterface No
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order deny,allow
Allow all
</Limit>
</Policy>
`, port))
	daemon(t, nil, "cupsd", "-f", "-c", filepath.Join(dir, "cupsd.conf"), "-s", filepath.Join(dir, "cups-files.conf"))
	server := fmt.Sprintf("127.0.0.1:%d", port)
	reached(t, server)
	env := []string{"CUPS_SERVER=" + server}
	command(t, env, "lpadmin", "-h", server, "-p", "kantoor", "-E", "-v", "file:///dev/null", "-m", "raw")
	p := &Printer{Ways: []Way{{"ipp", "ipp://" + server + "/printers/kantoor"}}}

	until(t, p, network, "")
	command(t, env, "cupsdisable", "-h", server, "-r", "papierstoring", "kantoor")
	until(t, p, network, "stopped incident paused: papierstoring")
	command(t, env, "lp", "-h", server, "-d", "kantoor", write(t, filepath.Join(dir, "page.txt"), "page\n"))
	f := until(t, p, network, "stopped incident paused: papierstoring, 1 jobs waiting")
	if f.Verdict != headstart.Down {
		t.Errorf("paused with a job: %s", f.Verdict)
	}
	command(t, env, "cancel", "-h", server, "-a", "kantoor")
	command(t, env, "cupsenable", "-h", server, "kantoor")
	command(t, env, "cupsreject", "-h", server, "kantoor")
	until(t, p, network, "stopped incident takes no jobs")
	command(t, env, "cupsaccept", "-h", server, "kantoor")
	until(t, p, network, "")

	gone := &Printer{Ways: []Way{{"ipp", "ipp://" + server + "/printers/weg"}}}
	if f := ask(t, gone); f.Verdict != headstart.Unknown || !strings.Contains(f.Reason, "knows no printer") {
		t.Errorf("a queue that is not there: %s, %s", f.Verdict, f.Reason)
	}
}

// reached waits until address listens.
func reached(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// A real printer in software: supplies, trays and a jam in the middle of a job.
func TestIPPEverywhere(t *testing.T) {
	dir, port := t.TempDir(), freePort(t, "tcp")
	bus := "unix:path=" + filepath.Join(dir, "bus")
	daemon(t, nil, "dbus-daemon", "--config-file="+write(t, filepath.Join(dir, "bus.conf"), `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>`+bus+`</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>
`), "--nofork", "--nopidfile")
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, "bus")); err == nil {
			break
		} else if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	// A job jams until somebody takes the paper out.
	cleared := filepath.Join(dir, "cleared")
	job := write(t, filepath.Join(dir, "job.sh"), `#!/bin/sh
echo "STATE: +media-jam-error" >&2
while [ ! -e `+cleared+` ]; do sleep 0.1; done
echo "STATE: -media-jam-error" >&2
`)
	daemon(t, []string{"DBUS_SYSTEM_BUS_ADDRESS=" + bus}, "ippeveprinter", "-p", fmt.Sprint(port), "-n", "localhost", "-r", "off", "-d", dir,
		"-f", "text/plain", "-c", job, "Sim")
	server := fmt.Sprintf("localhost:%d", port)
	reached(t, server)
	p := &Printer{Ways: []Way{{"ipp", "ipp://" + server}}}
	set := func(query string) {
		t.Helper()
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", query, server)
		_, _ = conn.Read(make([]byte, 1))
	}
	ready := func(f Finding) bool { return f.Verdict != headstart.Down && f.Verdict != headstart.Unknown }
	named := func(name string) Finding {
		t.Helper()
		for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			f := ask(t, p)
			for _, c := range f.Conditions {
				if c.Name == name {
					return f
				}
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s never came; %s %v", name, f.Reason, f.Conditions)
			}
		}
	}
	if f := ask(t, p); !ready(f) || len(f.Values) == 0 {
		t.Errorf("at rest: %s %s, levels %v", f.Verdict, f.Reason, f.Values)
	}
	command(t, nil, "ipptool", "-tv", "-f", write(t, filepath.Join(dir, "page.txt"), "page\n"), "ipp://"+server+"/ipp/print", write(t, filepath.Join(dir, "print.test"), `{
NAME "Print"
OPERATION Print-Job
GROUP operation-attributes-tag
ATTR charset attributes-charset utf-8
ATTR language attributes-natural-language en
ATTR uri printer-uri $uri
ATTR mimeMediaType document-format text/plain
FILE $filename
STATUS successful-ok
}
`))
	if f := named(jam); !ready(f) {
		t.Errorf("a jam in a job that goes on: %s, want a line", f.Verdict)
	}
	write(t, cleared, "")
	for deadline := time.Now().Add(15 * time.Second); strings.Contains(ask(t, p).Reason, "jam"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the jam was cleared, and the printer still tells of it")
		}
	}
	for query, name := range map[string]string{
		"/supplies?supply0=25&supply1=4":                            tonerLow,
		"/supplies?supply0=25&supply1=0":                            tonerEmpty,
		"/supplies?supply0=97&supply1=50":                           wasteAlmostFull,
		"/media?size1=na_letter_8.5x11in&type1=stationery&level1=0": trayEmpty,
	} {
		set(query)
		if f := named(name); !ready(f) {
			t.Errorf("%s: %s %s, want no incident", query, f.Verdict, f.Reason)
		}
	}
}

// A real agent, over version 3 with every secret right and wrong, and over 2c.
func TestSNMPv3(t *testing.T) {
	dir, port := t.TempDir(), freePort(t, "udp")
	rows := write(t, filepath.Join(dir, "rows.sh"), `#!/bin/sh
# An agent asks -n OID for the next row, -g OID for that one.
table='.1.3.6.1.2.1.25.3.5.1.2.1 string  '
[ "$1" = -n ] && [ "$2" = .1.3.6.1.2.1.25.3.5 ] && { echo .1.3.6.1.2.1.25.3.5.1.1.1; echo integer; echo 3; exit; }
[ "$1" = -n ] && [ "$2" = .1.3.6.1.2.1.25.3.5.1.1 ] && { echo .1.3.6.1.2.1.25.3.5.1.1.1; echo integer; echo 3; exit; }
[ "$1" = -n ] && [ "$2" = .1.3.6.1.2.1.25.3.5.1.1.1 ] && { echo .1.3.6.1.2.1.25.3.5.1.2.1; echo octet; echo 04 00; exit; }
[ "$1" = -n ] && [ "$2" = .1.3.6.1.2.1.25.3.5.1.2 ] && { echo .1.3.6.1.2.1.25.3.5.1.2.1; echo octet; echo 04 00; exit; }
exit 0
`)
	conf := write(t, filepath.Join(dir, "snmpd.conf"), fmt.Sprintf(`agentaddress udp:127.0.0.1:%d
rocommunity desk 127.0.0.1
createUser probe SHA authsecret AES privsecret
rouser probe priv
pass .1.3.6.1.2.1.25.3.5 %s
`, port, rows))
	daemon(t, []string{"SNMP_PERSISTENT_DIR=" + dir}, "snmpd", "-f", "-Lo", "-C", "-c", conf, "-p", filepath.Join(dir, "pid"), "-I", "-hr_device,hr_print")
	p := overSNMP(fmt.Sprintf("127.0.0.1:%d", port))
	user := func(name, auth, privacy string) Network {
		return reach(session.Access{User: &session.User{Name: name, Auth: "sha", AuthPassword: auth, Privacy: "aes", PrivacySecret: privacy}})
	}
	until(t, p, user("probe", "authsecret", "privsecret"), "jam report")
	for name, out := range map[string]Network{
		"another user":     user("stranger", "authsecret", "privsecret"),
		"wrong password":   user("probe", "wrongsecret", "privsecret"),
		"wrong privacy":    user("probe", "authsecret", "wrongsecret"),
		"without its priv": reach(session.Access{User: &session.User{Name: "probe", Auth: "sha", AuthPassword: "authsecret"}}),
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		f := p.Ask(ctx, out)
		cancel()
		if f.Verdict != headstart.Unknown || !strings.Contains(f.Reason, "check") {
			t.Errorf("%s: %s %s, want unknown and a remedy", name, f.Verdict, f.Reason)
		}
	}
	until(t, overSNMP(p.Ways[0].Address), reach(session.Access{Community: "desk"}), "jam report")
}
