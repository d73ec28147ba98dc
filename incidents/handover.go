package incidents

import (
	"cmp"
	"fmt"

	"headstart"
)

// handOver makes the operators' pages of a merged incident those of its survivor,
// so that every page is closed exactly once, under the uid it was opened with:
// that is what PagerDuty, Opsgenie and mail threads know it by (ruling 16).
//
// A receiver that knows only i goes on under the uid it knows: nobody is called
// twice for one outage, and the page that rings is the one closed in the end. One
// that knows both would keep a page nobody closes; that of i is closed here and
// says where it went.
func (b *book) handOver(i, to *incident, from string) {
	for _, r := range sortedKeys(i.X.Paged) {
		if b.spent() >= enough {
			b.goOn(i, round{Do: doHandOver, From: from})
			break
		}
		if r <= from {
			continue
		}
		from = r
		got, open := i.knows(r)
		if !open {
			continue
		}
		got.UID = cmp.Or(got.UID, i.UID)
		if its, also := to.knows(r); also {
			b.pageMerged(i, to, r, got, its)
			continue
		}
		if was, has := to.X.Paged[r]; has { // closed before; its numbers go on
			got.N = max(got.N, was.N)
		}
		to.setPaged(r, got)
		got.Over = true // not here any more
		i.setPaged(r, got)
	}
	b.dirty.incident(i)
	b.dirty.incident(to)
}

// pageMerged closes the page of i at one receiver; its is what that knows of to.
func (b *book) pageMerged(i, to *incident, receiver string, got, its receipt) {
	summary := fmt.Sprintf(b.because("%s is samengevoegd met %s: %s", "%s was merged into %s: %s"), i.ID, to.ID, b.pageTitle(to, its, "merged"))
	got.N, got.Over = got.N+1, true
	b.pageOne(i, receiver, got, "merged", []headstart.NoticeAlert{{
		Labels:      map[string]string{"alertname": "Incident", "incident": string(i.ID), "merged_into": string(to.ID), "asset": b.pageCause(i, got, "merged")},
		Annotations: map[string]string{"summary": summary},
		StartsAt:    i.StartedAt, EndsAt: b.now,
	}})
}

// knows returns what a receiver was told of i, and whether its page is open.
func (i *incident) knows(receiver string) (receipt, bool) {
	got, told := i.X.Paged[receiver]
	return got, told && !got.Over
}
