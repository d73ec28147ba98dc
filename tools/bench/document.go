package main

import (
	"fmt"
	"strings"
)

const preamble = `# Benchmarks

Written by ` + "`make bench`" + `; do not edit. Ratios count: absolute figures move with the machine, and
what is compared was taken within seconds of each other. A row without a target is there for
comparison. Medians of %d rounds (repeats: %d); one run where memory, or a sum over rounds, is
measured.

| | |
|---|---|
`

const explained = `
- **XADD** is ` + "`redis-benchmark -c 50 -P 64 XADD key * d <500 bytes>`" + ` against a Redis of its own, and the 1.00
  of rows that name it. Every Redis: append-only file, synced each second, never evicting.
- **Alerts** have 15 labels, 64 of them in a request, %d requests at a time, over HTTP until 200. The
  client shares the machine with the servers. headstart answers when an alert is durable;
  Alertmanager keeps none.
- **Repeats** are %s alerts sent %d times more, each time with a later end. Prometheus's minute
  takes 3 s here, its promise of four minutes 12 s, so that refreshes fall due as often as in life.
- **CPU** is that of headstart or Alertmanager alone, from the first request until nothing is left to
  do, deciding included; of repeats also while requests were under way. Redis is another process
  and not counted. headstart settles in 1 s here, not in 60, so that each figure pays for itself.
- **always + 1 replica**: both Redis sync before they answer and the replica has confirmed.
- **Replicas**: two Prometheus send 512 alerts to all three at once, twelve times, each time with a later end, as above;
  beside them one replica is sent the same. A line is an alert written whole, or one refresh.
- **Redis, for 1,000 alerts**: used_memory of a Redis of its own before and after %s alerts of one outage that fired and ended,
  their labels those of the ingest rows; with their part of the log, which is trimmed later.
- **Readers** ask for the public page with the tag of what they have, 667 a second, while alerts none of which was seen before are
  sent, 16 requests a second, in passes of %s with readers and without by turns; embedded. Requests are sent when
  they are due, and time counts from then; readers share connections, which stay open. CPU is that of the service with readers alone.
- **A storm's requests**: 50,000 alerts of 10,000 hosts, %d at a time and as fast as they are answered, to a service that knows those hosts.
- **Deadline to tick** is headstart_deadline_delay_seconds of the service under the load of the row above it, between its bounds by a straight line.
- **Replay** is ` + "`headstart replay`" + ` of a generated log, from its start to its end, reading included: 10,000
  hosts with five alerts each, and their core last.
- **Storm** is ` + "`BenchmarkStormCurve`" + ` of package correlate and ` + "`BenchmarkStorm`" + ` of package incidents: every device of a
  generated organisation reported within 45 seconds, its core last, rows written as a commit takes them: in the
  second beside the fold, as in the service, for a store that takes no time.
  CPU per event is the median of as many storms as make 100,000 events, three at least, collections of garbage included.
- **Tickets** are matched by ` + "`BenchmarkMatchTicket`" + ` and ` + "`BenchmarkRematch`" + ` of package correlate, rows included,
  in an organisation of 64 services, 40 places and 500 devices.
- **Commit** is ` + "`BenchmarkCommit`" + ` of package store, incidents a second against entries a second.
- **Desk**: unrelated devices of as many places failed, with nobody to be told; of each page the median of 20 looks, one
  after the other, of the morning report, which is kept for five seconds, that of eight made anew; of the board the time from sending an act until its stream says something new.
- **50,000 a minute** is ` + "`BenchmarkFleet`" + ` of package probes: real probes at their real pace, each kind in a process
  of its own, watched for %s after the start, when every probe has been answered once. HTTP and TCP go to another
  process, echoes to the kernel; CPU and memory are those of the prober, replies of the kernel included.
- **Cold start** is ` + "`BenchmarkColdStart`" + ` of the program's tests: from its start until ` + "`/-/ready`" + `, on a file that was
  written just before and is still in the machine's memory. Of the incidents, all of them over, 2,000 are decided by the engine, and the
  others are copies of their rows under other numbers. The copying of a file ends when it is on the disk.
- **Memory**: alerts with 6 labels and 2 annotations, embedded store; the heap is what a collection
  left, without what is there when idle.
`

// markdown is the document of a run.
func markdown(m *machine, rows []row) string {
	var b strings.Builder
	fmt.Fprintf(&b, preamble, rounds, repeats)
	for _, p := range [][2]string{
		{"when", m.at.UTC().Format("2006-01-02 15:04 MST") + ", " + m.took.String()},
		{"machine", fmt.Sprintf("%s, %d processors, %s, Linux %s", m.processor, m.processors, m.memory, m.kernel)},
		{"load average", m.loadBefore + " before, " + m.loadAfter + " after"},
		{"headstart", m.headstart},
		{"beside", m.peer},
		{"store", m.redis},
		{"Go", m.goVersion},
	} {
		fmt.Fprintf(&b, "| %s | %s |\n", p[0], p[1])
	}
	b.WriteString("\n")
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	line(columns)
	b.WriteString(strings.Repeat("|---", len(columns)) + "|\n")
	for _, r := range rows {
		line(r.cells())
	}
	fmt.Fprintf(&b, explained, connections, grouped(newAlerts), repeats, grouped(dayOfAlerts), passes, connections, watched)
	return b.String()
}
