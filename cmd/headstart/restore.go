package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
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

// holdIfOlder has the engine hold what goes to users if the store is an older copy of
// itself: one that was fallen back to, or one that was put back by hand or by Redis and
// is behind what the archive holds of it.
func holdIfOlder(ctx context.Context, cfg *configs.Config, st store.Store, older string, logger *slog.Logger) error {
	if older == "" {
		behind, err := behindArchive(ctx, cfg, st)
		if err != nil || behind.IsZero() {
			return err
		}
		older = behind.In(zoneOf(cfg)).Format("2006-01-02 15:04")
	}
	c := headstart.Command{ID: "restored-" + rand.Text(), By: "headstart", Do: "restored", Text: older}
	if _, err := st.Append(ctx, []headstart.Append{{Data: headstart.NewRecord(time.Now(), headstart.Line{Command: &c}).Encode()}}); err != nil {
		return fmt.Errorf("take down that the store is an older copy: %w", err)
	}
	logger.Error("the store is an older copy of itself, so nothing is pushed to users; look at what is open, then run: headstart store release", "subject", older)
	return nil
}

// behindArchive is up to when the store knows what happened, if the archive knows more:
// only what is committed is archived, so the store has gone back. Zero: it has not.
func behindArchive(ctx context.Context, cfg *configs.Config, st store.Store) (time.Time, error) {
	archive, err := openArchive(cfg)
	if archive == nil || err != nil {
		return time.Time{}, err
	}
	last, err := archive.Last()
	if err != nil {
		return time.Time{}, err
	}
	head, err := st.Head(ctx)
	if err != nil || !head.Off.Before(last) {
		return time.Time{}, err
	}
	return head.Off.At(), nil
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
