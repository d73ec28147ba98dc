package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A module with one rule, tested at one of its two edges.
const (
	rule = `package rule

func Old(age int) bool { return age >= 65 }
func Other() bool      { return true }
`
	ruleTest = `package rule

import "testing"

func TestScenarios(t *testing.T) {
	if Old(64) || !Old(70) {
		t.Fatal("wrong")
	}
}
`
)

func module(t *testing.T, list string) (root, file string) {
	t.Helper()
	root = t.TempDir()
	for name, text := range map[string]string{"go.mod": "module m\n\ngo 1.26\n", "rule/rule.go": rule, "rule/rule_test.go": ruleTest, "list.txt": list} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root, filepath.Join(root, "list.txt")
}

// One edge is held and the other is not: the second mutant survives, and that is
// an error. The source itself stays as it was.
func TestSurvivorIsAnError(t *testing.T) {
	root, file := module(t, "never old\nrule/rule.go Old\n- age >= 65\n+ false\n\n# the edge\nedge moves\nrule/rule.go Old\n- >=\n+ >\n")
	var out strings.Builder
	err := run(context.Background(), &out, root, file, "", 1, time.Minute)
	if err == nil || !strings.Contains(out.String(), "2 mutants, 1 killed, 1 not") || !strings.Contains(out.String(), "by TestScenarios") {
		t.Errorf("error %v, printed:\n%s", err, out.String())
	}
	if src, _ := os.ReadFile(filepath.Join(root, "rule/rule.go")); string(src) != rule {
		t.Errorf("the source was changed:\n%s", src)
	}
}

// A random life that kills a mutant is not kept: the tree stays as it was, and the
// next mutant meets no life of the one before it.
func TestNothingIsLeftBehind(t *testing.T) {
	root, file := module(t, "never old\nrule/rule.go Old\n- age >= 65\n+ false\n")
	life := `package rule

import (
	"flag"
	"os"
	"testing"
)

var nofailfile = flag.Bool("rapid.nofailfile", false, "as rapid has it")

func TestLife(t *testing.T) {
	if Old(70) {
		return
	}
	t.Error("wrong")
	if !*nofailfile {
		_ = os.Mkdir("testdata", 0o755)
	}
}
`
	for name, text := range map[string]string{"rule_test.go": "package rule\n", "life_test.go": life} {
		if err := os.WriteFile(filepath.Join(root, "rule", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := run(context.Background(), &out, root, file, "", 1, time.Minute); err != nil || !strings.Contains(out.String(), "by TestLife") {
		t.Errorf("error %v, printed:\n%s", err, out.String())
	}
	if _, err := os.Stat(filepath.Join(root, "rule", "testdata")); err == nil {
		t.Error("the life that failed was kept in the tree")
	}
}

// A list that is not read to its end is an error: its last mutants would be left out.
func TestLineWithoutEndIsAnError(t *testing.T) {
	_, file := module(t, "x\nrule/rule.go Old\n- >=\n+ >\n\n# "+strings.Repeat("x", 1<<17)+"\n")
	if _, err := readList(file); err == nil || !strings.Contains(err.Error(), "list.txt:6") {
		t.Errorf("%v, want the line that could not be read", err)
	}
}

// What no longer applies, or is no Go, is an error and never a kill.
func TestUselessMutantIsAnError(t *testing.T) {
	for name, list := range map[string]string{
		"gone":         "x\nrule/rule.go Old\n- age > 65\n+ false\n",
		"no function":  "x\nrule/rule.go Young\n- true\n+ false\n",
		"elsewhere":    "x\nrule/rule.go Old\n- true\n+ false\n",
		"not Go":       "x\nrule/rule.go Old\n- >=\n+ 65 65\n",
		"no change":    "x\nrule/rule.go Old\n- >=\n+ >=\n",
		"three lines":  "x\nrule/rule.go Old\n- >=\n",
		"none matches": "",
	} {
		t.Run(name, func(t *testing.T) {
			root, file := module(t, list)
			var out strings.Builder
			if err := run(context.Background(), &out, root, file, "", 1, time.Minute); err == nil {
				t.Errorf("accepted; printed:\n%s", out.String())
			}
		})
	}
}

// The list fits the code as it is: whoever changes a rule changes its mutant with
// it, and hears of that before make long does.
func TestListApplies(t *testing.T) {
	all, err := readList("list.txt")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 40 {
		t.Errorf("%d mutants; want 40 or more", len(all))
	}
	seen := map[string]bool{}
	for _, m := range all {
		if seen[m.Name] {
			t.Errorf("list.txt:%d: the name %q is used twice", m.Line, m.Name)
		}
		seen[m.Name] = true
		if _, err := m.apply("../.."); err != nil {
			t.Errorf("list.txt:%d: %s: %v", m.Line, m.Name, err)
		}
	}
}
