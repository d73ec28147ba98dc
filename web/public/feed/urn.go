package feed

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// URN names something for ever by what it is made of, as a UUID of version 8 (RFC
// 9562, section 5.8: bits of our own making), so that it does not depend on the
// host that pages stand on today, as a tag URI (RFC 4151) would.
func URN(parts ...string) string { return "urn:uuid:" + UUID(parts...) }

// UUID is the UUID of URN alone.
func UUID(parts ...string) string {
	sum := sha256.Sum256([]byte("headstart\x00" + strings.Join(parts, "\x00")))
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x80 // version 8
	u[8] = u[8]&0x3f | 0x80 // the variant of RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
