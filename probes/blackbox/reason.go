package blackbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/prometheus/blackbox_exporter/config"

	"headstart"
)

// recorder keeps what a prober logs: the only place where it says why. Errors
// outrank warnings, later ones earlier ones.
type recorder struct {
	mu    sync.Mutex
	last  slog.Record
	level slog.Level // of last; zero with an empty last: nothing yet
}

// Enabled implements slog.Handler; debug lines would cost more than the probe.
func (h *recorder) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

// Handle implements slog.Handler.
func (h *recorder) Handle(_ context.Context, r slog.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last.Message == "" || r.Level >= h.level {
		h.last, h.level = r.Clone(), r.Level
	}
	return nil
}

// WithAttrs implements slog.Handler; the probers derive no loggers.
func (h *recorder) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup implements slog.Handler; the probers derive no loggers.
func (h *recorder) WithGroup(string) slog.Handler { return h }

// fault is why a run failed.
type fault struct {
	verdict headstart.Verdict // Down, or Unknown if the fault is on this machine
	words   string
	silent  bool // nobody answered in time
}

// fault says why a run failed. The wording of the record is shown, never judged;
// what is judged are error values and the status.
func (h *recorder) fault(mod config.Module, status int, allowed time.Duration) fault {
	if mod.Prober == "http" && status != 0 && !wanted(mod.HTTP, status) {
		return fault{verdict: headstart.Down, words: statusWords(status)}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var cause error
	words := h.last.Message
	h.last.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok {
			cause = err
		} else {
			words += fmt.Sprintf(", %s %s", a.Key, a.Value)
		}
		return true
	})
	switch {
	case cause != nil:
		return explain(cause, allowed)
	case words == "":
		words = "failed without a reason"
	}
	return fault{verdict: headstart.Down, words: clip(words)}
}

func wanted(h config.HTTPProbe, status int) bool {
	if len(h.ValidStatusCodes) == 0 {
		return status >= 200 && status < 300
	}
	return slices.Contains(h.ValidStatusCodes, status)
}

// explain says an error of the network in words; allowed is the time there was
// for an answer.
func explain(err error, allowed time.Duration) fault {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // the URL may hold a password, and the target is known
	}
	f := fault{verdict: headstart.Down, words: clip(err.Error())}
	var timeout net.Error
	var cert *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.words, f.silent = fmt.Sprintf("no answer within %s", allowed.Round(10*time.Millisecond)), true
	case errors.Is(err, syscall.ECONNREFUSED):
		f.words = "connection refused"
	case errors.Is(err, syscall.ECONNRESET):
		f.words = "connection reset"
	case errors.Is(err, syscall.EHOSTUNREACH):
		f.words = "host unreachable"
	case errors.As(err, &cert):
		f.words = clip("certificate: " + cert.Err.Error())
	case ours(err):
		f.verdict = headstart.Unknown
	}
	return f
}

// ours reports whether err lies with this machine, so that nothing was learnt
// about the target: no route, no descriptor, no local port, a local firewall.
func ours(err error) bool {
	for _, e := range []error{
		syscall.ENETUNREACH, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.EADDRNOTAVAIL, os.ErrPermission,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// clip makes text from outside fit for one line: no control characters, at most
// 200 bytes.
func clip(s string) string {
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
