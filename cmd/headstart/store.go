package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/store"
)

func (p *program) storeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "store",
		Short:   "look into the store",
		Example: "  headstart store verify",
	}
	cmd.AddCommand(p.storeVerify(), p.storeExport())
	return cmd
}

func (p *program) storeVerify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "read everything and say what is wrong",
		Long: `Reads log, tables and outbox and prints what does not fit. The embedded store can
only be read while no service has it open. Exit code 0 if nothing is wrong, else 1.`,
		Example: "  headstart store verify",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(st store.Store) error {
				found, err := store.Verify(cmd.Context(), st)
				if err != nil {
					return err
				}
				for _, f := range found {
					fmt.Fprintln(p.stdout, f)
				}
				if len(found) > 0 {
					return &exit{1, fmt.Sprintf("%d findings; keep a copy of the store before you do anything", len(found))}
				}
				_, err = fmt.Fprintln(p.stdout, "nothing wrong")
				return err
			})
		},
	}
}

func (p *program) storeExport() *cobra.Command {
	var raw bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "write the log as a file that replay reads",
		Long: `Writes the log as JSON lines. It holds host names, label values and hashed
requesters as they are, so it asks for --raw; an export with pseudonyms comes later.`,
		Example: "  headstart store export --raw > log.jsonl\n  headstart replay log.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !raw {
				return &exit{1, "an export with pseudonyms is not in this version; --raw writes everything as it is, keep that file to yourself"}
			}
			return p.withStore(cmd, func(st store.Store) error { return export(cmd.Context(), st, p.stdout) })
		},
	}
	cmd.Flags().BoolVar(&raw, "raw", false, "write values as they are")
	return cmd
}

// withStore opens the store of the configuration, never making a new one.
func (p *program) withStore(cmd *cobra.Command, f func(store.Store) error) (err error) {
	cfg, err := p.config(cmd)
	if err != nil {
		return err
	}
	if err := exists(cfg); err != nil {
		return err
	}
	logger, err := p.logger()
	if err != nil {
		return err
	}
	st, err := openStore(cmd.Context(), cfg, logger, prometheus.NewRegistry())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return f(st)
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

// export writes the log as FileLines, oldest first. Where its beginning has been
// trimmed, the configuration in force then is written first, so that a replay
// starts from what the engine knew.
func export(ctx context.Context, st store.Store, out io.Writer) error {
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	var after headstart.Offset
	first := true
	for {
		entries, err := st.Read(ctx, after, 256, 0)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			return w.Flush()
		}
		for _, e := range entries {
			rec, err := headstart.DecodeRecord(e.Data)
			if err != nil {
				return fmt.Errorf("record %s: %w", e.Off, err)
			}
			for _, ev := range rec.Events(e.Off) {
				if first && ev.Config == nil {
					if err := writeConfig(ctx, st, enc, ev); err != nil {
						return err
					}
				}
				first = false
				line := headstart.FileLine{At: ev.At, Line: ev.Line}
				if !ev.Received.Equal(ev.At) {
					line.Received = ev.Received
				}
				if err := enc.Encode(line); err != nil {
					return err
				}
			}
			after = e.Off
		}
	}
}

func writeConfig(ctx context.Context, st store.Store, enc *json.Encoder, ev headstart.Event) error {
	b, err := st.Get(ctx, headstart.TableConfig, "current")
	if err != nil || b == nil {
		return err
	}
	var c headstart.LogConfig
	if err := json.Unmarshal(b, &c); err != nil {
		return fmt.Errorf("row %s/current: %w", headstart.TableConfig, err)
	}
	c.Ticks = true
	return enc.Encode(headstart.FileLine{At: ev.At, Line: headstart.Line{Config: &c}})
}
