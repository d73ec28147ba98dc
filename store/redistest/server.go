// Package redistest runs real Redis servers for tests: on loopback, on free
// ports, in temporary folders, ended with the test.
//
// A missing redis-server fails the test, since a suite that skips proves nothing.
package redistest

import (
	"bufio"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"headstart/store/redistest/ports"
)

// TB is what is needed of a testing.TB.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
	TempDir() string
}

// Server is one running redis-server, with an append-only file that is synced
// before each reply. That is not Redis's default, everysec: with it the server
// answers before it has written while a sync of the disk is under way, for up
// to two seconds (seen on a busy disk), so that Kill loses what was acknowledged
// and a test of ours fails by chance.
type Server struct {
	Addr string // host:port
	Dir  string // where it keeps its files

	args  []string
	cmd   *exec.Cmd
	out   *output
	ended chan struct{} // closed when it and its children are gone
}

// Start runs redis-server with args added to the defaults, and waits until it
// accepts connections. Later arguments win.
func Start(tb TB, args ...string) *Server {
	tb.Helper()
	return start(tb, func(port string) []string { return []string{"--port", port} }, args)
}

// StartTLS is Start with TLS only, its clients unchecked.
func StartTLS(tb TB, certFile, keyFile string, args ...string) *Server {
	tb.Helper()
	return start(tb, func(port string) []string {
		return []string{
			"--port", "0", "--tls-port", port, "--tls-cert-file", certFile, "--tls-key-file", keyFile,
			"--tls-ca-cert-file", certFile, "--tls-auth-clients", "no",
		}
	}, args)
}

func start(tb TB, listen func(port string) []string, args []string) *Server {
	tb.Helper()
	dir := tb.TempDir()
	port := freePort(tb)
	s := &Server{Addr: "127.0.0.1:" + port, Dir: dir}
	s.args = append(listen(port),
		"--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
		"--repl-diskless-sync-delay", "0", "--daemonize", "no", "--logfile", "")
	s.args = append(s.args, args...)
	if err := s.run(); err != nil {
		tb.Fatalf("%v; install it with: apt-get install redis-server", err)
	}
	tb.Cleanup(s.Stop)
	return s
}

func (s *Server) run() error {
	s.out = &output{ready: make(chan struct{})}
	s.cmd = exec.Command("redis-server", s.args...)
	pipe, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start redis-server: %w", err)
	}
	s.ended = make(chan struct{})
	go func(cmd *exec.Cmd, out *output, ended chan struct{}) {
		defer close(ended)
		// The pipe ends when the last child that rewrites a file has closed it too.
		for sc := bufio.NewScanner(pipe); sc.Scan(); {
			out.add(sc.Text())
		}
		_ = cmd.Wait() // says "killed"
	}(s.cmd, s.out, s.ended)
	select {
	case <-s.out.ready:
		return nil
	case <-s.ended:
	case <-time.After(30 * time.Second):
	}
	s.Kill()
	return fmt.Errorf("redis-server %s did not come up:\n%s", strings.Join(s.args, " "), s.out)
}

// Kill ends the server as kill -9 does, and returns when it is gone. It may be
// called on a server that has ended.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill() // it may be gone already
	<-s.ended
}

// Stop is Kill: a server of a test has nothing to tidy up.
func (s *Server) Stop() { s.Kill() }

// Restart runs a server that was killed again, on the same port and files.
func (s *Server) Restart(tb TB) {
	tb.Helper()
	var err error
	for range 50 { // the port may linger
		if err = s.run(); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	tb.Fatalf("restart: %v", err)
}

// Log returns what the server wrote since it was started last.
func (s *Server) Log() string { return s.out.String() }

// output keeps what a server says, and notices when it is ready.
type output struct {
	mu    sync.Mutex
	lines []string
	once  sync.Once
	ready chan struct{}
}

func (o *output) add(line string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = append(o.lines, line)
	if strings.Contains(line, "Ready to accept connections") || strings.Contains(line, "+monitor master") { // of a Sentinel
		o.once.Do(func() { close(o.ready) })
	}
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.lines, "\n")
}

// freePort is the test's until it ends, also between a Kill and a Restart.
func freePort(tb TB) string {
	tb.Helper()
	return strconv.Itoa(ports.Hold(tb))
}
