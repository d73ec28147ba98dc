package incidents

import (
	"fmt"
	"time"

	"headstart"
)

// restoredJump is how far the numbers of incidents jump after a restore: those given out
// after the copy was made are not known any more, and may stand in people's notes (ruling 6).
const restoredJump = 1000

// heldFor is how long a restore holds messages: until a person releases them.
const heldFor = 10 * 365 * 24 * time.Hour

// restored follows that the store was replaced by an older copy of itself (ruling 11).
// What is known may be long over, so nothing is pushed to users until somebody has
// looked; operators are told once, and everything else goes on.
func (b *book) restored(c *headstart.Command) error {
	b.last += restoredJump
	text := b.because(
		"de opslag is teruggezet naar een oudere kopie: er gaat niets naar gebruikers tot iemand dat vrijgeeft",
		"the store was put back to an older copy: nothing goes to users until somebody releases it",
	)
	if c.Text != "" {
		text += fmt.Sprintf(" (%.200s)", c.Text)
	}
	b.hush = b.now.Add(heldFor)
	b.note(headstart.Decision{Rule: "A-11", Outcome: "restored", Subject: c.Text, Facts: facts("numbers_from", itoa(b.last+1))})
	b.desk[headstart.HushKey] = &headstart.DeskNote{V: 1, ID: headstart.HushKey, Kind: "notice", By: c.By, At: b.now, Until: b.hush, Text: text}
	b.dirty.put(headstart.TableDesk, headstart.HushKey, b.desk[headstart.HushKey])
	b.hold(round{Do: doHold})
	b.holdScheduled(round{Do: doHoldTimes})
	b.putAudit(c.ID, &headstart.AuditEntry{V: 1, At: b.now, By: c.By, Do: c.Do})
	b.pageNotice(c.ID, c.ID, text, map[string]string{"alertname": "HeadstartRestored", "severity": "critical"})
	return nil
}
