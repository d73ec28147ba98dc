package door

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// passwordHash is an argon2id hash in the form $argon2id$v=19$m=..,t=..,p=..$salt$sum.
type passwordHash struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
	salt    []byte
	sum     []byte
}

// HashPassword returns the argon2id hash of password for auth.users[].password.
func HashPassword(password string) string { return newHash(password).String() }

// newHash uses 19 MiB and two passes, OWASP's first choice for argon2id.
func newHash(password string) passwordHash {
	h := passwordHash{memory: 19 * 1024, time: 2, threads: 1, salt: make([]byte, 16)}
	_, _ = rand.Read(h.salt) // never fails: crypto/rand.Read ends the program instead
	h.sum = h.derive(password, 32)
	return h
}

func (h passwordHash) derive(password string, size uint32) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, size)
}

// matches spends the same time whatever the password.
func (h passwordHash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.derive(password, uint32(len(h.sum))), h.sum) == 1
}

func (h passwordHash) String() string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.time, h.threads,
		b.EncodeToString(h.salt), b.EncodeToString(h.sum))
}

// parseHash reads what String writes, and bounds the work a hash can ask for.
func parseHash(s string) (passwordHash, error) {
	bad := errors.New("the password hash is not argon2id; write $argon2id$v=19$m=19456,t=2,p=1$SALT$SUM, or the password itself in a file")
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != "v=19" {
		return passwordHash{}, bad
	}
	var h passwordHash
	var err1, err2 error
	n, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads)
	h.salt, err1 = base64.RawStdEncoding.DecodeString(f[4])
	h.sum, err2 = base64.RawStdEncoding.DecodeString(f[5])
	if n != 3 || err != nil || err1 != nil || err2 != nil {
		return passwordHash{}, bad
	}
	if h.memory < 8*1024 || h.memory > 256*1024 || h.time < 1 || h.time > 10 || h.threads < 1 || h.threads > 8 {
		return passwordHash{}, errors.New("the password hash asks for too little or too much work; use m between 8192 and 262144, t up to 10, p up to 8")
	}
	if len(h.salt) < 8 || len(h.salt) > 64 || len(h.sum) < 16 || len(h.sum) > 64 {
		return passwordHash{}, errors.New("the password hash has an odd salt or sum; use 16 and 32 bytes")
	}
	return h, nil
}

// maxPassword bounds what is hashed.
const maxPassword = 1024

// passwords checks log-ins. An unknown name costs as much as a known one, and
// at most two checks run at once: each takes 19 MiB and a core.
type passwords struct {
	byName  map[string]passwordHash
	nobody  passwordHash
	running chan struct{}
}

func newPasswords(users []User) (*passwords, error) {
	p := &passwords{byName: map[string]passwordHash{}, running: make(chan struct{}, 2)}
	var errs []error
	for _, u := range users {
		h, err := u.hash(newHash)
		if err != nil {
			errs = append(errs, fmt.Errorf("auth.users: %s: %w", u.Name, err))
		}
		p.byName[u.Name] = h
		p.nobody = h // any user's cost
	}
	if len(users) > 0 {
		p.nobody.salt = []byte("nobody of this name")
	}
	return p, errors.Join(errs...)
}

// check reports whether the password is name's. The error is ctx's: it was too
// busy for too long.
func (p *passwords) check(ctx context.Context, name, password string) (bool, error) {
	select {
	case p.running <- struct{}{}:
		defer func() { <-p.running }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	h, known := p.byName[name]
	if !known {
		h = p.nobody
	}
	if h.memory == 0 || len(password) > maxPassword {
		return false, nil
	}
	ok := h.matches(password)
	return ok && known, nil
}
