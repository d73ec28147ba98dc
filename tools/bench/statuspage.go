package main

import "context"

// statusPage measures what a reader's request for the public page costs, whole and
// with the tag of what he has, beside net/http serving the same bytes; and what many
// readers do to those who send alerts.
func (l *lab) statusPage(ctx context.Context) error {
	rates := map[string][]float64{}
	for range rounds {
		said, err := l.benchmark(ctx, "web", "^BenchmarkStatusPage$")
		if err != nil {
			return err
		}
		for _, name := range []string{"whole", "again", "peer"} {
			cost, err := parseBench(said, "BenchmarkStatusPage/"+name, "cpu-us/request")
			if err != nil {
				return err
			}
			rates[name] = append(rates[name], 1e6/cost)
		}
	}
	l.rows = append(l.rows,
		absolute("requests for the status page, each core", perSec, median(rates["whole"]), atLeast(5000)),
		compare("requests for the status page, each core", perSec, rates["whole"], rates["peer"], "net/http", none),
		absolute("the same by who has it already", perSec, median(rates["again"]), atLeast(5000)),
	)
	return l.readersBesideIngest(ctx)
}
