package notify

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"headstart"
	"headstart/credentials"
)

// email tells users by mail. All mails about one announcement form a thread:
// their ids are made from the incident's uid, so they survive retries, merges
// and a restore, and a repeated send is the same mail to most programs.
type email struct {
	cfg      ChannelConfig
	host     string // in Message-ID and List-Id
	server   string
	port     int
	password string
	tls      *tls.Config
	dialer   *headstart.Dialer

	tokens *tokens // instead of the password; nil: there are none
	hand   func(context.Context, *mail.Msg) error

	ack func(*headstart.Notice) string // see ChannelOptions.AckLink; may be nil

	progress ledger
}

// mailHandle is what later mails of a thread need.
type mailHandle struct {
	Root string `json:"root"` // Message-ID of the first mail
}

func newEmail(cfg ChannelConfig, o ChannelOptions) (Channel, error) {
	e := &email{cfg: cfg, host: mailHost(o.ExternalURL), dialer: o.Dialer, ack: o.AckLink}
	e.hand = e.submit
	host, port, err := net.SplitHostPort(cfg.Smarthost)
	if err != nil {
		return nil, fmt.Errorf("smarthost %q: %w", cfg.Smarthost, err)
	}
	e.server = host
	if e.port, err = net.LookupPort("tcp", port); err != nil {
		return nil, fmt.Errorf("smarthost %q: %w", cfg.Smarthost, err)
	}
	if cfg.PasswordFile != "" {
		if e.password, err = credentials.Secret("password_file", cfg.PasswordFile); err != nil {
			return nil, err
		}
	}
	if cfg.ClientID != "" {
		public := cfg
		public.CAFile = "" // it is the mail server's; tokens come from elsewhere
		if e.tokens, err = newTokens(public, o, cfg.scope()); err != nil {
			return nil, err
		}
	}
	e.tls, err = credentials.TLS(host, cfg.CAFile)
	// Without a duty to encrypt, an unverified certificate still beats the
	// plain text that would be sent otherwise; with one, it must be verified.
	if e.policy() == mail.TLSOpportunistic && cfg.CAFile == "" && err == nil {
		e.tls.InsecureSkipVerify = true
	}
	return e.channel(o), err
}

// channel is e, or what mails subscribers through it.
func (e *email) channel(o ChannelOptions) Channel {
	if !e.cfg.Subscribers {
		return e
	}
	return &subscribers{name: e.cfg.Name, mail: e, list: o.Subscribers}
}

// mailHost is the host of external_url, which our ids are unique under.
func mailHost(externalURL string) string {
	u, err := url.Parse(externalURL)
	if err != nil || u.Hostname() == "" {
		return "headstart.invalid"
	}
	if net.ParseIP(u.Hostname()) != nil {
		return "[" + u.Hostname() + "]" // an address literal of RFC 5322
	}
	return u.Hostname()
}

// Name implements Channel.
func (e *email) Name() string { return e.cfg.Name }

func (e *email) timeout() time.Duration { return e.cfg.timeout() }

// Caps implements Channel.
func (e *email) Caps() Caps { return emailCaps }

// Post implements Channel.
func (e *email) Post(ctx context.Context, n *headstart.Notice) (Handle, error) {
	root := e.messageID(n, 0)
	id := root
	// Only an opening message may take the id of the root. A later one without a
	// handle means that the first was sent and its report was lost: with the same
	// id a mail server would drop it as a repeat.
	if n.Phase != headstart.Investigating && n.Phase != headstart.MaintenanceAnnounced {
		id = e.messageID(n, max(n.N, 1))
	}
	if err := e.send(ctx, n, id, root); err != nil {
		return nil, err
	}
	return json.Marshal(mailHandle{Root: root})
}

// Update implements Channel; a mail cannot be edited, so it is never called.
func (e *email) Update(_ context.Context, h Handle, _ *headstart.Notice) (Handle, error) {
	return h, nil
}

// Reply implements Channel.
func (e *email) Reply(ctx context.Context, h Handle, n *headstart.Notice) error {
	var handle mailHandle
	if err := json.Unmarshal(h, &handle); err != nil || handle.Root == "" {
		handle.Root = e.messageID(n, 0)
	}
	return e.send(ctx, n, e.messageID(n, max(n.N, 1)), handle.Root)
}

// messageID names mail number n of an announcement, without brackets.
func (e *email) messageID(n *headstart.Notice, number int) string {
	audience := sha256.Sum256([]byte(n.Audience))
	return n.UID + "." + hex.EncodeToString(audience[:4]) + "." + strconv.Itoa(number) + "@" + e.host
}

// send brings one mail to every recipient. If the server refuses one of several,
// each gets a mail of his own: an address that is gone or full must not keep the
// others uninformed, and whoever has the mail does not get it again (ruling 29).
func (e *email) send(ctx context.Context, n *headstart.Notice, id, root string) error {
	p := e.progress.of(n.Key)
	left := p.left(e.cfg.To)
	err := e.sendTo(ctx, n, id, root, left)
	var refused *mail.SendError
	if len(left) < 2 || !errors.As(err, &refused) || refused.Reason != mail.ErrSMTPRcptTo {
		if err == nil {
			e.progress.forget(n.Key)
		}
		return err
	}
	var again, refusals []error
	limited := false
	for _, to := range left {
		if limited {
			break // the rest waits too: something is left in again
		}
		var permanent *Permanent
		err := e.sendTo(ctx, n, id, root, []string{to})
		_, limited = errors.AsType[*RateLimited](err)
		switch {
		case err == nil:
			p.told[to] = true
		case errors.As(err, &permanent):
			p.refused[to] = true
			refusals = append(refusals, err)
		default:
			again = append(again, err)
		}
	}
	if len(again) > 0 {
		return errors.Join(again...)
	}
	e.progress.forget(n.Key)
	if len(p.told) > 0 {
		return nil // who was refused is refused for good; the rest know
	}
	return errors.Join(refusals...)
}

