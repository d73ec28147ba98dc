package configs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// TestInvalid reads every testdata/invalid-*: a headstart.yml, or, if its name
// says so, a catalog. The first lines are the whole answer wanted, one "# error: "
// for each mistake.
func TestInvalid(t *testing.T) {
	files, err := filepath.Glob("testdata/invalid-*")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d invalid configurations: %v; want at least 30", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(data)) {
				text, ok := strings.CutPrefix(strings.TrimSpace(line), "# error: ")
				if !ok {
					break
				}
				want = append(want, text)
			}
			got := strings.ReplaceAll(errorOf(file), "testdata/", "")
			if len(want) == 0 || got != strings.Join(want, "\n") {
				t.Errorf("reading it says\n%s\nwant\n%s", got, strings.Join(want, "\n"))
			}
			for line := range strings.Lines(got) {
				if !strings.Contains(line, "; ") {
					t.Errorf("%q names no remedy after a semicolon", line)
				}
			}
		})
	}
}

func errorOf(file string) string {
	if strings.Contains(file, "invalid-catalog-") {
		d, _ := parseDocument("headstart.yml", nil)
		_, ms := loadCatalog(d, []string{file}, true)
		return ms.sorted().Error()
	}
	if _, err := Load(Source{File: file}); err != nil {
		return err.Error()
	}
	return ""
}

// TestEmptyFileIsTheDefault holds the promise that defaults need no file.
func TestEmptyFileIsTheDefault(t *testing.T) {
	t.Chdir(t.TempDir())
	none, err := Load(Source{Folders: Folders()[:1]})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("headstart.yml", []byte("# nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty, err := Load(Source{Folders: Folders()[:1]})
	if err != nil {
		t.Fatal(err)
	}
	if empty.File != "headstart.yml" && !strings.HasSuffix(empty.File, "/headstart.yml") {
		t.Errorf("read %q, want the headstart.yml of the working directory", empty.File)
	}
	a, b := none.LogConfig("x"), empty.LogConfig("x")
	if a.Hash != b.Hash || none.Timezone != "Europe/Amsterdam" || none.Language != "nl" {
		t.Errorf("an empty file gives %+v, no file %+v; want the same", empty, none)
	}
}

// TestOverrides holds the order flag, environment, file, default; and that a
// wrong value names the variable it came from.
func TestOverrides(t *testing.T) {
	file := filepath.Join(t.TempDir(), "headstart.yml")
	if err := os.WriteFile(file, []byte("language: nl\ndata_dir: a\ncontact: file\nannounce: {push: {mode: approve}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HEADSTART_DATA_DIR", "b")
	t.Setenv("HEADSTART_LANGUAGE", "en")
	t.Setenv("HEADSTART_ANNOUNCE_PUSH_MIN_PEOPLE", "7")
	flags := pflag.NewFlagSet("headstart", pflag.ContinueOnError)
	flags.String("data_dir", "", "")
	if err := flags.Parse([]string{"--data_dir=c"}); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(Source{File: file, Flags: flags, Environ: []string{"HEADSTART_LANGUAGE=en", "HEADSTART_LANGAUGE=en"}})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.DataDir != "c" || cfg.Language != "en" || cfg.Contact != "file" || cfg.Incidents.Announce.Push.MinPeople != 7 || cfg.Incidents.Announce.Push.Budget != 6 {
		t.Errorf("data_dir %q (flag), language %q (environment), contact %q (file), min_people %d (environment), budget %d (default)",
			cfg.DataDir, cfg.Language, cfg.Contact, cfg.Incidents.Announce.Push.MinPeople, cfg.Incidents.Announce.Push.Budget)
	}
	if got := strings.Join(cfg.Warnings, "\n"); got != "HEADSTART_LANGAUGE sets nothing; did you mean HEADSTART_LANGUAGE?" {
		t.Errorf("warnings %q", got)
	}

	t.Setenv("HEADSTART_ANNOUNCE_PUSH_MIN_PEOPLE", "many")
	_, err = Load(Source{File: file})
	if want := `HEADSTART_ANNOUNCE_PUSH_MIN_PEOPLE: announce.push.min_people is "many"; write a whole number`; err == nil || err.Error() != want {
		t.Errorf("Load: %v; want %s", err, want)
	}
}

// The log-in link of the first start, and those in messages, lead to where the service
// listens; who listens elsewhere than by default need not know of a second key.
func TestLinksLeadToWhereItListens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                         "http://127.0.0.1:8480",
		"listen: 127.0.0.1:9000\n": "http://127.0.0.1:9000",
		"listen: '[::1]:9000'\n":   "http://[::1]:9000",
		"{listen: ':9000', insecure_http: true}\n":                                           "http://127.0.0.1:9000",
		"{listen: '10.1.2.3:9000', insecure_http: true}\n":                                   "http://10.1.2.3:9000",
		"{listen: '127.0.0.1:9000', external_url: 'https://storing.example.nl'}\n":           "https://storing.example.nl",
		"{listen: '127.0.0.1:0'} # the port is known when it runs; the program says which\n": "http://127.0.0.1:8480",
	} {
		file := filepath.Join(t.TempDir(), "headstart.yml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := Load(Source{File: file})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if cfg.Door.ExternalURL != want {
			t.Errorf("%sexternal_url is %s, want %s", text, cfg.Door.ExternalURL, want)
		}
	}
}

// TestSecretsMayBeReadByOthers warns, but starts.
func TestSecretsMayBeReadByOthers(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte("x"), 0o644); err != nil { //nolint:gosec // that is the point
		t.Fatal(err)
	}
	d, err := parseDocument(filepath.Join(dir, "headstart.yml"), []byte("store: {password_file: password}\nother: {token_file: absent}\n"))
	if err != nil {
		t.Fatal(err)
	}
	resolveFiles(d)
	ms, warnings := checkFiles(d)
	if len(warnings) != 1 || !strings.Contains(warnings[0], "chmod 0600 "+filepath.Join(dir, "password")) {
		t.Errorf("warnings %q, want one that names the file and chmod 0600", warnings)
	}
	if len(ms) != 1 || ms[0].Line != 2 || !strings.Contains(ms[0].Text, "token_file: "+filepath.Join(dir, "absent")) {
		t.Errorf("mistakes %v, want the absent token_file of line 2", ms)
	}
}

