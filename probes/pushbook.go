package probes

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"headstart"
)

// pushed is what a job said last.
type pushed struct {
	At      time.Time         `json:"at"`
	Verdict headstart.Verdict `json:"verdict"` // ok, warn or down
	Text    string            `json:"text,omitempty"`
}

// pushbook keeps the last push of each job, in a file if it has one: a job that
// runs once a day must not be forgotten by a restart. The log is no place for it:
// that holds changes, and a push that says the same as the day before is none.
type pushbook struct {
	file   string
	opened time.Time // since when this process listens

	mu   sync.Mutex
	jobs map[string]pushed
}

// openPushbook reads file, which need not exist. One that cannot be read is as
// good as none: its jobs are unknown until they push again.
func openPushbook(file string, now time.Time, logger *slog.Logger) *pushbook {
	b := &pushbook{file: file, opened: now, jobs: map[string]pushed{}}
	if file == "" {
		return b
	}
	data, err := os.ReadFile(file)
	if err == nil {
		b.jobs, err = decodePushes(data)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		logger.Warn("pushes before the start are forgotten", "err", err)
	}
	if b.jobs == nil {
		b.jobs = map[string]pushed{}
	}
	return b
}

func decodePushes(data []byte) (map[string]pushed, error) {
	var jobs map[string]pushed
	if err := json.Unmarshal(data, &jobs); err != nil {
		return nil, fmt.Errorf("read pushes: %w", err)
	}
	maps.DeleteFunc(jobs, func(_ string, p pushed) bool {
		return p.Verdict != headstart.OK && p.Verdict != headstart.Warn && p.Verdict != headstart.Down
	})
	return jobs, nil
}

// last returns the last push of the probe name.
func (b *pushbook) last(name string) (pushed, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, ok := b.jobs[name]
	return p, ok
}

// keep remembers p, durably. If that fails it is known until this process ends:
// the job did run.
func (b *pushbook) keep(name string, p pushed) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.jobs[name] = p
	if b.file == "" {
		return nil
	}
	data, err := json.Marshal(b.jobs)
	if err != nil {
		return fmt.Errorf("keep pushes: %w", err)
	}
	if err := replaceFile(b.file, data); err != nil {
		return fmt.Errorf("keep pushes: %w", err)
	}
	return nil
}

// all returns the last push of each job.
func (b *pushbook) all() map[string]pushed {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.jobs)
}

// merge takes pushes that other replicas took, where they are newer. One from a clock that
// is ahead counts as of now. They are not written down: whoever took them did.
func (b *pushbook) merge(jobs map[string]pushed, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, p := range jobs {
		if p.Verdict != headstart.OK && p.Verdict != headstart.Warn && p.Verdict != headstart.Down {
			continue
		}
		if p.At.After(now) {
			p.At = now
		}
		if p.At.After(b.jobs[name].At) {
			b.jobs[name] = p
		}
	}
}

// replaceFile makes the file name appear with all of data, on disk, or leaves the
// old one.
func replaceFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".pushes-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close()) // the name too outlives a crash
}
