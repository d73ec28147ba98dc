package configs

import (
	"errors"
	"fmt"

	"headstart/agents"
)

// Upstream is whom a site agent reports to, and how much it keeps for it.
type Upstream struct {
	agents.Upstream `yaml:",inline"`

	// Spool bounds what waits while the line is cut. Beyond it answers to asks give way,
	// and of each probe only the newest change waits, in memory.
	Spool Bytes `yaml:"spool" json:"spool"`
}

// DefaultUpstream returns what headstart.yml leaves out: no upstream.
func DefaultUpstream() Upstream { return Upstream{Spool: 64 << 20} }

// Validate reports every mistake.
func (u *Upstream) Validate() error {
	err := u.Upstream.Validate()
	if u.Spool < 1<<20 {
		err = errors.Join(err, fmt.Errorf("upstream.spool is %s; allow at least 1MiB", u.Spool))
	}
	return err
}

// checkAgents checks what agents refer to.
func (c *Config) checkAgents(say func(string)) {
	var ids []string
	for i := range c.Catalog.Devices {
		ids = append(ids, c.Catalog.Devices[i].ID)
	}
	for _, s := range c.Agents {
		if !contains(ids, s.Asset) {
			say(fmt.Sprintf("agents[%s].asset names %q, which is no device of the catalog; %s", s.Name, s.Asset, oneOf(s.Asset, ids)))
		}
	}
}
