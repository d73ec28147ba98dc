package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"time"

	"headstart"
	"headstart/probes/discover"
	"headstart/web/door"
)

// written is what init writes: files, and what of a list it could not read.
type written struct {
	files   []initFile
	leftOut []discover.Mistake
}

type initFile struct {
	name string
	data []byte
	mode fs.FileMode
}

// ticketsFile holds the password or token of where users report.
const ticketsFile = "tickets.secret"

const (
	openFile   fs.FileMode = 0o644
	secretFile fs.FileMode = 0o600
)

func (w *written) add(name string, mode fs.FileMode, data []byte) {
	w.files = append(w.files, initFile{name, data, mode})
}

// files makes everything that will lie in dir. It makes admin's password if none was chosen.
func (a *answers) files(dir string) (*written, error) {
	w := &written{}
	if a.password == "" {
		a.password = rand.Text()
	}
	w.add("admin.hash", secretFile, []byte(door.HashPassword(a.password)+"\n"))
	w.add("prometheus.token", secretFile, []byte(rand.Text()+"\n"))
	switch {
	case a.tickets.kind == "webhook":
		w.add(ticketsFile, secretFile, []byte(rand.Text()+"\n"))
	case a.tickets.kind != "":
		w.add(ticketsFile, secretFile, []byte(a.tickets.secret+"\n"))
	}
	if a.host != "" {
		if err := a.certify(w); err != nil {
			return nil, err
		}
	}
	w.add("catalog.yml", openFile, a.catalog())
	catalogs, probes := []string{"catalog.yml"}, []byte("catalog: [catalog.yml]\n")
	if a.printers != "" {
		found, err := a.readPrinters(w)
		if err != nil {
			return nil, err
		}
		about := []string{"The printers of " + filepath.Base(a.printers) + ", as headstart init read them."}
		devices, err := found.Catalog(about)
		if err != nil {
			return nil, err
		}
		w.add("devices.yml", openFile, devices)
		if probes, err = found.Settings([]string{"What there is, and how it is asked."}, append(catalogs, "devices.yml")); err != nil {
			return nil, err
		}
	}
	settings, err := a.settings(dir)
	if err != nil {
		return nil, err
	}
	w.add("headstart.yml", openFile, append(settings, probes...))
	return w, nil
}

// readPrinters reads the list; a row that cannot be read is left out and named.
func (a *answers) readPrinters(w *written) (*discover.Proposal, error) {
	data, err := bounded(a.printers)
	if err != nil {
		return nil, err
	}
	records, wrong, err := discover.FromTable(filepath.Base(a.printers), data, "printer")
	if err != nil {
		return nil, err
	}
	known := &headstart.Catalog{}
	for _, name := range a.buildings {
		known.Locations = append(known.Locations, headstart.Location{ID: discover.PlaceID(name), Name: headstart.Names{a.language: name}})
	}
	found := discover.Propose(records, discover.Options{Catalog: known})
	if len(found.Devices) == 0 {
		return nil, fmt.Errorf("%s names no printer that could be read; its first line should name columns, such as name;address;building", a.printers)
	}
	w.leftOut = append(wrong, found.Mistakes...)
	return found, nil
}

// catalog is what there is beside devices.
func (a *answers) catalog() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# What there is, as the helpdesk calls it. Add departments with their head-counts, services, and\n# what depends on what: headstart config show --example names every key.\norganisation: %s\nlocations:\n", quoted(a.organisation))
	for n, name := range a.buildings {
		fmt.Fprintf(&b, "  - {id: %s, name: %s, walk: %d}\n", discover.PlaceID(name), quoted(name), 10*(n+1))
	}
	return b.Bytes()
}

// settings is headstart.yml without the catalog and the probes.
func (a *answers) settings(dir string) ([]byte, error) {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Written by headstart init. headstart config show --example names every key with its default.")
	if a.host == "" {
		line("listen: 127.0.0.1:%s # this machine alone", a.port)
		line("external_url: http://127.0.0.1:%s", a.port)
	} else {
		line("listen: %s", quoted(":"+a.port))
		line("external_url: %s", quoted("https://"+net.JoinHostPort(a.host, a.port)))
		line("web_config_file: web-config.yml")
	}
	line("data_dir: %s", quoted(filepath.Join(dir, "data")))
	line("language: %s", a.language)
	line("auth:\n  users: [{name: admin, password_file: admin.hash, role: admin}]")
	line("  tokens: [{name: prometheus, token_file: prometheus.token, scopes: [ingest]}]")
	if err := a.ticketSource(line); err != nil {
		return nil, err
	}
	if m := a.mail; m != nil {
		line("channels:\n  - {name: mail, type: email, smarthost: %s, from: %s, to: [%s]}", quoted(m.smarthost), quoted(m.from), quoted(m.to))
	}
	return b.Bytes(), nil
}

func (a *answers) ticketSource(line func(string, ...any)) error {
	t := a.tickets
	switch t.kind {
	case "":
	case "webhook":
		line("tickets:\n  sources: [{name: portal, type: webhook, token_file: tickets.secret}] # POST /hooks/tickets/portal")
	case "imap":
		ca := ""
		if a.ca != "" {
			full, err := filepath.Abs(a.ca)
			if err != nil {
				return err
			}
			ca = ", ca_file: " + quoted(full)
		}
		line("tickets:\n  sources: [{name: mail, type: imap, url: %s, username: %s, mailbox: %s, password_file: tickets.secret, domains: [%s]%s}] # docs/tickets/mailbox.md",
			quoted(t.url), quoted(t.user), quoted(t.box), quoted(t.domain()), ca)
	default:
		line("tickets:\n  sources: [{name: %s, type: %s, url: %s, token_file: tickets.secret}] # docs/tickets/%s.md", t.kind, t.kind, quoted(t.url), t.kind)
	}
	return nil
}

// quoted is text as a YAML string in double quotes, whose escapes are those of Go for
// what oneLine lets through.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// certified is for how long the certificate we make holds: as long as browsers take one.
const certified = 397 * 24 * time.Hour

// certify makes a key and a certificate for the host, signed by itself.
func (a *answers) certify(w *written) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: a.host}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certified),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(a.host); ip != nil {
		c.IPAddresses = []net.IP{ip}
	} else {
		c.DNSNames = []string{a.host}
	}
	signed, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	w.add("tls.crt", openFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}))
	w.add("tls.key", secretFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	w.add("web-config.yml", openFile, []byte("tls_server_config:\n  cert_file: tls.crt\n  key_file: tls.key\n"))
	return nil
}
