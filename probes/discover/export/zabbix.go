package export

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ZabbixHost is a host of an export of Zabbix. Macros are not kept: they hold
// communities and passwords.
type ZabbixHost struct {
	Host       string            `yaml:"host" xml:"host"` // technical name
	Name       string            `yaml:"name" xml:"name"` // visible name; empty: the same
	Status     string            `yaml:"status" xml:"status"`
	About      string            `yaml:"description" xml:"description"`
	Proxy      ZabbixProxy       `yaml:"proxy" xml:"proxy"`
	Templates  []ZabbixName      `yaml:"templates" xml:"templates>template"`
	Groups     []ZabbixName      `yaml:"groups" xml:"groups>group"`
	Interfaces []ZabbixInterface `yaml:"interfaces" xml:"interfaces>interface"`
	Tags       []ZabbixTag       `yaml:"tags" xml:"tags>tag"`
	Items      []ZabbixName      `yaml:"items" xml:"items>item"`
	Rules      []ZabbixName      `yaml:"discovery_rules" xml:"discovery_rules>discovery_rule"`
	Web        []ZabbixName      `yaml:"httptests" xml:"httptests>httptest"`
	Macros     []ZabbixName      `yaml:"macros" xml:"macros>macro"`
	Inventory  struct {
		Location string `yaml:"location" xml:"location"`
		Type     string `yaml:"type" xml:"type"`
		Model    string `yaml:"model" xml:"model"`
		Vendor   string `yaml:"vendor" xml:"vendor"`
		Serial   string `yaml:"serialno_a" xml:"serialno_a"`
		Site     string `yaml:"site_address_a" xml:"site_address_a"`
		Building string `yaml:"site_rack" xml:"site_rack"`
	} `yaml:"inventory" xml:"inventory"`

	Line int `yaml:"-" xml:"-"` // zero of XML
}

// ZabbixName is a thing by its name.
type ZabbixName struct {
	Name string `yaml:"name" xml:"name"`
}

// ZabbixProxy asks a host for the server.
type ZabbixProxy struct {
	Name string `yaml:"name" xml:"name"`
}

// ZabbixTag is a word on a host, with a value or without.
type ZabbixTag struct {
	Tag   string `yaml:"tag" xml:"tag"`
	Value string `yaml:"value" xml:"value"`
}

// ZabbixInterface is an address of a host. The export leaves out what is the default:
// type AGENT, useip YES, ip 127.0.0.1.
type ZabbixInterface struct {
	Type  string `yaml:"type" xml:"type"`
	UseIP string `yaml:"useip" xml:"useip"`
	IP    string `yaml:"ip" xml:"ip"`
	DNS   string `yaml:"dns" xml:"dns"`
}

// Zabbix is what an export holds. Others are what else it holds, by name.
type Zabbix struct {
	Version  string
	Hosts    []ZabbixHost
	Others   map[string]int
	Mistakes []Mistake
}

// ReadZabbix reads an export of hosts (Data collection, Hosts, Export) in YAML, JSON or
// XML, as https://www.zabbix.com/documentation/current/en/manual/xml_export_import/hosts describes.
func ReadZabbix(data []byte) (Zabbix, error) {
	data, err := tidy(data)
	if err != nil {
		return Zabbix{}, err
	}
	if len(data) > 4*mostYAML {
		return Zabbix{}, fmt.Errorf("the file is larger than %d MiB; export fewer hosts at once", 4*mostYAML>>20)
	}
	if strings.HasPrefix(strings.TrimSpace(string(data[:min(len(data), 200)])), "<") {
		return zabbixXML(data)
	}
	if pieces(data) > mostPieces {
		return Zabbix{}, fmt.Errorf("the file holds more than %d values; export fewer hosts at once, or as XML", mostPieces)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return Zabbix{}, fmt.Errorf("the file is neither YAML, JSON nor XML (%s); export it again", lineOf(err))
	}
	if len(doc.Content) == 0 {
		return Zabbix{}, errNoZabbix
	}
	whole := keyed(real(doc.Content[0]))["zabbix_export"]
	if whole == nil {
		return Zabbix{}, errNoZabbix
	}
	z := Zabbix{Others: map[string]int{}}
	for key, value := range keyed(whole) {
		switch key {
		case "version":
			z.Version = cut(value.Value)
		case "hosts":
			z.hosts(value)
		case "date", "groups", "host_groups", "template_groups": // which hosts name
		default:
			z.Others[cut(key)] = len(value.Content)
		}
	}
	return z, nil
}

