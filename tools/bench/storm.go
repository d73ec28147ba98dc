package main

import (
	"context"
	"fmt"
	"path/filepath"
)

// storm measures what a storm costs, with the benchmarks of packages correlate and
// incidents: as organisations grow, and through the whole fold.
func (l *lab) storm(ctx context.Context) error {
	curve, err := l.benchmark(ctx, "correlate", "^BenchmarkStormCurve$")
	if err != nil {
		return err
	}
	var first float64
	for _, assets := range []string{"1000", "3000", "10000", "30000", "100000"} {
		name := "BenchmarkStormCurve/" + assets
		spent, err := parseBench(curve, name, "cpu-ns/event")
		if err != nil {
			return err
		}
		if first == 0 {
			first = spent
		}
		l.rows = append(l.rows, compare(fmt.Sprintf("CPU per event of a storm among %s devices", assets), micros, []float64{spent / 1e9}, []float64{first / 1e9}, "at 1000", atMost(1.5)))
	}
	size, err := parseBench(curve, "BenchmarkStormCurve/10000", "B/problem")
	if err != nil {
		return err
	}
	took, worst, err := l.wholeStorm(ctx)
	if err != nil {
		return err
	}
	l.rows = append(l.rows,
		absolute("engine state of an open problem, its labels left out", kilo, size, below(1000)),
		absolute("a storm of 50,233 folded, one incident", seconds, median(took), below(1)),
		absolute("the worst step of it", seconds, median(worst), below(0.02)),
	)
	return nil
}

// storms is how often the whole fold is measured: one is over in a second, and what else
// the machine does in that second is luck.
const storms = 5

// wholeStorm returns the seconds each storm took, and its worst step.
func (l *lab) wholeStorm(ctx context.Context) (took, worst []float64, err error) {
	for n := range storms {
		l.say("storm %d of %d", n+1, storms)
		said, err := l.benchmark(ctx, "incidents", "^BenchmarkStorm$")
		if err != nil {
			return nil, nil, err
		}
		whole, err := parseBench(said, "BenchmarkStorm/50233", "s/storm")
		if err != nil {
			return nil, nil, err
		}
		step, err := parseBench(said, "BenchmarkStorm/50233", "worst-step-us")
		if err != nil {
			return nil, nil, err
		}
		took, worst = append(took, whole), append(worst, step/1e6)
	}
	return took, worst, nil
}

// benchmark runs benchmarks of a package once each and returns what they said.
func (l *lab) benchmark(ctx context.Context, pkg, pattern string) (string, error) {
	l.say("benchmarks of %s", pkg)
	program, err := l.testProgram(ctx, pkg)
	if err != nil {
		return "", err
	}
	return output(ctx, filepath.Join(l.root, pkg), program, "-test.run", "^$", "-test.bench", pattern, "-test.benchtime", "1x")
}

// testProgram builds the tests of a package.
func (l *lab) testProgram(ctx context.Context, pkg string) (string, error) {
	program := filepath.Join(l.dir, filepath.Base(pkg)+".test")
	_, err := output(ctx, l.root, "go", "test", "-c", "-o", program, "./"+filepath.ToSlash(pkg))
	return program, err
}
