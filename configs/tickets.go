package configs

import (
	"headstart/correlate"
	"headstart/tickets"
)

// Tickets says where tickets are read, and which incident they are about. Package tickets
// does the one, correlate the other.
type Tickets struct {
	tickets.Config `yaml:",inline"`

	Matching correlate.Matching `yaml:"matching" json:"matching"`
}