// mostPieces bounds the tree that a file is read into, which takes some 200 bytes a value;
// an export of YAML that is as large as may be has half as many.
const mostPieces = 2_000_000

// pieces is about how many values a document in YAML or JSON has, and no fewer: each needs
// one of these letters before it.
func pieces(data []byte) (n int) {
	for _, c := range data {
		switch c {
		case ',', ':', '[', '{', '-', '?':
			n++
		}
	}
	return n
}

var errNoZabbix = errors.New("this is no export of Zabbix: it holds no zabbix_export; export hosts at Data collection, Hosts")

// keyed returns the values of a mapping; none of anything else.
func keyed(n *yaml.Node) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	if n = real(n); n.Kind != yaml.MappingNode {
		return out
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		out[n.Content[i].Value] = real(n.Content[i+1])
	}
	return out
}

func (z *Zabbix) hosts(list *yaml.Node) {
	for _, n := range list.Content {
		if len(z.Hosts) == mostEntries {
			z.Mistakes = append(z.Mistakes, Mistake{n.Line, fmt.Sprintf("more than %d hosts; export fewer at once", mostEntries)})
			return
		}
		var h ZabbixHost
		if err := n.Decode(&h); err != nil {
			z.Mistakes = append(z.Mistakes, Mistake{n.Line, "is no host: a field is no value of its kind; export it again"})
			continue
		}
		h.Line = n.Line
		z.Hosts = append(z.Hosts, h)
	}
}

// zabbixXML reads one host after the other: a file of hosts that say nothing would make a
// list that takes fifty times what the file does.
func zabbixXML(data []byte) (Zabbix, error) {
	bad := errors.New("the file is no XML of Zabbix; export it again")
	d := xml.NewDecoder(bytes.NewReader(data))
	var z Zabbix
	var in []string // the elements around what comes next
	found := false
	for len(z.Mistakes) == 0 {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && found {
			break
		}
		if err != nil {
			return Zabbix{}, bad
		}
		switch t := token.(type) {
		case xml.EndElement:
			in = in[:len(in)-1]
		case xml.StartElement:
			found = true
			var ok bool
			if in, ok = z.enter(d, &t, in); !ok {
				return Zabbix{}, bad
			}
		}
	}
	return z, nil
}

// enter reads t whole, or goes into it: what comes next lies in the elements it returns.
// False: no export has such a thing there.
func (z *Zabbix) enter(d *xml.Decoder, t *xml.StartElement, in []string) ([]string, bool) {
	if len(in) == 0 && t.Name.Local != "zabbix_export" || len(in) == mostDeep {
		return nil, false
	}
	whole, err := z.element(d, t, in)
	if !whole {
		in = append(in, t.Name.Local)
	}
	return in, err == nil
}

// mostDeep is how deep a file is nested in that anybody wrote; an export has six.
const mostDeep = 64

// element reads what begins with t, if it is a host or the version; whole: it has.
func (z *Zabbix) element(d *xml.Decoder, t *xml.StartElement, in []string) (whole bool, err error) {
	switch {
	case len(in) == 1 && t.Name.Local == "version":
		var version string
		err = d.DecodeElement(&version, t)
		z.Version = cut(version)
		return true, err
	case len(in) == 2 && in[1] == "hosts" && t.Name.Local == "host":
		if len(z.Hosts) == mostEntries {
			z.Mistakes = append(z.Mistakes, Mistake{1, fmt.Sprintf("more than %d hosts; export fewer at once", mostEntries)})
			return true, nil
		}
		z.Hosts = append(z.Hosts, ZabbixHost{})
		return true, d.DecodeElement(&z.Hosts[len(z.Hosts)-1], t)
	}
	return false, nil
}
