package discover

import (
	"cmp"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	httpconfig "github.com/prometheus/common/config"
	"golang.org/x/net/http/httpguts"
)

// webCheck is a check of a page, as other programs have it.
type webCheck struct {
	URL      string
	Method   string
	Body     bool // something is sent
	Statuses []int
	Keyword  string // plain text the page must hold
	Pattern  string // or a regular expression
	Absent   bool   // of the two: must not
	Follow   bool   // redirects
	Insecure bool
	Basic    bool // user and password are known to the source
	Headers  map[string]string
}

// web proposes a check of a page for a record and accounts for what of it cannot be
// taken over. It returns false if the check is left out. Nothing secret gets further.
func (in *Import) web(s *subject, r *Record, a Ask, c webCheck) bool {
	u, err := url.Parse(strings.TrimSpace(c.URL))
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || !strings.Contains(c.URL, u.Hostname()):
		s.left("url", "")
		return false
	case secretPart(u) != "":
		s.left("urlsecret", secretPart(u))
		return false
	}
	if u.User != nil {
		c.Basic, u.User = true, nil
	}
	if r.ID == "" && r.reach(u.Hostname()) != nil { // a host with a name of its own is known by that
		s.left("address", "")
		return false
	}
	m := c.module()
	a.Kind, a.Target = "http", u.String()
	own := in.secrets(s, &m, &a, &c)
	switch {
	case m.plainModule():
		if c.Follow {
			s.less("redirect", "")
		}
	case own || m.Find != "" || m.Miss != "":
		m.Name = in.moduleName("http_" + slug(a.Name))
		m.Said = describe("of probe " + slug(a.Name))
		in.Modules, a.Module = append(in.Modules, m), m.Name
	default:
		m.Name = slug(m.sharedName())
		in.Modules, a.Module = append(in.Modules, m), m.Name
	}
	r.Asks = append(r.Asks, a)
	return true
}

// module is what asks so, without what is secret.
func (c *webCheck) module() Module {
	m := Module{Statuses: c.Statuses, Insecure: c.Insecure}
	if c.Keyword != "" {
		m.find(regexp.QuoteMeta(c.Keyword), c.Absent)
	} else if c.Pattern != "" {
		m.find(c.Pattern, c.Absent)
	}
	m.Follow = c.Follow && (m.Find != "" || m.Miss != "" || m.Statuses != nil)
	if method := strings.ToUpper(c.Method); method != "" && method != http.MethodGet && httpguts.ValidHeaderFieldName(method) {
		m.Method = method
	}
	return m
}

// find is what the body must hold, or must not.
func (m *Module) find(pattern string, absent bool) {
	if absent {
		m.Miss = pattern
		return
	}
	m.Find = pattern
}

// secrets gives the module files for what the source knows and nobody else may, and
// names them. It reports whether the module can serve this check only.
func (in *Import) secrets(s *subject, m *Module, a *Ask, c *webCheck) (own bool) {
	basic := func() {
		m.UsernameFile, m.PasswordFile = in.secretFile(a.Name, "username"), in.secretFile(a.Name, "password")
		s.supply("username", m.UsernameFile)
		s.supply("password", m.PasswordFile)
	}
	if c.Basic {
		basic()
	}
	if c.Body {
		m.BodyFile = in.secretFile(a.Name, "body")
		s.supply("body", m.BodyFile)
	}
	for _, name := range sortedKeys(c.Headers) {
		value := strings.TrimSpace(c.Headers[name])
		switch {
		case !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value):
			s.less("header", name)
		case harmless(name, value):
			put2(&m.Headers, name, value)
		case strings.EqualFold(name, "Authorization") && c.Basic:
		case strings.EqualFold(name, "Authorization") && strings.HasPrefix(strings.ToLower(value), "basic "):
			basic()
		case strings.EqualFold(name, "Authorization"):
			m.BearerFile = in.secretFile(a.Name, "token")
			s.supply("token", m.BearerFile)
		case reserved(name):
			s.less("header", name)
		default:
			file := in.secretFile(a.Name, slug(name))
			put2(&m.HeaderFiles, http.CanonicalHeaderKey(name), file)
			s.supply("headervalue", file)
		}
	}
	return len(m.Headers)+len(m.HeaderFiles) > 0 || m.UsernameFile != "" || m.BearerFile != "" || m.BodyFile != ""
}

// reserved reports whether a module cannot read that header from a file.
func reserved(name string) bool {
	_, ok := httpconfig.ReservedHeaders[http.CanonicalHeaderKey(name)]
	return ok
}

func put2(m *map[string]string, key, value string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[key] = value
}

// moduleName returns a name no module of one check has yet.
func (in *Import) moduleName(wish string) string {
	return in.names.take(wish)
}

// secretFile is where a secret of a check is to be put.
func (in *Import) secretFile(check, what string) string {
	return path.Join(in.Secrets, cmp.Or(slug(check), "check")+"-"+what)
}
