package announce

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"

	"go.yaml.in/yaml/v3"

	"headstart"
)

//go:embed templates.yaml
var templatesYAML []byte

// templates is the embedded file, parsed once: it never changes.
var templates = sync.OnceValue(func() *book {
	b, err := readBook(templatesYAML)
	if err != nil {
		panic("announce: templates.yaml: " + err.Error()) // a programmer's error
	}
	return b
})

// book is templates.yaml.
type book struct {
	Version   int
	Default   string `yaml:"default_language"`
	Address   string
	Variables map[string]struct {
		Meaning string
		NL      string `yaml:"example_nl"`
		EN      string `yaml:"example_en"`
	}
	Flags   []string
	Forms   map[string]form
	Labels  map[string]map[string]string // language, label: question
	Phases  map[headstart.Phase]phase
	Kinds   map[headstart.ServiceKind]kind
	Buttons map[string]map[string]string
	Phone   struct {
		MaxWords int `yaml:"max_words"`
		NL, EN   phoneText
	}
	Digest struct {
		MaxLines int `yaml:"max_lines"`
		NL, EN   digestText
	}
	Gate gateWords
}

// phase is one phase of an announcement in both languages.
type phase struct {
	Statuspage string
	Required   []string
	Cadence    map[string]string
	SendBefore []string `yaml:"send_before"`
	AutoSend   string   `yaml:"auto_send"`
	NL, EN     phaseText
}

type phaseText struct {
	Title, Short text
	Body         []bodyLine
}

type bodyLine struct {
	Label  string // of Labels: the question; empty: the line stands alone
	Name   string // by which an organisation replaces the line; empty: Label
	Text   text
	Unless string // drops the line when this variable has a value
}

func (l bodyLine) name() string { return cmp.Or(l.Name, l.Label) }

// kind is the words of one kind of service.
type kind struct {
	Requires []string
	NL, EN   kindText
}

type kindText struct {
	Subject                          text
	Title, Notice                    map[string]text // by effect
	Still, Doing, Dont, Works, After text
	MaintTitle                       text `yaml:"maint_title"`
	MaintNotice                      text `yaml:"maint_notice"`
	Prepare                          text
	Workarounds                      []string
}

type phoneText struct {
	Label                 string
	One, Two, More, Close text
}

// form is a state of the incident that changes what may be claimed; the tests
// render every phase in each.
type form struct {
	Phases, Clear []string
	NL, EN        map[string]string
	Short, Phone  map[string]map[string]string
}

func readBook(raw []byte) (*book, error) {
	var b book
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&b); err != nil {
		return nil, err
	}
	return &b, b.check()
}

// check holds the lines to their questions, and each to a name of its own.
func (b *book) check() error {
	for name, p := range b.Phases {
		for lang, pt := range map[string]phaseText{"nl": p.NL, "en": p.EN} {
			if err := pt.check(b.Labels[lang]); err != nil {
				return fmt.Errorf("phase %s in %s: %w", name, lang, err)
			}
		}
	}
	return nil
}

func (pt phaseText) check(questions map[string]string) error {
	named := map[string]bool{}
	for _, l := range pt.Body {
		if l.Label != "" && questions[l.Label] == "" {
			return fmt.Errorf("label %q has no question", l.Label)
		}
		if named[l.name()] || l.name() == "" {
			return fmt.Errorf("a line needs a name of its own, not %q", l.name())
		}
		named[l.name()] = true
	}
	return nil
}

// text is one template. Only what it prints at top level is needed; a variable
// inside if or with is optional. That is read from the parse tree, since the
// output of "Om {{.NextUpdate}}." does not show what it lacks.
type text struct {
	src   string
	tmpl  *template.Template
	needs []string
}

// UnmarshalYAML parses the template and notes what it needs.
func (t *text) UnmarshalYAML(node *yaml.Node) error {
	var err error
	if *t, err = parseText(node.Value); err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	return nil
}

func parseText(src string) (text, error) {
	t := text{src: src}
	var err error
	t.tmpl, err = template.New("").Option("missingkey=zero").Parse(src)
	if err != nil {
		return text{}, err
	}
	if t.tmpl.Tree == nil { // an empty template
		return t, nil
	}
	for _, n := range t.tmpl.Root.Nodes {
		a, ok := n.(*parse.ActionNode)
		if !ok {
			continue
		}
		for _, cmd := range a.Pipe.Cmds {
			for _, arg := range cmd.Args {
				if f, ok := arg.(*parse.FieldNode); ok {
					t.needs = append(t.needs, f.Ident[0])
				}
			}
		}
	}
	return t, nil
}

// fill renders t and names the variables it needs that are empty.
func (t text) fill(vars map[string]string) (string, []string) {
	if t.tmpl == nil || t.tmpl.Tree == nil {
		return "", nil
	}
	var missing []string
	for _, n := range t.needs {
		if vars[n] == "" {
			missing = append(missing, n)
		}
	}
	var b strings.Builder
	if err := t.tmpl.Execute(&b, vars); err != nil {
		panic("announce: " + t.src + ": " + err.Error()) // only fields of a map of strings: a programmer's error
	}
	return strings.TrimSpace(b.String()), missing
}
