package blackbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/blackbox_exporter/config"

	"headstart"
)

// prepare resolves the target of q once and returns module and target so that
// the prober dials that very address, while host header and server name stay
// those of the name.
func prepare(ctx context.Context, mod config.Module, q Question, guard Guard) (config.Module, string, error) {
	switch mod.Prober {
	case "http":
		return prepareHTTP(ctx, mod, q.Target, guard)
	case "dns":
		if q.Query != "" {
			mod.DNS.QueryName = q.Query
			mod.DNS.QueryType = "A"
		}
		port := "53"
		if mod.DNS.DNSOverTLS {
			port = "853"
		}
		target, host, err := pin(ctx, q.Target, port, mod.DNS.IPProtocol, mod.DNS.IPProtocolFallback, guard)
		serverName(&mod.DNS.TLSConfig.ServerName, host)
		return mod, target, err
	case "grpc":
		target, host, err := pin(ctx, q.Target, "", mod.GRPC.PreferredIPProtocol, mod.GRPC.IPProtocolFallback, guard)
		serverName(&mod.GRPC.TLSConfig.ServerName, host)
		return mod, target, err
	default:
		target, host, err := pin(ctx, q.Target, "", mod.TCP.IPProtocol, mod.TCP.IPProtocolFallback, guard)
		serverName(&mod.TCP.TLSConfig.ServerName, host)
		return mod, target, err
	}
}

// pin returns ADDRESS:PORT for HOST:PORT, and the host.
func pin(ctx context.Context, target, port, prefer string, fallback bool, guard Guard) (pinned, host string, err error) {
	host, port = hostPort(target, port)
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", "", fmt.Errorf("target %q has no port; write HOST:PORT", target)
	}
	addr, err := guard.Resolve(ctx, strings.Trim(host, "[]"), uint16(number), prefer, fallback)
	if err != nil {
		return "", "", err
	}
	return net.JoinHostPort(addr.String(), port), host, nil
}

// serverName sets the name a certificate must carry, unless the module did.
func serverName(name *string, host string) {
	if *name == "" {
		*name = strings.Trim(host, "[]")
	}
}

func prepareHTTP(ctx context.Context, mod config.Module, target string, guard Guard) (config.Module, string, error) {
	if !strings.HasPrefix(target, "http://") && !strings.HasPrefix(target, "https://") {
		target = "http://" + target
	}
	u, err := url.Parse(target)
	if err != nil {
		return mod, "", fmt.Errorf("target is no URL: %w", errors.Unwrap(err)) // without the URL: it may hold a password
	}
	h := &mod.HTTP
	limitBody(h)
	if h.UseHTTP3 {
		h.HTTPClientConfig.FollowRedirects = false // quic reports no connects that watch could judge
	}
	if proxied(mod) {
		return mod, target, nil // the proxy resolves, dials and judges
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	pinned, host, err := pin(ctx, net.JoinHostPort(u.Hostname(), port), "", h.IPProtocol, h.IPProtocolFallback, guard)
	if err != nil {
		return mod, "", err
	}
	if header(h.Headers, "Host") == "" {
		h.Headers = maps.Clone(h.Headers) // the module is shared by all its runs
		if h.Headers == nil {
			h.Headers = map[string]string{}
		}
		h.Headers["Host"] = u.Host
	} else {
		host, _ = hostPort(header(h.Headers, "Host"), "")
	}
	serverName(&h.HTTPClientConfig.TLSConfig.ServerName, host)
	u.Host = pinned
	if u.Port() == map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		u.Host = strings.TrimSuffix(pinned, ":"+port)
	}
	return mod, u.String(), nil
}

func proxied(mod config.Module) bool {
	return mod.HTTP.HTTPClientConfig.ProxyURL.URL != nil || mod.HTTP.HTTPClientConfig.ProxyFromEnvironment
}

func header(headers map[string]string, name string) string {
	for k, v := range headers {
		if textproto.CanonicalMIMEHeaderKey(k) == name {
			return v
		}
	}
	return ""
}

// watch judges each address the prober connects to on its own, which happens
// only after a redirect: blackbox_exporter takes no dialer. At a refused one the
// run ends before a request is written: the connect is held until the prober
// has given up, so the answer cannot win the race. stop ends the watch and
// returns the refusal, or nil.
func watch(ctx context.Context, mod config.Module, guard Guard) (context.Context, func() error) {
	ctx, cancel := context.WithCancel(ctx)
	if mod.Prober != "http" || proxied(mod) {
		return ctx, func() error { cancel(); return nil }
	}
	var mu sync.Mutex
	var refused error
	over := make(chan struct{})
	trace := &httptrace.ClientTrace{ConnectStart: func(_, address string) {
		ap, err := netip.ParseAddrPort(address)
		if err == nil {
			err = guard.Check(ap)
		}
		if err == nil {
			return
		}
		mu.Lock()
		refused = err
		mu.Unlock()
		cancel()
		<-over
	}}
	return httptrace.WithClientTrace(ctx, trace), func() error {
		cancel()
		close(over)
		mu.Lock()
		defer mu.Unlock()
		return refused
	}
}

// unresolved turns a failure before the first packet into a result. A name that
// does not exist is down, as users find it; a resolver that does not answer, or
// an address that may not be dialled, means not checked.
func unresolved(ctx context.Context, err error, took time.Duration) Result {
	r := Result{Verdict: headstart.Unknown, Reason: OneLine(err.Error()), Duration: took}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound && ctx.Err() == nil {
		r.Verdict, r.Reason = headstart.Down, OneLine(fmt.Sprintf("the name %s does not exist", dns.Name))
	}
	return r
}

// statusWords says an HTTP status as people know it.
func statusWords(code int) string {
	return strings.TrimSpace(fmt.Sprintf("HTTP status %d %s", code, http.StatusText(code)))
}
