package printer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"headstart"
	"headstart/probes/printer/mib"
	"headstart/probes/snmp/device"
	"headstart/probes/snmp/session"
)

// network dials loopback, and explains as probes does.
var network = reach(session.Access{})

// reach is the network as somebody whom devices know.
func reach(access session.Access) Network {
	access.Dial = new(net.Dialer).DialContext
	agents := sync.Map{} // by address: they remember what answered
	return Network{
		Dial: access.Dial,
		Walk: func(ctx context.Context, address string, columns []string) (rows mib.Rows, err error) {
			agent, _ := agents.LoadOrStore(address, &session.Agent{Address: address})
			err = agent.(*session.Agent).Talk(ctx, access, func(s *session.Session) error { rows, err = s.Walk(columns...); return err })
			return rows, err
		},
		Explain: func(err error) Fault {
			return Fault{
				Words: err.Error(), Silent: errors.Is(err, context.DeadlineExceeded), Ours: errors.Is(err, syscall.EMFILE),
				Strange: session.Strange(err),
			}
		},
	}
}

func overSNMP(address string) *Printer {
	return &Printer{Ways: []Way{{Protocol: "snmp", Address: address}}}
}

// ask asks with the time a probe has.
func ask(t testing.TB, p *Printer) Finding {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	return p.Ask(ctx, network)
}

// lines renders conditions as NAME EFFECT DETAIL.
func lines(list []headstart.Condition) []string {
	var out []string
	for _, c := range list {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Name, c.Effect, c.Detail)))
	}
	return out
}

// recordings are walks of real printers, all of which could print; they are not
// ours to pass on. Beside them stand invented ones of the same shape.
func recordings(t testing.TB) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, pattern := range []string{"testdata/*.snmprec", "../../../shared/data/printers/*.snmprec"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			files[strings.TrimSuffix(filepath.Base(f), ".snmprec")] = f
		}
	}
	return files
}

// observed is what each recording says, and no more: no printer in it was unable to
// print.
var observed = map[string][]string{
	// Invented, each with the lies of one kind of printer.
	"invented-laser":  nil,                                       // single sheets empty, 0 of an unknown amount of toner
	"invented-inkjet": {"toner-low report Black Ink 1 %"},        // "warning" with an empty error state, a damaged row
	"invented-mfp":    {"tray-empty report Tray 4: 0/550"},       // not the first device; a disk that is down
	"invented-colour": {"toner-low report Toner (Magenta) 19 %"}, // no device types; some waste of an unknown amount
	"invented-bare":   nil,                                       // no state at all

	// Of real printers.
	"brother_hl5370dw":   nil,
	"canonprinter_lbp":   nil,
	"dell-laser_s5830dn": nil,
	"epson": {"toner-low report Black Ink Supply Unit T9441/T9451/T9461 1 %, Cyan Ink Supply Unit T9442/T9452 1 %, " +
		"Magenta Ink Supply Unit T9443/T9453 1 %, Yellow Ink Supply Unit T9444/T9454 1 %"},
	"jetdirect":              nil,
	"jetdirect_m252dw":       nil,
	"konica":                 nil,
	"okilan_9450g":           nil,
	"ricoh_mpc3002":          {"tray-empty report Tray 4: 0/550"},
	"samsungprinter_m4080fx": {"tray-low report"},
	"sharp":                  {"toner-low report Magenta Toner 19 %"},
	"xerox":                  nil,
}

// Every recording gives exactly the conditions of what was observed, over version 1
// as over 2c, and no false incident.
func TestRecordings(t *testing.T) {
	files := recordings(t)
	for name, file := range files {
		want, known := observed[name]
		if !known {
			t.Errorf("%s: nobody wrote down what it says; add it to observed", name)
		}
		for version, label := range map[gosnmp.SnmpVersion]string{gosnmp.Version1: "v1", gosnmp.Version2c: "v2c"} {
			t.Run(name+"/"+label, func(t *testing.T) {
				t.Parallel()
				d := device.Record(t, file)
				d.Speak(version)
				p := overSNMP(d.Address)
				if version == gosnmp.Version1 { // so that nobody waits long for the other one
					ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
					p.Ask(ctx, network)
					cancel()
				}
				f := ask(t, p)
				if diff := cmp.Diff(want, lines(f.Conditions)); diff != "" {
					t.Errorf("conditions (-want +got):\n%s", diff)
				}
				if f.Verdict == headstart.Down || f.Verdict == headstart.Unknown {
					t.Errorf("verdict %s: %s", f.Verdict, f.Reason)
				}
			})
		}
	}
	if _, err := os.Stat("../../../shared/data/printers/OBSERVED.txt"); err != nil {
		return // the recordings of real printers are not here
	}
	for name := range observed {
		if files[name] == "" {
			t.Errorf("%s: what was observed has no recording", name)
		}
	}
}
