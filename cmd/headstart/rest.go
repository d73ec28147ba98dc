package main

import (
	"context"
	"time"

	"headstart/store"
)

const (
	// restEvery is how often the embedded store gives back the memory in which its file was
	// read. What is in use is read again within microseconds; the rest was read once, at the
	// start or for one page. While a start reads all of it, that is some hundred MB a second.
	restEvery   = 10 * time.Second
	restReading = 200 * time.Millisecond

	// restBeyond is how much of files may be in memory, beyond what was after the last rest,
	// before it rests sooner: a storm writes hundreds of megabytes in ten seconds, and its
	// writer reads each page that it changes.
	restBeyond = 32 << 20
	restLook   = time.Second
)

// rest lets a store that is a file give back what was read of it, until ctx ends.
func (s *service) rest(ctx context.Context, reading func() bool) error {
	file, mapped := s.store.(*store.Bolt)
	if !mapped {
		return nil
	}
	left, last := store.MappedMemory(), time.Now()
	for {
		look, much := restLook, int64(restBeyond)
		if reading() {
			look, much = restReading, 0
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(look):
		}
		if store.MappedMemory()-left < much && time.Since(last) < restEvery {
			continue
		}
		if err := file.Rest(); err != nil && ctx.Err() == nil {
			s.logger.Debug("memory of the store not given back", "err", err)
		}
		left, last = store.MappedMemory(), time.Now()
	}
}
