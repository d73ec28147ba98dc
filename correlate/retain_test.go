package correlate

import (
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"headstart"
)

// kept is a state with tickets, whose rows are compared after each unit.
type kept struct {
	*player
	t     *testing.T
	start time.Time
}

func newKept(t *testing.T) *kept {
	k := &kept{newPlayer(t, true), t, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}
	k.line(0, headstart.Line{Config: &headstart.LogConfig{Catalog: &headstart.Catalog{
		Services: []headstart.Service{{ID: "print", Name: headstart.Names{"": "Printen"}}},
	}}})
	return k
}

func (k *kept) line(d time.Duration, l headstart.Line) {
	k.t.Helper()
	k.apply(headstart.Event{At: k.start.Add(d), Received: k.start.Add(d), Line: l})
}

func (k *kept) ticket(d time.Duration, id, requester string, stems ...string) {
	k.t.Helper()
	k.line(d, headstart.Line{Ticket: &headstart.Ticket{
		Source: "rt", ID: id, CreatedAt: k.start.Add(d), UpdatedAt: k.start.Add(d), Requester: headstart.Requester{ID: requester},
		Evidence: &headstart.Evidence{Assets: []headstart.Mention{{ID: "print", Strength: 1}}, Cues: map[string]int{"malfunction": 1}, Stems: stems},
	}})
}

func (k *kept) command(d time.Duration, group headstart.GroupID, c headstart.Command) {
	k.t.Helper()
	c.By = "samira"
	if err := k.do(headstart.Event{At: k.start.Add(d), Received: k.start.Add(d), Line: headstart.Line{Command: &c}}, group, 0); err != nil {
		k.t.Fatal(err)
	}
}

// gone are the tickets that the state said it forgot, since it was last asked.
func (k *kept) gone() (keys []string) {
	for _, c := range k.all {
		if c.Kind == headstart.TicketGone {
			keys = append(keys, c.Ticket)
		}
	}
	k.all = nil
	return keys
}

const oneDay = 24 * time.Hour

// TestTicketsAreRetained covers retention.links: a ticket goes, with its links, so long
// after it was last heard of, in whole days; news of it, or a person's verdict, begin
// that anew, and one that belongs to an open incident stays.
func TestTicketsAreRetained(t *testing.T) {
	k := newKept(t)
	k.ticket(0, "quiet", "a")
	k.ticket(time.Minute, "linked", "b")
	k.ticket(2*time.Minute, "news", "c")
	k.command(time.Hour, 0, headstart.Command{ID: "o", Do: "open", Title: "printen", Services: []string{"print"}})
	k.command(time.Hour, 1, headstart.Command{ID: "l", Do: "link", Source: "rt", Ticket: "linked"})
	k.ticket(50*oneDay, "news", "c")
	k.gone()
	k.line(90*oneDay, headstart.Line{})
	if got := k.gone(); len(got) > 0 {
		t.Fatalf("%v went before the day was over", got)
	}
	k.line(91*oneDay, headstart.Line{})
	if got := fmt.Sprint(k.gone()); got != "[rt/quiet]" {
		t.Errorf("after 90 days %s went, want the quiet one alone", got)
	}
	k.line(141*oneDay, headstart.Line{})
	if got := fmt.Sprint(k.gone()); got != "[rt/news]" {
		t.Errorf("90 days after its news %s went, want that one; the linked one belongs to an open incident", got)
	}
	k.command(150*oneDay, 1, headstart.Command{ID: "r", Do: "resolve"})
	k.line(152*oneDay, headstart.Line{})
	if got := fmt.Sprint(k.gone()); got != "[rt/linked]" {
		t.Errorf("once its incident is over %s went, want the linked one", got)
	}
	k.line(200*oneDay, headstart.Line{})
	k.compareLoaded()
	if n := len(k.s.tickets) + len(k.s.reports) + len(k.s.recent) + len(k.s.confirmed); n > 0 {
		t.Errorf("%d things of tickets are left", n)
	}
	if s := k.s; s.armed(retainTimer, ticketsKey) {
		t.Error("it waits for tickets there are none of")
	}
}

