package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/correlate"
	"headstart/incidents"
	"headstart/store"
	"headstart/web"
)

func (p *program) storeForget() *cobra.Command {
	var flags clientFlags
	var r web.ForgetRequest
	cmd := &cobra.Command{
		Use:   "forget",
		Short: "forget a ticket, or all that somebody reported",
		Long: `Deletes titles and texts, links, what was learned from them, and what still waits to be
written into tickets, and with an address its subscription to a status page; log and archive are written anew without them. Counts stay, such as how many
tickets an incident had. A forgotten ticket is not read again. It then prints what is out of reach:
the ticket system itself, words that people typed, copies of your own. That somebody asked is kept
for retention.audit, not whom it was about. Asking again does no harm.

A running service is asked; without one the store is opened, and the engine runs until it has
forgotten. Messages that were due meanwhile wait for the next start of the service.`,
		Example: `  headstart store forget --ticket rt/101
  headstart store forget --requester j.jansen
  headstart store forget --email j.jansen@example.org`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			done, err := p.forget(cmd, &flags, r)
			if err != nil {
				return err
			}
			return writeForgotten(p.stdout, done)
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&r.Ticket, "ticket", "", "`SOURCE/ID` of a ticket")
	cmd.Flags().StringVar(&r.Requester, "requester", "", "`ID` of somebody in the ticket system, or their hash as an export --raw shows it")
	cmd.Flags().StringVar(&r.Email, "email", "", "`ADDRESS` of somebody: what they reported by it, and every text that holds it")
	cmd.MarkFlagsOneRequired("ticket", "requester", "email")
	cmd.MarkFlagsMutuallyExclusive("ticket", "requester", "email")
	return cmd
}

// forgetFor is how long forgetting may take: an archive of a big organisation is read
// and written once.
const forgetFor = 15 * time.Minute

// forget asks the running service, or does it where there is none.
func (p *program) forget(cmd *cobra.Command, flags *clientFlags, r web.ForgetRequest) (done web.Forgotten, err error) {
	cl, err := p.client(cmd, flags)
	if err != nil {
		return done, err
	}
	cl.http.Timeout = forgetFor
	answer, err := cl.post(cmd.Context(), "/api/v1/forget", r)
	var away *unreachable
	if errors.As(err, &away) && flags.url == "" {
		return p.forgetAlone(cmd, r)
	}
	if err != nil {
		return done, err
	}
	return done, json.Unmarshal(answer, &done)
}

// forgetAlone opens the store and lets an engine run until it has forgotten.
func (p *program) forgetAlone(cmd *cobra.Command, r web.ForgetRequest) (done web.Forgotten, err error) {
	r.By, r.ID = loginName(), "forget-"+rand.Text()
	err = p.withStore(cmd, func(cfg *configs.Config, st store.Store) error {
		ctx, stop := context.WithCancel(cmd.Context())
		var running sync.WaitGroup
		defer running.Wait()
		defer stop()
		f, parts, err := p.engineAlone(cfg, st)
		if err != nil {
			return err
		}
		for _, run := range parts {
			running.Go(func() { _ = run(ctx) }) // each returns nil, once ctx ends
		}
		if err := f.await(ctx); err != nil {
			return err
		}
		done, err = f.forget(ctx, r)
		return err
	})
	return done, err
}

// engineAlone draws no more than what forgetting needs: the engine and the view.
func (p *program) engineAlone(cfg *configs.Config, st store.Store) (*forgetter, []func(context.Context) error, error) {
	logger, err := p.quietLogger()
	if err != nil {
		return nil, nil, err
	}
	key, err := secretKey(cfg)
	if err != nil {
		return nil, nil, err
	}
	archive, err := store.OpenArchive(archiveDir(cfg))
	if err != nil {
		return nil, nil, err
	}
	appender, view := store.NewAppender(st), headstart.NewView()
	engine := incidents.New(incidents.Options{
		Store: st, NewCorrelator: func() incidents.Correlator { return correlate.NewState() }, Makers: makers(),
		Owner: owner("store forget"), Logger: logger, Registerer: prometheus.NewRegistry(),
	})
	keeper := store.NewKeeper(store.KeeperOptions{
		Store: st, Archive: archive, Keep: time.Duration(cfg.Store.Keep), ArchiveKeep: time.Duration(cfg.Archive.Keep), Leading: engine.Leading, Logger: logger,
	})
	desk := &incidents.Desk{Append: appender.Append, View: view, Patience: forgetFor}
	subscribers, err := subscriptionsOf(context.Background(), cfg, st, &letterBox{}, engine.Leading, logger, prometheus.NewRegistry())
	if err != nil {
		return nil, nil, err
	}
	f := &forgetter{cfg: cfg, store: st, keeper: keeper, view: view, key: key, do: desk.Do, leading: engine.Leading, subscribers: subscribers}
	return f, []func(context.Context) error{
		appender.Run, engine.Run, func(ctx context.Context) error { return store.Follow(ctx, st, view, logger) },
	}, nil
}

// await waits until the engine leads and the view shows what it has.
func (f *forgetter) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !f.leading() || !f.view.Ready() {
		select {
		case <-ctx.Done():
			return errors.New("another process leads this store; name its address with --url")
		case <-look.C:
		}
	}
	return nil
}

// writeForgotten says what was forgotten, and what is out of reach.
func writeForgotten(w io.Writer, done web.Forgotten) error {
	_, err := fmt.Fprintf(w, "forgotten: tickets %d, texts that held the address %d, lines of log and archive %d\n", done.Tickets, done.Texts, done.Lines)
	if done.Subscribed {
		_, more := fmt.Fprintln(w, "forgotten: mail from the status page, and the address")
		err = errors.Join(err, more)
	}
	for _, r := range done.Remains {
		text := fmt.Sprintf(remainsWords[r.Where], r.Name)
		if r.Until != nil {
			text += ", until " + r.Until.Format("2006-01-02")
		}
		_, more := fmt.Fprintln(w, "left: "+text)
		err = errors.Join(err, more)
	}
	return err
}

// remainsWords say where something is left; %s is its name.
var remainsWords = map[string]string{
	"ticket_system":    "%s itself; forget it there too",
	"folder":           "the files you export for %s; they are yours to delete",
	"timeline":         "what people typed into %s holds the address, and goes with the incident (retention.incidents)",
	"exports":          "%s, which names it; take its lines out, or delete the file",
	"exports_unread":   "files of retention.export_dir that could not be looked at: %s",
	"desk_notes":       "notes of the desk hold the address%s; they go a while after they are over (retention.titles)",
	"append_only_file": "the append-only file of Redis%s, for as long as the rewrite that was asked for takes",
	"dump_file":        "a dump file of Redis%s, until its next save",
	"backups":          "copies and exports you made%s, and what was sent by mail and to other systems",
}
