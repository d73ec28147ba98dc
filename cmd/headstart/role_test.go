package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// A role that cannot run is refused with exit code 2 and the remedy, before anything is
// opened.
func TestRoles(t *testing.T) {
	config := filepath.Join(t.TempDir(), "headstart.yml")
	write(t, config, "listen: 127.0.0.1:0\ndata_dir: "+filepath.Join(t.TempDir(), "data")+"\n")
	for flags, want := range map[string]string{
		"--role ingest": "an embedded store belongs to one process",
		"--role ingest --upstream https://headstart.example": "add --role probe",
		"--role oracle": "write all, ingest, or probe",
		"--role probe":  "give --upstream URL",
		"--role probe --upstream headstart.example":        "upstream.url is \"headstart.example\"",
		"--role probe --upstream http://headstart.example": "the token travels in the clear",
		"--upstream https://headstart.example":             "add --role probe",
	} {
		var out, errs bytes.Buffer
		args := append([]string{"serve", "--config", config}, strings.Fields(flags)...)
		if code := execute(t.Context(), args, &out, &errs); code != 2 || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: exit %d, want 2 and %q:\n%s", flags, code, want, errs.String())
		}
	}
}
