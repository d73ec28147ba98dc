package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/incidents"
	"headstart/store"
)

func (p *program) storeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "store",
		Short:   "look into the store, forget what is in it, release it after a restore",
		Example: "  headstart store verify",
	}
	cmd.AddCommand(p.storeVerify(), p.storeExport(), p.storeForget(), p.storeRelease())
	return cmd
}

func (p *program) storeVerify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "read everything and say what is wrong",
		Long: `Reads log, archive, tables and outbox and prints what does not fit. The embedded store can
only be read while no service has it open. Exit code 0 if nothing is wrong, else 1.`,
		Example: "  headstart store verify",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(cfg *configs.Config, st store.Store) error {
				found, err := verify(cmd.Context(), cfg, st)
				if err != nil {
					return err
				}
				for _, f := range found {
					fmt.Fprintln(p.stdout, f)
				}
				if len(found) > 0 {
					return &exit{1, fmt.Sprintf("findings: %d; keep a copy of the store before you do anything", len(found))}
				}
				decided, err := decidedBy(cmd.Context(), st)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.stdout, "nothing wrong%s\n", decided)
				return err
			})
		},
	}
}

func (p *program) storeExport() *cobra.Command {
	var raw bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "write archive and log as a file that replay reads",
		Long: `Writes everything that happened as JSON lines. Names of people and things, texts and
addresses are replaced by stable pseudonyms that leave the decisions as they were. Readable stay
what decides: ids of the catalog (locations, departments, services, devices, known errors) and of
audiences, the names of all labels, the values of alertname, severity and of the labels that the
configuration or a silence matches on, and the rules of the configuration itself. Read the file
before it goes with a bug report. --raw writes everything as it is, which is taken down; keep that file to yourself.
The embedded store can only be read while no service has it open.`,
		Example: "  headstart store export > log.jsonl\n  headstart replay log.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(cfg *configs.Config, st store.Store) error {
				archive, err := openArchive(cfg)
				if err != nil {
					return err
				}
				missing, err := store.Whole(cmd.Context(), st, archive)
				if err != nil {
					return err
				}
				for _, m := range missing {
					_, _ = fmt.Fprintln(p.stderr, "not whole:", m)
				}
				if err := store.Export(cmd.Context(), st, archive, p.stdout, store.ExportOptions{Raw: raw}); err != nil || !raw {
					return err
				}
				return tellExport(cmd.Context(), st)
			})
		},
	}
	cmd.Flags().BoolVar(&raw, "raw", false, "write values as they are")
	return cmd
}

// tellExport has it taken down that somebody exported the log as it is; the engine does
// so when it next runs.
func tellExport(ctx context.Context, st store.Store) error {
	c := headstart.Command{ID: "export-" + rand.Text(), By: loginName(), Do: "export"}
	_, err := st.Append(ctx, []headstart.Append{{Data: headstart.NewRecord(time.Now(), headstart.Line{Command: &c}).Encode()}})
	return err
}

// loginName is who runs a command on this machine.
func loginName() string {
	u, err := user.Current()
	if err != nil {
		return "command line"
	}
	return u.Username
}

// withStore opens the store of the configuration, never making a new one.
func (p *program) withStore(cmd *cobra.Command, f func(*configs.Config, store.Store) error) (err error) {
	cfg, err := p.config(cmd)
	if err != nil {
		return err
	}
	if err := exists(cfg); err != nil {
		return err
	}
	logger, err := p.quietLogger()
	if err != nil {
		return err
	}
	st, err := openStore(cmd.Context(), cfg, logger, prometheus.NewRegistry())
	if errors.Is(err, store.ErrInUse) {
		return fmt.Errorf("%w; stop the service first, or ask it through its API: `headstart incidents list`, `headstart morning`", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return f(cfg, st)
}

// verify looks at the store and at what left it.
func verify(ctx context.Context, cfg *configs.Config, st store.Store) ([]string, error) {
	found, err := store.Verify(ctx, st)
	if err != nil {
		return nil, err
	}
	archive, err := openArchive(cfg)
	if err != nil {
		return found, err
	}
	more, err := store.Whole(ctx, st, archive)
	return append(found, more...), err
}

// decidedBy says what decided what is stored; "" before anything was.
func decidedBy(ctx context.Context, st store.Store) (string, error) {
	val, err := st.Get(ctx, headstart.TableClock, "engine")
	if err != nil || val == nil {
		return "", err
	}
	s, err := incidents.ReadStanding(headstart.Row{Key: "engine", Val: val})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("; decisions %d, by rules of version %d, configuration %s", s.Decisions, s.Engine, cmp.Or(s.Rules, "unnamed")), nil
}

// openArchive opens the archive; nil if nothing was archived yet.
func openArchive(cfg *configs.Config) (*store.Archive, error) {
	_, err := os.Stat(archiveDir(cfg))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // looking must not make one
	}
	if err != nil {
		return nil, err
	}
	return store.OpenArchive(archiveDir(cfg))
}

// exists says that there is no embedded store yet; looking must not make one.
func exists(cfg *configs.Config) error {
	if cfg.Store.Mode != "embedded" {
		return nil
	}
	if _, err := os.Stat(boltFile(cfg)); err != nil {
		return fmt.Errorf("%w; no service has run with this data_dir yet", err)
	}
	return nil
}
