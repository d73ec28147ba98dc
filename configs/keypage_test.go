package configs

import (
	"flag"
	"fmt"
	"go/ast"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

var update = flag.Bool("update", false, "rewrite docs/configuration.md")

const keyPage = "../docs/configuration.md"

// TestPageOfKeys holds docs/configuration.md to the structs that are decoded and the
// comments beside their fields: a key without a comment is a mistake, and so is a page
// that says anything else.
func TestPageOfKeys(t *testing.T) {
	t.Parallel()
	p := keyWriter{sources: map[string]map[string]*ast.StructType{}, docs: map[string]string{}}
	page, err := p.page()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(keyPage, []byte(page), 0o644); err != nil { //nolint:gosec // a page of the repository
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(keyPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(was), page); diff != "" {
		t.Errorf("%s is not what the code says; run go test ./configs -run TestPageOfKeys -update (-page +code):\n%s", keyPage, diff)
	}
}

const keyIntro = `# Every key of headstart.yml

Written by a test from what the program decodes and the comments beside it; change those, not this page
(` + "`make golden`" + `). ` + "`headstart config show --example`" + ` prints a file with the keys you are likely to touch, explained;
` + "`headstart config show`" + ` what is in force; ` + "`headstart config check`" + ` names every mistake with its line. A key that
does not stand here is refused.

- **Types.** A *duration* is written as Prometheus does: ` + "`90s`, `5m`, `1d`" + `; a *size* in bytes or as ` + "`64MiB`" + `. ` + "`[]`" + ` after a
  name: a list, each member of which has the keys that follow. ` + "`.*`" + `: a mapping whose keys you choose.
- **Environment.** A key of a plain type (text, number, duration, size, yes or no) that stands in no list and no mapping can be set as
  ` + "`HEADSTART_`" + ` and its name in capitals, with ` + "`_`" + ` for each dot: ` + "`HEADSTART_STORE_MODE`" + `. A flag wins over that, and that over the file.
- **Secrets** have a key that ends in ` + "`_file`" + `: write the secret into that file, mode 0600. Names of files count from the folder of
  headstart.yml, folders that are written from the working directory.
- **Reload** (SIGHUP, ` + "`POST /-/reload`" + `, ` + "`systemctl reload headstart`" + `) applies every key but ` + "`store`" + ` and ` + "`data_dir`" + `, which want a restart.
  A file with a mistake is refused whole, and the old settings stay in force.
- **Default** is empty where nothing is set, and within lists, where the words say what an absent key means.

`

const catalogIntro = `# Every key of catalog.yml

The organisation as its helpdesk names it; [from a list or a network to a catalog](discover.md). Ids are unique over all lists.
A name is a text, or one for each language: ` + "`{nl: Printen, en: Printing}`" + `. ` + "`depends_on`" + ` names services and devices; a list
inside the list is a redundancy group, of which one suffices: ` + "`[[core-a, core-b], srv-dhcp]`" + `.

`

// keyWriter writes the page.
type keyWriter struct {
	sources map[string]map[string]*ast.StructType // by package path, then name
	docs    map[string]string                     // of types, by package path and name
	missing []string                              // keys without a comment
}

func (w *keyWriter) page() (string, error) {
	var b strings.Builder
	b.WriteString(keyIntro)
	def := Default()
	if err := w.sections(&b, reflect.ValueOf(def), "## "); err != nil {
		return "", err
	}
	b.WriteString(catalogIntro)
	if err := w.sections(&b, reflect.ValueOf(headstart.Catalog{}), "## "); err != nil {
		return "", err
	}
	if len(w.missing) > 0 {
		return "", fmt.Errorf("no comment says what these do; write one beside the field: %s", strings.Join(w.missing, ", "))
	}
	return strings.TrimRight(b.String(), "\n") + "\n", nil
}

// sections writes a table for each key of the outermost struct; plain ones share the
// table that goes before.
func (w *keyWriter) sections(b *strings.Builder, v reflect.Value, mark string) error {
	fields, err := w.fields(v.Type())
	if err != nil {
		return err
	}
	const head = "| key | type | default | |\n|---|---|---|---|\n"
	fmt.Fprintf(b, "%sPlain keys\n\n%s", mark, head)
	var rest []keyField
	for _, f := range fields {
		if below(f.typ) == nil {
			w.row(b, f.name, f, f.of(v))
			continue
		}
		rest = append(rest, f)
	}
	for _, f := range rest {
		fmt.Fprintf(b, "\n%s%s\n\n", mark, f.name)
		if said := w.about(f); said != "" {
			fmt.Fprintf(b, "%s\n\n", said)
		}
		b.WriteString(head)
		if err := w.rows(b, f.name+steps(f.typ), below(f.typ), f.of(v)); err != nil {
			return err
		}
	}
	b.WriteString("\n")
	return nil
}

// rows writes the keys of a struct, and of those in it.
func (w *keyWriter) rows(b *strings.Builder, path string, t reflect.Type, v reflect.Value) error {
	fields, err := w.fields(t)
	if err != nil {
		return err
	}
	if v.IsValid() && v.Type() != t {
		v = reflect.Value{} // within a list or a pointer nothing has a default
	}
	for _, f := range fields {
		name := path + "." + f.name
		inner := below(f.typ)
		if inner == nil {
			w.row(b, name, f, f.of(v))
			continue
		}
		kind := "mapping"
		if strings.Contains(steps(f.typ), "[]") {
			kind = "list"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", name, kind, listDefault(f.of(v)), cell(w.about(f)))
		if err := w.rows(b, name+steps(f.typ), inner, f.of(v)); err != nil {
			return err
		}
	}
	return nil
}

func (w *keyWriter) row(b *strings.Builder, name string, f keyField, v reflect.Value) {
	said := f.said
	if said == "" {
		w.missing = append(w.missing, name)
	}
	fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", name, typeName(f.typ), shown(v), cell(said))
}

// about is what is said of a key that holds others: beside it, and at its type.
func (w *keyWriter) about(f keyField) string {
	t := below(f.typ)
	key := "`" + f.name + "`"
	if strings.Contains(steps(f.typ), "[]") {
		key = "Each"
	}
	doc := w.docs[t.PkgPath()+"."+t.Name()]
	if rest, ok := strings.CutPrefix(doc, t.Name()+" "); ok {
		doc = key + " " + rest
	}
	said := f.said
	if said != "" && !strings.HasSuffix(said, ".") {
		said += "."
	}
	return capital(strings.TrimSpace(said + " " + sentence(doc, keyNames(t))))
}

// keyNames are the keys of a struct by the names of its fields.
func keyNames(t reflect.Type) map[string]string {
	out := map[string]string{}
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && name != "-" {
			out[f.Name] = name
		}
	}
	return out
}

// keyField is a field with a key, inlined ones too.
type keyField struct {
	name  string
	typ   reflect.Type
	said  string
	index []int
}

func (f keyField) of(v reflect.Value) reflect.Value {
	if !v.IsValid() {
		return v
	}
	return v.FieldByIndex(f.index)
}

func (w *keyWriter) fields(t reflect.Type) ([]keyField, error) {
	src, err := w.source(t)
	if err != nil {
		return nil, err
	}
	comments, names := commentsOf(src), keyNames(t)
	var out []keyField
	for n := range t.NumField() {
		f := t.Field(n)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case strings.Contains(options, "inline"):
			inner, err := w.fields(f.Type)
			if err != nil {
				return nil, err
			}
			for _, g := range inner {
				g.index = append([]int{n}, g.index...)
				out = append(out, g)
			}
		case name == "" || name == "-" || !f.IsExported():
		default:
			out = append(out, keyField{name, f.Type, sentence(comments[f.Name], names), []int{n}})
		}
	}
	return out, nil
}
