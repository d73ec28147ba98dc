package knownerrors

import (
	"fmt"
	"slices"
	"strings"

	"headstart"
)

// Entry is a known error as a file holds it.
type Entry struct {
	headstart.KnownError
	Retired bool

	Line int      // of the file it was read from, where it begins
	Said []string // names of the fields that the file says, empty ones too
}

// Mistake is what is wrong with a line of a file; its entry is left out.
type Mistake struct {
	Line int // zero: of the file as a whole
	Text string
}

func (m Mistake) Error() string {
	if m.Line == 0 {
		return m.Text
	}
	return fmt.Sprintf("line %d: %s", m.Line, m.Text)
}

// Bounds of a file.
const (
	mostBytes   = 16 << 20
	mostEntries = headstart.MostKnown
)

// field is one column of CSV, or one key of Markdown.
type field struct {
	name string
	text bool // several lines
	get  func(*Entry) string
	set  func(*Entry, string) error
}

// fields are all of an entry but its id, in the order they are written.
var fields = slices.Concat(
	names("title", false, func(e *Entry) *headstart.Names { return &e.Title }),
	[]field{
		list("services", func(e *Entry) *[]string { return &e.Services }),
		list("assets", func(e *Entry) *[]string { return &e.Assets }),
		list("locations", func(e *Entry) *[]string { return &e.Locations }),
		list("checks", func(e *Entry) *[]string { return &e.Checks }),
		symptoms("nl"), symptoms("en"),
		text("cause", true, func(e *Entry) *string { return &e.Cause }),
		text("fix", true, func(e *Entry) *string { return &e.Fix }),
		text("prevention", true, func(e *Entry) *string { return &e.Prevention }),
	},
	names("workaround", true, func(e *Entry) *headstart.Names { return &e.Workaround }),
	[]field{
		text("kb", false, func(e *Entry) *string { return &e.KB }),
		text("supplier_case", false, func(e *Entry) *string { return &e.SupplierCase }),
		text("problem", false, func(e *Entry) *string { return &e.Problem }),
		text("review_by", false, func(e *Entry) *string { return &e.ReviewBy }),
		yes("confidential", func(e *Entry) *bool { return &e.Confidential }),
		yes("retired", func(e *Entry) *bool { return &e.Retired }),
		text("article", true, func(e *Entry) *string { return &e.Article }),
	},
)

// fieldNamed finds a field; nil: there is none.
func fieldNamed(name string) *field {
	n := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	if n < 0 {
		return nil
	}
	return &fields[n]
}

// fieldNames are those that a file may have, for who misspelt one.
func fieldNames() string {
	out := []string{"id"}
	for _, f := range fields {
		out = append(out, f.name)
	}
	return strings.Join(out, ", ")
}

func text(name string, lines bool, of func(*Entry) *string) field {
	return field{
		name: name, text: lines,
		get: func(e *Entry) string { return tidy(*of(e), lines) },
		set: func(e *Entry, s string) error { *of(e) = tidy(s, lines); return nil },
	}
}

// names is a text for all languages, and one for each.
func names(name string, lines bool, of func(*Entry) *headstart.Names) (out []field) {
	for _, lang := range []string{"", "nl", "en"} {
		suffix := ""
		if lang != "" {
			suffix = "_" + lang
		}
		out = append(out, field{
			name: name + suffix, text: lines,
			get: func(e *Entry) string { return tidy((*of(e))[lang], lines) },
			set: func(e *Entry, s string) error {
				n := *of(e)
				if s = tidy(s, lines); s == "" {
					if delete(n, lang); len(n) == 0 {
						*of(e) = nil
					}
					return nil
				}
				if n == nil {
					n = headstart.Names{}
					*of(e) = n
				}
				n[lang] = s
				return nil
			},
		})
	}
	return out
}

func list(name string, of func(*Entry) *[]string) field {
	return field{
		name: name,
		get:  func(e *Entry) string { return joinList(*of(e)) },
		set:  func(e *Entry, s string) error { *of(e) = cutList(s); return nil },
	}
}

func symptoms(lang string) field {
	return field{
		name: "symptoms_" + lang,
		get:  func(e *Entry) string { return joinList(e.Symptoms[lang]) },
		set: func(e *Entry, s string) error {
			said := cutList(s)
			if len(said) == 0 {
				if delete(e.Symptoms, lang); len(e.Symptoms) == 0 {
					e.Symptoms = nil
				}
				return nil
			}
			if e.Symptoms == nil {
				e.Symptoms = map[string][]string{}
			}
			e.Symptoms[lang] = said
			return nil
		},
	}
}

func yes(name string, of func(*Entry) *bool) field {
	return field{
		name: name,
		get: func(e *Entry) string {
			if *of(e) {
				return "yes"
			}
			return ""
		},
		set: func(e *Entry, s string) error {
			switch strings.ToLower(strings.TrimSpace(s)) {
			case "yes", "ja", "true", "waar", "1", "x":
				*of(e) = true
			case "", "no", "nee", "false", "onwaar", "0":
				*of(e) = false
			default:
				return fmt.Errorf("%s is %.40q; write yes or no", name, s)
			}
			return nil
		},
	}
}

// tidy takes the space around a text away, and in one of a single line between words
// too.
func tidy(s string, lines bool) string {
	if lines {
		return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
	}
	return strings.Join(strings.Fields(s), " ")
}

// joinList writes a list as one line: "a; b". What divides it has a backslash before it
// where it is part of a word.
func joinList(list []string) string {
	var out []string
	for _, s := range list {
		if s = tidy(s, false); s != "" {
			out = append(out, strings.NewReplacer(`\`, `\\`, `;`, `\;`).Replace(s))
		}
	}
	return strings.Join(out, "; ")
}

// cutList reads what joinList writes.
func cutList(s string) (out []string) {
	var b strings.Builder
	end := func() {
		if word := tidy(b.String(), false); word != "" {
			out = append(out, word)
		}
		b.Reset()
	}
	escaped := false
	for _, r := range s {
		switch {
		case escaped:
			if r != ';' && r != '\\' {
				b.WriteByte('\\') // one that a person wrote
			}
			b.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == ';' || r == '\n':
			end()
		default:
			b.WriteRune(r)
		}
	}
	if escaped {
		b.WriteByte('\\')
	}
	end()
	return out
}

// idOf reads an id; empty: it is a new entry.
func idOf(s string) (string, error) {
	switch s = tidy(s, false); {
	case s == fresh || s == "(nieuw)":
		return "", nil
	case strings.Contains(s, " "):
		return "", fmt.Errorf("id %.40q has a space in it; write one such as KE-8, or none for a new entry", s)
	}
	return s, nil
}

// tidied is e as a file holds it.
func tidied(e *Entry) Entry {
	out := Entry{KnownError: headstart.KnownError{ID: tidy(e.ID, false)}}
	for n := range fields {
		_ = fields[n].set(&out, fields[n].get(e)) // what get writes, set reads
	}
	return out
}
