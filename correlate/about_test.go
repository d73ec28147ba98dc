package correlate

import (
	"testing"

	"headstart"
)

// What makes tickets alike is what a surge counts: the service a text names, a device
// standing for its own, and the place it names or its requester sits at.
func TestAboutIsWhatASurgeCounts(t *testing.T) {
	o := NewOutlook(&headstart.Catalog{
		Locations:   []headstart.Location{{ID: "noord"}, {ID: "zuid"}},
		Departments: []headstart.Department{{ID: "fin", Locations: []string{"zuid"}}},
		Services:    []headstart.Service{{ID: "print"}},
		Devices:     []headstart.Device{{ID: "prn-1", Location: "noord", Services: []string{"print"}}, {ID: "sw-1", Location: "noord"}},
	})
	fails := map[string]int{"malfunction": 1}
	for name, c := range map[string]struct {
		ticket   headstart.Ticket
		service  string
		location string
	}{
		"a printer at the place named":   {headstart.Ticket{Evidence: &headstart.Evidence{Cues: fails, Assets: []headstart.Mention{{ID: "prn-1", Strength: 1}}, Locations: []headstart.Mention{{ID: "noord"}}}}, "print", "noord"},
		"of somebody who sits elsewhere": {headstart.Ticket{Evidence: &headstart.Evidence{Cues: fails, Locations: []headstart.Mention{{ID: "noord"}}}, Requester: headstart.Requester{Location: "zuid"}}, "", "noord"},
		"of a department of one place":   {headstart.Ticket{Evidence: &headstart.Evidence{Cues: fails, Assets: []headstart.Mention{{ID: "print", Strength: 1}}}, Requester: headstart.Requester{Department: "fin"}}, "print", "zuid"},
		"a reception calls for others":   {headstart.Ticket{Evidence: &headstart.Evidence{Cues: fails, Assets: []headstart.Mention{{ID: "print", Strength: 1}}}, Requester: headstart.Requester{Location: "noord", Shared: true}}, "print", ""},
		"a place the catalog lacks":      {headstart.Ticket{Evidence: &headstart.Evidence{Cues: fails}, Requester: headstart.Requester{Location: "maan"}}, "", ""},
		"somebody asks for a printer":    {headstart.Ticket{Evidence: &headstart.Evidence{Cues: map[string]int{"request": 1}, Assets: []headstart.Mention{{ID: "print", Strength: 1}}}}, "", ""},
		"no text was read":               {headstart.Ticket{Requester: headstart.Requester{Location: "noord"}}, "", ""},
	} {
		service, location, is := o.About(&headstart.TicketState{Ticket: c.ticket})
		if service != c.service || location != c.location || is != (c.service != "" || c.location != "") {
			t.Errorf("%s: %q at %q, %v; want %q at %q", name, service, location, is, c.service, c.location)
		}
	}
}
