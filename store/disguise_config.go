package store

import "headstart"

// config keeps rules and ids, and drops what is said to people.
func (d *disguise) config(c *headstart.LogConfig) *headstart.LogConfig {
	out := &headstart.LogConfig{
		Engine: c.Engine, Ticks: c.Ticks, Hash: c.Hash, Installation: c.Installation, Language: c.Language, Timezone: c.Timezone,
		Contact: d.word(c.Contact), Correlation: c.Correlation, Alerts: c.Alerts, Announce: c.Announce, Escalation: c.Escalation, Matching: c.Matching,
		Audiences: c.Audiences, Channels: c.Channels, Route: c.Route, Systems: c.Systems, Report: c.Report,
		KeepIncidents: c.KeepIncidents, KeepLinks: c.KeepLinks, KeepNotes: c.KeepNotes, KeepAudit: c.KeepAudit, ExportFirst: c.ExportFirst,
	}
	if c.Calendar != nil {
		cal := &headstart.Calendar{Hours: c.Calendar.Hours}
		for _, h := range c.Calendar.Holidays {
			h.Name = d.word(h.Name)
			cal.Holidays = append(cal.Holidays, h)
		}
		out.Calendar = cal
	}
	if c.Catalog != nil {
		out.Catalog = d.catalog(c.Catalog)
	}
	d.duty(c, out)
	return out
}

// duty keeps who works when, under other names; when somebody is away stays out: it
// would tell who he is.
func (d *disguise) duty(c, out *headstart.LogConfig) {
	if c.Desk != nil {
		out.Desk = &headstart.Desk{Channel: c.Desk.Channel}
		for _, p := range c.Desk.Duty {
			out.Desk.Duty = append(out.Desk.Duty, headstart.Duty{Name: d.word(p.Name), Hours: p.Hours, Substitute: d.word(p.Substitute)})
		}
	}
	for _, g := range c.SupportGroups {
		g.ID = d.word(g.ID)
		out.SupportGroups = append(out.SupportGroups, g)
	}
}

func (d *disguise) catalog(c *headstart.Catalog) *headstart.Catalog {
	out := &headstart.Catalog{Organisation: d.word(c.Organisation), Timezone: c.Timezone}
	for _, l := range c.Locations {
		out.Locations = append(out.Locations, headstart.Location{
			ID: l.ID, Name: d.names(l.Name), Aliases: d.words(l.Aliases), Parent: l.Parent, Floors: l.Floors, Walk: l.Walk, Hours: l.Hours,
		})
	}
	for _, x := range c.Departments {
		out.Departments = append(out.Departments, headstart.Department{
			ID: x.ID, Name: d.names(x.Name), Aliases: d.words(x.Aliases), Locations: x.Locations, Uses: x.Uses, People: x.People,
		})
	}
	for _, s := range c.Services {
		out.Services = append(out.Services, headstart.Service{
			ID: s.ID, Name: d.names(s.Name), Kind: s.Kind, Aliases: d.words(s.Aliases), DependsOn: s.DependsOn, Criticality: s.Criticality,
			Locations: s.Locations, SupportGroup: d.word(s.SupportGroup), Workaround: d.names(s.Workaround),
			UrgentContact: d.names(s.UrgentContact), Confidential: s.Confidential,
		})
	}
	for _, x := range c.Devices {
		out.Devices = append(out.Devices, headstart.Device{
			ID: x.ID, Kind: x.Kind, Name: d.names(x.Name), Location: x.Location, Floor: x.Floor, Address: d.word(x.Address), Services: x.Services,
			DependsOn: x.DependsOn, Aliases: d.words(x.Aliases), People: x.People, Expires: x.Expires, SupportGroup: d.word(x.SupportGroup), Confidential: x.Confidential,
		})
	}
	for _, k := range c.KnownErrors {
		out.KnownErrors = append(out.KnownErrors, headstart.KnownError{ID: k.ID, Services: k.Services, Assets: k.Assets, Locations: k.Locations, ReviewBy: k.ReviewBy, Confidential: k.Confidential})
	}
	return out
}
