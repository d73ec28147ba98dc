package handshake

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"github.com/go-ldap/ldap/v3"

	"headstart"
)

// Directory says how to ask a directory.
type Directory struct {
	Address string // host:port; on port 636 TLS comes first

	// Username and Password bind as somebody; empty: anonymously. A password is
	// never sent before TLS.
	Username, Password string

	TLS *tls.Config // ServerName set
}

// LDAP binds to a directory and leaves it.
func LDAP(ctx context.Context, dial Dial, d Directory) Answer {
	c, done, err := connect(ctx, dial, d.Address)
	if err != nil {
		return failed(ctx, err)
	}
	defer done()

	var a Answer
	_, port, _ := net.SplitHostPort(d.Address)
	if port == "636" {
		t := tls.Client(c, d.TLS)
		if err := t.HandshakeContext(ctx); err != nil {
			return failed(ctx, err)
		}
		a.CertExpiry = expiry(t.ConnectionState())
		c = t
	}
	conn := ldap.NewConn(c, port == "636")
	conn.Start()
	defer func() { _ = conn.Close() }()
	if d.Password != "" && port != "636" {
		if err := conn.StartTLS(d.TLS); err != nil {
			return d.refused(ctx, "STARTTLS", err)
		}
		if s, ok := conn.TLSConnectionState(); ok {
			a.CertExpiry = expiry(s)
		}
	}
	if err := d.bind(conn); err != nil {
		return d.refused(ctx, "bind", err)
	}
	a.Verdict, a.Reason = headstart.OK, "binds anonymously"
	if d.Username != "" {
		a.Reason = "binds as " + d.Username
	}
	return a
}

func (d Directory) bind(conn *ldap.Conn) error {
	if d.Password == "" {
		return conn.UnauthenticatedBind(d.Username)
	}
	return conn.Bind(d.Username, d.Password)
}

// refused tells a directory that answers no from one that does not answer.
func (d Directory) refused(ctx context.Context, step string, err error) Answer {
	var e *ldap.Error
	if !errors.As(err, &e) || e.ResultCode >= ldap.ErrorNetwork || ctx.Err() != nil {
		if e != nil && e.Err != nil {
			err = e.Err
		}
		return failed(ctx, err)
	}
	word := fmt.Sprintf("%s refused: %s", step, ldap.LDAPResultCodeMap[e.ResultCode])
	switch {
	case e.ResultCode == ldap.LDAPResultBusy, e.ResultCode == ldap.LDAPResultUnavailable, e.ResultCode == ldap.LDAPResultOperationsError:
		return Answer{Verdict: headstart.Down, Reason: word}
	case e.ResultCode == ldap.LDAPResultInvalidCredentials:
		return Answer{Verdict: headstart.Unknown, Reason: word + "; check username and password_file"}
	case d.Password == "" && step == "bind": // it wants no strangers, and says so: it serves
		return Answer{Verdict: headstart.OK, Reason: "answers, and lets nobody bind without a name"}
	}
	return Answer{Verdict: headstart.Unknown, Reason: word}
}
