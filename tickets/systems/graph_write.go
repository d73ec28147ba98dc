package systems

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Noted implements Writer. What we send has a Message-ID made of its mark, by which
// it is found in Sent Items. It comes there a moment after it was accepted, and
// accepted is enough.
func (b graphBox) Noted(ctx context.Context, id, mark string) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	mail := b.messageID(id, mark)
	if b.graph.sent[mail] {
		return true, nil
	}
	var list graphPage
	q := url.Values{"$filter": {"internetMessageId eq '<" + mail + ">'"}, "$select": {"id"}}
	_, err := b.graph.get(ctx, b.graph.path+"/mailFolders/sentitems/messages", q, "", &list)
	return len(list.Value) > 0, err
}

// messageID is that of the reply to ticket id with a mark, without brackets. It looks
// like an announcement's, so that our own mail is known as ours.
func (b graphBox) messageID(id, mark string) string {
	_, domain, _ := strings.Cut(b.address, "@")
	sum := sha256.Sum256([]byte(id))
	return strings.ReplaceAll(mark, "/", ".") + "." + hex.EncodeToString(sum[:8]) + "@" + domain
}

// mostSent bounds how many marks are remembered as sent.
const mostSent = 10_000

// Note implements Writer: a mail to who wrote first, in the same thread, if our mail
// server proved that one of our people did: else a forged sender, or an address to
// answer to, would have us write to anybody. A note that only the desk reads cannot be
// written. The address is asked for here, and kept nowhere.
func (b graphBox) Note(ctx context.Context, id string, n Note) error {
	if !n.Public {
		return ErrUnsupported
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.look(ctx, id); err != nil {
		return notGone(err)
	}
	users, _ := b.read.written(id)
	if len(users) == 0 {
		return ErrNotFound
	}
	if !users[0].proved {
		return fmt.Errorf("%w: nothing proves that one of your own people wrote it; see domains and authserv_id", ErrRefused)
	}
	var to graphMail
	q := url.Values{"$select": {"subject,from,internetMessageId"}}
	if _, err := b.graph.get(ctx, b.graph.path+"/messages/"+url.PathEscape(users[0].place), q, "", &to); err != nil {
		return err
	}
	raw, err := b.reply(&to, b.messageID(id, n.Mark), n.Text, time.Now())
	if err != nil {
		return err
	}
	_, err = b.graph.client.do(ctx, call{
		method: http.MethodPost, path: b.graph.path + "/sendMail", text: base64.StdEncoding.EncodeToString(raw), ok: []int{http.StatusAccepted},
	})
	if err != nil {
		return err
	}
	if len(b.graph.sent) >= mostSent {
		clear(b.graph.sent)
	}
	b.graph.sent[b.messageID(id, n.Mark)] = true
	return nil
}

// reply is the mail as MIME: as JSON it could not have a header of its own.
func (b graphBox) reply(to *graphMail, id, text string, now time.Time) ([]byte, error) {
	address := to.From.EmailAddress.Address
	if !mailAddressForm.MatchString(address) || strings.EqualFold(address, b.address) {
		return nil, fmt.Errorf("%w: who wrote has no address that can be answered", ErrRefused)
	}
	subject := strings.Join(strings.Fields(to.Subject), " ")
	if !strings.HasPrefix(strings.ToLower(subject), "re:") {
		subject = "Re: " + subject
	}
	header := []string{
		"From: " + b.address,
		"To: " + address,
		"Subject: " + mime.QEncoding.Encode("utf-8", cut(subject, 200)),
		"Date: " + now.Format(time.RFC1123Z),
		"Message-ID: <" + id + ">",
		"Auto-Submitted: auto-replied", // RFC 3834: no vacation notice answers it
		"X-Auto-Response-Suppress: All",
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8",
		"Content-Transfer-Encoding: base64",
	}
	if root := strings.TrimSpace(to.MessageID); answerable.MatchString(root) {
		header = append(header, "In-Reply-To: "+root, "References: "+root)
	}
	body := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	var out strings.Builder
	out.WriteString(strings.Join(header, "\r\n") + "\r\n\r\n")
	for len(body) > 0 {
		k := min(len(body), 76) // RFC 2045 section 6.8
		out.WriteString(body[:k] + "\r\n")
		body = body[k:]
	}
	if out.Len() > mostReply {
		return nil, errors.New("the reply is larger than a mail may be")
	}
	return []byte(out.String()), nil
}

// answerable is a Message-ID that can stand in a header of ours.
var answerable = regexp.MustCompile(`^<[!-;=?-~]{1,250}>$`)

// mostReply bounds a reply, in bytes; Graph takes 4 MB.
const mostReply = 256 << 10
