package subscriptions

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
)

// token is what a link carries: where an address stands, and 128 random bits that prove
// who has its mail. Without those the first half is of no use.
type token struct {
	at     [16]byte
	secret [16]byte
}

// purpose is the one thing a token is for.
type purpose string

const (
	toConfirm purpose = "confirm"
	toRenew   purpose = "renew"
	toLeave   purpose = "unsubscribe"
)

var tokenText = base64.RawURLEncoding.Strict()

// tokenLen is the length of every token as text.
const tokenLen = 43

func (t token) String() string { return tokenText.EncodeToString(append(t.at[:], t.secret[:]...)) }

// parseToken reads a token from the path of a link.
func parseToken(s string) (t token, err error) {
	if len(s) != tokenLen {
		return t, errors.New("no token")
	}
	b, err := tokenText.DecodeString(s)
	if err != nil || len(b) != len(t.at)+len(t.secret) { // it leaves out ends of lines, unasked
		return t, errors.New("no token")
	}
	return token{[16]byte(b[:16]), [16]byte(b[16:])}, nil
}

// row is where the address of the token stands on the shelf.
func (t token) row() string { return rowKey + hex.EncodeToString(t.at[:]) }

// tokenFor returns a token for the address at a row, with secret.
func tokenFor(row string, secret [16]byte) token {
	t := token{secret: secret}
	_, _ = hex.Decode(t.at[:], []byte(row[len(rowKey):])) // we made it
	return t
}

func randomSecret() (s [16]byte) {
	_, _ = rand.Read(s[:]) // never fails
	return s
}

// hashed is what is kept of a secret: enough to know it again, for one purpose.
func hashed(p purpose, secret [16]byte) []byte {
	sum := sha256.Sum256(append([]byte("headstart "+string(p)+" "), secret[:]...))
	return sum[:]
}

// proves reports whether secret is the one that hash was made of for p.
func proves(p purpose, secret [16]byte, hash []byte) bool { return hmac.Equal(hashed(p, secret), hash) }

// leaveSecret is the secret of the links that end a subscription: the same in every
// mail, and kept nowhere. It is made of the key and of what the subscription was
// given at random, so it is of no use after the subscription is gone.
func (k *Keys) leaveSecret(id []byte) [16]byte {
	mac := hmac.New(sha256.New, k.leave)
	mac.Write(id)
	return [16]byte(mac.Sum(nil))
}
