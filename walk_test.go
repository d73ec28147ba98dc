package headstart_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var walkName = regexp.MustCompile("`([a-z/]+)\\.([A-Za-z]+(?:\\.[A-Za-z]+)?)`")

// TestWalkNamesRealFunctions keeps docs/walk.md true: each name in it is a
// function or a method of that folder.
func TestWalkNamesRealFunctions(t *testing.T) {
	text, err := os.ReadFile("docs/walk.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range walkName.FindAllStringSubmatch(string(text), -1) {
		dir, name := m[1], m[2]
		if m[0] == "`announce.after`" {
			continue // a key of the configuration
		}
		found++
		decl := "func " + name + "("
		if receiver, method, ok := strings.Cut(name, "."); ok {
			decl = `func \(\w+ \*?` + receiver + `\) ` + method + `\(`
		} else {
			decl = regexp.QuoteMeta(decl)
		}
		if !declared(t, dir, regexp.MustCompile(decl)) {
			t.Errorf("docs/walk.md names %s, which %s does not have; name what took its place", name, dir)
		}
	}
	if found < 40 {
		t.Errorf("%d names found in docs/walk.md; the pattern of this test no longer fits it", found)
	}
}

func declared(t *testing.T, dir string, decl *regexp.Regexp) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f, "_test.go") && decl.Match(src) {
			return true
		}
	}
	return false
}
