package notify

import (
	"context"
	"errors"
	"net"
	"slices"

	"github.com/wneessen/go-mail"
)

// line is a connection to the mail server that several mails go over, one after the
// other. The zero line with a mail dials at the first; hangUp ends it.
type line struct {
	mail   *email
	client *mail.Client
	conn   net.Conn
	used   bool // it has taken a mail

	// down: what went wrong is not about one address, so others need not be tried.
	down bool
}

// send brings one mail to the server. A connection that the server ends after some
// mails is made again.
func (l *line) send(ctx context.Context, m *mail.Msg) error {
	if l.mail.server == "" { // it goes over the web
		ctx, cancel := context.WithTimeout(ctx, l.mail.cfg.timeout())
		defer cancel()
		err := l.mail.hand(ctx, m)
		_, permanent := errors.AsType[*Permanent](err)
		l.down = err != nil && !permanent
		return err
	}
	again := l.used
	err := l.try(ctx, m)
	if l.down && again && ctx.Err() == nil {
		l.down = false
		err = l.try(ctx, m)
	}
	return err
}

func (l *line) try(ctx context.Context, m *mail.Msg) error {
	if l.client == nil {
		if err := l.dial(ctx); err != nil {
			l.down = true
			l.hangUp()
			return l.mail.judge(ctx, err)
		}
	}
	err := l.client.Send(m)
	if err != nil && !ofAddress(err) {
		l.hangUp()
	}
	if m.IsDelivered() {
		l.used = l.client != nil
		return nil
	}
	l.down = !ofAddress(err)
	return l.mail.judge(ctx, err)
}

// dial connects and logs in.
func (l *line) dial(ctx context.Context) error {
	var token string
	if l.mail.tokens != nil {
		var err error
		if token, err = l.mail.tokens.token(ctx); err != nil {
			return err
		}
	}
	client, err := mail.NewClient(l.mail.server, l.mail.options(token, l.mail.dial(ctx, &l.conn))...)
	if err != nil {
		return err
	}
	dialing, cancel := context.WithTimeout(ctx, l.mail.cfg.timeout())
	defer cancel()
	if err := client.DialWithContext(dialing); err != nil {
		if l.mail.tokens != nil {
			l.mail.tokens.Forget() // if it is what was refused, the next attempt has another
		}
		return err
	}
	l.client = client
	return nil
}

// hangUp ends the connection; the next mail makes another.
func (l *line) hangUp() {
	if l.client != nil {
		_ = l.client.Close() // what was sent is known by now
	}
	if l.conn != nil {
		_ = l.conn.Close()
	}
	l.client, l.conn, l.used = nil, nil, false
}

// ofAddress reports whether the server refused this recipient, or this mail to this
// recipient, and would take others: it answered, and not to the sender's address.
func ofAddress(err error) bool {
	var s *mail.SendError
	if !errors.As(err, &s) || s.ErrorCode() == 0 || tooFast(err) {
		return false
	}
	return slices.Contains([]mail.SendErrReason{mail.ErrSMTPRcptTo, mail.ErrSMTPData, mail.ErrSMTPDataClose}, s.Reason)
}

// refusedForGood reports whether the server will never take this mail for this address.
func refusedForGood(err error) bool {
	if _, permanent := errors.AsType[*Permanent](err); !permanent {
		return false
	}
	var s *mail.SendError
	return !errors.As(err, &s) || ofAddress(err)
}
