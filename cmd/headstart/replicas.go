package main

import (
	"cmp"
	"context"
	"hash/fnv"
	"log/slog"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/store"
)

// How replicas share the probes: each says every meetEvery that it lives, and one that has
// not for attendFor is gone. So a probe whose replica was killed, or does not reach the
// store, waits at most that long and one interval; one whose replica stopped cleanly,
// meetEvery and one interval. A replica that finds itself isolated says so, and gives its
// share to those that are not: two meetings and one interval.
const (
	meetEvery = 2 * time.Second
	attendFor = 6 * time.Second
	tellEvery = 10 * time.Second // what the others' pages show is up to twice as old
)

// sharing divides the probes among the replicas that live.
type sharing struct {
	store  store.Store
	fleet  sharer
	name   string        // replicaName
	attend time.Duration // how long it counts as alive; zero: it only listens
	logger *slog.Logger

	// The leader speaks for those that are gone.
	view    *headstart.View
	append  func(context.Context, headstart.Append) (headstart.Offset, error)
	leading func() bool

	as      string    // what it last called itself: its name, marked while it is isolated
	present []string  // what those that live call themselves
	probing []string  // the names of those that share the probes
	met     time.Time // when the store was asked to which it last said who is present
	toldAt  time.Time
	ended   time.Time // when the leader last looked who is gone
}

// sharer is the part of a probes.Fleet that is shared.
type sharer interface {
	Assign(mine func(probe string) bool, anew bool)
	Isolated() bool
	Tell() ([]byte, error)
	Hear(data []byte) error
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
			_, _ = s.store.Attend(leaving, cmp.Or(s.as, s.name), 0) // else its time runs out
			return nil
		}
	}
}

// meet says that this replica lives, and takes its share of the probes. While the store
// does not answer it keeps the share it has; after attendFor others may have it as well, so
// that afterwards it tells anew what it finds.
func (s *sharing) meet(ctx context.Context) {
	asked := time.Now()
	present, err := s.attendAs(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.logger.Warn("the other replicas are not heard; the probes stay shared as they are", "err", err)
		}
		return
	}
	// From the earliest that the store may have heard of us to the latest.
	anew := !s.met.IsZero() && time.Since(s.met) > attendFor
	s.met, s.present = asked, present
	if probing := whoProbes(present); anew || !slices.Equal(probing, s.probing) {
		s.logger.Info("probes are shared", "subject", strings.Join(probing, " "))
		s.probing = probing
		s.fleet.Assign(func(probe string) bool { return owns(probing, s.name, probe) }, anew)
	}
	if s.leading() && asked.Sub(s.ended) >= tellEvery {
		s.ended = asked
		s.endIsolations(ctx, unmarked(present))
	}
	if !slices.Equal(present, []string{s.as}) && asked.Sub(s.toldAt) >= tellEvery {
		s.toldAt = asked
		s.exchange(ctx)
	}
}

// isolatedMark stands before the name of a replica that is isolated; no host's name has it.
const isolatedMark = "~"

// attendAs says under which name this replica lives, and returns who does. Under a new name
// it comes before it leaves under the old one: it is never gone.
func (s *sharing) attendAs(ctx context.Context) (present []string, err error) {
	as := s.name
	if s.fleet.Isolated() {
		as = isolatedMark + s.name
	}
	present, err = s.store.Attend(ctx, as, s.attend)
	if err == nil && s.as != "" && s.as != as {
		present, err = s.store.Attend(ctx, s.as, 0)
	}
	if err == nil {
		s.as = as
	}
	return present, err
}

// whoProbes are those of present that are not isolated; if all are, everybody: then it is
// known of each probe who does not reach it.
func whoProbes(present []string) []string {
	able := slices.DeleteFunc(slices.Clone(present), func(name string) bool { return strings.HasPrefix(name, isolatedMark) })
	if len(able) == 0 {
		return unmarked(present)
	}
	return able
}

func unmarked(present []string) []string {
	var names []string
	for _, name := range present {
		names = append(names, strings.TrimPrefix(name, isolatedMark))
	}
	slices.Sort(names)
	return names
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
		err = s.store.Say(ctx, s.as, data)
	}
	if err != nil {
		s.logger.Warn("the other replicas are not told what the probes here found", "err", err)
	}
	for _, other := range s.present {
		if other == s.as {
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
