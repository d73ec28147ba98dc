package store

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"headstart/store/redistest"
)

// suite owns the servers that the tests of this package share.
type suite struct {
	mu       sync.Mutex
	cleanups []func()
	server   *redistest.Server
	cluster  *redistest.Cluster
	watched  *redistest.Watched
}

var shared = &suite{}

func TestMain(m *testing.M) {
	if spec := os.Getenv(crashEnv); spec != "" {
		crashChild(spec)
		return
	}
	code := m.Run()
	for _, f := range slices.Backward(shared.cleanups) { // servers end before their folders go
		f()
	}
	os.Exit(code)
}

func (s *suite) Helper()          {}
func (s *suite) Cleanup(f func()) { s.cleanups = append(s.cleanups, f) }

func (s *suite) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func (s *suite) TempDir() string {
	dir, err := os.MkdirTemp("", "headstart-redis")
	if err != nil {
		panic(err)
	}
	s.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, "a temporary folder stays:", err)
		}
	})
	return dir
}

func (s *suite) redis() *redistest.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		s.server = redistest.Start(s)
	}
	return s.server
}

func (s *suite) redisCluster() *redistest.Cluster {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cluster == nil {
		s.cluster = redistest.StartCluster(s)
	}
	return s.cluster
}

func (s *suite) redisWatched() *redistest.Watched {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watched == nil {
		s.watched = redistest.StartWatched(s)
	}
	return s.watched
}

func backends() []backend {
	return []backend{
		boltBackend(),
		{name: "redis", open: func(t testing.TB, place string) Store {
			return openRedis(t, RedisOptions{Addresses: []string{shared.redis().Addr}, Prefix: place})
		}},
		{name: "sentinel", open: func(t testing.TB, place string) Store {
			w := shared.redisWatched()
			return openRedis(t, RedisOptions{Addresses: w.Addrs(), Master: w.Name, Prefix: place})
		}},
		{name: "cluster", open: func(t testing.TB, place string) Store {
			return openRedis(t, RedisOptions{Addresses: shared.redisCluster().Addrs(), Cluster: true, Prefix: place})
		}},
	}
}

func openRedis(t testing.TB, o RedisOptions) *Redis {
	t.Helper()
	st, err := OpenRedis(t.Context(), o)
	must(t, err)
	return st
}
