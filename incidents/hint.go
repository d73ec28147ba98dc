package incidents

import (
	"time"

	"headstart"
)

// How long the desk is shown what the machine only suggests, and what it changed
// about itself.
const (
	hintFor   = 4 * time.Hour
	changeFor = 24 * time.Hour
)

// hint tells the desk of a surge of tickets in an installation that does not know
// yet what is normal (K-11): it opens nothing, a person looks. It also tells when
// links without a person are earned, begin or end (E-24).
func (b *book) hint(d headstart.Decision) {
	id, until := "", b.now.Add(hintFor)
	switch {
	case d.Rule == "K-11" && d.Outcome == "suggested":
		id = "surge:" + d.Subject
	case d.Rule == "E-24":
		id, until = "matching", b.now.Add(changeFor)
	default:
		return
	}
	b.putNote(&headstart.DeskNote{V: 1, ID: id, Kind: "notice", By: "rule", At: b.now, Text: d.Words(b.language(), b.zone), Until: until})
}
