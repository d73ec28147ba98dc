package probes

import (
	"time"

	"headstart"
)

// Notices returns, by asset (else service), after how many seconds at most our
// slowest probe of it confirms that it fails. Symptoms of one outage spread over
// as long, so whoever correlates them must wait for it. Assets of probes that are
// wrong are left out; Check tells of those.
func (c Config) Notices(cat *headstart.Catalog) map[string]int {
	specs, _, err := c.expand(cat)
	if err != nil {
		return nil
	}
	out := map[string]int{}
	for i := range specs {
		s := &specs[i]
		if kinds[s.kind].told {
			continue // a backup that is a day late is no symptom of a switch
		}
		id := orElse(s.asset, s.service)
		if id == "" {
			continue
		}
		out[id] = max(out[id], int((s.notices()+time.Second-1)/time.Second))
	}
	return out
}

// notices is how long a failure that begins right after a good answer goes
// unnoticed: an interval, then the further tries until it is believed.
func (s *spec) notices() time.Duration {
	tries := time.Duration(s.fails - 1)
	return s.interval + tries*recheckAfter(s.interval) + (tries+1)*s.timeout
}
