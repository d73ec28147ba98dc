package subscriptions

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Keys is what addresses are hashed and subscriptions sealed with. Every replica of an
// installation has the same.
type Keys struct {
	find  []byte // of HMAC
	leave []byte // of HMAC
	aead  cipher.AEAD
}

// KeyFile is the name of the file with the secret, below data_dir.
const KeyFile = "subscriptions-key"

const (
	shelf    = "subscriptions"
	checkKey = "key"    // on the shelf: says which secret it was filled with
	limitKey = "limits" // on the shelf: who asked in the last hour
	rowKey   = "a-"     // on the shelf: begins the keys of addresses
)

// OpenKeys reads the secret of 32 bytes from file, and makes it the first time. It
// refuses one that the shelf was not filled with: a replica that made its own would
// read nobody's subscription, and seal what the others cannot read.
func OpenKeys(ctx context.Context, s Shelf, file string) (*Keys, error) {
	check, err := s.ShelfGet(ctx, shelf, checkKey)
	if err != nil {
		return nil, err
	}
	secret, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && check == nil:
		secret = make([]byte, 32)
		_, _ = rand.Read(secret) // never fails
		err = os.WriteFile(file, secret, 0o600)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the store holds subscriptions, and the key they are sealed with is not there: "+
			"copy %s from another replica or from a copy of data_dir, or see docs/subscriptions.md to start without them", file)
	}
	if err != nil {
		return nil, fmt.Errorf("the key of subscriptions: %w", err)
	}
	if len(secret) != 32 {
		return nil, fmt.Errorf("%s has %d bytes, want 32; put back the file of the other replicas", file, len(secret))
	}
	k, mark, err := newKeys(secret)
	if err != nil {
		return nil, err
	}
	if check == nil {
		if _, err := s.ShelfSwap(ctx, shelf, checkKey, nil, mark); err != nil {
			return nil, err
		}
		if check, err = s.ShelfGet(ctx, shelf, checkKey); err != nil { // another replica may have been first
			return nil, err
		}
	}
	if !bytes.Equal(check, mark) {
		return nil, fmt.Errorf("%s is not the key the subscriptions of this store are sealed with; copy it from another replica", file)
	}
	return k, nil
}

// newKeys derives what a secret is used for, each use with a key of its own.
func newKeys(secret []byte) (k *Keys, mark []byte, err error) {
	derive := func(use string) []byte {
		key, derr := hkdf.Key(sha256.New, secret, nil, "headstart subscriptions "+use, 32)
		err = errors.Join(err, derr)
		return key
	}
	k = &Keys{find: derive("find"), leave: derive("leave")}
	seal, mark := derive("seal"), derive("check")
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, nil, err
	}
	k.aead, err = cipher.NewGCMWithRandomNonce(block)
	return k, mark, err
}

// hash names an address, or a client, without saying it.
func (k *Keys) hash(kind, s string) [16]byte {
	mac := hmac.New(sha256.New, k.find)
	mac.Write([]byte(kind + "\x00" + s))
	return [16]byte(mac.Sum(nil))
}

// row is where an address stands on the shelf.
func (k *Keys) row(a address) string {
	h := k.hash("address", a.known)
	return rowKey + hex.EncodeToString(h[:])
}

// seal makes a value of the shelf unreadable, and of use under its own key only.
func (k *Keys) seal(key string, plain []byte) []byte {
	return k.aead.Seal(nil, nil, plain, []byte(key))
}

func (k *Keys) open(key string, sealed []byte) ([]byte, error) {
	plain, err := k.aead.Open(nil, nil, sealed, []byte(key))
	if err != nil {
		return nil, errors.New("a subscription cannot be opened: it was sealed with another key, or damaged")
	}
	return plain, nil
}
