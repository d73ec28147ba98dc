package incidents

import (
	"testing"
	"time"

	"headstart"
)

// stands is the word that things stand in a file, at d.
func (c *crowd) stands(id string, d time.Duration, items ...headstart.ExportedItem) {
	c.t.Helper()
	c.play(id, d, headstart.Line{Command: &headstart.Command{ID: id, Do: "exported", Exported: &headstart.Exported{File: "f.jsonl", Items: items}}})
}

// exporting is a story of which incident HS-1 ended after an hour, with ExportFirst.
func exporting(t *testing.T, places int) *crowd {
	c := newCrowd(t, places, nil)
	log := c.f.book.log
	log.ExportFirst = true
	c.play("export first", 0, headstart.Line{Config: &log})
	c.rows = map[[2]string][]byte{}
	c.worst = 0
	c.breaks(1, 0)
	c.play("the push", 2*time.Minute, headstart.Line{})
	c.ends(time.Hour)
	c.play("the closing message", 2*time.Hour, headstart.Line{})
	return c
}

// TestNothingGoesBeforeItWasExported covers retention.export_dir: what is due stays until
// the log says that it stands in a file as it stands here, and goes then, in units no
// larger than others.
func TestNothingGoesBeforeItWasExported(t *testing.T) {
	t.Parallel()
	c := exporting(t, 150)
	b := c.f.book
	item := func() headstart.ExportedItem {
		return headstart.ExportedItem{Incident: "HS-1", Stood: b.newest(b.incidents["HS-1"])}
	}
	c.stands("early", 399*aDay, item())
	before := len(c.kept())
	c.play("due", 401*aDay, headstart.Line{})
	was := item()
	c.play("a late note", 402*aDay, headstart.Line{Command: &headstart.Command{ID: "note", By: "samira", Do: "note", Incident: "HS-1", Text: "it was the fuse"}})
	c.stands("as it stood", 402*aDay, was)
	c.stands("nothing", 402*aDay)
	c.play("empty", 402*aDay, headstart.Line{Command: &headstart.Command{ID: "empty", Do: "exported"}})
	if o := b.outcomes["empty"]; o == nil || o.Refused == "" {
		t.Errorf("a command that names nothing was not refused: %+v", o)
	}
	if n := len(c.kept()); n != before+1 {
		t.Fatalf("%d rows speak of it, want %d and the note: nobody wrote it down as it is", n, before)
	}
	c.sameLoaded("it waits")
	c.worst = 0
	c.stands("say", 403*aDay, item())
	off := headstart.Offset{Ms: uint64(monday.Add(403 * aDay).UnixMilli()), Seq: c.n + 1}
	c.f.unit(off, []headstart.Event{{Off: off, At: off.At(), Received: off.At()}}) // the first part
	c.keep()
	c.sameLoaded("a part of it is gone")
	c.play("the rest", 403*aDay+time.Second, headstart.Line{})
	if rows := c.kept(); len(rows) > 0 {
		t.Errorf("%d rows are left, %s among them", len(rows), rows[0])
	}
	if c.worst > headstart.MaxUnit {
		t.Errorf("a unit has %d operations; want at most %d", c.worst, headstart.MaxUnit)
	}
	for id := range b.audit {
		t.Errorf("the audit names %s, an act of nobody", id)
	}
}

// TestExportTurnedOff: what waited for a file goes when none is asked for any more.
func TestExportTurnedOff(t *testing.T) {
	c := exporting(t, 3)
	c.play("due", 401*aDay, headstart.Line{})
	if c.f.book.incidents["HS-1"] == nil {
		t.Fatal("it went without a file")
	}
	log := c.f.book.log
	log.ExportFirst = false
	c.play("no files", 402*aDay, headstart.Line{Config: &log})
	c.play("and on", 402*aDay+time.Second, headstart.Line{})
	if c.f.book.incidents["HS-1"] != nil {
		t.Error("it is known though nothing is exported any more")
	}
}
