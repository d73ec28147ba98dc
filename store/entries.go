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
// may be nil; what both hold comes once.
func everything(ctx context.Context, st Store, a *Archive) iter.Seq2[headstart.FileLine, error] {
	return func(yield func(headstart.FileLine, error) bool) {
		from := headstart.Offset{}
		if a != nil {
			var err error
			if from, err = a.Last(); err != nil {
				yield(headstart.FileLine{}, err)
				return
			}
			for l, err := range a.Lines() {
				if !yield(l, err) || err != nil {
					return
				}
			}
		}
		for e, err := range entries(ctx, st, from) {
			if err != nil {
				yield(headstart.FileLine{}, err)
				return
			}
			lines, err := fileLines(e)
			if err != nil {
				yield(headstart.FileLine{}, fmt.Errorf("record %s: %w", e.Off, err))
				return
			}
			for _, l := range lines {
				if !yield(l, nil) {
					return
				}
			}
		}
	}
}
