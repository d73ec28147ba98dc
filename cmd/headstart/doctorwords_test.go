package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"headstart"
	"headstart/configs"
	"headstart/lang"
	"headstart/maintenance"
	"headstart/notify"
	"headstart/probes"
)

// TestFindingsInDutch: whatever the page Settings shows of doctor can be said in Dutch. What
// is said is as the looks say it, of a configuration with a fault for each of them.
func TestFindingsInDutch(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file, "not an address")
	folder := filepath.Join(dir, "data")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "admin-token"), "x")
	if err := os.Chmod(filepath.Join(folder, "admin-token"), 0o644); err != nil { //nolint:gosec // that is the fault
		t.Fatal(err)
	}
	empty := configs.Default()
	empty.Catalog = &headstart.Catalog{}
	cases := map[string]func(c *configs.Config) []finding{
		"nothing is configured": func(c *configs.Config) []finding { return lookSettings(t.Context(), c) },
		"a lonely service": func(c *configs.Config) []finding {
			c.Catalog = &headstart.Catalog{Services: []headstart.Service{{ID: "erp"}}}
			return lookSettings(t.Context(), c)
		},
		"a calendar without days": func(c *configs.Config) []finding { c.Calendar.ICal = file; return lookClosed(c) },
		"a calendar that was never read": func(c *configs.Config) []finding {
			c.Calendar.ICal, c.DataDir = "https://calendar.example/closed.ics", folder
			return lookClosed(c)
		},
		"an old calendar": func(c *configs.Config) []finding {
			c.Calendar.ICal, c.DataDir = "https://calendar.example/closed.ics", folder
			old := filepath.Join(folder, "closed.ics")
			write(t, old, "BEGIN:VCALENDAR\nEND:VCALENDAR\n")
			if at := time.Now().Add(-2 * maintenance.ClosedStale); os.Chtimes(old, at, at) != nil {
				t.Fatal("the copy of the calendar cannot be made old")
			}
			return lookClosed(c)
		},
		"data_dir is a file": func(c *configs.Config) []finding { c.DataDir = file; return lookFolder(t.Context(), c) },
		"data_dir cannot be made": func(c *configs.Config) []finding {
			c.DataDir = filepath.Join(file, "x")
			return lookFolder(t.Context(), c)
		},
		"a token others may read": func(c *configs.Config) []finding { c.DataDir = folder; return lookFolder(t.Context(), c) },
		"exports go nowhere": func(c *configs.Config) []finding {
			c.Retention.ExportDir = filepath.Join(dir, "away")
			return lookExports(t.Context(), c)
		},
		"exports go to a file": func(c *configs.Config) []finding { c.Retention.ExportDir = file; return lookExports(t.Context(), c) },
		"no anchor answers":    func(c *configs.Config) []finding { c.Probes = anchored("192.0.2.1:9"); return lookAnchors(short(t), c) },
		"a mail server is away": func(c *configs.Config) []finding {
			c.Notify.Channels = []notify.ChannelConfig{{Name: "mail", Type: "email", Smarthost: "127.0.0.1:1", From: "a@example.org", To: []string{"b@example.org"}}}
			return lookChannels(short(t), c)
		},
		"a heartbeat goes nowhere": func(c *configs.Config) []finding {
			c.Notify.Heartbeat = []notify.HeartbeatConfig{{URLFile: file}}
			return lookHeartbeats(short(t), c)
		},
		"nobody watches us": func(c *configs.Config) []finding { c.Alerts.Watchdog = nil; return lookDeadMan(short(t), c) },
	}
	for name, look := range cases {
		c := empty
		found := minded(look(&c))
		if len(found) == 0 {
			t.Errorf("%s: doctor minds nothing", name)
		}
		for _, f := range found {
			for _, text := range []string{f.What, f.Remedy} {
				if said, known := lang.New("nl", nil).Finding(text); !known {
					t.Errorf("%s: %q has no Dutch; add it to lang/en.txt and nl.txt under finding", name, said)
				}
			}
		}
	}
}

// anchored has a probe, without which anchors are not asked.
func anchored(anchor string) probes.Config {
	c := probes.DefaultConfig()
	c.Probes, c.Anchors = []probes.Probe{{Name: "a", Kind: "tcp", Target: "127.0.0.1:1"}}, []string{anchor}
	return c
}

// short ends a look that would wait for an answer.
func short(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}
