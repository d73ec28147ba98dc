package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart/configs"
	"headstart/store"
)

// reload asks the service to read its configuration again.
func (r *running) reload() (status int, answer string) {
	return r.try(attack{method: "POST", path: "/-/reload", header: map[string]string{"Authorization": "Bearer " + r.token}})
}

// TestReload: a reload brings new names into force on the same port, loses no
// incident, and with a mistake in it keeps the old configuration.
func TestReload(t *testing.T) {
	t.Parallel()
	r := start(t, prepare(t, ""))
	r.opens(sent("prom-a", "HostDown", "sw-n-2", time.Now(), time.Now().Add(time.Hour)), sent("prom-a", "PrinterOffline", "prn-n2-04", time.Now(), time.Now().Add(time.Hour)))
	before := r.only()

	catalog := filepath.Join(r.dir, "catalog.yml")
	write(t, catalog, strings.ReplaceAll(office, "Gebouw Noord", "Gebouw Nieuw"))
	if status, answer := r.reload(); status != http.StatusOK {
		t.Fatalf("reload: %d %s", status, answer)
	}
	names := func() string {
		var catalog struct {
			Locations []struct {
				Name string `json:"name"`
			} `json:"locations"`
		}
		if err := get(r.base+"/api/v1/catalog", &catalog); err != nil || len(catalog.Locations) == 0 {
			return "" // between two generations
		}
		return catalog.Locations[0].Name
	}
	waitFor(t, 20*time.Second, "the new name", func() bool { return names() == "Gebouw Nieuw" })
	waitFor(t, 20*time.Second, "readiness", func() bool {
		return get(r.base+"/-/ready?for=engine", nil) == nil && get(r.base+"/-/ready", nil) == nil
	})
	if i := r.only(); i.ID != before.ID || i.UID != before.UID || !i.Live() {
		t.Errorf("after the reload: %s %s, was %s", i.ID, i.State, before.ID)
	}
	if status := r.alert(sent("prom-a", "HostDown", "sw-n-2", time.Now(), time.Now().Add(time.Hour))); status != http.StatusOK {
		t.Errorf("alerts after the reload: %d", status)
	}

	write(t, catalog, office+"  - {id: prn-x, depends_on: [nowhere]}\n")
	status, answer := r.reload()
	if status/100 != 5 && status/100 != 4 || !strings.Contains(answer, "nowhere") {
		t.Errorf("a reload with a mistake answers %d %q, want the mistake", status, answer)
	}
	if got := metric(r.base, r.token, "headstart_config_last_reload_successful"); got != 0 {
		t.Errorf("headstart_config_last_reload_successful is %v after a mistake", got)
	}
	if names() != "Gebouw Nieuw" {
		t.Error("the old configuration is not in force any more")
	}
}

// TestPageKnowsSinceTheFirstStart: a new installation claims no day before its
// first (ruling 28), and a later start does not move that day.
func TestPageKnowsSinceTheFirstStart(t *testing.T) {
	cfg := &configs.Config{DataDir: t.TempDir()}
	before := time.Now()
	if got := knownSince(cfg); got.Before(before) {
		t.Errorf("without an installation it knows since %s", got)
	}
	st, err := store.OpenBolt(filepath.Join(cfg.DataDir, "headstart.db"), store.BoltOptions{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := claim(t.Context(), cfg, st); err != nil {
		t.Fatal(err)
	}
	first := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(cfg.DataDir, "installation"), first, first); err != nil {
		t.Fatal(err)
	}
	if err := claim(t.Context(), cfg, st); err != nil {
		t.Fatal(err)
	}
	if got := knownSince(cfg); !got.Equal(first) {
		t.Errorf("it knows since %s, want %s", got, first)
	}
}

// TestRefusesForeignStore: a data_dir that belongs to another installation is
// refused with a remedy (ruling 12), and a second process on the same file too.
func TestRefusesForeignStore(t *testing.T) {
	t.Parallel()
	config := prepare(t, "")
	r := start(t, config)
	for _, what := range []string{"verify", "export"} {
		code, out := r.cli("store", what)
		if code == 0 || !strings.Contains(out, "stop the service first, or ask it through its API") || strings.Contains(out, "data_dir of its own") {
			t.Errorf("store %s beside the service: exit %d, said %q; want its remedy", what, code, out)
		}
	}
	if code, out := r.cli("serve"); code == 0 || !strings.Contains(out, "stop that one, or give this one a data_dir of its own") {
		t.Errorf("a second service in one data_dir: exit %d, said %q; want its remedy", code, out)
	}
	r.stop()
	if code, out := r.cli("store", "verify"); code != 0 {
		t.Errorf("verify: exit %d: %s", code, out)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "data", "installation"), []byte("another\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := r.cli("serve"); code == 0 || !strings.Contains(out, "installation") || !strings.Contains(out, "remove") {
		t.Errorf("served a foreign store: exit %d: %s", code, out)
	}
}
