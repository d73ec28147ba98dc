package correlate

import (
	"bytes"
	"testing"
	"time"

	"headstart"
)

// What a unit changed may be written several units later. By then an alert that another
// source holds has used the room of its holders again: the row says who held it before.
func TestWrittenLateHolders(t *testing.T) {
	s := NewState()
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	s.Apply(headstart.Event{At: at, Line: headstart.Line{Config: &headstart.LogConfig{}}})
	s.Take()
	s.Apply(headstart.Event{At: at, Line: headstart.Line{Alert: &headstart.Alert{
		Source: "prom-a", Labels: map[string]string{"alertname": "Down"}, StartsAt: at, EndsAt: at.Add(time.Minute),
	}}})
	var p pack
	p.apart = true
	s.collect(&p)
	var now []headstart.Op
	for _, op := range s.Take() {
		op.Val = bytes.Clone(op.Val)
		now = append(now, op)
	}
	held := 0
	for _, a := range s.alerts {
		held += len(a.Trace.held())
		a.Trace.Held = nil // as when an episode begins anew
		s.hear(a, "prom-b", 0)
	}
	if late := p.Ops(); held != 1 || !sameOps(late, now) {
		t.Errorf("%d sources held it; written late its rows are\n%s\nwant\n%s", held, rowsOf(late), rowsOf(now))
	}
}

func rowsOf(ops []headstart.Op) (out []byte) {
	for _, op := range ops {
		out = append(append(append(out, op.Table+"/"+op.Key+" "...), op.Val...), '\n')
	}
	return out
}
