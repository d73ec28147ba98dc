package figures

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// shelf is a Shelf in memory.
type shelf map[string][]byte

func (s shelf) ShelfGet(_ context.Context, _, key string) ([]byte, error) { return s[key], nil }

func (s shelf) ShelfSwap(_ context.Context, _, key string, before, after []byte) (bool, error) {
	if !bytes.Equal(s[key], before) {
		return false, nil
	}
	if s[key] = after; after == nil {
		delete(s, key)
	}
	return true, nil
}

func (s shelf) ShelfScan(_ context.Context, _ string, fn func(string, []byte) error) error {
	for _, key := range slices.Sorted(maps.Keys(s)) {
		if err := fn(key, s[key]); err != nil {
			return err
		}
	}
	return nil
}

// viewOf shows tickets and incidents.
func viewOf(t testing.TB, tickets []headstart.TicketState, incidents []headstart.Incident) *headstart.View {
	t.Helper()
	var rows []headstart.FeedOp
	put := func(table, key string, row any) {
		b, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, headstart.FeedOp{Table: table, Row: headstart.Row{Key: key, Val: b}})
	}
	for n := range tickets {
		put(headstart.TableTickets, tickets[n].Key(), tickets[n])
	}
	for n := range incidents {
		put(headstart.TableIncidents, string(incidents[n].ID), incidents[n])
	}
	v := headstart.NewView()
	if err := v.Reset(headstart.Cursor{Off: headstart.Offset{Ms: 1}}, headstart.Offset{Ms: 1}, rows); err != nil {
		t.Fatal(err)
	}
	return v
}

// Over two years in which tickets go after 90 days and incidents after 400, what the
// ledger tells of a month is what the tables told while they had all of it; what was
// forgotten on request in time is gone; and no ticket stays for longer than it may.
func TestLedgerKeepsMonths(t *testing.T) {
	ctx := t.Context()
	first := time.Date(2025, 1, 1, 9, 0, 0, 0, time.UTC)
	const days = 800
	var tickets []headstart.TicketState
	var incidents []headstart.Incident
	for n := range days {
		at := first.AddDate(0, 0, n)
		tickets = append(tickets, headstart.TicketState{V: 1, HeardAt: at.Add(50 * time.Hour), Ticket: headstart.Ticket{
			Source: "rt", ID: fmt.Sprintf("T-%d", n), Requester: headstart.Requester{ID: "secret-person", Department: "fin"}, Priority: "P3", Status: "resolved",
			CreatedAt: at, FirstResponseAt: at.Add(time.Hour), SolvedAt: at.Add(50 * time.Hour), Line: 1 + n%2, Contacts: 1,
		}})
		if n%7 == 0 {
			end := at.Add(time.Hour)
			incidents = append(incidents, headstart.Incident{
				V: 1, ID: headstart.IncidentID(fmt.Sprintf("HS-%d", n)), Seq: n, State: headstart.Closed, Title: headstart.Names{"": "titel met een naam"}, Owner: "samira",
				StartedAt: at, OpenedAt: at, ResolvedAt: &end, ClosedAt: &end, People: 10, Services: []string{"print"}, Cause: headstart.Cause{Asset: "sw-1"},
			})
		}
	}
	const keepTickets, keepIncidents = 90 * 24 * time.Hour, 400 * 24 * time.Hour
	view := func(now time.Time) *headstart.View {
		known := slices.DeleteFunc(slices.Clone(tickets), func(x headstart.TicketState) bool {
			return x.CreatedAt.After(now) || now.After(x.HeardAt.Add(keepTickets).Truncate(24*time.Hour).Add(24*time.Hour))
		})
		then := slices.DeleteFunc(slices.Clone(incidents), func(i headstart.Incident) bool {
			return i.OpenedAt.After(now) || now.After(i.ClosedAt.Add(keepIncidents))
		})
		return viewOf(t, known, then)
	}
	s := shelf{}
	l := NewLedger(s, keepTickets)
	for n := 0; n < days; n += 8 { // it may miss some hours, and days
		if n == 300 {
			for k := range tickets {
				if tickets[k].ID == "T-250" {
					tickets = slices.Delete(tickets, k, k+1) // forgotten on request
					break
				}
			}
		}
		now := first.AddDate(0, 0, n).Add(7 * time.Hour)
		if err := l.Turn(ctx, view(now), now); err != nil {
			t.Fatal(err)
		}
	}
	now := first.AddDate(0, 0, days)
	for _, c := range []struct{ from, to string }{{"2025-03-01", "2025-04-01"}, {"2025-09-01", "2025-10-01"}, {"2026-11-01", "2027-01-01"}, {"2025-03-01", "2027-02-01"}} {
		from, to := dayAfter(c.from).Add(-24*time.Hour), dayAfter(c.to).Add(-24*time.Hour)
		got, err := l.Read(ctx, view(now), from, to, now)
		if err != nil {
			t.Fatal(err)
		}
		want := Gather(viewOf(t, tickets, incidents), from, to, now)
		if len(got.Reported) != len(want.Reported) || len(got.Incidents) != len(want.Incidents) {
			t.Errorf("%s to %s: %d tickets and %d incidents, want %d and %d", c.from, c.to, len(got.Reported), len(got.Incidents), len(want.Reported), len(want.Incidents))
		}
		if diff := cmp.Diff(want.Solved, got.Solved); diff != "" {
			t.Errorf("%s to %s, solved (-want +got):\n%s", c.from, c.to, diff)
		}
	}
	var oldest string
	for key, val := range s {
		p, err := unpack(val)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"secret", "T-1", "samira", "titel", "resolved"} {
			if strings.Contains(string(plain), secret) {
				t.Errorf("%s says %s: %s", key, secret, plain)
			}
		}
		if day, ok := strings.CutPrefix(key, ticketsPrefix); ok && (oldest == "" || day < oldest) {
			oldest = day
		}
	}
	if limit := dayName(first.AddDate(0, 0, days-8).Add(-keepFacts)); oldest < limit {
		t.Errorf("tickets of %s are still there, older than %s", oldest, limit)
	}
}

