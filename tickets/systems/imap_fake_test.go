package systems

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
)

// imapFake is a mail server with one box, and a door for the desk's own mail
// program. Whoever comes in by our door may only read, and by name: all else fails
// the test.
type imapFake struct {
	t      *testing.T
	user   *imapmemserver.User
	url    string
	caFile string

	mu     sync.Mutex
	now    time.Time
	logins int
	token  string // that XOAUTH2 takes; empty: passwords
	drop   bool   // the next command finds the connection closed
	conns  []net.Conn
	desk   *imapclient.Client
	roots  map[string]string // first Message-ID by ticket
	seen   int
}

const (
	boxName     = "servicedesk@voorbeeld.example"
	boxPassword = "a-token-nobody-may-see"
)

// newIMAPFake starts a server; starttls lets it begin in the clear.
func newIMAPFake(t *testing.T, starttls bool) *imapFake {
	t.Helper()
	f := &imapFake{t: t, user: imapmemserver.NewUser(boxName, boxPassword), now: time.Now().Add(-2 * time.Hour).UTC().Truncate(time.Second), roots: map[string]string{}}
	for _, name := range []string{"INBOX", "Afgehandeld", "Verzonden"} {
		if err := f.user.Create(name, nil); err != nil {
			t.Fatal(err)
		}
	}
	certified := httptest.NewTLSServer(nil)
	t.Cleanup(certified.Close)
	f.caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(f.caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certified.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	secure := &tls.Config{Certificates: certified.TLS.Certificates}
	listener := f.serve(&imapserver.Options{
		NewSession: func(c *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			f.mu.Lock()
			f.conns = append(f.conns, c.NetConn())
			f.mu.Unlock()
			return &imapReader{UserSession: imapmemserver.NewUserSession(f.user), fake: f}, &imapserver.GreetingData{}, nil
		},
		TLSConfig: map[bool]*tls.Config{true: secure}[starttls],
	}, map[bool]*tls.Config{false: secure}[starttls])
	f.url = map[bool]string{false: "imaps://", true: "imap://"}[starttls] + listener.Addr().String()
	inner := f.serve(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return imapmemserver.NewUserSession(f.user), &imapserver.GreetingData{PreAuth: true}, nil
		},
		InsecureAuth: true, Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapMove: {}, imap.CapUIDPlus: {}},
	}, nil)
	conn, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	f.desk = imapclient.New(conn, nil)
	t.Cleanup(func() { _ = f.desk.Close() })
	return f
}

func (f *imapFake) serve(o *imapserver.Options, secure *tls.Config) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.t.Fatal(err)
	}
	o.Logger = silent{}
	server := imapserver.New(o)
	var served sync.WaitGroup
	inner := l
	if secure != nil {
		inner = tls.NewListener(l, secure)
	}
	served.Go(func() { _ = server.Serve(inner) })
	f.t.Cleanup(func() { _ = server.Close(); served.Wait() })
	return l
}

// imapReader is what our connector sees of the box.
type imapReader struct {
	*imapmemserver.UserSession
	fake *imapFake
}

func (s *imapReader) Login(user, password string) error {
	f := s.fake
	f.mu.Lock()
	defer f.mu.Unlock()
	f.logins++
	if f.token != "" || user != boxName || password != boxPassword {
		return imapserver.ErrAuthFailed
	}
	return nil
}

func (s *imapReader) AuthenticateMechanisms() []string {
	if s.fake.token != "" {
		return []string{"XOAUTH2"}
	}
	return []string{"PLAIN"}
}

func (s *imapReader) Authenticate(mech string) (sasl.Server, error) {
	if mech == "PLAIN" {
		return sasl.NewPlainServer(func(_, user, password string) error { return s.Login(user, password) }), nil
	}
	return &xoauth2Server{fake: s.fake}, nil
}

// xoauth2Server answers as Microsoft's servers do: a refusal is a challenge first.
type xoauth2Server struct {
	fake    *imapFake
	refused bool
}

func (x *xoauth2Server) Next(response []byte) (challenge []byte, done bool, err error) {
	x.fake.mu.Lock()
	defer x.fake.mu.Unlock()
	switch {
	case x.refused:
		return nil, false, imapserver.ErrAuthFailed
	case response == nil:
		return []byte{}, false, nil
	}
	x.fake.logins++
	if string(response) == "user="+boxName+"\x01auth=Bearer "+x.fake.token+"\x01\x01" {
		return nil, true, nil
	}
	x.refused = true
	return []byte(`{"status":"401","schemes":"bearer","scope":"https://outlook.office365.com/"}`), false, nil
}

func (s *imapReader) Select(name string, o *imap.SelectOptions) (*imap.SelectData, error) {
	if o == nil || !o.ReadOnly {
		s.fake.t.Errorf("folder %s was opened to write in it", name)
	}
	return s.UserSession.Select(name, o)
}

func (s *imapReader) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	f := s.fake
	f.mu.Lock()
	drop := f.drop
	f.drop = false
	f.mu.Unlock()
	if drop {
		f.hangUp()
	}
	for _, b := range o.BodySection {
		if !b.Peek || b.Partial == nil || b.Partial.Size > htmlMost || len(b.Part) == 0 && len(b.HeaderFields) == 0 {
			f.t.Errorf("asked for %+v: marks the mail as seen, or is without bound", b)
		}
	}
	return s.UserSession.Fetch(w, set, o)
}

func (s *imapReader) refuse(what string) error {
	s.fake.t.Errorf("%s was called; a box is only read", what)
	return errors.New("only read")
}

func (s *imapReader) Store(*imapserver.FetchWriter, imap.NumSet, *imap.StoreFlags, *imap.StoreOptions) error {
	return s.refuse("STORE")
}

