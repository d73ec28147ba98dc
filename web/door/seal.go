package door

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
)

// sealer puts what only we may read or make into a cookie, so that nothing has to be
// kept of a browser before its person is known: nobody can fill a table by asking.
type sealer struct{ aead cipher.AEAD }

// newSealer derives its key from the admin token: it survives a restart, and replicas
// that share a data_dir understand each other.
func newSealer(admin string) sealer {
	key := sha256.Sum256([]byte("headstart cookies\x00" + admin))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("door: aes takes 32 bytes: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("door: gcm takes aes: " + err.Error())
	}
	return sealer{aead}
}

// seal returns v for a cookie. What was sealed for one purpose opens for no other.
func (s sealer) seal(purpose string, v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, s.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: crypto/rand.Read ends the program instead
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, plain, []byte(purpose))), nil
}

// maxSealed bounds what is opened, in characters; browsers keep 4096 of a cookie, its
// name and attributes among them.
const maxSealed = 3900

// open reads what seal made into v, and reports whether it was that.
func (s sealer) open(purpose, sealed string, v any) bool {
	if len(sealed) > maxSealed || strings.ContainsAny(sealed, "\r\n") { // which base64 would leave out
		return false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || len(raw) < s.aead.NonceSize() {
		return false
	}
	n := s.aead.NonceSize()
	plain, err := s.aead.Open(nil, raw[:n], raw[n:], []byte(purpose))
	return err == nil && json.Unmarshal(plain, v) == nil
}
