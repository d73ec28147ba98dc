package redistest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Watched is a primary with a replica and three Sentinels, which promote the replica
// when two of them have not heard the primary for a second.
type Watched struct {
	Name      string // what the Sentinels call the primary
	Servers   [2]*Server
	Sentinels []*Server
}

// Addrs returns the Sentinels' addresses.
func (w *Watched) Addrs() []string {
	var addrs []string
	for _, s := range w.Sentinels {
		addrs = append(addrs, s.Addr)
	}
	return addrs
}

// DownAfter is how long Sentinels wait for a primary that is silent.
const DownAfter = time.Second

// StartWatched runs them and waits until the replica is in step and every Sentinel
// knows the others.
func StartWatched(tb TB, args ...string) *Watched {
	tb.Helper()
	w := &Watched{Name: "mymaster"}
	w.Servers[0] = Start(tb, args...)
	w.Servers[1] = Start(tb, append([]string{"--replicaof", strings.Replace(w.Servers[0].Addr, ":", " ", 1)}, args...)...)
	w.Servers[1].InStep(tb)
	for range 3 {
		w.Sentinels = append(w.Sentinels, startSentinel(tb, w.Name, w.Servers[0].Addr))
	}
	for _, s := range w.Sentinels {
		wait(tb, "the Sentinels know each other and the replica", func() bool {
			info := s.mustCLI(tb, "SENTINEL", "MASTER", w.Name)
			return strings.Contains(info, "num-other-sentinels\n2") && strings.Contains(info, "num-slaves\n1") && s.mustCLI(tb, "SENTINEL", "CKQUORUM", w.Name) != ""
		})
	}
	return w
}

// Primary is the server that the Sentinels name now, and the other one.
func (w *Watched) Primary(tb TB) (primary, other *Server) {
	tb.Helper()
	addr := strings.Replace(w.Sentinels[0].mustCLI(tb, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", w.Name), "\n", ":", 1)
	switch addr {
	case w.Servers[0].Addr:
		return w.Servers[0], w.Servers[1]
	case w.Servers[1].Addr:
		return w.Servers[1], w.Servers[0]
	}
	tb.Fatalf("the Sentinels call %q the primary", addr)
	return nil, nil
}

// InStep waits until s, a replica, has all that its primary has.
func (s *Server) InStep(tb TB) {
	tb.Helper()
	wait(tb, "the replica "+s.Addr+" to be in step", func() bool {
		return strings.Contains(s.mustCLI(tb, "INFO", "replication"), "master_link_status:up")
	})
}

func startSentinel(tb TB, name, primary string) *Server {
	tb.Helper()
	port, dir := freePort(tb), tb.TempDir()
	s := &Server{Addr: "127.0.0.1:" + port, Dir: dir}
	file := filepath.Join(dir, "sentinel.conf")
	conf := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor %s %s 2\nsentinel down-after-milliseconds %s %d\nsentinel failover-timeout %s 3000\n",
		port, dir, name, strings.Replace(primary, ":", " ", 1), name, DownAfter.Milliseconds(), name)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		tb.Fatalf("%v", err)
	}
	s.args = []string{file, "--sentinel"}
	if err := s.run(); err != nil {
		tb.Fatalf("%v", err)
	}
	tb.Cleanup(s.Stop)
	return s
}

func wait(tb TB, what string, done func() bool) {
	tb.Helper()
	for range 600 {
		if done() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	tb.Fatalf("waited thirty seconds for %s", what)
}
