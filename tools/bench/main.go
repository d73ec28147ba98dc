// Command bench measures ingest, replay, commit, probes and memory of headstart beside
// redis-benchmark and Alertmanager, all in one run on one machine, and says
// which targets are met.
//
// Only ratios mean anything: figures that are compared were taken within
// seconds of each other. Everything runs on loopback in a temporary folder and
// is ended before the program returns. Linux only: processor time and memory of
// the servers come from /proc.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// limit bounds the whole run.
const limit = 15 * time.Minute

func main() {
	root := flag.String("root", "..", "`folder` of the module headstart")
	document := flag.String("write", "", "also write the result to this `file`, as Markdown")
	program := flag.String("program", "", "measure this `file` instead of what it builds: for pairs of an older program and a newer one")
	only := flag.String("only", "", "take one `step` alone, and write no document: ingest, stormposts, redissize, replicas, commit, replay, storm, matching, tell, statuspage, desk, fleet, coldstart, memory")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *root, *document, *only, *program); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// lab is where one run takes place.
type lab struct {
	root         string // of the module headstart
	dir          string // temporary
	headstart    string // the program under test; empty until it is built
	alertmanager string // its peer
	baseline     *server
	began        time.Time
	rows         []row
}

func run(ctx context.Context, root, document, only, program string) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	dir, err := os.MkdirTemp("", "headstart-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	l := &lab{root: root, dir: dir, headstart: program, began: time.Now()}
	if err := l.build(ctx); err != nil {
		return err
	}
	m, err := l.describe(ctx)
	if err != nil {
		return err
	}
	if l.baseline, err = l.redis(ctx, "redis baseline"); err != nil {
		return err
	}
	defer l.baseline.stop()
	for _, step := range []struct {
		name string
		take func(context.Context) error
	}{{"ingest", l.ingest}, {"stormposts", l.stormPosts}, {"redissize", l.redisSize}, {"replicas", l.replicas}, {"commit", l.commit}, {"replay", l.replay}, {"storm", l.storm}, {"matching", l.matching}, {"tell", l.tell}, {"statuspage", l.statusPage}, {"desk", l.desk}, {"fleet", l.fleet}, {"coldstart", l.coldStart}, {"memory", l.memory}} {
		if only != "" && step.name != only {
			continue
		}
		if err := step.take(ctx); err != nil {
			printTable(os.Stdout, l.rows) // what there is, but not as a document
			return err
		}
	}
	m.end(time.Since(l.began))
	fmt.Println()
	printTable(os.Stdout, l.rows)
	fmt.Printf("\n%s\n", m.summary())
	if document == "" || only != "" {
		return nil
	}
	return os.WriteFile(document, []byte(markdown(m, l.rows)), 0o644)
}

// build makes the two programs that are compared.
func (l *lab) build(ctx context.Context) error {
	l.say("build headstart and Alertmanager")
	if l.headstart == "" {
		if _, err := output(ctx, l.root, "make", "--no-print-directory", "build"); err != nil {
			return err
		}
		l.headstart = filepath.Join(l.root, "bin", "headstart")
	}
	folder, err := output(ctx, l.root, "tools/alertmanager.sh")
	if err != nil {
		return err
	}
	l.alertmanager = filepath.Join(folder, "alertmanager")
	return nil
}

// say reports progress.
func (l *lab) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%4.0f s  %s\n", time.Since(l.began).Seconds(), fmt.Sprintf(format, args...))
}
