package headstart

import "time"

// AgentRow opens the keys of the rows of TableAssets that are Agents; the rest of
// the key is the agent's name.
const AgentRow = "agent/"

// Agent is what the log says of a site agent.
type Agent struct {
	V     int    `json:"v"`
	Asset string `json:"asset,omitempty"` // device it runs on

	// Spool and Seq are the last check of it that was taken: what comes with the
	// same Spool and no higher Seq was taken before.
	Spool string `json:"spool,omitempty"`
	Seq   uint64 `json:"seq,omitempty"`

	// Silent says that it gives no sign of life, since Since.
	Silent bool      `json:"silent,omitempty"`
	Since  time.Time `json:"since,omitzero"`
}

// After is the number of the newest check of a spool that was taken; zero: none.
func (a *Agent) After(spool string) uint64 {
	if a.Spool != spool {
		return 0
	}
	return a.Seq
}

// Accept notes that a check numbered (spool, seq) arrives. It reports false, and
// notes nothing, if that check was taken before.
func (a *Agent) Accept(spool string, seq uint64) bool {
	if a.Spool == spool && seq <= a.Seq {
		return false
	}
	a.Spool, a.Seq = spool, seq
	return true
}
