package main

import (
	"context"
	"path/filepath"
)

// coldStart measures starts on the store of a large organisation, with the benchmarks of
// the program's own tests, which write it.
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
	for _, start := range []struct {
		bench, what string
		target      target
	}{
		{"BenchmarkColdStart", "cold start to ready, embedded, 100,000 incidents", below(1)},
		{"BenchmarkRestore", "the same, after the file was copied to its place", none},
		{"BenchmarkColdStartRedis", "cold start to ready, Redis, 20,000 incidents", none},
	} {
		l.say("%s", start.what)
		said, err := output(ctx, filepath.Join(l.root, pkg), tests, "-test.run", "^$",
			"-test.bench", "^"+start.bench+"$", "-test.benchtime", "1x", "-program", program)
		if err != nil {
			return err
		}
		figures := map[string]float64{}
		for _, unit := range []string{"s/start", "cpu-s/start", "B-resident"} {
			if figures[unit], err = parseBench(said, start.bench, unit); err != nil {
				return err
			}
		}
		l.rows = append(l.rows,
			absolute(start.what, seconds, figures["s/start"], start.target),
			absolute("CPU of it", seconds, figures["cpu-s/start"], none),
			absolute("resident until then, at most", mega, figures["B-resident"], none),
		)
	}
	return nil
}
