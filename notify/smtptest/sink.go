// Package smtptest is a mail server for tests: it takes mail over real SMTP,
// reads it back, and can be told to misbehave.
//
// It speaks what RFC 5321 asks of a small server, so a client that works with it
// works with a real one.
package smtptest

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"
)

// Sink is a mail server on a free port of 127.0.0.1.
type Sink struct {
	Addr string // host:port

	mu      sync.Mutex
	mails   []Mail
	refuse  map[string]string // SMTP verb, or "RCPT address": the answer instead
	silent  bool
	delay   time.Duration
	tls     *tls.Config   // offered by STARTTLS; nil: not offered
	login   string        // "user password" that AUTH PLAIN takes
	tokens  bool          // the login is by AUTH XOAUTH2, its password an access token
	arrived chan struct{} // closed and replaced at each mail
	conns   map[net.Conn]bool
}

// Mail is one mail as the server took it.
type Mail struct {
	From string   // of the envelope
	To   []string // of the envelope
	Raw  []byte

	User      string // who logged in
	Encrypted bool

	mail.Header
	Subject string // decoded
	Text    string // the plain part, decoded
	HTML    string // the HTML part, decoded
}

// Start runs a server until tb ends.
func Start(tb testing.TB) *Sink {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("smtptest: %v", err)
	}
	s := &Sink{Addr: l.Addr().String(), refuse: map[string]string{}, arrived: make(chan struct{}), conns: map[net.Conn]bool{}}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.hold(c, true)
			running.Go(func() { s.serve(c) })
		}
	})
	tb.Cleanup(func() {
		err := l.Close()
		s.mu.Lock()
		for c := range s.conns {
			_ = c.Close() // one that ended by itself a moment ago is closed already
		}
		s.mu.Unlock()
		running.Wait()
		if err != nil {
			tb.Errorf("smtptest: %v", err)
		}
	})
	return s
}

// Mails returns what has arrived, oldest first.
func (s *Sink) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Wait returns once n mails have arrived, or what has arrived by the deadline.
func (s *Sink) Wait(n int, deadline time.Duration) []Mail {
	timer := time.NewTimer(deadline)
	defer timer.Stop()
	for {
		s.mu.Lock()
		got, more := append([]Mail(nil), s.mails...), s.arrived
		s.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-more:
		case <-timer.C:
			return got
		}
	}
}

// Refuse answers what ("MAIL", "DATA", ".", or "RCPT someone@example.org") with
// an answer such as "451 later"; an empty answer accepts again.
func (s *Sink) Refuse(what, answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer == "" {
		delete(s.refuse, strings.ToLower(what))
		return
	}
	s.refuse[strings.ToLower(what)] = answer
}

// Silent makes the server accept connections and never say a word, or speak again.
func (s *Sink) Silent(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = on
}

// Delay makes the server wait before it acknowledges a mail it has kept.
func (s *Sink) Delay(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
}

