package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A morning at the desk: an incident is resolved and taught, the known error goes out as
// a file, is changed there, comes in as a proposal and then for good; the next incident
// of the same switch says what helped, nowhere but at the desk.
func TestKnownErrorsFromResolveToTheNext(t *testing.T) {
	r := start(t, prepare(t, ""))
	cli := func(want int, args ...string) string {
		t.Helper()
		code, out := r.cli(args...)
		if code != want {
			t.Fatalf("%v: exit code %d, want %d: %s", args, code, want, out)
		}
		return out
	}
	waitFor(t, 10*time.Second, "the catalog", func() bool { return r.catalogued("sw-n-2") })
	cli(0, "incidents", "open", "Geen netwerk in Noord", "--asset", "sw-n-2", "--service", "print", "--location", "noord")
	cli(0, "incidents", "resolve", "HS-1", "--cause", "voeding stuk", "--solution", "voeding vervangen", "--make-known-error")
	if out := cli(0, "known-errors", "list"); !strings.Contains(out, "KE-1 Geen netwerk in Noord") || !strings.Contains(out, "voeding vervangen") {
		t.Errorf("the list says:\n%s", out)
	}
	if out := cli(0, "known-errors", "show", "ke-1"); !strings.Contains(out, "# Geen netwerk in Noord") || !strings.Contains(out, "HS-1") {
		t.Errorf("KE-1 says:\n%s", out)
	}
	fix := "voeding vervangen"
	for _, format := range []string{"csv", "md"} {
		file := filepath.Join(t.TempDir(), "bekend."+format)
		cli(0, "known-errors", "export", file)
		if out := cli(0, "known-errors", "import", file); !strings.Contains(out, "1 same, 0 left out") {
			t.Errorf("what was exported changes something: %s", out)
		}
		was, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		now := strings.Replace(string(was), fix, "=voeding van "+format, 1) // in CSV as a person writes it
		fix = "=voeding van " + format
		if err := os.WriteFile(file, []byte(now), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := cli(0, "known-errors", "import", file); !strings.Contains(out, "edit KE-1") || !strings.Contains(out, "nothing was changed") {
			t.Errorf("the proposal is: %s", out)
		}
		if out := cli(0, "known-errors", "list"); strings.Contains(out, "=voeding van "+format) {
			t.Errorf("a proposal changed something: %s", out)
		}
		cli(0, "known-errors", "import", file, "--apply")
		if out := cli(0, "known-errors", "list"); !strings.Contains(out, "=voeding van "+format) {
			t.Errorf("after --apply: %s", out)
		}
		if code, _ := r.cli("known-errors", "export", file); code != 1 {
			t.Error("an export overwrites a file")
		}
	}
	cli(0, "incidents", "open", "Weer geen netwerk", "--asset", "sw-n-2", "--service", "print", "--location", "noord")
	cli(0, "incidents", "helped", "HS-2", "KE-1")
	waitFor(t, 10*time.Second, "what helped at the desk", func() bool {
		return strings.Contains(r.page("/i/HS-2"), "Vorige keer hielp: =voeding van md")
	})
	if page := r.page("/s/nl/"); strings.Contains(page, "voeding") {
		t.Errorf("users read what helps the desk:\n%s", page)
	}
	if out := cli(2, "known-errors", "show", "KE-9"); !strings.Contains(out, "no known error") {
		t.Errorf("a known error that is none: %s", out)
	}
}

// The desk makes, changes and retires known errors at a terminal too, with the checks that
// pages and API have: mistakes are named, those of the catalog and what changed meanwhile stay.
func TestKnownErrorsAtATerminal(t *testing.T) {
	t.Parallel()
	r := start(t, prepare(t, ""))
	waitFor(t, 10*time.Second, "the catalog", func() bool { return r.catalogued("sw-n-2") })
	for _, tc := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"make"}, 1, []string{"write a title, or name an --incident"}},
		{[]string{"make", "Papierstoring", "--service", "faxen", "--review-by", "morgen"}, 2, []string{`/services: the catalog has no "faxen"`, `/review_by: is "morgen"`}},
		{[]string{"make", "Papierstoring", "--service", "print", "--symptom", "papier kreukt", "--symptom", "en:paper is creased", "--fix", "rol omdraaien", "--kb", "javascript:alert(1)"}, 2, []string{"/kb: is no address of a page"}},
		{[]string{"make", "Papierstoring", "--service", "print", "--symptom", "papier kreukt", "--symptom", "en:paper is creased", "--fix", "rol omdraaien"}, 0, []string{"KE-1 Papierstoring", "rol omdraaien"}},
		{[]string{"edit", "KE-1"}, 1, []string{"nothing is changed"}},
		{[]string{"edit", "KE-1", "--title", "nl:Een", "--title", "Twee"}, 1, []string{"--title is given twice in nl"}},
		{[]string{"edit", "ke-1", "--fix", "rol omdraaien en lade uitblazen", "--title", "nl:Kreukels", "--title", "en:Creases", "--supplier-case", "L-77"}, 0, []string{"KE-1 Kreukels", "lade uitblazen"}},
		{[]string{"show", "KE-1"}, 0, []string{"L-77", "papier kreukt"}},
		{[]string{"edit", "KE-1", "--supplier-case", ""}, 0, []string{"KE-1"}},
		{[]string{"edit", "KE-9", "--fix", "x"}, 2, []string{"no known error"}},
		{[]string{"retire", "KE-1", "--why", "printers vervangen"}, 0, []string{"KE-1"}},
		{[]string{"list"}, 0, []string{"Geen bekende fouten"}},
		{[]string{"retire", "KE-1", "--undo"}, 0, []string{"KE-1"}},
		{[]string{"list"}, 0, []string{"KE-1 Kreukels"}},
	} {
		code, out := r.cli(append([]string{"known-errors"}, tc.args...)...)
		if code != tc.code {
			t.Errorf("%q: exit code %d, want %d: %s", tc.args, code, tc.code, out)
		}
		for _, want := range tc.says {
			if !strings.Contains(out, want) {
				t.Errorf("%q says %q, want %q in it", tc.args, out, want)
			}
		}
	}
	if _, out := r.cli("known-errors", "show", "KE-1"); strings.Contains(out, "L-77") {
		t.Errorf("an empty flag takes nothing out: %s", out)
	}
	r.cli("incidents", "open", "Geen netwerk in Noord", "--asset", "sw-n-2", "--service", "print", "--location", "noord")
	if code, out := r.cli("known-errors", "make", "--incident", "HS-1", "--cause", "voeding stuk"); code != 0 || !strings.Contains(out, "KE-2 Geen netwerk in Noord") {
		t.Errorf("of an incident: exit code %d: %s", code, out)
	}
}

// catalogued reports whether the service knows a device.
func (r *running) catalogued(device string) bool {
	var cat struct {
		Devices []struct {
			ID string `json:"id"`
		} `json:"devices"`
	}
	r.get("/api/v1/catalog", &cat)
	for _, d := range cat.Devices {
		if d.ID == device {
			return true
		}
	}
	return false
}
