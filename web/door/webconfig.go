package door

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/prometheus/exporter-toolkit/web"
	"go.yaml.in/yaml/v3"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/time/rate"
)

// webConfig is one reading of a web_config_file.
type webConfig struct {
	tls     *tls.Config // nil: plain HTTP
	http2   bool
	users   map[string]string // name: bcrypt hash
	anyHash string            // what an unknown name is compared with
	headers map[string]string
	limiter *rate.Limiter // nil: none
}

// readWebConfig reads path and the certificates it names. Its format and its
// strictness are exporter-toolkit's.
//
// The toolkit's own handler is not used: it knows no credential but its users',
// so that a Bearer token would never reach us.
func readWebConfig(path string) (*webConfig, error) {
	if err := web.Validate(path); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c := web.Config{
		TLSConfig:  web.TLSConfig{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS13},
		HTTPConfig: web.HTTPConfig{HTTP2: true},
	}
	dec := yaml.NewDecoder(bytes.NewReader(content))
	dec.KnownFields(true)
	if err := dec.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c.TLSConfig.SetDirectory(filepath.Dir(path))
	out := &webConfig{http2: c.HTTPConfig.HTTP2, headers: c.HTTPConfig.Header, users: map[string]string{}}
	for name, hash := range c.Users {
		out.users[name] = string(hash)
		out.anyHash = string(hash)
	}
	if c.RateLimiterConfig.Interval > 0 {
		out.limiter = rate.NewLimiter(rate.Every(c.RateLimiterConfig.Interval), c.RateLimiterConfig.Burst)
	}
	if c.TLSConfig.IsEnabled() {
		if out.tls, err = web.ConfigToTLSConfig(&c.TLSConfig); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return out, nil
}

// webFile keeps a web_config_file current. A change with a mistake is logged
// once and the reading before it stays in force.
type webFile struct {
	path   string
	logger *slog.Logger

	mu      sync.Mutex
	stamp   string // of the file when it was last read
	current *webConfig
	checked checkedPasswords
}

func openWebFile(path string, logger *slog.Logger) (*webFile, error) {
	f := &webFile{path: path, logger: logger, checked: newCheckedPasswords()}
	if path == "" {
		f.current = &webConfig{}
		return f, nil
	}
	f.stamp = stamp(path)
	c, err := readWebConfig(path)
	if err != nil {
		return nil, fmt.Errorf("web_config_file: %w", err)
	}
	f.current = c
	return f, nil
}

// get returns the reading in force.
func (f *webFile) get() *webConfig {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.path == "" {
		return f.current
	}
	if now := stamp(f.path); now != f.stamp {
		f.stamp = now
		f.read()
	}
	return f.current
}

// again reads the file whether it changed or not: certificates beside it may have.
func (f *webFile) again() *webConfig {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stamp = stamp(f.path)
	f.read()
	return f.current
}

func (f *webFile) read() {
	c, err := readWebConfig(f.path)
	if err != nil {
		f.logger.Error("web configuration not reloaded, the one before stays", "err", err)
		return
	}
	if (c.tls == nil) != (f.current.tls == nil) {
		f.logger.Error("web configuration not reloaded, the one before stays", "err", "switching TLS on or off needs a restart")
		return
	}
	if l := f.current.limiter; l != nil && c.limiter != nil && l.Limit() == c.limiter.Limit() && l.Burst() == c.limiter.Burst() {
		c.limiter = l // else each reload would fill the bucket
	}
	f.current = c
}

func stamp(path string) string {
	st, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %d", st.Size(), st.ModTime().UnixNano())
}

// basicUser reports whether a user of the file has this password. An unknown
// name costs a bcrypt comparison too.
func (f *webFile) basicUser(c *webConfig, name, password string) bool {
	hash, known := c.users[name]
	if !known {
		// Never remembered: matches is told a hash the name does not own.
		return bcrypt.CompareHashAndPassword([]byte(c.anyHash), []byte(password)) == nil && known
	}
	return f.checked.matches(name, hash, password)
}

// checkedPasswords remembers comparisons that succeeded, because Prometheus
// sends its password every few seconds and bcrypt takes tens of milliseconds.
// It holds keyed digests, never a password.
type checkedPasswords struct {
	key  []byte
	one  *sync.Mutex // one bcrypt at a time
	mu   *sync.Mutex
	good map[[sha256.Size]byte]bool
}

func newCheckedPasswords() checkedPasswords {
	k := make([]byte, 32)
	_, _ = rand.Read(k)
	return checkedPasswords{key: k, one: &sync.Mutex{}, mu: &sync.Mutex{}, good: map[[sha256.Size]byte]bool{}}
}

// known reports whether this comparison succeeded before.
func (p checkedPasswords) known(name, hash, password string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.good[p.digest(name, hash, password)]
}

func (p checkedPasswords) matches(name, hash, password string) bool {
	p.one.Lock()
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
	p.one.Unlock()
	if err != nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.good) >= 1000 {
		clear(p.good)
	}
	p.good[p.digest(name, hash, password)] = true
	return true
}

func (p checkedPasswords) digest(name, hash, password string) [sha256.Size]byte {
	m := hmac.New(sha256.New, p.key)
	fmt.Fprintf(m, "%q %q %q", name, hash, password)
	return [sha256.Size]byte(m.Sum(nil))
}
