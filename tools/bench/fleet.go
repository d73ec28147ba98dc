package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// watched is how long each fleet of 50,000 probes a minute is looked at, after its
// start: not the whole minute, but at the pace of one.
const watched = 15 * time.Second

// fleet measures the prober with the benchmarks of packages probes and icmp, each kind
// in a process of its own, and `check` as a newcomer runs it.
func (l *lab) fleet(ctx context.Context) error {
	program, err := l.testProgram(ctx, "probes")
	if err != nil {
		return err
	}
	var size float64
	for _, kind := range []struct {
		name, what string
		most       float64 // percent of one core
	}{
		{"noop", "50,000 probes a minute that do nothing", 5},
		{"icmp", "50,000 icmp a minute, three echoes each", 10},
		{"tcp", "50,000 tcp a minute", 15},
		{"http", "50,000 http a minute, through blackbox", 40},
	} {
		l.say("50,000 probes a minute, %s", kind.name)
		said, err := output(ctx, filepath.Join(l.root, "probes"), program, "-test.run", "^$",
			"-test.bench", "^BenchmarkFleet$/^"+kind.name+"$", "-test.benchtime", "1x", "-measured", watched.String())
		if err != nil {
			return err
		}
		figures := map[string]float64{}
		for _, unit := range []string{"%core", "B-resident", "late", "runs"} {
			if figures[unit], err = parseBench(said, "BenchmarkFleet/"+kind.name, unit); err != nil {
				return err
			}
		}
		size = max(size, figures["B-resident"])
		l.rows = append(l.rows,
			absolute(kind.what+", of one core", percent, figures["%core"], below(kind.most)),
			absolute(fmt.Sprintf("of %s of these runs, begun over 100 ms late", grouped(figures["runs"])), grouped, figures["late"], atMost(0)),
		)
	}
	l.rows = append(l.rows, absolute("resident with 50,000 probes, the most of these kinds", mega, size, below(60e6)))
	if err := l.sweep(ctx); err != nil {
		return err
	}
	return l.checkOnce(ctx)
}

// sweep compares the shared socket with fping.
func (l *lab) sweep(ctx context.Context) error {
	said, err := l.benchmark(ctx, filepath.Join("probes", "icmp"), "^BenchmarkSweep$")
	if err != nil {
		return err
	}
	var cost [2]float64
	for i, name := range []string{"headstart", "fping"} {
		if cost[i], err = parseBench(said, "BenchmarkSweep/"+name, "cpu-us/echo"); err != nil {
			return err
		}
	}
	l.rows = append(l.rows, compare("CPU per echo, 2,000 hosts", micros, one(cost[0]/1e6), one(cost[1]/1e6), "fping", atMost(3)))
	return nil
}

// checkOnce times `check` on the quick start while that runs.
func (l *lab) checkOnce(ctx context.Context) error {
	l.say("check on the quick start")
	file := ""
	s, err := l.start(ctx, "quick start", func(dir, addr string) ([]string, error) {
		file = filepath.Join(dir, "quickstart.yml")
		for _, name := range []string{"quickstart.yml", "quickstart-catalog.yml", "quickstart-blackbox.yml"} {
			b, err := os.ReadFile(filepath.Join(l.root, "configs", name))
			if err != nil {
				return nil, err
			}
			text := strings.NewReplacer("127.0.0.1:8480", addr, "data_dir: data", "data_dir: "+filepath.Join(dir, "data")).Replace(string(b))
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				return nil, err
			}
		}
		return []string{l.headstart, "serve", "--config", file}, nil
	}, serves)
	if err != nil {
		return err
	}
	defer s.stop()
	var took []float64
	for range rounds {
		began := time.Now()
		// Its exit code is that of the worst found: whether this machine's gateway and
		// resolver answer is not what is measured.
		var exit *exec.ExitError
		if _, err := output(ctx, "", l.headstart, "--config", file, "check"); err != nil && !errors.As(err, &exit) {
			return err
		}
		took = append(took, time.Since(began).Seconds())
	}
	l.rows = append(l.rows, absolute("check on the quick start", seconds, median(took), below(2)))
	return nil
}