// Secure offers STARTTLS with a certificate for 127.0.0.1 that signs itself, and
// then takes user and password. It returns the certificate as PEM.
func (s *Sink) Secure(tb testing.TB, user, password string) []byte {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatalf("smtptest: %v", err)
	}
	now := time.Now()
	shape := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "smtptest"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, shape, shape, key.Public(), key)
	if err != nil {
		tb.Fatalf("smtptest: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tls = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	s.login = user + " " + password
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// Tokens makes a server that was told Secure take the password as an access token,
// by XOAUTH2 and by nothing else, as Exchange Online does.
func (s *Sink) Tokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = true
}

func (s *Sink) hold(c net.Conn, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on {
		s.conns[c] = true
	} else {
		delete(s.conns, c)
	}
}

func (s *Sink) refusal(what string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refuse[strings.ToLower(what)]
}

func (s *Sink) serve(c net.Conn) {
	defer func() { _ = c.Close() }() // the client may be gone
	defer s.hold(c, false)
	s.mu.Lock()
	silent, secure, login, tokens := s.silent, s.tls, s.login, s.tokens
	s.mu.Unlock()
	if silent {
		_, _ = io.Copy(io.Discard, c) // until the client gives up
		return
	}
	t := &talk{sink: s, conn: c, in: bufio.NewReader(c), out: c, secure: secure, login: login, tokens: tokens}
	t.say("220 smtptest ready")
	for t.step() {
	}
}

// talk is one connection.
type talk struct {
	sink      *Sink
	conn      net.Conn
	in        *bufio.Reader
	out       io.Writer
	secure    *tls.Config
	login     string
	tokens    bool
	encrypted bool
	mail      Mail
}

func (t *talk) say(format string, args ...any) { fmt.Fprintf(t.out, format+"\r\n", args...) }

// step answers one command, and reports whether another may follow.
func (t *talk) step() bool {
	line, err := t.in.ReadString('\n')
	if err != nil {
		return false
	}
	line = strings.TrimRight(line, "\r\n")
	verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
	if answer := t.sink.refusal(verb); answer != "" {
		t.say("%s", answer)
		return true
	}
	switch verb {
	case "EHLO":
		t.hello()
	case "STARTTLS":
		t.say("220 go on")
		c := tls.Server(t.conn, t.secure)
		t.in, t.out, t.encrypted = bufio.NewReader(c), c, true
	case "AUTH":
		t.auth(line)
	case "MAIL":
		t.mail = Mail{From: address(line), User: t.mail.User, Encrypted: t.encrypted}
		t.say("250 fine")
	case "RCPT":
		t.recipient(address(line))
	case "DATA":
		return t.data()
	case "QUIT":
		t.say("221 bye")
		return false
	case "HELO", "NOOP", "RSET":
		t.say("250 fine")
	default:
		t.say("502 not known here")
	}
	return true
}

func (t *talk) hello() {
	t.say("250-smtptest")
	if t.encrypted && t.tokens {
		t.say("250-AUTH XOAUTH2")
	} else if t.encrypted {
		t.say("250-AUTH PLAIN")
	} else if t.secure != nil {
		t.say("250-STARTTLS")
	}
	t.say("250 8BITMIME")
}

func (t *talk) auth(line string) {
	given, err := base64.StdEncoding.DecodeString(line[strings.LastIndex(line, " ")+1:])
	user, password, _ := strings.Cut(t.login, " ")
	want := "\x00" + user + "\x00" + password
	if t.tokens {
		want = "user=" + user + "\x01auth=Bearer " + password + "\x01\x01"
	}
	if err != nil || string(given) != want {
		t.say("535 wrong user or password")
		return
	}
	t.mail.User = user
	t.say("235 welcome")
}

func (t *talk) recipient(to string) {
	if answer := t.sink.refusal("RCPT " + to); answer != "" {
		t.say("%s", answer)
		return
	}
	t.mail.To = append(t.mail.To, to)
	t.say("250 fine")
}

func (t *talk) data() bool {
	t.say("354 go on")
	var err error
	if t.mail.Raw, err = readData(t.in); err != nil {
		return false
	}
	if answer := t.sink.refusal("."); answer != "" {
		t.say("%s", answer)
		return true
	}
	t.sink.keep(t.mail)
	t.say("250 taken")
	return true
}

// address is what stands between the angle brackets.
func address(line string) string {
	_, rest, _ := strings.Cut(line, "<")
	a, _, _ := strings.Cut(rest, ">")
	return a
}

// readData reads up to the lone dot and takes the doubled dots back.
func readData(in *bufio.Reader) ([]byte, error) {
	var b bytes.Buffer
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		if string(line) == ".\r\n" {
			return b.Bytes(), nil
		}
		b.Write(bytes.TrimPrefix(line, []byte(".")))
	}
}

// keep stores a mail as its readers will see it; one that cannot be read is kept
// raw, so that a test fails on what it misses.
func (s *Sink) keep(m Mail) {
	if msg, err := mail.ReadMessage(bytes.NewReader(m.Raw)); err == nil {
		m.Header = msg.Header
		m.Subject, _ = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
		m.parts(msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), msg.Body)
	}
	s.mu.Lock()
	s.mails = append(s.mails, m)
	close(s.arrived)
	s.arrived = make(chan struct{})
	delay := s.delay
	s.mu.Unlock()
	time.Sleep(delay)
}

func (m *Mail) parts(contentType, encoding string, body io.Reader) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return
	}
	if strings.HasPrefix(kind, "multipart/") {
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err != nil {
				return
			}
			m.parts(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return
	}
	text := strings.ReplaceAll(string(b), "\r\n", "\n")
	switch kind {
	case "text/plain":
		m.Text = text
	case "text/html":
		m.HTML = text
	}
}
