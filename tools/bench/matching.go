package main

import "context"

// matching measures what tickets cost beside 500 open incidents, with the benchmarks
// of package correlate: one that arrives, and 10,000 that are matched anew.
func (l *lab) matching(ctx context.Context) error {
	said, err := l.benchmark(ctx, "correlate", "^(BenchmarkMatchTicket|BenchmarkRematch)$")
	if err != nil {
		return err
	}
	one, err := parseBench(said, "BenchmarkMatchTicket", "cpu-us/ticket")
	if err != nil {
		return err
	}
	all, err := parseBench(said, "BenchmarkRematch", "cpu-s/rematch")
	if err != nil {
		return err
	}
	l.rows = append(l.rows,
		absolute("CPU of one ticket beside 500 open incidents", micros, one/1e6, below(0.0002)),
		absolute("CPU of 10,000 tickets matched anew with 500 incidents", seconds, all, below(2)),
	)
	return nil
}
