package session

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gosnmp/gosnmp"
)

// User is whom SNMP version 3 asks as.
type User struct {
	Name                   string
	Auth, AuthPassword     string // Auth: md5, sha, sha224 to sha512; empty: not authenticated
	Privacy, PrivacySecret string // Privacy: des, aes, aes192, aes256; empty: readable on the way
}

var auths = map[string]gosnmp.SnmpV3AuthProtocol{
	"": gosnmp.NoAuth, "md5": gosnmp.MD5, "sha": gosnmp.SHA, "sha224": gosnmp.SHA224, "sha256": gosnmp.SHA256,
	"sha384": gosnmp.SHA384, "sha512": gosnmp.SHA512,
}

var privacies = map[string]gosnmp.SnmpV3PrivProtocol{
	"": gosnmp.NoPriv, "des": gosnmp.DES, "aes": gosnmp.AES, "aes192": gosnmp.AES192, "aes256": gosnmp.AES256,
	"aes192c": gosnmp.AES192C, "aes256c": gosnmp.AES256C,
}

// Validate reports what is wrong with u, its passwords aside.
func (u User) Validate() error {
	_, auth := auths[strings.ToLower(u.Auth)]
	_, privacy := privacies[strings.ToLower(u.Privacy)]
	switch {
	case u.Name == "":
		return errors.New("username is missing")
	case !auth:
		return fmt.Errorf("auth %q is unknown; write one of %s", u.Auth, words(auths))
	case !privacy:
		return fmt.Errorf("priv %q is unknown; write one of %s", u.Privacy, words(privacies))
	case u.Privacy != "" && u.Auth == "":
		return errors.New("priv needs auth; set auth and auth_password_file too")
	}
	return nil
}

func words[T any](m map[string]T) string {
	names := slices.Sorted(maps.Keys(m))
	return strings.Join(names[1:], ", ") // the first is empty
}

// onto makes s ask as u.
func (u User) onto(s *gosnmp.GoSNMP) error {
	// RFC 3414, section 11.2; the library would take a shorter one, no device does.
	if u.Auth != "" && len(u.AuthPassword) < 8 || u.Privacy != "" && len(u.PrivacySecret) < 8 {
		return fmt.Errorf("%w: a password is shorter than 8 letters, which SNMP does not allow", ErrRefused)
	}
	s.Version, s.SecurityModel, s.MsgFlags = gosnmp.Version3, gosnmp.UserSecurityModel, gosnmp.NoAuthNoPriv
	if u.Auth != "" {
		s.MsgFlags = gosnmp.AuthNoPriv
	}
	if u.Privacy != "" {
		s.MsgFlags = gosnmp.AuthPriv
	}
	s.SecurityParameters = &gosnmp.UsmSecurityParameters{
		UserName:               u.Name,
		AuthenticationProtocol: auths[strings.ToLower(u.Auth)], AuthenticationPassphrase: u.AuthPassword,
		PrivacyProtocol: privacies[strings.ToLower(u.Privacy)], PrivacyPassphrase: u.PrivacySecret,
	}
	return nil
}

// refused reports whether err says that the device does not let the user in.
func refused(err error) bool {
	for _, e := range []error{
		ErrRefused, gosnmp.ErrUnknownUsername, gosnmp.ErrWrongDigest, gosnmp.ErrDecryption, gosnmp.ErrUnknownSecurityLevel,
		gosnmp.ErrUnknownSecurityModels, gosnmp.ErrNotInTimeWindow,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
