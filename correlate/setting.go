package correlate

// setting is what a problem says as many others do, which share it. It never changes:
// a problem that says otherwise is given another.
type setting struct{ Check, Service, Location, Severity string }

// settings are those that were asked for last. They are no part of what is decided.
type settings map[setting]*setting

// mostSettings bounds how many are looked for; problems keep theirs.
const mostSettings = 2000

func (x settings) keep(s setting) *setting {
	kept := x[s]
	if kept == nil {
		if len(x) >= mostSettings {
			clear(x)
		}
		kept = &s
		x[s] = kept
	}
	return kept
}
