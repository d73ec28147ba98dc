package systems

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// imapSession is a connection that is logged in.
type imapSession struct {
	client   *imapclient.Client
	conn     *bounded
	folder   string // opened
	validity uint32
}

// interrupt ends whatever the session waits for.
func (s *imapSession) interrupt() { _ = s.conn.Close() }

// allow lets the server send so many bytes from now on.
func (s *imapSession) allow(n int64) { s.conn.allow(n) }

// What a server may send, in bytes: until we are logged in; for the structure of a
// mail; for a list of numbers.
const (
	allowLogin     = 16 << 10
	allowStructure = 256 << 10
	allowList      = 4 << 20
)

// connect dials, encrypts and logs in.
func (s *imapServer) connect(ctx context.Context) (*imapSession, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	raw, err := s.dialer.DialContext(ctx, "tcp", s.address())
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { _ = raw.Close() })()
	session, err := s.greet(ctx, raw)
	if err == nil {
		err = s.login(ctx, session)
	}
	if err != nil {
		_ = raw.Close()
		if session != nil {
			_ = session.client.Close() // waits until its reader has ended
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s did not answer in time", s.address())
		}
		return nil, err
	}
	return session, nil
}

// greet encrypts the connection and hears the server out.
func (s *imapServer) greet(ctx context.Context, raw net.Conn) (*imapSession, error) {
	greeting := ""
	if s.startTLS {
		if err := startTLS(raw); err != nil {
			return nil, fmt.Errorf("%s: %w", s.address(), err)
		}
		greeting = "* OK\r\n" // was said in the clear, and is forgotten with all else that was
	}
	secure := tls.Client(raw, s.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("TLS with %s: %w", s.address(), err)
	}
	conn := &bounded{Conn: secure, in: io.MultiReader(strings.NewReader(greeting), secure)}
	conn.allow(allowLogin)
	session := &imapSession{client: imapclient.New(conn, nil), conn: conn}
	if err := session.client.WaitGreeting(); err != nil {
		return session, imapError(err)
	}
	if session.client.State() != imap.ConnStateNotAuthenticated {
		return session, fmt.Errorf("%w: it says who we are before we did", ErrMalformed)
	}
	return session, nil
}

// startTLS asks a server that listens in the clear to encrypt (RFC 3501 section
// 6.2.1). It speaks for itself, since nothing that is said before is to be believed:
// few bytes are read, and none may follow the answer, which would count as said
// after it.
func startTLS(raw net.Conn) error {
	in := bufio.NewReader(&io.LimitedReader{R: raw, N: allowLogin})
	hello, err := in.ReadString('\n')
	if err != nil || !strings.HasPrefix(hello, "* OK") {
		return fmt.Errorf("%w: no greeting of an IMAP server", ErrMalformed)
	}
	if _, err := io.WriteString(raw, "S1 STARTTLS\r\n"); err != nil {
		return err
	}
	for {
		said, err := in.ReadString('\n')
		switch {
		case err != nil:
			return fmt.Errorf("%w: no answer to STARTTLS", ErrMalformed)
		case strings.HasPrefix(said, "* "):
		case !strings.HasPrefix(said, "S1 OK"):
			return errors.New("it offers no STARTTLS, so nothing was said; use imaps")
		case in.Buffered() > 0:
			return fmt.Errorf("%w: somebody put words behind its STARTTLS", ErrMalformed)
		default:
			return nil
		}
	}
}

func (s *imapServer) login(ctx context.Context, session *imapSession) error {
	session.allow(allowLogin)
	var err error
	switch caps := session.client.Caps(); {
	case s.oauth != nil:
		token, terr := s.oauth.token(ctx)
		if terr != nil {
			return terr
		}
		if !caps.Has(imap.AuthCap("XOAUTH2")) {
			return fmt.Errorf("%s does not know XOAUTH2", s.address())
		}
		if err = session.client.Authenticate(&xoauth2{s.user, token}); err != nil {
			s.oauth.tokens.Forget()
		}
	case caps.Has(imap.CapLoginDisabled) || caps.Has(imap.AuthCap("PLAIN")):
		err = session.client.Authenticate(sasl.NewPlainClient("", s.user, s.password))
	default:
		err = session.client.Login(s.user, s.password).Wait()
	}
	return loginError(err)
}

// xoauth2 is Microsoft's and Google's way to log in with a token (Microsoft,
// "Authenticate an IMAP, POP or SMTP connection using OAuth").
type xoauth2 struct{ user, token string }

// Start implements sasl.Client.
func (x *xoauth2) Start() (mech string, first []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next implements sasl.Client: the server only asks further to say why it refuses.
func (x *xoauth2) Next([]byte) ([]byte, error) { return nil, ErrAuth }

// loginError tells a refusal from a bad moment (RFC 5530). Nothing the server says
// is quoted: it may name the user.
func loginError(err error) error {
	said, ok := errors.AsType[*imap.Error](err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrAuth):
		return ErrAuth
	case !ok:
		return imapError(err)
	case said.Code == imap.ResponseCodeUnavailable, said.Code == imap.ResponseCodeLimit, said.Code == imap.ResponseCodeInUse, said.Code == imap.ResponseCodeServerBug:
		return fmt.Errorf("the mail server lets nobody in now: %s", said.Code)
	case said.Type == imap.StatusResponseTypeBye:
		return errors.New("the mail server hung up at the log-in")
	}
	return ErrAuth
}

// imapError sorts what went wrong after the log-in.
func imapError(err error) error {
	if err == nil {
		return nil
	}
	if said, ok := errors.AsType[*imap.Error](err); ok {
		switch {
		case said.Code == "THROTTLED", said.Code == imap.ResponseCodeLimit:
			return &RateLimited{defaultWait}
		case said.Type == imap.StatusResponseTypeBye:
			return &droppedError{errors.New("the mail server hung up")}
		case said.Code == imap.ResponseCodeUnavailable, said.Code == imap.ResponseCodeInUse, said.Code == imap.ResponseCodeServerBug:
			return fmt.Errorf("the mail server cannot answer now: %s", said.Code)
		}
		return fmt.Errorf("%w: %s %s", ErrRefused, said.Type, said.Code)
	}
	var timeout net.Error
	switch {
	case errors.Is(err, errTooLarge), errors.Is(err, errTooDeep):
		return fmt.Errorf("%w: too large, or nested too deep", ErrMalformed)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return &droppedError{io.ErrUnexpectedEOF}
	case errors.As(err, &timeout):
		return &droppedError{err}
	}
	return fmt.Errorf("%w: no IMAP", ErrMalformed)
}

// imapDay is the date of SEARCH SINCE, which has no time and is of the server's
// zone: a day earlier is safe.
func imapDay(t time.Time) time.Time { return t.Add(-24 * time.Hour) }
