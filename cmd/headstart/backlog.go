package main

import (
	"sync"

	"headstart"
)

// backlog is what this process accepted and nobody has decided on yet, by the second of the
// log. It will be in memory once it is: who looks only at what is in use there takes in a
// flood before the first of it counts. The zero value is empty.
type backlog struct {
	mu      sync.Mutex
	seconds []intake
	bytes   int64
	still   bool // nobody decides: it comes into no memory of ours
}

// intake is what was appended within a second.
type intake struct {
	upTo  headstart.Offset
	bytes int64
}

func (b *backlog) add(off headstart.Offset, bytes int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bytes += int64(bytes)
	if n := len(b.seconds); n > 0 && off.Ms/1000 <= b.seconds[n-1].upTo.Ms/1000 {
		last := &b.seconds[n-1]
		last.bytes += int64(bytes)
		if last.upTo.Before(off) {
			last.upTo = off
		}
		return
	}
	b.seconds = append(b.seconds, intake{off, int64(bytes)})
}

// decided drops what stands up to off.
func (b *backlog) decided(off headstart.Offset, still bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for ; n < len(b.seconds) && !off.Before(b.seconds[n].upTo); n++ {
		b.bytes -= b.seconds[n].bytes
	}
	b.seconds, b.still = append(b.seconds[:0], b.seconds[n:]...), still
}

// size is how many bytes of records that is.
func (b *backlog) size() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.still {
		return 0
	}
	return b.bytes
}
