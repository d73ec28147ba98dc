package headstart

import "time"

// MaintenanceWindow is planned work: announced, in the morning report, and
// failures inside it are recorded but open nothing until it ends.
type MaintenanceWindow struct {
	ID        string    `json:"id"`
	Assets    []string  `json:"assets,omitempty"`
	Services  []string  `json:"services,omitempty"`
	Locations []string  `json:"locations,omitempty"`
	StartsAt  time.Time `json:"starts_at"`
	EndsAt    time.Time `json:"ends_at"`
	Owner     string    `json:"owner,omitempty"`
	Summary   Names     `json:"summary,omitempty"`
	Cancelled bool      `json:"cancelled,omitempty"`

	// Proposed marks a window of an imported calendar that nobody has approved
	// yet (ruling 44): it annotates what is decided meanwhile and suppresses
	// nothing.
	Proposed bool `json:"proposed,omitempty"`
}

// DeskNote is a hand-over, a to-do or a notice of the desk: a row of TableDesk.
type DeskNote struct {
	V     int       `json:"v"`
	ID    string    `json:"id"`
	Kind  string    `json:"kind"` // handover todo notice
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Text  string    `json:"text"`
	For   string    `json:"for,omitempty"`
	Until time.Time `json:"until,omitzero"`
	Due   time.Time `json:"due,omitzero"`
	Done  time.Time `json:"done,omitzero"`
}
