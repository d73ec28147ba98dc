package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
	"golang.org/x/term"

	"headstart/configs"
)

func (p *program) initCommand() *cobra.Command {
	s := &setup{program: p, given: map[string]string{}}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "at most eight questions, and then a configuration that serve can start",
		Long: `Asks at most eight questions, in Dutch or English, and writes headstart.yml, catalog.yml, the
printers of a list, an administrator with a password that is shown once (its hash is kept), a
token for Prometheus, and a certificate if others are to open the pages. What it writes is checked
first; nothing that is there is overwritten unless you say so.

An answer given as a flag, or in a file (--answers: YAML with the flags' names), is not asked.
With --yes nothing is asked: what was not given has its default.`,
		Example: `  headstart init
  headstart init --dir /etc/headstart --answers answers.yml --yes
  headstart init --yes --language en --organisation "Example College" --buildings "North, South" --printers printers.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, q := range questions {
				if f := cmd.Flags().Lookup(q.key); f != nil && f.Changed {
					s.given[q.key] = f.Value.String()
				}
			}
			return s.run()
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.dir, "dir", ".", "`folder` to write to; it is made if it is not there")
	f.StringVar(&s.answersFile, "answers", "", "`file` with answers")
	f.BoolVar(&s.yes, "yes", false, "ask nothing")
	f.BoolVar(&s.force, "force", false, "overwrite what is there")
	f.StringVar(&s.passwordFile, "password-file", "", "`file` with the administrator's password (default: one is made and shown once)")
	f.StringVar(&s.caFile, "tickets-ca-file", "", "`file` with the authority that signed the mail server's certificate, if no computer knows it")
	for _, q := range questions {
		if !q.secret {
			f.String(q.key, "", q.help)
		}
	}
	f.StringVar(&s.secretFile, secretOfTickets+"-file", "", "`file` with the password or token of --tickets")
	return cmd
}

// setup is one run of init.
type setup struct {
	program      *program
	dir          string
	answersFile  string
	passwordFile string
	secretFile   string
	caFile       string
	yes, force   bool

	given    map[string]string // answers by key
	language string
	in       *bufio.Reader
	asked    int
}

func (s *setup) run() error {
	s.in = bufio.NewReader(s.program.in)
	if err := s.readAnswers(); err != nil {
		return err
	}
	a, err := s.answers()
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(s.dir)
	if err != nil {
		return err
	}
	w, err := a.files(dir)
	if err != nil {
		return err
	}
	if err := s.mayWrite(dir, w); err != nil {
		return err
	}
	if err := s.write(dir, w); err != nil {
		return err
	}
	s.tell(dir, a, w)
	return nil
}

// readAnswers reads the files that flags name.
func (s *setup) readAnswers() error {
	if s.secretFile != "" {
		secret, err := readIfThere(s.secretFile)
		if err != nil || secret == "" {
			return &exit{2, fmt.Sprintf("--%s-file: %s is empty or not there", secretOfTickets, s.secretFile)}
		}
		s.given[secretOfTickets] = secret
	}
	if s.answersFile == "" {
		return nil
	}
	data, err := bounded(s.answersFile)
	if err != nil {
		return &exit{2, fmt.Sprintf("--answers: %v", err)}
	}
	var answers map[string]string
	if err := yaml.Unmarshal(data, &answers); err != nil {
		return &exit{2, fmt.Sprintf("%s: %v; write lines such as organisation: Voorbeeld College", s.answersFile, err)}
	}
	return s.take(answers)
}

// take takes answers of a file where no flag gave one.
func (s *setup) take(answers map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(answers)) {
		if questionOf(key) == nil {
			return &exit{2, fmt.Sprintf("%s: %q is no question; write %s", s.answersFile, key, questionKeys())}
		}
		if _, flag := s.given[key]; !flag {
			s.given[key] = answers[key]
		}
	}
	return nil
}

// answers asks what was not given, in the order of questions.
func (s *setup) answers() (*answers, error) {
	s.language = systemLanguage(os.Environ())
	a := &answers{ca: s.caFile, system: s.language}
	for i := range questions {
		q := &questions[i]
		if q.when != nil && !q.when(a) {
			continue
		}
		if err := s.answer(q, a); err != nil {
			return nil, err
		}
		if a.language != "" {
			s.language = a.language
		}
	}
	var err error
	if s.passwordFile != "" {
		if a.password, err = readIfThere(s.passwordFile); err != nil || len(a.password) < 12 {
			return nil, &exit{2, fmt.Sprintf("--password-file: %s is not there, or shorter than 12 characters", s.passwordFile)}
		}
	}
	return a, nil
}

// answer takes one answer that was given, or asks until one holds.
func (s *setup) answer(q *question, a *answers) error {
	if value, ok := s.given[q.key]; ok || s.yes {
		if err := q.hear(a, strings.TrimSpace(value)); err != nil {
			return &exit{2, fmt.Sprintf("--%s: %v", q.key, err)}
		}
		return nil
	}
	for {
		s.asked++
		fmt.Fprintf(s.program.stdout, "%d. %s\n   > ", s.asked, q.text(s.language))
		line, err := s.line(q.secret)
		if err != nil {
			return &exit{1, "no answer came; nothing was written. Answer with flags and --yes where nobody sits at the keys"}
		}
		if err = q.hear(a, line); err == nil {
			return nil
		}
		s.asked--
		fmt.Fprintf(s.program.stdout, "   %v\n", err)
	}
}

// line reads one line; of a secret nothing shows on a terminal.
func (s *setup) line(secret bool) (string, error) {
	if f, ok := s.program.in.(*os.File); ok && secret && term.IsTerminal(int(f.Fd())) {
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(s.program.stdout)
		return strings.TrimSpace(string(b)), err
	}
	text, err := s.in.ReadString('\n')
	if errors.Is(err, io.EOF) && text != "" {
		err = nil
	}
	return strings.TrimSpace(text), err
}

// mayWrite asks before anything is overwritten.
func (s *setup) mayWrite(dir string, w *written) error {
	var there []string
	for _, f := range w.files {
		if _, err := os.Lstat(filepath.Join(dir, f.name)); err == nil {
			there = append(there, f.name)
		}
	}
	if len(there) == 0 || s.force {
		return nil
	}
	refused := &exit{1, fmt.Sprintf("%s: there already; nothing was written. Name another folder with --dir, or add --force", strings.Join(there, ", "))}
	if s.yes {
		return refused
	}
	fmt.Fprintf(s.program.stdout, s.say("In %s staan al: %s. Overschrijven? ja of nee [nee]\n   > ", "%s has these already: %s. Overwrite them? yes or no [no]\n   > "), dir, strings.Join(there, ", "))
	answer, err := s.line(false)
	if word := strings.ToLower(answer); err != nil || word != "ja" && word != "yes" && word != "j" && word != "y" {
		return refused
	}
	return nil
}

// write checks everything in a folder beside the last place, and moves it there only
// if a service would start with it.
func (s *setup) write(dir string, w *written) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("%w; name another folder with --dir", err)
	}
	staged, err := os.MkdirTemp(dir, ".init-")
	if err != nil {
		return fmt.Errorf("%w; name another folder with --dir", err)
	}
	defer func() { _ = os.RemoveAll(staged) }()
	for _, f := range w.files {
		if err := os.WriteFile(filepath.Join(staged, f.name), f.data, f.mode); err != nil {
			return err
		}
	}
	cfg, err := configs.Load(configs.Source{File: filepath.Join(staged, "headstart.yml")})
	if err != nil {
		return err
	}
	for _, f := range w.files {
		if err := os.Rename(filepath.Join(staged, f.name), filepath.Join(dir, f.name)); err != nil {
			return err
		}
	}
	for _, warning := range cfg.Warnings {
		fmt.Fprintln(s.program.stderr, "warning: "+warning)
	}
	c := cfg.Catalog
	fmt.Fprintf(s.program.stdout, "\n%s: fine (locations %d, services %d, devices %d)\n", filepath.Join(dir, "headstart.yml"), len(c.Locations), len(c.Services), len(c.Devices))
	return nil
}

// tell says what was made, what is to be kept, and what comes next.
func (s *setup) tell(dir string, a *answers, w *written) {
	out := s.program.stdout
	for _, m := range w.leftOut {
		fmt.Fprintln(s.program.stderr, m)
	}
	var names []string
	for _, f := range w.files {
		names = append(names, f.name)
	}
	fmt.Fprintf(out, s.say("Geschreven: %s\n", "Written: %s\n"), strings.Join(names, ", "))
	if s.passwordFile == "" {
		fmt.Fprintf(out, s.say("Wachtwoord van admin, nu en nooit meer: %s\n", "Password of admin, now and never again: %s\n"), a.password)
	}
	if a.host != "" {
		fmt.Fprintln(out, s.say("Het certificaat is zelfgemaakt: vervang tls.crt en tls.key door die van uw organisatie.", "The certificate is of our own making: replace tls.crt and tls.key by those of your organisation."))
	}
	fmt.Fprintf(out, s.say("Berichten aan gebruikers wachten op goedkeuring tot u push.mode op auto zet.\nVerder: headstart --config %s serve\n", "Messages to users wait for approval until you set push.mode to auto.\nNext: headstart --config %s serve\n"), filepath.Join(dir, "headstart.yml"))
}

func (s *setup) say(nl, en string) string {
	if s.language == "en" {
		return en
	}
	return nl
}

// systemLanguage is what an environment is set to, as far as we speak it.
func systemLanguage(environ []string) string {
	if slices.ContainsFunc(environ, func(v string) bool { return strings.HasPrefix(v, "LANG=en") }) {
		return "en"
	}
	return "nl"
}
