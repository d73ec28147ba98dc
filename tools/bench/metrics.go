package main

import (
	"fmt"
	"strconv"
	"strings"
)

// metric returns the value of a metric without labels.
func metric(text, name string) (float64, error) {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("/metrics has no %s", name)
}

// histogramQuantile is the value that a share of the observations of a histogram without
// labels is at most, between two bounds by a straight line as PromQL has it.
func histogramQuantile(text, name string, share float64) (float64, error) {
	all, err := metric(text, name+"_count")
	if err != nil {
		return 0, err
	}
	if all == 0 {
		return 0, fmt.Errorf("/metrics: %s has observed nothing", name)
	}
	lower, below := 0.0, 0.0
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, name+`_bucket{le="`)
		if !ok {
			continue
		}
		le, count, _ := strings.Cut(strings.TrimSpace(rest), `"} `)
		upper, err := strconv.ParseFloat(le, 64)
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseFloat(count, 64)
		if err != nil {
			return 0, err
		}
		if n >= share*all {
			return lower + (upper-lower)*(share*all-below)/(n-below), nil // infinite beyond the last bound
		}
		lower, below = upper, n
	}
	return 0, fmt.Errorf("/metrics: %s has no bucket for all", name)
}
