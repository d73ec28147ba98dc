package credentials

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// A secret is what its file holds but for the line's end; what is wrong names key and file.
func TestSecret(t *testing.T) {
	if s, err := Secret("token_file", file(t, "  s3cret \r\n")); s != "s3cret" || err != nil {
		t.Errorf("%q, %v; want the secret alone", s, err)
	}
	for text, want := range map[string]string{file(t, " \n"): "is empty; write the secret into it", filepath.Join(t.TempDir(), "none"): "no such file"} {
		if _, err := Secret("token_file", text); err == nil || !strings.HasPrefix(err.Error(), "token_file: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want token_file named and %q", err, want)
		}
	}
}

// Without ca_file the system's authorities are trusted; a file without one is a mistake,
// and never means that all are.
func TestTLS(t *testing.T) {
	c, err := TLS("mail.example", "")
	if err != nil || c.RootCAs != nil || c.ServerName != "mail.example" || c.InsecureSkipVerify {
		t.Errorf("%+v, %v; want the system's authorities and the server's name", c, err)
	}
	if _, err := TLS("mail.example", file(t, "no certificate")); err == nil || !strings.HasPrefix(err.Error(), "ca_file: ") || !strings.Contains(err.Error(), "name a PEM file") {
		t.Errorf("%v, want ca_file named and the remedy", err)
	}
}
