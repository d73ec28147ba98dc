package headstart

import (
	"encoding/json"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Catalog is the organisation as its helpdesk names it. Ids are unique over
// all its lists. The zero Catalog is an organisation nobody has described yet.
type Catalog struct {
	Organisation string       `yaml:"organisation" json:"organisation,omitempty"`
	Timezone     string       `yaml:"timezone" json:"timezone,omitempty"`
	Locations    []Location   `yaml:"locations" json:"locations,omitempty"`
	Departments  []Department `yaml:"departments" json:"departments,omitempty"`
	Services     []Service    `yaml:"services" json:"services,omitempty"`
	Devices      []Device     `yaml:"devices" json:"devices,omitempty"`
	Parts        []Part       `yaml:"parts" json:"parts,omitempty"`
	KnownErrors  []KnownError `yaml:"known_errors" json:"known_errors,omitempty"`
}

// Location is a place people name: a site, a building, a floor.
type Location struct {
	ID       string   `yaml:"id" json:"id"`
	Name     Names    `yaml:"name" json:"name"`
	Aliases  []string `yaml:"aliases" json:"aliases,omitempty"`
	Parent   string   `yaml:"parent" json:"parent,omitempty"`
	Floors   []int    `yaml:"floors" json:"floors,omitempty"`
	Walk     int      `yaml:"walk" json:"walk,omitempty"` // order of the printer walk; 0 comes last
	Networks []string `yaml:"networks" json:"networks,omitempty"`
	Hours    Hours    `yaml:"hours" json:"hours,omitempty"`
	Contact  string   `yaml:"contact" json:"contact,omitempty"`
}

// Department is a group of people who work together.
type Department struct {
	ID        string   `yaml:"id" json:"id"`
	Name      Names    `yaml:"name" json:"name"`
	Aliases   []string `yaml:"aliases" json:"aliases,omitempty"`
	Locations []string `yaml:"locations" json:"locations,omitempty"`
	Uses      []string `yaml:"uses" json:"uses,omitempty"` // services
	People    int      `yaml:"people" json:"people,omitempty"`
}

// ServiceKind chooses the words of an announcement.
type ServiceKind string

// The kinds of service of CONTRACT section 2.
const (
	KindPrinter     ServiceKind = "printer"
	KindNetwork     ServiceKind = "network"
	KindMail        ServiceKind = "mail"
	KindLogin       ServiceKind = "login"
	KindTelephony   ServiceKind = "telephony"
	KindVPN         ServiceKind = "vpn"
	KindApplication ServiceKind = "application"
	KindM365        ServiceKind = "m365"
	KindFileshare   ServiceKind = "fileshare"
	KindOther       ServiceKind = "other" // uses the words of application
)

// Criticality is how much the organisation needs a service.
type Criticality string

// The criticalities of a service; empty means Normal.
const (
	Low    Criticality = "low"
	Normal Criticality = "normal"
	High   Criticality = "high"
	Vital  Criticality = "vital"
)

// Service is something people use.
type Service struct {
	ID            string       `yaml:"id" json:"id"`
	Name          Names        `yaml:"name" json:"name"`
	Kind          ServiceKind  `yaml:"kind" json:"kind,omitempty"` // empty: guessed from id, name and aliases at load
	Aliases       []string     `yaml:"aliases" json:"aliases,omitempty"`
	DependsOn     Dependencies `yaml:"depends_on" json:"depends_on,omitempty"`
	Criticality   Criticality  `yaml:"criticality" json:"criticality,omitempty"`
	Locations     []string     `yaml:"locations" json:"locations,omitempty"`
	KB            string       `yaml:"kb" json:"kb,omitempty"`
	SupportGroup  string       `yaml:"support_group" json:"support_group,omitempty"`
	Workaround    Names        `yaml:"workaround" json:"workaround,omitempty"`
	UrgentContact Names        `yaml:"urgent_contact" json:"urgent_contact,omitempty"`
	Confidential  bool         `yaml:"confidential" json:"confidential,omitempty"`
}

// Device is a thing that can be probed or alerted on.
type Device struct {
	ID           string       `yaml:"id" json:"id"`
	Kind         string       `yaml:"kind" json:"kind,omitempty"` // printer, switch, server, ...: free, but printer means printer
	Name         Names        `yaml:"name" json:"name,omitempty"`
	Location     string       `yaml:"location" json:"location,omitempty"`
	Floor        *int         `yaml:"floor" json:"floor,omitempty"`
	Address      string       `yaml:"address" json:"address,omitempty"`
	Services     []string     `yaml:"services" json:"services,omitempty"`
	DependsOn    Dependencies `yaml:"depends_on" json:"depends_on,omitempty"`
	Aliases      []string     `yaml:"aliases" json:"aliases,omitempty"`
	People       int          `yaml:"people" json:"people,omitempty"`
	Expires      string       `yaml:"expires" json:"expires,omitempty"`             // date
	SupportGroup string       `yaml:"support_group" json:"support_group,omitempty"` // empty: that of its services
	Confidential bool         `yaml:"confidential" json:"confidential,omitempty"`
}

// Part is a spare part of the printer walk.
type Part struct {
	ID    string   `yaml:"id" json:"id"`
	Fits  []string `yaml:"fits" json:"fits,omitempty"`
	Stock int      `yaml:"stock" json:"stock"`
}

// Names is a text per language; a plain string stands for every language.
type Names map[string]string

// In returns the text in lang, else the plain one, else Dutch, else English.
func (n Names) In(lang string) string {
	for _, l := range []string{lang, "", "nl", "en"} {
		if s, ok := n[l]; ok {
			return s
		}
	}
	return ""
}

// UnmarshalYAML accepts a string or a mapping of nl and en.
func (n *Names) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*n = Names{"": node.Value}
		return nil
	}
	return n.check(node.Decode((*map[string]string)(n)))
}

