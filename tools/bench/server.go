package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// server is a running program on loopback.
type server struct {
	name  string
	addr  string // host:port
	dir   string // its files
	cmd   *exec.Cmd
	ended chan struct{}
}

// startTimeout is how long a server may take before it serves.
const startTimeout = time.Minute

// start runs a program in a folder of its own; args may ask for that folder and
// the free address. It returns once ready says so.
func (l *lab) start(ctx context.Context, name string, args func(dir, addr string) ([]string, error), ready func(context.Context, string) error) (*server, error) {
	dir, err := os.MkdirTemp(l.dir, strings.ReplaceAll(name, " ", "-")+"-")
	if err != nil {
		return nil, err
	}
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	argv, err := args(dir, addr)
	if err != nil {
		return nil, err
	}
	s := &server{name: name, addr: addr, dir: dir}
	if err := s.run(ctx, argv, ready); err != nil {
		return nil, err
	}
	return s, nil
}

// run starts the program, and returns once ready says so. If it does not, the program has
// ended.
func (s *server) run(ctx context.Context, argv []string, ready func(context.Context, string) error) error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the child has its own
	cmd, ended := exec.CommandContext(ctx, argv[0], argv[1:]...), make(chan struct{})
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", s.name, err)
	}
	go func() { _ = cmd.Wait(); close(ended) }() // its exit code says nothing that its log does not
	s.cmd, s.ended = cmd, ended
	if err := s.await(ctx, ready); err != nil {
		s.stop()
		return err
	}
	return nil
}

// startAgain ends the server, starts it on the same files, and returns how long it took
// until ready said so.
func (s *server) startAgain(ctx context.Context, ready func(context.Context, string) error) (time.Duration, error) {
	s.stop()
	began := time.Now()
	err := s.run(ctx, s.cmd.Args, ready)
	return time.Since(began), err
}

func (s *server) pid() int { return s.cmd.Process.Pid }

// await returns once the server serves, or an error with the end of its log.
func (s *server) await(ctx context.Context, ready func(context.Context, string) error) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		err := ready(ctx, s.addr)
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("%s ended at once:\n%s", s.name, s.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s does not serve: %w\n%s", s.name, err, s.tail())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// tail is the end of the server's log.
func (s *server) tail() string {
	b, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-1000):])
}

// stop ends the server and waits for its end.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(5 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
}

// freeAddress returns an address on loopback that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String(), nil
}

// serves asks an HTTP server whether it is ready.
func serves(ctx context.Context, addr string) error {
	_, err := get(ctx, "http://"+addr+"/-/ready")
	return err
}

// get returns the body of an answer of 200.
func get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s", url, res.Status)
	}
	return b, err
}

// output runs a command in dir to its end and returns what it printed.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var said strings.Builder
	cmd.Stderr = &said
	b, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", name, err, b, said.String())
	}
	return strings.TrimSpace(string(b)), nil
}