// An incident that went into another counts no more, not even when the tables have
// forgotten both and it was the only one of its month.
func TestLedgerForgetsWhatMerged(t *testing.T) {
	at := func(month time.Month) time.Time { return time.Date(2026, month, 28, 9, 0, 0, 0, time.UTC) }
	incident := func(id string, opened time.Time) headstart.Incident {
		end := opened.Add(time.Hour)
		return headstart.Incident{V: 1, ID: headstart.IncidentID(id), State: headstart.Closed, StartedAt: opened, OpenedAt: opened, ResolvedAt: &end}
	}
	merged := incident("HS-1", at(time.March))
	l, list := NewLedger(shelf{}, time.Hour), []headstart.Incident{merged, incident("HS-2", at(time.April))}
	for range 2 {
		if err := l.Turn(t.Context(), viewOf(t, nil, list), at(time.May)); err != nil {
			t.Fatal(err)
		}
		list[0].State = headstart.Merged
	}
	got, err := l.Read(t.Context(), viewOf(t, nil, nil), at(time.January), at(time.May), at(time.December))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Incidents) != 1 || got.Incidents[0].ID != "HS-2" {
		t.Errorf("the figures count %+v; want HS-2 alone", got.Incidents)
	}
}

func TestCallsReplaceThemselves(t *testing.T) {
	l := NewLedger(shelf{}, time.Hour)
	hour := func(n int64, calls int) Calls { return Calls{From: n * 3600, To: (n + 1) * 3600, Calls: calls} }
	for _, list := range [][]Calls{{hour(1000, 5), hour(1001, 6)}, {hour(1001, 7), hour(1002, 8)}, {hour(1001, 7), hour(1002, 8)}} {
		if err := l.AddCalls(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	got, err := l.Read(t.Context(), viewOf(t, nil, nil), time.Unix(0, 0), time.Unix(4e6, 0), time.Unix(4e6, 0))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Calls{hour(1000, 5), hour(1001, 7), hour(1002, 8)}, got.Calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// The first of a month begins in the month before, UTC: a list by the hour replaces the
// row of that day, and the other way round.
func TestCallsReplaceThemselvesBetweenMonths(t *testing.T) {
	first := time.Date(2026, 10, 31, 23, 0, 0, 0, time.UTC).Unix() // 1 November in Amsterdam
	day := []Calls{{From: first, To: first + 24*3600, Calls: 30}}
	hours := []Calls{{From: first + 9*3600, To: first + 10*3600, Calls: 10}, {From: first + 10*3600, To: first + 11*3600, Calls: 20}}
	for name, lists := range map[string][][]Calls{"hours after the day": {day, hours}, "the day after hours": {hours, day}} {
		l := NewLedger(shelf{}, time.Hour)
		for _, list := range lists {
			if err := l.AddCalls(t.Context(), list); err != nil {
				t.Fatal(err)
			}
		}
		got, err := l.Read(t.Context(), viewOf(t, nil, nil), time.Unix(first, 0), time.Unix(first+24*3600, 0), time.Unix(first+48*3600, 0))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lists[1], got.Calls); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	s := shelf{}
	if err := NewLedger(s, time.Hour).put(context.Background(), "x", page{V: 1, Calls: []Calls{{From: 1, To: 2}}}); err != nil {
		f.Fatal(err)
	}
	f.Add(s["x"])
	f.Fuzz(func(t *testing.T, val []byte) {
		if p, err := unpack(val); err == nil && p.V != 1 {
			t.Fatalf("read version %d", p.V)
		}
	})
}
