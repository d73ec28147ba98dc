package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"headstart"
)

// RedisOptions say where the server is and who we are to it.
type RedisOptions struct {
	Addresses []string // host:port; of a cluster: some of its nodes; with Master: of Sentinels
	Cluster   bool     // the addresses are nodes of a cluster
	Master    string   // what Sentinels call the primary; empty: no Sentinel
	Username  string   // of an ACL user; empty: the default user
	Password  string   // empty: none
	TLS       *tls.Config
	DB        int    // single server only
	Prefix    string // of all keys; empty: "hs"

	// MinReplicas is how many replicas must confirm an append before it counts;
	// zero: none.
	MinReplicas int

	// Installation is the id this machine has; empty takes the store's.
	Installation string

	Dialer     *headstart.Dialer     // nil: one that allows every address
	Logger     *slog.Logger          // nil: silent
	Registerer prometheus.Registerer // nil: no metrics
}

func (o *RedisOptions) validate() error {
	var errs []error
	switch {
	case len(o.Addresses) == 0:
		errs = append(errs, errors.New("store.addresses is empty; name the Redis server, such as 127.0.0.1:6379"))
	case len(o.Addresses) > 1 && !o.Cluster && o.Master == "":
		errs = append(errs, fmt.Errorf("store.addresses names %d servers; name one, or set store.mode: cluster or sentinel", len(o.Addresses)))
	case o.Cluster && o.Master != "":
		errs = append(errs, errors.New("store.master is for store.mode: sentinel; leave it out of a cluster"))
	}
	if o.Cluster && o.DB != 0 {
		errs = append(errs, fmt.Errorf("store.db is %d; a cluster has only db 0, use store.prefix instead", o.DB))
	}
	if strings.ContainsAny(o.Prefix, "{}*?[] ") {
		errs = append(errs, fmt.Errorf("store.prefix %q holds one of {}*?[] or a space; use letters and digits", o.Prefix))
	}
	return errors.Join(errs...)
}

// Redis keeps one partition under the keys PREFIX:{0}:*, all in one slot, on a
// server, behind Sentinels or in a cluster. It is made by OpenRedis.
type Redis struct {
	// Appends are never sent twice by the client: a repeated XADD after a lost
	// reply would be two events. Commits may be: the script sees the second.
	appends redis.UniversalClient
	engine  redis.UniversalClient

	addr        string // for messages
	key         string // prefix of all keys, "hs:{0}:"
	minReplicas int
	sentinel    bool // so there is a replica, or there should be
	logger      *slog.Logger
	metrics     *metrics
	full        fullness

	ring    ring
	mending sync.Mutex // one Mend at a time
	mended  mended

	watching sync.Mutex
	unsafe   map[string]string // what the last Watch found, by reason
}

const (
	// readTimeout is under a third of the lease (3 s), so that one lost reply
	// does not cost the lease.
	readTimeout = 750 * time.Millisecond
	dialTimeout = 2 * time.Second

	// patience is how long a call is tried again while the server says that it
	// cannot answer yet: LOADING, CLUSTERDOWN, TRYAGAIN, ASK, BUSY (ruling 12).
	patience = 5 * time.Second

	// confirmWait is how long an append waits for MinReplicas replicas.
	confirmWait = 500 * time.Millisecond
)

// OpenRedis connects, checks the server (see Check) and the installation, and
// logs the warnings. It fails with ErrDown if the server does not answer and
// with ErrRefused if it is not to be used as it is.
func OpenRedis(ctx context.Context, o RedisOptions) (*Redis, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	if o.Prefix == "" {
		o.Prefix = "hs"
	}
	logger := o.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	r := &Redis{
		appends:     newClient(o, -1),
		engine:      newClient(o, 0),
		addr:        strings.Join(o.Addresses, ","),
		key:         o.Prefix + ":{0}:",
		minReplicas: o.MinReplicas,
		sentinel:    o.Master != "",
		logger:      logger.With("component", "store"),
		metrics:     newMetrics(o.Registerer),
	}
	warnings, err := r.Check(ctx)
	if err == nil {
		err = r.prepare(ctx, o.Installation)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), r.Close())
	}
	for _, w := range warnings {
		r.logger.Warn("redis is not set up to keep everything", "err", w)
	}
	r.logger.Info("store opened", "subject", r.addr+" "+r.key)
	return r, nil
}

// prepare settles schema and installation (ruling 12). Nothing is written to a
// store we must not touch.
func (r *Redis) prepare(ctx context.Context, installation string) error {
	id := installation
	if id == "" {
		id = random()
	}
	place := "redis " + r.addr + " " + r.key
	return r.call(ctx, func(ctx context.Context) error {
		v, err := prepareScript.Run(ctx, r.engine, []string{r.meta()}, schema, minReader, id).StringSlice()
		if err != nil {
			return err
		}
		reader, err := strconv.Atoi(v[0])
		if err != nil {
			return damaged{fmt.Errorf("%s: min_reader %q: %w", place, v[0], err)}
		}
		if err := checkReader(place, reader); err != nil {
			return err
		}
		return checkInstallation(place, v[1], installation)
	})
}

// Close closes all connections.
func (r *Redis) Close() error {
	return errors.Join(r.appends.Close(), r.engine.Close())
}

// Incarnation is the run id and the replication id of the server that holds our
// keys: the first changes with a restart, the second with a promotion.
func (r *Redis) Incarnation(ctx context.Context) (id string, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		id, err = incarnationScript.Run(ctx, r.engine, []string{r.meta()}).Text()
		return err
	})
	return id, err
}

// Now is the clock of the server that holds our keys, asked inside a script:
// TIME has no key and would go to any node of a cluster.
func (r *Redis) Now(ctx context.Context) (t time.Time, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		v, err := timeScript.Run(ctx, r.engine, []string{r.meta()}).Int64Slice()
		if err == nil {
			err = wrongReply(v, 2)
		}
		if err != nil {
			return err
		}
		t = time.Unix(v[0], v[1]*1000).UTC()
		return nil
	})
	return t, err
}

// Installation implements Store.
func (r *Redis) Installation(ctx context.Context) (id string, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		id, err = r.engine.HGet(ctx, r.meta(), "installation").Result()
		return err
	})
	return id, err
}

// Room is used memory by maxmemory; a server without maxmemory has no limit it
// knows of, and says 0.
func (r *Redis) Room(ctx context.Context) (float64, error) {
	info, err := r.info(ctx, "memory")
	if err != nil {
		return 0, err
	}
	used, _ := strconv.ParseFloat(info["used_memory"], 64)
	limit, _ := strconv.ParseFloat(info["maxmemory"], 64)
	ratio := 0.0
	if limit > 0 {
		ratio = used / limit
	}
	r.metrics.room.Set(ratio)
	return ratio, nil
}

func (r *Redis) meta() string { return r.key + "meta" }

// node is a client of the one server that holds our keys.
func (r *Redis) node(ctx context.Context, c redis.UniversalClient) (*redis.Client, error) {
	switch c := c.(type) {
	case *redis.ClusterClient:
		return c.MasterForKey(ctx, r.meta())
	case *redis.Client:
		return c, nil
	}
	return nil, fmt.Errorf("redis %s: no client of one server in %T", r.addr, c)
}

func wrongReply[T any](v []T, want int) error {
	if len(v) == want {
		return nil
	}
	return damaged{fmt.Errorf("reply of %d values, want %d", len(v), want)}
}

// damaged marks an error that is about what the server holds, not about
// reaching it.
type damaged struct{ error }

func (d damaged) Unwrap() error { return d.error }
