package main

import (
	"context"
	"hash/fnv"
	"log/slog"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/probes"
	"headstart/store"
)

// How replicas share the probes: each says every meetEvery that it lives, and one that has
// not for attendFor is gone. So a probe whose replica was killed waits at most that long
// and one interval; one whose replica stopped cleanly, meetEvery and one interval.
const (
	meetEvery = 2 * time.Second
	attendFor = 6 * time.Second
	tellEvery = 10 * time.Second // what the others' pages show is up to twice as old
)

// sharing divides the probes among the replicas that live.
type sharing struct {
	store  store.Store
	fleet  *probes.Fleet
	name   string        // replicaName
	attend time.Duration // how long it counts as alive; zero: it only listens
	logger *slog.Logger

	// The leader speaks for those that are gone.
	view    *headstart.View
	append  func(context.Context, headstart.Append) (headstart.Offset, error)
	leading func() bool

	present []string
	met     time.Time // when the store was asked to which it last said who is present
	toldAt  time.Time
	ended   time.Time // when the leader last looked who is gone
}

// run meets the others until ctx ends, then leaves.
func (s *sharing) run(ctx context.Context) error {
	tick := time.NewTicker(meetEvery)
	defer tick.Stop()
	for {
		s.meet(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			leaving, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer stop()
			_, _ = s.store.Attend(leaving, s.name, 0) // else its time runs out
			return nil
		}
	}
}

// meet says that this replica lives, and takes its share of the probes. While the store
// does not answer it keeps the share it has; after attendFor others may have it as well, so
// that afterwards it tells anew what it finds.
func (s *sharing) meet(ctx context.Context) {
	asked := time.Now()
	present, err := s.store.Attend(ctx, s.name, s.attend)
	if err != nil {
		if ctx.Err() == nil {
			s.logger.Warn("the other replicas are not heard; the probes stay shared as they are", "err", err)
		}
		return
	}
	// From the earliest that the store may have heard of us to the latest.
	anew := !s.met.IsZero() && time.Since(s.met) > attendFor
	s.met = asked
	if anew || !slices.Equal(present, s.present) {
		s.logger.Info("probes are shared", "subject", strings.Join(present, " "))
		s.present = present
		s.fleet.Assign(func(probe string) bool { return owns(present, s.name, probe) }, anew)
	}
	if s.leading() && asked.Sub(s.ended) >= tellEvery {
		s.ended = asked
		s.endIsolations(ctx, present)
	}
	if !slices.Equal(present, []string{s.name}) && asked.Sub(s.toldAt) >= tellEvery {
		s.toldAt = asked
		s.exchange(ctx)
	}
}

// endIsolations says that replicas which said that they were cut off, and live no more,
// are so no longer: the others have their probes. One that lives after all says it again.
func (s *sharing) endIsolations(ctx context.Context, present []string) {
	var lines []headstart.Line
	for _, name := range s.view.IsolatedReplicas() {
		if !slices.Contains(present, name) {
			s.logger.Warn("a replica that was cut off is gone; the others have its probes", "subject", name)
			lines = append(lines, headstart.Line{Check: &headstart.Check{
				Probe: headstart.ProberIsolated, Verdict: headstart.OK, Replica: name, Reason: "this replica is gone; the others have its probes",
			}})
		}
	}
	if len(lines) == 0 {
		return
	}
	if _, err := s.append(ctx, headstart.Append{Data: headstart.NewRecord(time.Now(), lines...).Encode()}); err != nil {
		s.logger.Warn("it is tried again", "err", err)
	}
}

// exchange tells the others what was found here, and hears what they found.
func (s *sharing) exchange(ctx context.Context) {
	data, err := s.fleet.Tell()
	if err == nil {
		err = s.store.Say(ctx, s.name, data)
	}
	if err != nil {
		s.logger.Warn("the other replicas are not told what the probes here found", "err", err)
	}
	for _, other := range s.present {
		if other == s.name {
			continue
		}
		data, err := s.store.Said(ctx, other)
		if err == nil && data != nil {
			err = s.fleet.Hear(data)
		}
		if err != nil {
			s.logger.Warn("what another replica found is not known here", "subject", other, "err", err)
		}
	}
}

// owns reports whether name has the highest weight of all present for a probe (rendezvous
// hashing, Thaler and Ravishankar 1998): who comes or goes moves its own probes and no
// others.
func owns(present []string, name, probe string) bool {
	if !slices.Contains(present, name) {
		return false
	}
	mine := weight(name, probe)
	for _, other := range present {
		if w := weight(other, probe); w > mine || w == mine && other < name {
			return false
		}
	}
	return true
}

func weight(replica, probe string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(replica + "\x00" + probe)) // never fails
	x := h.Sum64()
	x ^= x >> 33 // FNV alone clusters ends that are alike; MurmurHash3's finaliser spreads them
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return x
}
