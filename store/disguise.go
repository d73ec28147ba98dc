package store

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"headstart"
)

// disguise replaces values by pseudonyms. It is an allow-list: a field that is
// not named in disguise_lines.go does not get out. Ids of the catalog, and
// values of labels that the configuration or a silence looks at, keep their
// value, or the decisions would be others.
type disguise struct {
	key    []byte
	ids    map[string]string // lower case: as written
	labels map[string]bool   // names whose values decide
	prints map[string]string // fingerprint before: after
}

func newDisguise(key []byte) *disguise {
	if len(key) == 0 {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails: crypto/rand ends the program instead
	}
	return &disguise{
		key: key, ids: map[string]string{}, prints: map[string]string{},
		labels: map[string]bool{"alertname": true, "severity": true, "headstart_class": true},
	}
}

// matcherName finds the label names of matchers, in YAML or in JSON.
var matcherName = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*)\s*(?:=~|!~|!=|=)`)

// learn notes what of l must keep its value.
func (d *disguise) learn(l headstart.Line) {
	if s := l.Silence; s != nil && s.Inhibits() == "" {
		for _, m := range s.Matchers {
			d.labels[m.Name] = true
		}
	}
	if l.Config == nil {
		return
	}
	for _, text := range []string{string(l.Config.Alerts), string(l.Config.Announce), l.Config.Route} {
		for _, m := range matcherName.FindAllStringSubmatch(text, -1) {
			d.labels[m[1]] = true
		}
	}
	for _, a := range l.Config.Audiences {
		d.keep(a.ID) // part of every key of a message
	}
	if c := l.Config.Catalog; c != nil {
		d.learnCatalog(c)
	}
}

func (d *disguise) keep(id string) { d.ids[strings.ToLower(id)] = id }

func (d *disguise) learnCatalog(c *headstart.Catalog) {
	for _, x := range c.Locations {
		d.keep(x.ID)
	}
	for _, x := range c.Departments {
		d.keep(x.ID)
	}
	for _, x := range c.Services {
		d.keep(x.ID)
	}
	for _, x := range c.Devices {
		d.keep(x.ID)
	}
	for _, x := range c.KnownErrors {
		d.keep(x.ID)
	}
}

// word is the pseudonym of s. Upper and lower case, a port and the parts of a
// name between dots are treated alike wherever they stand, since alerts are
// placed by short name, full name or address, with or without a port.
func (d *disguise) word(s string) string {
	if s == "" {
		return ""
	}
	if id, ok := d.ids[strings.ToLower(s)]; ok {
		return id
	}
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		return u.Scheme + "://" + d.word(u.Host)
	}
	if host, port, err := net.SplitHostPort(s); err == nil && host != "" {
		return net.JoinHostPort(d.word(host), port)
	}
	if a, err := netip.ParseAddr(s); err == nil {
		sum := d.sum(a.String())
		return netip.AddrFrom4([4]byte{10, sum[0], sum[1], sum[2]}).String()
	}
	if !strings.Contains(s, ".") || strings.ContainsAny(s, " \n") {
		return d.token(s)
	}
	parts := strings.Split(s, ".")
	for i, p := range parts {
		if _, ok := d.ids[strings.ToLower(p)]; !ok && p != "" {
			parts[i] = d.token(p)
		}
	}
	return strings.Join(parts, ".")
}

func (d *disguise) token(s string) string { return "p" + hex.EncodeToString(d.sum(s)[:5]) }

func (d *disguise) sum(s string) []byte {
	h := hmac.New(sha256.New, d.key)
	h.Write([]byte(strings.ToLower(s)))
	return h.Sum(nil)
}

func (d *disguise) words(list []string) []string {
	if list == nil {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = d.word(s)
	}
	return out
}

func (d *disguise) names(n headstart.Names) headstart.Names {
	if n == nil {
		return nil
	}
	out := headstart.Names{}
	for lang, s := range n {
		out[lang] = d.word(s)
	}
	return out
}

func (d *disguise) values(m map[string]string) map[string]string {
	if m == nil {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = d.word(v)
	}
	return out
}

// duration keeps what is one, and disguises what is not.
func (d *disguise) duration(s string) string {
	if _, err := time.ParseDuration(s); err == nil {
		return s
	}
	return d.word(s)
}

var incidentID = regexp.MustCompile(`(?i)^(HS-)?\d+$`)

// incident keeps a number, and disguises a ref that somebody chose.
func (d *disguise) incident(s string) string {
	if incidentID.MatchString(s) {
		return s
	}
	return d.word(s)
}

func (d *disguise) incidents(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, d.incident(s))
	}
	return out
}

var knownID = regexp.MustCompile(`(?i)^KE-\d+$`)

// known keeps the number of a known error: the desk's are counted, so it says nothing.
func (d *disguise) known(s string) string {
	if knownID.MatchString(s) {
		return s
	}
	return d.word(s)
}

// record keeps what a known error is about, and disguises what it says.
func (d *disguise) record(k *headstart.KnownError) *headstart.KnownError {
	if k == nil {
		return nil
	}
	out := &headstart.KnownError{
		Title: d.names(k.Title), Services: d.words(k.Services), Assets: d.words(k.Assets), Locations: d.words(k.Locations),
		Cause: d.word(k.Cause), Fix: d.word(k.Fix), Prevention: d.word(k.Prevention), Workaround: d.names(k.Workaround),
		SupplierCase: d.word(k.SupplierCase), Problem: d.word(k.Problem), ReviewBy: k.ReviewBy, Confidential: k.Confidential,
	}
	if len(k.Symptoms) > 0 {
		out.Symptoms = map[string][]string{}
		for lang, list := range k.Symptoms {
			out.Symptoms[lang] = d.words(list)
		}
	}
	return out
}
