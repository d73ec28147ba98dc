package web

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"headstart/web/door"
)

// requestsOfReaders are sent for one figure: readers ask again every half minute.
const requestsOfReaders = 20_000

// BenchmarkStatusPage is what a request for the status page costs through the public
// listener's whole way: net/http, the door, the page. Processor time of the asking
// side counts too, which is a write and a read. Peer is net/http with the same bytes
// and nothing else.
func BenchmarkStatusPage(b *testing.B) {
	w := badMonday(b)
	config := door.DefaultConfig()
	config.Publish.Enabled, config.Publish.ExternalURL = true, "http://127.0.0.1:8480"
	entrance, err := door.New(door.Options{Config: config, DataDir: b.TempDir()}, w.public().Routes())
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(entrance.Public())
	defer server.Close()
	page, tag := fetch(b, server)
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	}))
	defer peer.Close()
	for _, c := range []struct {
		name, header string
		server       *httptest.Server
		status       int
	}{{"whole", "", server, 200}, {"again", "If-None-Match: " + tag + "\r\n", server, 304}, {"peer", "", peer, 200}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				before := spent(b)
				askOften(b, c.server.Listener.Addr().String(), c.header, c.status)
				b.ReportMetric(float64((spent(b)-before).Nanoseconds())/1e3/requestsOfReaders, "cpu-us/request")
			}
		})
	}
}

// fetch returns the page and its tag.
func fetch(b *testing.B, s *httptest.Server) (page []byte, tag string) {
	b.Helper()
	res, err := s.Client().Get(s.URL + "/s/nl/")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	page, err = io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		b.Fatalf("status %d, %v", res.StatusCode, err)
	}
	return page, res.Header.Get("ETag")
}

// askOften sends the same request again and again on one connection.
func askOften(b *testing.B, address, header string, status int) {
	b.Helper()
	conn, err := net.Dial("tcp", address) //nolint:noctx // loopback
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	ask := []byte("GET /s/nl/ HTTP/1.1\r\nHost: " + address + "\r\n" + header + "\r\n")
	answer := bufio.NewReaderSize(conn, 64<<10)
	want := fmt.Sprintf("HTTP/1.1 %d ", status)
	for range requestsOfReaders {
		if _, err := conn.Write(ask); err != nil {
			b.Fatal(err)
		}
		if err := skip(answer, want); err != nil {
			b.Fatal(err)
		}
	}
}

// skip reads one answer and throws it away.
func skip(r *bufio.Reader, want string) error {
	length, chunked := 0, false
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		switch {
		case first && !bytes.HasPrefix(line, []byte(want)):
			return fmt.Errorf("the answer begins with %q, want %q", line, want)
		case bytes.HasPrefix(line, []byte("Content-Length: ")):
			if _, err := fmt.Sscanf(string(line), "Content-Length: %d", &length); err != nil {
				return err
			}
		case bytes.HasPrefix(line, []byte("Transfer-Encoding: chunked")):
			chunked = true
		}
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
	}
	for chunked {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		var n int
		if _, err := fmt.Sscanf(strings.TrimSpace(line), "%x", &n); err != nil {
			return err
		}
		if _, err := r.Discard(n + 2); err != nil {
			return err
		}
		chunked = n > 0
	}
	_, err := r.Discard(length)
	return err
}

// spent is what this process has used of processors so far.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
