package sweep

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"
)

// services renders what a host serves.
func services(h Host) string {
	var list []string
	for _, s := range h.Services {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s%s %s", s.Kind, s.Target, s.Query, s.Words)))
	}
	return strings.Join(list, "; ")
}

// Every service is found as a probe would find it well, and what a probe would call
// broken is not proposed as one.
func TestServices(t *testing.T) {
	w := newWorld(t)
	page := func(status int, body string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(status); _, _ = io.WriteString(rw, body) }
	}
	w.web("127.9.0.1", "http", false, page(200, "<html><TITLE lang=nl>\n Intranet\tvan ons </title>"))
	w.web("127.9.0.2", "http", false, page(401, "<title>Camera</title>"))
	trusted := w.web("127.9.0.3", "https", true, page(200, "<title>Mail</title>"))
	w.web("127.9.0.3", "http", false, func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "https://example.com/", http.StatusMovedPermanently)
	})
	w.names["127.9.0.3"] = []string{"example.com"} // that of httptest's certificate
	w.web("127.9.0.4", "https", true, page(200, ""))
	w.names["127.9.0.4"] = []string{"other.example"}
	w.tcp("127.9.0.5", "smtp", func(in *bufio.Scanner, out io.Writer) {
		_, _ = io.WriteString(out, "220-mail.example\r\n220 ESMTP\r\n")
		in.Scan()
		_, _ = io.WriteString(out, "250-mail.example\r\n250 STARTTLS\r\n")
		in.Scan()
	})
	w.tcp("127.9.0.5", "imap", func(in *bufio.Scanner, out io.Writer) {
		_, _ = io.WriteString(out, "* OK [CAPABILITY IMAP4rev1] ready\r\n")
		in.Scan()
	})
	w.tcp("127.9.0.6", "smtp", func(_ *bufio.Scanner, out io.Writer) { _, _ = io.WriteString(out, "554 go away\r\n") })
	w.tcp("127.9.0.6", "ssh", func(_ *bufio.Scanner, out io.Writer) { _, _ = io.WriteString(out, "SSH-2.0-OpenSSH_9.2p1\r\n") })
	w.tcp("127.9.0.6", "imap", func(in *bufio.Scanner, _ io.Writer) { in.Scan() }) // says nothing, until we go
	dns := func(rcode dnsmessage.RCode, only string) func([]byte) []byte {
		return func(q []byte) []byte {
			var m dnsmessage.Message
			if m.Unpack(q) != nil {
				return nil
			}
			m.Response, m.RCode = true, dnsmessage.RCodeSuccess
			if m.Questions[0].Name.String() != only {
				m.RCode = rcode
			}
			out, _ := m.Pack()
			return out
		}
	}
	w.udp("127.9.0.7", "dns", dns(dnsmessage.RCodeSuccess, "."))
	w.udp("127.9.0.8", "dns", dns(dnsmessage.RCodeRefused, "school.example."))
	w.names["127.9.0.8"] = []string{"ns.school.example"}
	w.udp("127.9.0.9", "dns", func(q []byte) []byte { return q }) // an echo is no answer

	o := w.options("127.9.0.0/28")
	o.Roots = x509.NewCertPool()
	o.Roots.AddCert(trusted.Certificate())
	r := Run(t.Context(), o)
	got := map[string]string{}
	for _, h := range r.Hosts {
		got[h.Addr.String()] = services(h)
		if h.Addr.String() == "127.9.0.6" && h.Greeting != "SSH-2.0-OpenSSH_9.2p1" {
			t.Errorf("greeting %q", h.Greeting)
		}
	}
	http, https := w.ports["http"], w.ports["https"]
	want := map[string]string{
		"127.9.0.1": fmt.Sprintf("http http://127.9.0.1:%d/ HTTP 200, \"Intranet van ons\"", http),
		"127.9.0.2": "tcp  HTTP 401, \"Camera\" at its root",
		"127.9.0.3": fmt.Sprintf("http https://example.com:%d/ HTTP 200, \"Mail\"", https),
		"127.9.0.4": "tcp  HTTP 200, with a certificate nobody trusts: tls: failed to verify certificate: x509: certificate is valid for example.com, *.example.com, not other.example",
		"127.9.0.5": "smtp  mail.example\nESMTP; imap  [CAPABILITY IMAP4rev1] ready",
		"127.9.0.6": "", "127.9.0.7": "dns  answers for .", "127.9.0.8": "dns school.example. answers for school.example.",
	}
	for i := 9; i <= 14; i++ { // a port that is refused is an answer: somebody is there
		want[fmt.Sprintf("127.9.0.%d", i)] = ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(r.Done) != 14 || r.Total != 14 {
		t.Errorf("%d of %d done", len(r.Done), r.Total)
	}
	if w.mostAt > DefaultPerHost || w.most > DefaultAtOnce {
		t.Errorf("%d connections at once to one host, %d over all", w.mostAt, w.most)
	}
}

