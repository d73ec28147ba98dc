package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headstart/configs"
)

// initialise runs init in a new folder with answers as flags.
func initialise(t *testing.T, args ...string) (dir string, code int, stdout, stderr string) {
	t.Helper()
	dir = t.TempDir()
	t.Setenv("LANG", "nl_NL.UTF-8")
	code, stdout, stderr = command(t, append([]string{"init", "--yes", "--dir", dir}, args...)...)
	return dir, code, stdout, stderr
}

// TestInitAnswers: each answer makes a configuration that loads as it is and says what
// was answered.
func TestInitAnswers(t *testing.T) {
	list, secret := filepath.Join(t.TempDir(), "printers.csv"), filepath.Join(t.TempDir(), "secret")
	write(t, list, string(schoolPrinters()))
	write(t, secret, "geheim-woord\n")
	for name, c := range map[string]struct {
		args []string
		want func(c *configs.Config) bool
	}{
		"no answer at all": {nil, func(c *configs.Config) bool {
			return c.Language == "nl" && c.Catalog.Organisation == "Onze organisatie" && len(c.Catalog.Locations) == 1 && c.Door.Listen == "127.0.0.1:8480" && len(c.Tickets.Sources) == 0
		}},
		"English": {[]string{"--language", "en"}, func(c *configs.Config) bool {
			return c.Language == "en" && c.Catalog.Organisation == "Our organisation" && c.Catalog.Locations[0].ID == "main-building"
		}},
		"a name with quotes and a colon": {[]string{"--organisation", `"De \ Berg": #1`}, func(c *configs.Config) bool { return c.Catalog.Organisation == `"De \ Berg": #1` }},
		"three buildings": {[]string{"--buildings", "Gebouw Noord, Café; Zuid"}, func(c *configs.Config) bool {
			return len(c.Catalog.Locations) == 2 && c.Catalog.Locations[0].ID == "noord" && c.Catalog.Locations[1].ID == "cafe-zuid"
		}},
		"a list of printers": {[]string{"--buildings", "Noord,Zuid,Café", "--printers", list}, func(c *configs.Config) bool {
			return len(c.Catalog.Devices) == 40 && len(c.Catalog.Locations) == 3 && len(c.Probes.Probes) == 1 && c.Catalog.Services[0].ID == "print"
		}},
		"a mailbox": {[]string{"--tickets", "imaps://servicedesk@mail.example.org", "--tickets-secret-file", secret}, func(c *configs.Config) bool {
			s := c.Tickets.Sources[0]
			return s.Type == "imap" && s.URL == "imaps://mail.example.org" && s.Username == "servicedesk" && s.Mailbox == "servicedesk@example.org" && s.Domains[0] == "example.org"
		}},
		"a mailbox named by its address": {[]string{"--tickets", "imaps://desk@school.example@imap.host.example:1993/", "--tickets-secret-file", secret}, func(c *configs.Config) bool {
			s := c.Tickets.Sources[0]
			return s.URL == "imaps://imap.host.example:1993" && s.Username == "desk@school.example" && s.Domains[0] == "school.example"
		}},
		"a portal":        {[]string{"--tickets", "webhook"}, func(c *configs.Config) bool { return len(c.Tickets.Bearers()) == 1 }},
		"request tracker": {[]string{"--tickets", "rt https://rt.example.org", "--tickets-secret-file", secret}, func(c *configs.Config) bool { return c.Tickets.Sources[0].Type == "rt" }},
		"zammad":          {[]string{"--tickets", "zammad https://z.example.org", "--tickets-secret-file", secret}, func(c *configs.Config) bool { return c.Tickets.Sources[0].Type == "zammad" }},
		"mail to users": {[]string{"--mail", "mail.example.org:25 storing@example.org allen@example.org"}, func(c *configs.Config) bool {
			return c.Notify.Channels[0].Smarthost == "mail.example.org:25" && c.Notify.Channels[0].To[0] == "allen@example.org"
		}},
		"an address for others": {[]string{"--address", "https://headstart.example.org:8480"}, func(c *configs.Config) bool {
			return c.Door.Listen == ":8480" && c.Door.ExternalURL == "https://headstart.example.org:8480" && c.Door.WebConfigFile != ""
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, code, stdout, stderr := initialise(t, c.args...)
			if code != 0 {
				t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
			}
			cfg, err := configs.Load(configs.Source{File: filepath.Join(dir, "headstart.yml")})
			if err != nil {
				t.Fatal(err)
			}
			if !c.want(cfg) {
				t.Errorf("the configuration does not say what was answered:\n%s", readAll(t, filepath.Join(dir, "headstart.yml")))
			}
			if len(cfg.Warnings) > 0 {
				t.Errorf("it loads with warnings: %q", cfg.Warnings)
			}
			hash := readAll(t, filepath.Join(dir, "admin.hash"))
			_, shown, _ := strings.Cut(stdout, "nooit meer: ")
			if password, _, _ := strings.Cut(shown, "\n"); !strings.HasPrefix(hash, "$argon2id$") || password != "" && strings.Contains(hash, password) {
				t.Error("the password is kept as something else than its hash")
			}
			for _, file := range []string{"admin.hash", "prometheus.token", "tickets.secret", "tls.key"} {
				if info, err := os.Stat(filepath.Join(dir, file)); err == nil && info.Mode().Perm() != 0o600 {
					t.Errorf("%s may be read by others: %s", file, info.Mode())
				}
			}
		})
	}
}

