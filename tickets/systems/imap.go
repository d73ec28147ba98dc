package systems

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"headstart"
	"headstart/credentials"
)

// IMAP4rev1 (RFC 3501) over TLS, always: from the first byte (imaps), or by
// STARTTLS, without which nothing is said. Folders are opened with EXAMINE and
// mails read with BODY.PEEK, so that nothing changes by reading.

// A box has nothing to hang notes on, and IMAP sends no mail.
var imapCaps = Caps{}

var imapKind = kind{
	caps: imapCaps, secret: "mailbox", mail: true, hosted: "imaps://imap.example", open: openIMAP, words: mailWords,
}

// imapBox is the mailbox of an IMAP server.
type imapBox struct {
	*mailbox
	onlyRead
}

func (imapBox) Caps() Caps { return imapCaps }

// imapServer keeps what is known of each folder, and a connection for a while.
type imapServer struct {
	box      *mailbox
	dialer   *headstart.Dialer
	host     string
	port     string
	tls      *tls.Config
	startTLS bool
	user     string
	password string // empty: oauth
	oauth    *oauth

	folders map[string]*imapFolder
	session *imapSession
	closing *time.Timer
}

func openIMAP(o *opened) (System, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, errors.New("url is no address")
	}
	s := &imapServer{dialer: o.Dialer, host: u.Hostname(), port: u.Port(), startTLS: u.Scheme == "imap", user: o.Username, folders: map[string]*imapFolder{}}
	if s.port == "" {
		s.port = map[bool]string{false: "993", true: "143"}[s.startTLS]
	}
	if s.tls, err = credentials.TLS(s.host, o.CAFile); err != nil {
		return nil, err
	}
	if o.ClientID == "" {
		s.password = o.secret
	} else {
		public := o.Settings
		public.CAFile = "" // it is the mail server's; tokens come from elsewhere
		c, err := newClient(public, o.Dialer)
		if err != nil {
			return nil, err
		}
		s.user = mailAddress(o.Settings)
		s.oauth = c.oauthClient(o.ClientID, o.secret, o.tokenURL(), "https://outlook.office365.com/.default")
	}
	s.box = newMailbox(o, mailAddress(o.Settings), s.oauth != nil)
	s.box.server = s
	return imapBox{mailbox: s.box}, nil
}

// restFor is how long a connection is held when nothing is asked.
const restFor = 20 * time.Second

// rest implements mailServer.
func (s *imapServer) rest() {
	if s.session == nil {
		return
	}
	if s.closing != nil {
		s.closing.Stop()
	}
	s.closing = time.AfterFunc(restFor, func() {
		s.box.mu.Lock()
		defer s.box.mu.Unlock()
		s.hangUp()
	})
}

func (s *imapServer) hangUp() {
	if s.closing != nil {
		s.closing.Stop()
		s.closing = nil
	}
	if s.session != nil {
		_ = s.session.client.Close() // it was only read from
		s.session = nil
	}
}

// with does what do does on a session, which ends with ctx or an error. A
// connection that was held may have been closed by the server meanwhile: once, it
// is tried anew.
func (s *imapServer) with(ctx context.Context, do func(*imapSession) error) error {
	held := s.session != nil
	for {
		if s.session == nil {
			session, err := s.connect(ctx)
			if err != nil {
				return err
			}
			s.session = session
		}
		stop := context.AfterFunc(ctx, s.session.interrupt)
		err := do(s.session)
		stop()
		if err == nil || errors.Is(err, ErrNotFound) || errors.Is(err, ErrRefused) {
			return err
		}
		s.hangUp()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, dropped := errors.AsType[*droppedError](err); !dropped || !held {
			return err
		}
		held = false
	}
}

// droppedError is a connection that ended.
type droppedError struct{ err error }

func (e *droppedError) Error() string { return "the connection ended: " + e.err.Error() }
func (e *droppedError) Unwrap() error { return e.err }

// address is host:port.
func (s *imapServer) address() string { return net.JoinHostPort(s.host, s.port) }

// check implements mailServer.
func (s *imapServer) check(ctx context.Context, rep *Report) error {
	newest := time.Time{}
	told := s.folders
	s.folders = map[string]*imapFolder{} // what is looked at here is told to nobody
	defer func() { s.folders = told }()
	for _, folder := range s.box.folders() {
		list, _, _, err := s.news(ctx, folder, time.Now().Add(-24*time.Hour))
		if errors.Is(err, ErrRefused) {
			rep.lack(fmt.Sprintf("folder %q cannot be opened; correct queues, or give the user the right to read it", folder))
			continue
		}
		if err != nil {
			return err
		}
		for i := range list {
			newest = later(newest, list[i].received)
		}
	}
	if ahead := time.Until(newest); ahead > 0 {
		rep.Skew = ahead.Round(time.Second) // IMAP tells no time but that of arrivals
	}
	if s.password != "" && strings.HasSuffix(s.host, ".office365.com") {
		rep.lack("Exchange Online takes no passwords; register an application and set tenant, client_id and client_secret_file")
	}
	return nil
}
