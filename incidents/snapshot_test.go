package incidents

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"headstart"
)

// snapshot renders all state of the book that decisions can see.
func snapshot(t *testing.T, f *fold) map[string]string {
	t.Helper()
	b := f.book
	var timers []deadline
	for _, q := range []queue{b.agenda.fixed, b.agenda.moving} {
		for _, d := range q {
			c := *d
			c.index = 0
			timers = append(timers, c)
		}
	}
	slices.SortFunc(timers, func(x, y deadline) int { return int(x.N) - int(y.N) })
	out := map[string]string{}
	for name, v := range map[string]any{
		"incidents": b.incidents, "groups": b.byGroup, "refs": b.byRef, "announcements": b.announcements, "owed": b.owed,
		"outcomes": b.outcomes, "desk": b.desk, "confirms": b.confirms, "budget": []any{b.ledger, b.trusted, append([]time.Time{}, b.digests...), b.alarms}, "timers": timers, "tickets": b.byTicket,
		"decided": timelines(b), "counters": []any{b.last, b.lastWork, b.agenda.last, b.agenda.shift, b.hush.UTC()}, "place": []any{f.place, f.chain.hash}, "now": b.now,
		"audit": b.audit, "dead": b.dead, "known": b.known, "dead links": b.deadLink, "personal": append(personal{}, b.personal...), "fading": b.fading, "history": cases(b),
		"planned": b.planned, "notes": b.notesOf, "wakes": b.wakes, "covers": covers(b), "reports": b.reports,
	} {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(raw)
	}
	return out
}

// covers are the announcements that speak for each incident which another one carries.
func covers(b *book) map[headstart.IncidentID][]string {
	out := map[headstart.IncidentID][]string{}
	for id, list := range b.covers {
		for _, a := range list {
			out[id] = append(out[id], a.ID)
		}
	}
	return out
}

// cases are the incidents whose length counts, by class.
func cases(b *book) map[string][]int {
	out := map[string][]int{}
	for class, list := range b.history {
		for _, i := range list {
			out[class] = append(out[class], i.Seq)
		}
	}
	return out
}

// timelines are the decisions of which rows are stored, by number of an incident.
func timelines(b *book) map[int][]uint64 {
	out := map[int][]uint64{}
	for seq, n := range b.decided {
		rest := numbers{first: n.first, steps: n.steps}
		for more := len(rest.steps) > 0; more; {
			var number uint64
			number, more = rest.pop()
			out[seq] = append(out[seq], number)
		}
	}
	return out
}
