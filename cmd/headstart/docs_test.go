package main

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// page is a document of the repository.
type page struct {
	path string // from the root of the repository
	text string
}

// documents are all pages: in the root, and below docs.
func documents(t *testing.T) (out []page) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		files, err := filepath.Glob("../../" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			out = append(out, page{strings.TrimPrefix(f, "../../"), readText(t, f)})
		}
	}
	if len(out) < 50 {
		t.Fatalf("%d pages found; do the patterns of this test still fit?", len(out))
	}
	return out
}

// at says where in the page something stands.
func (p page) at(offset int) string {
	return fmt.Sprintf("%s:%d", p.path, 1+strings.Count(p.text[:offset], "\n"))
}

// prose is the page without its fenced blocks, which keep their lines.
func (p page) prose() string {
	return fencedBlock.ReplaceAllStringFunc(p.text, func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) })
}

var (
	fencedBlock = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	link        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading     = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
	span        = regexp.MustCompile("`([^`\n]+)`")
)

// anchors are the names under which links reach the headings of a page, as GitHub and
// GitLab make them.
func (p page) anchors() (out []string) {
	count := map[string]int{}
	for _, m := range heading.FindAllStringSubmatch(p.prose(), -1) {
		text := regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(m[1], "$1")
		name := strings.ReplaceAll(regexp.MustCompile(`[^\p{L}\p{N}_ -]`).ReplaceAllString(strings.ToLower(text), ""), " ", "-")
		if n := count[name]; n > 0 {
			out = append(out, fmt.Sprintf("%s-%d", name, n))
		} else {
			out = append(out, name)
		}
		count[name]++
	}
	return out
}

// TestLinksLeadSomewhere follows every link between the documents, with its anchor, and
// every name of a page in code, settings and messages.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	anchors := map[string][]string{}
	pages := documents(t)
	for _, p := range pages {
		anchors[p.path] = p.anchors()
	}
	leads := func(where, file, anchor string) {
		if _, err := os.Stat(filepath.Join("../..", file)); err != nil {
			t.Errorf("%s leads to %s, which is not there", where, file)
			return
		}
		if anchor != "" && !slices.Contains(anchors[file], anchor) {
			t.Errorf("%s leads to %s#%s; its headings are %q", where, file, anchor, anchors[file])
		}
	}
	for _, p := range pages {
		prose := p.prose()
		for _, m := range link.FindAllStringSubmatchIndex(prose, -1) {
			target, err := url.Parse(prose[m[2]:m[3]])
			if err != nil {
				t.Errorf("%s: %v", p.at(m[0]), err)
				continue
			}
			if target.Scheme != "" {
				continue // another site: nothing is asked of it here
			}
			file := p.path
			if target.Path != "" {
				file = filepath.Join(filepath.Dir(p.path), target.Path)
			}
			leads(p.path+": "+target.String(), file, target.Fragment)
		}
	}
	named := regexp.MustCompile(`\bdocs/[\w/-]+\.md(?:#([\w-]+))?`)
	for _, f := range sources(t) {
		text := readText(t, f)
		if !strings.Contains(text, "docs/") {
			continue
		}
		for _, m := range named.FindAllStringSubmatchIndex(text, -1) {
			file, anchor, _ := strings.Cut(text[m[0]:m[1]], "#")
			leads(strings.TrimPrefix(f, "../../"), file, anchor)
		}
	}
}

// sources are the files in which code, settings and messages name pages.
func sources(t *testing.T) (out []string) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata" || d.Name() == "bin"):
			return fs.SkipDir
		case slices.Contains([]string{".go", ".yml", ".yaml", ".sh", ".service", ".html", ".json"}, filepath.Ext(path)), d.Name() == "Makefile":
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestNamedTestsExist: a test that a page names, as the threat model does, is there.
func TestNamedTestsExist(t *testing.T) {
	t.Parallel()
	declared := map[string]bool{}
	for _, f := range sources(t) {
		if !strings.HasSuffix(f, "_test.go") {
			continue
		}
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`).FindAllStringSubmatch(readText(t, f), -1) {
			declared[m[1]] = true
		}
	}
	found := 0
	for _, p := range documents(t) {
		if p.path == "CHANGELOG.md" {
			continue // tells of what was
		}
		for _, m := range regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z]\\w+)`").FindAllStringSubmatchIndex(p.text, -1) {
			found++
			if name := p.text[m[2]:m[3]]; !declared[name] {
				t.Errorf("%s: there is no test %s", p.at(m[0]), name)
			}
		}
	}
	if found < 80 {
		t.Errorf("%d names of tests found; does the pattern still fit the pages?", found)
	}
}

// TestIndexNamesEveryPage: docs/README.md leads to every page of docs.
func TestIndexNamesEveryPage(t *testing.T) {
	t.Parallel()
	index := readText(t, "../../docs/README.md")
	for _, p := range documents(t) {
		dir, name := filepath.Split(p.path)
		if dir == "docs/" && name != "README.md" && !strings.Contains(index, "]("+name+")") && !strings.Contains(index, "]("+name+"#") {
			t.Errorf("docs/README.md does not say who reads %s", p.path)
		}
	}
}
