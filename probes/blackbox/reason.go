package blackbox

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

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

// fault says why a run failed. The wording of the record is shown, never judged;
// what is judged are error values and the status.
func (h *recorder) fault(mod config.Module, status int, allowed time.Duration) Fault {
	if mod.Prober == "http" && status != 0 && !wanted(mod.HTTP, status) {
		return Fault{Verdict: headstart.Down, Words: statusWords(status)}
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
		return Explain(cause, allowed)
	case words == "":
		words = "failed without a reason"
	}
	return Fault{Verdict: headstart.Down, Words: OneLine(words)}
}

func wanted(h config.HTTPProbe, status int) bool {
	if len(h.ValidStatusCodes) == 0 {
		return status >= 200 && status < 300
	}
	return slices.Contains(h.ValidStatusCodes, status)
}
