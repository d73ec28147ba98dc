package lang

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFinding(t *testing.T) {
	for text, want := range map[string]string{
		"channels: none": "kanalen: geen",
		"catalog: service erp depends on nothing and no device serves it":                         "catalogus: dienst erp hangt nergens van af en geen apparaat hoort erbij",
		"channel mail: the mail server does not greet":                                            "kanaal mail: de mailserver groet niet",
		"channel mail: dial tcp 10.0.0.1:25: i/o timeout":                                         "kanaal mail: dial tcp 10.0.0.1:25: i/o timeout",
		"tickets rt (rt): its clock is 3m0s from ours":                                            "meldingen rt (rt): de klok daar loopt 3m0s anders dan de onze",
		"tickets rt (rt): 401 Unauthorized":                                                       "meldingen rt (rt): 401 Unauthorized",
		"store: 3 replicas are connected, store.min_replicas asks for 4: appends will be refused": "opslag: 3 replica's zijn verbonden, store.min_replicas vraagt er 4: er wordt niets aangenomen",
		"data_dir: data cannot be made: mkdir data: permission denied":                            "data_dir: data is niet te maken: mkdir data: permission denied",
		"heartbeat[0]: dial tcp: no route to host":                                                "heartbeat[0]: dial tcp: no route to host",
	} {
		if got, known := New("nl", nil).Finding(text); got != want || !known {
			t.Errorf("%q is said as %q (known %v), want %q", text, got, known, want)
		}
		if got, known := New("en", nil).Finding(text); got != text || !known {
			t.Errorf("%q is said in English as %q (known %v)", text, got, known)
		}
	}
	if got, known := New("nl", nil).Finding("a word of somebody else"); known || got != "a word of somebody else" {
		t.Errorf("what nobody translated is said as %q", got)
	}
}

// TestFindingsAreThoseOfDoctor holds en.txt to what doctor says: a text that was changed
// there would be shown in English from then on.
func TestFindingsAreThoseOfDoctor(t *testing.T) {
	var source strings.Builder
	for _, pattern := range []string{"cmd/headstart/doctor*.go", "cmd/headstart/closed.go", "cmd/headstart/deadman.go", "notify/examine.go", "tickets/doctor.go", "exports/file.go", "store/redis_check.go"} {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pattern)))
		if err != nil || len(files) == 0 {
			t.Fatalf("no file is called %s: %v", pattern, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f) //nolint:gosec // our own sources
			if err != nil {
				t.Fatal(err)
			}
			source.Write(b)
		}
	}
	code := strings.NewReplacer(`\"`, `"`, "%%", "%").Replace(source.String())
	for key, text := range catalogue["en"] {
		if !strings.HasPrefix(key, "finding.") {
			continue
		}
		text = strings.TrimPrefix(text, "store: ") // doctor writes it before what the store says
		for _, words := range variable.Split(text, -1) {
			if !strings.Contains(code, strings.TrimPrefix(words, "): ")) { // name and type of a source are said before
				t.Errorf("%s: doctor does not say %q", key, words)
			}
		}
	}
}