// TestInitRefuses: an answer that cannot be right is named with its remedy, and nothing
// is written.
func TestInitRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"a language there is not":  {[]string{"--language", "de"}, 2, "--language: write nl or en"},
		"one building twice":       {[]string{"--buildings", "Noord, Gebouw Noord"}, 2, "are one building here"},
		"a building without words": {[]string{"--buildings", "!!!"}, 2, "has no letters"},
		"a list that is not there": {[]string{"--printers", "nergens.csv"}, 2, "--printers: stat nergens.csv"},
		"a mailbox without a name": {[]string{"--tickets", "imaps://mail.example.org"}, 2, "names no mailbox"},
		"a system we do not know":  {[]string{"--tickets", "lotus https://x.example"}, 2, "see docs/tickets"},
		"a mailbox without a word": {[]string{"--tickets", "imaps://desk@mail.example.org"}, 2, "a password or token is needed; give it, or --tickets-secret-file"},
		"half a mail server":       {[]string{"--mail", "mail.example.org storing@example.org x@example.org"}, 2, "is no server with a port"},
		"plain HTTP for others":    {[]string{"--address", "http://headstart.example.org"}, 2, "what others reach goes over TLS"},
		"two lines":                {[]string{"--organisation", "a\nb: c"}, 2, "write one line"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, code, stdout, stderr := initialise(t, c.args...)
			if code != c.code || !strings.Contains(stderr, c.want) {
				t.Errorf("exit code %d\n%s%s\nwant %d and %q", code, stdout, stderr, c.code, c.want)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("it wrote %v", left)
			}
		})
	}
}

