package blackbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"headstart"
)

// Fault is why a run failed, in words, and whose fault that is: the target's, so it
// is down, or this machine's, so nothing is known.
type Fault struct {
	Verdict headstart.Verdict // Down, or Unknown if the fault is on this machine
	Words   string            // at most 200 bytes, one line
	Silent  bool              // nobody answered in time
}

// Explain says an error of the network in words. It judges error values, never
// their wording; allowed is the time there was for an answer.
func Explain(err error, allowed time.Duration) Fault {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // the URL may hold a password, and the target is known
	}
	f := Fault{Verdict: headstart.Down, Words: OneLine(err.Error())}
	var dns *net.DNSError
	var timeout net.Error
	var cert *tls.CertificateVerificationError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		f.Words = OneLine(fmt.Sprintf("the name %s does not exist", dns.Name))
	case errors.As(err, &dns): // a resolver that is silent says nothing of the target
		f.Verdict = headstart.Unknown
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.Words, f.Silent = fmt.Sprintf("no answer within %s", allowed.Round(10*time.Millisecond)), true
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Words = "connection refused"
	case errors.Is(err, syscall.ECONNRESET):
		f.Words = "connection reset"
	case errors.Is(err, syscall.EHOSTUNREACH):
		f.Words = "host unreachable"
	case errors.As(err, &cert):
		f.Words = OneLine("certificate: " + cert.Err.Error())
	case ours(err):
		f.Verdict = headstart.Unknown
	}
	return f
}

// Forbidden is an address that may not be dialled: it was left alone, so nothing is
// known of it.
type Forbidden struct{ Err error }

// Error implements error.
func (f Forbidden) Error() string { return f.Err.Error() }

// Unwrap gives the reason.
func (f Forbidden) Unwrap() error { return f.Err }

// ours reports whether err lies with this machine, so that nothing was learnt
// about the target: no route, no descriptor, no local port, a local firewall, an
// address we keep away from.
func ours(err error) bool {
	if _, ok := errors.AsType[Forbidden](err); ok {
		return true
	}
	for _, e := range []error{
		syscall.ENETUNREACH, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.EADDRNOTAVAIL, os.ErrPermission,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// OneLine makes text from outside fit for a reason: no control characters, at
// most 200 bytes.
func OneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	const most = 200
	if len(s) <= most {
		return s
	}
	cut := most - len("…")
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
