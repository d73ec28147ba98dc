package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	bolt "go.etcd.io/bbolt"
)

// ErrDamaged is the refusal of an embedded store whose file cannot be what bbolt wrote.
// FallBack may replace it.
var ErrDamaged = errors.New("the file is damaged")

// The two copies of a file, the newest first. A copy becomes the older one only once
// there is a newer.
func copiesOf(path string) [2]string {
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	return [2]string{stem + ".copy-1.db", stem + ".copy-2.db"}
}

// Copy writes a copy of the file beside it and checks it, while the store goes on
// working. The one before it stays as second choice. A copy that fails its check is
// thrown away: the pages of the file itself carry no checksum (bbolt).
func (b *Bolt) Copy(ctx context.Context) error {
	copies := copiesOf(b.path)
	name := b.path + ".copying"
	if err := b.writeCopy(ctx, name); err != nil {
		return fmt.Errorf("copy %s: %w", b.path, errors.Join(err, os.RemoveAll(name)))
	}
	if err := os.Rename(copies[0], copies[1]); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("copy %s: %w", b.path, err)
	}
	if err := os.Rename(name, copies[0]); err != nil {
		return fmt.Errorf("copy %s: %w", b.path, err)
	}
	b.copied.Store(time.Now().UnixNano())
	return syncDir(filepath.Dir(b.path))
}

func (b *Bolt) writeCopy(ctx context.Context, name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = b.view(func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(&patient{ctx, f})
		return err
	})
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return boltErr(err)
	}
	return inspect(name)
}

// patient stops a copy when its context ends.
type patient struct {
	ctx context.Context
	f   *os.File
}

func (p *patient) Write(data []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.f.Write(data)
}

// DropCopies removes the copies: of what was forgotten nothing may stay behind.
func (b *Bolt) DropCopies() error {
	var errs []error
	for _, name := range copiesOf(b.path) {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	b.copied.Store(0)
	return errors.Join(errs...)
}

// Copied is when the newest copy was made; zero: there is none.
func (b *Bolt) Copied() time.Time {
	if at := b.copied.Load(); at != 0 {
		return time.Unix(0, at)
	}
	return time.Time{}
}

// FallenBack is what became of a damaged store.
type FallenBack struct {
	To    string    // the copy now in use
	At    time.Time // when it was made: what came later is lost
	Moved string    // where the damaged file went
}

// FallBack puts the newest copy that is whole in the place of a damaged file, which is
// kept beside it. Nobody may have either open. It fails if no copy is whole.
func FallBack(path string, now time.Time) (FallenBack, error) {
	var errs []error
	for _, name := range copiesOf(path) {
		info, err := os.Stat(name)
		if err == nil {
			err = inspect(name)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		done := FallenBack{To: name, At: info.ModTime(), Moved: path + ".damaged-" + now.UTC().Format("20060102T150405")}
		if err := replace(path, name, done.Moved); err != nil {
			return FallenBack{}, fmt.Errorf("fall back to %s: %w", name, err)
		}
		return done, nil
	}
	return FallenBack{}, fmt.Errorf("no copy to fall back to: %w", errors.Join(errs...))
}

// replace moves a file away and copies another one there. The copy itself stays: it may
// be needed again.
func replace(path, by, away string) error {
	data, err := os.Open(by)
	if err != nil {
		return err
	}
	defer func() { _ = data.Close() }()
	fresh := path + ".copying"
	out, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = out.ReadFrom(data)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	return errors.Join(os.Rename(path, away), os.Rename(fresh, path), syncDir(filepath.Dir(path)))
}

// copyAge is headstart_backup_age_seconds: how much would be lost if the file broke now.
type copyAge struct{ b *Bolt }

var copyAgeDesc = prometheus.NewDesc("headstart_backup_age_seconds", "How old the newest copy of the embedded store is; while there is none, how long the store has been open.", nil, nil)

// Describe implements prometheus.Collector.
func (c copyAge) Describe(out chan<- *prometheus.Desc) { out <- copyAgeDesc }

// Collect implements prometheus.Collector.
func (c copyAge) Collect(out chan<- prometheus.Metric) {
	at := c.b.Copied()
	if at.IsZero() {
		at = c.b.opened
	}
	out <- prometheus.MustNewConstMetric(copyAgeDesc, prometheus.GaugeValue, max(0, time.Since(at).Seconds()))
}
