package main

import (
	"context"
	"time"

	"headstart/store"
)

// restEvery is how often the embedded store gives back the memory in which its file was
// read. What is in use is read again within microseconds; the rest was read once, at the
// start or for one page. While a start reads all of it, that is some hundred MB a second.
const (
	restEvery   = 10 * time.Second
	restReading = 200 * time.Millisecond
)

// rest lets a store that is a file give back what was read of it, until ctx ends.
func (s *service) rest(ctx context.Context, reading func() bool) error {
	file, mapped := s.store.(*store.Bolt)
	if !mapped {
		return nil
	}
	for {
		every := restEvery
		if reading() {
			every = restReading
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
		if err := file.Rest(); err != nil && ctx.Err() == nil {
			s.logger.Debug("memory of the store not given back", "err", err)
		}
	}
}