func (e *email) sendTo(ctx context.Context, n *headstart.Notice, id, root string, to []string) error {
	msg, err := e.message(n, id, root, to)
	if err != nil {
		return &Permanent{err}
	}
	ctx, cancel := context.WithTimeout(ctx, e.cfg.timeout())
	defer cancel()
	return e.hand(ctx, msg)
}

// submit gives one mail to the SMTP server.
func (e *email) submit(ctx context.Context, msg *mail.Msg) error {
	var token string
	if e.tokens != nil {
		var err error
		if token, err = e.tokens.token(ctx); err != nil {
			return err
		}
	}
	var conn net.Conn
	client, err := mail.NewClient(e.server, e.options(token, e.dial(ctx, &conn))...)
	if err != nil {
		return &Permanent{err}
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if conn != nil {
		_ = conn.Close() // whether the mail went is known by now
	}
	if msg.IsDelivered() { // what failed came after the server had taken it
		return nil
	}
	if e.tokens != nil && err != nil {
		e.tokens.Forget() // if it is what was refused, the next attempt has another
	}
	return e.judge(ctx, err)
}

// dial connects and leaves the connection in conn. The library looks at its
// context only while it connects; closing the connection when ctx ends stops
// whatever it waits for later.
func (e *email) dial(ctx context.Context, conn *net.Conn) mail.DialContextFunc {
	return func(dialing context.Context, network, address string) (net.Conn, error) {
		c, err := e.dialer.DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		*conn = c
		context.AfterFunc(ctx, func() { _ = c.Close() }) // dialing itself ends once it is connected
		if !e.implicitTLS() {
			return c, nil
		}
		secure := tls.Client(c, e.tls)
		if err := secure.HandshakeContext(dialing); err != nil {
			return nil, errors.Join(err, c.Close())
		}
		return secure, nil
	}
}

func (e *email) options(token string, dial mail.DialContextFunc) []mail.Option {
	opts := []mail.Option{
		mail.WithPort(e.port), mail.WithTimeout(e.cfg.timeout()), mail.WithTLSPolicy(e.policy()), mail.WithTLSConfig(e.tls),
		mail.WithDialContextFunc(dial), mail.WithoutNoop(), mail.WithHELO(e.helo()),
	}
	switch {
	case e.tokens != nil:
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthXOAUTH2), mail.WithUsername(e.cfg.Username), mail.WithPassword(token))
	case e.cfg.Username != "":
		auth := mail.SMTPAuthAutoDiscover
		if e.implicitTLS() { // the library knows only of its own handshakes, and would shun plain
			auth = mail.SMTPAuthPlain
		}
		opts = append(opts, mail.WithSMTPAuth(auth), mail.WithUsername(e.cfg.Username), mail.WithPassword(e.password))
	}
	return opts
}

func (e *email) helo() string {
	if e.host == "headstart.invalid" {
		return "localhost"
	}
	return e.host
}

// policy says when the connection must be encrypted: always if asked, always
// with a password unless explicitly not, else when the server offers it.
func (e *email) policy() mail.TLSPolicy {
	switch {
	case e.implicitTLS():
		return mail.NoTLS // it is already
	case e.cfg.RequireTLS != nil && *e.cfg.RequireTLS, e.cfg.RequireTLS == nil && e.cfg.Username != "":
		return mail.TLSMandatory
	}
	return mail.TLSOpportunistic
}

func (e *email) implicitTLS() bool { return e.port == 465 }

// judge sorts what went wrong: a refusal in the 500s stays, the rest may pass.
func (e *email) judge(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var s *mail.SendError
	if errors.As(err, &s) && s.ErrorCode() >= 500 && !s.IsTemp() {
		return permanentf("%s refused the mail: %w", e.cfg.Smarthost, err)
	}
	if tooFast(err) {
		return &RateLimited{Err: fmt.Errorf("%s takes no more for now: %w", e.cfg.Smarthost, err)}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s did not finish within %s", e.cfg.Smarthost, e.cfg.timeout().Round(time.Millisecond))
	}
	return fmt.Errorf("mail through %s: %w", e.cfg.Smarthost, err)
}

// tooFast reports whether a server wants to be left alone, whatever the mail: 421, it
// closes the connection, and 452, it has no room (RFC 5321, 4.2.3), and 432, too many
// connections at once (Exchange Online). A 452 to RCPT is of that mailbox, which is full,
// or of too many recipients in one mail; other mails are taken.
func tooFast(err error) bool {
	if s, ok := errors.AsType[*mail.SendError](err); ok {
		code := s.ErrorCode()
		return code == 421 || s.Reason != mail.ErrSMTPRcptTo && (code == 452 || code == 432)
	}
	greeting, ok := errors.AsType[*textproto.Error](err) // or an answer to HELO or AUTH
	return ok && (greeting.Code == 421 || greeting.Code == 432)
}
