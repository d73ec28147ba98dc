package store

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"headstart"
)

// ExportOptions say how much of the log leaves the house.
type ExportOptions struct {
	// Raw writes values as they are. Otherwise values that may tell who, where or
	// what are replaced by stable pseudonyms that leave the decisions as they were
	// (ruling 45).
	Raw bool

	// Key makes the pseudonyms; the same key gives the same ones. Empty: random,
	// so that no two exports can be put side by side.
	Key []byte
}

// Export writes archive and log as lines of a file (CONTRACT section 3), which
// replay takes as they are. The first line is a configuration that says that
// the file holds its own ticks (ruling 5); if the oldest record kept is another,
// the configuration of today stands in. archive may be nil.
func Export(ctx context.Context, st Store, archive *Archive, w io.Writer, o ExportOptions) error {
	lines := complete(ctx, st, archive)
	if !o.Raw {
		d := newDisguise(o.Key)
		for l, err := range lines { // first what must keep its value, wherever it is said
			if err != nil {
				return fmt.Errorf("export: %w", err)
			}
			d.learn(l.Line)
		}
		lines = d.all(lines)
	}
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for l, err := range lines {
		if err == nil {
			err = enc.Encode(l)
		}
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	return out.Flush()
}

// complete is everything, begun with a configuration that has ticks.
func complete(ctx context.Context, st Store, archive *Archive) iter.Seq2[headstart.FileLine, error] {
	return func(yield func(headstart.FileLine, error) bool) {
		begun := false
		for l, err := range everything(ctx, st, archive) {
			lines := []headstart.FileLine{l}
			if err == nil && !begun {
				lines, err = opening(ctx, st, l)
				begun = true
			}
			if err != nil {
				yield(l, err)
				return
			}
			if !yieldAll(lines, yield) {
				return
			}
		}
	}
}

// opening is what a file writes for its first line l: a configuration with
// ticks in the place of the one l is, or before l.
func opening(ctx context.Context, st Store, l headstart.FileLine) ([]headstart.FileLine, error) {
	if l.Config != nil {
		return []headstart.FileLine{withTicks(l, *l.Config)}, nil
	}
	cfg := headstart.LogConfig{Engine: headstart.EngineVersion}
	row, err := st.Get(ctx, headstart.TableConfig, "current")
	if err != nil {
		return nil, err
	}
	if row != nil {
		if err := json.Unmarshal(row, &cfg); err != nil {
			return nil, fmt.Errorf("row %s/current: %w", headstart.TableConfig, err)
		}
	}
	return []headstart.FileLine{withTicks(l, cfg), l}, nil
}

// withTicks is a line at the time of l that holds cfg, saying that ticks follow.
func withTicks(l headstart.FileLine, cfg headstart.LogConfig) headstart.FileLine {
	cfg.Ticks = true
	return headstart.FileLine{At: l.At, Received: l.Received, Line: headstart.Line{Config: &cfg}}
}

// all yields lines disguised.
func (d *disguise) all(lines iter.Seq2[headstart.FileLine, error]) iter.Seq2[headstart.FileLine, error] {
	return func(yield func(headstart.FileLine, error) bool) {
		for l, err := range lines {
			if err == nil {
				l.Line = d.line(l.Line)
			}
			if !yield(l, err) {
				return
			}
		}
	}
}
