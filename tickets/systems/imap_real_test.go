package systems

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"headstart/store/redistest/ports"
)

// TestDovecot reads mailboxes of a real mail server.
func TestDovecot(t *testing.T) {
	t.Parallel()
	testIMAP(t, newDovecot)
}

// dovecotConf is a Dovecot 2.3 of its own: everything below one folder, on loopback,
// one password for all, mail as files of the user mail. %[1]s is the folder.
const dovecotConf = `
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:%[1]s/mail
passdb {
  driver = static
  args = password=%[2]s
}
userdb {
  driver = static
  args = uid=%[3]s gid=%[4]s home=%[1]s
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %[5]d
  }
  inet_listener imaps {
    port = %[6]d
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`

// newDovecot starts a server with one box and stops it at the end of the test. A
// missing Dovecot fails the test.
func newDovecot(t *testing.T, starttls bool) *imapFake {
	t.Helper()
	program, err := exec.LookPath("/usr/sbin/dovecot")
	if err != nil {
		t.Fatalf("Dovecot: %v; install it with tools/parts.sh", err)
	}
	dir, err := os.MkdirTemp("", "dovecot") // its processes have other users, who cannot enter t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	owner, err := user.Lookup("mail")
	if err != nil {
		t.Fatal(err)
	}
	certificate := dovecotFiles(t, dir, owner)
	plain, secure := ports.Hold(t), ports.Hold(t)
	conf := filepath.Join(dir, "dovecot.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, dovecotConf, dir, boxPassword, owner.Uid, owner.Gid, plain, secure), 0o600); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(program, "-F", "-c", conf)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		_ = server.Wait() // it ends all its processes
	})
	f := &imapFake{
		t: t, now: time.Now().Add(-2 * time.Hour).UTC().Truncate(time.Second), roots: map[string]string{}, caFile: filepath.Join(dir, "cert.pem"),
		url: fmt.Sprintf("imaps://127.0.0.1:%d", secure),
	}
	if starttls {
		f.url = fmt.Sprintf("imap://127.0.0.1:%d", plain)
	}
	f.desk = dovecotDesk(t, secure, certificate, filepath.Join(dir, "log"))
	for _, name := range []string{"Afgehandeld", "Verzonden"} {
		if err := f.desk.Create(name, nil).Wait(); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// dovecotFiles makes folders and a certificate for 127.0.0.1.
func dovecotFiles(t *testing.T, dir string, owner *user.User) *x509.Certificate {
	t.Helper()
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	key, err := x509.MarshalPKCS8PrivateKey(certified.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: certified.Certificate().Raw}, "key.pem": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var uid, gid int
	if _, err := fmt.Sscan(owner.Uid, &uid); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(owner.Gid, &gid); err != nil {
		t.Fatal(err)
	}
	box := filepath.Join(dir, "mail")
	for _, err := range []error{os.Chmod(dir, 0o755), os.Mkdir(box, 0o700), os.Chown(box, uid, gid)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return certified.Certificate()
}

// dovecotDesk waits until the server listens and logs the desk's mail program in.
func dovecotDesk(t *testing.T, port int, certificate *x509.Certificate, log string) *imapclient.Client {
	t.Helper()
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate)
	deadline := time.Now().Add(30 * time.Second)
	for {
		c, err := imapclient.DialTLS(fmt.Sprintf("127.0.0.1:%d", port), &imapclient.Options{TLSConfig: &tls.Config{RootCAs: trusted}})
		if err == nil {
			if err = c.Login(boxName, boxPassword).Wait(); err == nil {
				t.Cleanup(func() { _ = c.Close() })
				return c
			}
			_ = c.Close()
		}
		if said, _ := os.ReadFile(log); time.Now().After(deadline) {
			t.Fatalf("Dovecot does not answer: %v\n%s", err, said)
		}
		time.Sleep(20 * time.Millisecond) // between attempts: nothing tells when it listens
	}
}
