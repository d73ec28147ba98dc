package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestExportBeforeDeletion follows an installation with retention.export_dir past its
// retention: while the folder is away nothing goes and health says so; once it is there
// the incident and its link stand in files, without words, requesters and names, and are
// gone; `store forget` names the file that still has the ticket.
func TestExportBeforeDeletion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		exported := filepath.Join(t.TempDir(), "exported")
		l := newLifetime(t, fmt.Sprintf("retention: {incidents: 3d, links: 2d, titles: 1d, export_dir: %q}\n", exported)+
			"auth: {tokens: [{name: samira, token_file: samira-token, scopes: [read, write]}]}\n")
		write(t, filepath.Join(l.dir, "samira-token"), "a token of samira's own, long enough")
		l.until(0, "18:00")
		l.session(func() {
			began := time.Now()
			l.outage(began, began.Add(time.Hour))
			l.ticket("portal", plantedIDs[0], plantedTitles[0]+": printer stuk", plantedTexts[0], plantedPeople[0], "")
			time.Sleep(time.Minute)
			admin := l.as
			l.as = filepath.Join(l.dir, "samira-token")
			l.do("/api/v1/incidents/HS-1/ack", `{}`)
			l.do("/api/v1/incidents/HS-1/link", fmt.Sprintf(`{"source":"portal","ticket":%q}`, plantedIDs[0]))
			l.as = admin
			l.outage(began, time.Now())
			time.Sleep(time.Hour) // it is over, and closes
		})
		l.until(6, "08:00")
		l.session(func() {
			time.Sleep(2 * time.Minute)
			if out := l.ask("GET", "/api/v1/incidents/HS-1", "").Body.String() + l.ask("GET", "/api/v1/tickets", "").Body.String(); !strings.Contains(out, `"HS-1"`) || !strings.Contains(out, plantedIDs[0]) {
				t.Errorf("it is gone, and stands in no file: %s", out)
			}
			if out := l.ask("GET", "/metrics", "").Body.String(); !strings.Contains(out, "headstart_export_success 0\n") || !strings.Contains(out, "headstart_export_waiting 2\n") {
				t.Error("the metrics do not say that two things wait for a folder that is away")
			}
		})
		if log := l.log.String(); !strings.Contains(log, exported) || !strings.Contains(log, "make or mount the folder") {
			t.Error("the log does not say which folder to make")
		}
		if err := os.Mkdir(exported, 0o700); err != nil {
			t.Fatal(err)
		}
		l.until(6, "12:00")
		l.session(func() {
			time.Sleep(2 * time.Minute)
			if out := l.ask("GET", "/api/v1/incidents?limit=1000", "").Body.String() + l.ask("GET", "/api/v1/tickets", "").Body.String(); strings.Contains(out, `"HS-1"`) || strings.Contains(out, plantedIDs[0]) {
				t.Errorf("it is known though it stands in a file: %s", out)
			}
		})
		all := filesIn(t, exported)
		for name, wants := range map[string][]string{
			"incidents-": {`"id":"HS-1"`, `"timeline":[{`, `"announcements":[{`, `"by":"desk"`},
			"links-":     {`"ticket":"` + plantedIDs[0], `"incident":"HS-1"`, `"by_hand":true`},
		} {
			for _, want := range wants {
				if !strings.Contains(all[name], want) {
					t.Errorf("%s lacks %s: %s", name, want, all[name])
				}
			}
		}
		if f := found([]byte(all["incidents-"]), append([]string{plantedTitles[0], plantedTexts[0], plantedPeople[0], "samira"}, plantedIDs[0])); len(f) > 0 {
			t.Errorf("the incident names %v", f)
		}
		if f := found([]byte(all["links-"]), []string{plantedTitles[0], plantedTexts[0], plantedPeople[0], "samira"}); len(f) > 0 {
			t.Errorf("the link names %v", f)
		}
		if out := l.cli("store", "forget", "--ticket", "portal/"+plantedIDs[0]); !strings.Contains(out, filepath.Join(exported, "links-")) {
			t.Errorf("store forget does not say which file names the ticket: %s", out)
		}
	})
}

// filesIn are the files of a folder by what stands before the first digit of their name.
func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name()[:strings.IndexAny(f.Name(), "0123456789")]] += string(data)
	}
	return out
}

// TestDoctorLooksAtExports: a folder that cannot be written is named with its remedy.
func TestDoctorLooksAtExports(t *testing.T) {
	dir := t.TempDir()
	for folder, wants := range map[string][]string{
		filepath.Join(dir, "away"): {"nothing is deleted that is to be exported", filepath.Join(dir, "away"), "make or mount the folder"},
		dir:                        {"ok    retention.export_dir: " + dir},
	} {
		file := configured(t, map[string]string{"headstart.yml": fmt.Sprintf("retention: {export_dir: %q}\n", folder)})
		_, stdout, _ := command(t, "--config", file, "doctor")
		for _, want := range wants {
			if !strings.Contains(stdout, want) {
				t.Errorf("of %s doctor lacks %q:\n%s", folder, want, stdout)
			}
		}
	}
}
