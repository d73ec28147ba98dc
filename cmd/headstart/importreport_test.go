package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart/lang"
)

// Every reason and every kind of thing that a reader gives has words in both languages.
func TestImportWords(t *testing.T) {
	sources, err := filepath.Glob("../../probes/discover/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, file := range sources {
		text, err := os.ReadFile(file)
		if err != nil || strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range regexp.MustCompile(`\.(?:left|less|supply)\("([a-z]+)"`).FindAllStringSubmatch(string(text), -1) {
			said["import.why."+m[1]] = true
		}
		for _, m := range regexp.MustCompile(`Account\.of\([^"]*"([a-z]+)"`).FindAllStringSubmatch(string(text), -1) {
			said["import.what."+m[1]] = true
		}
	}
	if len(said) < 30 {
		t.Fatalf("%d words were found in the sources; correct what this test looks for", len(said))
	}
	var unsaid []string
	for _, l := range lang.Languages() {
		say := lang.New(l, nil)
		for key := range said {
			if why, ok := strings.CutPrefix(key, "import.why."); ok && say.SayOr("import.why.", why, "") == "" {
				unsaid = append(unsaid, l+" "+key)
			}
			if what, ok := strings.CutPrefix(key, "import.what."); ok {
				say.Say("import.what."+what, "n", 2) // panics if there is none
			}
		}
	}
	if slices.Sort(unsaid); len(unsaid) > 0 {
		t.Errorf("without words in lang/: %s", strings.Join(unsaid, ", "))
	}
}

// imports runs an importer twice and returns what it printed and wrote: the files pass
// config check, the second run writes the same bytes, and no secret is in either.
func imports(t *testing.T, secret string, args ...string) (printed, written string) {
	t.Helper()
	t.Chdir(t.TempDir())
	var runs [2]string
	for i := range runs {
		code, stdout, stderr := command(t, append([]string{"import"}, args...)...)
		if code > 1 {
			t.Fatalf("import: %d\n%s%s", code, stdout, stderr)
		}
		printed = stdout + stderr
		files, err := os.ReadDir("discovered")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(filepath.Join("discovered", f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			runs[i] += "== " + f.Name() + "\n" + string(text)
		}
	}
	if runs[0] != runs[1] {
		t.Errorf("the same source gave other files the second time:\n%s\n%s", runs[0], runs[1])
	}
	if strings.Contains(strings.ToLower(printed+runs[0]), strings.ToLower(secret)) {
		t.Errorf("a secret (%s) was printed or written:\n%s\n%s", secret, printed, runs[0])
	}
	if code, stdout, stderr := command(t, "--config", filepath.Join("discovered", "headstart.yml"), "config", "check"); code != 0 {
		t.Errorf("config check: %d\n%s%s\n%s", code, stdout, stderr, runs[0])
	}
	// Taken over, there is nothing new in it.
	code, stdout, stderr := command(t, append([]string{"--config", filepath.Join("discovered", "headstart.yml"), "import", args[0], "--out", "again"}, args[1:]...)...)
	if code > 1 || !strings.Contains(stdout, "new: devices 0, locations 0, services 0, probes 0\n") {
		t.Errorf("taken over, it was new again: %d\n%s%s", code, stdout, stderr)
	}
	return printed, runs[0]
}

// tested is a file of invented input.
func tested(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "import", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestImportKuma(t *testing.T) {
	file := tested(t, "kuma.json")
	printed, written := imports(t, "hunter2", "uptime-kuma", "--lang", "en", file)
	goldenImport(t, file, printed+written)
}

// goldenImport compares what an importer printed and wrote with what stands beside its
// input.
func goldenImport(t *testing.T, input, got string) {
	t.Helper()
	file := input[:len(input)-len(filepath.Ext(input))] + ".golden"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", file, diff)
	}
}

// Templates, groups and commands of a Nagios are worked out as its documentation says
// (nagioscore 4: objectinheritance, objecttricks, macros); resource.cfg is left alone.
func TestImportNagios(t *testing.T) {
	file := tested(t, filepath.Join("nagios", "nagios.cfg"))
	printed, written := imports(t, "hunter2", "nagios", "--lang", "en", file)
	goldenImport(t, file, printed+written)
}

func TestImportGatus(t *testing.T) {
	file := tested(t, "gatus.yaml")
	printed, written := imports(t, "hunter2", "gatus", "--lang", "nl", file)
	goldenImport(t, file, printed+written)
}

func TestImportLists(t *testing.T) {
	for source, name := range map[string]string{"librenms": "librenms.csv", "zabbix": "zabbix.yaml"} {
		t.Run(source, func(t *testing.T) {
			file := tested(t, name)
			printed, written := imports(t, "hunter2", source, "--lang", "en", file)
			goldenImport(t, file, printed+written)
		})
	}
}
