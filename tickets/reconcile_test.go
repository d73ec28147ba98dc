package tickets

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"headstart"
	"headstart/tickets/systems"
)

// TestReconcileFindsWhatListsHide: a linked ticket that is gone is deleted here, a
// merged one closed, with the evidence it had.
func TestReconcileFindsWhatListsHide(t *testing.T) {
	merged := report("2")
	merged.Title, merged.Merged = "of the other", "9"
	h := &helpdesk{tickets: map[string]systems.Ticket{"2": merged, "4": report("4")}, pages: [][]systems.Ticket{{report("1"), report("2"), report("3"), report("4")}}}
	s, p := polled(t, h)
	if err := p.walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	known := s.taken(t)
	s.shows(t, "linked", known...)
	if err := p.reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	status := map[string]string{}
	for _, x := range s.taken(t) {
		status[x.ID] = x.Status
		if x.Evidence == nil || x.Title != "" {
			t.Errorf("ticket %s lost its evidence, or shows text", x.ID)
		}
	}
	if want := map[string]string{"1": "deleted", "2": "closed", "3": "deleted"}; fmt.Sprint(status) != fmt.Sprint(want) {
		t.Errorf("stored %v, want %v", status, want)
	}
	if !slices.Contains(h.got, "4") {
		t.Error("ticket 4 was not looked at")
	}
}

// TestSweepFindsWhatIsGone: open tickets that belong to nothing are read again in
// turn, some at a time, until all were; limits end it without trouble.
func TestSweepFindsWhatIsGone(t *testing.T) {
	h := &helpdesk{tickets: map[string]systems.Ticket{}, pages: [][]systems.Ticket{{}}}
	for n := range 2*sweepAtOnce + 3 {
		x := report(fmt.Sprintf("%03d", n))
		h.pages[0] = append(h.pages[0], x)
		if n != 40 {
			h.tickets[x.ID] = x
		}
	}
	s, p := polled(t, h)
	if err := p.walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	var rows []headstart.FeedOp
	for _, x := range s.taken(t) {
		rows = append(rows, headstart.FeedOp{Table: headstart.TableTickets, Row: headstart.Row{Key: x.Key(), Val: encode(t, headstart.TicketState{V: 1, Ticket: x})}})
	}
	if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, rows); err != nil {
		t.Fatal(err)
	}
	for turn, want := range []int{sweepAtOnce, 2 * sweepAtOnce, 2*sweepAtOnce + 3, 3*sweepAtOnce + 3} {
		if err := p.reconcile(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(h.got) != want {
			t.Errorf("turn %d: %d tickets read, want %d", turn, len(h.got), want)
		}
	}
	slices.Sort(h.got)
	if seen := slices.Compact(slices.Clone(h.got)); len(seen) != len(rows) {
		t.Errorf("%d of %d tickets were read again", len(seen), len(rows))
	}
	if gone := s.taken(t); len(gone) != 1 || gone[0].ID != "040" || gone[0].Status != "deleted" {
		t.Errorf("stored %+v, want ticket 040 as deleted", gone)
	}
	h.limit = &systems.RateLimited{After: time.Minute}
	if err := p.reconcile(t.Context()); err != nil {
		t.Errorf("a limit of the system: %v", err)
	}
}

// TestWhenToReconcile: each half hour, and at 07:30 where the desk is.
func TestWhenToReconcile(t *testing.T) {
	_, p := polled(t, &helpdesk{})
	p.source.zone = time.FixedZone("desk", 3600)
	at := func(hhmm string) time.Time {
		x, err := time.Parse(time.RFC3339, "2026-11-23T"+hhmm+":00+01:00")
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	p.reconciled = at("07:20")
	for hhmm, want := range map[string]bool{"07:25": false, "07:30": true, "07:45": true} {
		if got := p.dueToReconcile(at(hhmm)); got != want {
			t.Errorf("at %s: %t, want %t", hhmm, got, want)
		}
	}
	p.reconciled = at("12:00")
	for hhmm, want := range map[string]bool{"12:29": false, "12:30": true} {
		if got := p.dueToReconcile(at(hhmm)); got != want {
			t.Errorf("at %s: %t, want %t", hhmm, got, want)
		}
	}
}
