package tickets

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"headstart"
)

// pollEvery is how often a folder is looked at. Polling works on every file
// system, network shares among them.
const pollEvery = 5 * time.Second

// Bounds of a folder.
const (
	maxFile   = 32 << 20            // bytes
	maxWarned = 10                  // lines of one file that are logged
	maxAge    = 14 * 24 * time.Hour // of a ticket when it is first seen
	perRecord = 100                 // tickets
)

// folder watches the *.csv files of one source. A file is read once for each
// change of its size or time, and only when it has stood still from one look to
// the next, so that a file half written is left alone.
type folder struct {
	in     *Inbox
	source *source
	looked map[string]stamp // as last seen, by file name
	read   map[string]stamp // as last read whole
	rows   map[string]line  // by ticket id: as last stored
	fault  string           // what is wrong with the folder, to say it once
}

type stamp struct {
	size int64
	at   time.Time
}

// line is what a file said of a ticket.
type line struct {
	sum     [sha256.Size]byte
	updated time.Time
}

func newFolder(in *Inbox, s *source) *folder {
	return &folder{in: in, source: s, looked: map[string]stamp{}, read: map[string]stamp{}, rows: map[string]line{}}
}

// poll looks once.
func (f *folder) poll(ctx context.Context) {
	files, err := os.ReadDir(f.source.Dir)
	if err != nil {
		f.trouble(fmt.Errorf("folder not read: %w", err))
		return
	}
	now := map[string]stamp{}
	var errs []error
	for _, entry := range files {
		name := entry.Name()
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || !strings.EqualFold(filepath.Ext(name), ".csv") {
			continue // gone meanwhile, a folder, a link, or not ours
		}
		st := stamp{info.Size(), info.ModTime()}
		now[name] = st
		if f.read[name] == st || f.looked[name] != st {
			continue
		}
		if err := f.load(ctx, name, st); err != nil {
			errs = append(errs, err)
		}
	}
	f.looked = now
	f.trouble(errors.Join(errs...))
}

// trouble says once what is wrong, and once that it is over.
func (f *folder) trouble(err error) {
	logger, name := f.in.logger, f.source.Name
	fault := ""
	up := 1.0
	if err != nil {
		fault, up = err.Error(), 0
	}
	f.in.metrics.up.WithLabelValues(name).Set(up)
	if err == nil {
		f.in.ears.Hear(name, f.in.now(), pollEvery)
	}
	if fault == f.fault {
		return
	}
	f.fault = fault
	if err != nil {
		logger.Warn("ticket source in trouble", "source", name, "err", err)
	} else {
		logger.Info("ticket source is well again", "source", name)
	}
}

// load reads one file and stores what is new in it. A file that could not be
// stored is read again at the next look; one that makes no sense is not, until
// it changes.
func (f *folder) load(ctx context.Context, name string, st stamp) error {
	if st.size > maxFile {
		f.read[name] = st
		return fmt.Errorf("%s: %d bytes; want at most %d: export fewer tickets, or the changed ones only", name, st.size, maxFile)
	}
	data, err := os.ReadFile(filepath.Join(f.source.Dir, name))
	if err != nil {
		return fmt.Errorf("file not read: %w", err)
	}
	rows, err := readCSV(data, f.source)
	if err != nil {
		f.read[name] = st
		return fmt.Errorf("%s:1: %w", name, err)
	}
	f.warn(name, rows)
	if err := f.store(ctx, rows); err != nil {
		return fmt.Errorf("%s: tickets not stored: %w", name, err)
	}
	f.read[name] = st
	return nil
}

// warn logs the lines that were left out.
func (f *folder) warn(name string, rows []row) {
	n := 0
	for _, r := range rows {
		if r.err == nil {
			continue
		}
		if n++; n <= maxWarned {
			f.in.logger.Warn("line left out", "source", f.source.Name, "err", fmt.Errorf("%s:%d: %w", name, r.line, r.err))
		}
	}
	if n > maxWarned {
		f.in.logger.Warn("more lines left out", "source", f.source.Name, "lines", n-maxWarned)
	}
	f.in.metrics.refused.WithLabelValues(f.source.Name).Add(float64(n))
}

// store appends the rows that say something new, in the order of the file.
func (f *folder) store(ctx context.Context, rows []row) error {
	for len(rows) > 0 {
		n := min(len(rows), perRecord)
		if err := f.storeSome(ctx, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// storeSome appends one record. What it notes of the lines is noted only once
// they are durable.
func (f *folder) storeSome(ctx context.Context, rows []row) error {
	reader, to := f.in.prepared()
	noted := map[string]line{}
	var news []headstart.Ticket
	for i := range rows {
		w := &rows[i].ticket
		if rows[i].err != nil {
			continue
		}
		now := line{w.sum(), w.UpdatedAt}
		last, met := noted[w.ID]
		if !met {
			last, met = f.rows[w.ID]
		}
		if met && (last.sum == now.sum || !now.updated.IsZero() && now.updated.Before(last.updated)) {
			continue
		}
		noted[w.ID] = now
		t := f.in.ticket(w, f.source, to)
		filled := t
		reader.Fill(&filled)
		if met || !f.known(&filled) {
			news = append(news, t)
		}
	}
	if err := f.in.keep(ctx, f.in.now(), news); err != nil {
		return err
	}
	f.in.metrics.received.WithLabelValues(f.source.Name).Add(float64(len(news)))
	maps.Copy(f.rows, noted)
	return nil
}

// known reports whether t, met for the first time since the start, needs no
// append: the view shows it just so, or it is long over.
func (f *folder) known(t *headstart.Ticket) bool {
	old, ok := f.in.view.Ticket(t.Key())
	if !ok {
		return t.Solved() || f.in.now().Sub(t.CreatedAt) > maxAge
	}
	if stale(t, &old.Ticket) {
		return true
	}
	a, errA := json.Marshal(old.Ticket)
	b, errB := json.Marshal(t)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// stale reports whether t is an older state of a ticket than old: an export of
// last week lies beside today's.
func stale(t, old *headstart.Ticket) bool {
	return !t.UpdatedAt.IsZero() && t.UpdatedAt.Before(old.UpdatedAt)
}

// sum is the hash of everything a line says.
func (w *wireTicket) sum() [sha256.Size]byte {
	b, err := json.Marshal(w)
	if err != nil {
		panic("tickets: encode line: " + err.Error()) // its times and numbers were checked
	}
	return sha256.Sum256(b)
}
