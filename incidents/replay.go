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
	r, err := foldFile(lines, until, c, m)
	if err != nil {
		return Result{}, err
	}
	// It has no alerts, which are half of what a storm leaves.
	return r.result(lang, func(table string) bool { return headstart.Viewed(table) && table != headstart.TableAlerts })
}

// ReplayBriefly is Replay for who only reads on: incidents name no assets, entries of
// their timelines do not say why, and there are neither members nor a view. Of a storm
// that is most of what there is to write.
func ReplayBriefly(lines []headstart.FileLine, until time.Time, c Correlator, m Makers, lang string) (Result, error) {
	r, err := foldFile(lines, until, c, m)
	if err != nil {
		return Result{}, err
	}
	out, err := r.result(lang, func(table string) bool {
		return table == headstart.TableIncidents || table == headstart.TableAnnouncements || table == headstart.TableTickets
	})
	if err != nil {
		return Result{}, err
	}
	out.Members, out.View = nil, nil
	told := r.told(lang)
	for n := range out.Incidents {
		i := &out.Incidents[n]
		i.Timeline = append(i.Timeline, told[i.Seq]...)
	}
	return out, nil
}

// replay is one fold of a file, and what it said to people on the way.
type replay struct {
	fold     *fold
	last     headstart.Offset
	messages []Message
	decided  []entry // what is in a timeline
}

func foldFile(lines []headstart.FileLine, until time.Time, c Correlator, m Makers) (*replay, error) {
	if !until.IsZero() {
		if n := slices.IndexFunc(lines, func(l headstart.FileLine) bool { return l.At.After(until) }); n >= 0 {
			lines = lines[:n]
		}
	}
	r := &replay{fold: newFold(c, m)}
	r.fold.trusted = len(lines) == 0 || lines[0].Config == nil || !lines[0].Config.Ticks
	a := newAhead()
	go a.run()
	defer a.close()
	err := a.each(len(lines), linesOf(lines), c, func(n int, events []headstart.Event, _ error) error {
		if l := &lines[n]; l.Blind > 0 {
			r.blind(l.At, time.Duration(l.Blind))
		} else {
			r.apply(l.At, events)
		}
		return nil
	})
	if !until.IsZero() {
		r.step(until, time.Time{}, headstart.Line{})
	}
	return r, err
}

// linesOf a file are records of one event each.
type linesOf []headstart.FileLine

func (x linesOf) size(int) int { return stretchBytes / stretchRecords }

func (x linesOf) events(n int, room []headstart.Event) ([]headstart.Event, error) {
	return append(room, headstart.Event{Received: x[n].Received, Line: x[n].Line}), nil
}

// step applies one line whole. The zero received means when the log accepted it.
func (r *replay) step(at, received time.Time, l headstart.Line) {
	r.apply(at, []headstart.Event{{Received: received, Line: l}})
}

// apply is step for an event that says all but when and where it stands.
func (r *replay) apply(at time.Time, events []headstart.Event) {
	off := headstart.Offset{Ms: uint64(max(at.UnixMilli(), 0))}
	if !r.last.Before(off) { // the log's clock never goes back
		off = headstart.Offset{Ms: r.last.Ms, Seq: r.last.Seq + 1}
	}
	r.last = off
	ev := &events[0]
	ev.Off, ev.At = off, off.At()
	if ev.Received.IsZero() {
		ev.Received = ev.At
	}
	b := r.fold.book
	for done := false; !done; {
		done = r.fold.unit(off, events)
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

// rows are those of some tables that a reader of the result would see in the end, in a
// fixed order.
func (r *replay) rows(of func(table string) bool) []headstart.FeedOp {
	p := r.fold.taken
	p.reset()
	r.fold.pack(p)
	r.decided = slices.Clone(p.timeline)
	if !of(headstart.TableTimeline) {
		for n := range p.timeline {
			p.timeline[n].seq = 0 // no row, but the hash covers it
		}
	}
	var rows []headstart.FeedOp
	for _, op := range p.write(r.fold.correlator.TakeOf(of), r.fold.chain) {
		if op.Kind == headstart.Put && of(op.Table) {
			rows = append(rows, headstart.FeedOp{Table: op.Table, Row: headstart.Row{Key: op.Key, Val: op.Val}})
		}
	}
	return rows
}

// result is what the tables say in the end.
func (r *replay) result(lang string, of func(table string) bool) (Result, error) {
	v := headstart.NewView()
	if err := v.Reset(r.fold.cursor(), headstart.Offset{}, r.rows(of)); err != nil {
		return Result{}, fmt.Errorf("read replayed state: %w", err)
	}
	return result(r.fold, v, r.messages, lang), nil
}

// told are the timelines, by number of the incident.
func (r *replay) told(lang string) map[int][]headstart.TimelineEntry {
	slices.SortStableFunc(r.decided, func(a, b entry) int { return cmp.Compare(a.N, b.N) })
	out := map[int][]headstart.TimelineEntry{}
	for n := range r.decided {
		if e := &r.decided[n]; e.seq != 0 {
			out[e.seq] = append(out[e.seq], headstart.TimelineEntry{
				At: e.At, Rule: e.Rule, By: cmp.Or(e.By, "rule"), Text: e.Words(lang, r.fold.book.zone), Outcome: e.Outcome, Subject: e.Subject,
			})
		}
	}
	return out
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
