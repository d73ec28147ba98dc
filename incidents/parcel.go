package incidents

import (
	"cmp"
	"slices"
	"time"

	"headstart"
)

// parcel is what one commit carries, as it was when the fold was done with it. The
// fold goes on while another goroutine writes the parcel's rows: nothing in it changes
// with the fold.
type parcel struct {
	prev, next headstart.Cursor
	at         time.Time // of the newest record in it
	out        []headstart.Owed
	ack        []string
	asks       []headstart.Ask

	correlation headstart.Rows // nil: its rows come by another way
	own         []headstart.Op // the book's, in no order; those of the timeline aside
	timeline    []entry        // what was decided, in order
	clock       []byte         // the book's row in TableClock; nil: it did not change
	place       place

	touched []headstart.IncidentID // whose rows are in it
	figures figures                // what metrics say of them

	room []byte         // of values; the next fold's writes over them
	ops  []headstart.Op // of write
}

// reset empties p, whose memory serves again.
func (p *parcel) reset() {
	if p.correlation != nil {
		p.correlation.Empty()
	}
	clear(p.timeline)
	p.out, p.ack, p.asks, p.clock = nil, nil, nil, nil
	p.own, p.timeline, p.touched = emptied(p.own), emptied(p.timeline), p.touched[:0]
	p.room, p.ops = emptied(p.room), emptied(p.ops)
}

// since is what was written to room since it was so long. It stays where it is when
// room grows.
func (p *parcel) since(from int) []byte { return p.room[from:len(p.room):len(p.room)] }

// write returns all rows in a fixed order: correlation's, the book's, then those of the
// clocks. The list and its values are the caller's until the parcel is filled anew. The
// chain is the one that the rows of all parcels before were written with.
func (p *parcel) write(correlation []headstart.Op, c *chain) []headstart.Op {
	p.writeTimeline(c)
	slices.SortFunc(p.own, func(a, b headstart.Op) int { return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Key, b.Key)) })
	p.ops = append(append(p.ops, correlation...), p.own...)
	if p.clock != nil {
		p.ops = append(p.ops, headstart.Op{Kind: headstart.Put, Table: headstart.TableClock, Key: clockKey, Val: p.clock})
	}
	p.place.Hash = c.hash
	from := len(p.room)
	p.room = p.place.append(p.room)
	p.ops = append(p.ops, headstart.Op{Kind: headstart.Put, Table: headstart.TableClock, Key: placeKey, Val: p.since(from)})
	return p.ops
}

// writeTimeline adds the rows of the timeline, and what was decided to the chain: a
// storm has tens of thousands.
func (p *parcel) writeTimeline(c *chain) {
	for n := range p.timeline {
		e := &p.timeline[n]
		if !e.chained {
			c.add(&e.Decision)
		}
		if e.seq == 0 {
			continue
		}
		from := len(p.room)
		p.room = e.AppendRow(p.room)
		p.own = append(p.own, headstart.Op{Kind: headstart.Put, Table: headstart.TableTimeline, Key: headstart.TimelineKey(e.seq, e.N), Val: p.since(from)})
	}
}