// A printer is asked over SNMP, IPP and mDNS, and nothing else; nobody is asked at port
// 9100.
func TestPrintersAreLeftInPeace(t *testing.T) {
	w := newWorld(t)
	w.udp("127.9.1.1", "mdns", func(q []byte) []byte {
		var m dnsmessage.Message
		if m.Unpack(q) != nil || m.Questions[0].Name.String() != ippService {
			return nil
		}
		m.Response = true
		service, name := m.Questions[0].Name, dnsmessage.MustNewName("HP N2-04. kamer._ipp._tcp.local.")
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: service, Class: dnsmessage.ClassINET}, Body: &dnsmessage.PTRResource{PTR: name}}}
		m.Additionals = []dnsmessage.Resource{
			{Header: dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET}, Body: &dnsmessage.SRVResource{Port: 631, Target: name}},
			{Header: dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET}, Body: &dnsmessage.TXTResource{TXT: []string{"txtvers=1", "rp=ipp/print", "ty=HP M507", "note=2.14", "UUID=abc"}}},
		}
		out, err := m.Pack()
		if err != nil {
			t.Error(err)
		}
		return out
	})
	o := w.options("127.9.1.1", "127.9.1.2", "127.9.1.3")
	o.Asks.SNMP = func(_ context.Context, _ Dial, address string) (Agent, bool) {
		return Agent{Printer: true}, strings.HasPrefix(address, "127.9.1.2:")
	}
	o.Asks.IPP = func(ctx context.Context, dial Dial, address string) (*Printer, []Queue) {
		if _, err := dial(ctx, "tcp", "127.9.2.1:631"); err == nil || !strings.Contains(err.Error(), "outside the networks") {
			t.Errorf("dialled an address nobody named: %v", err)
		}
		if strings.HasPrefix(address, "127.9.1.3:") {
			return &Printer{Path: "/ipp/print"}, nil
		}
		return nil, nil
	}
	r := Run(t.Context(), o)
	if len(r.Hosts) != 3 {
		t.Fatalf("%d hosts", len(r.Hosts))
	}
	want := &Printer{Path: "/ipp/print", Name: "HP N2-04. kamer", Location: "2.14", Model: "HP M507", UUID: "abc", Announced: true}
	if diff := cmp.Diff(want, r.Hosts[0].Printer); diff != "" {
		t.Errorf("over mDNS (-want +got):\n%s", diff)
	}
	allowed := map[string]bool{}
	for _, service := range append(knocks, "mdns") {
		allowed[fmt.Sprint(w.ports[service])] = true
	}
	for _, address := range w.dialed {
		if _, port, _ := net.SplitHostPort(address); !allowed[port] || port == "9100" {
			t.Errorf("a printer was asked at %s", address)
		}
	}
}

// Silent addresses cost their time and nothing more, at the pace that was set.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t}
		o := w.options("10.1.0.0/23")
		o.Rate, o.Wait, o.Ports = 100, time.Second, nil
		var mu sync.Mutex
		seen := map[int64]int{}
		start := time.Now()
		count := func() {
			mu.Lock()
			defer mu.Unlock()
			seen[int64(time.Since(start)/time.Second)]++
		}
		o.Asks = Asks{
			Ping: func(ctx context.Context, _ netip.Addr) (bool, error) {
				count()
				time.Sleep(time.Second)
				return false, nil
			},
			Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				count()
				<-ctx.Done()
				return nil, ctx.Err()
			},
		}
		done := 0
		o.Progress = func(n, total int) { done = n }
		r := Run(t.Context(), o)
		if len(r.Hosts) != 0 || len(r.Done) != 510 || done != 510 {
			t.Errorf("%d hosts, %d done, progress %d", len(r.Hosts), len(r.Done), done)
		}
		for second, n := range seen {
			if n > 106 {
				t.Errorf("%d packets in second %d, want 100 and a burst of 5 at most", n, second)
			}
		}
		if took, want := time.Since(start), 510*time.Duration(Attempts(false))*time.Second/100; took > want*5/4 {
			t.Errorf("took %s, want about %s", took, want)
		}
	})
}

