package figures

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart/lang"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path) //nolint:gosec // our own golden file
	if err != nil {
		t.Fatalf("%v; write it with go test ./report/figures -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); if it is right, run go test ./report/figures -update:\n%s", name, diff)
	}
}

func TestPageAndProblemRecord(t *testing.T) {
	in := input(t)
	in.By = ByDepartment
	f := Of(in)
	for _, language := range lang.Languages() {
		say := lang.New(language, amsterdam(t))
		page, err := f.HTML(in.Catalog, say)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "page-"+language+".html", strings.ReplaceAll(string(page), "><", ">\n<"))
		problem, ok := f.Problem("sw-1", in.Catalog, say)
		if !ok {
			t.Fatal("the cause that came back four times has no problem record")
		}
		golden(t, "problem-"+language+".md", problem)
		for _, bad := range []string{"style=", "<script", "onclick", "HS-11"} {
			if strings.Contains(string(page)+problem, bad) {
				t.Errorf("%s: page or record holds %s", language, bad)
			}
		}
	}
	if _, ok := f.Problem("prn-1", in.Catalog, lang.New("nl", amsterdam(t))); ok {
		t.Error("a thing that never failed has a problem record")
	}
}

// What users or the catalog write is text, in HTML and in Markdown.
func TestHostileNamesStayText(t *testing.T) {
	in := input(t)
	const evil = "<img src=x onerror=alert(1)>|[x](javascript:1)`*"
	for n := range in.Facts.Reported {
		in.Facts.Reported[n].Category = evil
	}
	for n := range in.Facts.Incidents {
		in.Facts.Incidents[n].Asset = evil
	}
	in.By = ByCategory
	f := Of(in)
	say := lang.New("en", amsterdam(t))
	page, err := f.HTML(in.Catalog, say)
	if err != nil {
		t.Fatal(err)
	}
	problem, _ := f.Problem(evil, in.Catalog, say)
	if strings.Contains(string(page), "<img") || strings.Contains(strings.ReplaceAll(problem, `\<`, ""), "<img") || !strings.Contains(problem, `\[x\]`) {
		t.Errorf("text became markup:\n%s", problem)
	}
}
