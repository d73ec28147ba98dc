package blackbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"headstart"
)

func TestExplain(t *testing.T) {
	for name, tc := range map[string]struct {
		err  error
		want Fault
	}{
		"a password stays out": {&url.Error{Op: "Get", URL: "http://u:geheim@x", Err: errors.New("broken")}, Fault{headstart.Down, "broken", false}},
		"silence":              {context.DeadlineExceeded, Fault{headstart.Down, "no answer within 5s", true}},
		"reset":                {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, Fault{headstart.Down, "connection reset", false}},
		"nobody there":         {&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, Fault{headstart.Down, "host unreachable", false}},
		"no route from here":   {syscall.ENETUNREACH, Fault{headstart.Unknown, "network is unreachable", false}},
		"out of descriptors":   {syscall.EMFILE, Fault{headstart.Unknown, "too many open files", false}},
		"no such name":         {&net.DNSError{Name: "weg.example", Err: "no such host", IsNotFound: true}, Fault{headstart.Down, "the name weg.example does not exist", false}},
		"a silent resolver":    {&net.DNSError{Name: "x", Err: "i/o timeout", IsTimeout: true}, Fault{headstart.Unknown, "lookup x: i/o timeout", false}},
		"an address forbidden": {fmt.Errorf("dial: %w", Forbidden{errors.New("not allowed")}), Fault{headstart.Unknown, "dial: not allowed", false}},
		"one tried, one not":   {errors.Join(Forbidden{errors.New("not allowed")}, context.DeadlineExceeded), Fault{headstart.Down, "no answer within 5s", true}},
		"control characters":   {errors.New("a\x1b[31mb\nc\xff"), Fault{headstart.Down, "a [31mb c?", false}},
		"a text far too long":  {errors.New(strings.Repeat("é", 200)), Fault{headstart.Down, strings.Repeat("é", 98) + "…", false}},
	} {
		if got := Explain(tc.err, 5*time.Second); got != tc.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