// Interrupted, only what is whole counts.
func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w := &world{t: t}
		o := w.options("10.1.0.0/24")
		o.Ports, o.AtOnce = nil, 3
		o.Asks = Asks{
			Ping: func(context.Context, netip.Addr) (bool, error) { return true, nil },
			Dial: func(context.Context, string, string) (net.Conn, error) {
				time.Sleep(time.Millisecond)
				return nil, syscall.ECONNREFUSED
			},
		}
		o.Progress = func(done, _ int) {
			if done == 10 {
				cancel()
			}
		}
		r := Run(ctx, o)
		if len(r.Hosts) != 10 || len(r.Done) != 10 || r.Total != 254 {
			t.Errorf("%d hosts, %d of %d done; want the ten that were whole", len(r.Hosts), len(r.Done), r.Total)
		}
	})
}

// Without a socket for echoes hosts are found by their ports, and it is told.
func TestNoPing(t *testing.T) {
	refused := errors.New("no socket")
	for name, c := range map[string]struct {
		err  error
		want bool
	}{"refused": {syscall.ECONNREFUSED, true}, "reset": {syscall.ECONNRESET, true}, "no route": {syscall.EHOSTUNREACH, false}, "silence": {context.DeadlineExceeded, false}} {
		w := &world{t: t}
		o := w.options("10.1.0.1")
		o.Asks = Asks{
			Ping: func(context.Context, netip.Addr) (bool, error) { return false, refused },
			Dial: func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Err: c.err}
			},
		}
		if r := Run(t.Context(), o); len(r.Hosts) == 1 != c.want || !errors.Is(r.NoPing, refused) {
			t.Errorf("%s: %d hosts, no ping: %v", name, len(r.Hosts), r.NoPing)
		}
	}
}

// Ranges are what people write, without overlaps, and bounded before anything is sent.
func TestRanges(t *testing.T) {
	for words, want := range map[string]string{
		"10.1.0.0/30":                   "10.1.0.1 10.1.0.2",
		"10.1.0.4/31":                   "10.1.0.4 10.1.0.5",
		"10.1.0.9":                      "10.1.0.9",
		"10.1.0.9/29":                   "10.1.0.9 10.1.0.10 10.1.0.11 10.1.0.12 10.1.0.13 10.1.0.14",
		"10.1.0.2 10.1.0.0/30 10.1.0.1": "10.1.0.1 10.1.0.2",
		"fd00::/126":                    "fd00:: fd00::1 fd00::2 fd00::3",
		"255.255.255.254/31":            "255.255.255.254 255.255.255.255",
		"::ffff:10.1.0.9":               "10.1.0.9",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": "error: is no network of hosts",
		"10.1.0.0/8":   "error: holds 16777214 addresses, more than 1000; name the networks that hold devices, or raise --most",
		"fd00::/64":    "error: too large to go through",
		"noord":        "error: is no network; write an address such as",
		"fe80::1%eth0": "error: has a zone",
		"0.0.0.0":      "error: is no network of hosts",
	} {
		r, err := ParseRanges(strings.Fields(words), 1000)
		if problem, ok := strings.CutPrefix(want, "error: "); ok {
			if err == nil || !strings.Contains(err.Error(), problem) {
				t.Errorf("%s: %v, want %q", words, err, problem)
			}
			continue
		}
		var got []string
		for a := range r.All() {
			got = append(got, a.String())
		}
		if err != nil || strings.Join(got, " ") != want || r.Count() != len(got) {
			t.Errorf("%s: %v, %v (%d), want %s", words, err, got, r.Count(), want)
		}
	}
	r, _ := ParseRanges([]string{"10.1.0.0/24"}, 1000)
	for address, want := range map[string]bool{"10.1.0.1": true, "10.1.0.254": true, "10.1.0.2": false, "10.2.0.1": false} {
		if got := r.Edge(netip.MustParseAddr(address)); got != want {
			t.Errorf("edge %s: %t", address, got)
		}
	}
}

// Whatever answers a question of mDNS, it is read in bounds or not at all.
func FuzzAnnounced(f *testing.F) {
	m := dnsmessage.Message{Header: dnsmessage.Header{Response: true}}
	name := dnsmessage.MustNewName("a._ipp._tcp.local.")
	m.Answers = []dnsmessage.Resource{
		{Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(ippService), Class: 1}, Body: &dnsmessage.PTRResource{PTR: name}},
		{Header: dnsmessage.ResourceHeader{Name: name, Class: 1}, Body: &dnsmessage.TXTResource{TXT: []string{"ty=x", "rp"}}},
	}
	packed, err := m.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add(packed[:len(packed)-4])
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := len(announced(data)); n > mostAnnounced {
			t.Errorf("%d printers in one answer", n)
		}
	})
}
