package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/store/redistest"
)

// benchBackends are those of production: the file is synced, Redis syncs each
// second.
func benchBackends(b *testing.B) map[string]func() Store {
	return map[string]func() Store{
		"bbolt": func() Store {
			st, err := OpenBolt(filepath.Join(b.TempDir(), "x.db"), BoltOptions{})
			must(b, err)
			return st
		},
		"redis": func() Store {
			return openRedis(b, one(redistest.Start(b, "--appendfsync", "everysec").Addr))
		},
	}
}

// BenchmarkAppend is what one group of records of 500 bytes costs.
func BenchmarkAppend(b *testing.B) {
	for name, open := range benchBackends(b) {
		for _, size := range []int{1, 64, 256} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				st := open()
				defer st.Close()
				group := recs(make([]string, size)...)
				for i := range group {
					group[i] = recs(strings.Repeat("x", 400))[0]
				}
				for b.Loop() {
					_, err := st.Append(b.Context(), group)
					must(b, err)
				}
				b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "records/s")
			})
		}
	}
}

// BenchmarkCommit is what a commit of 64 incidents of 400 bytes costs, with a
// message and a feed entry.
func BenchmarkCommit(b *testing.B) {
	const incidents = 64
	ops := make([]headstart.Op, incidents)
	for i := range ops {
		ops[i] = put(headstart.TableIncidents, fmt.Sprintf("HS-%d", i), `{"v":1,"title":"`+strings.Repeat("x", 380)+`"}`)
	}
	for name, open := range benchBackends(b) {
		b.Run(name+"/64", func(b *testing.B) {
			st := open()
			defer st.Close()
			batch := headstart.Batch{
				Token: acquire(b, st, "A"), Ops: ops, Feed: [][]byte{[]byte(`{"v":1}`)},
				Out: []headstart.Owed{{ID: "m", Due: time.Now(), Data: []byte("{}")}},
			}
			for b.Loop() {
				batch.Prev = batch.Next
				batch.Next.Off.Ms++
				must(b, st.Commit(b.Context(), batch))
			}
			b.ReportMetric(float64(incidents*b.N)/b.Elapsed().Seconds(), "incidents/s")
		})
	}
}

// BenchmarkAppender is what many small requests cost together, each waiting for
// its own answer.
func BenchmarkAppender(b *testing.B) {
	for name, open := range benchBackends(b) {
		b.Run(name, func(b *testing.B) {
			st := open()
			defer st.Close()
			a := NewAppender(st)
			go func() { _ = a.Run(b.Context()) }() // returns nil when the benchmark ends
			rec := recs(strings.Repeat("x", 400))[0]
			b.SetParallelism(64)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := a.Append(b.Context(), rec); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