// TestInitAsks: at most eight questions, one of them again after a wrong answer; what is
// there is overwritten only after a yes, or --force.
func TestInitAsks(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("LANG", "nl_NL.UTF-8")
	ask := func(answers string) (code int, stdout, stderr string) {
		var out, errs lines
		p := &program{stdout: &out, stderr: &errs, in: strings.NewReader(answers)}
		code = p.execute(t.Context(), []string{"init", "--dir", dir})
		return code, out.String(), errs.String()
	}
	all := "fr\nen\nExample College\nNorth, South\n\nimaps://desk@mail.example.org\ngeheim-woord\n\nhttps://hs.example.org\n"
	code, stdout, stderr := ask(all)
	if code != 0 || strings.Count(stdout, "\n   > ") != 9 || !strings.Contains(stdout, "8. At which address") || strings.Contains(stdout, "\n9. ") {
		t.Fatalf("exit code %d\n%s%s\nwant eight questions, one of them asked twice", code, stdout, stderr)
	}
	if strings.Contains(stdout+stderr, "geheim-woord") {
		t.Error("the mailbox's password is shown")
	}
	if !strings.Contains(readAll(t, filepath.Join(dir, "headstart.yml")), `external_url: "https://hs.example.org:443"`) {
		t.Error("the address is not the one that was answered")
	}
	before := readAll(t, filepath.Join(dir, "admin.hash"))
	if code, _, stderr = ask(all + "\n"); code != 1 || !strings.Contains(stderr, "there already; nothing was written") || readAll(t, filepath.Join(dir, "admin.hash")) != before {
		t.Errorf("again, without a yes: %d %s; want everything left as it was", code, stderr)
	}
	if code, _, stderr = ask(all + "yes\n"); code != 0 || readAll(t, filepath.Join(dir, "admin.hash")) == before {
		t.Errorf("again, with a yes: %d %s", code, stderr)
	}
	if code, _, stderr = ask("nl\n"); code != 1 || !strings.Contains(stderr, "no answer came; nothing was written") {
		t.Errorf("nobody there: %d %s", code, stderr)
	}
}

// TestInitAnswersFile: the same from a file, where a flag wins; an unknown key is named.
func TestInitAnswersFile(t *testing.T) {
	answers := filepath.Join(t.TempDir(), "answers.yml")
	write(t, answers, "organisation: Uit het bestand\nbuildings: Noord, Zuid\nlanguage: nl\n")
	dir, code, stdout, stderr := initialise(t, "--answers", answers, "--organisation", "Van de vlag")
	if text := readAll(t, filepath.Join(dir, "catalog.yml")); code != 0 || !strings.Contains(text, `organisation: "Van de vlag"`) || !strings.Contains(text, "id: zuid") {
		t.Errorf("exit code %d\n%s%s\n%s", code, stdout, stderr, text)
	}
	if _, code, _, stderr = initialise(t, "--organisation", "Caf\xe9 De Hoek"); code != 2 || !strings.Contains(stderr, "--organisation: this is not UTF-8") {
		t.Errorf("an answer in Latin-1: %d %s", code, stderr)
	}
	write(t, answers, "organization: X\n")
	if _, code, _, stderr = initialise(t, "--answers", answers); code != 2 || !strings.Contains(stderr, `"organization" is no question; write language, organisation`) {
		t.Errorf("a misspelt key: %d %s", code, stderr)
	}
}

// FuzzTickets: whatever is answered to where users report makes a configuration that
// loads, or is refused with words.
func FuzzTickets(f *testing.F) {
	for _, seed := range []string{"imaps://a@b.example", "rt https://x", "webhook", "imaps://\"@x", "imap://a'b@c.d/", "zammad http://[::1]:80"} {
		f.Add(seed, "Noord, Zuid", "Naam")
	}
	f.Fuzz(func(t *testing.T, tickets, buildings, organisation string) {
		a := &answers{system: "nl", language: "nl"}
		for key, text := range map[string]string{"tickets": tickets, "buildings": buildings, "organisation": organisation, "address": ""} {
			if questionOf(key).hear(a, strings.TrimSpace(text)) != nil {
				return
			}
		}
		a.tickets.secret, a.password = "een-geheim-woord", "een-lang-wachtwoord"
		s := &setup{program: &program{stdout: io.Discard, stderr: io.Discard}, language: "nl"}
		dir := t.TempDir()
		w, err := a.files(dir)
		if err != nil {
			return
		}
		if err := s.write(dir, w); err != nil {
			t.Errorf("%q %q %q: %v", tickets, buildings, organisation, err)
		}
	})
}

func readAll(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
