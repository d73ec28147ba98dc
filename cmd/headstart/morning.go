package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"headstart"
	"headstart/configs"
	"headstart/store"
	"headstart/web"
)

// lastSeen is the --since that begins where this login last read.
const lastSeen = "last-seen"

// morningFlags are what to report, and how.
type morningFlags struct {
	at, since, format, lang string
	width                   int
	ascii, standup          bool
	color                   bool // the output is a terminal that shows colours
}

func (p *program) morningCommand() *cobra.Command {
	var flags morningFlags
	var where clientFlags
	cmd := &cobra.Command{
		Use:   "morning",
		Short: "what happened since work ended, what is broken now, what to do first",
		Long: `Asks the running service. Without one it reads the embedded store itself; what the
probes last saw is then missing, and so is the age of the sources. --since last-seen
begins where you last read it, and notes that you have read it now. Exit code 0 quiet,
1 attention, 2 urgent, 3 no report could be made.`,
		Example: `  headstart morning
  headstart morning --lang en --width 100
  headstart morning --since last-seen
  headstart morning --standup --ascii
  headstart morning --at 2026-11-23T08:00:00+01:00 --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			flags.color = flags.format == "text" && !flags.ascii && colourful(p.stdout, os.Getenv)
			body, level, err := p.morning(cmd, flags, where)
			if err != nil {
				return &exit{3, err.Error()}
			}
			if err := p.raw(body); err != nil {
				return &exit{3, err.Error()}
			}
			if level != 0 {
				return &exit{code: level}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.at, "at", "", "`time` to report for, RFC 3339 (default now)")
	f.StringVar(&flags.since, "since", "", "`time` to begin at, RFC 3339, or last-seen (default: when work last ended)")
	f.StringVar(&flags.format, "format", "text", "text, html (a mail), json, md or teams")
	f.BoolVar(&flags.standup, "standup", false, "the short edition, which marks what is new since report.at")
	f.StringVar(&flags.lang, "lang", "", "nl or en (default: the configuration's)")
	f.IntVar(&flags.width, "width", 80, "columns of the text, 40 to 400")
	f.BoolVar(&flags.ascii, "ascii", false, "no other signs than ASCII")
	where.add(cmd)
	return cmd
}

func (f morningFlags) validate() error {
	for name, at := range map[string]string{"at": f.at, "since": f.since} {
		if at == "" || name == "since" && at == lastSeen {
			continue
		}
		if _, err := time.Parse(time.RFC3339, at); err != nil {
			return fmt.Errorf("--%s is %q; write a time as 2026-11-23T08:00:00+01:00", name, at)
		}
	}
	switch {
	case !slices.Contains([]string{"text", "html", "json", "md", "teams"}, f.format):
		return fmt.Errorf("--format is %q; write text, html, json, md or teams", f.format)
	case f.lang != "" && f.lang != "nl" && f.lang != "en":
		return fmt.Errorf("--lang is %q; write nl or en", f.lang)
	case f.width < 40 || f.width > 400:
		return fmt.Errorf("--width is %d; set 40 to 400", f.width)
	}
	return nil
}

// path is the request for the same report.
func (f morningFlags) path() string {
	q := url.Values{"format": {f.format}, "width": {strconv.Itoa(f.width)}}
	for name, v := range map[string]string{"at": f.at, "since": f.since, "lang": f.lang} {
		if v != "" {
			q.Set(name, v)
		}
	}
	for name, set := range map[string]bool{"ascii": f.ascii, "color": f.color} {
		if set {
			q.Set(name, "true")
		}
	}
	if f.standup {
		q.Set("edition", string(headstart.EditionStandup))
	}
	return "/api/v1/morning?" + q.Encode()
}

func (p *program) morning(cmd *cobra.Command, flags morningFlags, where clientFlags) (body []byte, level int, err error) {
	if err := flags.validate(); err != nil {
		return nil, 0, err
	}
	cfg, err := p.config(cmd)
	if err != nil {
		return nil, 0, err
	}
	c, err := where.client(cfg)
	if err != nil {
		return nil, 0, err
	}
	body, header, err := c.call(cmd.Context(), http.MethodGet, flags.path(), nil)
	if down := (*unreachable)(nil); errors.As(err, &down) && where.url == "" && cfg.Store.Mode == "embedded" {
		return p.morningFromStore(cmd.Context(), cfg, flags, err)
	}
	if err != nil {
		return nil, 0, err
	}
	if level, err = strconv.Atoi(header.Get(web.ReportLevel)); err != nil {
		return nil, 0, errors.New("the service did not say how urgent its report is; is it another version? compare `headstart version`")
	}
	if flags.since == lastSeen {
		if _, err := c.post(cmd.Context(), "/api/v1/morning/seen", map[string]string{"at": header.Get(web.ReportAt)}); err != nil {
			return nil, 0, fmt.Errorf("note that you have read it: %w", err)
		}
	}
	return body, level, nil
}

// morningFromStore makes the report without a service. why is the error of
// asking one.
func (p *program) morningFromStore(ctx context.Context, cfg *configs.Config, flags morningFlags, why error) ([]byte, int, error) {
	if flags.since == lastSeen {
		return nil, 0, errors.Join(why, errors.New("--since last-seen asks a running service, which knows who you are; write a time instead"))
	}
	if err := exists(cfg); err != nil {
		return nil, 0, errors.Join(why, err)
	}
	logger, err := p.quietLogger()
	if err != nil {
		return nil, 0, err
	}
	st, err := openStore(ctx, cfg, logger, prometheus.NewRegistry())
	if err != nil {
		return nil, 0, errors.Join(why, err)
	}
	defer func() { _ = st.Close() }()
	view, err := snapshot(ctx, st)
	if err != nil {
		return nil, 0, err
	}
	fmt.Fprintln(p.stderr, "no service answers; this is what the store knows, without the last checks")
	ask := headstart.ReportAsk{
		Format: headstart.ReportFormat(flags.format), Lang: flags.lang, Width: flags.width, ASCII: flags.ascii, Color: flags.color,
	}
	ask.At, _ = time.Parse(time.RFC3339, flags.at)       // validated; empty: now
	ask.Since, _ = time.Parse(time.RFC3339, flags.since) // likewise; empty: when work ended
	if flags.standup {
		ask.Edition = headstart.EditionStandup
	}
	m := &mornings{cfg: cfg, view: view, checks: func() []headstart.CheckResult { return nil }, titles: ticketTitles(st)}
	answer, err := m.make(ctx, ask)
	return answer.Body, answer.Level, err
}

// colourful reports whether w is a terminal that wants colours: any value of NO_COLOR
// says that it does not (no-color.org), and a dumb terminal shows none.
func colourful(w io.Writer, environ func(string) string) bool {
	f, ok := w.(*os.File)
	return ok && environ("NO_COLOR") == "" && environ("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// snapshot fills a view once.
func snapshot(ctx context.Context, st store.Store) (*headstart.View, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	view := headstart.NewView()
	followed := make(chan error, 1)
	go func() { followed <- store.Follow(ctx, st, view, slog.New(slog.DiscardHandler)) }()
	for {
		moved := view.Moved() // before looking, or a move between the two goes unseen
		if view.Ready() {
			break
		}
		select {
		case err := <-followed:
			return nil, fmt.Errorf("read the store: %w", errors.Join(err, ctx.Err()))
		case <-moved:
		}
	}
	cancel()
	return view, <-followed
}
