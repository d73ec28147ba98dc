package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"headstart"
)

// Tables is what Follow reads.
type Tables interface {
	Incarnation(ctx context.Context) (string, error)
	FeedHead(ctx context.Context) (headstart.Offset, error)
	Head(ctx context.Context) (headstart.Cursor, error)
	Scan(ctx context.Context, table string, fn func(headstart.Row) error) error
	Feed(ctx context.Context, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error)
}

// errLost means that the feed no longer continues what the view holds.
var errLost = errors.New("lost the place in the feed")

const (
	followBlock    = time.Second // also how soon a quiet follower notices another incarnation
	followFirstTry = 100 * time.Millisecond
	followMaxTry   = 5 * time.Second
)

// Follow fills view from the tables and keeps it current from the feed until
// ctx ends (ruling 9). An outage of the store leaves the view as it is and is
// waited out; a lost place in the feed means that everything is read again.
func Follow(ctx context.Context, st Tables, view *headstart.View, logger *slog.Logger) error {
	logger = logger.With("component", "store")
	pause := followFirstTry
	for {
		reached, err := followOnce(ctx, st, view)
		if ctx.Err() != nil {
			return nil
		}
		if reached {
			pause = followFirstTry
		}
		if errors.Is(err, errLost) {
			logger.Info("view starts over", "err", err)
		} else {
			logger.Warn("view waits for the store", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, followMaxTry)
	}
}

// followOnce scans and follows until something goes wrong; reached reports
// whether the view was filled.
func followOnce(ctx context.Context, st Tables, view *headstart.View) (reached bool, err error) {
	incarnation, err := st.Incarnation(ctx)
	if err != nil {
		return false, err
	}
	// The feed's head comes first: what changes during the scan is then read
	// again from the feed. Rows are whole, so twice is harmless.
	pos, err := st.FeedHead(ctx)
	if err != nil {
		return false, err
	}
	if err := fill(ctx, st, view, pos); err != nil {
		return false, err
	}
	for {
		entries, err := st.Feed(ctx, pos, defaultMax, followBlock)
		if err != nil {
			return true, err
		}
		// A failover may have taken entries back and given their numbers to
		// others, so the numbers alone prove nothing.
		switch now, err := st.Incarnation(ctx); {
		case err != nil:
			return true, err
		case now != incarnation:
			return true, fmt.Errorf("%w: the store is another incarnation", errLost)
		}
		if pos, err = advance(view, pos, entries); err != nil {
			return true, err
		}
	}
}

func fill(ctx context.Context, st Tables, view *headstart.View, pos headstart.Offset) error {
	cursor, err := st.Head(ctx)
	if err != nil {
		return err
	}
	return view.Refill(cursor, pos, func(set func(headstart.FeedOp) error) error {
		for _, table := range headstart.AllTables() {
			if !headstart.Viewed(table) {
				continue
			}
			if err := st.Scan(ctx, table, func(r headstart.Row) error { return set(headstart.FeedOp{Table: table, Row: r}) }); err != nil {
				return fmt.Errorf("scan %s: %w", table, err)
			}
		}
		return nil
	})
}

// advance applies entries that continue the feed after pos; it returns where
// the view then stands.
func advance(view *headstart.View, pos headstart.Offset, entries []headstart.Entry) (headstart.Offset, error) {
	for _, e := range entries {
		if e.Off.Ms != pos.Ms+1 {
			return pos, fmt.Errorf("%w: the next entry is %s after %s", errLost, e.Off, pos)
		}
		if err := apply(view, e); err != nil {
			return pos, err
		}
		pos = e.Off
	}
	return pos, nil
}

func apply(view *headstart.View, e headstart.Entry) error {
	fe, err := headstart.ReadFeedEntry(e.Data)
	if err != nil {
		return fmt.Errorf("feed entry %s: %w", e.Off, err)
	}
	return view.Apply(e.Off, fe)
}
