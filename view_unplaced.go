package headstart

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// UnplacedAlert is a failing alert of which the catalog knows no asset.
type UnplacedAlert struct {
	Alert       string            `json:"alert"` // its name
	Fingerprint string            `json:"fingerprint"`
	Labels      map[string]string `json:"labels"`
	Since       time.Time         `json:"since"`
	Incident    IncidentID        `json:"incident"`
	Proposal    string            `json:"proposal"` // a line for devices; empty: write a rule of alerts.map
}

// Unplaced returns the failing alerts nobody could place, oldest first. They page
// as incidents of their own (ruling 16) until the catalog knows them.
func (v *View) Unplaced() []UnplacedAlert {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var catalog Catalog
	if v.config != nil && v.config.Catalog != nil {
		catalog = *v.config.Catalog
	}
	labels := assetLabels(v.config)
	out := []UnplacedAlert{}
	for key, p := range v.problems.each {
		if !p.Unplaced || p.State == ProblemHealthy {
			continue
		}
		a, known := v.alerts.get(unplacedAlert(key))
		if !known {
			continue
		}
		out = append(out, UnplacedAlert{
			Alert: p.Check, Fingerprint: a.Fingerprint, Labels: a.Labels, Since: p.Onset, Incident: v.byGroup[p.Group],
			Proposal: ProposeDevice(a.Labels, labels, &catalog),
		})
	}
	slices.SortFunc(out, func(a, b UnplacedAlert) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return out
}

// unplacedPrefix begins the key of a problem that stands for one alert.
const unplacedPrefix = "alert:"

// unplacedAlert is the fingerprint in the key of such a problem.
func unplacedAlert(key ProblemKey) string {
	fingerprint, is := strings.CutPrefix(string(key), unplacedPrefix)
	if !is {
		return ""
	}
	return fingerprint
}

// DefaultAssetLabels are the labels that name an asset where the configuration
// names none (alerts.asset_labels).
func DefaultAssetLabels() []string {
	return []string{"asset", "instance", "host", "device", "node", "target"}
}

// assetLabels are those of the configuration the engine decides with.
func assetLabels(c *LogConfig) []string {
	var alerts struct {
		AssetLabels []string `json:"asset_labels"`
	}
	if c != nil && json.Unmarshal(c.Alerts, &alerts) == nil && len(alerts.AssetLabels) > 0 {
		return alerts.AssetLabels
	}
	return DefaultAssetLabels()
}
