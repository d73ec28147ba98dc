package discover

import (
	"cmp"
	"slices"

	"headstart"
)

// served are the services that follow from what a device is or answers.
var served = []struct {
	service headstart.Service
	by      func(r *Record) bool
}{
	{
		headstart.Service{ID: "print", Kind: headstart.KindPrinter, Name: headstart.Names{"nl": "Printen", "en": "Printing"}},
		func(r *Record) bool { return r.Kind == "printer" || r.asks("printer") },
	},
	{
		headstart.Service{ID: "mail", Kind: headstart.KindMail, Name: headstart.Names{"nl": "E-mail", "en": "E-mail"}},
		func(r *Record) bool { return r.asks("smtp") || r.asks("imap") },
	},
	{
		headstart.Service{ID: "login", Kind: headstart.KindLogin, Name: headstart.Names{"nl": "Aanmelden", "en": "Logging in"}},
		func(r *Record) bool { return r.asks("ldap") },
	},
	{
		headstart.Service{ID: "files", Kind: headstart.KindFileshare, Name: headstart.Names{"nl": "Bestanden", "en": "Files"}},
		func(r *Record) bool { return r.asks("smb") },
	},
}

// asks reports whether a record can be asked that way.
func (r *Record) asks(kind string) bool {
	return slices.ContainsFunc(r.Asks, func(a Ask) bool { return a.Kind == kind })
}

// addServices gives the devices their services: those of the catalog where it has them
// by id, name, alias or, of one kind, as the only one; else proposed ones.
func (p *Proposal) addServices(c *headstart.Catalog) {
	taken := newIDs(c)
	for _, l := range p.Locations {
		taken.taken[l.ID] = true
	}
	for _, d := range p.Devices {
		taken.taken[d.ID] = true
	}
	byName := map[string]string{}
	byKind := map[headstart.ServiceKind][]string{}
	for i := range c.Services {
		s := &c.Services[i]
		byKind[s.Kind] = append(byKind[s.Kind], s.ID)
		for _, n := range append([]string{s.ID, s.Name.In("nl"), s.Name.In("en")}, s.Aliases...) {
			byName[fold(n)] = cmp.Or(byName[fold(n)], s.ID)
		}
	}
	propose := func(s headstart.Service) string {
		s.ID = taken.take(s.ID, "service")
		p.Services = append(p.Services, s)
		byName[fold(s.ID)] = s.ID
		byKind[s.Kind] = append(byKind[s.Kind], s.ID)
		return s.ID
	}
	for i := range p.Devices {
		d := &p.Devices[i]
		for _, name := range d.record.Services {
			if fold(name) == "" {
				continue
			}
			id := byName[fold(name)]
			if id == "" {
				id = propose(headstart.Service{ID: slug(name), Name: headstart.Names{"": plain(name)}})
				byName[fold(name)] = id
			}
			d.Services = add(d.Services, id)
		}
		for _, s := range served {
			if !s.by(d.record) || len(d.Services) > 0 && s.service.ID == "print" {
				continue
			}
			switch ids := byKind[s.service.Kind]; {
			case len(ids) == 1:
				d.Services = add(d.Services, ids[0])
			case len(ids) == 0:
				d.Services = add(d.Services, orElse(byName[s.service.ID], func() string { return propose(s.service) }))
			}
		}
	}
	slices.SortFunc(p.Services, func(a, b headstart.Service) int { return natural(a.ID, b.ID) })
}

// orElse returns s, or what make makes where s is empty.
func orElse(s string, make func() string) string {
	if s == "" {
		return make()
	}
	return s
}
