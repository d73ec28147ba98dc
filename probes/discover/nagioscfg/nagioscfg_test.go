package nagioscfg

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(texts ...string) *Config {
	f := Files{Unit: 60}
	for i, text := range texts {
		f.Sources = append(f.Sources, Source{fmt.Sprintf("%d.cfg", i), []byte(text)})
	}
	return Read(f)
}

func wrongs(c *Config) string {
	var out []string
	for _, m := range c.Mistakes {
		out = append(out, m.Place+": "+m.Text)
	}
	return strings.Join(out, "\n")
}

// The rules of inheritance are those of objectinheritance.html of Nagios Core 4.
func TestInheritance(t *testing.T) {
	for name, c := range map[string]struct{ templates, host, want string }{
		"own values win": {"define host{\nname a\naddress 1\n}", "use a\naddress 2", "2"},
		"the first template that has it wins": {
			"define host{\nname a\nx 1\nregister 0\n}\ndefine host{\nname b\naddress 2\nregister 0\n}\ndefine host{\nname c\naddress 3\nregister 0\n}", "use a,b,c", "2",
		},
		"templates use templates":     {"define host{\nname a\naddress 1\nregister 0\n}\ndefine host{\nname b\nuse a\nregister 0\n}", "use b", "1"},
		"null is not inherited":       {"define host{\nname a\naddress 1\nregister 0\n}", "use a\naddress null", ""},
		"plus is put behind":          {"define host{\nname a\naddress 1,2\nregister 0\n}", "use a\naddress +3", "1,2,3"},
		"plus in both goes on":        {"define host{\nname a\naddress +1\nregister 0\n}\ndefine host{\nname b\naddress 2\nregister 0\n}", "use a,b\naddress +3", "2,1,3"},
		"plus ends at a plain one":    {"define host{\nname a\naddress 1\nregister 0\n}\ndefine host{\nname b\naddress 2\nregister 0\n}", "use a,b\naddress +3", "1,3"},
		"plus with nothing behind it": {"", "address +3", "3"},
		"a circle ends":               {"define host{\nname a\nuse b\naddress 1\nregister 0\n}\ndefine host{\nname b\nuse a\nregister 0\n}", "use a", "1"},
		"comments and continuations":  {"", "address 1\\\n2 ; the rest \\; is none\n# use x", "12"},
		"a semicolon that is meant":   {"", "address a\\;b", "a;b"},
	} {
		got := read(c.templates + "\ndefine host {\n host_name h\n" + c.host + "\n }\n")
		if h := got.Hosts["h"]; h == nil || h.Get("address") != c.want {
			t.Errorf("%s: %+v, want %q\n%s", name, h, c.want, wrongs(got))
		}
	}
}

// Names, groups and exclusions are those of objecttricks.html of Nagios Core 4.
func TestServicesOnHosts(t *testing.T) {
	hosts := "define host{\nhost_name a\nhostgroups g\n}\ndefine host{\nhost_name b\n}\ndefine host{\nhost_name c\nhostgroups h\n}\n" +
		"define hostgroup{\nhostgroup_name g\nmembers b\n}\ndefine hostgroup{\nhostgroup_name h\n}\ndefine hostgroup{\nhostgroup_name all\nhostgroup_members g,h\n}\n" +
		"define hostgroup{\nhostgroup_name loop\nhostgroup_members loop2\n}\ndefine hostgroup{\nhostgroup_name loop2\nhostgroup_members loop,g\n}\n"
	for service, want := range map[string]string{
		"host_name a,b":                           "a b",
		"host_name *":                             "a b c",
		"host_name *,!b":                          "a c",
		"hostgroup_name g":                        "a b",
		"hostgroup_name g\nhost_name !a":          "b",
		"hostgroup_name all,!h":                   "a b",
		"hostgroup_name *":                        "a b c",
		"hostgroup_name loop":                     "a b",
		"host_name *\nhostgroup_name !all":        "",
		"host_name nobody":                        "",
		"host_name a\nhostgroup_name nothing,!no": "a",
	} {
		c := read(hosts + "define service{\nservice_description s\n" + service + "\n}\n")
		var got []string
		for _, p := range c.Services {
			got = append(got, p.Host.Get("host_name"))
		}
		if strings.Join(got, " ") != want || (want == "") != (len(c.Lonely) == 1) {
			t.Errorf("%q is on %v, want %q\n%s", service, got, want, wrongs(c))
		}
	}
}

// What multiplies is cut off and said, so that memory and time are bounded.
func TestMultiplied(t *testing.T) {
	var doubling, all strings.Builder
	doubling.WriteString("define host{\nname t0\nx +12345678\nregister 0\n}\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&doubling, "define host{\nname t%d\nuse t%d,t%d\nx +1\nregister 0\n}\n", i, i-1, i-1)
	}
	doubling.WriteString("define host{\nhost_name h\nuse t39\n}\n")
	for i := range 400 {
		fmt.Fprintf(&all, "define host{\nhost_name h%d\n}\ndefine service{\nservice_description s\nhost_name *\nhostgroup_name !none\n}\n", i)
	}
	var deep strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&deep, "define host{\nname d%d\nuse d%d\nregister 0\n}\n", i, i+1)
	}
	for text, want := range map[string]string{
		doubling.String():                           "longer than 64 KiB",
		all.String():                                "import a part",
		deep.String():                               "stand inside each other",
		strings.Repeat("nothing\n", 50_000):         "more than this is wrong",
		"define host{\nhost_name h":                 "is not closed",
		"define host\n{\nhost_name h\n}\n":          "is no beginning of an object",
		"define host{\nhost_name h\nuse \x1b[2J\n}": "uses template ?[2J, which",
		"define host{\nhost_name h\nuse z\n}":       "uses template z, which is not in these files",
	} {
		c := within(Files{Unit: 60, Sources: []Source{{"0.cfg", []byte(text)}}}, 100_000)
		if !strings.Contains(wrongs(c), want) {
			t.Errorf("%.40q: want %q in\n%.500s", text, want, wrongs(c))
		}
	}
}

