package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"headstart"
)

// settings are the keys of headstart.yml that the part config may hold.
type settings struct {
	Correlation map[string]any `yaml:"correlation"`
	Alerts      map[string]any `yaml:"alerts"`
	Matching    map[string]any `yaml:"matching"` // tickets.matching
	Announce    map[string]any `yaml:"announce"`
	Route       yaml.Node      `yaml:"route"`
	Inhibit     []inhibitRule  `yaml:"inhibit_rules"`

	Calendar  *headstart.Calendar  `yaml:"calendar"`
	Language  string               `yaml:"language"`
	Timezone  string               `yaml:"timezone"`
	Contact   string               `yaml:"contact"`
	Audiences []headstart.Audience `yaml:"audiences"`
}

// config joins the parts catalog and config; either may be absent. Texts of a
// scenario tell times as it writes them, in UTC, unless it names a zone.
func (r *reader) config(catalog, config *part) *headstart.LogConfig {
	c := &headstart.LogConfig{Engine: headstart.EngineVersion, Catalog: &headstart.Catalog{}}
	r.yaml(catalog, c.Catalog)
	var set settings
	r.yaml(config, &set)
	c.Language, c.Timezone, c.Contact = set.Language, set.Timezone, set.Contact
	c.Calendar, c.Audiences = set.Calendar, set.Audiences
	c.Route, c.Inhibit = r.text(config, &set.Route), r.inhibits(config, set.Inhibit)
	if c.Language == "" {
		c.Language = "nl"
	}
	if c.Timezone == "" {
		c.Timezone = "UTC"
	}
	for _, x := range []struct {
		from map[string]any
		to   *json.RawMessage
	}{{set.Correlation, &c.Correlation}, {set.Alerts, &c.Alerts}, {set.Matching, &c.Matching}, {set.Announce, &c.Announce}} {
		if x.from != nil {
			*x.to = r.json(config, x.from)
		}
	}
	return c
}

func (r *reader) json(p *part, from map[string]any) json.RawMessage {
	b, err := json.Marshal(from)
	if err != nil { // a key that is no text, .inf and the like
		r.wrong(p.line, "%w; write the part as headstart.yml does", err)
		return nil
	}
	return b
}

// yaml reads a part strictly: a misspelt key would silently change the story.
func (r *reader) yaml(p *part, into any) {
	if p == nil {
		return
	}
	dec := yaml.NewDecoder(bytes.NewReader(p.data))
	dec.KnownFields(true)
	err := dec.Decode(into)
	var wrong *yaml.TypeError
	switch {
	case err == nil, errors.Is(err, io.EOF):
	case errors.As(err, &wrong):
		for _, text := range wrong.Errors {
			r.wrongYAML(p, text)
		}
	default:
		r.wrongYAML(p, strings.TrimPrefix(err.Error(), "yaml: "))
	}
}

var (
	yamlLine   = regexp.MustCompile(`^line (\d+): (?s:(.*))$`)
	unknownKey = regexp.MustCompile(`^field (\S+) not found in type \S+$`)
)

// wrongYAML tells a mistake of the decoder with the line of the whole file, and
// without the names of our types.
func (r *reader) wrongYAML(p *part, text string) {
	line := p.line
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		line, text = line+n, m[2]
	}
	if m := unknownKey.FindStringSubmatch(text); m != nil {
		r.wrong(line, "unknown key %q; take it out, or write a key of the catalog or of headstart.yml", m[1])
		return
	}
	r.wrong(line, "%s; write it as catalog.yml and headstart.yml do", text)
}
