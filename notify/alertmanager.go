package notify

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/prometheus/alertmanager/config"
	amconfig "github.com/prometheus/alertmanager/config/common"
	"github.com/prometheus/alertmanager/pkg/labels"
	"go.yaml.in/yaml/v3"

	"headstart"
)

// maxAlertmanagerFile bounds an alertmanager.yml, in bytes.
const maxAlertmanagerFile = 8 << 20

// ReadAlertmanager takes receivers, route, time intervals, inhibit rules and templates
// from an alertmanager.yml, which Alertmanager's own library must accept whole. Names of
// files in it count from its folder.
func (c *Config) ReadAlertmanager(file string) error {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return fmt.Errorf("%w; create the file or correct its name", err)
	case info.Size() > maxAlertmanagerFile:
		return fmt.Errorf("it has %d bytes; an alertmanager.yml has at most %d", info.Size(), maxAlertmanagerFile)
	}
	startLibrary()
	cfg, err := loadFile(file)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var doc alertmanagerFile
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("%s; correct it", scrub(err.Error()))
	}
	c.file = file
	c.Receivers, c.Route, c.Templates = doc.Receivers, doc.Route, cfg.Templates
	c.TimeIntervals, c.muteIntervals, c.InhibitRules = doc.TimeIntervals, doc.MuteTimeIntervals, doc.InhibitRules
	c.without = doc.without()
	return nil
}

// loadFile has the library read a file. It follows an entry without content into a nil
// pointer; such a file is a mistake like any other.
func loadFile(file string) (cfg *config.Config, err error) {
	defer func() {
		if recover() != nil {
			cfg, err = nil, errors.New("an entry of a list in it is empty; remove its dash or write its keys")
		}
	}()
	if cfg, err = config.LoadFile(file); err != nil {
		return nil, fmt.Errorf("%s; correct it as Alertmanager's amtool check-config asks", scrub(err.Error()))
	}
	return cfg, nil
}

// alertmanagerFile is an alertmanager.yml as far as it is not secret to decisions.
type alertmanagerFile struct {
	Receivers         yaml.Node `yaml:"receivers"`
	Route             yaml.Node `yaml:"route"`
	TimeIntervals     yaml.Node `yaml:"time_intervals"`
	MuteTimeIntervals yaml.Node `yaml:"mute_time_intervals"`
	InhibitRules      yaml.Node `yaml:"inhibit_rules"`
	Tracing           yaml.Node `yaml:"tracing"`
	EventRecorder     yaml.Node `yaml:"event_recorder"`
	Global            struct {
		ResolveTimeout yaml.Node `yaml:"resolve_timeout"`
	} `yaml:"global"`
}

// without names the keys that stand in the file and have no effect here.
func (f *alertmanagerFile) without() (keys []string) {
	for _, k := range []struct {
		key  string
		node yaml.Node
	}{
		{"global.resolve_timeout", f.Global.ResolveTimeout}, {"tracing", f.Tracing}, {"event_recorder", f.EventRecorder},
	} {
		if !k.node.IsZero() {
			keys = append(keys, k.key)
		}
	}
	return keys
}

// Routing is how pages find operators, for people who check it.
type Routing struct {
	File       string   // an alertmanager.yml; empty: headstart.yml itself
	Routes     int      // of the tree, its root among them
	Receivers  []string // sorted
	Intervals  []string // of time, sorted
	Inhibit    int      // rules
	Superseded []string // keys whose work incidents do
	Without    []string // keys that have no effect
}

// Routing tells of a validated configuration.
func (c Config) Routing() (Routing, error) {
	r, err := NewRouter(c.RouteYAML())
	if err != nil {
		return Routing{}, err
	}
	rules, err := c.Inhibits()
	if err != nil {
		return Routing{}, err
	}
	names := c.ReceiverNames()
	slices.Sort(names)
	return Routing{
		File: c.file, Routes: r.Routes(), Receivers: names, Intervals: r.Intervals(), Inhibit: len(rules),
		Superseded: r.Superseded(), Without: c.without,
	}, nil
}

// Bounds of inhibit_rules: each alert is held against every rule.
const (
	maxInhibitRules = 1000
	maxEqual        = 64
)

// Inhibits reads the inhibit rules, as decisions know them.
func (c Config) Inhibits() ([]headstart.InhibitRule, error) {
	text := nodeText(c.InhibitRules)
	if text == "" {
		return nil, nil
	}
	startLibrary()
	var list []amconfig.InhibitRule
	dec := yaml.NewDecoder(strings.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("inhibit_rules: %w; they take Alertmanager's own keys", err)
	}
	if len(list) > maxInhibitRules {
		return nil, fmt.Errorf("inhibit_rules has %d rules; write at most %d", len(list), maxInhibitRules)
	}
	var out []headstart.InhibitRule
	var errs []error
	for n := range list {
		rule, err := inhibitRule(&list[n])
		if err != nil {
			errs = append(errs, fmt.Errorf("inhibit_rules[%d] %w", n, err))
		}
		out = append(out, rule)
	}
	return out, errors.Join(errs...)
}

// inhibitRule takes a rule over, old and new syntax alike.
func inhibitRule(in *amconfig.InhibitRule) (headstart.InhibitRule, error) {
	out := headstart.InhibitRule{
		Name:   in.Name,
		Source: matchersOf(in.SourceMatch, in.SourceMatchRE, in.SourceMatchers),
		Target: matchersOf(in.TargetMatch, in.TargetMatchRE, in.TargetMatchers),
		Equal:  slices.Compact(slices.Sorted(slices.Values(in.Equal))),
	}
	if len(out.Equal) > maxEqual {
		return out, fmt.Errorf("names %d labels in equal; name at most %d", len(out.Equal), maxEqual)
	}
	return out, nil
}

func matchersOf(equal map[string]string, like amconfig.MatchRegexps, list amconfig.Matchers) []headstart.Matcher {
	out := []headstart.Matcher{}
	for _, name := range sortedNames(equal) {
		out = append(out, headstart.Matcher{Name: name, Value: equal[name], IsEqual: true})
	}
	for _, name := range sortedNames(like) {
		re := like[name]
		text := strings.TrimSuffix(strings.TrimPrefix(re.String(), "^(?:"), ")$") // the library anchors what is anchored anyway
		out = append(out, headstart.Matcher{Name: name, Value: text, IsRegex: true, IsEqual: true})
	}
	for _, m := range list {
		out = append(out, headstart.Matcher{
			Name: m.Name, Value: m.Value,
			IsRegex: m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp,
			IsEqual: m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp,
		})
	}
	return out
}

func sortedNames[T any](m map[string]T) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
