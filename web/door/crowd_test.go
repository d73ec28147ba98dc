package door

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"headstart"
)

// Connections beyond the cap close the one that asked nothing for longest: thousands that
// say nothing keep nobody out, on either listener, and a request that is being answered
// is not cut off.
func TestConnectionsAreCapped(t *testing.T) { // ruling 41
	t.Parallel()
	release := make(chan struct{})
	asked := make(chan struct{}, 2)
	long := headstart.Route{Pattern: "GET /s/long", Scope: headstart.ScopePage, Public: true, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-release
	})}
	c := DefaultConfig()
	c.Listen, c.Publish.Listen = "127.0.0.1:0", "127.0.0.1:0"
	d, err := New(Options{Config: c, DataDir: t.TempDir(), Conns: 2, PublicConns: 2}, append(testRoutes(), long))
	if err != nil {
		t.Fatal(err)
	}
	serveDoor(t, d)
	for name, addr := range map[string]string{"desk": d.Addresses()[0].String(), "public": d.PublicAddresses()[0].String()} {
		dial := func(text string) net.Conn {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			_, _ = io.WriteString(conn, text)
			return conn
		}
		ask := func(path string) net.Conn {
			return dial(fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, addr))
		}
		answered := func(conn net.Conn) bool {
			b := make([]byte, 12)
			_, err := io.ReadFull(conn, b)
			return err == nil && strings.HasPrefix(string(b), "HTTP/1.1 200")
		}
		busy := ask("/s/long")
		<-asked
		for range 5 {
			defer dial("GET /s/ HTTP/1.1\r\nX-").Close() //nolint:gocritic // they hang until the end
		}
		if after := ask("/s/"); !answered(after) {
			t.Errorf("%s: connections that say nothing keep others out", name)
		}
		second := ask("/s/long")
		<-asked
		waits := ask("/s/")
		_ = waits.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		if answered(waits) {
			t.Errorf("%s: a third is answered beside two that are being answered", name)
		}
		release <- struct{}{}
		release <- struct{}{}
		_ = waits.SetReadDeadline(time.Now().Add(20 * time.Second))
		if !answered(busy) || !answered(second) || !answered(waits) {
			t.Errorf("%s: a request that was being answered was cut off, or who waited for it got nothing", name)
		}
	}
}
