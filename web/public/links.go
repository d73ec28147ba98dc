package public

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// linksFile holds the key of each page with links, in data_dir.
const linksFile = "page-links.json"

// LongestLink is what a link can be good for.
const LongestLink = 10 * 366 * 24 * time.Hour

// Links makes and judges signed links to pages with access link. A link is its
// expiry and 128 bits of an HMAC over page and expiry, under a key of the page:
// nothing is stored for each link, and a new key revokes all of the page's. It is
// safe for concurrent use, by several processes on one data_dir too.
type Links struct {
	file string

	mu   sync.Mutex
	read fs.FileInfo // what keys were read from; nil: there was no file
	keys map[string][]byte
}

// OpenLinks returns the links of a data_dir.
func OpenLinks(dir string) *Links { return &Links{file: filepath.Join(dir, linksFile)} }

// Make returns the token of a link to page that is good until expires. The first
// link of a page makes its key.
func (l *Links) Make(page string, expires time.Time) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.load(); err != nil {
		return "", err
	}
	if l.keys[page] == nil {
		if err := l.renew(page); err != nil {
			return "", err
		}
	}
	return sign(l.keys[page], page, expires.Unix()), nil
}

// Revoke gives page another key, so that no link made until now opens it.
func (l *Links) Revoke(page string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.load(); err != nil {
		return err
	}
	return l.renew(page)
}

// Opens reports whether token is a link to page that has not expired. While the
// keys cannot be read, nothing opens.
func (l *Links) Opens(page, token string, now time.Time) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != 8+16 {
		return false
	}
	expires := int64(binary.BigEndian.Uint64(raw)) //nolint:gosec // a number beyond fails the signature
	l.mu.Lock()
	err = l.load()
	key := l.keys[page]
	l.mu.Unlock()
	return err == nil && key != nil && now.Unix() < expires && hmac.Equal([]byte(token), []byte(sign(key, page, expires)))
}

// sign returns the token of a page and an expiry.
func sign(key []byte, page string, expires int64) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(expires)) //nolint:gosec // back again in Opens
	mac := hmac.New(sha256.New, key)
	mac.Write(raw)
	mac.Write([]byte(page))
	return base64.RawURLEncoding.EncodeToString(append(raw, mac.Sum(nil)[:16]...))
}

// load reads the keys again when the file is another one: the command that revokes
// is another process.
func (l *Links) load() error {
	info, err := os.Stat(l.file)
	if errors.Is(err, fs.ErrNotExist) {
		l.keys, l.read = map[string][]byte{}, nil
		return nil
	}
	if err != nil {
		return err
	}
	if l.read != nil && os.SameFile(l.read, info) && info.ModTime().Equal(l.read.ModTime()) {
		return nil
	}
	b, err := os.ReadFile(l.file)
	if err != nil {
		return err
	}
	keys := map[string][]byte{}
	if err := json.Unmarshal(b, &keys); err != nil {
		return fmt.Errorf("%s: %w; remove it, and make the links of pages again", l.file, err)
	}
	l.keys, l.read = keys, info
	return nil
}

// renew gives page a new key and replaces the file, whole or not at all.
func (l *Links) renew(page string) error {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	l.keys[page] = key
	b, err := json.Marshal(l.keys)
	if err != nil {
		return err
	}
	return replaceFile(l.file, b, 0o600)
}

// replaceFile writes a file beside name and moves it there, so that no reader sees
// half of one.
func replaceFile(name string, b []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(f.Name()))
	}
	return nil
}
