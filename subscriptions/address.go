package subscriptions

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// address is one mail can be sent to.
type address struct {
	to     string // where mail goes: the local part as typed
	known  string // what it is known by: lower case, without a tag
	domain string // in ASCII
}

// Bounds of RFC 5321, section 4.5.3.1: of a local part, and of a path without its
// angle brackets.
const (
	maxLocal   = 64
	maxAddress = 254
)

// atext are the letters of a dot-atom (RFC 5322, section 3.2.3). Quoted local parts and
// those beyond ASCII are refused: no organisation hands them out, and every server
// reads them in its own way.
const atext = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"

// parseAddress reads what somebody typed. The domain goes through IDNA (UTS 46), so
// that two that look alike differ and two that are equal do not. What follows a plus
// is a tag of the same mailbox: otherwise one mailbox could be asked many times a day.
func parseAddress(s string) (address, error) {
	s = strings.TrimSpace(s)
	if len(s) > maxAddress {
		return address{}, errors.New("longer than an address may be")
	}
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return address{}, errors.New("no @")
	}
	local := s[:at]
	if local == "" || len(local) > maxLocal {
		return address{}, errors.New("nothing before the @, or too much")
	}
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || strings.Trim(atom, atext) != "" {
			return address{}, errors.New("letters that an address does not have")
		}
	}
	domain, err := Domain(s[at+1:])
	if err != nil {
		return address{}, err
	}
	if len(local)+1+len(domain) > maxAddress {
		return address{}, errors.New("longer than an address may be")
	}
	box, _, _ := strings.Cut(strings.ToLower(local), "+")
	if box == "" {
		box = strings.ToLower(local)
	}
	return address{to: local + "@" + domain, known: box + "@" + domain, domain: domain}, nil
}

// Domain returns a domain as addresses are compared by: in ASCII and lower case.
func Domain(s string) (string, error) {
	if len(s) > 253 || strings.HasSuffix(s, ".") || !utf8.ValidString(s) {
		return "", fmt.Errorf("%q is no domain", s)
	}
	d, err := idna.Lookup.ToASCII(s)
	if again, twice := idna.Lookup.ToASCII(d); twice != nil || again != d { // it must be the same to every reader
		return "", fmt.Errorf("%q is no domain", s)
	}
	if err != nil || len(d) > 253 || !strings.Contains(d, ".") || strings.HasPrefix(d, ".") || strings.Contains(d, "..") {
		return "", fmt.Errorf("%q is no domain", s)
	}
	return d, nil
}

// listed reports whether addresses of a domain may subscribe: exactly that one, its
// sub-domains only if they are listed themselves.
func (r *Register) listed(domain string) bool { return slices.Contains(r.o.Domains, domain) }
