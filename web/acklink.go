package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"headstart"
)

// ackGood is how long a link of a mail may be used: a shift and the night after it.
const ackGood = 24 * time.Hour

// AckLinks makes and reads the links in mails to operators and to the desk, by which
// whoever reads the mail says that he is on it. A link is good for one incident, one
// act and one mail, until it expires; it logs nobody in. It is a claim and an HMAC over
// it, so nothing is stored until it is used, and every replica knows every link.
type AckLinks struct {
	key  []byte
	base string
}

// NewAckLinks returns the links of an installation: its secret, and where its desk is.
func NewAckLinks(secret []byte, externalURL string) *AckLinks {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("headstart acknowledge from mail 1")) // a key of its own: no other token passes for one
	return &AckLinks{key: mac.Sum(nil), base: strings.TrimSuffix(externalURL, "/")}
}

// ackClaim is what a link says.
type ackClaim struct {
	UID     string // of the incident
	To      string // who got the mail: a receiver or channel, never a person
	Message string // the Notice.Key: one link for each mail
	Expires time.Time
}

// URL is the link for a message; empty: there is nothing to take up any more.
func (l *AckLinks) URL(n *headstart.Notice) string {
	to := n.Receiver + n.Channel // of which one is set
	if n.UID == "" || n.Incident == "" || to == "" || n.Resolved || n.Final || strings.ContainsAny(n.UID+to+n.Key, "\n") {
		return ""
	}
	return l.base + "/ack/" + l.token(ackClaim{n.UID, to, n.Key, n.At.Add(ackGood)})
}

func (l *AckLinks) token(c ackClaim) string {
	text := strings.Join([]string{"ack", strconv.FormatInt(c.Expires.Unix(), 10), c.UID, c.To, c.Message}, "\n")
	return base64.RawURLEncoding.EncodeToString(append(l.seal(text), text...))
}

// sealSize is 128 bits, of which nobody guesses one in a day.
const sealSize = 16

func (l *AckLinks) seal(text string) []byte {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte(text))
	return mac.Sum(nil)[:sealSize]
}

// Why a link opens nothing.
var (
	errAckForged  = errors.New("the link is not one of ours")
	errAckExpired = errors.New("the link has expired")
)

// maxToken bounds what is decoded of a path.
const maxToken = 2000

// read returns what a token claims, if we made it and it has not expired.
func (l *AckLinks) read(token string, now time.Time) (ackClaim, error) {
	if len(token) > maxToken {
		return ackClaim{}, errAckForged
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < sealSize || !hmac.Equal(raw[:sealSize], l.seal(string(raw[sealSize:]))) {
		return ackClaim{}, errAckForged
	}
	part := strings.Split(string(raw[sealSize:]), "\n")
	if len(part) != 5 || part[0] != "ack" {
		return ackClaim{}, errAckForged
	}
	expires, err := strconv.ParseInt(part[1], 10, 64)
	if err != nil {
		return ackClaim{}, errAckForged
	}
	c := ackClaim{UID: part[2], To: part[3], Message: part[4], Expires: time.Unix(expires, 0)}
	if !now.Before(c.Expires) {
		return c, errAckExpired
	}
	return c, nil
}

// mark names the use of a link: the engine takes each once, after a restart too.
func (c ackClaim) mark() string {
	sum := sha256.Sum256([]byte(c.UID + "\n" + c.To + "\n" + c.Message))
	return headstart.MailAck + hex.EncodeToString(sum[:12])
}