func (s *imapReader) Expunge(*imapserver.ExpungeWriter, *imap.UIDSet) error {
	return s.refuse("EXPUNGE")
}

func (s *imapReader) Copy(imap.NumSet, string) (*imap.CopyData, error) {
	return nil, s.refuse("COPY")
}

func (s *imapReader) Move(*imapserver.MoveWriter, imap.NumSet, string) error { return s.refuse("MOVE") }

func (s *imapReader) Append(string, imap.LiteralReader, *imap.AppendOptions) (*imap.AppendData, error) {
	return nil, s.refuse("APPEND")
}

// hangUp closes all connections to our door.
func (f *imapFake) hangUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.conns {
		_ = c.Close()
	}
	f.conns = nil
}

// arrive puts a mail into folder, a second after the one before.
func (f *imapFake) arrive(folder, raw string) {
	f.t.Helper()
	f.mu.Lock()
	f.now = f.now.Add(time.Second)
	at := f.now
	f.mu.Unlock()
	f.arriveAt(folder, raw, at)
}

func (f *imapFake) arriveAt(folder, raw string, at time.Time) {
	f.t.Helper()
	raw = strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")
	in := f.desk.Append(folder, int64(len(raw)), &imap.AppendOptions{Time: at})
	_, err := in.Write([]byte(raw))
	if err = errors.Join(err, in.Close()); err == nil {
		_, err = in.Wait()
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// silent takes what the library wants to log.
type silent struct{}

func (silent) Printf(string, ...any) {}

// proof is the line our own mail server adds.
const proof = "Authentication-Results: mx.voorbeeld.example; dmarc=pass header.from=voorbeeld.example\n"

// userMail is a mail of a user, with further header fields.
func userMail(id, title, more, body string) string {
	return proof + "Message-ID: <" + id + ">\nFrom: Karin Bakker <k.bakker@voorbeeld.example>\nTo: " + boxName + "\nSubject: " + title + "\n" + more +
		"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + body + "\n"
}

// ticketOf is the id of the conversation that begins with a Message-ID.
func ticketOf(messageID string) string {
	sum := sha256.Sum256([]byte("conversation\x00" + messageID))
	return hex.EncodeToString(sum[:16])
}

// do is what the desk does with the mails of a Message-ID in folder.
func (f *imapFake) do(folder, messageID string, what func(imap.UIDSet) error) {
	f.t.Helper()
	if _, err := f.desk.Select(folder, nil).Wait(); err != nil {
		f.t.Fatal(err)
	}
	found, err := f.desk.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: messageID}}}, nil).Wait()
	if err != nil || len(found.AllUIDs()) == 0 {
		f.t.Fatalf("the desk finds no mail %s in %s: %v", messageID, folder, err)
	}
	if err := what(imap.UIDSetNum(found.AllUIDs()...)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *imapFake) flag(folder, messageID string, flag imap.Flag) {
	f.t.Helper()
	f.do(folder, messageID, func(set imap.UIDSet) error {
		return f.desk.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}, nil).Close()
	})
}

func (f *imapFake) remove(folder, messageID string) {
	f.t.Helper()
	f.flag(folder, messageID, imap.FlagDeleted)
	if err := f.desk.Expunge().Close(); err != nil {
		f.t.Fatal(err)
	}
}

func (f *imapFake) move(folder, messageID, to string) {
	f.t.Helper()
	f.do(folder, messageID, func(set imap.UIDSet) error {
		_, err := f.desk.Move(set, to).Wait()
		return err
	})
}

// settings are those of a source on the fake.
func (f *imapFake) settings(change func(*Settings)) Settings {
	s := Settings{
		URL: f.url, Username: boxName, PasswordFile: secretFile(f.t, boxPassword), CAFile: f.caFile,
		Queues: []string{"INBOX", "Afgehandeld", "Verzonden"}, Statuses: map[string]string{"Afgehandeld": "closed"},
		Domains: []string{"Voorbeeld.example"}, AuthservID: "mx.voorbeeld.example",
	}
	if change != nil {
		change(&s)
	}
	return s
}

func (f *imapFake) open(t *testing.T, change func(*Settings)) imapBox {
	t.Helper()
	settings := f.settings(change)
	if err := settings.Validate("imap"); err != nil {
		t.Fatal(err)
	}
	box := mustOpen(t, "imap", settings).(imapBox)
	box.rows = 5
	t.Cleanup(func() {
		box.mu.Lock()
		defer box.mu.Unlock()
		box.server.(*imapServer).hangUp()
	})
	return box
}

// rig is the fake as the contract suite wants it.
func (f *imapFake) rig() rig {
	return rig{
		open: func(t *testing.T) System { return f.open(t, nil) },
		rows: 5,
		report: func(_ *testing.T, title string) string {
			f.seen++
			id := fmt.Sprintf("report-%d@voorbeeld.example", f.seen)
			f.arrive("INBOX", userMail(id, title, "", "Ik kan niet é printen"))
			f.roots[ticketOf(id)] = id
			return ticketOf(id)
		},
		touch: func(_ *testing.T, ticket string) {
			f.seen++
			root := f.roots[ticket]
			f.arrive("INBOX", userMail(fmt.Sprintf("answer-%d@voorbeeld.example", f.seen), "Re: nog steeds", "In-Reply-To: <"+root+">\nReferences: <"+root+">\n", "Nog steeds"))
		},
		remove:  func(_ *testing.T, ticket string) { f.remove("INBOX", f.roots[ticket]) },
		notes:   func(*testing.T, string, string) int { return 0 },
		replies: func(*testing.T, string, string) int { return 0 },
	}
}
