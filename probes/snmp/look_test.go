package snmp

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"headstart"
	"headstart/probes/snmp/device"
	"headstart/probes/snmp/session"
)

// Only what is watched counts, and only what is switched on and does not carry is
// down.
func TestWatchedLinks(t *testing.T) {
	for name, c := range map[string]struct {
		watched []string
		row     port
		want    string
	}{
		"all is well":              {[]string{"Te1/1/1"}, port{}, "ok"},
		"an access port is down":   {[]string{"Te1/1/1"}, port{index: 2, name: "Gi1/0/2", oper: isDown}, "ok"},
		"an uplink is down":        {[]string{"Te1/1/1"}, port{index: 101, name: "Te1/1/1", alias: "uplink noord", oper: isDown}, "down; interface-down incident Te1/1/1 (uplink noord)"},
		"by what is written there": {[]string{"uplink n*"}, port{index: 101, name: "Te1/1/1", alias: "uplink noord", oper: isDown}, "down; interface-down incident Te1/1/1 (uplink noord)"},
		"by its long name":         {[]string{"gigabitethernet te1/1/1"}, port{index: 101, name: "Te1/1/1", oper: isDown}, "down; interface-down incident Te1/1/1"},
		"a lower layer is down":    {[]string{"Te1/1/1"}, port{index: 101, name: "Te1/1/1", oper: lowerLayerDown}, "down; interface-down incident Te1/1/1"},
		"switched off":             {[]string{"Te1/1/1"}, port{index: 101, name: "Te1/1/1", admin: isDown, oper: isDown}, "warn; interface-disabled report Te1/1/1"},
		"its module is out":        {[]string{"Te1/1/1"}, port{index: 101, name: "Te1/1/1", oper: notPresent}, "warn; interface-missing report Te1/1/1"},
		"being tested":             {[]string{"Te1/1/1"}, port{index: 101, name: "Te1/1/1", oper: inTest}, "warn; interface-unknown report Te1/1/1"},
		"dormant":                  {[]string{"Te1/1/1"}, port{index: 101, name: "Te1/1/1", oper: 5}, "ok"},
		"a virtual link":           {[]string{"Te1/1/1"}, port{index: 101, name: "Te1/1/1", oper: 4}, "ok"},
		"a pattern, one is down":   {[]string{"Te*"}, port{index: 102, name: "Te1/1/2", oper: isDown}, "down; interface-down incident Te1/1/2"},
		"no such interface":        {[]string{"Te1/1/1", "Te9/9/9"}, port{}, "unknown; interface-unknown none Te9/9/9"},
		"down outranks unknown": {
			[]string{"Te1/1/1", "Te9/9/9"},
			port{index: 101, name: "Te1/1/1", oper: isDown},
			"down; interface-down incident Te1/1/1; interface-unknown none Te9/9/9",
		},
		"a pattern leaves loopback": {[]string{"lo*", "Te1/1/1"}, port{}, "unknown; interface-unknown none lo*"},
		"a name does not":           {[]string{"lo0"}, port{}, "down; interface-down incident lo0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := stack(t)
			if c.row.index != 0 {
				d.Set(t, c.row.rows()...)
			}
			if got := line(ask(t, watching(t, d.Address, c.watched...))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A reason says which link by the name people gave it, and since when; where all is
// well, how much was looked at.
func TestReasons(t *testing.T) {
	d := stack(t)
	sw := watching(t, d.Address, "uplink*")
	if f := ask(t, sw); f.Reason != "2 interfaces in order" {
		t.Errorf("reason %q", f.Reason)
	}
	d.Set(t, port{index: 101, name: "Te1/1/1", alias: "uplink noord", oper: isDown, changed: 8640000 - 90*60*100}.rows()...)
	f := ask(t, sw)
	since := time.Now().UTC().Add(-90 * time.Minute)
	for _, at := range []time.Time{since, since.Add(-time.Minute)} {
		if f.Reason == "Te1/1/1 (uplink noord) is down since "+at.Format("2006-01-02 15:04") {
			return
		}
	}
	t.Errorf("reason %q, want since %s", f.Reason, since)
}

// All names are read once; after that a look costs what is watched.
func TestNamesAreReadOnce(t *testing.T) {
	d := stack(t)
	sw := watching(t, d.Address, "Te1/1/1")
	ask(t, sw)
	first := d.Packets()
	ask(t, sw)
	if again := d.Packets() - first; again > 3 || first <= again {
		t.Errorf("%d packets, then %d; want at most 3 once the names are known", first, again)
	}
}

// Interfaces get other numbers when a switch is restarted, or a member joins the
// stack: what is watched is a name.
func TestRenumbered(t *testing.T) {
	for name, uptime := range map[string]string{"restarted": upTime + "|67|100", "a member joined": upTime + "|67|8640100"} {
		d := stack(t)
		sw := watching(t, d.Address, "Te1/1/1")
		if f := ask(t, sw); f.Verdict != headstart.OK {
			t.Fatal(line(f))
		}
		d.Set(t, uptime)
		d.Set(t, port{index: 101, name: "Gi2/0/1", oper: isDown}.rows()...)
		d.Set(t, port{index: 301, name: "Te1/1/1", alias: "uplink noord"}.rows()...)
		f := ask(t, sw)
		if f.Verdict != headstart.OK {
			t.Errorf("%s: %s", name, line(f))
		}
		if told := strings.Contains(line(f), restarted); told != (name == "restarted") {
			t.Errorf("%s: %s", name, line(f))
		}
		d.Set(t, port{index: 301, name: "Te1/1/1", oper: isDown}.rows()...)
		if f := ask(t, sw); f.Verdict != headstart.Down {
			t.Errorf("%s, then down: %s", name, line(f))
		}
	}
}

// An interface that somebody named and that is gone carries nothing; one that only
// fitted a pattern may have been taken away. Both come back.
func TestGone(t *testing.T) {
	d := stack(t)
	sw := watching(t, d.Address, "Te1/1/1", "uplink z*")
	ask(t, sw)
	d.Drop(".102")
	if got, want := line(ask(t, sw)), "warn; interface-missing report Te1/1/2 (uplink zuid)"; got != want {
		t.Errorf("one of a pattern: %s, want %s", got, want)
	}
	d.Drop(".101")
	for range 2 {
		want := "down; interface-missing incident Te1/1/1 (uplink noord); interface-missing report Te1/1/2 (uplink zuid)"
		if got := line(ask(t, sw)); got != want {
			t.Errorf("both: %s, want %s", got, want)
		}
	}
	d.Set(t, port{index: 101, name: "Te1/1/1", alias: "uplink noord"}.rows()...)
	d.Set(t, port{index: 102, name: "Te1/1/2", alias: "uplink zuid"}.rows()...)
	if got := line(ask(t, sw)); got != "ok" {
		t.Errorf("both are back: %s", got)
	}
	// What is written at an interface may change: it is not gone, it is not watched.
	d.Set(t, port{index: 102, name: "Te1/1/2", alias: "spare"}.rows()...)
	d.Set(t, upTime+"|67|9")
	if got := line(ask(t, sw)); !strings.HasPrefix(got, "unknown; interface-unknown none uplink z*") {
		t.Errorf("renamed: %s", got)
	}
}

// A silent switch is one host down; of its ports nothing is known.
func TestSilence(t *testing.T) {
	d := stack(t)
	sw := watching(t, d.Address, "uplink*")
	ask(t, sw)
	d.Hush(true)
	f := askFor(t, sw, session.Access{}, 200*time.Millisecond)
	want := "down; unreachable incident context deadline exceeded; interface-unknown none Te1/1/1 (uplink noord), Te1/1/2 (uplink zuid)"
	if got := line(f); got != want || !f.Silent {
		t.Errorf("got  %s, silent %v\nwant %s", got, f.Silent, want)
	}
	d.Hush(false)
	if f := ask(t, sw); f.Verdict != headstart.OK {
		t.Errorf("it answers again: %s", line(f))
	}
	d.Hush(true)
	never := askFor(t, watching(t, d.Address, "uplink*"), session.Access{}, 200*time.Millisecond)
	if never.Verdict != headstart.Down || !strings.Contains(never.Reason, "check the community") {
		t.Errorf("it never answered: %s %s, want a remedy", never.Verdict, never.Reason)
	}
}

// What answers and cannot be understood, or keeps things to itself, is not down.
func TestStrangers(t *testing.T) {
	udp := func(say func([]byte) []byte) string {
		conn, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		go func() {
			b := make([]byte, 65536)
			for {
				n, from, err := conn.ReadFrom(b)
				if err != nil {
					return
				}
				_, _ = conn.WriteTo(say(b[:n]), from)
			}
		}()
		return conn.LocalAddr().String()
	}
	closed, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.LocalAddr().String()
	_ = closed.Close()
	printer := device.Serve(t, strings.NewReader(upTime+"|67|5\n1.3.6.1.2.1.25.3.2.1.5.1|2|2\n"))
	odd := stack(t)
	odd.Set(t, ifOperStatus+".101|4|up", ifName+".101|4|Te1/1/1")
	for name, c := range map[string]struct{ address, want string }{
		"noise":         {udp(func([]byte) []byte { return []byte("HTTP/1.0 400") }), "no SNMP we understand"},
		"truncated":     {udp(func(b []byte) []byte { return b[:len(b)-3] }), "no SNMP we understand"},
		"nobody":        {nobody, "no SNMP listens there; turn it on"},
		"no interfaces": {printer.Address, "says nothing of interfaces; check"},
		"a wrong type":  {odd.Address, "Te1/1/1 (uplink noord) does not tell its state"},
	} {
		f := askFor(t, watching(t, c.address, "Te1/1/1"), session.Access{}, 2*time.Second)
		if f.Verdict != headstart.Unknown || !strings.Contains(f.Reason, c.want) {
			t.Errorf("%s: %s %s, want unknown and %q", name, f.Verdict, f.Reason, c.want)
		}
	}
}

// More interfaces than anybody can mean are not all watched, and it is said.
func TestTooManyLinks(t *testing.T) {
	d := device.Serve(t, strings.NewReader(upTime+"|67|5\n"))
	for i := range mostLinks + 5 {
		d.Set(t, port{index: i + 1, name: fmt.Sprintf("Gi1/0/%d", i)}.rows()...)
	}
	f := ask(t, watching(t, d.Address, "Gi*"))
	if want := "128 of 133 interfaces are watched, which is the most; write fewer"; f.Verdict != headstart.Warn || f.Reason != want {
		t.Errorf("%s %s", f.Verdict, f.Reason)
	}
}

// Every recording is read to its end, by both versions; down is what is switched on
// and says down, and nothing else.
func TestRecordings(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../printer/testdata/*.snmprec", "../../../shared/data/printers/*.snmprec"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Fatal("no recordings")
	}
	for _, file := range files {
		want := expected(t, file)
		for _, version := range []gosnmp.SnmpVersion{gosnmp.Version2c, gosnmp.Version1} {
			t.Run(filepath.Base(file)+"/"+version.String(), func(t *testing.T) {
				t.Parallel()
				d := device.Record(t, file)
				d.Speak(version)
				sw := watching(t, d.Address, "*")
				if f := askFor(t, sw, session.Access{}, time.Second); f.Verdict != want {
					t.Errorf("%s, want %s: %s", line(f), want, f.Reason)
				}
			})
		}
	}
}

// expected reads the verdict out of a recording, by another way.
func expected(t *testing.T, file string) headstart.Verdict {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	values := map[string]string{}
	var indices []string
	for scanner := bufio.NewScanner(f); scanner.Scan(); {
		oid, rest, _ := strings.Cut(scanner.Text(), "|")
		_, values[oid], _ = strings.Cut(rest, "|")
		if index, ok := strings.CutPrefix(oid, ifDescr+"."); ok {
			indices = append(indices, index)
		}
	}
	if len(indices) == 0 {
		return headstart.Unknown
	}
	worst := headstart.OK
	for _, i := range indices {
		admin, oper := values[ifAdminStatus+"."+i], values[ifOperStatus+"."+i]
		switch {
		case values[ifType+"."+i] == "24":
		case oper == "":
			return headstart.Unknown
		case admin == "1" && oper == "2":
			return headstart.Down
		case admin == "2":
			worst = headstart.Warn
		}
	}
	return worst
}
