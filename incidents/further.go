package incidents

import "headstart"

// mostFurther is how many further alerts the timeline of one incident names. What fails
// for weeks under labels that are new each minute would fill the store with lines that
// nobody reads.
const mostFurther = 100

// chronicle puts a decision of correlation into the timeline of i. Of the further alerts of
// its members it names the first, and says once that there are more; those are noted,
// and still owed their receivers (ruling 16).
func (b *book) chronicle(i *incident, c headstart.Change) {
	if c.Kind != headstart.AlertSeen || c.Outcome == "heard_again" {
		b.decide(i, c.Decision)
		return
	}
	if i.X.Further == mostFurther {
		b.note(c.Decision)
		return
	}
	b.decide(i, c.Decision)
	if i.X.Further++; i.X.Further == mostFurther {
		b.decide(i, headstart.Decision{Rule: "D-02", Outcome: "and_more", Subject: string(i.ID)})
	}
}
