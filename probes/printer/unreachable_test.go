package printer

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"headstart"
	"headstart/probes/snmp/device"
	"headstart/probes/snmp/session"
)

// A printer is unreachable when no way leads to it. Where something answers that
// cannot be asked, nothing is known of the printer.
func TestUnreachable(t *testing.T) {
	silent := Fault{Words: "no answer within 5s", Silent: true}
	refused := Fault{Words: "connection refused"}
	for name, c := range map[string]struct {
		answers []answer
		met     bool
		want    headstart.Verdict
	}{
		"all silent":                       {[]answer{failed("ipp", silent), failed("snmp", silent)}, false, headstart.Down},
		"all refused":                      {[]answer{failed("ipp", refused), failed("snmp", refused)}, false, headstart.Down},
		"half of each, never answered":     {[]answer{failed("ipp", refused), failed("snmp", silent)}, false, headstart.Unknown},
		"half of each, it answered before": {[]answer{failed("ipp", refused), failed("snmp", silent)}, true, headstart.Down},
		"port 9100 listens":                {[]answer{failed("ipp", silent), {way: Way{Protocol: "raw"}}}, true, headstart.Unknown},
		"something else answers":           {[]answer{failed("ipp", silent), {way: Way{Protocol: "snmp"}, err: session.ErrGarbled, strange: true}}, true, headstart.Unknown},
		"we cannot ask":                    {[]answer{failed("ipp", silent), failed("snmp", Fault{Words: "no route", Ours: true})}, true, headstart.Unknown},
	} {
		p := &Printer{}
		if c.met {
			p.memory.reach(func(c *contact) { c.met = true })
		}
		f := p.unheard(c.answers, start)
		if f.Verdict != c.want {
			t.Errorf("%s: %s, %s; want %s", name, f.Verdict, f.Reason, c.want)
		}
		if down := f.Verdict == headstart.Down; down != (len(f.Conditions) == 1) || down && f.Conditions[0].Name != unreachable {
			t.Errorf("%s: conditions %v", name, f.Conditions)
		}
	}
}

func failed(protocol string, f Fault) answer {
	return answer{way: Way{Protocol: protocol}, err: errors.New(f.Words), fault: f}
}

// Of two protocols one may be silent, or strange; what answers counts, and what
// somebody should mend is said.
func TestOneProtocolAnswers(t *testing.T) {
	d := device.Serve(t, strings.NewReader(healthy))
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	p := &Printer{Ways: []Way{{"ipp", strings.Replace(web.URL, "http", "ipp", 1) + "/q"}, {"snmp", d.Address}}}
	if f := ask(t, p); f.Verdict != headstart.OK || f.Reason != "ready; IPP knows no printer at that path" {
		t.Errorf("%s %s", f.Verdict, f.Reason)
	}
	web.Close()
	if f := ask(t, p); f.Verdict != headstart.OK || f.Reason != "ready" {
		t.Errorf("IPP refused: %s %s", f.Verdict, f.Reason)
	}
}

// Port 9100 is connected to and nothing is ever written: what is written is printed.
func TestRawPortIsNeverWritten(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	read := make(chan int, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		n, _ := c.Read(make([]byte, 100))
		read <- n
	}()
	f := ask(t, &Printer{Ways: []Way{{"raw", l.Addr().String()}}})
	if n := <-read; n != 0 || f.Verdict != headstart.Unknown {
		t.Errorf("%d bytes written; %s %s", n, f.Verdict, f.Reason)
	}
}
