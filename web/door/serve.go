package door

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Limits of both listeners. A request line with headers beyond maxHeader gets
// 431; a body that trickles in is cut after readTimeout.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10

	deskConns   = 4096 // an open page has one, a sender a few
	publicConns = 512  // readers ask every half minute
)

// server is one listener of the door.
type server struct {
	name string // desk or public
	l    net.Listener
	http *http.Server
}

// Listen opens the listeners of the configuration, so that an address in use is
// told before anything else starts.
func (d *Door) Listen(ctx context.Context) error {
	c := d.guard.Load().cfg
	desk, err := listeners(ctx, c.Listen)
	if err != nil {
		d.notStarted()
		return listenError("listen", err)
	}
	for _, l := range desk {
		d.add("desk", newCrowd(l, cmp.Or(d.opts.Conns, deskConns)), d.desk)
	}
	if !c.Publish.Enabled || c.Publish.Listen == "" {
		return nil
	}
	public, err := listeners(ctx, c.Publish.Listen)
	if err != nil {
		d.close()
		d.notStarted()
		return listenError("publish.listen", err)
	}
	for _, l := range public {
		d.add("public", newCrowd(l, cmp.Or(d.opts.PublicConns, publicConns)), d.public)
	}
	return nil
}

// listenError says what to do about an address that cannot be had.
func listenError(key string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s: %w; stop the program that listens there, or give another port", key, err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s: %w; ports below 1024 need rights, give a higher one", key, err)
	default:
		return fmt.Errorf("%s: %w", key, err)
	}
}

// notStarted takes a first start back: nobody was shown the link to log in yet,
// so the next start has to be the first again.
func (d *Door) notStarted() {
	if d.first {
		_ = os.Remove(filepath.Join(d.opts.DataDir, AdminTokenFile))
	}
}

// Addresses returns where the desk listens, after Listen.
func (d *Door) Addresses() []net.Addr { return d.addresses("desk") }

// PublicAddresses returns where the public page listens, after Listen; none when
// it stands on the desk's listener only.
func (d *Door) PublicAddresses() []net.Addr { return d.addresses("public") }

func (d *Door) addresses(name string) []net.Addr {
	var out []net.Addr
	for _, s := range d.servers {
		if s.name == name {
			out = append(out, s.l.Addr())
		}
	}
	return out
}

// Run serves until ctx ends, then lets requests under way finish for five
// seconds; streams end at once. It calls Listen if nobody has.
func (d *Door) Run(ctx context.Context) error {
	if len(d.servers) == 0 {
		if err := d.Listen(ctx); err != nil {
			return err
		}
	}
	failed := make(chan error, len(d.servers))
	var wg sync.WaitGroup
	for _, s := range d.servers {
		d.logger.Info("listening", "listener", s.name, "address", s.l.Addr().String(), "tls", s.http.TLSConfig != nil)
		wg.Go(func() {
			if err := s.serve(); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("serve %s: %w", s.name, err)
			}
		})
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	close(d.stopping)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, s := range d.servers {
		if s.http.Shutdown(grace) != nil {
			_ = s.http.Close()
		}
	}
	wg.Wait()
	return err
}

func (s *server) serve() error {
	if s.http.TLSConfig != nil {
		return s.http.ServeTLS(s.l, "", "")
	}
	return s.http.Serve(s.l)
}

func (d *Door) add(name string, l net.Listener, h http.Handler) {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ConnContext:       withGuest,
		ErrorLog:          slog.NewLogLogger(d.logger.Handler(), slog.LevelDebug),
	}
	if web := d.web.get(); web.tls != nil {
		s.TLSConfig = d.tls(name == "public")
		if !web.http2 {
			s.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
		}
	}
	d.servers = append(d.servers, &server{name: name, l: l, http: s})
}

// tls reads web_config_file again for each handshake, as exporter-toolkit does,
// so that a renewed certificate or a revoked CA counts from the next connection.
// Readers of the public page are asked for no certificate.
func (d *Door) tls(public bool) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			web := d.web.again()
			c := web.tls.Clone()
			c.NextProtos = []string{"http/1.1"}
			if web.http2 {
				c.NextProtos = []string{"h2", "http/1.1"}
			}
			if public {
				c.ClientAuth, c.ClientCAs, c.VerifyPeerCertificate = tls.NoClientCert, nil, nil
			}
			return c, nil
		},
	}
}

func (d *Door) close() {
	for _, s := range d.servers {
		_ = s.l.Close()
	}
	d.servers = nil
}

// listeners opens address. Without a host, or with [::], one listener takes IPv4
// and IPv6; localhost means both loopback addresses.
func listeners(ctx context.Context, address string) ([]net.Listener, error) {
	var lc net.ListenConfig
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if host != "localhost" {
		l, err := lc.Listen(ctx, "tcp", address)
		if err != nil {
			return nil, err
		}
		return []net.Listener{l}, nil
	}
	_, port, _ := net.SplitHostPort(address)
	four, err := lc.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, err
	}
	_, port, _ = net.SplitHostPort(four.Addr().String())
	six, err := lc.Listen(ctx, "tcp6", net.JoinHostPort("::1", port))
	if err != nil {
		return []net.Listener{four}, nil // a machine without IPv6
	}
	return []net.Listener{four, six}, nil
}