// Macros and quotes are those of macros.html of Nagios Core 4 and of a shell.
func TestCommand(t *testing.T) {
	base := "define host{\nhost_name h\naddress 10.0.0.1\n_PORT 81\n}\n"
	for line, want := range map[string]string{
		`$USER1$/check_http -I $HOSTADDRESS$ $ARG1$`:       `check_http -I 10.0.0.1 -u /a b!c`,
		`/x/check_snmp -C $USER7$ -p $_HOSTPORT$ "$ARG1$"`: `secret check_snmp -C -p 81 -u /a b!c`,
		`check_a $$ '$ARG2$' "" $ARG9$`:                    `check_a $ two words `,
		`check_a | sh`:                                     `shell check_a`,
		`check_a "unclosed`:                                `shell check_a unclosed`,
		`check_a -a u:pa$hunter2$`:                         `?… check_a -a u:pa`,
		`check_a $HOSTSTATE$`:                              `?HOSTSTATE check_a`,
	} {
		c := read(base + "define command{\ncommand_name c\ncommand_line " + line + "\n}\n")
		o := &Object{Is: map[string]string{"check_command": `c!-u "/a b\!c"!two words`}}
		got := c.Command(o, c.Hosts["h"])
		text := strings.Join(append([]string{got.Plugin}, got.Args...), " ")
		if got.Unknown != "" {
			text = "?" + got.Unknown + " " + text
		}
		if got.Secret {
			text = "secret " + text
		}
		if got.Shell {
			text = "shell " + text
		}
		if strings.ReplaceAll(text, `"`, "") != want {
			t.Errorf("%s: %q, want %q", line, text, want)
		}
	}
}

// The files that nagios.cfg names are found where they are, or beside it; what is not a
// file of objects is not opened.
func TestCollect(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"nagios.cfg":          "cfg_dir=/nowhere/etc/conf.d\ncfg_file=hosts.cfg\ncfg_file=/nowhere/hosts.cfg\ncfg_file=gone.cfg\nresource_file=resource.cfg\ninterval_length=30\n",
		"hosts.cfg":           "define host{\nhost_name h\n}\n",
		"resource.cfg":        "$USER3$=hunter2\n",
		"conf.d/resource.cfg": "$USER4$=hunter2\n",
		"conf.d/b.cfg":        "include_dir=.\ninclude_file=sub\ninclude_file=../extra.cfg\ndefine host{\nhost_name b\n}\n",
		"conf.d/sub/a.cfg":    "define host{\nhost_name a\n}\n",
		"conf.d/sub/a.cfg~":   "define host{\nhost_name old\n}\n",
		"extra.cfg":           "define host{\nhost_name x\n}\n",
		"conf.d/sub/note.txt": "hunter2",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("..", filepath.Join(dir, "conf.d", "up")); err != nil {
		t.Fatal(err)
	}
	f, err := Collect([]string{filepath.Join(dir, "nagios.cfg")})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range f.Sources {
		names = append(names, s.Name)
	}
	if diff := cmp.Diff([]string{"conf.d/b.cfg", "extra.cfg", "conf.d/sub/a.cfg", "hosts.cfg"}, names); diff != "" || f.Unit != 30 || len(f.Mistakes) != 2 {
		t.Errorf("unit %d, %v\n%s", f.Unit, f.Mistakes, diff)
	}
	if c := Read(f); !slices.Equal(c.Order, []string{"b", "x", "a", "h"}) {
		t.Errorf("hosts %v", c.Order)
	}
	if _, err := Collect([]string{filepath.Join(dir, "none")}); err == nil || !strings.Contains(err.Error(), "correct the name") {
		t.Error(err)
	}
}

// Whatever the files hold, reading ends, and every service that is on a host is on one
// that is there.
func FuzzRead(f *testing.F) {
	f.Add([]byte("define host{\nhost_name a\nuse t\nhostgroups +g\n}\ndefine host{\nname t\nregister 0\n}\ndefine hostgroup{\nhostgroup_name g\n}\n"), "c!-p 80")
	f.Add([]byte("define service{\nhost_name *,!a\ncheck_command c!$ARG1$\n}\ndefine command{\ncommand_name c\ncommand_line $USER1$/x '$ARG1$' \\\n$_HOSTX$\n}\n"), "")
	f.Fuzz(func(t *testing.T, data []byte, check string) {
		if len(data) > 1<<16 {
			return
		}
		c := Read(Files{Sources: []Source{{"f.cfg", data}}, Unit: 60})
		for _, p := range c.Services {
			if c.Hosts[p.Host.Get("host_name")] == nil {
				t.Fatal("a service on no host")
			}
			c.Command(p.Service, p.Host)
		}
		for _, h := range c.Hosts {
			h.Is["check_command"] = check
			c.Command(h, h)
		}
	})
}
