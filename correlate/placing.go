package correlate

import (
	"errors"
	"fmt"
	"slices"

	"headstart"
)

// Placing is the key alerts: of the configuration, as far as decisions need it:
// where an alert belongs and what it means (rulings 16, 18, 19, 30). The key
// reconcile belongs to package alerts.
type Placing struct {
	Map           []Mapping `yaml:"map" json:"map"`
	AssetLabels   []string  `yaml:"asset_labels" json:"asset_labels"`     // labels that name an asset, in this order
	ServiceLabels []string  `yaml:"service_labels" json:"service_labels"` // labels that name a service, in this order

	// Of the lists of matchers below, one that matches is enough.
	Reachability []string `yaml:"reachability" json:"reachability"` // they say that their asset does not answer: it may be the cause of others
	PageAtOnce   []string `yaml:"page_at_once" json:"page_at_once"` // operators are paged without waiting for others
	Watchdog     []string `yaml:"watchdog" json:"watchdog"`         // alerts that always fire: they prove that their sender lives
	Ignore       []string `yaml:"ignore" json:"ignore"`             // noise: dropped, though it still inhibits
	Confidential []string `yaml:"confidential" json:"confidential"` // what they open is confidential

	// DropLabels are left out of an alert's identity, so that the replicas of an
	// HA pair deliver one alert.
	DropLabels []string `yaml:"drop_labels" json:"drop_labels"`
}

// Mapping is one rule of map: alerts that match all of Match belong to Asset and
// Service (templates over .Labels) and have Class. The first rule that names
// something of the catalog wins.
type Mapping struct {
	Match   []string        `yaml:"match" json:"match"`               // matchers in Alertmanager's syntax, all of which must hold
	Asset   string          `yaml:"asset" json:"asset,omitempty"`     // id in the catalog, or a template such as {{ .Labels.node }}
	Service string          `yaml:"service" json:"service,omitempty"` // the same, of a service
	Class   headstart.Class `yaml:"class" json:"class,omitempty"`     // reachability: it says that its asset does not answer
}

// DefaultPlacing returns the settings used for every key the file leaves out.
// Its reachability matcher is anchored and lists what it means, so that
// BlackboxExporterDown and KubeNodeUnreachable stay out (ruling 18).
func DefaultPlacing() Placing {
	return Placing{
		AssetLabels:   headstart.DefaultAssetLabels(),
		ServiceLabels: []string{"service"},
		Reachability: []string{
			`headstart_class="reachability"`,
			`alertname=~"(Host|Node|Instance|Device|Switch|Router|Printer|Site|Link|Server|Gateway|AccessPoint)?(Down|Unreachable|Offline|NoReply)"`,
		},
		DropLabels: []string{"replica", "prometheus_replica"},
		PageAtOnce: []string{`severity="page"`},
		Watchdog:   []string{`alertname="Watchdog"`},
		Ignore:     []string{`alertname="InfoInhibitor"`, `severity="none"`},
	}
}

// Validate reports every mistake at once, each naming its key and the remedy.
func (p Placing) Validate() error {
	_, err := p.compile()
	return err
}

// placing is Placing made ready for use.
type placing struct {
	rules         []mapping
	assetLabels   []placingLabel
	serviceLabels []placingLabel
	drop          []string

	reachability, pageAtOnce, watchdog, ignore, confidential matchers
}

// placingLabel is a label that may name an asset, and how Placement.Rule calls it.
type placingLabel struct{ name, rule string }

func placingLabels(names []string) []placingLabel {
	var out []placingLabel
	for _, name := range names {
		out = append(out, placingLabel{name, "label " + name})
	}
	return out
}

// mapping is a Mapping made ready for use.
type mapping struct {
	match          matchers
	asset, service *labelTemplate // nil: not set
	class          headstart.Class
}

func (p Placing) compile() (*placing, error) {
	out := &placing{assetLabels: placingLabels(p.AssetLabels), serviceLabels: placingLabels(p.ServiceLabels), drop: slices.Sorted(slices.Values(p.DropLabels))}
	var errs []error
	for i, m := range p.Map {
		r, err := m.compile()
		if err != nil {
			errs = append(errs, fmt.Errorf("alerts.map[%d]: %w", i, err))
			continue
		}
		out.rules = append(out.rules, r)
	}
	for _, list := range []struct {
		key  string
		from []string
		to   *matchers
	}{
		{"reachability", p.Reachability, &out.reachability},
		{"page_at_once", p.PageAtOnce, &out.pageAtOnce},
		{"watchdog", p.Watchdog, &out.watchdog},
		{"ignore", p.Ignore, &out.ignore},
		{"confidential", p.Confidential, &out.confidential},
	} {
		ms, err := parseMatchers(list.from)
		if err != nil {
			errs = append(errs, fmt.Errorf("alerts.%s: %w", list.key, err))
		}
		*list.to = ms
	}
	for _, list := range []struct {
		key    string
		labels []string
	}{{"asset_labels", p.AssetLabels}, {"service_labels", p.ServiceLabels}, {"drop_labels", p.DropLabels}} {
		for _, l := range list.labels {
			if !validName(l) {
				errs = append(errs, fmt.Errorf("alerts.%s: %q is no label name; write a name such as instance", list.key, l))
			}
		}
	}
	if slices.Contains(p.DropLabels, "alertname") {
		errs = append(errs, errors.New("alerts.drop_labels: alertname is what tells alerts apart; take it off the list"))
	}
	return out, errors.Join(errs...)
}

func (m Mapping) compile() (mapping, error) {
	var errs []error
	out := mapping{class: m.Class}
	var err error
	if out.match, err = parseMatchers(m.Match); err != nil {
		errs = append(errs, err)
	}
	if len(m.Match) == 0 {
		errs = append(errs, errors.New(`match is empty; list matchers such as 'job="snmp"'`))
	}
	if m.Asset == "" && m.Service == "" && m.Class == "" {
		errs = append(errs, errors.New("the rule says nothing; set asset, service or class"))
	}
	if !validClass(m.Class) {
		errs = append(errs, fmt.Errorf("class %q; write reachability, service, capacity or environment", m.Class))
	}
	if out.asset, err = parseLabelTemplate(m.Asset); err != nil {
		errs = append(errs, fmt.Errorf("asset: %w", err))
	}
	if out.service, err = parseLabelTemplate(m.Service); err != nil {
		errs = append(errs, fmt.Errorf("service: %w", err))
	}
	return out, errors.Join(errs...)
}

func validClass(c headstart.Class) bool {
	switch c {
	case "", headstart.Reachability, headstart.ServiceClass, headstart.Capacity, headstart.Environment:
		return true
	default: // a user report too: no alert is one
		return false
	}
}

// dropped returns labels without those that drop_labels names; the map itself
// when there are none, since that is nearly always so.
func (p *placing) dropped(labels map[string]string) map[string]string {
	for _, l := range p.drop {
		if _, has := labels[l]; has {
			out := make(map[string]string, len(labels))
			for k, v := range labels {
				if _, drop := slices.BinarySearch(p.drop, k); !drop {
					out[k] = v
				}
			}
			return out
		}
	}
	return labels
}
