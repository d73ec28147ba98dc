package discover

import (
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

// addServices gives what is new its services: those of the catalog where it has them by
// id, name, alias or, of one kind, as the only one; else proposed ones.
func (p *Proposal) addServices(records []*Record, c *headstart.Catalog, taken *ids) {
	known := servicesOf(c)
	propose := func(s headstart.Service) string {
		s.ID = taken.take(s.ID, "service")
		p.Services = append(p.Services, s)
		known.add(&s)
		return s.ID
	}
	for _, r := range records {
		if r.Unsure == "" {
			r.serves = append(r.written(known, propose), r.implied(known, propose)...)
		}
	}
	slices.SortFunc(p.Services, func(a, b headstart.Service) int { return natural(a.ID, b.ID) })
}

// link gives proposed services what they hang on. A service that would hang on itself,
// by way of others, is left without.
func (p *Proposal) link(o Options) {
	known := servicesOf(o.Catalog)
	at := map[string]*headstart.Service{}
	for i := range p.Services {
		known.add(&p.Services[i])
		at[p.Services[i].ID] = &p.Services[i]
	}
	for _, l := range o.Links {
		s := at[known.byName[fold(l.Service)]]
		if s == nil {
			continue // the catalog's own, or of nothing that was taken over
		}
		for _, name := range l.DependsOn {
			on := known.byName[fold(name)]
			if on == "" || at[on] == nil || reaches(at, on, s.ID) || slices.ContainsFunc(s.DependsOn, func(g []string) bool { return g[0] == on }) {
				continue
			}
			s.DependsOn = append(s.DependsOn, []string{on})
		}
	}
}

// reaches reports whether a proposed service is another, or hangs on it.
func reaches(at map[string]*headstart.Service, from, to string) bool {
	seen, next := map[string]bool{}, []string{from}
	for len(next) > 0 {
		id := next[len(next)-1]
		next = next[:len(next)-1]
		if id == to {
			return true
		}
		if s := at[id]; s != nil && !seen[id] {
			seen[id] = true
			for _, group := range s.DependsOn {
				next = append(next, group...)
			}
		}
	}
	return false
}

// written are the services a source names.
func (r *Record) written(known *knownServices, propose func(headstart.Service) string) (list []string) {
	for _, name := range r.Services {
		if fold(name) == "" {
			continue
		}
		id := known.byName[fold(name)]
		if id == "" {
			id = propose(headstart.Service{ID: slug(name), Name: headstart.Names{"": plain(name)}})
		}
		list = add(list, id)
	}
	return list
}

// implied are those that follow from what it is; a source that names
// services has said enough.
func (r *Record) implied(known *knownServices, propose func(headstart.Service) string) (list []string) {
	for _, s := range served {
		if !s.by(r) || len(r.Services) > 0 {
			continue
		}
		switch ids := known.byKind[s.service.Kind]; {
		case len(ids) == 1:
			list = add(list, ids[0])
		case len(ids) > 1: // which of them nobody said
		case known.byName[s.service.ID] != "":
			list = add(list, known.byName[s.service.ID])
		default:
			list = add(list, propose(s.service))
		}
	}
	return list
}

// knownServices are services by what they are called and by their kind.
type knownServices struct {
	byName map[string]string
	byKind map[headstart.ServiceKind][]string
}

func servicesOf(c *headstart.Catalog) *knownServices {
	k := &knownServices{map[string]string{}, map[headstart.ServiceKind][]string{}}
	for i := range c.Services {
		k.add(&c.Services[i])
	}
	return k
}

func (k *knownServices) add(s *headstart.Service) {
	if s.Kind != "" {
		k.byKind[s.Kind] = append(k.byKind[s.Kind], s.ID)
	}
	for _, n := range append([]string{s.ID, s.Name.In("nl"), s.Name.In("en")}, s.Aliases...) {
		if k.byName[fold(n)] == "" {
			k.byName[fold(n)] = s.ID
		}
	}
}
