package snmp

import (
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
)

// A real agent on loopback (ruling 22), over version 2c and over 3 with every secret
// right and wrong: its own interfaces, and values it has from a script.
func TestRealAgent(t *testing.T) {
	dir := t.TempDir()
	address := agent(t, dir, `rocommunity desk 127.0.0.1
createUser probe SHA authsecret AES privsecret
rouser probe priv
extend temperature /bin/echo 31.5
extend battery /bin/echo discharging
`)
	const extended = "1.3.6.1.4.1.8072.1.3.2.3.1.1" // nsExtendOutput1Line (NET-SNMP-EXTEND-MIB)
	sw := func(down string) *Device {
		d := watching(t, address, "lo")
		d.Values = []Value{
			{Name: "room", OID: extended + indexOf("temperature"), Unit: "°C", Warn: condition(t, "> 40")},
			{Name: "battery", OID: extended + indexOf("battery"), Down: condition(t, down)},
		}
		return d
	}
	user := func(name, auth, privacy string) session.Access {
		return session.Access{User: &session.User{Name: name, Auth: "sha", AuthPassword: auth, Privacy: "aes", PrivacySecret: privacy}}
	}
	desk, probe := session.Access{Community: "desk"}, user("probe", "authsecret", "privsecret")
	for name, access := range map[string]session.Access{"2c": desk, "3": probe} {
		f := answered(t, sw("== empty"), access)
		if want := "1 interface in order; room is 31.5 °C; battery is discharging"; f.Verdict != headstart.OK || f.Reason != want {
			t.Errorf("version %s: %s %s, want %s", name, f.Verdict, f.Reason, want)
		}
		if got := line(answered(t, sw("=~ ^dis"), access)); got != "down; value incident battery discharging" {
			t.Errorf("version %s, on battery: %s", name, got)
		}
	}
	for name, access := range map[string]session.Access{
		"another user":   user("stranger", "authsecret", "privsecret"),
		"wrong password": user("probe", "wrongsecret", "privsecret"),
		"wrong privacy":  user("probe", "authsecret", "wrongsecret"),
	} {
		if f := askFor(t, sw("3"), access, 2*time.Second); f.Verdict != headstart.Unknown || !strings.Contains(f.Reason, "check") {
			t.Errorf("%s: %s %s, want unknown and a remedy", name, f.Verdict, f.Reason)
		}
	}
	wrong := askFor(t, sw("3"), session.Access{Community: "guess"}, time.Second)
	if wrong.Verdict != headstart.Down || !strings.Contains(wrong.Reason, "check the community") {
		t.Errorf("another community: %s %s, want the remedy", wrong.Verdict, wrong.Reason)
	}
}

// indexOf is a text as an index of a table: its length, and its bytes.
func indexOf(text string) string {
	var index strings.Builder
	fmt.Fprintf(&index, ".%d", len(text))
	for _, b := range []byte(text) {
		fmt.Fprintf(&index, ".%d", b)
	}
	return index.String()
}

// answered asks until the agent, which has just been started, answers.
func answered(t *testing.T, d *Device, access session.Access) Finding {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		f := askFor(t, d, access, 3*time.Second)
		if !f.Silent && !strings.HasPrefix(f.Reason, "no SNMP listens") || time.Now().After(deadline) {
			return f
		}
	}
}

// agent runs snmpd with settings until the test ends.
func agent(t *testing.T, dir, settings string) (address string) {
	t.Helper()
	path := "/usr/sbin/snmpd"
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v; tools/parts.sh names its package", err)
	}
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = c.LocalAddr().String()
	_ = c.Close()
	conf := filepath.Join(dir, "snmpd.conf")
	if err := os.WriteFile(conf, []byte("agentaddress udp:"+address+"\n"+settings), 0o600); err != nil {
		t.Fatal(err)
	}
	logs := &strings.Builder{}
	cmd := exec.Command(path, "-f", "-Lo", "-C", "-c", conf, "-p", filepath.Join(dir, "pid"))
	cmd.Env = append(os.Environ(), "SNMP_PERSISTENT_DIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stdout, cmd.Stderr = logs, logs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("snmpd said:\n%s", logs)
		}
	})
	return address
}
