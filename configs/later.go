package configs

// NotHonoured names the keys that are set and have no effect in this version, for
// `config check` and doctor.
func (c *Config) NotHonoured() []string {
	var out []string
	for _, k := range []struct {
		key string
		set bool
	}{
		{"retention.export_dir", c.Retention.ExportDir != ""},
	} {
		if k.set {
			out = append(out, k.key)
		}
	}
	return out
}
