// Package letters reads mails as a helpdesk gets them: who wrote, about what, in
// answer to which other mail, and whether a person wrote at all.
//
// It is pure and takes whatever bytes come: no mail, however broken, is an error.
// What cannot be read is left out.
package letters

import (
	"io"
	"mime"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
)

// Fields are the header fields that are looked at, for servers that send only
// what they are asked for. Nobody else's name or address is among them.
var Fields = []string{
	"Message-ID", "In-Reply-To", "References", "Subject", "From", "Date", "Content-Type",
	"Auto-Submitted", "Precedence", "Return-Path", "List-Id", "List-Unsubscribe", "List-Post", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients",
	"X-Headstart-Incident", "Authentication-Results", "X-MS-Exchange-Organization-AuthAs",
}

// Head is what the header of a mail says.
type Head struct {
	ID      string   // Message-ID without brackets; empty: it has none
	Refs    []string // the mails it answers, oldest first, without brackets; ours are left out
	Reply   bool     // it answers a mail, be it one of ours
	Subject string   // one line
	From    string   // the address, in small letters; empty: none, or several
	Date    time.Time

	fields fields
}

// Bounds of a header: in bytes, in fields, in references.
const (
	MaxHead   = 32 << 10
	mostField = 400
	mostRefs  = 24
)

// ReadHead reads the header of a mail, up to the first empty line.
func ReadHead(raw []byte) Head {
	f := readFields(raw)
	h := Head{fields: f, Subject: line(decodeWords(f.first("subject"))), From: address(f.all("from"))}
	if ids := messageIDs(f.first("message-id")); len(ids) > 0 {
		h.ID = ids[0]
	}
	refs := append(messageIDs(f.first("references")), messageIDs(f.first("in-reply-to"))...)
	h.Reply = len(refs) > 0
	for _, id := range refs {
		if !ours.MatchString(id) && id != h.ID && !slices.Contains(h.Refs, id) {
			h.Refs = append(h.Refs, id)
		}
	}
	if n := len(h.Refs); n > mostRefs { // the first names the thread, the last the mail answered
		h.Refs = append(h.Refs[:4:4], h.Refs[n-mostRefs+4:]...)
	}
	if at, err := mail.ParseDate(f.first("date")); err == nil && at.Year() > 1970 && at.Year() < 2200 {
		h.Date = at.UTC()
	}
	return h
}

// ours is how we name our mails: announcements by the incident's uid, the
// audience's hash and a number, replies by the uid and what they are for.
var ours = regexp.MustCompile(`^[0-9a-f]{16}(\.[0-9a-z-]{1,40}){1,5}@`)

// fields are header fields by name in small letters, in the order of the mail.
type fields map[string][]string

func (f fields) first(name string) string {
	if v := f[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (f fields) all(name string) []string { return f[name] }

// readFields unfolds a header (RFC 5322 section 2.2.3). Lines that are no fields
// are passed over.
func readFields(raw []byte) fields {
	raw = raw[:min(len(raw), MaxHead)]
	out := fields{}
	name, n := "", 0
	for l := range strings.Lines(string(raw)) {
		l = strings.TrimRight(l, "\r\n")
		if l == "" {
			break
		}
		if l[0] == ' ' || l[0] == '\t' {
			if v := out[name]; len(v) > 0 {
				v[len(v)-1] += " " + strings.TrimSpace(l)
			}
			continue
		}
		key, value, ok := strings.Cut(l, ":")
		name = strings.ToLower(strings.TrimSpace(key))
		if n++; !ok || n > mostField {
			name = ""
			continue
		}
		out[name] = append(out[name], strings.TrimSpace(value))
	}
	return out
}

// messageID is an id between brackets, without white space (RFC 5322 section 3.6.4).
var messageID = regexp.MustCompile(`<([^<>\s]{1,250})>`)

func messageIDs(s string) []string {
	var out []string
	for _, m := range messageID.FindAllStringSubmatch(s, 1000) {
		out = append(out, m[1])
	}
	return out
}

// words decodes encoded words (RFC 2047) of any charset known.
var words = &mime.WordDecoder{CharsetReader: func(name string, in io.Reader) (io.Reader, error) {
	b, err := io.ReadAll(in) // bounded as the header is
	return strings.NewReader(toUTF8(b, name)), err
}}

func decodeWords(s string) string {
	s = toUTF8([]byte(s), "") // eight bits in a header are against the rules, and common
	if out, err := words.DecodeHeader(s); err == nil {
		return strings.ToValidUTF8(out, "\uFFFD")
	}
	return s
}

// line makes s one line.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// mostAddress is how many bytes an address has at most: 64 before the @ and 255 after it
// (RFC 5321 section 4.5.3.1).
const mostAddress = 64 + 1 + 255

// address is the one address of From. A From of several proves nobody.
func address(from []string) string {
	if len(from) != 1 {
		return ""
	}
	text, one := toUTF8([]byte(from[0]), ""), ""
	if list, err := (&mail.AddressParser{WordDecoder: words}).ParseList(text); err == nil {
		if len(list) == 1 {
			one = list[0].Address
		}
	} else if found := bareAddress.FindAllString(text, 2); len(found) == 1 {
		one = found[0]
	}
	if len(one) > mostAddress {
		return ""
	}
	return strings.ToLower(one)
}

var bareAddress = regexp.MustCompile(`[^\s<>,;:"()\[\]]{1,64}@[A-Za-z0-9.-]{1,190}`)

// toUTF8 reads b in a charset. An empty or unknown name means UTF-8 if b is that,
// else the one of Western Europe's mail programs, in which all bytes are letters.
func toUTF8(b []byte, name string) string {
	name = strings.Trim(strings.ToLower(strings.TrimSpace(name)), `"'`)
	if name != "" && name != "utf-8" && name != "us-ascii" {
		if s, ok := decodeCharset(b, name); ok {
			return s
		}
	}
	if !utf8.Valid(b) {
		if cut := cutRune(b); utf8.Valid(cut) {
			return string(cut)
		}
		if s, ok := decodeCharset(b, "windows-1252"); ok {
			return s
		}
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

func decodeCharset(b []byte, name string) (string, bool) {
	r, err := charset.Reader(name, strings.NewReader(string(b)))
	if err != nil {
		return "", false
	}
	out, err := io.ReadAll(r)
	return strings.ToValidUTF8(string(out), "\uFFFD"), err == nil
}

// cutRune takes a character off that was cut in the middle at the end of b.
func cutRune(b []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if utf8.RuneStart(b[len(b)-n]) {
			return b[:len(b)-n]
		}
	}
	return b
}
