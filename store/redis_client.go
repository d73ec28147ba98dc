package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"headstart"
)

// quiet silences the library once: it writes to standard error what it returns
// as errors as well.
var quiet = sync.OnceFunc(func() { redis.SetLogger(silence{}) })

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// newClient makes one of the two clients; retries -1 sends nothing twice, 0 is
// the library's default.
func newClient(o RedisOptions, retries int) redis.UniversalClient {
	quiet()
	return redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs:                 o.Addresses,
		IsClusterMode:         o.Cluster,
		MasterName:            o.Master,
		DB:                    o.DB,
		Username:              o.Username,
		Password:              o.Password,
		Dialer:                dial(o),
		MaxRetries:            retries,
		DialTimeout:           dialTimeout,
		DialerRetries:         1, // a server that is gone is told at once
		ReadTimeout:           readTimeout,
		WriteTimeout:          readTimeout,
		ContextTimeoutEnabled: true,
		PoolSize:              16, // blocking readers hold one each
		DisableIdentity:       true,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled, // of a hosted service; an own server refuses it
		},
	})
}

// dial leaves by the product's one way out. With a dialer of our own the
// library leaves TLS to us as well.
func dial(o RedisOptions) func(ctx context.Context, network, addr string) (net.Conn, error) {
	d := o.Dialer
	if d == nil {
		// The nodes of a cluster are named by the cluster, and the primary by Sentinels,
		// not by a setting.
		d = &headstart.Dialer{Allow: func(netip.AddrPort) bool { return true }, Timeout: dialTimeout}
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := d.DialContext(ctx, network, addr)
		if err != nil || o.TLS == nil {
			return conn, err
		}
		cfg := o.TLS.Clone()
		if cfg.ServerName == "" {
			cfg.ServerName, _, _ = net.SplitHostPort(addr)
		}
		secure := tls.Client(conn, cfg)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		return secure, nil
	}
}

// call runs f, again and again while the server says that it cannot answer
// yet, and maps what went wrong. Nothing was executed when a server says so,
// so the token and the cursor of a commit stay what they are (ruling 12).
func (r *Redis) call(ctx context.Context, f func(context.Context) error) error {
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		err := f(limit)
		if err == nil || errors.Is(err, redis.Nil) {
			return r.metrics.seen(nil)
		}
		if !isPassing(err) {
			r.lostNode(limit, err)
			return r.metrics.seen(r.mapErr(ctx, err))
		}
		r.lostNode(limit, err)
		select {
		case <-limit.Done():
			return r.metrics.seen(r.mapErr(ctx, err))
		case <-time.After(pause):
		}
	}
}

// passing are the replies that say "not now": nothing was executed.
var passing = []string{"TRYAGAIN", "ASK", "MOVED", "LOADING", "CLUSTERDOWN", "BUSY", "MASTERDOWN", "READONLY"}

func isPassing(err error) bool {
	word, _, _ := strings.Cut(err.Error(), " ")
	if slices.Contains(passing, word) {
		return isReply(err)
	}
	return false
}

func isReply(err error) bool {
	var reply redis.Error
	return errors.As(err, &reply)
}

// lostNode makes the clients ask a cluster again who holds what, after an error
// that may mean that somebody else does now.
func (r *Redis) lostNode(ctx context.Context, err error) {
	if isReply(err) && !isPassing(err) {
		return
	}
	for _, c := range []redis.UniversalClient{r.appends, r.engine} {
		if c, ok := c.(*redis.ClusterClient); ok {
			c.ReloadState(ctx)
		}
	}
}

// mapErr turns what the library says into what callers branch on. ctx is the
// caller's own: if that ended, it is its error.
func (r *Redis) mapErr(ctx context.Context, err error) error {
	for _, ours := range []error{headstart.ErrRefused, headstart.ErrFenced, headstart.ErrGap, headstart.ErrUnconfirmed} {
		if errors.Is(err, ours) {
			return err
		}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("redis %s: %w: %w", r.addr, ctx.Err(), err)
	}
	if bad := (damaged{}); errors.As(err, &bad) {
		return fmt.Errorf("redis %s: %w", r.addr, err)
	}
	if !isReply(err) {
		return fmt.Errorf("redis %s: %w: %w", r.addr, headstart.ErrDown, err)
	}
	switch word, rest, _ := strings.Cut(err.Error(), " "); word {
	case "FENCED":
		return headstart.ErrFenced
	case "OTHERLIFE":
		return errOtherLife
	case "GAP":
		return fmt.Errorf("%w: %s", headstart.ErrGap, rest)
	case "OOM":
		return fmt.Errorf("redis %s: %w: %w; raise its maxmemory", r.addr, headstart.ErrFull, err)
	case "MISCONF":
		return fmt.Errorf("redis %s: %w: %w; look at its disk and its log", r.addr, headstart.ErrFull, err)
	case "WRONGPASS", "NOAUTH":
		return fmt.Errorf("redis %s: %w: %w; check store.username and store.password_file", r.addr, headstart.ErrRefused, err)
	case "NOPERM":
		return fmt.Errorf("redis %s: %w: %w; give the user the rights the runbook lists", r.addr, headstart.ErrRefused, err)
	case "NOREPLICAS":
		return fmt.Errorf("redis %s: %w: %w", r.addr, headstart.ErrDown, err)
	default:
		if isPassing(err) {
			return fmt.Errorf("redis %s: %w: %w", r.addr, headstart.ErrDown, err)
		}
		return fmt.Errorf("redis %s: %w", r.addr, err)
	}
}
