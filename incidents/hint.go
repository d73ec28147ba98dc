package incidents

import (
	"time"

	"headstart"
)

// hintFor is how long the desk is shown what the machine only suggests.
const hintFor = 4 * time.Hour

// hint tells the desk of a surge of tickets in an installation that does not know
// yet what is normal (K-11): it opens nothing, a person looks.
func (b *book) hint(d headstart.Decision) {
	if d.Rule != "K-11" || d.Outcome != "suggested" {
		return
	}
	id := "surge:" + d.Subject
	n := &headstart.DeskNote{V: 1, ID: id, Kind: "notice", By: "rule", At: b.now, Text: d.Words(b.language(), b.zone), Until: b.now.Add(hintFor)}
	b.desk[id] = n
	b.dirty.put(headstart.TableDesk, id, n)
}
