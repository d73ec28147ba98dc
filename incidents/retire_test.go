package incidents

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"

	"headstart"
)

const aDay = 24 * time.Hour

// ends closes group 1 of a story at d.
func (c *crowd) ends(d time.Duration) {
	g := c.s.groups[1]
	g.State, g.Firing, g.CloseReason, g.Proved, g.ResolvedAt = headstart.Closed, 0, "resolved", true, monday.Add(d)
	c.decides("the end", d, headstart.Change{Kind: headstart.GroupClosed, Group: 1})
}

// kept are the rows that speak of incident HS-1.
func (c *crowd) kept() (rows []string) {
	for key := range c.rows {
		about := strings.HasPrefix(key[1], "HS-1/") || key[1] == "HS-1" || strings.HasPrefix(key[1], "00000001/")
		if about || key[0] == headstart.TableAnnouncements || key[0] == headstart.TableOwed {
			rows = append(rows, key[0]+" "+key[1])
		}
	}
	return rows
}

// TestIncidentsAreForgotten covers retention.incidents: so long after its end all rows
// of an incident go, its timeline among them, in units no larger than others; what is
// loaded meanwhile is what was folded.
func TestIncidentsAreForgotten(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 150, nil)
	c.rows = map[[2]string][]byte{}
	c.breaks(1, 0)
	c.play("a reader", time.Minute, headstart.Line{Confirm: &headstart.Confirm{Incident: "HS-1", Device: "d1"}})
	c.play("the push", 2*time.Minute, headstart.Line{})
	c.ends(time.Hour)
	c.play("the closing message", 2*time.Hour, headstart.Line{})
	c.play("not yet", 399*aDay, headstart.Line{})
	if n := len(c.kept()); n < 500 || c.f.book.incidents["HS-1"] == nil {
		t.Fatalf("%d rows speak of it after 399 days, want its whole timeline", n)
	}
	c.sameLoaded("before it is forgotten")
	c.worst = 0
	due := monday.Add(time.Hour + 400*aDay)
	off := headstart.Offset{Ms: uint64(due.UnixMilli())}
	c.f.unit(off, []headstart.Event{{Off: off, At: due, Received: due}}) // the first part
	c.keep()
	c.sameLoaded("a part of it is forgotten")
	c.play("the rest", 401*aDay, headstart.Line{})
	if rows := c.kept(); len(rows) > 0 {
		t.Errorf("%d rows are left, %s among them", len(rows), rows[0])
	}
	b := c.f.book
	if n := len(b.incidents) + len(b.announcements) + len(b.told) + len(b.byGroup) + len(b.decided) + len(b.confirms) + len(b.owed) + len(b.owedOf); n > 0 {
		t.Errorf("%d things of it are in memory still", n)
	}
	c.sameLoaded("it is forgotten")
	if c.worst > headstart.MaxUnit {
		t.Errorf("a unit has %d operations; want at most %d", c.worst, headstart.MaxUnit)
	}
}

// What lives is kept however old it is, and another retention holds for what ended
// before it was set.
func TestRetentionFollowsTheConfiguration(t *testing.T) {
	c := newCrowd(t, 3, nil)
	c.breaks(1, 0)
	c.play("a year of it", 500*aDay, headstart.Line{})
	if c.f.book.incidents["HS-1"] == nil {
		t.Fatal("a living incident is forgotten")
	}
	c.ends(500*aDay + time.Hour)
	log := c.f.book.log
	log.KeepIncidents = model.Duration(9*aDay + time.Hour) // in whole days: ten
	c.play("a shorter one", 501*aDay, headstart.Line{Config: &log})
	c.play("nine days", 510*aDay, headstart.Line{})
	if c.f.book.incidents["HS-1"] == nil {
		t.Error("it is forgotten before the tenth day is over")
	}
	c.play("ten days", 511*aDay, headstart.Line{})
	if c.f.book.incidents["HS-1"] != nil {
		t.Error("it is known after the ten days that are configured now")
	}
}

// keep takes the rows of the fold as a store would hold them, or only counts them
// where nobody looks at any: writing a thousand places as JSON takes its time.
func (c *crowd) keep() (ops int) {
	b := c.f.book
	if c.rows == nil {
		ops = c.f.pending() + len(b.out) + len(b.ack)
		clear(b.dirty.rows)
		clear(b.agenda.dirty)
		b.dirty.timeline, b.messages, b.out, b.ack = nil, nil, nil, nil
		return ops
	}
	for _, op := range c.f.take() {
		ops++
		if op.Kind == headstart.Delete {
			delete(c.rows, [2]string{op.Table, op.Key})
		} else {
			c.rows[[2]string{op.Table, op.Key}] = bytes.Clone(op.Val)
		}
	}
	ops += len(b.out) + len(b.ack)
	b.messages, b.out, b.ack = nil, nil, nil
	return ops
}

// sameLoaded compares the fold with one loaded from its rows (ruling 2).
func (c *crowd) sameLoaded(when string) {
	c.t.Helper()
	again := newFold(c.s, testMakers())
	c.rows[[2]string{headstart.TableConfig, "current"}] = encode(c.f.book.log)
	for k, v := range c.rows {
		if err := again.load(k[0], headstart.Row{Key: k[1], Val: v}); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := again.loaded(); err != nil {
		c.t.Fatal(err)
	}
	delete(c.rows, [2]string{headstart.TableConfig, "current"})
	if diff := cmp.Diff(snapshot(c.t, c.f), snapshot(c.t, again)); diff != "" {
		c.t.Fatalf("when %s the loaded state differs (-fold +loaded):\n%.2000s", when, diff)
	}
}
