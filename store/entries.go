package store

import (
	"context"
	"fmt"
	"iter"

	"headstart"
)

// entries yields the log after after, as far as it goes now. An error ends it.
func entries(ctx context.Context, st Store, after headstart.Offset) iter.Seq2[headstart.Entry, error] {
	return func(yield func(headstart.Entry, error) bool) {
		for {
			found, err := st.Read(ctx, after, defaultMax, 0)
			if err != nil {
				yield(headstart.Entry{}, fmt.Errorf("read the log after %s: %w", after, err))
				return
			}
			if len(found) == 0 {
				return
			}
			for _, e := range found {
				if !yield(e, nil) {
					return
				}
				after = e.Off
			}
		}
	}
}

// everything yields archive and log as lines of a file, in order. The archive
// may be nil; what both hold comes once. An error ends it.
func everything(ctx context.Context, st Store, a *Archive) iter.Seq2[headstart.FileLine, error] {
	return func(yield func(headstart.FileLine, error) bool) {
		from, more := yieldArchived(a, yield)
		if !more {
			return
		}
		for l, err := range logLines(ctx, st, from) {
			if !yield(l, err) {
				return
			}
		}
	}
}

// yieldArchived yields the archive and returns where the log goes on; more is
// false after an error, or if the reader has enough.
func yieldArchived(a *Archive, yield func(headstart.FileLine, error) bool) (from headstart.Offset, more bool) {
	if a == nil {
		return headstart.Offset{}, true
	}
	from, err := a.Last()
	if err != nil {
		yield(headstart.FileLine{}, err)
		return from, false
	}
	for l, err := range a.Lines() {
		if !yield(l, err) || err != nil {
			return from, false
		}
	}
	return from, true
}

// logLines yields the log after after as lines of a file. An error ends it.
func logLines(ctx context.Context, st Store, after headstart.Offset) iter.Seq2[headstart.FileLine, error] {
	return func(yield func(headstart.FileLine, error) bool) {
		for e, err := range entries(ctx, st, after) {
			if err != nil {
				yield(headstart.FileLine{}, err)
				return
			}
			lines, err := fileLines(e)
			if err != nil {
				yield(headstart.FileLine{}, fmt.Errorf("record %s: %w", e.Off, err))
				return
			}
			if !yieldAll(lines, yield) {
				return
			}
		}
	}
}

// yieldAll yields lines; false if the reader has enough.
func yieldAll(lines []headstart.FileLine, yield func(headstart.FileLine, error) bool) bool {
	for _, l := range lines {
		if !yield(l, nil) {
			return false
		}
	}
	return true
}
