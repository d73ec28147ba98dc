package store

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"headstart/credentials/certtest"
)

// serverCert is a certificate for 127.0.0.1, its key, and the pool that trusts it.
func serverCert(t testing.TB) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	authority := certtest.NewAuthority(t, "of tests")
	cert, key := authority.Issue(t, "redis", x509.ExtKeyUsageServerAuth)
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	must(t, os.WriteFile(certFile, cert, 0o600))
	must(t, os.WriteFile(keyFile, key, 0o600))
	pool = x509.NewCertPool()
	pool.AddCert(authority.Cert)
	return certFile, keyFile, pool
}

func tlsConfig(pool *x509.CertPool) *tls.Config { return &tls.Config{RootCAs: pool} }

func bufLogger(buf *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(buf, nil)) }
