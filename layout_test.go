package headstart_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "headstart"

// leaves import nothing of ours and may be imported by all (ruling 47).
var leaves = []string{module + "/lang", module + "/chart", module + "/credentials", module + "/spreadsheet"}

// TestStar holds the one import rule of this module: a package may import the
// root, its own subfolders and the leaves; only configs and cmd join parts.
func TestStar(t *testing.T) {
	complaints, err := star()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range complaints {
		t.Error(c)
	}
}

// TestStarFires plants an import of a sibling, by an overlay that touches no
// file, and wants exactly that complaint.
func TestStarFires(t *testing.T) {
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	planted := filepath.Join(t.TempDir(), "planted.go")
	if err := os.WriteFile(planted, []byte("package store\n\nimport _ \"headstart/notify\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(root, "store", "planted.go"): planted}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, replace, 0o600); err != nil {
		t.Fatal(err)
	}
	complaints, err := star("-overlay", overlay)
	if err != nil {
		t.Fatal(err)
	}
	if len(complaints) != 1 || !strings.HasPrefix(complaints[0], "headstart/store imports headstart/notify; ") {
		t.Errorf("star says %q of a store that imports notify, want one complaint about that", complaints)
	}
}

// TestRule says each case of the rule once.
func TestRule(t *testing.T) {
	for _, test := range []struct {
		pkg, imp string
		want     bool
	}{
		{"headstart/store", "headstart", true},
		{"headstart/store", "fmt", true},
		{"headstart/web", "headstart/web/door", true},
		{"headstart/web", "headstart/lang", true},
		{"headstart/configs", "headstart/notify", true},
		{"headstart/cmd/headstart", "headstart/tickets/evidence", true},
		{"headstart/store", "headstart/notify", false},
		{"headstart/web/door", "headstart/web", false},
		{"headstart/tickets/evidence", "headstart/tickets/rt", false},
		{"headstart/correlate", "headstart/configs", false},
		{"headstart/lang", "headstart", false},
		{"headstart/chart", "headstart/lang", false},
		{"headstart/tickets/systems", "headstart/credentials", true},
		{"headstart/credentials", "headstart", false},
		{"headstart", "headstart/lang", false},
	} {
		if got := allowed(test.pkg, test.imp); got != test.want {
			t.Errorf("%s may import %s: %t, want %t", test.pkg, test.imp, got, test.want)
		}
	}
}

// star returns a complaint for each import the rule forbids.
func star(flags ...string) ([]string, error) {
	args := append([]string{"list", "-f", `{{.ImportPath}} {{join .Imports " "}}`}, flags...)
	cmd := exec.Command("go", append(args, "./...")...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var complaints []string
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		for imp := range strings.FieldsSeq(imports) {
			if !allowed(pkg, imp) {
				complaints = append(complaints, fmt.Sprintf("%s imports %s; move the shared type to package headstart, or pass the behaviour in from cmd/headstart", pkg, imp))
			}
		}
	}
	return complaints, nil
}

// allowed is the rule.
func allowed(pkg, imp string) bool {
	joins := pkg == module+"/configs" || strings.HasPrefix(pkg, module+"/cmd/")
	switch {
	case imp != module && !strings.HasPrefix(imp, module+"/"):
		return true // not ours
	case joins:
		return true
	case pkg == module, slices.Contains(leaves, pkg):
		return false // the root and the leaves import nothing of ours
	default:
		return imp == module || slices.Contains(leaves, imp) || strings.HasPrefix(imp, pkg+"/")
	}
}

// TestReadmeNamesEveryFolder keeps the map true: a folder the README does not
// mention, or one it mentions that is gone, misleads every newcomer.
func TestReadmeNamesEveryFolder(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for line := range strings.Lines(string(readme)) {
		if rest, ok := strings.CutPrefix(line, "- `"); ok {
			if folder, says, ok := strings.Cut(rest, "/` "); ok && strings.TrimSpace(says) != "" {
				named = append(named, folder)
			}
		}
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	made := []string{"bin", "data", "shots"} // by make and by running it; git ignores them
	var folders []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !slices.Contains(made, e.Name()) {
			folders = append(folders, e.Name())
		}
	}
	slices.Sort(named)
	if !slices.Equal(named, folders) {
		t.Errorf("README.md names %v, the folders are %v; give each one line \"- `folder/` what it does\"", named, folders)
	}
}

// TestDocNamesEveryFile keeps doc.go a map of this package: each of its files belongs to
// a line there, by the first word of its name.
func TestDocNamesEveryFile(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{} // by word; whether a file has it
	for line := range strings.Lines(string(doc)) {
		if list, ok := strings.CutPrefix(line, "//   - "); ok {
			words, _, _ := strings.Cut(list, ":")
			for word := range strings.SplitSeq(words, ", ") {
				listed[word] = false
			}
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		word, _, _ := strings.Cut(strings.TrimSuffix(file, ".go"), "_")
		if strings.HasSuffix(file, "_test.go") || word == "doc" {
			continue
		}
		if _, ok := listed[word]; !ok {
			t.Errorf("doc.go does not say where %s belongs; add %s to a line under \"Where to look\"", file, word)
		}
		listed[word] = true
	}
	for word, used := range listed {
		if !used {
			t.Errorf("doc.go lists %s, and no file begins with it; remove it", word)
		}
	}
}
