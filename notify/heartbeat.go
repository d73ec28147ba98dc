package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/common/model"

	"headstart"
)

// HeartbeatConfig is one entry of heartbeat: an address of somebody who raises the
// alarm when we stop calling it, such as healthchecks.io, Dead Man's Snitch or a push
// monitor of Uptime Kuma. All of them take a GET.
type HeartbeatConfig struct {
	// URLFile holds the address. It is a secret: who has it can pretend that we live.
	URLFile string `yaml:"url_file" json:"url_file"`

	// Interval between two calls; zero: 60s. Its owner should wait for two or three.
	Interval model.Duration `yaml:"interval" json:"interval"`

	CAFile   string `yaml:"ca_file" json:"ca_file,omitempty"`   // empty: the system's
	ProxyURL string `yaml:"proxy_url" json:"-"`                 // may hold a password; empty: none
	NoProxy  string `yaml:"no_proxy" json:"no_proxy,omitempty"` // hosts that are reached without proxy_url, with commas
}

const (
	leastHeartbeat = 5 * time.Second
	mostHeartbeat  = 24 * time.Hour
	heartbeatWait  = 10 * time.Second // for one answer

	// heartbeatSettle is how long a process that starts is given to take the lead before
	// its heart is looked at: a warning at each start would teach to read over them.
	heartbeatSettle = 2 * time.Second
)

// ErrFollows is what Works says of a process that does not lead. The calls are then for
// another one to make, which is no trouble of this one.
var ErrFollows = errors.New("another process leads, or none")

// ErrWaits is what Works says shortly after the start, while what proves the work cannot be
// there yet. Nobody is called until it is; but that is no trouble so far.
var ErrWaits = errors.New("not proved yet")

func (c HeartbeatConfig) interval() time.Duration {
	if c.Interval == 0 {
		return time.Minute
	}
	return time.Duration(c.Interval)
}

func (c HeartbeatConfig) validate(where string) error {
	var errs []error
	if c.URLFile == "" {
		errs = append(errs, fmt.Errorf("%s has no url_file; write the address into a file that only headstart may read, and name it", where))
	}
	if d := c.interval(); d < leastHeartbeat || d > mostHeartbeat {
		errs = append(errs, fmt.Errorf("%s.interval is %s; set one between 5s and 1d", where, c.Interval))
	}
	return errors.Join(errs...)
}

// Address reads whom a heartbeat calls. No error shows it.
func (c HeartbeatConfig) Address() (string, error) {
	return secretURL(ChannelConfig{URLFile: c.URLFile})
}

// HeartOptions is what a Heart works with.
type HeartOptions struct {
	Heartbeats []HeartbeatConfig

	// Works proves that this process does its whole work, or says why not. It is asked
	// before each round of calls, and one answer serves all that are due.
	Works func(context.Context) error

	Dialer     *headstart.Dialer
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Heart calls every heartbeat as long as the work is really done (ruling 19): a
// process that runs and tells nobody anything is as dead as one that does not run.
type Heart struct {
	o       HeartOptions
	logger  *slog.Logger
	success prometheus.Gauge
	beats   []*beat
}

// beat is one heartbeat and its state.
type beat struct {
	cfg     HeartbeatConfig
	where   string // as errors and the log call it
	next    time.Time
	caller  *caller // of the address last read; nil: none yet
	trouble string  // already logged
}

// NewHeart returns a Heart; Run starts it. Without heartbeats it does nothing, and
// there is no metric that could be misread.
func NewHeart(o HeartOptions) *Heart {
	h := &Heart{o: o, logger: o.Logger.With("component", "notify")}
	for i, cfg := range o.Heartbeats {
		h.beats = append(h.beats, &beat{cfg: cfg, where: fmt.Sprintf("heartbeat[%d]", i)})
	}
	if len(h.beats) > 0 {
		h.success = promauto.With(o.Registerer).NewGauge(prometheus.GaugeOpts{
			Name: "headstart_heartbeat_success",
			Help: "Whether every address of heartbeat took its last call; 0 while this process does not lead or does not do its work.",
		})
	}
	return h
}

// Run calls until ctx ends, and returns nil then.
func (h *Heart) Run(ctx context.Context) error {
	wait := heartbeatSettle
	for len(h.beats) > 0 {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		wait = time.Until(h.round(ctx))
	}
	return nil
}

// round makes the calls that are due and returns when the next are.
func (h *Heart) round(ctx context.Context) (next time.Time) {
	began := time.Now()
	due := slices.DeleteFunc(slices.Clone(h.beats), func(b *beat) bool { return b.next.After(began) })
	works := h.o.Works(ctx)
	var calls sync.WaitGroup
	for _, b := range due {
		b.next = began.Add(b.cfg.interval())
		if works != nil { // look again soon: what is repaired should not be missed for another interval
			b.next = began.Add(min(b.cfg.interval(), max(leastHeartbeat, b.cfg.interval()/4)))
			if !errors.Is(works, ErrWaits) {
				works = fmt.Errorf("headstart does not do its work: %w", works)
			}
			h.note(b, works)
			continue
		}
		calls.Go(func() { h.note(b, h.call(ctx, b)) })
	}
	calls.Wait()
	well := !slices.ContainsFunc(h.beats, func(b *beat) bool { return b.trouble != "" })
	h.success.Set(map[bool]float64{true: 1}[well])
	return slices.MinFunc(h.beats, func(a, b *beat) int { return a.next.Compare(b.next) }).next
}

// call makes one call. The file is read again each time, so that a new address needs
// no reload.
func (h *Heart) call(ctx context.Context, b *beat) error {
	address, err := b.cfg.Address()
	if err != nil {
		return err
	}
	if b.caller == nil || b.caller.address != address {
		c := b.cfg
		b.caller, err = newCaller(b.where, address, ChannelConfig{CAFile: c.CAFile, ProxyURL: c.ProxyURL, NoProxy: c.NoProxy, Timeout: model.Duration(heartbeatWait)}, ChannelOptions{Dialer: h.o.Dialer})
		if err != nil {
			return err
		}
	}
	_, err = b.caller.call(ctx, http.MethodGet, address, nil, nil)
	return err
}

// note logs what changed since the last call.
func (h *Heart) note(b *beat, err error) {
	trouble := ""
	if err != nil {
		trouble = scrub(err.Error())
	}
	switch {
	case trouble == b.trouble:
	case trouble == "":
		h.logger.Info("heartbeat called again", "subject", b.where)
	case errors.Is(err, ErrFollows):
		h.logger.Info("heartbeat left to the process that leads", "subject", b.where)
	case errors.Is(err, ErrWaits):
		h.logger.Info("heartbeat waits", "subject", b.where, "err", trouble)
	default:
		h.logger.Warn("heartbeat not called; who expects it will raise the alarm", "subject", b.where, "err", trouble)
	}
	b.trouble = trouble
}
