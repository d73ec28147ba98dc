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
	Organisation string       `yaml:"organisation" json:"organisation,omitempty"` // its name, on pages and in messages
	Timezone     string       `yaml:"timezone" json:"timezone,omitempty"`         // IANA name, unless headstart.yml has it
	Locations    []Location   `yaml:"locations" json:"locations,omitempty"`
	Departments  []Department `yaml:"departments" json:"departments,omitempty"`
	Services     []Service    `yaml:"services" json:"services,omitempty"`
	Devices      []Device     `yaml:"devices" json:"devices,omitempty"`
	Parts        []Part       `yaml:"parts" json:"parts,omitempty"`
	KnownErrors  []KnownError `yaml:"known_errors" json:"known_errors,omitempty"`
}

// Location is a place people name: a site, a building, a floor.
type Location struct {
	ID       string   `yaml:"id" json:"id"`                       // what others name it by
	Name     Names    `yaml:"name" json:"name"`                   // as people say it
	Aliases  []string `yaml:"aliases" json:"aliases,omitempty"`   // other words for it
	Parent   string   `yaml:"parent" json:"parent,omitempty"`     // the location it lies in
	Floors   []int    `yaml:"floors" json:"floors,omitempty"`     // numbers, 0 is the ground floor
	Walk     int      `yaml:"walk" json:"walk,omitempty"`         // order of the printer walk; 0 comes last
	Networks []string `yaml:"networks" json:"networks,omitempty"` // CIDRs: an address in one of them is here
	Hours    Hours    `yaml:"hours" json:"hours,omitempty"`       // when people work here; empty: the calendar's
	Contact  string   `yaml:"contact" json:"contact,omitempty"`   // how to reach the desk here; empty: the general one
}

// Department is a group of people who work together.
type Department struct {
	ID        string   `yaml:"id" json:"id"`                         // what others name it by
	Name      Names    `yaml:"name" json:"name"`                     // as people say it
	Aliases   []string `yaml:"aliases" json:"aliases,omitempty"`     // other words for it
	Locations []string `yaml:"locations" json:"locations,omitempty"` // where it works; empty: everywhere
	Uses      []string `yaml:"uses" json:"uses,omitempty"`           // services
	People    int      `yaml:"people" json:"people,omitempty"`       // how many; 0: nobody counted
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
	ID            string       `yaml:"id" json:"id"`                                   // what others name it by
	Name          Names        `yaml:"name" json:"name"`                               // as users call it
	Kind          ServiceKind  `yaml:"kind" json:"kind,omitempty"`                     // empty: guessed from id, name and aliases at load
	Aliases       []string     `yaml:"aliases" json:"aliases,omitempty"`               // other words users have for it
	DependsOn     Dependencies `yaml:"depends_on" json:"depends_on,omitempty"`         // what it needs to work
	Criticality   Criticality  `yaml:"criticality" json:"criticality,omitempty"`       // low, normal, high or vital; empty: normal
	Locations     []string     `yaml:"locations" json:"locations,omitempty"`           // where it is used; empty: everywhere
	KB            string       `yaml:"kb" json:"kb,omitempty"`                         // URL of an article for users
	SupportGroup  string       `yaml:"support_group" json:"support_group,omitempty"`   // one of support_groups
	Workaround    Names        `yaml:"workaround" json:"workaround,omitempty"`         // what users can do meanwhile, in their words
	UrgentContact Names        `yaml:"urgent_contact" json:"urgent_contact,omitempty"` // what stands in place of "no need to call"
	Confidential  bool         `yaml:"confidential" json:"confidential,omitempty"`     // users never read of it
}

// Device is a thing that can be probed or alerted on.
type Device struct {
	ID           string       `yaml:"id" json:"id"`                                 // what others name it by
	Kind         string       `yaml:"kind" json:"kind,omitempty"`                   // printer, switch, server, ...: free, but printer means printer
	Name         Names        `yaml:"name" json:"name,omitempty"`                   // as people call it; empty: the id
	Location     string       `yaml:"location" json:"location,omitempty"`           // where it stands
	Floor        *int         `yaml:"floor" json:"floor,omitempty"`                 // number; left out: nobody knows
	Address      string       `yaml:"address" json:"address,omitempty"`             // IP address or host name, for probes and to know alerts by
	Services     []string     `yaml:"services" json:"services,omitempty"`           // that need it
	DependsOn    Dependencies `yaml:"depends_on" json:"depends_on,omitempty"`       // what it needs to work
	Aliases      []string     `yaml:"aliases" json:"aliases,omitempty"`             // other words for it
	People       int          `yaml:"people" json:"people,omitempty"`               // who work with it; 0: nobody counted
	Expires      string       `yaml:"expires" json:"expires,omitempty"`             // date
	SupportGroup string       `yaml:"support_group" json:"support_group,omitempty"` // empty: that of its services
	Confidential bool         `yaml:"confidential" json:"confidential,omitempty"`   // users never read of it
}

// Part is a spare part of the printer walk.
type Part struct {
	ID    string   `yaml:"id" json:"id"`               // its order number
	Fits  []string `yaml:"fits" json:"fits,omitempty"` // devices it fits
	Stock int      `yaml:"stock" json:"stock"`         // how many lie there
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
	var other map[string]string // not into n: rows that say the same share one
	err := json.Unmarshal(b, &other)
	*n = other
	return n.check(err)
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
	ID          string   `yaml:"id" json:"id"`                             // its name in channels and figures
	Services    []string `yaml:"services" json:"services,omitempty"`       // what it is told of; empty: all
	Locations   []string `yaml:"locations" json:"locations,omitempty"`     // where it is; empty: everywhere
	Departments []string `yaml:"departments" json:"departments,omitempty"` // empty: all
	Languages   []string `yaml:"languages" json:"languages,omitempty"`     // first is the main one; empty: the default language
	Channels    []string `yaml:"channels" json:"channels,omitempty"`       // how it is told; empty: every channel that names no other audiences
	Groups      []string `yaml:"groups" json:"groups,omitempty"`           // groups of recipients it stands for; a draft shows how many
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
