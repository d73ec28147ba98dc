package headstart

import (
	"cmp"
	"slices"
	"time"
)

// AuditEntry is something a person did that no timeline of an incident tells: a row of
// TableAudit, under the command's ID, for retention.audit. It holds no text anybody wrote.
type AuditEntry struct {
	V  int       `json:"v"`
	At time.Time `json:"at"`
	By string    `json:"by"` // login name; after 90 days "desk" (ruling 35)
	Do string    `json:"do"` // a command, or login, reload, ...; of a timeline its outcome

	On      string `json:"on,omitempty"`      // id of what it was done to
	Refused bool   `json:"refused,omitempty"` // it was asked for and not done

	// Of forget: how many tickets were known, and keyed hashes of the keys of all that
	// must not be read again. Nobody can tell a ticket from its mark without the
	// installation's secret.
	Tickets int      `json:"tickets,omitempty"`
	Marks   []string `json:"marks,omitempty"`

	Alias string `json:"alias,omitempty"` // of reject-alias: AliasProposal.ID
}

// Audit returns every act of a person that is kept and that keep wants, newest first:
// those of the audit table, and those that the timelines of incidents tell.
func (v *View) Audit(keep func(*AuditEntry) bool) []AuditEntry {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var out []AuditEntry
	for _, e := range v.audit {
		if keep(e) {
			out = append(out, *e)
		}
	}
	for _, timeline := range v.timeline {
		for _, d := range timeline.each {
			if d.By == "" || d.By == "rule" {
				continue
			}
			if e := (AuditEntry{V: 1, At: d.At, By: d.By, Do: d.Outcome, On: string(d.Incident)}); keep(&e) {
				out = append(out, e)
			}
		}
	}
	slices.SortFunc(out, func(a, b AuditEntry) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.On, b.On), cmp.Compare(a.Do, b.Do), cmp.Compare(a.By, b.By))
	})
	return out
}

// Forgotten are the marks of all tickets that were forgotten on a person's request, and
// so must not be read again: keyed hashes of their keys.
func (v *View) Forgotten() map[string]bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	out := map[string]bool{}
	for _, e := range v.audit {
		for _, m := range e.Marks {
			out[m] = true
		}
	}
	return out
}
