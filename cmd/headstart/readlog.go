package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"headstart"
)

// longestLine bounds one line of a log file: a request of 8 MiB and its frame.
const longestLine = 16 << 20

// readLog reads a log file; a mistake names its line. Its lines are decoded on all cores,
// a passage at a time: that is the larger part of a short replay.
func readLog(r io.Reader, name string) ([]headstart.FileLine, error) {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), longestLine)
	var log logReader
	p := &passage{}
	for n := 1; s.Scan(); n++ {
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		if p.add(n, s.Bytes()); len(p.text) < passageBytes {
			continue
		}
		if err := log.read(p); err != nil {
			return nil, fmt.Errorf("%s:%w", name, err)
		}
		p = &passage{}
	}
	err := log.read(p)
	for err == nil && len(log.reading) > 0 {
		err = log.take()
	}
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	if err := s.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return nil, fmt.Errorf("%s: a line is longer than %d MiB; split it", name, longestLine>>20)
		}
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return log.lines, nil
}

// passageBytes is how long a passage is at least.
const passageBytes = 64 << 10

// logReader puts passages together that are decoded at the same time.
type logReader struct {
	lines   []headstart.FileLine
	reading []*passage // in order
}

// read has p decoded. There are never many at a time: a log may be larger than memory
// would hold twice.
func (l *logReader) read(p *passage) error {
	p.done = make(chan struct{})
	go p.decode()
	l.reading = append(l.reading, p)
	if len(l.reading) <= 2*runtime.GOMAXPROCS(0) {
		return nil
	}
	return l.take()
}

// take adds the lines of the first passage, or says which of them is wrong.
func (l *logReader) take() error {
	p := l.reading[0]
	l.reading = l.reading[1:]
	<-p.done
	for k := range p.lines {
		line := &p.lines[k]
		if n := len(l.lines); n > 0 && line.At.Before(l.lines[n-1].At) {
			return fmt.Errorf("%d: at %s lies before the line above; order the log by at", p.numbers[k], line.At.Format(time.RFC3339Nano))
		}
		l.lines = append(l.lines, *line)
	}
	if p.err != nil {
		return fmt.Errorf("%d: %w", p.numbers[len(p.lines)], p.err)
	}
	return nil
}

// passage is some lines of a log that follow each other.
type passage struct {
	text    []byte
	numbers []int // in the file, of each line
	ends    []int // in text

	done  chan struct{}
	lines []headstart.FileLine // up to the first that cannot be read
	err   error
}

func (p *passage) add(number int, line []byte) {
	p.text = append(p.text, line...)
	p.numbers, p.ends = append(p.numbers, number), append(p.ends, len(p.text))
}

func (p *passage) decode() {
	defer close(p.done)
	p.lines = make([]headstart.FileLine, 0, len(p.ends))
	from := 0
	for _, end := range p.ends {
		l, err := headstart.DecodeFileLine(p.text[from:end])
		if err != nil {
			p.err = err
			return
		}
		p.lines, from = append(p.lines, l), end
	}
}
