package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/probes/netnstest"
)

// What would be done is told without a packet, and a range too large before any.
func TestDiscoverAsksFirst(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "catalog.yml", "devices: [{id: a}, {id: b}]\n")
	code, stdout, stderr := command(t, "discover", "--dry-run", "--rate", "100", "10.1.0.0/20")
	for _, want := range []string{
		"would ask 4094 addresses, at most 100 packets or connections a second, 200 connections at once, 2 to one host",
		"that takes up to 4m47s if nobody answers", "ipp    port 631", "would compare with 2 devices of the catalog and write discovered/catalog.yml",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("dry run: %d, no %q in\n%s%s", code, want, stdout, stderr)
		}
	}
	if entries, err := os.ReadDir("."); err != nil || len(entries) != 1 || strings.Contains(stdout, "9100") {
		t.Errorf("a dry run left %v, %v", entries, err)
	}
	write(t, "mine.yml", "x")
	for args, want := range map[string]string{
		"10.0.0.0/8":                     "10.0.0.0/8 holds 16777214 addresses, more than 65536; name the networks that hold devices, or raise --most",
		"fd00::/64":                      "an IPv6 network is too large to go through",
		"noord":                          `"noord" is no network; write an address such as 10.1.2.4`,
		"10.1.0.1 --rate 0":              "--rate is 0; write a number from 1 to",
		"10.1.0.1 --wait 1h":             "--wait is 1h0m0s; write a duration",
		"10.1.0.1 --port raw=9100":       "--port is",
		"10.1.0.1 --port ipp=9100":       "comes out on paper",
		"10.1.0.1 --location noord":      "write NETWORK=LOCATION, such as",
		"10.1.0.1 --community-file none": "--community-file",
		"10.1.0.1 --out .":               "catalog.yml is in use, and --out is its folder; name another folder with --out",
	} {
		code, _, stderr := command(t, append([]string{"discover"}, strings.Fields(args)...)...)
		if code == 0 || !strings.Contains(stderr, want) {
			t.Errorf("discover %s: %d %s; want %q", args, code, stderr, want)
		}
	}
}

// What people edited is theirs.
func TestProposalsOverwriteNothing(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "l.csv", "name;address\nsw-1;10.1.0.1\n")
	for range 2 { // what we wrote and nobody touched is ours
		if code, stdout, stderr := command(t, "import", "csv", "l.csv"); code != 0 {
			t.Fatalf("%d\n%s%s", code, stdout, stderr)
		}
	}
	file := filepath.Join("discovered", "catalog.yml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, string(text)+"# mine\n")
	if code, _, stderr := command(t, "import", "csv", "l.csv"); code != 1 || !strings.Contains(stderr, "discovered/catalog.yml was edited since it was written; move it away, or name another folder with --out") {
		t.Errorf("edited: %d %s", code, stderr)
	}
	if code, _, stderr := command(t, "discover", "127.0.0.1"); code != 1 || !strings.Contains(stderr, "was edited") {
		t.Errorf("discover finds that out before it looks: %d %s", code, stderr)
	}
	write(t, file, "devices: []\n")
	if code, _, stderr := command(t, "import", "csv", "l.csv"); code != 1 || !strings.Contains(stderr, "was not written for review") {
		t.Errorf("not ours: %d %s", code, stderr)
	}
	if code, stdout, stderr := command(t, "import", "csv", "--dry-run", "l.csv"); code != 0 || !strings.Contains(stdout, "new: devices 1") {
		t.Errorf("a dry run writes nothing: %d %s%s", code, stdout, stderr)
	}
}

