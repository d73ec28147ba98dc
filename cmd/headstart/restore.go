package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/store"
)

// openWhole opens the store, or, if the embedded file is damaged, the newest copy that
// is whole (ruling 11); older then says which, for people.
func (s *service) openWhole(ctx context.Context) (st store.Store, older string, err error) {
	st, err = s.stage.openStore(ctx, s.cfg, s.logger, s.registry)
	if !errors.Is(err, store.ErrDamaged) {
		return st, "", err
	}
	done, failed := store.FallBack(boltFile(s.cfg), time.Now())
	if failed != nil {
		return nil, "", fmt.Errorf("%w; %w; put back a backup of data_dir, or move the file away to begin without what it held", err, failed)
	}
	s.logger.Error("the store was damaged; its hourly copy takes its place, and what was accepted after that is lost",
		"err", err, "subject", done.Moved, "duration", time.Since(done.At).Round(time.Second))
	st, err = s.stage.openStore(ctx, s.cfg, s.logger, s.registry)
	return st, done.At.In(zoneOf(s.cfg)).Format("2006-01-02 15:04"), err
}

// position knows how far the store has been: a file in data_dir says it, so that a store
// that went back is noticed after a start too, and while the service runs (ruling 11).
type position struct {
	file    string
	archive *store.Archive
	zone    *time.Location
	store   store.Store
	logger  *slog.Logger

	mu    sync.Mutex
	at    headstart.Offset // committed, as far as this process knows
	older string           // when the copy was made that this process fell back to; empty: it did not
}

const (
	positionEvery = 10 * time.Second

	// olderBy is how far a store must have gone back to be an older copy of itself. A
	// replica that takes over may lack the last moments too; a minute of these is put
	// back (Store.Mend), and nobody has to look.
	olderBy = time.Minute
)

// openPosition reads the file, before anything else of this process opens the archive.
func openPosition(cfg *configs.Config, st store.Store, older string, logger *slog.Logger) (*position, error) {
	archive, err := store.OpenArchive(archiveDir(cfg))
	if err != nil {
		return nil, err
	}
	p := &position{
		file: filepath.Join(cfg.DataDir, "position"), archive: archive, zone: zoneOf(cfg), store: st, older: older, logger: logger.With("component", "store"),
	}
	b, err := os.ReadFile(p.file)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		p.at, err = headstart.ParseOffset(strings.TrimSpace(string(b)))
	}
	if err != nil { // the power failed while it was written: the archive still tells an older copy
		logger.Warn("how far the store was is not known; if you have just put a copy back, hold everything by hand on the page Messages", "err", fmt.Errorf("%s: %w", p.file, err))
	}
	return p, nil
}

// run notes how far the store is, until ctx ends and once more then.
func (p *position) run(ctx context.Context) error {
	look := time.NewTicker(positionEvery)
	defer look.Stop()
	for said := ""; ; {
		err := p.look(ctx)
		if err != nil && err.Error() != said && ctx.Err() == nil {
			p.logger.Warn("it is not noted how far the store is", "err", err)
		}
		said = ""
		if err != nil {
			said = err.Error()
		}
		select {
		case <-ctx.Done():
			last, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer stop()
			_ = p.look(last) // the store may be gone; what stands is ten seconds old at most
			return nil
		case <-look.C:
		}
	}
}

// look moves the position to where the store is, never back.
func (p *position) look(ctx context.Context) error {
	head, err := p.store.Head(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.at.Before(head.Off) {
		return nil
	}
	return p.move(head.Off)
}

// move writes a file and then renames it: half a position would stop the next start.
func (p *position) move(to headstart.Offset) error {
	if err := os.WriteFile(p.file+".new", []byte(to.String()+"\n"), 0o600); err != nil {
		return err
	}
	if err := os.Rename(p.file+".new", p.file); err != nil {
		return err
	}
	p.at = to
	return nil
}

// holdIfOlder has the engine hold what goes to users if the store is an older copy of
// itself: one that was fallen back to, or one that was put back by hand or by Redis and
// is behind what this process or the archive knows of it. The engine calls it with the
// lease, so that no two processes do.
func (p *position) holdIfOlder(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	head, err := p.store.Head(ctx)
	if err != nil {
		return err
	}
	older := p.older
	if older == "" {
		behind, err := p.wentBack(head.Off)
		if err != nil || !behind {
			return err
		}
		older = head.Off.At().In(p.zone).Format("2006-01-02 15:04")
	}
	if told, err := p.told(ctx, head.Off); err != nil || told {
		return err
	}
	c := headstart.Command{ID: "restored-" + rand.Text(), By: "headstart", Do: "restored", Text: older}
	if _, err := p.store.Append(ctx, []headstart.Append{{Data: headstart.NewRecord(time.Now(), headstart.Line{Command: &c}).Encode()}}); err != nil {
		return fmt.Errorf("take down that the store is an older copy: %w", err)
	}
	p.logger.Error("the store is an older copy of itself, so nothing is pushed to users; look at what is open, then run: headstart store release", "subject", older)
	p.older = ""
	return p.move(head.Off)
}

// wentBack reports whether the store stands before where it was. Only what is committed
// is archived, so of the archive every record counts.
func (p *position) wentBack(head headstart.Offset) (bool, error) {
	if p.at.At().Sub(head.At()) > olderBy {
		return true, nil
	}
	last, err := p.archive.Last()
	return head.Before(last), err
}

// told reports whether what is not decided yet says already that the store is older: a
// leader before us noticed and died.
func (p *position) told(ctx context.Context, after headstart.Offset) (bool, error) {
	for {
		entries, err := p.store.Read(ctx, after, 0, 0)
		if err != nil || len(entries) == 0 {
			return false, err
		}
		for _, e := range entries {
			if after = e.Off; saysRestored(e.Data) {
				return true, nil
			}
		}
	}
}

func saysRestored(record []byte) bool {
	rec, err := headstart.DecodeRecord(record)
	if err != nil {
		return false // the engine skips it too
	}
	return slices.ContainsFunc(rec.Lines, func(l headstart.Line) bool { return l.Command != nil && l.Command.Do == "restored" })
}

// storeRelease ends what holdIfOlder began.
func (p *program) storeRelease() *cobra.Command {
	var flags clientFlags
	cmd := &cobra.Command{
		Use:   "release",
		Short: "let messages to users go again after a restore",
		Long: `After a start from an older copy of the store nothing is pushed to users. Look first at what is open on
the board: it may be long over. Messages that waited are judged as they are now. The button on the page
Messages does the same.`,
		Example: "  headstart store release",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.act(cmd, &flags, "/api/v1/hush", headstart.Command{For: "0s", Text: "store release"})
		},
	}
	flags.add(cmd)
	return cmd
}
