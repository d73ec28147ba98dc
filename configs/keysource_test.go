package configs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
)

// source is the declaration of t, whose package it reads.
func (w *keyWriter) source(t reflect.Type) (*ast.StructType, error) {
	path := t.PkgPath()
	if w.sources[path] == nil {
		w.sources[path] = map[string]*ast.StructType{}
		if err := w.read(path); err != nil {
			return nil, err
		}
	}
	if s := w.sources[path][t.Name()]; s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("no declaration of %s found", t)
}

func (w *keyWriter) read(path string) error {
	dir := filepath.Join("..", strings.TrimPrefix(strings.TrimPrefix(path, "headstart"), "/"))
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				if ts, ok := spec.(*ast.TypeSpec); ok {
					w.docs[path+"."+ts.Name.Name] = gen.Doc.Text()
					if s, ok := ts.Type.(*ast.StructType); ok {
						w.sources[path][ts.Name.Name] = s
					}
				}
			}
		}
	}
	return nil
}

// commentsOf are the comments of fields: the one above and the one behind. The one
// above holds for the fields right below it too, if it names them or no field at all.
func commentsOf(s *ast.StructType) map[string]string {
	out := map[string]string{}
	above, first, last := "", "", token.NoPos
	for _, f := range s.Fields.List {
		opens := f.Doc != nil || last == token.NoPos || f.Pos() > last+blank
		if opens {
			above = strings.TrimSpace(f.Doc.Text())
		}
		behind := strings.TrimSpace(f.Comment.Text())
		for _, n := range f.Names {
			switch {
			case opens:
				first = n.Name
				out[n.Name] = strings.TrimSpace(above + "\n" + capital(behind))
			case behind != "":
				out[n.Name] = behind
			case !strings.HasPrefix(above, first+" ") || strings.Contains(above, n.Name):
				out[n.Name] = above
			}
		}
		last = f.End()
		if f.Comment != nil {
			last = f.Comment.End()
		}
	}
	return out
}

// blank is how far apart fields are without an empty line between them: a line break
// and a tab.
const blank = 2

var (
	// inside is what of a comment only readers of the code want: rulings, our names of things.
	inside    = regexp.MustCompile(`\s*\((?:rulings? |systems\.)[^)]*\)| Package \w+ (?:does|reads)[^.]*\.`)
	fieldName = regexp.MustCompile(`\b[A-Z]\w+\b`)
)

// sentence makes a comment one of the page: fields are called by their keys.
func sentence(text string, names map[string]string) string {
	text = inside.ReplaceAllString(strings.Join(strings.Fields(text), " "), "")
	text = fieldName.ReplaceAllStringFunc(text, func(word string) string {
		if key := names[word]; key != "" {
			return "`" + key + "`"
		}
		return word
	})
	return text
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
