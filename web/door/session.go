package door

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// sessionLife is how long a log-in lasts at most (ruling 43).
const sessionLife = 12 * time.Hour

// maxSessions bounds the file; the oldest go first.
const maxSessions = 5000

// session is one log-in. The browser holds a random 256-bit id; the server holds
// its digest, so that a stolen file opens nothing.
type session struct {
	User    string    `json:"user"`             // admin, user:NAME, or oidc:SUBJECT
	Name    string    `json:"name,omitempty"`   // of who is known to an issuer only
	Groups  []string  `json:"groups,omitempty"` // of his, those that the mapping named at log-in
	Proof   string    `json:"proof"`            // digest of the credential: a changed password ends the session
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

// name is what its user is called in timelines.
func (s session) name() string {
	if s.Name != "" {
		return s.Name
	}
	return strings.TrimPrefix(s.User, "user:")
}

// sessions are the log-ins of this process, kept in a file of data_dir so that
// a restart logs nobody out.
type sessions struct {
	path   string
	now    func() time.Time
	logger *slog.Logger

	mu  sync.Mutex
	all map[string]session // by digest of the id
}

func openSessions(dir string, now func() time.Time, logger *slog.Logger) (*sessions, error) {
	s := &sessions{path: filepath.Join(dir, "sessions.json"), now: now, logger: logger, all: map[string]session{}}
	b, err := os.ReadFile(s.path)
	if os.IsNotExist(err) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &s.all); err != nil {
		// Worth a line, not a stop: people log in again.
		logger.Warn("sessions not readable, everybody logs in again", "err", err)
		s.all = map[string]session{}
	}
	return s, nil
}

// start logs the user of x in under a new id and ends the session of old, so that an id
// known before the log-in is worth nothing after it.
func (s *sessions) start(x session, old string) (id string, expires time.Time) {
	id = token(32)
	now := s.now()
	expires = now.Add(sessionLife)
	x.Created, x.Expires = now, expires
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, digest(old))
	s.sweep(now)
	s.all[digest(id)] = x
	s.save()
	return id, expires
}

// get returns the session of id if it still runs.
func (s *sessions) get(id string) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.all[digest(id)]
	return x, ok && s.now().Before(x.Expires)
}

// end logs out.
func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.all[digest(id)]; ok {
		delete(s.all, digest(id))
		s.save()
	}
}

func (s *sessions) sweep(now time.Time) {
	oldest, at := "", now
	for k, x := range s.all {
		if !now.Before(x.Expires) {
			delete(s.all, k)
		} else if !x.Created.After(at) {
			oldest, at = k, x.Created
		}
	}
	if len(s.all) >= maxSessions {
		delete(s.all, oldest)
	}
}

func (s *sessions) save() {
	b, err := json.Marshal(s.all)
	if err == nil {
		err = writeSecret(s.path, b)
	}
	if err != nil {
		s.logger.Warn("sessions not saved, a restart logs everybody out", "err", err)
	}
}

// writeSecret replaces path by data, readable by its owner only, whole or not at all.
func writeSecret(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// token returns n random bytes for a URL or a cookie.
func token(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