// TestFlatten: joins come apart, an error that wraps two with a fact does not.
func TestFlatten(t *testing.T) {
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	got := flatten(errors.Join(a, errors.Join(b, nil, c)))
	if len(got) != 3 || flatten(nil) != nil {
		t.Errorf("flatten gave %v, want a, b and c", got)
	}
	if got := flatten(fmt.Errorf("both %w and %w", a, b)); len(got) != 1 || got[0].Error() != "both a and b" {
		t.Errorf("flatten took %q apart; the fact around it is lost", got)
	}
}

// FuzzDocument: any file is mistakes, or a configuration that can be logged.
func FuzzDocument(f *testing.F) {
	for _, file := range []string{"testdata/invalid-misspelt-key.yml", "testdata/invalid-two-mistakes.yml"} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
	f.Add("announce: {<<: {after: {P1: 1m}}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "_file") || strings.Contains(text, "catalog") || strings.Contains(text, "blackbox") {
			return // reads other files
		}
		d, err := parseDocument("headstart.yml", []byte(text))
		if err != nil {
			return
		}
		cfg, err := decode(d)
		if ms := (Mistakes{}); err != nil && !errors.As(err, &ms) {
			t.Fatalf("decode: %v, want Mistakes", err)
		}
		if err == nil {
			cfg.LogConfig("fuzz")
		}
	})
}

// FuzzCatalog: any catalog is mistakes, or one whose references all lead somewhere.
func FuzzCatalog(f *testing.F) {
	f.Add("locations: [{id: noord, name: Noord}]\ndevices: [{id: a, location: noord, depends_on: [[b], b]}, {id: b}]\n", false)
	f.Add("id,location\na,\n", true)
	f.Add("department;people\nfin;3\n", true)
	f.Fuzz(func(t *testing.T, text string, csv bool) {
		c := &catalog{at: map[string]entry{}}
		var err error
		if csv {
			err = c.addCSV("x.csv", []byte(text))
		} else {
			var d *document
			if d, err = parseDocument("x.yml", []byte(text)); err == nil {
				err = c.add(d)
			}
		}
		if ms := (Mistakes{}); err != nil && !errors.As(err, &ms) {
			t.Fatalf("%v, want Mistakes", err)
		}
		if err != nil {
			return
		}
		if c.check(); len(c.mistakes) > 0 {
			return
		}
		c.fill()
		for _, d := range c.Devices {
			if d.ID == "" || d.Location != "" && c.LocationByID(d.Location) == nil {
				t.Fatalf("device %+v passed the checks", d)
			}
		}
	})
}
