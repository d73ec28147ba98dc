package incidents

import "headstart"

// manyPlaces is from how many locations on the long parts of rows are kept as they
// were written last.
const manyPlaces = 32

// longParts are the parts of rows that grow with what an incident hits, as JSON. An
// incident of a thousand places has a row of 30 kB, and each commit of a storm
// changes two numbers of it. They only save work, so nothing of them needs a row.
type longParts struct {
	services, locations, departments part
}

// part is a list and how it was written. Lists are never changed, but made anew.
type part struct {
	of      []string
	written []byte // nil: it was not
}

// appendRow appends a row's value, whatever it is.
func (b *book) appendRow(room []byte, row any) []byte {
	switch v := row.(type) {
	case *incident:
		room = v.AppendRow(room, b.lists(v.ID, v.Services, v.Locations, v.Departments))
		room = append(room[:len(room)-len("}")], `,"x":`...)
		return append(append(room, b.dirty.json.encode(&v.X)...), '}')
	case *headstart.Announcement:
		return v.AppendRow(room, b.lists(v.Incident, v.Services, v.Locations, nil))
	}
	return append(room, b.dirty.json.encode(row)...)
}

// lists are the long parts of a row of an incident.
func (b *book) lists(of headstart.IncidentID, services, locations, departments []string) headstart.Lists {
	x := b.scopes[of]
	if x == nil || len(locations) < manyPlaces {
		return headstart.Lists{}
	}
	l := headstart.Lists{Services: x.long.services.json(services), Locations: x.long.locations.json(locations)}
	if departments != nil {
		l.Departments = x.long.departments.json(departments)
	}
	return l
}

// json returns v as JSON, written anew only if it is not what it was.
func (p *part) json(v []string) []byte {
	if p.written == nil || !same(p.of, v) {
		p.of, p.written = v, headstart.AppendTexts(nil, v)
	}
	return p.written
}
