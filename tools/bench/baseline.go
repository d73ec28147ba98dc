package main

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
)

// xadd is the yardstick of everything that is written: how many entries of 500
// bytes a second Redis itself takes, from 50 connections, 64 at a time.
func (l *lab) xadd(ctx context.Context) (float64, error) {
	const entries = 200_000
	host, port, err := net.SplitHostPort(l.baseline.addr)
	if err != nil {
		return 0, err
	}
	said, err := output(ctx, "", "redis-benchmark", "-h", host, "-p", port, "-c", "50", "-P", "64",
		"-n", strconv.Itoa(entries), "-q", "XADD", "key", "*", "d", strings.Repeat("x", 500))
	if err != nil {
		return 0, err
	}
	if _, err := redisCLI(ctx, l.baseline.addr, "DEL", "key"); err != nil {
		return 0, err
	}
	return parseBenchmark(said)
}

var perSecond = regexp.MustCompile(`([0-9]+(?:\.[0-9]+)?) requests per second`)

// parseBenchmark returns the rate in the output of `redis-benchmark -q`. What it
// writes over itself while it runs comes before the result.
func parseBenchmark(said string) (float64, error) {
	found := perSecond.FindAllStringSubmatch(said, -1)
	if len(found) == 0 {
		return 0, fmt.Errorf("redis-benchmark wrote %q; expected `N requests per second`", said)
	}
	return strconv.ParseFloat(found[len(found)-1][1], 64)
}
