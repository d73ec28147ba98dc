package incidents

import (
	"bytes"

	"headstart"
)

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
		if x := b.scopes[v.ID]; x != nil && len(v.Locations) >= manyPlaces {
			return x.long.incident(&b.dirty.json, room, v)
		}
	case *headstart.Announcement:
		if x := b.scopes[v.Incident]; x != nil && len(v.Locations) >= manyPlaces {
			return x.long.announcement(&b.dirty.json, room, v)
		}
	}
	return append(room, b.dirty.json.encode(row)...)
}

func (l *longParts) incident(e *rowEncoder, room []byte, i *incident) []byte {
	services, locations, departments := i.Services, i.Locations, i.Departments // put back below: a copy of i would be a kB
	i.Services, i.Locations, i.Departments = nil, nil, nil
	brief := e.encode(i)
	i.Services, i.Locations, i.Departments = services, locations, departments
	return splice(room, brief,
		slot{"services", l.services.json(i.Services)}, slot{"locations", l.locations.json(i.Locations)}, slot{"departments", l.departments.json(i.Departments)})
}

func (l *longParts) announcement(e *rowEncoder, room []byte, a *headstart.Announcement) []byte {
	services, locations := a.Services, a.Locations
	a.Services, a.Locations = nil, nil
	brief := e.encode(a)
	a.Services, a.Locations = services, locations
	return splice(room, brief,
		slot{"services", l.services.json(a.Services)}, slot{"locations", l.locations.json(a.Locations)})
}

// json returns v as JSON, written anew only if it is not what it was.
func (p *part) json(v []string) []byte {
	if p.written == nil || !same(p.of, v) {
		p.of, p.written = v, encodeList(v)
	}
	return p.written
}

// encodeList is encode for a list.
func encodeList(list []string) []byte {
	if list == nil {
		return []byte("null")
	}
	size := len("[]")
	for _, s := range list {
		size += len(s) + len(`"",`)
	}
	out := append(make([]byte, 0, size), '[')
	for n, s := range list {
		if n > 0 {
			out = append(out, ',')
		}
		out = headstart.AppendText(out, s)
	}
	return append(out, ']')
}

// slot is a null of a row, by the name of its key, and what stands there.
type slot struct {
	key     string
	written []byte
}

// splice appends a row with its slots filled, which follow each other in it. A key with
// its quotes is found nowhere within a text of JSON, where quotes are escaped.
func splice(room, row []byte, slots ...slot) []byte {
	for _, s := range slots {
		before, after, found := bytes.Cut(row, []byte(`"`+s.key+`":null`))
		if !found {
			panic("incidents: a row without " + s.key) // rows are types of ours: a programmer's error
		}
		room = append(append(append(room, before...), '"'), s.key...)
		room = append(append(room, `":`...), s.written...)
		row = after
	}
	return append(room, row...)
}
