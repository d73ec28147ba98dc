package agents

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"headstart"
)

// BenchmarkPost is what a post of 256 checks costs an upstream, beside the append: the
// first of a site that was cut off for long.
func BenchmarkPost(b *testing.B) {
	p := Post{V: 1, Spool: "0123456789abcdef", SentAt: time.Now()}
	for n := range mostEvents {
		c, err := json.Marshal(headstart.Check{Probe: fmt.Sprint("probe-", n), Kind: "icmp", Asset: "prn-1", Verdict: headstart.Down, Reason: "no reply to 3 of 3", ObservedAt: p.SentAt})
		if err != nil {
			b.Fatal(err)
		}
		p.Events = append(p.Events, Numbered{Seq: uint64(n) + 1, Check: c})
	}
	body, err := json.Marshal(p)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		got, err := decodePost(body)
		if err != nil {
			b.Fatal(err)
		}
		s := &site{Site: Site{Name: "noord", Asset: "srv-noord"}}
		if in := s.sift(got, p.SentAt); in.accepted != mostEvents {
			b.Fatalf("%d accepted", in.accepted)
		}
	}
}
