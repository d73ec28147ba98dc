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

	// Members are the problems that ever belonged to each incident, in order of
	// joining; to compare replays, not for print.
	Members map[headstart.IncidentID][]headstart.ProblemKey `json:"-"`

	View *headstart.View `json:"-"` // what readers would see in the end
}

// Replay folds lines of a log kept as a file, without any side effect. Without
// "ticks":true in its first config line the file was written by hand, and a
// tick stands at each deadline as the live engine would have put it (ruling 5).
// The zero until means to the end of the file. lang is that of the timeline.
func Replay(lines []headstart.FileLine, until time.Time, c Correlator, m Makers, lang string) (Result, error) {
	r := &replay{fold: newFold(c, m)}
	r.fold.trusted = len(lines) == 0 || lines[0].Config == nil || !lines[0].Config.Ticks
	for _, l := range lines {
		if !until.IsZero() && l.At.After(until) {
			break
		}
		if l.Blind > 0 {
			r.blind(l.At, time.Duration(l.Blind))
			continue
		}
		r.step(l.At, l.Received, l.Line)
	}
	if !until.IsZero() {
		r.step(until, time.Time{}, headstart.Line{})
	}
	v := headstart.NewView()
	if err := v.Reset(r.fold.cursor(), headstart.Offset{}, r.rows()); err != nil {
		return Result{}, fmt.Errorf("read replayed state: %w", err)
	}
	return result(r.fold, v, r.messages, lang), nil
}

// replay is one fold of a file, and what it said to people on the way.
type replay struct {
	fold     *fold
	last     headstart.Offset
	messages []Message
}

// step applies one line whole. The zero received means when the log accepted it.
func (r *replay) step(at, received time.Time, l headstart.Line) {
	off := headstart.Offset{Ms: uint64(max(at.UnixMilli(), 0))}
	if !r.last.Before(off) { // the log's clock never goes back
		off = headstart.Offset{Ms: r.last.Ms, Seq: r.last.Seq + 1}
	}
	r.last = off
	ev := headstart.Event{Off: off, At: off.At(), Received: off.At(), Line: l}
	if !received.IsZero() {
		ev.Received = received
	}
	b := r.fold.book
	for done := false; !done; {
		done = r.fold.unit(off, []headstart.Event{ev})
		r.messages = append(r.messages, b.messages...)
		b.messages, b.out, b.ack, r.fold.asks = nil, nil, nil, nil
	}
}

// blind moves deadlines as the live engine does once it looks again; what was
// due at the time at is the first that nobody saw.
func (r *replay) blind(at time.Time, length time.Duration) {
	r.step(at.Add(-time.Millisecond), time.Time{}, headstart.Line{})
	r.fold.advance(at.Add(length))
	r.fold.unseen(at, length, length)
	r.fold.settle()
	r.messages = append(r.messages, r.fold.book.messages...)
	r.fold.book.messages = nil
}

// rows are those a reader of the result would see in the end, in a fixed order. It has
// no alerts, which are half of what a storm leaves.
func (r *replay) rows() []headstart.FeedOp {
	var rows []headstart.FeedOp
	for _, op := range r.fold.take() {
		if op.Kind == headstart.Put && headstart.Viewed(op.Table) && op.Table != headstart.TableAlerts {
			rows = append(rows, headstart.FeedOp{Table: op.Table, Row: headstart.Row{Key: op.Key, Val: op.Val}})
		}
	}
	return rows
}

func result(f *fold, v *headstart.View, messages []Message, lang string) Result {
	r := Result{
		Incidents: []headstart.Incident{}, Links: []headstart.Link{}, Messages: messages,
		Decisions: f.place.Decisions, DecisionHash: "sha256:" + string(f.chain.hash),
		Members: map[headstart.IncidentID][]headstart.ProblemKey{}, View: v,
	}
	if r.Messages == nil {
		r.Messages = []Message{}
	}
	for _, i := range v.Incidents() {
		if whole, ok := v.Incident(i.ID, lang); ok {
			r.Incidents = append(r.Incidents, whole)
		}
		members, _ := v.Members(i.Group)
		for _, m := range members {
			r.Members[i.ID] = append(r.Members[i.ID], m.Problem)
		}
	}
	slices.SortFunc(r.Incidents, func(a, b headstart.Incident) int { return cmp.Compare(a.Seq, b.Seq) })
	tickets := v.Tickets()
	slices.SortFunc(tickets, func(a, b *headstart.TicketState) int { return cmp.Compare(a.Key(), b.Key()) })
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

// Standing is what a row of TableClock with key "engine" says of the decisions.
type Standing struct {
	Decisions uint64
	Hash      string // over all of them, as `replay` prints it
	Engine    int    // version of the rules that made the last
	Rules     string // hash of the configuration it went by
}

// ReadStanding reads such a row.
func ReadStanding(row headstart.Row) (Standing, error) {
	if row.Key != placeKey {
		return Standing{}, fmt.Errorf("row %q is not %q", row.Key, placeKey)
	}
	p := place{Engine: 1}
	if err := json.Unmarshal(row.Val, &p); err != nil {
		return Standing{}, err
	}
	return Standing{Decisions: p.Decisions, Hash: "sha256:" + string(p.Hash), Engine: p.Engine, Rules: p.Rules}, nil
}
