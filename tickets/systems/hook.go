package systems

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// hookWindow is how far the time of a signed hook may lie from ours.
const hookWindow = 5 * time.Minute

// Headers of a hook that we tell a system how to send.
const (
	headerStamp     = "X-Headstart-Timestamp"
	headerSignature = "X-Headstart-Signature"
	headerSecret    = "X-Headstart-Secret"
)

// signedStamp proves a hook of our own making: "sha256=" and the hex HMAC over the
// Unix time in seconds, a dot, and the body.
func (o *opened) signedStamp(h http.Header, body []byte, now time.Time) error {
	stamp := h.Get(headerStamp)
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(at, 0)).Abs() > hookWindow {
		return fmt.Errorf("%w: %s is missing, or more than 5 minutes from our time", ErrHook, headerStamp)
	}
	mac := hmac.New(sha256.New, o.hook)
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return o.compare(h.Get(headerSignature), "sha256=", mac)
}

// signedBody proves a hook that a vendor signs over the body alone. It has no time,
// so it may be sent again by whoever saw it: it only makes us read once more.
func (o *opened) signedBody(h http.Header, body []byte, prefix string, kind func() hash.Hash) error {
	mac := hmac.New(kind, o.hook)
	mac.Write(body)
	return o.compare(h.Get("X-Hub-Signature"), prefix, mac)
}

func (o *opened) compare(given, prefix string, mac hash.Hash) error {
	if len(o.hook) == 0 {
		return fmt.Errorf("%w: hook_secret_file is not set", ErrHook)
	}
	signature, ok := strings.CutPrefix(given, prefix)
	sum, err := hex.DecodeString(signature)
	if !ok || err != nil || !hmac.Equal(sum, mac.Sum(nil)) {
		return fmt.Errorf("%w: the signature does not fit; is the secret the one in hook_secret_file?", ErrHook)
	}
	return nil
}

// shownSecret proves a hook of a system that can send a fixed header and no signature.
func (o *opened) shownSecret(h http.Header) error {
	if len(o.hook) == 0 || subtle.ConstantTimeCompare([]byte(h.Get(headerSecret)), o.hook) != 1 {
		return fmt.Errorf("%w: header %s is not the secret in hook_secret_file", ErrHook, headerSecret)
	}
	return nil
}

// hintOf reads {"id":"12"} or {"id":12}.
func hintOf(body []byte) ([]string, error) {
	var in struct {
		ID ident `json:"id"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrMalformed, unquoted(err))
	}
	return goodIDs(string(in.ID))
}

// nativeID is what ids of all systems look like.
var nativeID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func goodIDs(ids ...string) ([]string, error) {
	for _, id := range ids {
		if !nativeID.MatchString(id) {
			return nil, fmt.Errorf("%w: no id of a ticket", ErrMalformed)
		}
	}
	return ids, nil
}

// marks look like this in a text: they are ours.
var anyMark = regexp.MustCompile(`\[[0-9a-f]{16}(/[a-z0-9-]+)*\]`)

// madeMark is the mark of what we made, where it can stand only in the text: notes
// and replies name what they are behind a slash.
var madeMark = regexp.MustCompile(`\[[0-9a-f]{16}\]`)

func marked(text string) bool      { return anyMark.MatchString(text) }
func bracketed(mark string) string { return "[" + mark + "]" }
