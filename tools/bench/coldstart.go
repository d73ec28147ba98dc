package main

import (
	"context"
	"path/filepath"
)

// coldStart measures a start on the store of a large organisation, with the benchmark of
// the program's own tests, which writes it.
func (l *lab) coldStart(ctx context.Context) error {
	const pkg = "cmd/headstart"
	tests, err := l.testProgram(ctx, pkg)
	if err != nil {
		return err
	}
	program, err := filepath.Abs(l.headstart)
	if err != nil {
		return err
	}
	l.say("100,000 incidents, and a start on them")
	said, err := output(ctx, filepath.Join(l.root, pkg), tests, "-test.run", "^$",
		"-test.bench", "^BenchmarkColdStart$", "-test.benchtime", "1x", "-program", program)
	if err != nil {
		return err
	}
	figures := map[string]float64{}
	for _, unit := range []string{"s/start", "cpu-s/start", "B-resident"} {
		if figures[unit], err = parseBench(said, "BenchmarkColdStart", unit); err != nil {
			return err
		}
	}
	l.rows = append(l.rows,
		absolute("cold start to ready, embedded, 100,000 incidents", seconds, figures["s/start"], below(1)),
		absolute("CPU of it", seconds, figures["cpu-s/start"], none),
		absolute("resident until then, at most", mega, figures["B-resident"], none),
	)
	return nil
}
