package door

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// AdminTokenFile is the name, in data_dir, of the file that holds the admin token.
const AdminTokenFile = "admin-token"

// adminName is who a holder of the admin token is in timelines.
const adminName = "admin"

// linkLife is how long a log-in link may lie about.
const linkLife = 24 * time.Hour

// openAdminToken reads the admin token of dir, or makes one at the first start:
// 32 random bytes in hex, readable by the owner only (ruling 37).
func openAdminToken(dir string) (tok string, first bool, err error) {
	path := filepath.Join(dir, AdminTokenFile)
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		tok = strings.TrimSpace(string(b))
		if len(tok) < 2*minToken {
			return "", false, fmt.Errorf("%s holds fewer than %d characters; delete it, a start makes a new one", path, 2*minToken)
		}
		st, err := os.Stat(path)
		if err != nil {
			return "", false, err
		}
		if st.Mode().Perm()&0o077 != 0 {
			return "", false, fmt.Errorf("%s may be read by others (%s); chmod 600 it, or delete it and start again", path, st.Mode().Perm())
		}
		return tok, false, nil
	case !errors.Is(err, os.ErrNotExist):
		return "", false, err
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw)
	tok = hex.EncodeToString(raw)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", false, err
	}
	if err := writeSecret(path, []byte(tok+"\n")); err != nil {
		return "", false, err
	}
	return tok, true, nil
}

// links are the log-in links handed out: each opens one session.
type links struct {
	now func() time.Time

	mu  sync.Mutex
	all map[string]time.Time // digest of the nonce: until
}

func newLinks(now func() time.Time) *links { return &links{now: now, all: map[string]time.Time{}} }

func (l *links) make() string {
	nonce := token(32)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for k, until := range l.all {
		if now.After(until) {
			delete(l.all, k)
		}
	}
	l.all[digest(nonce)] = now.Add(linkLife)
	return nonce
}

// take uses nonce up and reports whether it was good.
func (l *links) take(nonce string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	until, ok := l.all[digest(nonce)]
	delete(l.all, digest(nonce))
	return ok && l.now().Before(until)
}
