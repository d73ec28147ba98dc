package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"headstart/configs"
	"headstart/store/redistest"
)

// startedProgram lets `make bench` measure the program as it is released, without symbols.
var startedProgram = flag.String("program", "", "the `program` that BenchmarkColdStart starts; empty: made anew")

// pastIncidents is what years leave in the store of a large organisation.
const pastIncidents = 100_000

// BenchmarkColdStart is how long the program takes from its start until /-/ready, on an
// embedded store with 100,000 incidents that are over, and what it uses until then. The
// store was written just before: its pages are still in the memory of the machine.
func BenchmarkColdStart(b *testing.B) {
	starts(b, writePast(b, pastIncidents), pastIncidents, func() {})
}

// BenchmarkRestore is BenchmarkColdStart with the way there: the file is a copy that is put
// in place first, and reaches the disk.
func BenchmarkRestore(b *testing.B) {
	config := writePast(b, pastIncidents)
	cfg, err := configs.Load(configs.Source{File: config})
	if err != nil {
		b.Fatal(err)
	}
	kept := boltFile(cfg) + ".kept"
	if err := os.Rename(boltFile(cfg), kept); err != nil {
		b.Fatal(err)
	}
	starts(b, config, pastIncidents, func() { restoreFile(b, kept, boltFile(cfg)) })
}

func restoreFile(b *testing.B, from, to string) {
	b.Helper()
	in, err := os.Open(from)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(to)
	if err != nil {
		b.Fatal(err)
	}
	if _, err = out.ReadFrom(in); err == nil {
		err = out.Sync()
	}
	if err := errors.Join(err, out.Close()); err != nil {
		b.Fatal(err)
	}
}

// pastOnRedis is fewer: Redis holds all of it in memory.
const pastOnRedis = 20_000

// BenchmarkColdStartRedis is BenchmarkColdStart with fewer incidents on a Redis server, as
// after a takeover: rows come over a connection.
func BenchmarkColdStartRedis(b *testing.B) {
	server := redistest.Start(b, "--maxmemory-policy", "noeviction")
	starts(b, moveToRedis(b, writePast(b, pastOnRedis), server.Addr), pastOnRedis, func() {})
}

// starts measures starts on the store of config, which holds n incidents; before is part
// of each.
func starts(b *testing.B, config string, n int, before func()) {
	b.Helper()
	program := *startedProgram
	if program == "" {
		program = build(b)
	}
	var sum startCost
	b.ResetTimer()
	for b.Loop() {
		began := time.Now()
		before()
		prepared := time.Since(began)
		c := coldStart(b, program, config, n)
		sum.took, sum.spent, sum.resident = sum.took+prepared+c.took, sum.spent+c.spent, max(sum.resident, c.resident)
	}
	b.ReportMetric(sum.took.Seconds()/float64(b.N), "s/start")
	b.ReportMetric(sum.spent.Seconds()/float64(b.N), "cpu-s/start")
	b.ReportMetric(sum.resident, "B-resident")
}

// startCost is what one start took until the program was ready.
type startCost struct {
	took, spent time.Duration // on the clock; of processors
	resident    float64       // bytes at most
}

// coldStart runs the program until it is ready, and kills it then, so that nothing that
// it does later counts.
func coldStart(b *testing.B, program, config string, n int) startCost {
	b.Helper()
	out, errs := &lines{}, &lines{}
	cmd := exec.CommandContext(b.Context(), program, "serve", "--config", config)
	cmd.Stdout, cmd.Stderr = out, errs
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	base, err := awaitReady(out)
	took := time.Since(began)
	if err == nil { // and it has the past
		err = get(fmt.Sprintf("%s/api/v1/incidents/HS-%d", base, n), nil)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // says that it was killed
	if err != nil {
		b.Fatalf("%v\n%s", err, tail(errs.String(), 2000))
	}
	cost := startCost{took: took, spent: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if u, is := cmd.ProcessState.SysUsage().(*syscall.Rusage); is {
		cost.resident = float64(u.Maxrss) * 1024 // Linux counts it in kB
	}
	return cost
}

// awaitReady returns the address of the program that writes to out, once it answers that it
// is ready.
func awaitReady(out *lines) (base string, err error) {
	err = errors.New("it does not listen")
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		_, rest, listens := strings.Cut(out.String(), "listening address=")
		if address, _, whole := strings.Cut(rest, "\n"); listens && whole {
			base = "http://" + address
			if err = get(base+"/-/ready", nil); err == nil {
				return base, nil
			}
		}
	}
	return "", err
}
