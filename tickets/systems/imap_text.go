package systems

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"headstart/tickets/systems/letters"
)

// How much is read of a text part, in bytes.
const (
	textMost = 64 << 10
	htmlMost = 192 << 10 // style sheets come first
)

// read implements mailServer: the subject, and the beginning of one text part. A
// mail so odd that its parts cannot be told has no text: it must not stop all others.
func (s *imapServer) read(ctx context.Context, m *mail) (title, body string, err error) {
	err = s.with(ctx, func(session *imapSession) error {
		title, err = session.subject(m)
		return err
	})
	if err != nil {
		return "", "", err
	}
	err = s.with(ctx, func(session *imapSession) error {
		body, err = session.text(m)
		return err
	})
	if errors.Is(err, ErrMalformed) {
		return title, "", nil
	}
	return title, body, err
}

// reopen opens the folder of m, unless it is, and returns the UID of m in it.
func (s *imapSession) reopen(m *mail) (imap.UID, error) {
	validity, uid := uidOf(m.place)
	if s.folder != m.folder {
		if _, err := s.examine(m.folder); err != nil {
			return 0, err
		}
	}
	if validity != s.validity {
		return 0, ErrNotFound
	}
	return uid, nil
}

func (s *imapSession) subject(m *mail) (string, error) {
	uid, err := s.reopen(m)
	if err != nil {
		return "", err
	}
	got, err := s.one(uid, letters.MaxHead+4<<10, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{headerFields()}})
	if err != nil || len(got.BodySection) == 0 {
		return "", err
	}
	head := letters.ReadHead(got.BodySection[0].Bytes)
	return head.Subject, nil
}

func (s *imapSession) text(m *mail) (string, error) {
	uid, err := s.reopen(m)
	if err != nil {
		return "", err
	}
	got, err := s.one(uid, allowStructure, &imap.FetchOptions{UID: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true}})
	if err != nil {
		return "", err
	}
	for _, p := range textParts(got.BodyStructure) {
		if body, err := s.part(uid, p); err != nil || body != "" {
			return body, err
		}
	}
	return "", nil
}

// one fetches a single message.
func (s *imapSession) one(uid imap.UID, allow int64, what *imap.FetchOptions) (*imapclient.FetchMessageBuffer, error) {
	s.allow(allow)
	got, err := s.client.Fetch(imap.UIDSetNum(uid), what).Collect()
	if err != nil {
		return nil, imapError(err)
	}
	for _, m := range got {
		if m.UID == uid {
			return m, nil
		}
	}
	return nil, ErrNotFound
}

// textPart is a part of a mail that a person reads.
type textPart struct {
	path              []int
	html              bool
	encoding, charset string
}

// textParts are the first plain text and the first HTML of a mail, plain text
// first; what is attached is none.
func textParts(structure imap.BodyStructure) []textPart {
	var plain, html []textPart
	if structure == nil {
		return nil
	}
	structure.Walk(func(path []int, b imap.BodyStructure) bool {
		if d := b.Disposition(); d != nil && strings.EqualFold(d.Value, "attachment") {
			return false
		}
		single, ok := b.(*imap.BodyStructureSinglePart)
		if !ok {
			return true
		}
		p := textPart{path: slices.Clone(path), encoding: single.Encoding, charset: single.Params["charset"]}
		switch single.MediaType() {
		case "text/plain":
			plain = append(plain, p)
		case "text/html":
			p.html = true
			html = append(html, p)
		}
		return true
	})
	return append(plain[:min(1, len(plain))], html[:min(1, len(html))]...)
}

// part reads the beginning of a part.
func (s *imapSession) part(uid imap.UID, p textPart) (string, error) {
	most := int64(textMost)
	if p.html {
		most = htmlMost
	}
	section := &imap.FetchItemBodySection{Part: p.path, Peek: true, Partial: &imap.SectionPartial{Size: most}}
	got, err := s.one(uid, most+64<<10, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	if err != nil || len(got.BodySection) == 0 {
		if err == nil || errors.Is(err, ErrNotFound) {
			return "", ErrNotFound
		}
		return "", err
	}
	text := letters.Decode(got.BodySection[0].Bytes, p.encoding, p.charset)
	if p.html {
		text = plainText(text)
	}
	return strings.TrimSpace(text), nil
}
