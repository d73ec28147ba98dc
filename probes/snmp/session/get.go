package session

import (
	"slices"
	"strings"

	"github.com/gosnmp/gosnmp"
)

// Get returns the values of oids, by OID; those the device does not have are left
// out, as are those beyond the bounds.
func (s *Session) Get(oids ...string) (map[string]any, error) {
	values := map[string]any{}
	most, open := valuesAtOnce, slices.Clone(oids)
	for len(open) > 0 && s.heard < s.packets {
		lot := open[:min(len(open), most)]
		answer, err := s.get(lot)
		if err != nil {
			return nil, s.broken(err)
		}
		s.heard++
		if answer.Error == gosnmp.NoError {
			keep(values, answer.Variables, lot)
			open = open[len(lot):]
			continue
		}
		// Version 1 answers nothing at all where it misses one, and names that one;
		// too much at once is asked for in smaller lots.
		i := int(answer.ErrorIndex) - 1
		switch {
		case answer.Error != gosnmp.TooBig && i >= 0 && i < len(lot):
			open = slices.Delete(open, i, i+1)
		case len(lot) > 1:
			most = len(lot) / 2
		default:
			open = open[1:]
		}
	}
	return values, nil
}

// keep takes what was asked for out of the variables of an answer.
func keep(values map[string]any, variables []gosnmp.SnmpPDU, asked []string) {
	for _, v := range variables {
		oid := strings.TrimPrefix(v.Name, ".")
		if !ending(v.Type) && slices.Contains(asked, oid) {
			values[oid] = valueOf(v)
		}
	}
}
