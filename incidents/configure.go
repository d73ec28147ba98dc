package incidents

import (
	"encoding/json"
	"time"

	"github.com/prometheus/common/model"

	"headstart"
)

// configure applies a config line. It is checked before it enters the log, so
// what cannot be read here keeps its default.
func (b *book) configure(c headstart.LogConfig) {
	b.log = c
	b.config = DefaultConfig().Announce
	if len(c.Announce) > 0 {
		_ = json.Unmarshal(c.Announce, &b.config)
	}
	b.escalation = DefaultConfig().Escalation
	if len(c.Escalation) > 0 {
		_ = json.Unmarshal(c.Escalation, &b.escalation)
	}
	b.roster = c.Roster()
	b.catalog = c.Catalog
	if b.catalog == nil {
		b.catalog = &headstart.Catalog{}
	}
	b.calendar = c.Calendar
	if b.calendar == nil {
		b.calendar = &headstart.Calendar{}
	}
	b.zone = zone(c.Timezone)
	b.lowerAfter = holdOf(c.Correlation)
	b.index()
	b.composer, b.router = nil, nil
	if b.makers.Composer != nil {
		b.composer = b.makers.Composer(b.catalog, b.config.Address, c.OwnWords)
	}
	if b.makers.Router != nil && c.Route != "" {
		if r, err := b.makers.Router(c.Route); err == nil {
			b.router = r
		}
	}
}

// index makes the catalog quick to ask.
func (b *book) index() {
	b.services, b.devices = map[string]*headstart.Service{}, map[string]*headstart.Device{}
	b.devicesAt = map[string]int{}
	b.works = map[string]*work{}
	b.places, b.scopes = map[string]*headstart.Location{}, map[headstart.IncidentID]*scope{}
	for n := range b.catalog.Locations {
		b.places[b.catalog.Locations[n].ID] = &b.catalog.Locations[n]
	}
	for n := range b.catalog.Services {
		b.services[b.catalog.Services[n].ID] = &b.catalog.Services[n]
	}
	for n := range b.catalog.Devices {
		d := &b.catalog.Devices[n]
		b.devices[d.ID] = d
		b.devicesAt[d.Location]++
	}
}

// holdOf is correlation.hold, which a lower priority waits for too.
func holdOf(correlation json.RawMessage) time.Duration {
	c := struct {
		Hold model.Duration `json:"hold"`
	}{model.Duration(2 * time.Minute)}
	if len(correlation) > 0 {
		_ = json.Unmarshal(correlation, &c)
	}
	return time.Duration(c.Hold)
}

func zone(name string) *time.Location {
	if name == "" {
		name = "Europe/Amsterdam"
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return loc
}
