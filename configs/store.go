package configs

import (
	"errors"
	"fmt"
	"math"
	"net"
	"regexp"
	"strconv"
	"time"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"

	"headstart"
)

// Store is where everything that must survive a crash is kept.
type Store struct {
	// Mode is embedded (one file below data_dir), redis, sentinel or cluster.
	Mode string `yaml:"mode" json:"mode"`

	Addresses    []string         `yaml:"addresses" json:"addresses"`         // host:port; of a cluster some of its nodes; of sentinel the Sentinels
	Username     string           `yaml:"username" json:"username"`           // Redis' account; empty: its default user
	PasswordFile string           `yaml:"password_file" json:"password_file"` // file with Redis' password
	TLS          config.TLSConfig `yaml:"tls" json:"tls"`                     // {}: none; any key in it, such as server_name: TLS
	DB           int              `yaml:"db" json:"db"`                       // number of the database; a cluster has 0 alone
	Prefix       string           `yaml:"prefix" json:"prefix"`               // of all keys

	Master string `yaml:"master" json:"master,omitempty"` // what the Sentinels call the primary, such as mymaster
	Fsync  string `yaml:"fsync" json:"fsync"`             // everysec; other values come later

	// MinReplicas must confirm what is appended before it counts.
	MinReplicas int `yaml:"min_replicas" json:"min_replicas"`

	// Keep is how long events stay in the log after they were decided upon.
	Keep model.Duration `yaml:"keep" json:"keep"`

	// MaxBytes bounds the embedded file: at 80 % of it the log is kept shorter, at 90 %
	// alerts, tickets and checks are refused; zero: the disk bounds it.
	MaxBytes Bytes `yaml:"max_bytes" json:"max_bytes"`
}

// DefaultStore is the embedded store.
func DefaultStore() Store {
	return Store{
		Mode: "embedded", Addresses: []string{"127.0.0.1:6379"}, Prefix: "hs", Fsync: "everysec",
		Keep: model.Duration(24 * time.Hour), MaxBytes: 4 << 30,
	}
}

// Secured reports whether TLS is asked for.
func (s Store) Secured() bool { return s.TLS != config.TLSConfig{} }

// Validate reports every mistake.
func (s Store) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	switch s.Mode {
	case "embedded", "redis", "sentinel", "cluster":
	default:
		bad("store.mode is %q; write embedded, redis, sentinel or cluster", s.Mode)
	}
	switch {
	case s.Mode == "sentinel" && s.Master == "":
		bad("store.master is empty; write the name that the Sentinels watch the primary under, such as mymaster")
	case s.Mode != "sentinel" && s.Master != "":
		bad("store.master is %q, which only store.mode: sentinel has; set that mode, or leave this key out", s.Master)
	}
	s.validateAddresses(bad)
	if s.Mode == "cluster" && s.DB != 0 {
		bad("store.db is %d; a cluster has only db 0, use store.prefix instead", s.DB)
	}
	if s.DB < 0 {
		bad("store.db is %d; write 0 or more", s.DB)
	}
	if !regexp.MustCompile(`^[A-Za-z0-9_.-]+$`).MatchString(s.Prefix) {
		bad("store.prefix is %q; use letters, digits, dots, dashes", s.Prefix)
	}
	if err := s.TLS.Validate(); err != nil {
		bad("store.tls: %w; correct the names of its files", err)
	}
	if s.Fsync != "everysec" {
		bad("store.fsync is %q; set appendfsync in the configuration of Redis itself and leave this key out", s.Fsync)
	}
	if s.MinReplicas < 0 {
		bad("store.min_replicas is %d; write 0 or more", s.MinReplicas)
	}
	if k := time.Duration(s.Keep); k < time.Hour {
		bad("store.keep is %s; keep at least 1h, which a restart reads again", s.Keep)
	}
	if s.MaxBytes != 0 && s.MaxBytes < 1<<20 {
		bad("store.max_bytes is %s; allow at least 1MiB, or 0 for the whole disk", s.MaxBytes)
	}
	return errors.Join(errs...)
}

func (s Store) validateAddresses(bad func(string, ...any)) {
	for _, a := range s.Addresses {
		if host, port, err := net.SplitHostPort(a); err != nil || host == "" || !headstart.ValidPort(port, 1) {
			bad("store.addresses holds %q; write host:port, such as 127.0.0.1:6379", a)
		}
	}
	switch n := len(s.Addresses); {
	case s.Mode == "embedded":
	case n == 0:
		bad("store.addresses is empty; name the Redis server, such as 127.0.0.1:6379")
	case n > 1 && s.Mode == "redis":
		bad("store.addresses names %d servers; name one, or set store.mode: sentinel or cluster", n)
	}
}

// Bytes is an amount of storage, written 512MiB or 4GiB.
type Bytes int64

var (
	bytesForm = regexp.MustCompile(`^(\d+)(B|KiB|MiB|GiB|TiB)?$`)
	bytesUnit = map[string]int64{"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
)

// UnmarshalText reads what String writes.
func (b *Bytes) UnmarshalText(text []byte) error {
	m := bytesForm.FindStringSubmatch(string(text))
	if m == nil {
		return fmt.Errorf("%q is no size; write one such as 512MiB or 4GiB", text)
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || n > math.MaxInt64/bytesUnit[m[2]] {
		return fmt.Errorf("%q is larger than any disk; write a size such as 4GiB", text)
	}
	*b = Bytes(n * bytesUnit[m[2]])
	return nil
}

// MarshalText writes a size as String does.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// String writes b in the largest unit that loses nothing.
func (b Bytes) String() string {
	for _, unit := range []string{"TiB", "GiB", "MiB", "KiB"} {
		if u := bytesUnit[unit]; b != 0 && int64(b)%u == 0 {
			return strconv.FormatInt(int64(b)/u, 10) + unit
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// Archive is where events go before the log forgets them.
type Archive struct {
	Dir  string         `yaml:"dir" json:"dir"`   // empty: data_dir/archive
	Keep model.Duration `yaml:"keep" json:"keep"` // for so long; at least a day
}

// Validate reports every mistake.
func (a Archive) Validate() error {
	if a.Keep < day {
		return fmt.Errorf("archive.keep is %s; keep at least 1d", a.Keep)
	}
	return nil
}
