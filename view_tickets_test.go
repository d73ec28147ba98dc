package headstart

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTicketsInOrder: whatever came and went, and in whatever order, the list is the one
// that a view has which reads the tables anew; and what a reader was given stays as it was.
func TestTicketsInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	live, tables := NewView(), map[string]map[string]any{TableTickets: {}, TableIncidents: {}}
	if err := live.Reset(Cursor{}, Offset{}, nil); err != nil {
		t.Fatal(err)
	}
	for step := range 400 {
		op := someChange(t, random, tables)
		if err := live.Apply(Offset{}, FeedEntry{Rows: []FeedOp{op}}); err != nil {
			t.Fatal(err)
		}
		if random.IntN(3) > 0 {
			continue
		}
		before := live.Tickets()
		kept := ticketsAsJSON(t, before)
		if diff := cmp.Diff(ticketsAsJSON(t, anew(t, tables).Tickets()), kept); diff != "" {
			t.Fatalf("after change %d, %s %s (-anew +kept):\n%s", step, op.Table, op.Key, diff)
		}
		if err := live.Apply(Offset{}, FeedEntry{Rows: []FeedOp{someChange(t, random, tables)}}); err != nil {
			t.Fatal(err)
		}
		live.Tickets()
		if diff := cmp.Diff(kept, ticketsAsJSON(t, before)); diff != "" {
			t.Fatalf("a list that was handed out changed:\n%s", diff)
		}
	}
}

// someChange makes, changes or removes a ticket or an incident.
func someChange(t *testing.T, random *rand.Rand, tables map[string]map[string]any) FeedOp {
	t.Helper()
	n := random.IntN(12)
	op := FeedOp{Table: TableTickets, Row: Row{Key: fmt.Sprintf("rt/%d", n)}}
	x := TicketState{V: 1, Ticket: Ticket{Source: "rt", ID: fmt.Sprint(n), Priority: fmt.Sprintf("P%d", random.IntN(4)), CreatedAt: time.Unix(int64(random.IntN(5)), 0).UTC()}}
	for range random.IntN(3) {
		x.Links = append(x.Links, Link{Ticket: x.ID, Source: x.Source, Group: GroupID(1 + random.IntN(4)), For: []string{"it says so"}})
	}
	var row any = x
	if random.IntN(3) == 0 {
		g := 1 + random.IntN(4)
		op.Table, op.Key = TableIncidents, fmt.Sprintf("HS-%d", g)
		row = Incident{ID: IncidentID(op.Key), Group: GroupID(g), Ref: fmt.Sprintf("ref-%d", random.IntN(2))}
	}
	if random.IntN(4) == 0 {
		delete(tables[op.Table], op.Key)
		return op
	}
	tables[op.Table][op.Key] = row
	op.Val, _ = json.Marshal(row)
	return op
}

// anew is a view that reads all tables.
func anew(t *testing.T, tables map[string]map[string]any) *View {
	t.Helper()
	var rows []FeedOp
	for table, of := range tables {
		for key, row := range of {
			val, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, FeedOp{Table: table, Row: Row{Key: key, Val: val}})
		}
	}
	v := NewView()
	if err := v.Reset(Cursor{}, Offset{}, rows); err != nil {
		t.Fatal(err)
	}
	return v
}

func ticketsAsJSON(t *testing.T, list []*TicketState) []string {
	t.Helper()
	var out []string
	for _, x := range list {
		b, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}

// BenchmarkTickets is what a page asks first on a day with 10,000 tickets.
func BenchmarkTickets(b *testing.B) {
	v := NewView()
	var rows []FeedOp
	for n := range 10_000 {
		x := TicketState{V: 1, Ticket: Ticket{Source: "rt", ID: fmt.Sprint(n), CreatedAt: time.Unix(int64(n%97), 0)}, Links: []Link{{Group: GroupID(n % 500)}}}
		val, err := json.Marshal(x)
		if err != nil {
			b.Fatal(err)
		}
		rows = append(rows, FeedOp{Table: TableTickets, Row: Row{Key: x.Key(), Val: val}})
	}
	if err := v.Reset(Cursor{}, Offset{}, rows); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if list := v.Tickets(); !slices.IsSortedFunc(list[:3], func(a, b *TicketState) int { return b.CreatedAt.Compare(a.CreatedAt) }) {
			b.Fatal("not in order")
		}
	}
}
