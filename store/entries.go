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
