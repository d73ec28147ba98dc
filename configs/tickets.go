package configs

import (
	"headstart/correlate"
	"headstart/tickets"
)

// Tickets is the key tickets: package tickets reads the sources, correlate
// decides which incident a ticket is about.
type Tickets struct {
	tickets.Config `yaml:",inline"`

	Matching correlate.Matching `yaml:"matching" json:"matching"`
}