// UnmarshalJSON accepts a string or an object of nl and en.
func (n *Names) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*n = Names{"": s}
		return nil
	}
	return n.check(json.Unmarshal(b, (*map[string]string)(n)))
}

// MarshalJSON writes a plain text as a string.
func (n Names) MarshalJSON() ([]byte, error) {
	if s, ok := n[""]; ok && len(n) == 1 {
		return json.Marshal(s)
	}
	return json.Marshal(map[string]string(n))
}

func (n *Names) check(err error) error {
	if err != nil {
		return err
	}
	for lang := range *n {
		if lang != "nl" && lang != "en" {
			return fmt.Errorf("language %q; write nl or en", lang)
		}
	}
	return nil
}

// Dependencies is what an asset needs. Every inner list is a redundancy group:
// the asset is cut off when all members of one group are down or cut off.
type Dependencies [][]string

// UnmarshalYAML accepts ids and lists of ids: [[core-a, core-b], srv-dhcp].
func (d *Dependencies) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.SequenceNode {
		return fmt.Errorf("line %d: depends_on is not a list; write depends_on: [a, b], or [[a, b]] for either of two", node.Line)
	}
	for _, n := range node.Content {
		var group []string
		var err error
		if n.Kind == yaml.ScalarNode {
			group = []string{n.Value}
		} else {
			err = n.Decode(&group)
		}
		if err != nil {
			return err
		}
		*d = append(*d, group)
	}
	return nil
}

// UnmarshalJSON accepts what UnmarshalYAML accepts.
func (d *Dependencies) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	for _, r := range raw {
		var id string
		if json.Unmarshal(r, &id) == nil {
			*d = append(*d, []string{id})
			continue
		}
		var group []string
		if err := json.Unmarshal(r, &group); err != nil {
			return err
		}
		*d = append(*d, group)
	}
	return nil
}

// MarshalJSON writes a group of one as its id.
func (d Dependencies) MarshalJSON() ([]byte, error) {
	out := make([]any, len(d))
	for i, g := range d {
		out[i] = any(g)
		if len(g) == 1 {
			out[i] = g[0]
		}
	}
	return json.Marshal(out)
}

// ServiceByID returns the service id names, or nil.
func (c *Catalog) ServiceByID(id string) *Service {
	for i := range c.Services {
		if c.Services[i].ID == id {
			return &c.Services[i]
		}
	}
	return nil
}

// DeviceByID returns the device id names, or nil.
func (c *Catalog) DeviceByID(id string) *Device {
	for i := range c.Devices {
		if c.Devices[i].ID == id {
			return &c.Devices[i]
		}
	}
	return nil
}

// LocationByID returns the location id names, or nil.
func (c *Catalog) LocationByID(id string) *Location {
	for i := range c.Locations {
		if c.Locations[i].ID == id {
			return &c.Locations[i]
		}
	}
	return nil
}

// DepartmentByID returns the department id names, or nil.
func (c *Catalog) DepartmentByID(id string) *Department {
	for i := range c.Departments {
		if c.Departments[i].ID == id {
			return &c.Departments[i]
		}
	}
	return nil
}

// Audience is who an announcement is for. Audiences follow from the catalog's
// locations unless the configuration lists them.
type Audience struct {
	ID          string   `yaml:"id" json:"id"`
	Services    []string `yaml:"services" json:"services,omitempty"`
	Locations   []string `yaml:"locations" json:"locations,omitempty"`
	Departments []string `yaml:"departments" json:"departments,omitempty"`
	Languages   []string `yaml:"languages" json:"languages,omitempty"` // first is the main one; empty: the default language
	Channels    []string `yaml:"channels" json:"channels,omitempty"`
	Groups      []string `yaml:"groups" json:"groups,omitempty"`
}

// ChannelInfo is what decisions may know of a channel: never its secrets.
type ChannelInfo struct {
	Name      string   `json:"name"`
	Type      string   `json:"type"`
	Audiences []string `json:"audiences,omitempty"` // empty: all
	Update    bool     `json:"update,omitempty"`    // can edit what it posted
	Reply     bool     `json:"reply,omitempty"`     // can answer under what it posted
	Desk      bool     `json:"desk,omitempty"`      // desk.channel: without audiences of its own it tells no users

	// Subscribers: it reaches those who asked for mail on a status page, each once,
	// whichever audiences an incident has.
	Subscribers bool `json:"subscribers,omitempty"`
}

// Carries reports whether a channel is meant for an audience: it names the audience, or
// the audience, one of all, names the channel, or neither names anything and it is not
// the desk's own.
func (c *ChannelInfo) Carries(audience string, all []Audience) bool {
	for n := range all {
		if a := &all[n]; a.ID == audience && len(a.Channels) > 0 && !c.Subscribers {
			return slices.Contains(a.Channels, c.Name)
		}
	}
	return len(c.Audiences) == 0 && !c.Desk || slices.Contains(c.Audiences, audience)
}
