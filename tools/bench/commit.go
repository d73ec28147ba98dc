package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// commit measures the commit of 64 incidents with the benchmark of package
// store, which has the contract on its side: fencing, outbox and feed included.
func (l *lab) commit(ctx context.Context) error {
	l.say("build the benchmark of the store")
	program := filepath.Join(l.dir, "store.test")
	if _, err := output(ctx, l.root, "go", "test", "-c", "-o", program, "./store"); err != nil {
		return err
	}
	rates := map[string][]float64{}
	var baselines []float64
	for round := range rounds {
		l.say("commit, round %d of %d", round+1, rounds)
		baseline, err := l.xadd(ctx)
		if err != nil {
			return err
		}
		baselines = append(baselines, baseline)
		said, err := output(ctx, filepath.Join(l.root, "store"), program, "-test.run", "^$", "-test.bench", "^BenchmarkCommit$", "-test.benchtime", "1s")
		if err != nil {
			return err
		}
		for _, store := range []string{"redis", "bbolt"} {
			rate, err := parseBench(said, "BenchmarkCommit/"+store+"/64", "incidents/s")
			if err != nil {
				return err
			}
			rates[store] = append(rates[store], rate)
		}
	}
	l.rows = append(l.rows,
		compare("commit of 64 incidents, Redis", perSec, rates["redis"], baselines, "XADD", atLeast(1)),
		compare("commit of 64 incidents, embedded", perSec, rates["bbolt"], baselines, "XADD", none),
	)
	return nil
}

// parseBench returns one figure of one benchmark in the output of `go test
// -bench`: a line holds the name, the count, and pairs of figure and unit.
func parseBench(said, name, unit string) (float64, error) {
	for line := range strings.Lines(said) {
		fields := strings.Fields(line)
		if len(fields) < 4 || trimProcs(fields[0]) != name {
			continue
		}
		for i := 2; i+1 < len(fields); i += 2 {
			if fields[i+1] == unit {
				return strconv.ParseFloat(fields[i], 64)
			}
		}
	}
	return 0, fmt.Errorf("go test -bench has no %s of %s:\n%s", unit, name, said)
}

// trimProcs takes off the -2 of a run on two processors.
func trimProcs(name string) string {
	head, tail, ok := cutLast(name, "-")
	if _, err := strconv.Atoi(tail); !ok || err != nil {
		return name
	}
	return head
}
