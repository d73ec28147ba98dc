package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// Every act of a person can be read from a row, once: from the timeline of its incident,
// or from the audit table.
func TestEveryActIsTakenDownOnce(t *testing.T) {
	c := desks(t)
	no := false
	for n, line := range []headstart.Line{
		{Command: &headstart.Command{Do: "ack", Incident: "HS-1"}},
		{Command: &headstart.Command{Do: "reopen", Incident: "HS-1"}},
		{Command: &headstart.Command{Do: "confirm", Incident: "HS-1", Channel: "phone"}},
		{Command: &headstart.Command{Do: "hush", For: "2h"}},
		{Command: &headstart.Command{Do: "handover", Text: "sleutel-bij-de-balie"}},
		{Command: &headstart.Command{Do: "ack", Incident: "HS-99"}},
		{Command: &headstart.Command{Do: "dismiss", Message: "no-such-message"}},
		{Command: &headstart.Command{Do: "dismiss", Message: "x" + strings.Repeat("é", longestName)}},
		{Command: &headstart.Command{Do: "export"}},
		{Command: &headstart.Command{Do: "act", Kind: "login", Ref: "oidc"}},
		{Command: &headstart.Command{Do: "act", Kind: "reload", Value: &no}},
		{Command: &headstart.Command{Do: "frobnicate", Incident: "HS-1"}},
		{Maintenance: &headstart.MaintenanceWindow{ID: "W-1", Assets: []string{"a"}, StartsAt: monday.Add(9 * time.Hour), EndsAt: monday.Add(10 * time.Hour), By: "wendy"}},
		{Silence: &headstart.Silence{ID: "s-1", StartsAt: monday, EndsAt: monday.Add(9 * time.Hour), By: "wendy"}},
	} {
		if line.Command != nil {
			line.Command.ID, line.Command.By = "act-"+string(rune('a'+n)), "wendy"
		}
		before := c.acts("wendy")
		c.play("act", 2*time.Hour+time.Duration(n)*time.Minute, line)
		if got := c.acts("wendy") - before; got != 1 {
			t.Errorf("line %d (%+v): taken down %d times, want once", n, line.Command, got)
		}
	}
	c.sameLoaded("acts are known")
	for key, val := range c.rows {
		if key[0] == headstart.TableAudit && strings.Contains(string(val), "sleutel") {
			t.Errorf("the audit log holds what somebody wrote: %s", val)
		}
	}

	c.play("three months", 95*aDay, headstart.Line{})
	if left := c.says("wendy"); len(left) > 0 { // ruling 35
		t.Errorf("after three months: %s", strings.Join(left, "\n"))
	}
	c.play("retention.audit", 405*aDay, headstart.Line{})
	for key := range c.rows {
		if key[0] == headstart.TableAudit {
			t.Errorf("after 400 days %s is left", key[1])
		}
	}
}

// A failed log-in says where it came from for as long as names are told.
func TestAddressesOfFailedLogInsFade(t *testing.T) {
	c := desks(t)
	no := false
	c.play("guess", time.Hour, headstart.Line{Command: &headstart.Command{ID: "x", Do: "act", Kind: "login-failed", Ref: "203.0.113.9", Value: &no}})
	if len(c.says("203.0.113.9")) != 1 {
		t.Fatalf("the address stands in %v, want one row", c.says("203.0.113.9"))
	}
	c.play("three months", 95*aDay, headstart.Line{})
	if left := c.says("203.0.113.9"); len(left) > 0 || len(c.says("login-failed")) != 1 {
		t.Errorf("after three months: %v, want the attempt without its address", left)
	}
}

// acts counts the rows that tell of an act of by.
func (c *crowd) acts(by string) (n int) {
	for key, val := range c.rows {
		if (key[0] == headstart.TableAudit || key[0] == headstart.TableTimeline) && strings.Contains(string(val), `"by":"`+by+`"`) {
			n++
		}
	}
	return n
}
