package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/configs"
)

// keptWorld is a desk with two incidents and an urgent ticket, whose morning pages are kept.
type keptWorld struct {
	t      *testing.T
	m      *mornings
	feed   headstart.Offset
	titles map[string]string
	at     time.Time
}

func newKeptWorld(t *testing.T) *keptWorld {
	cfg := configs.Default()
	w := &keptWorld{t: t, titles: map[string]string{"rt/M-1": "Mail weg"}, at: time.Date(2026, 11, 23, 7, 0, 2, 0, time.UTC)}
	view := headstart.NewView()
	if err := view.Reset(headstart.Cursor{}, w.feed, nil); err != nil {
		t.Fatal(err)
	}
	w.m = &mornings{
		cfg: &cfg, view: view, checks: func() []headstart.CheckResult { return nil },
		titles: func(context.Context, []string) map[string]string { return w.titles },
	}
	w.incident("HS-1", "Wifi weg", false)
	w.incident("HS-2", "Kassa stuk", false)
	w.put(headstart.TableTickets, "rt/M-1", headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "rt", ID: "M-1", Priority: "P1", CreatedAt: w.at.Add(-time.Hour)}})
	return w
}

func (w *keptWorld) incident(id headstart.IncidentID, title string, confidential bool) {
	w.put(headstart.TableIncidents, string(id), headstart.Incident{
		V: 1, ID: id, Seq: int(id[3] - '0'), State: headstart.Open, Priority: "P2", Title: headstart.Names{"": title}, StartedAt: w.at.Add(-time.Hour), OpenedAt: w.at.Add(-time.Hour), Confidential: confidential,
	})
}

func (w *keptWorld) put(table, key string, row any) {
	w.t.Helper()
	b, err := json.Marshal(row)
	if err != nil {
		w.t.Fatal(err)
	}
	w.feed.Seq++
	if err := w.m.view.Apply(w.feed, headstart.FeedEntry{Rows: []headstart.FeedOp{{Table: table, Row: headstart.Row{Key: key, Val: b}}}}); err != nil {
		w.t.Fatal(err)
	}
}

// look is the page for a reader, with the time it was made.
func (w *keptWorld) look(reader headstart.Reader, after time.Duration) headstart.ReportAnswer {
	w.t.Helper()
	ask := headstart.ReportAsk{Reader: reader, Format: headstart.ReportPage, Edition: headstart.EditionMorning, Lang: "nl", At: w.at.Add(after)}
	answer, err := w.m.make(context.Background(), ask)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer
}

func (w *keptWorld) says(what string, answer headstart.ReportAnswer, text string, want bool) {
	w.t.Helper()
	if strings.Contains(string(answer.Body), text) != want {
		w.t.Errorf("%s: %q in the page is %v, want %v", what, text, !want, want)
	}
}

var (
	readsAll = headstart.Reader{Name: "ann", Rights: "all"}
	readsOne = headstart.Reader{Name: "bob", Rights: "some", Incident: func(i *headstart.Incident) bool { return i.ID != "HS-2" }}
)

// TestKeptMorning: whoever looks a moment after somebody with the same rights gets the
// same page, made when that one was; who has others never does, nor anybody once
// something changed or the moment is over.
func TestKeptMorning(t *testing.T) {
	w := newKeptWorld(t)
	first := w.look(readsAll, 0)
	w.says("all", first, "Kassa stuk", true)
	if again := w.look(readsAll, time.Second); string(again.Body) != string(first.Body) || !again.At.Equal(first.At) {
		t.Error("a look a second later made another page")
	}
	w.says("other rights", w.look(readsOne, time.Second), "Kassa stuk", false)
	w.says("all after others", w.look(readsAll, time.Second), "Kassa stuk", true)
	unknown := readsOne
	unknown.Rights = ""
	w.says("unknown rights", w.look(unknown, time.Second), "Kassa stuk", false)
	if later := w.look(readsAll, keptFor); later.At.Equal(first.At) {
		t.Error("a page outlived its moment")
	}
	w.incident("HS-2", "Kassa stuk", true)
	w.says("confidential since", w.look(readsAll, keptFor), "Kassa stuk", false)
	w.incident("HS-2", "Kassa traag", false)
	w.says("changed since", w.look(readsAll, keptFor), "Kassa traag", true)
}

// TestKeptMorningForgets: a title that was forgotten stands in no page any more, though
// nothing else changed.
func TestKeptMorningForgets(t *testing.T) {
	w := newKeptWorld(t)
	w.says("kept", w.look(readsAll, 0), "Mail weg", true)
	w.titles = map[string]string{}
	w.says("forgotten", w.look(readsAll, 0), "Mail weg", false)
}

// TestKeptMorningsAreFew: however many readers differ, few pages are held.
func TestKeptMorningsAreFew(t *testing.T) {
	w := newKeptWorld(t)
	for n := range 20 {
		reader := readsAll
		reader.Rights = strings.Repeat("x", n+1)
		w.look(reader, 0)
		if len(w.m.kept.pages) > keptMost {
			t.Fatalf("%d pages are held", len(w.m.kept.pages))
		}
	}
}

// TestKeptMorningCosts: a look at a page that is kept makes next to no garbage.
func TestKeptMorningCosts(t *testing.T) {
	w := newKeptWorld(t)
	w.look(readsAll, 0)
	if allocs := testing.AllocsPerRun(20, func() { w.look(readsAll, 0) }); allocs > 20 {
		t.Errorf("a look at a kept page allocates %.0f times", allocs)
	}
}
