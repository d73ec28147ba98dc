package systems

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
)

// TestHostileMailServer: whatever a server says, there is an error, soon and
// without memory; and nothing secret is said in the clear.
func TestHostileMailServer(t *testing.T) {
	for name, test := range map[string]struct {
		says string
		want func(error) bool
	}{
		"no STARTTLS":        {"* OK [CAPABILITY IMAP4rev1] hi\r\nS1 BAD unknown command\r\n", notAuth},
		"logged in already":  {"* PREAUTH hi\r\nS1 OK\r\n", notAuth},
		"injected behind OK": {"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\nS1 OK begin TLS\r\n* CAPABILITY IMAP4rev1\r\n", notAuth},
		"hangs up":           {"* BYE too many\r\n", notAuth},
		"a web server":       {"HTTP/1.1 400 Bad Request\r\n\r\n", notAuth},
		"speaks without end": {strings.Repeat("x", 1<<20), notAuth},
		"ends in the middle": {"* OK hi\r\n* CAPAB", notAuth},
	} {
		t.Run(name, func(t *testing.T) {
			heard := make(chan string, 1)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				defer close(heard)
				c, err := l.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				go func() {
					_, _ = io.WriteString(c, test.says)
					_ = c.(*net.TCPConn).CloseWrite()
				}()
				var all strings.Builder
				for in := bufio.NewScanner(c); in.Scan(); {
					all.WriteString(in.Text() + "\n")
				}
				heard <- all.String()
			}()
			s := Settings{URL: "imap://" + l.Addr().String(), Username: boxName, PasswordFile: secretFile(t, boxPassword)}
			_, err = mustOpen(t, "imap", s).Check(t.Context())
			if !test.want(err) {
				t.Errorf("Check says %v", err)
			}
			if all := <-heard; strings.Contains(all, boxPassword) || strings.Contains(strings.ToUpper(all), "LOGIN") || strings.Contains(strings.ToUpper(all), "AUTHENTICATE") {
				t.Errorf("in the clear we said %q", all)
			}
		})
	}
}

// TestHostileBehindTLS: a server that proved its name may still be broken. What it
// sends is bounded before it is understood.
func TestHostileBehindTLS(t *testing.T) {
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certified.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{
		"logged in already":        "* PREAUTH hi\r\n",
		"a huge literal":           "* OK hi\r\n* LIST () {4000000000}\r\n" + strings.Repeat("x", 1<<20),
		"deeper than a well":       "* OK hi\r\n* 1 FETCH (BODYSTRUCTURE " + strings.Repeat("(", 1<<20),
		"no end of a line":         "* OK hi" + strings.Repeat("x", 1<<20),
		"lists among capabilities": "* OK [CAPABILITY IMAP4rev1 (x] hi\r\n",
		"goes away":                "* OK hi\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certified.TLS.Certificates})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = io.WriteString(c, says)
				_ = c.Close()
			}()
			s := Settings{URL: "imaps://" + l.Addr().String(), Username: boxName, PasswordFile: secretFile(t, boxPassword), CAFile: caFile}
			if _, err := mustOpen(t, "imap", s).Check(t.Context()); !notAuth(err) {
				t.Errorf("Check says %v", err)
			}
		})
	}
}

// TestDepth: how deep lists are nested is counted outside of literals only, in
// whatever pieces the bytes come.
func TestDepth(t *testing.T) {
	open := strings.Repeat("(", mostDepth+1)
	for says, want := range map[string]bool{
		open: false,
		"* OK [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.\r\n* LIST (x)\r\n": true,
		"* OK [CaCapability(":                                                      false,
		"* CAPABILITY IMAP4rev1\r\n* LIST (x)\r\n":                                 true,
		strings.Repeat("(a (b) ", 300):                                             false,
		strings.Repeat("(", mostDepth) + ")(\r\n" + "(":                            true,
		strings.Repeat("* 1 FETCH (\r\n", 300):                                     true, // each a response of its own
		fmt.Sprintf("* 1 FETCH (BODY[1] {%d}\r\n%s)\r\n", len(open), open):         true,
		fmt.Sprintf("* 1 FETCH (BODY[1] {%d}\r\n%s%s)\r\n", len(open), open, open): false,
		"* 1 FETCH (BODYSTRUCTURE (\"name\" \"Capability (1).pdf\"))\r\n":          true,
		"* OK hello {999}\r\n* LIST (" + open:                                      false,
		"T12 NO hello {999}\r\n* LIST (" + open:                                    false,
		"+ go on {999}\r\n* LIST (" + open:                                         false,
		"* OK he said \"no\r\n* LIST (\"(\\\"(\" x)\r\n":                           true,
		"* LIST (\"" + open + "\\\"(\")\r\n":                                       true,
		strings.Repeat("(", mostDepth) + " \"\n\" (((":                             false,
		"* LIST (\"x{999}\r\n\" " + open:                                           false,
		"* OK {999} no literal, since the line goes on" + open:                     false,
	} {
		for _, piece := range []int{1, 3, 4096} {
			var d depth
			ok := true
			for chunk := range slices.Chunk([]byte(says), piece) {
				ok = ok && d.pass(chunk)
			}
			if ok != want {
				t.Errorf("%.60q in pieces of %d: %t, want %t", says, piece, ok, want)
			}
		}
	}
}

// TestSearchOfMany: a search that finds everything again and again costs no more than
// what is not known yet.
func TestSearchOfMany(t *testing.T) {
	known := &imapFolder{next: 1<<32 - 2, told: map[imap.UID]bool{1<<32 - 4: true}}
	var all imap.UIDSet
	for n := range imap.UID(4000) {
		all = append(all, imap.UIDRange{Start: n<<20 + 1, Stop: (n + 1) << 20})
	}
	all = append(all, imap.UIDRange{Start: 1<<32 - 5, Stop: 1<<32 - 3})
	got, err := untold(slices.Repeat(all, 100), known)
	if err != nil || len(got) != 200 {
		t.Errorf("%d, %v; want the two that nobody was told of, as often as they are said", len(got), err)
	}
	if _, err := untold(imap.UIDSet{{Start: 1, Stop: 1<<32 - 1}}, &imapFolder{next: 1}); !errors.Is(err, ErrMalformed) {
		t.Errorf("a search that finds four billion: %v", err)
	}
}

func notAuth(err error) bool {
	return err != nil && !errors.Is(err, ErrAuth) && !strings.Contains(err.Error(), boxPassword)
}