// Cut off, what is whole is written, and said to be a part.
func TestDiscoverInterrupted(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l, err := net.Listen("tcp", "127.99.0.30:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		_, _ = l.Accept() // somebody looks in at the thirtieth house
		cancel()
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	var stdout, stderr bytes.Buffer
	code := execute(ctx, []string{"discover", "--at-once", "1", "--no-names", "--rate", "100000", "--port", "https=" + port, "127.99.0.0/24"}, &stdout, &stderr)
	text, err := os.ReadFile(filepath.Join("discovered", "catalog.yml"))
	if code != 1 || err != nil || !strings.Contains(stderr.String(), "interrupted after 29 of 254 addresses; what is complete is written") ||
		!strings.Contains(string(text), "# INTERRUPTED: what is missing here may only not have been asked.") {
		t.Errorf("%d %v\n%s%s\n%s", code, err, &stdout, &stderr, text)
	}
}

// A network with a real print server, a real agent, a real printer and a real web
// server, each on a host of its own among silent ones: all are found, what is written
// loads, and every probe of it answers well at once.
func TestDiscoverNetwork(t *testing.T) {
	cable, in := netnstest.Enter(t)
	if !in {
		return
	}
	dir := t.TempDir()
	t.Chdir(dir)
	at := func(n int) string { return netnstest.Alive(n).String() }
	printServer(t, cable, dir, at(1))
	agent(t, cable, dir, at(2))
	printer(t, dir)
	write(t, "prometheus.yml", "global: {}\n")
	beyond(t, cable, "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "tsdb"), "--web.listen-address="+at(3)+":80", "--log.level=error")
	for _, address := range []string{at(1) + ":631", at(3) + ":80", "127.0.0.1:631"} {
		waitFor(t, 30*time.Second, address+" to listen", func() bool {
			c, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
			if err != nil {
				return false
			}
			return c.Close() == nil
		})
	}
	write(t, "catalog.yml", fmt.Sprintf("locations: [{id: noord, name: Gebouw Noord}]\ndevices:\n  - {id: sw-9, kind: switch, address: %s}\n  - {id: oud, kind: printer, address: %s}\n", at(8), netnstest.Silent(1)))

	write(t, "community", "desk\n")
	code, stdout, stderr := command(t, "discover", "--no-names", "--community-file", "community", at(0)+"/28", netnstest.Silent(0).String()+"/29", "127.0.0.1", netnstest.Alive6(0).String()+"/126", netnstest.Silent6(0).String()+"/127")
	if code != 0 || !strings.Contains(stdout, "27 of 27 addresses asked, 19 answered") {
		t.Fatalf("discover: %d\n%s%s", code, stdout, stderr)
	}
	catalog, err := os.ReadFile(filepath.Join("discovered", "catalog.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"address: " + at(2) + ", services: [print]", "{id: kopieer-1, kind: printer, location: noord,", "name: Sim",
		"a print server with one queue", "# - oud: nothing answers at " + netnstest.Silent(1).String(),
		"address: " + at(5) + "} # answers a ping and nothing else",
		"host-fd77-2, address: 'fd77::2'} # answers a ping",
	} {
		if !strings.Contains(string(catalog), want) {
			t.Errorf("no %q in\n%s", want, catalog)
		}
	}
	if strings.Contains(string(catalog), "address: "+at(8)) {
		t.Errorf("proposed again what the catalog has:\n%s", catalog)
	}
	config := filepath.Join("discovered", "headstart.yml")
	if code, stdout, stderr := command(t, "--config", config, "config", "check"); code != 0 {
		t.Fatalf("config check: %d\n%s%s", code, stdout, stderr)
	}
	settings, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if want := "asset: kopieer-1, community_file: " + filepath.Join(dir, "community"); !strings.Contains(string(settings), want) || strings.Contains(string(settings), "desk") {
		t.Errorf("no %q, or the community itself, in\n%s", want, settings)
	}
	code, stdout, stderr = command(t, "--config", config, "check", "--output", "json")
	var report checkReport
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("%d %v\n%s", code, err, stderr)
	}
	kinds := map[string]int{}
	for _, r := range report.Results {
		kinds[r.Kind]++
		if r.Verdict == headstart.Down || r.Verdict == headstart.Unknown {
			t.Errorf("%s %s at %s: %s, %s", r.Probe, r.Kind, r.Target, r.Verdict, r.Reason)
		}
	}
	if kinds["printer"] != 3 || kinds["http"] != 1 || kinds["icmp"] < 2 {
		t.Errorf("probes by kind: %v", kinds)
	}
}

func beyond(t *testing.T, cable *netnstest.Cable, words ...string) {
	words = cable.Beyond(words...)
	child(t, words[0], words[1:]...)
}

// printServer runs a real cupsd with one queue.
func printServer(t *testing.T, cable *netnstest.Cable, dir, address string) {
	root := filepath.Join(dir, "cups")
	for _, d := range []string{"spool/tmp", "cache", "state", "root/ppd", "log"} {
		if err := os.MkdirAll(filepath.Join(root, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(root, "cups-files.conf"), fmt.Sprintf("FileDevice Yes\nServerRoot %[1]s/root\nRequestRoot %[1]s/spool\nTempDir %[1]s/spool/tmp\nCacheDir %[1]s/cache\nStateDir %[1]s/state\n"+
		"AccessLog %[1]s/log/access\nErrorLog %[1]s/log/error\nPageLog %[1]s/log/page\nSystemGroup root\n", root))
	write(t, filepath.Join(root, "cupsd.conf"), fmt.Sprintf("Listen %s:631\nServerAlias *\nBrowsing Off\nDefaultAuthType None\nWebInterface No\n<Location />\nOrder allow,deny\nAllow all\n</Location>\n"+
		"<Policy default>\n<Limit All>\nOrder deny,allow\nAllow all\n</Limit>\n</Policy>\n", address))
	beyond(t, cable, "cupsd", "-f", "-c", filepath.Join(root, "cupsd.conf"), "-s", filepath.Join(root, "cups-files.conf"))
	waitFor(t, 20*time.Second, "a queue", func() bool {
		return exec.CommandContext(t.Context(), "lpadmin", "-h", address+":631", "-p", "kantoor", "-E", "-v", "file:///dev/null", "-m", "raw", "-L", "Gebouw Noord", "-D", "Kantoor").Run() == nil
	})
}

// agent runs a real snmpd that says it is a printer.
func agent(t *testing.T, cable *netnstest.Cable, dir, address string) {
	rows := filepath.Join(dir, "rows.sh")
	write(t, rows, `#!/bin/sh
# One printer in the table of devices, that is idle.
say() { echo "$1"; echo "$2"; echo "$3"; exit; }
next=""
[ "$1" = -n ] && case "$2" in
.1.3.6.1.2.1.25.3|.1.3.6.1.2.1.25.3.2|.1.3.6.1.2.1.25.3.2.1|.1.3.6.1.2.1.25.3.2.1.2) next=type;;
.1.3.6.1.2.1.25.3.2.1.2.1|.1.3.6.1.2.1.25.3.2.1.5) next=status;;
.1.3.6.1.2.1.25.3.2.1.5.1|.1.3.6.1.2.1.25.3.5|.1.3.6.1.2.1.25.3.5.1|.1.3.6.1.2.1.25.3.5.1.1) next=printer;;
esac
case "$next" in
type) say .1.3.6.1.2.1.25.3.2.1.2.1 objectid .1.3.6.1.2.1.25.3.1.5;;
status) say .1.3.6.1.2.1.25.3.2.1.5.1 integer 2;;
printer) say .1.3.6.1.2.1.25.3.5.1.1.1 integer 3;;
esac
exit 0
`)
	if err := os.Chmod(rows, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "snmpd.conf"), fmt.Sprintf("agentaddress udp:%s:161\nrocommunity desk\nsysName kopieer-1\nsysLocation Gebouw Noord, 2.14\npass .1.3.6.1.2.1.25.3 %s\n", address, rows))
	t.Setenv("SNMP_PERSISTENT_DIR", dir)
	beyond(t, cable, "snmpd", "-f", "-Lo", "-C", "-c", filepath.Join(dir, "snmpd.conf"), "-p", filepath.Join(dir, "pid"), "-I", "-hr_device,hr_print")
}

// printer runs a real ippeveprinter, which listens on loopback alone.
func printer(t *testing.T, dir string) {
	bus := "unix:path=" + filepath.Join(dir, "bus")
	write(t, filepath.Join(dir, "bus.conf"), `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>`+bus+`</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>
`)
	child(t, "dbus-daemon", "--config-file="+filepath.Join(dir, "bus.conf"), "--nofork", "--nopidfile")
	waitFor(t, 10*time.Second, "the bus", func() bool { _, err := os.Stat(filepath.Join(dir, "bus")); return err == nil })
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
	child(t, "ippeveprinter", "-p", "631", "-n", "localhost", "-r", "off", "-d", dir, "-f", "text/plain", "-c", "/bin/true", "-l", "Gebouw Noord", "Sim")
}
