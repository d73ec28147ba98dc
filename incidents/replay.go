package incidents

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"headstart"
)

// Result is what a replay prints (CONTRACT section 3).
type Result struct {
	Incidents    []headstart.Incident `json:"incidents"`
	Links        []headstart.Link     `json:"links"`
	Messages     []Message            `json:"messages"`
	Decisions    uint64               `json:"decisions"`
	DecisionHash string               `json:"decision_hash"`
}

// Replay folds lines of a log kept as a file, without any side effect. Without
// "ticks":true in its first config line the file was written by hand, and a
// tick stands at each deadline as the live engine would have put it (ruling 5).
// The zero until means to the end of the file. lang is that of the timeline.
func Replay(lines []headstart.FileLine, until time.Time, c Correlator, m Makers, lang string) (Result, error) {
	f := newFold(c, m)
	f.trusted = len(lines) == 0 || lines[0].Config == nil || !lines[0].Config.Ticks
	v := headstart.NewView()
	rows := map[[2]string]headstart.FeedOp{}
	var messages []Message
	step := func(off headstart.Offset, ev headstart.Event) {
		for done := false; !done; {
			done = f.unit(off, []headstart.Event{ev})
			for _, op := range f.take() {
				if headstart.Viewed(op.Table) {
					rows[[2]string{op.Table, op.Key}] = headstart.FeedOp{Table: op.Table, Row: headstart.Row{Key: op.Key, Val: op.Val}}
				}
			}
			messages = append(messages, f.book.messages...)
			f.book.messages, f.book.out, f.book.ack, f.asks = nil, nil, nil, nil
		}
	}
	var last headstart.Offset
	next := func(at time.Time) headstart.Offset {
		off := headstart.Offset{Ms: uint64(max(at.UnixMilli(), 0))}
		if !last.Before(off) { // the log's clock never goes back
			off = headstart.Offset{Ms: last.Ms, Seq: last.Seq + 1}
		}
		last = off
		return off
	}
	for _, l := range lines {
		if !until.IsZero() && l.At.After(until) {
			break
		}
		off := next(l.At)
		ev := headstart.Event{Off: off, At: off.At(), Received: off.At(), Line: l.Line}
		if !l.Received.IsZero() {
			ev.Received = l.Received
		}
		step(off, ev)
	}
	if !until.IsZero() {
		off := next(until)
		step(off, headstart.Event{Off: off, At: off.At(), Received: off.At()})
	}
	ops := make([]headstart.FeedOp, 0, len(rows))
	for _, op := range rows {
		if op.Val != nil {
			ops = append(ops, op)
		}
	}
	slices.SortFunc(ops, func(a, b headstart.FeedOp) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Key, b.Key))
	})
	if err := v.Reset(f.cursor(), headstart.Offset{}, ops); err != nil {
		return Result{}, fmt.Errorf("read replayed state: %w", err)
	}
	return result(f, v, messages, lang), nil
}

func result(f *fold, v *headstart.View, messages []Message, lang string) Result {
	r := Result{
		Incidents: []headstart.Incident{}, Links: []headstart.Link{}, Messages: messages,
		Decisions: f.place.Decisions, DecisionHash: "sha256:" + f.place.Hash,
	}
	if r.Messages == nil {
		r.Messages = []Message{}
	}
	for _, i := range v.Incidents() {
		if whole, ok := v.Incident(i.ID, lang); ok {
			r.Incidents = append(r.Incidents, whole)
		}
	}
	slices.SortFunc(r.Incidents, func(a, b headstart.Incident) int { return cmp.Compare(a.Seq, b.Seq) })
	tickets := v.Tickets()
	slices.SortFunc(tickets, func(a, b headstart.TicketState) int { return cmp.Compare(a.Key(), b.Key()) })
	for _, t := range tickets {
		for _, l := range t.Links {
			l.Group, l.Verdict, l.By, l.At = 0, "", "", time.Time{}
			if l.For == nil {
				l.For = []string{}
			}
			if l.Against == nil {
				l.Against = []string{}
			}
			r.Links = append(r.Links, l)
		}
	}
	return r
}

// Hash returns the decision hash and number of decisions of a row of
// TableClock with key "engine", as `replay` prints them.
func Hash(row headstart.Row) (hash string, decisions uint64, err error) {
	if row.Key != placeKey {
		return "", 0, fmt.Errorf("row %q is not %q", row.Key, placeKey)
	}
	p := place{}
	if err := json.Unmarshal(row.Val, &p); err != nil {
		return "", 0, err
	}
	return "sha256:" + p.Hash, p.Decisions, nil
}
