package main

import "fmt"

// A campus is hosts behind switches behind one core: what most alerts of an
// organisation are about when something big fails.
type campus struct{ hosts, switches int }

// Two of them: one as large as a customer's, one as DESIGN's storm asks for.
var (
	usual = campus{hosts: 1000, switches: 20}
	large = campus{hosts: 10_000, switches: 100}
)

func (c campus) host(i int) string { return fmt.Sprintf("host-%05d", i%c.hosts) }

// check is the name of alert i, so that no two alerts of a host share one.
func (c campus) check(i int) string { return fmt.Sprintf("Check%03dFailed", i/c.hosts) }

// catalog is written as JSON, which is YAML too: a log file and the
// configuration take it as it is (CONTRACT section 2).
type catalog struct {
	Locations []thing `json:"locations"`
	Services  []thing `json:"services"`
	Devices   []thing `json:"devices"`
}

type thing struct {
	ID        string            `json:"id"`
	Name      map[string]string `json:"name,omitempty"`
	Location  string            `json:"location,omitempty"`
	Services  []string          `json:"services,omitempty"`
	DependsOn []string          `json:"depends_on,omitempty"`
	People    int               `json:"people,omitempty"`
}

func (c campus) catalog() catalog {
	out := catalog{
		Locations: []thing{{ID: "noord", Name: map[string]string{"nl": "Gebouw Noord"}}},
		Services:  []thing{{ID: "lan", Name: map[string]string{"nl": "Netwerk"}}},
		Devices:   []thing{{ID: "core", Location: "noord", Services: []string{"lan"}}},
	}
	for i := range c.switches {
		out.Devices = append(out.Devices, thing{ID: fmt.Sprintf("sw-%02d", i), Location: "noord", DependsOn: []string{"core"}})
	}
	for i := range c.hosts {
		out.Devices = append(out.Devices, thing{ID: c.host(i), Location: "noord", People: 1, DependsOn: []string{fmt.Sprintf("sw-%02d", i%c.switches)}})
	}
	return out
}
