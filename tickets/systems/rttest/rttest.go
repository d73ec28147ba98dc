// Package rttest runs a real Request Tracker 5 for tests: on loopback, on a free
// port, with an SQLite database of its own, in a temporary folder. Mail it would
// send becomes files.
//
// A missing Request Tracker fails the test, since a suite that skips proves nothing.
package rttest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Where Debian's packages request-tracker5 and rt5-db-sqlite keep the programs.
const (
	setup  = "/usr/sbin/rt-setup-database-5"
	server = "/usr/share/request-tracker5/libexec/rt-server"
)

// TB is what is needed of a testing.TB.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Server is one running Request Tracker with the queues Desk, Outages and
// Personnel. It keeps its clock in Europe/Amsterdam on purpose: a mistake with
// time zones shows.
type Server struct {
	URL    string
	Token  string // of user robot: sees Desk and Outages, zone UTC
	Reader string // token of user reader: reads Desk, writes nothing, the server's zone
	Secret string // of the hook
	Mail   string // folder: each message sent is one file

	dir string
	cmd *exec.Cmd
}

//go:embed content.pl
var content []byte

//go:embed hook.pl
var hook []byte

var shared struct {
	sync.Once
	server *Server
	hook   *listener
	err    error
}

// Shared returns the one server of this test binary, started at the first call.
// Call Stop in TestMain.
func Shared(tb TB) *Server {
	tb.Helper()
	shared.Do(func() {
		if shared.hook, shared.err = listen(); shared.err == nil {
			shared.server, shared.err = start("http://" + shared.hook.addr + "/")
		}
	})
	if shared.err != nil {
		tb.Fatalf("Request Tracker: %v; install it with tools/parts.sh", shared.err)
	}
	return shared.server
}

// Hook sends what the shared server's hook posts to h, until the next call. One
// change of a ticket is one request.
func (s *Server) Hook(h http.Handler) { shared.hook.set(h) }

// Stop ends the shared server, if one was started.
func Stop() {
	if shared.server != nil {
		shared.server.stop()
	}
}

func start(hookURL string) (*Server, error) {
	for _, program := range []string{setup, server} {
		if _, err := os.Stat(program); err != nil {
			return nil, err
		}
	}
	dir, err := os.MkdirTemp("", "rttest")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, Mail: filepath.Join(dir, "mail"), Secret: "a secret of the tests alone"}
	port, err := freePort()
	if err == nil {
		s.URL = "http://127.0.0.1:" + port
		err = errors.Join(s.configure(port, hookURL), s.fill(), s.run(port))
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// configure writes RT_SiteConfig.pm. Compiled pages and sessions stay in the
// folder too, so that any user may run the server.
func (s *Server) configure(port, hookURL string) error {
	for _, sub := range []string{"mail", "conf.d", "log", "mason", "sessions", "var"} {
		if err := os.MkdirAll(filepath.Join(s.dir, sub), 0o700); err != nil {
			return err
		}
	}
	sendmail := "#!/bin/sh\nf=$(mktemp '" + s.Mail + "/XXXXXXXX') && cat >\"$f\" && mv \"$f\" \"$f.eml\"\n"
	settings := fmt.Sprintf(`Set($rtname, 'rt.example');
Set($Organization, 'rt.example');
Set($WebDomain, '127.0.0.1');
Set($WebPort, %s);
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '%[2]s/rt.sqlite');
Set($Timezone, 'Europe/Amsterdam');
Set($MailCommand, 'sendmailpipe');
Set($SendmailPath, '%[2]s/sendmail');
Set($SendmailArguments, '');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'warning');
Set($BcryptCost, 4);
Set($HeadstartURL, '%s');
Set($HeadstartSecret, '%s');
$RT::VarPath = '%[2]s/var';
$RT::MasonDataDir = '%[2]s/mason';
$RT::MasonSessionDir = '%[2]s/sessions';
1;
`, port, s.dir, hookURL, s.Secret)
	return errors.Join(
		os.WriteFile(filepath.Join(s.dir, "sendmail"), []byte(sendmail), 0o700),
		os.WriteFile(filepath.Join(s.dir, "RT_SiteConfig.pm"), []byte(settings), 0o600),
		os.WriteFile(filepath.Join(s.dir, "content.pl"), content, 0o600),
		os.WriteFile(filepath.Join(s.dir, "hook.pl"), hook, 0o600),
	)
}

func (s *Server) env() []string {
	return append(os.Environ(),
		"RT_SITE_CONFIG="+filepath.Join(s.dir, "RT_SiteConfig.pm"), "RT_SITE_CONFIG_DIR="+filepath.Join(s.dir, "conf.d"),
		"RTTEST_TOKENS="+filepath.Join(s.dir, "tokens"), "RTTEST_HOOK="+filepath.Join(s.dir, "hook.pl"))
}

// fill makes the database.
func (s *Server) fill() error {
	for _, args := range [][]string{
		{"--action", "init", "--skip-create"},
		{"--action", "insert", "--datafile", filepath.Join(s.dir, "content.pl"), "--skip-create"},
	} {
		cmd := exec.Command(setup, args...)
		cmd.Env = s.env()
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s %s: %w\n%s", setup, strings.Join(args, " "), err, out)
		}
	}
	b, err := os.ReadFile(filepath.Join(s.dir, "tokens"))
	if err != nil {
		return err
	}
	_, err = fmt.Sscanf(string(b), "robot %s\nreader %s\n", &s.Token, &s.Reader)
	return err
}

