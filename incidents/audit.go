package incidents

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"headstart"
)

// Every act of a person can be read from a row: those on an incident from its timeline,
// all others, and what was refused, from the audit table. Nothing stands in both.

// failedLogin is the act whose On is the address it came from.
const failedLogin = "login-failed"

// longestAct bounds the names of an act that came from outside the desk's commands.
const longestAct = 64

// keepAct takes the command down unless a timeline tells of it: decided counts from where
// the decisions of this command begin.
func (b *book) keepAct(c *headstart.Command, i *incident, decided int, refused bool) {
	if c.Do == "seen" || c.Do == "exported" || b.audit[c.ID] != nil { // to read is no act, nor is what no person did
		return
	}
	for n := min(decided, len(b.decisions)); n < len(b.decisions); n++ {
		if d := &b.decisions[n]; d.Incident != "" && d.By == c.By && !refused {
			return
		}
	}
	on := cmp.Or(c.Incident, c.Announcement, c.Window, c.Message, c.KnownError, c.Ref)
	if i != nil {
		on = string(i.ID)
	}
	b.file(c.ID, &headstart.AuditEntry{V: 1, At: b.now, By: c.By, Do: c.Do, On: clip(on), Refused: refused})
}

// tellAct takes down what somebody did beside the desk's commands: a log-in, a reload, a
// test message. Kind is what, Ref on what; value false: it was refused.
func (b *book) tellAct(c *headstart.Command) error {
	if c.Kind == "" || len(c.Kind) > longestAct {
		return errors.New("kind does not say in a word what was done")
	}
	b.file(c.ID, &headstart.AuditEntry{
		V: 1, At: b.now, By: c.By, Do: c.Kind, On: clip(c.Ref), Refused: c.Value != nil && !*c.Value,
	})
	return nil
}

// keepPlan takes down that a person planned work or changed it.
func (b *book) keepPlan(ev headstart.Event) {
	w := ev.Maintenance
	if !isPerson(w.By) {
		return
	}
	do := "maintenance"
	if w.Cancelled {
		do = "maintenance-cancel"
	}
	b.file("w-"+ev.Off.String(), &headstart.AuditEntry{V: 1, At: b.now, By: w.By, Do: do, On: clip(w.ID)})
}

// keepSilence takes down that a person silenced alerts, or ended that.
func (b *book) keepSilence(ev headstart.Event) {
	s := ev.Silence
	if s.Source != "" { // of an Alertmanager, which keeps its own account
		return
	}
	do := "silence"
	if s.Deleted {
		do = "silence-end"
	}
	b.file("s-"+ev.Off.String(), &headstart.AuditEntry{V: 1, At: b.now, By: cmp.Or(s.By, s.CreatedBy), Do: do, On: clip(s.ID)})
}

// clip bounds an id that is no longer than longestName in any case; a row cannot hold
// half a letter.
func clip(s string) string {
	if len(s) > longestName {
		return strings.ToValidUTF8(s[:longestName], "")
	}
	return s
}

// putAudit takes down what a person did with what is kept of people, and tells of it.
func (b *book) putAudit(id string, e *headstart.AuditEntry) {
	b.file(id, e)
	b.note(headstart.Decision{Rule: "H-35", Outcome: e.Do, By: e.By})
}

func (b *book) file(id string, e *headstart.AuditEntry) {
	b.audit[id] = e
	b.dirty.put(headstart.TableAudit, id, e)
	b.fadeLater()
}

// fadeAudit forgets entries that were kept for long enough, and after 90 days who it was
// (ruling 35); false: more are left.
func (b *book) fadeAudit() bool {
	before, named := b.age(time.Duration(b.log.KeepAudit), auditKept), b.age(namesKept, 0)
	for _, id := range sortedKeys(b.audit) {
		e := b.audit[id]
		gone := !e.At.After(before)
		failed := e.Do == failedLogin && e.On != ""
		if !gone && (e.At.After(named) || !isPerson(e.By) && !failed) {
			continue
		}
		if b.spent() >= enough {
			return false
		}
		if gone {
			delete(b.audit, id)
			b.dirty.del(headstart.TableAudit, id)
			continue
		}
		faded := *e
		if isPerson(e.By) {
			faded.By = role
		}
		if failed {
			faded.On = ""
		}
		b.file(id, &faded)
	}
	return true
}
