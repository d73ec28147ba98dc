package nagioscfg

import (
	"path"
	"strings"
)

// Command is how a check is run: a plugin and its arguments, with macros filled in.
type Command struct {
	Name   string // command_name
	Plugin string // the program, without its folder
	Args   []string

	Secret  bool   // an argument is of resource.cfg: $USER2$ and on
	Unknown string // a macro that has no value here
	Shell   bool   // it is more than one program and its arguments
}

// Command works out the check_command of an object on a host. Without a definition of
// the command, its name is the plugin's and its arguments follow -H and the address, as
// in the sample configuration of Nagios.
func (c *Config) Command(o, host *Object) Command {
	parts := bangs(o.Get("check_command"))
	out := Command{Name: parts[0]}
	m := macros{c: &out, o: o, host: host}
	for _, a := range parts[1:] {
		m.args = append(m.args, m.fill(a))
	}
	var text string
	if def := c.Commands[parts[0]]; def != nil {
		text = m.fill(def.Get("command_line"))
	} else {
		text = parts[0] + " -H " + m.value("HOSTADDRESS") + " "
		if strings.HasPrefix(parts[0], "check_tcp") || strings.HasPrefix(parts[0], "check_udp") {
			text += "-p "
		}
		text += strings.Join(m.args, " ")
	}
	words, shell := words(text)
	out.Shell = shell
	if len(words) > 0 {
		out.Plugin, out.Args = strings.TrimSuffix(path.Base(words[0]), ".pl"), words[1:]
	}
	return out
}

// bangs takes check_http!-u /x apart; \! is no separator. It returns at least one part.
func bangs(text string) []string {
	var out []string
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && text[i+1] == '!':
			b.WriteByte('!')
			i++
		case text[i] == '!':
			out = append(out, strings.TrimSpace(b.String()))
			b.Reset()
		default:
			b.WriteByte(text[i])
		}
	}
	return append(out, strings.TrimSpace(b.String()))
}

// macros fills in what stands between dollar signs.
type macros struct {
	c       *Command
	o, host *Object
	args    []string
}

func (m *macros) fill(text string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "$")
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, "$")
		if !ok || !closed || b.Len() > mostValue {
			return b.String() + rest
		}
		if name == "" {
			b.WriteByte('$')
		} else {
			b.WriteString(m.value(name))
		}
		text = after
	}
}

// value returns what one macro stands for.
func (m *macros) value(name string) string {
	switch {
	case name == "HOSTADDRESS":
		if a := m.host.Get("address"); a != "" {
			return a
		}
		return m.host.Get("host_name")
	case name == "HOSTNAME":
		return m.host.Get("host_name")
	case name == "HOSTALIAS":
		return m.host.Get("alias")
	case name == "SERVICEDESC":
		return m.o.Get("service_description")
	case name == "USER1": // the folder of plugins
		return ""
	case strings.HasPrefix(name, "USER"):
		m.c.Secret = true
		return ""
	case strings.HasPrefix(name, "ARG"):
		return m.arg(strings.TrimPrefix(name, "ARG"))
	case strings.HasPrefix(name, "_HOST"):
		return m.custom(m.host, name, strings.TrimPrefix(name, "_HOST"))
	case strings.HasPrefix(name, "_SERVICE"):
		return m.custom(m.o, name, strings.TrimPrefix(name, "_SERVICE"))
	}
	m.c.Unknown = "…" // of a password that holds dollar signs this is a part
	if !strings.ContainsFunc(name, func(c rune) bool { return c != '_' && c != ':' && (c < 'A' || c > 'Z') && (c < '0' || c > '9') }) {
		m.c.Unknown = shown(name)
	}
	return ""
}

func (m *macros) arg(number string) string {
	n := 0
	for _, d := range number {
		n = n*10 + int(d-'0')
		if d < '0' || d > '9' || n > 64 {
			return ""
		}
	}
	if n < 1 || n > len(m.args) {
		return ""
	}
	return m.args[n-1]
}

// custom returns a variable of one's own, which begins with an underscore; case does not
// matter.
func (m *macros) custom(o *Object, macro, name string) string {
	for key, value := range o.Is {
		if strings.EqualFold(key, "_"+name) {
			return value
		}
	}
	m.c.Unknown = shown(macro)
	return ""
}

// words takes a command line apart as a shell does; shell reports that there is more in
// it than words.
func words(text string) (out []string, shell bool) {
	var b strings.Builder
	begun, quote := false, byte(0)
	for i := 0; i < len(text); i++ {
		ch := text[i]
		switch {
		case quote != 0 && ch == quote:
			quote = 0
		case quote == '\'' || quote == '"' && ch != '\\' && ch != '`':
			b.WriteByte(ch)
		case ch == '\'' || ch == '"':
			quote, begun = ch, true
		case ch == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
			begun = true
		case ch == ' ' || ch == '\t':
			if begun {
				out = append(out, b.String())
			}
			b.Reset()
			begun = false
		case strings.IndexByte("|&;<>`\n", ch) >= 0:
			return out, true
		default:
			b.WriteByte(ch)
			begun = true
		}
	}
	if begun {
		out = append(out, b.String())
	}
	return out, quote != 0
}

// Value returns the value of an option, written -p 80, -p80, --port 80 or --port=80.
func (c *Command) Value(short, long string) (value string, ok bool) {
	for i, a := range c.Args {
		switch {
		case a == short || long != "" && a == long:
			if i+1 < len(c.Args) {
				return c.Args[i+1], true
			}
			return "", true
		case long != "" && strings.HasPrefix(a, long+"="):
			return a[len(long)+1:], true
		case len(short) == 2 && len(a) > 2 && strings.HasPrefix(a, short) && a[1] != '-':
			return a[2:], true
		}
	}
	return "", false
}

// Has reports whether one of the options is there.
func (c *Command) Has(options ...string) bool {
	for _, o := range options {
		for _, a := range c.Args {
			if a == o || strings.HasPrefix(o, "--") && strings.HasPrefix(a, o+"=") {
				return true
			}
		}
	}
	return false
}
