package headstart

import (
	"slices"
	"time"
)

// AuditEntry is something a person did with what is kept of people: a row of
// TableAudit, under the command's ID, for retention.audit.
type AuditEntry struct {
	V  int       `json:"v"`
	At time.Time `json:"at"`
	By string    `json:"by"` // login name
	Do string    `json:"do"` // forget export reject-alias

	// Of forget: how many tickets were known, and keyed hashes of the keys of all that
	// must not be read again. Nobody can tell a ticket from its mark without the
	// installation's secret.
	Tickets int      `json:"tickets,omitempty"`
	Marks   []string `json:"marks,omitempty"`

	Alias string `json:"alias,omitempty"` // of reject-alias: AliasProposal.ID
}

// Audit returns what people did with what is kept of people, newest first.
func (v *View) Audit() []AuditEntry {
	v.mu.RLock()
	defer v.mu.RUnlock()
	out := make([]AuditEntry, 0, len(v.audit))
	for _, e := range v.audit {
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b AuditEntry) int { return b.At.Compare(a.At) })
	return out
}

// Forgotten reports whether a ticket was forgotten on a person's request, and so must
// not be read again; mark is the keyed hash of its key.
func (v *View) Forgotten(mark string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, e := range v.audit {
		if slices.Contains(e.Marks, mark) {
			return true
		}
	}
	return false
}
