package public

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strings"
	"time"
)

const (
	deviceCookie = "headstart_reader"
	deviceLife   = 90 * 24 * time.Hour
	deviceYoung  = 3 * time.Second // a program answers at once, a person does not
)

// device is the browser of somebody who looked at a message: a random name, the
// time it was given and the place chosen last, signed by us. It is no person, and
// is set on the page with the button only.
type device struct {
	id    string
	given time.Time
	place string // public id of a location; empty: none was chosen
}

// deviceOf reads the cookie of r; ok is false without one that we signed.
func (s *Site) deviceOf(r *http.Request) (d device, ok bool) {
	c, err := r.Cookie(deviceCookie)
	if err != nil || len(c.Value) > 128 {
		return device{}, false
	}
	signed, place, _ := strings.Cut(c.Value, ".")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(signed)
	if err != nil || len(raw) != 16+8+16 || !hmac.Equal(raw[24:], s.seal(raw[:24])) {
		return device{}, false
	}
	given := time.UnixMilli(int64(binary.BigEndian.Uint64(raw[16:24]))) //nolint:gosec // we signed it
	if now := s.o.Now(); given.After(now) || now.Sub(given) > deviceLife {
		return device{}, false
	}
	if !isID(place) {
		place = ""
	}
	return device{id: base64.RawURLEncoding.EncodeToString(raw[:16]), given: given, place: place}, true
}

// newDevice names a browser.
func (s *Site) newDevice() device {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	return device{id: base64.RawURLEncoding.EncodeToString(id), given: s.o.Now()}
}

// keep sets the cookie.
func (s *Site) keep(w http.ResponseWriter, d device) {
	raw, err := base64.RawURLEncoding.DecodeString(d.id)
	if err != nil {
		panic("public: a device name is not ours: " + err.Error())
	}
	raw = binary.BigEndian.AppendUint64(raw, uint64(d.given.UnixMilli())) //nolint:gosec // after 1970
	value := base64.RawURLEncoding.EncodeToString(append(raw, s.seal(raw)...))
	if d.place != "" {
		value += "." + d.place
	}
	http.SetCookie(w, &http.Cookie{
		Name: deviceCookie, Value: value, Path: "/s/", MaxAge: int((deviceLife - s.o.Now().Sub(d.given)).Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(s.base, "https:"),
	})
}

// seal is 128 bits of an HMAC under the installation's key.
func (s *Site) seal(b []byte) []byte {
	mac := hmac.New(sha256.New, s.o.Key)
	mac.Write([]byte(deviceCookie))
	mac.Write(b)
	return mac.Sum(nil)[:16]
}
