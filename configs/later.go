package configs

import "go.yaml.in/yaml/v3"

// later are keys of the contract that this version reads past: a file written
// for a newer headstart still starts, and `config check` names what has no
// effect yet.
type later struct {
	Heartbeat yaml.Node `yaml:"heartbeat" json:"-"`
}

// NotHonoured names the keys that are set and have no effect in this version.
func (c *Config) NotHonoured() []string {
	var out []string
	for _, k := range []struct {
		key string
		set bool
	}{
		{"heartbeat", !c.Later.Heartbeat.IsZero()},
		{"calendar.ical", c.Calendar.ICal != ""},
		{"retention.export_dir", c.Retention.ExportDir != ""},
	} {
		if k.set {
			out = append(out, k.key)
		}
	}
	return out
}
