package exports

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
)

// Options are what an Exporter needs.
type Options struct {
	Dir  string // retention.export_dir; empty: nothing is exported
	View *headstart.View

	// Do appends a command and waits for its outcome; pending: it stands in the log.
	Do func(ctx context.Context, c headstart.Command) (o headstart.Outcome, pending bool, err error)

	// Incident returns one as it is written, without names, and the number of the newest
	// decision of its timeline; Notice does so with an announcement.
	Incident func(id headstart.IncidentID) (i headstart.Incident, newest uint64, known bool)
	Notice   func(a *headstart.Announcement) headstart.Announcement

	Leading func() bool                                  // several processes may run; one writes
	Now     func(ctx context.Context) (time.Time, error) // of the clock that stamps the log

	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Exporter writes what is due, and says so in the log.
type Exporter struct {
	o       Options
	logger  *slog.Logger
	metrics *metrics

	// written is what stands in a file of this process and is not gone yet: it is named
	// again, not written again.
	written map[headstart.ExportedItem]string
}

// New returns an Exporter.
func New(o Options) *Exporter {
	e := &Exporter{o: o, logger: o.Logger.With("component", "exports"), written: map[headstart.ExportedItem]string{}}
	if o.Dir != "" {
		e.metrics = newMetrics(o.Registerer)
	}
	return e
}

const (
	firstAfter = time.Minute // the view fills first
	every      = time.Hour
)

// Run looks each hour until ctx ends.
func (e *Exporter) Run(ctx context.Context) error {
	if e.o.Dir == "" {
		return nil
	}
	next := time.NewTimer(firstAfter)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-next.C:
		}
		next.Reset(every)
		if !e.o.View.Ready() {
			continue
		}
		if err := e.turn(ctx); err != nil && ctx.Err() == nil {
			e.logger.Error("retention.export_dir: nothing that was to be exported is deleted; the next hour tries again", "err", err)
		}
	}
}

// turn writes what is due, if this process leads. If not it only looks whether it could.
func (e *Exporter) turn(ctx context.Context) error {
	err := Examine(e.o.Dir)
	if e.o.Leading() {
		err = e.export(ctx, err)
	} else {
		clear(e.written) // who leads now writes for itself
		e.metrics.waiting.Set(0)
	}
	e.metrics.tell(err)
	return err
}

// export writes all that is due, kind by kind, unless something keeps it from that.
func (e *Exporter) export(ctx context.Context, obstacle error) error {
	now, err := e.o.Now(ctx)
	if err != nil {
		return fmt.Errorf("ask the store for the time: %w", err)
	}
	due, err := e.due(now)
	if obstacle == nil {
		obstacle = err
	}
	errs := []error{obstacle}
	left := 0
	for _, k := range due {
		left += len(k.items)
		if obstacle != nil {
			continue
		}
		said, err := e.exportKind(ctx, k, now)
		left -= said
		errs = append(errs, err)
	}
	e.metrics.waiting.Set(float64(left))
	return errors.Join(errs...)
}

// mostInFile bounds a file, and what is done again after a kill.
const mostInFile = 500

// exportKind writes those of a kind that stand in no file yet, and says of all that they
// do. It returns of how many it said so.
func (e *Exporter) exportKind(ctx context.Context, k kind, now time.Time) (said int, err error) {
	fresh := slices.DeleteFunc(slices.Clone(k.items), func(x headstart.ExportedItem) bool { return e.written[x] != "" })
	e.forget(k)
	for part := range slices.Chunk(fresh, mostInFile) {
		name, stand, err := e.writeFile(k, now, part)
		if err != nil {
			return said, err
		}
		for _, x := range stand {
			e.written[x] = name
		}
	}
	for _, f := range e.files(k) {
		for part := range slices.Chunk(f.items, headstart.MostExported) {
			if err := e.say(ctx, f.name, part); err != nil {
				return said, err
			}
			said += len(part)
		}
	}
	return said, nil
}

// written is a file that holds things which are due.
type written struct {
	name  string
	items []headstart.ExportedItem
}

// files are those that the things of a kind stand in, in the order of the first of each. What
// changed, or went, while it was written stands in none.
func (e *Exporter) files(k kind) (all []written) {
	for _, x := range k.items {
		name := e.written[x]
		if name == "" {
			continue
		}
		n := slices.IndexFunc(all, func(f written) bool { return f.name == name })
		if n < 0 {
			n, all = len(all), append(all, written{name: name})
		}
		all[n].items = append(all[n].items, x)
	}
	return all
}

// forget drops what was written and is gone, or stands otherwise by now.
func (e *Exporter) forget(k kind) {
	due := make(map[headstart.ExportedItem]bool, len(k.items))
	for _, x := range k.items {
		due[x] = true
	}
	for x := range e.written {
		if k.has(x) && !due[x] {
			delete(e.written, x)
		}
	}
}

// writeFile writes one file and returns its name, and what stands in it.
func (e *Exporter) writeFile(k kind, now time.Time, part []headstart.ExportedItem) (name string, stand []headstart.ExportedItem, err error) {
	f, err := create(e.o.Dir, k.name, now)
	if err != nil {
		return "", nil, err
	}
	defer f.discard()
	for _, x := range part {
		row, as, known := k.row(x)
		if !known || as != x {
			continue
		}
		if err := f.write(row); err != nil {
			return "", nil, err
		}
		stand = append(stand, x)
	}
	if len(stand) == 0 {
		return "", nil, nil
	}
	if err := f.keep(); err != nil {
		return "", nil, err
	}
	e.logger.Info("exported before retention deletes it", "subject", f.name, "change", len(stand))
	return f.name, stand, nil
}

// say appends that items stand in a file: from then on they may be deleted.
func (e *Exporter) say(ctx context.Context, name string, items []headstart.ExportedItem) error {
	o, _, err := e.o.Do(ctx, headstart.Command{ID: "exported-" + rand.Text(), Do: "exported", Exported: &headstart.Exported{File: name, Items: items}})
	if err == nil && o.Refused != "" {
		err = errors.New(o.Refused)
	}
	if err != nil {
		return fmt.Errorf("say in the log that %s is written: %w", name, err)
	}
	return nil
}
