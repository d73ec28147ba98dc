// Package credentials makes of what *_file keys name what a connection needs: secrets,
// authorities to trust, and the tokens of an OAuth client.
//
// No error holds a secret, an address or a word of an answer: they name the key, the file
// and the remedy. The package is a leaf: any folder may import it, and it imports none of ours.
package credentials

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
)

// Secret reads the secret that key, of the configuration, names the file of.
func Secret(key, file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	s := strings.TrimSpace(string(b))
	if s == "" {
		return "", fmt.Errorf("%s: %s is empty; write the secret into it", key, file)
	}
	return s, nil
}

// TLS is how the server of that name is talked to, TLS 1.2 at the least. It is trusted by
// the authorities in the file that ca_file names; empty: by those of the system.
func TLS(server, caFile string) (*tls.Config, error) {
	c := &tls.Config{ServerName: server, MinVersion: tls.VersionTLS12}
	if caFile == "" {
		return c, nil
	}
	var err error
	c.RootCAs, err = Authorities("ca_file", caFile)
	return c, err
}

// Authorities reads the certificates in the file that key names; none else is trusted then.
func Authorities(key, file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: %s holds no certificate; name a PEM file", key, file)
	}
	return pool, nil
}
