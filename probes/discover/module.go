package discover

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ModulesFile is the file of the modules that proposed probes ask by, beside the
// headstart.yml that names it.
const ModulesFile = "blackbox.yml"

// Module is a way to ask over HTTP or DNS that the built-in modules do not have, in the
// format of blackbox_exporter. Secrets are files it names, never values.
type Module struct {
	Name string

	// Of HTTP; the zero values ask as the built-in module does.
	Method   string
	Statuses []int  // that are well; nil: the built-in ones
	Find     string // regular expression the body must match
	Miss     string // and one it may not match
	Follow   bool   // redirects
	Insecure bool   // any certificate will do

	Headers      map[string]string // that hold nothing secret
	HeaderFiles  map[string]string // file by header
	UsernameFile string            // of basic authentication
	PasswordFile string
	BearerFile   string
	BodyFile     string

	QueryType string // of DNS: the type of record; with it, nothing of the above counts
	Said      []string
}

// plainModule reports whether m asks as the built-in module of HTTP does.
func (m *Module) plainModule() bool {
	return m.Method == "" && m.Statuses == nil && m.Find == "" && m.Miss == "" && !m.Follow && !m.Insecure && len(m.Headers)+len(m.HeaderFiles) == 0 &&
		m.UsernameFile == "" && m.BearerFile == "" && m.BodyFile == "" && m.QueryType == ""
}

// useModules keeps the modules that proposed probes name.
func (p *Proposal) useModules(all []Module) {
	used := map[string]bool{}
	for i := range p.Probes {
		used[p.Probes[i].Module] = true
	}
	for _, m := range all {
		if used[m.Name] {
			p.Modules = append(p.Modules, m)
		}
	}
	slices.SortFunc(p.Modules, func(a, b Module) int { return cmp.Compare(a.Name, b.Name) })
	p.Modules = slices.CompactFunc(p.Modules, func(a, b Module) bool { return a.Name == b.Name })
}

// ModuleFile renders the modules as a blackbox.yml; nil if there are none.
func (p *Proposal) ModuleFile(about []string) ([]byte, error) {
	if len(p.Modules) == 0 {
		return nil, nil
	}
	root, modules := mapping(), mapping()
	root.HeadComment = comment(about)
	for i := range p.Modules {
		m := &p.Modules[i]
		put(modules, m.Name, m.node())
		if len(m.Said) > 0 {
			modules.Content[len(modules.Content)-2].HeadComment = comment([]string{sentence(m.Said)})
		}
	}
	put(root, "modules", modules)
	return render(root)
}

func (m *Module) node() *yaml.Node {
	n := mapping()
	if m.QueryType != "" {
		put(n, "prober", text("dns"))
		dns := mapping()
		put(dns, "preferred_ip_protocol", text("ip4"))
		put(dns, "query_name", text(".")) // the probe's query is asked instead
		put(dns, "query_type", text(m.QueryType))
		put(n, "dns", dns)
		return n
	}
	put(n, "prober", text("http"))
	put(n, "http", m.http())
	return n
}

func (m *Module) http() *yaml.Node {
	n := mapping()
	put(n, "preferred_ip_protocol", text("ip4"))
	put(n, "follow_redirects", truth(m.Follow))
	if list := m.statuses(); list != nil {
		codes := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, c := range list {
			codes.Content = append(codes.Content, number(c))
		}
		put(n, "valid_status_codes", codes)
	}
	some(n, "method", m.Method)
	if m.Find != "" {
		put(n, "fail_if_body_not_matches_regexp", sequence([]string{m.Find}))
	}
	if m.Miss != "" {
		put(n, "fail_if_body_matches_regexp", sequence([]string{m.Miss}))
	}
	byKey(n, "headers", m.Headers, text)
	byKey(n, "http_headers", m.HeaderFiles, func(file string) *yaml.Node {
		of := mapping()
		put(of, "files", sequence([]string{file}))
		return of
	})
	some(n, "body_file", m.BodyFile)
	if m.UsernameFile != "" {
		basic := flow()
		put(basic, "username_file", text(m.UsernameFile))
		put(basic, "password_file", text(m.PasswordFile))
		put(n, "basic_auth", basic)
	}
	if m.BearerFile != "" {
		bearer := flow()
		put(bearer, "credentials_file", text(m.BearerFile))
		put(n, "authorization", bearer)
	}
	if m.Insecure {
		trust := flow()
		put(trust, "insecure_skip_verify", truth(true))
		put(n, "tls_config", trust)
	}
	return n
}

// statuses are those that are well: of the built-in module, redirects too. Nil: those of
// blackbox_exporter, 200 to 299.
func (m *Module) statuses() []int {
	if m.Statuses != nil || m.Follow {
		return m.Statuses
	}
	return []int{200, 201, 202, 203, 204, 205, 206, 301, 302, 303, 307, 308}
}

// byKey puts a mapping, by key.
func byKey(n *yaml.Node, key string, values map[string]string, node func(string) *yaml.Node) {
	if len(values) == 0 {
		return
	}
	of := mapping()
	for _, k := range sortedKeys(values) {
		put(of, k, node(values[k]))
	}
	put(n, key, of)
}

func truth(b bool) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(b)}
}

// statusRange are the status codes from first to last.
func statusRange(first, last int) []int {
	var out []int
	for c := max(first, 100); c <= min(last, 599); c++ {
		out = append(out, c)
	}
	return out
}

// sharedName names a module that holds nothing of one check only, by what it does.
func (m *Module) sharedName() string {
	parts := []string{"http"}
	if m.Method != "" {
		parts = append(parts, strings.ToLower(m.Method))
	}
	if m.Statuses != nil {
		parts = append(parts, spans(m.Statuses))
	}
	if m.Follow {
		parts = append(parts, "follow")
	}
	if m.Insecure {
		parts = append(parts, "insecure")
	}
	return strings.Join(parts, "_")
}

// spans writes ascending codes as ranges: 200-299_301.
func spans(codes []int) string {
	var parts []string
	for i := 0; i < len(codes); {
		j := i
		for j+1 < len(codes) && codes[j+1] == codes[j]+1 {
			j++
		}
		part := strconv.Itoa(codes[i])
		if j > i {
			part += "-" + strconv.Itoa(codes[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, "_")
}