// TestLinkedTicketsWaitForTheirFile covers retention.export_dir: what was linked stays
// until the log says that its link stands in a file as it is; all else goes in its time.
func TestLinkedTicketsWaitForTheirFile(t *testing.T) {
	k := newKept(t)
	config := *k.s.raw
	config.ExportFirst = true
	k.line(0, headstart.Line{Config: &config})
	k.ticket(0, "alone", "a")
	k.ticket(time.Minute, "linked", "b")
	k.ticket(2*time.Minute, "also", "c")
	k.command(time.Hour, 0, headstart.Command{ID: "o", Do: "open", Title: "printen", Services: []string{"print"}})
	for _, id := range []string{"linked", "also"} {
		k.command(time.Hour, 1, headstart.Command{ID: id, Do: "link", Source: "rt", Ticket: id})
	}
	k.command(2*time.Hour, 1, headstart.Command{ID: "r", Do: "resolve"})
	says := func(d time.Duration, items ...headstart.ExportedItem) string {
		k.gone()
		k.command(d, 0, headstart.Command{ID: "e" + d.String(), Do: "exported", Exported: &headstart.Exported{Items: items}})
		return fmt.Sprint(k.gone())
	}
	first, other := headstart.ExportedItem{Ticket: "rt/linked", Stood: 1}, headstart.ExportedItem{Ticket: "rt/linked", Stood: 2}
	if got := says(80*oneDay, first); got != "[]" {
		t.Errorf("%s went before its time", got)
	}
	k.line(120*oneDay, headstart.Line{})
	if got := fmt.Sprint(k.gone()); got != "[rt/alone]" {
		t.Errorf("%s went in its time, want the one that is linked to nothing", got)
	}
	if got := says(121*oneDay, other, headstart.ExportedItem{Ticket: "rt/unknown", Stood: 1}); got != "[]" {
		t.Errorf("%s went, though the file says it was linked elsewhere", got)
	}
	if got := says(122*oneDay, first, first); got != "[rt/linked]" {
		t.Errorf("%s went, want the one that stands in the file", got)
	}
	config.ExportFirst = false
	k.line(123*oneDay, headstart.Line{Config: &config})
	k.line(125*oneDay, headstart.Line{})
	if got := fmt.Sprint(k.gone()); got != "[rt/also]" {
		t.Errorf("%s went when no files were asked for any more, want the last one", got)
	}
	k.compareLoaded()
}

// Another retention holds for the tickets there are; many go in small units.
func TestRetentionOfTicketsChanges(t *testing.T) {
	k := newKept(t)
	for n := range 90 {
		k.ticket(time.Duration(n)*time.Second, fmt.Sprintf("T%02d", n), fmt.Sprint("u", n))
	}
	config := *k.s.raw
	config.KeepLinks = model.Duration(36 * time.Hour) // in whole days: two
	k.line(time.Hour, headstart.Line{Config: &config})
	k.gone()
	units := k.units
	k.line(4*oneDay, headstart.Line{})
	if n := len(k.gone()); n != 90 {
		t.Errorf("%d went, want all 90", n)
	}
	if more := k.units - units; more < 90/retirePart {
		t.Errorf("they went in %d units; want at most %d in one", more, retirePart)
	}
}

// TestForgetOnRequest covers `store forget` in correlation: all that a requester
// reported goes, what it taught with it; verdicts count on without it.
func TestForgetOnRequest(t *testing.T) {
	k := newKept(t)
	k.line(time.Minute, headstart.Line{Model: &headstart.Model{Version: 1, Weights: map[string]float64{"word:hers": .5, "word:common": .4, "word:his": .3}}})
	k.command(time.Hour, 0, headstart.Command{ID: "o", Do: "open", Title: "printen", Services: []string{"print"}})
	k.ticket(time.Hour, "1", "her", "hers", "common")
	k.ticket(time.Hour+time.Minute, "2", "her", "hers")
	k.ticket(time.Hour+2*time.Minute, "3", "him", "his")
	for _, id := range []string{"1", "3"} {
		k.command(2*time.Hour, 1, headstart.Command{ID: "l" + id, Do: "link", Source: "rt", Ticket: id})
	}
	k.s.review(k.s.tickets["rt/1"], &headstart.Link{Group: 1, Band: headstart.BandAuto, Score: .95}, true)
	k.unit(nil)
	k.gone()
	k.command(3*time.Hour, 0, headstart.Command{ID: "f", Do: "forget", Forget: &headstart.Forget{Requesters: []string{"her", ""}, Tickets: []string{"rt/unknown"}}})
	if got := fmt.Sprint(k.gone()); got != "[rt/1 rt/2]" {
		t.Errorf("%s went, want both of hers", got)
	}
	if got := k.s.model.Weights; len(got) != 1 || got["word:his"] == 0 {
		t.Errorf("the model is %v, want the word she had no part in", got)
	}
	named, nameless := 0, 0
	for _, r := range k.s.reviews.List {
		switch {
		case r.Ticket == "" && r.Right:
			nameless++
		case r.Ticket == "rt/3":
			named++
		}
	}
	if nameless != 1 || nameless+named != len(k.s.reviews.List) {
		t.Errorf("reviews %+v, want her verdict without the ticket, and of his at most one", k.s.reviews.List)
	}
	if v := k.s.confirmed[1]; v == nil || v.tickets != 1 {
		t.Errorf("confirmed %+v, want his ticket alone", v)
	}
	k.compareLoaded()
	k.command(4*time.Hour, 0, headstart.Command{ID: "g", Do: "forget", Forget: &headstart.Forget{Tickets: []string{"rt/1", "rt/3"}}})
	k.command(4*time.Hour, 0, headstart.Command{ID: "h", Do: "forget"})
	if got := fmt.Sprint(k.gone()); got != "[rt/3]" {
		t.Errorf("%s went, want his; hers is gone already", got)
	}
	k.compareLoaded()
}
