package probes

import (
	"errors"
	"fmt"

	"headstart/probes/snmp/session"
)

// Whom SNMP is asked as: the keys community, community_file and snmpv3 of the kinds
// that ask it.

// validAccess holds those keys to each other; used reports whether SNMP is asked.
func (p Probe) validAccess(used bool) error {
	v3 := p.SNMPv3
	switch {
	case !used && (p.Community != "" || p.CommunityFile != "" || v3 != nil):
		return errors.New("community and snmpv3 are of SNMP, and protocol does not hold snmp; add it, or remove them")
	case p.Community != "" && p.CommunityFile != "":
		return errors.New("community and community_file are both set; remove one")
	case v3 == nil:
		return nil
	case p.Community != "" || p.CommunityFile != "":
		return errors.New("snmpv3 stands beside a community; version 3 has none, remove one of the two")
	case (v3.Auth == "") != (v3.AuthPasswordFile == ""):
		return errors.New("snmpv3: auth and auth_password_file belong together; set both or neither")
	case (v3.Priv == "") != (v3.PrivPasswordFile == ""):
		return errors.New("snmpv3: priv and priv_password_file belong together; set both or neither")
	}
	if err := (session.User{Name: v3.Username, Auth: v3.Auth, Privacy: v3.Priv}).Validate(); err != nil {
		return fmt.Errorf("snmpv3: %w", err)
	}
	return nil
}

// access reads what the device wants to be asked with.
func (p Probe) access(out *guard) (session.Access, error) {
	a := session.Access{Dial: out.DialContext, Community: p.Community}
	var err error
	if p.CommunityFile != "" {
		a.Community, err = secret("community_file", p.CommunityFile)
	}
	v3 := p.SNMPv3
	if v3 == nil {
		return a, err
	}
	a.User = &session.User{Name: v3.Username, Auth: v3.Auth, Privacy: v3.Priv}
	if v3.Auth != "" {
		a.User.AuthPassword, err = secret("auth_password_file", v3.AuthPasswordFile)
	}
	if v3.Priv != "" && err == nil {
		a.User.PrivacySecret, err = secret("priv_password_file", v3.PrivPasswordFile)
	}
	return a, err
}