// run starts the server in a process group of its own and waits until it answers.
func (s *Server) run(port string) error {
	if s.Token == "" {
		return errors.New("no tokens were made")
	}
	log, err := os.Create(filepath.Join(s.dir, "log", "server"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the server has it open itself
	s.cmd = exec.Command(server, "--server", "Starlet", "--host", "127.0.0.1", "--port", port, "--max-workers", "2")
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = s.env(), log, log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	client := &http.Client{Timeout: 5 * time.Second}
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		req, err := http.NewRequest(http.MethodGet, s.URL+"/REST/2.0/rt", nil)
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "token "+s.Token)
		resp, err := client.Do(req)
		if err != nil {
			continue
		}
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return nil
		}
	}
	said, _ := os.ReadFile(log.Name())
	return fmt.Errorf("no answer within a minute:\n%s", said)
}

// stop ends the server and all its children, and removes its folder.
func (s *Server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGTERM)
		ended := make(chan struct{})
		go func() { _ = s.cmd.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
	}
	_ = os.RemoveAll(s.dir)
}

// freePort stays ours as long as the process lives: it is bound and does not listen,
// so the system hands it to nobody, and the server, which shares it, can.
func freePort() (string, error) {
	syscall.ForkLock.RLock() // a child that inherits it would hold it after us
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return "", err
	}
	err = errors.Join(
		syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1),
		syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	if err != nil {
		return "", err
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		return "", err
	}
	return strconv.Itoa(at.(*syscall.SockaddrInet4).Port), nil
}

// listener is where the hook of the server posts to; tests change who answers.
type listener struct {
	addr string
	mu   sync.Mutex
	h    http.Handler
}

func listen() (*listener, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &listener{addr: ln.Addr().String()}
	go func() { _ = http.Serve(ln, l) }() // until the test binary ends
	return l, nil
}

func (l *listener) set(h http.Handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.h = h
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	h := l.h
	l.mu.Unlock()
	if h == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.ServeHTTP(w, r)
}

// Call makes a REST request as user robot, the way a person would work in RT: the
// path begins after /REST/2.0. It returns the answer's body.
func (s *Server) Call(method, path string, in any) ([]byte, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(method, s.URL+"/REST/2.0"+path, bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "token "+s.Token)
	req.Header.Set("Content-Type", "application/json")
	client := &http.Client{Timeout: 30 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // read below
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, body)
	}
	return body, err
}

// Mails returns the messages sent so far that hold text.
func (s *Server) Mails(text string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(s.Mail, "*.eml"))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if strings.Contains(string(b), text) {
			out = append(out, string(b))
		}
	}
	return out, nil
}
