package incidents

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"headstart"
)

// desks is an incident of which a person wrote, with tickets that were written to.
func desks(t *testing.T) *crowd {
	c := newCrowd(t, 1, nil)
	c.rows = map[[2]string][]byte{}
	log := c.f.book.log
	log.Systems = []headstart.TicketSystem{desk}
	c.play("ticket systems", 0, headstart.Line{Config: &log})
	c.breaks(1, 0)
	for n, id := range []string{"T-1", "T-2"} {
		c.s.tickets["rt/"+id] = &headstart.TicketState{
			V: 1, Ticket: headstart.Ticket{Source: "rt", ID: id, CreatedAt: monday.Add(time.Duration(n) * time.Minute), Requester: headstart.Requester{ID: "hash-" + id}},
			Links: []headstart.Link{{Group: 1, Band: headstart.BandSuggest, Verdict: "linked", By: "samira"}},
		}
		c.decides("linked", 5*time.Minute, headstart.Change{Kind: headstart.TicketMatched, Ticket: "rt/" + id})
	}
	by := func(do string, more headstart.Command) {
		more.ID, more.By, more.Do, more.Incident = do, "samira", do, "HS-1"
		c.play(do, 10*time.Minute, headstart.Line{Command: &more})
	}
	by("assign", headstart.Command{Owner: "joris"})
	by("note", headstart.Command{Text: "leverancier gebeld"})
	by("link", headstart.Command{Ticket: "T-1", Source: "rt"})
	c.ends(time.Hour)
	by("resolve", headstart.Command{Summary: "voeding vervangen"})
	return c
}

// says returns the tables in which any row holds one of words.
func (c *crowd) says(words ...string) (where []string) {
	for key, val := range c.rows {
		for _, w := range words {
			if strings.Contains(string(val), w) || strings.Contains(key[1], w) {
				where = append(where, fmt.Sprintf("%s in %s: %.300s", w, key[0], val))
			}
		}
	}
	return where
}

// TestNamesBecomeRoles covers ruling 35: after ninety days a timeline says that the desk
// did something, and no longer who; owner, author and approver go too. What they wrote
// stays for as long as the incident does.
func TestNamesBecomeRoles(t *testing.T) {
	c := desks(t)
	c.play("not yet", 89*aDay, headstart.Line{})
	c.sameLoaded("names are known")
	if len(c.says("samira")) < 3 || len(c.says("joris")) < 2 {
		t.Fatalf("after 89 days: %v; want every name", c.says("samira", "joris"))
	}
	c.play("three months", 92*aDay, headstart.Line{})
	if left := c.says("samira", "joris"); len(left) > 0 {
		t.Errorf("after three months: %s", strings.Join(left, "\n"))
	}
	if len(c.says(`"by":"desk"`)) < 3 || len(c.says("leverancier gebeld")) != 1 {
		t.Errorf("what the desk did is gone with the names: %v", c.says(`"by"`, "leverancier"))
	}
	c.sameLoaded("names are gone")
	c.play("later", 120*aDay, headstart.Line{})
	if b := c.f.book; len(b.personal) > 0 || b.fading && len(b.audit) == 0 {
		t.Errorf("%d rows wait still, %t", len(b.personal), b.fading)
	}
}

// TestTicketsLeaveAnIncident: when correlation forgets a ticket, the incident forgets
// who reported it, what it was told and what waits for it, and goes on counting it.
func TestTicketsLeaveAnIncident(t *testing.T) {
	c := desks(t)
	before := c.incident().Tickets
	if before.Linked != 2 || len(c.says("T-1")) < 4 {
		t.Fatalf("%+v, %v; want two tickets, named in incident, timeline and what is owed", before, c.says("T-1"))
	}
	delete(c.s.tickets, "rt/T-1")
	c.s.next = []headstart.Change{{Kind: headstart.TicketGone, Ticket: "rt/T-1"}}
	c.play("one is forgotten", 2*time.Hour, headstart.Line{Command: &headstart.Command{
		ID: "f1", By: "petra", Do: "forget", Forget: &headstart.Forget{Tickets: []string{"rt/T-1"}, Marks: []string{"mark-of-1"}},
	}})
	if left := c.says("T-1"); len(left) > 0 {
		t.Errorf("it is named still:\n%s", strings.Join(left, "\n"))
	}
	if len(c.says("T-2")) < 3 {
		t.Errorf("the other one is gone too: %v", c.says("T-2"))
	}
	after := c.incident().Tickets
	if after.Linked != 2 || after.FirstAt == nil || !after.FirstAt.Equal(*before.FirstAt) {
		t.Errorf("%+v; want the count and the first report as before", after)
	}
	c.sameLoaded("one is forgotten")
	want := headstart.AuditEntry{V: 1, At: monday.Add(2 * time.Hour), By: "petra", Do: "forget", Tickets: 1, Marks: []string{"mark-of-1"}}
	if got := c.f.book.audit["f1"]; fmt.Sprint(*got) != fmt.Sprint(want) {
		t.Errorf("the audit says %+v, want %+v", *got, want)
	}
	c.play("a year", 399*aDay, headstart.Line{})
	if c.f.book.audit["f1"] == nil {
		t.Error("who asked is forgotten before retention.audit")
	}
	c.play("more than that", 402*aDay, headstart.Line{})
	c.sameLoaded("the audit is over")
	if n := len(c.f.book.audit); n > 0 || len(c.says("petra")) > 0 {
		t.Errorf("who asked is known after retention.audit: %v", c.says("petra"))
	}
}

// TestDeskNotesAreForgotten: what the desk writes down for itself goes with the titles
// of tickets, once it is over; what is still to be done stays.
func TestDeskNotesAreForgotten(t *testing.T) {
	c := newCrowd(t, 1, nil)
	c.rows = map[[2]string][]byte{}
	log := c.f.book.log
	log.KeepNotes = model.Duration(10 * aDay)
	c.play("titles go after ten days", 0, headstart.Line{Config: &log})
	note := func(id, do string, more headstart.Command) {
		more.ID, more.Ref, more.By, more.Do = "c"+id+do, id, "samira", do
		c.play(do, time.Hour, headstart.Line{Command: &more})
	}
	note("said", "handover", headstart.Command{Text: "bel 06-55512345 terug"})
	note("until", "notice", headstart.Command{Text: "balie dicht", Until: monday.Add(20 * aDay)})
	note("open", "todo", headstart.Command{Text: "toner bestellen"})
	note("done", "todo", headstart.Command{Text: "kabel trekken"})
	note("done", "todo-done", headstart.Command{})
	left := func() string { return fmt.Sprint(sortedKeys(c.f.book.desk)) }
	c.play("ten days", 10*aDay, headstart.Line{})
	if got := left(); got != "[done open said until]" {
		t.Errorf("after ten days: %s; want all", got)
	}
	c.play("twelve days", 12*aDay, headstart.Line{})
	if got := left(); got != "[open until]" {
		t.Errorf("after twelve days: %s; want what is not over", got)
	}
	c.sameLoaded("some are gone")
	c.play("a month and more", 32*aDay, headstart.Line{})
	if got := left(); got != "[open]" || len(c.says("balie dicht")) > 0 {
		t.Errorf("after a month: %s; want what is to be done", got)
	}
}
