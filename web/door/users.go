package door

import (
	"errors"
	"fmt"
	"net/textproto"
	"os"
	"slices"
	"strings"

	commoncfg "github.com/prometheus/common/config"

	"headstart"
)

// The roles of a user, least first: of several groups the last one wins.
var roleOrder = []string{"viewer", "desk", "approver", "admin"}

// roleScopes is what each role may do. Approving is write plus the role, which
// the desk and the API check themselves.
var roleScopes = map[string][]headstart.Scope{
	"viewer":   {headstart.ScopeRead},
	"desk":     {headstart.ScopeRead, headstart.ScopeWrite},
	"approver": {headstart.ScopeRead, headstart.ScopeWrite},
	"admin":    {headstart.ScopeAdmin},
}

var grantable = []headstart.Scope{
	headstart.ScopeRead, headstart.ScopeWrite, headstart.ScopeIngest, headstart.ScopeProbe, headstart.ScopeAdmin,
}

// minToken is how long a token must be at least: a shorter one can be guessed
// over the network.
const minToken = 16

func (a *Auth) validate() error {
	var errs []error
	names := map[string]bool{}
	for i, u := range a.Users {
		key := fmt.Sprintf("auth.users[%d]", i)
		errs = append(errs, checkName(key, u.Name, names), u.validate(key))
	}
	for i, t := range a.Tokens {
		key := fmt.Sprintf("auth.tokens[%d]", i)
		errs = append(errs, checkName(key, t.Name, names), t.validate(key))
	}
	if a.Proxy != nil {
		errs = append(errs, a.Proxy.validate())
	}
	if a.OIDC != nil {
		errs = append(errs, a.OIDC.validate())
	}
	return errors.Join(errs...)
}

func (u *User) validate(key string) error {
	errs := []error{checkRole(key+".role", u.Role)}
	if u.PasswordFile != "" && u.Password != "" {
		errs = append(errs, fmt.Errorf("%s: both password and password_file; keep one", key))
	} else if _, err := u.hash(nil); err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", key, err))
	}
	return errors.Join(errs...)
}

func (t *Token) validate(key string) error {
	var errs []error
	if len(t.Scopes) == 0 {
		errs = append(errs, fmt.Errorf("%s.scopes is empty; write some of read, write, ingest, probe, admin", key))
	}
	for _, s := range t.Scopes {
		if !slices.Contains(grantable, s) {
			errs = append(errs, fmt.Errorf("%s.scopes holds %q; write read, write, ingest, probe or admin", key, s))
		}
	}
	if _, err := t.secret(); err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", key, err))
	}
	return errors.Join(errs...)
}

func (p *Proxy) validate() error {
	var errs []error
	for key, h := range map[string]string{"auth.proxy.header": p.Header, "auth.proxy.groups_header": p.GroupsHeader} {
		if (h == "" && key == "auth.proxy.header") || strings.ContainsAny(h, " :\t\r\n") {
			errs = append(errs, fmt.Errorf("%s is %q; write the name of a header such as X-Remote-User", key, h))
		}
	}
	if h := textproto.CanonicalMIMEHeaderKey(p.Header); h == "Authorization" || h == "Cookie" || h == "Host" {
		errs = append(errs, fmt.Errorf("auth.proxy.header is %s, which clients set themselves; use one of its own such as X-Remote-User", h))
	}
	if len(p.From) == 0 {
		errs = append(errs, errors.New("auth.proxy.from is empty; name the proxy's address, such as 10.0.0.5/32"))
	}
	if _, err := prefixes("auth.proxy.from", p.From); err != nil {
		errs = append(errs, err)
	}
	if len(p.Roles) == 0 {
		errs = append(errs, errors.New("auth.proxy.roles is empty, so nobody gets in; map a group or user:NAME to viewer, desk, approver or admin"))
	}
	errs = append(errs, p.mapping().validate("auth.proxy", true))
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(text(a), text(b)) })
	return errors.Join(errs...)
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func checkName(key, name string, seen map[string]bool) error {
	if name == "" || len(name) > 64 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == ':' || r == 0x7f }) {
		return fmt.Errorf("%s.name is %q; write 1 to 64 characters without spaces or colons", key, name)
	}
	if seen[name] {
		return fmt.Errorf("%s.name %q stands twice; names of users and tokens are unique, because the timeline shows them", key, name)
	}
	seen[name] = true
	return nil
}

func checkRole(key, role string) error {
	if roleScopes[role] == nil {
		return fmt.Errorf("%s is %q; write viewer, desk, approver or admin", key, role)
	}
	return nil
}

// hash returns the user's argon2id hash. A plain password is hashed by make;
// with make nil it is only looked at.
func (u *User) hash(make func(string) passwordHash) (passwordHash, error) {
	s, err := secret(u.Password, u.PasswordFile, "password")
	if err != nil {
		return passwordHash{}, err
	}
	if strings.HasPrefix(s, "$") {
		return parseHash(s)
	}
	if len(s) < 8 {
		return passwordHash{}, errors.New("the password is shorter than 8 characters; choose a longer one")
	}
	if make == nil {
		return passwordHash{}, nil
	}
	return make(s), nil
}

func (t *Token) secret() (string, error) {
	s, err := secret(t.Token, t.TokenFile, "token")
	if err == nil && len(s) < minToken {
		err = fmt.Errorf("the token is shorter than %d characters; make one with: openssl rand -hex 32", minToken)
	}
	return s, err
}

// secret returns the value itself or the content of file; key names the pair.
func secret(value commoncfg.Secret, file, key string) (string, error) {
	switch {
	case value != "" && file != "":
		return "", fmt.Errorf("both %s and %s_file; keep one", key, key)
	case value != "":
		return string(value), nil
	case file == "":
		return "", fmt.Errorf("neither %s nor %s_file; write one", key, key)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s_file: %w", key, err)
	}
	s := strings.TrimRight(string(b), "\r\n")
	if s == "" {
		return "", fmt.Errorf("%s_file: %s is empty; put the %s in it", key, file, key)
	}
	return s, nil
}
