package incidents

import (
	"sync/atomic"

	"headstart"
)

// ahead gets records ready for the fold on a goroutine of its own: decoding them, and
// finding out what they say by themselves, needs nothing that decisions change. In a storm
// that is as much work as deciding, so the fold goes on meanwhile with those before. What
// is not begun when the fold comes to it the fold gets ready itself: where no second core
// is free it waits for none.
type ahead struct {
	asked chan struct{} // something was
	all   [stretches]stretch
}

// A stretch is small, or little would be ready when the first is through; and not so small
// that handing it over costs as much as it saves. How many there are bounds how far ahead
// of the fold they are.
const (
	stretches      = 5
	stretchRecords = 32
	stretchBytes   = 64 << 10 // of records as they are stored; one record may have more

	firstRecords = 4 // of the one that the fold would wait for, and gets ready itself
)

// records are what a log holds, as the fold comes to them.
type records interface {
	size(n int) int // bytes of the nth, as it is stored

	// events appends those of the nth record to room. It is called on another goroutine.
	events(n int, room []headstart.Event) ([]headstart.Event, error)
}

// stretch are some records that follow each other.
type stretch struct {
	of       records
	from, to int
	scout    headstart.Scout
	room     []headstart.Event
	read     []reading

	asked atomic.Bool   // nobody began to get it ready; who makes it false does
	ready chan struct{} // told by the other goroutine
}

// reading is what was read of one record.
type reading struct {
	upTo int // where its events end in room
	err  error
}

func newAhead() *ahead {
	a := &ahead{asked: make(chan struct{}, 1)}
	for k := range a.all {
		a.all[k].ready = make(chan struct{}, 1)
	}
	return a
}

// run gets ready what is asked for until close.
func (a *ahead) run() {
	for range a.asked {
		for k := range a.all {
			if s := &a.all[k]; s.begin() {
				s.prepare()
				s.ready <- struct{}{}
			}
		}
	}
}

// close ends run; each must not be called any more.
func (a *ahead) close() { close(a.asked) }

// each hands the events of all n records to apply, in order; they are apply's until it
// returns. What a record cannot say is told with it. It ends with the first error of apply,
// and is not to be called again then.
func (a *ahead) each(n int, of records, c Correlator, apply func(n int, events []headstart.Event, unread error) error) error {
	next, most := 0, firstRecords
	for k := 0; k < stretches && next < n; k++ {
		next = a.ask(&a.all[k], of, next, n, most, c)
		most = stretchRecords
	}
	for k := 0; n > 0; k = (k + 1) % stretches {
		s := &a.all[k]
		if s.begin() {
			s.prepare()
		} else {
			<-s.ready
		}
		last := s.to == n
		if err := s.each(apply); err != nil || last {
			return err
		}
		if next < n {
			next = a.ask(s, of, next, n, most, c)
		}
	}
	return nil
}

// ask makes s the stretch of records after from, up to most of them or n, has it made
// ready, and returns where it ends.
func (a *ahead) ask(s *stretch, of records, from, n, most int, c Correlator) int {
	s.of, s.from, s.scout = of, from, c.Scout(s.scout)
	bytes := 0
	for s.to = from; s.to < n && s.to-from < most && bytes < stretchBytes; s.to++ {
		bytes += of.size(s.to)
	}
	to := s.to
	s.asked.Store(true)
	select {
	case a.asked <- struct{}{}:
	default: // it will look anyway
	}
	return to
}

// begin reports whether the caller is to get s ready.
func (s *stretch) begin() bool { return s.asked.CompareAndSwap(true, false) }

// prepare reads the records and has the scout look at what they say.
func (s *stretch) prepare() {
	for n := s.from; n < s.to; n++ {
		var err error
		s.room, err = s.of.events(n, s.room)
		s.read = append(s.read, reading{len(s.room), err})
	}
	s.scout.Look(s.room)
}

// each hands the events of its records over, and forgets them.
func (s *stretch) each(apply func(n int, events []headstart.Event, unread error) error) error {
	from := 0
	for k, r := range s.read {
		if err := apply(s.from+k, s.room[from:r.upTo:r.upTo], r.err); err != nil {
			return err
		}
		from = r.upTo
	}
	clear(s.room)
	clear(s.read)
	s.of, s.room, s.read = nil, emptied(s.room), s.read[:0]
	return nil
}
